"""A kept decision as a supervisor reads it: one paragraph, the numbers, the risk against the price.

Pure but for `show`, which draws it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from dialer.campaign import Campaign, PacingNote
from dialer.explaining import Again, Step, cancelled, sentence
from dialer.pacing.evidence import number
from linea800.campaign_words import percent, said, written

_BAR = 24
#: steps shown on each side of where the price is reached, and from the beginning
_AROUND, _FIRST = 3, 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """A decision, and everything there is to say about it."""

    campaign: Campaign
    note: PacingNote
    again: Again | None
    #: attempts it made: fewer than decided when fewer leads were due
    dialed: int
    #: when it was made, in the zone of whoever asks
    at: datetime


def story(why: Why, language: str) -> str:
    """The paragraph; `language` is es or en."""
    return " ".join(_sentences(why, language))


def _sentences(why: Why, language: str) -> Iterator[str]:
    note, evidence = why.note, why.note.evidence
    yield said(language, "head", campaign=why.campaign.name, at=_moment(why.at), policy=note.policy)
    yield sentence(note, language)
    if why.dialed < note.dial:
        yield said(language, "fewer", dialed=why.dialed)
    again = why.again
    if again is None:
        return
    yield said(
        language, "floor", ready=_whole(note, "agents_ready"),
        talking=_whole(note, "agents_talking"), serving=_whole(note, "agents_serving"),
        wrapping_up=_whole(note, "agents_wrapping_up"), ringing=_whole(note, "ringing"),
        waiting=_whole(note, "waiting") + _whole(note, "inbound_waiting"),
    )  # fmt: skip
    yield said(language, "answers", live=f"{100 * number(evidence, 'live'):.0f}")
    if again.cancel:
        yield said(
            language, "hung_up", cancelled=_whole(note, "cancelled"),
            may_cancel=_whole(note, "may_cancel"), before=percent(number(evidence, "risk_ringing")),
            after=percent(number(evidence, "risk_left")),
            bearable=percent(number(evidence, "bearable")),
        )  # fmt: skip
    else:
        yield _priced(again, note, language)
    live, abandoned = _whole(note, "live_answers"), _whole(note, "abandoned")
    yield said(
        language, "ledger", live=live, abandoned=abandoned,
        share=percent(abandoned / live if live else 0.0),
        cap=percent(why.campaign.abandonment_cap),
    )  # fmt: skip


def _priced(again: Again, note: PacingNote, language: str) -> str:
    evidence = note.evidence
    risks = {
        "last": percent(number(evidence, "last_risk")),
        "next": percent(number(evidence, "next_risk")),
        "price": percent(number(evidence, "price")),
    }
    if again.dial > again.chosen:
        return said(language, "free", **risks)
    return said(language, "steps" if again.chosen else "step", **risks)


def _whole(note: PacingNote, name: str) -> int:
    return int(number(note.evidence, name))


def verdict(why: Why, language: str) -> str:
    """Whether deciding again gives the same; loud when it does not."""
    again = why.again
    if again is None:
        return said(language, "not_again")
    kept = cancelled(why.note)
    if again.cancel or kept:
        word = "same_hung_up" if again.same else "differs_hung_up"
        return said(language, word, cancel=again.cancel, kept=kept)
    if again.same:
        return said(language, "same", dial=again.dial)
    return said(language, "differs", dial=again.dial, kept=why.note.dial)


def numbers(why: Why, language: str) -> list[tuple[str, str]]:
    """Every plain number that the policy kept, by its name in that language."""
    return [
        written(name, value, language)
        for name, value in why.note.evidence.items()
        if not isinstance(value, list)
    ]


def plain(why: Why, language: str) -> dict[str, Any]:
    """Everything for programs."""
    note, again = why.note, why.again
    return {
        "campaign": {"id": why.campaign.id, "name": why.campaign.name},
        "decided_at": note.decided_at.isoformat(),
        "policy": note.policy,
        "dial": note.dial,
        "dialed": why.dialed,
        "cancelled": cancelled(note),
        "reason": note.reason,
        "sentence": sentence(note, language),
        "story": story(why, language),
        "abandonment_cap": why.campaign.abandonment_cap,
        "evidence": note.evidence,
        "decided_again": None if again is None else asdict(again),
    }


def shown_steps(again: Again) -> list[Step]:
    """The first steps, and those around the point at which the price is reached."""
    edge = again.chosen or again.cancel
    near = range(edge - _AROUND + 1, edge + _AROUND + 1)
    return [step for step in again.steps if step.ordinal <= _FIRST or step.ordinal in near]


def bar(step: Step, full: float) -> str:
    """The risk as a bar, the price as a mark in it; `full` is a risk that fills it."""
    length, mark = (round(_BAR * min(share / full, 1.0)) for share in (step.risk, step.price))
    drawn = "█" * length + " " * (_BAR - length)
    mark = min(mark, _BAR - 1)
    return drawn[:mark] + "│" + drawn[mark + 1 :]


def show(why: Why, language: str, out: Console) -> None:
    """Draw it."""
    out.print(Text(story(why, language)))
    again = why.again
    same = again is None or again.same
    out.print(Text(verdict(why, language), style="" if same else "bold red"))
    rows = numbers(why, language)
    if rows:
        table = Table(said(language, "what"), said(language, "value"), box=None)
        table.columns[1].justify = "right"
        for row in rows:
            table.add_row(*map(Text, row))
        out.print(table)
    if again is not None:
        out.print(_risks(again, language))


def _risks(again: Again, language: str) -> Table:
    steps = shown_steps(again)
    full = max([step.risk for step in steps] + [step.price for step in steps]) or 1.0
    taking = said(language, "hangs_up" if again.cancel else "dials")
    table = Table(said(language, "attempt"), said(language, "risk"), "", taking, box=None)
    for step in steps:
        taken = step.ordinal <= max(again.dial, again.cancel)
        style = "green" if taken else "dim"
        table.add_row(
            str(step.ordinal),
            percent(step.risk),
            Text(bar(step, full), style=style),
            said(language, "yes" if taken else "waits"),
        )
    return table


def _moment(at: datetime) -> str:
    return at.isoformat(sep=" ", timespec="seconds")
