"""A kept decision taken apart again: its sentence, what each further attempt risked, and the proof.

The proof is to decide once more from what was kept. What a policy had learned is in the evidence as
numbers, so neither the policy nor its history is needed. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dialer.campaign import PacingNote
from dialer.pacing.decision import Decision, Reason
from dialer.pacing.evidence import Replayed, replay

Evidence = Mapping[str, float | list[float]]


@dataclass(frozen=True, slots=True)
class Step:
    """One attempt after the others of the same launch: the chance that it meets no agent."""

    ordinal: int
    risk: float
    #: what it would cost at most to be worth it
    price: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Again:
    """A decision made again from its evidence."""

    #: how many are dialed
    dial: int
    #: how many of them the price allows; a free agent's own attempt needs no price
    chosen: int
    #: nothing differs from what was kept
    same: bool
    steps: tuple[Step, ...]


def sentence(note: PacingNote, language: str) -> str:
    """The decision for a supervisor; `language` is es or en.

    A reason that only another version knows is told by its code.
    """
    try:
        reason = Reason(note.reason)
    except ValueError:
        return note.reason
    return Decision(note.dial, reason).sentence(language)


def made_again(note: PacingNote) -> Again | None:
    """Decide once more; None when the note's policy keeps nothing to decide from."""
    evidence = note.evidence
    try:
        replayed = replay(evidence)
        spoken_for = sum(int(number(evidence, name)) for name in ("ringing", "screened"))
        free = int(number(evidence, "spare")) - spoken_for
        limit = int(number(evidence, "limit"))
    except (KeyError, ValueError):
        return None
    # one attempt per free agent is dialed whatever the price
    dial = max(0, replayed.dial, min(free, limit))
    same = replayed.dial == replayed.was and dial == note.dial
    return Again(dial=dial, chosen=replayed.dial, same=same, steps=_steps(evidence, replayed))


def number(evidence: Evidence, name: str) -> float:
    """One plain number; raises `KeyError` when there is none of this name."""
    value = evidence[name]
    if isinstance(value, list):
        raise KeyError(name)
    return value


def _steps(evidence: Evidence, replayed: Replayed) -> tuple[Step, ...]:
    """The risks in order; of a launch too long to be listed, its last one and the next as well."""
    risks = dict(enumerate(replayed.risks, start=1))
    for ordinal, name in ((replayed.was, "last_risk"), (replayed.was + 1, "next_risk")):
        if ordinal > len(replayed.risks):
            risks[ordinal] = number(evidence, name)
    return tuple(Step(ordinal, risk, replayed.price) for ordinal, risk in sorted(risks.items()))
