"""A campaign's recorded day under other policies: read, played, put beside what was recorded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from rich.console import Console
from rich.table import Table
from rich.text import Text

from agents.floor import Floor, Line
from calls.errors import Linea800Error
from dialer.attempt import Attempt
from dialer.campaign import PREVIEW, Campaign
from dialer.pacing.decision import Rules
from dialer.pacing.knobs import settled
from dialer.pacing.policies import POLICIES, policy
from linea800.campaign_words import percent, said
from linea800.recorded_day import Recording, recording
from simulator.what_if import Figures, played
from storage.agent_states import AgentStateStore
from storage.database import Database
from storage.days import DayStore


class ReplayError(Linea800Error):
    """A replay that cannot be made as it was asked for."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A policy, and what is set of it."""

    policy: str
    settings: Mapping[str, float]

    def __str__(self) -> str:
        told = ", ".join(f"{name}={value:g}" for name, value in self.settings.items())
        return f"{self.policy} ({told})" if told else self.policy


def choices(campaign: Campaign, names: Sequence[str], asked: Sequence[str]) -> list[Choice]:
    """The campaign's own policy, then those asked for, each with the settings that it has.

    Raises `ReplayError`, `UnknownPolicyError` and `KnobError`.
    """
    if campaign.previews or PREVIEW in names:
        raise ReplayError(f"{PREVIEW}: agents decided what was dialed, that cannot be played again")
    settings = dict(map(_setting, asked))
    for name in names:
        policy(name, Rules())
    for name in settings:
        if not any(name in POLICIES[one].knobs for one in names):
            known = ", ".join(sorted({knob for one in names for knob in POLICIES[one].knobs}))
            raise ReplayError(f"--set {name}: none of these policies has it; they have: {known}")
    wanted = [Choice(campaign.pacing, campaign.pacing_settings)]
    for one in names:
        knobs = POLICIES[one].knobs
        choice = Choice(one, {name: settings[name] for name in settings if name in knobs})
        settled(one, knobs, choice.settings)
        if choice not in wanted:
            wanted.append(choice)
    return wanted


def _setting(text: str) -> tuple[str, float]:
    name, _, value = text.partition("=")
    try:
        return name.strip(), float(value)
    except ValueError:
        raise ReplayError(f"--set {text!r}: it is name=number, as in level=2.5") from None


def span_of(day: str, zone: str) -> tuple[datetime, datetime]:
    """From when to when a calendar day lasts in a time zone; raises `ReplayError`."""
    try:
        # UTC needs no table of zones, which a small machine may not have
        here = UTC if zone == "UTC" else ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ReplayError(
            f"--zone {zone!r}: no such time zone, as America/Guayaquil is one"
        ) from None
    try:
        first = date.fromisoformat(day)
        if first.isoformat() != day:
            raise ValueError
        following = first + timedelta(days=1)
    except (ValueError, OverflowError):
        raise ReplayError(f"--day {day!r}: a day is needed, as 2026-11-21") from None
    return datetime.combine(first, time(), here), datetime.combine(following, time(), here)


async def read(
    database: Database, campaign: Campaign, floor: Floor, since: datetime, until: datetime
) -> Recording:
    """The day from SQL. Raises `NothingRecordedError`."""
    days = DayStore(database)
    attempts = await days.attempts(campaign.id, since, until)
    agents = _agents(campaign, floor, attempts)
    states = await AgentStateStore(database).between(since, until)
    return recording(
        attempts,
        await days.talks(campaign.id, since, until),
        [interval for interval in states if interval.agent in agents],
        lines=min(campaign.max_lines, floor.trunk.max_calls),
        ring_seconds=campaign.ring_seconds,
    )


def _agents(campaign: Campaign, floor: Floor, attempts: Sequence[Attempt]) -> set[str]:
    """Who the dialer counts on, and who took its calls that day (the floor may have changed)."""
    members = {
        agent.number
        for agent in floor.agents
        if campaign.queue in agent.queues and agent.line is Line.HELD
    }
    return members | {attempt.agent for attempt in attempts if attempt.agent}


def replays(
    recorded: Recording, campaign: Campaign, wanted: Sequence[Choice], seeds: int
) -> Iterator[tuple[Choice, Figures]]:
    """Each policy's figures, the mean of so many seeds; takes a while."""
    rules = Rules(
        abandonment_cap=campaign.abandonment_cap,
        ring_seconds=campaign.ring_seconds,
        cancel_after_seconds=campaign.cancel_after_seconds,
    )
    for choice in wanted:
        make = partial(policy, choice.policy, rules, choice.settings)
        yield choice, played(recorded.day, make, seeds)


def show(
    recorded: Recording,
    rows: Sequence[tuple[Choice, Figures]],
    *,
    language: str,
    seeds: int,
    out: Console,
) -> None:
    """The table, and what it rests on."""
    names = ("policy", "attempts", "live", "abandoned_share", "occupancy", "talk_per_hour")
    table = Table(*(said(language, name) for name in names), box=None)
    for column in table.columns[1:]:
        column.justify = "right"
    table.add_row(said(language, "as_recorded"), *_cells(recorded.figures))
    for choice, figures in rows:
        table.add_row(Text(str(choice)), *_cells(figures))
    out.print(table)
    out.print(Text(said(language, "what_if"), style="bold"))
    own = str(rows[0][0])
    out.print(
        said(
            language, "assumed", seeds=seeds, own=own, lines=recorded.day.lines,
            hours=f"{recorded.figures.signed_in_seconds / 3600:.1f}", left_out=recorded.left_out,
        ),
        markup=False,
    )  # fmt: skip


def _cells(figures: Figures) -> tuple[str, ...]:
    return (
        f"{figures.attempts:.0f}",
        f"{figures.live:.0f}",
        percent(figures.abandoned_share),
        percent(figures.occupancy),
        f"{figures.talk_minutes_per_hour:.1f}",
    )
