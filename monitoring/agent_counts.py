"""What is added up of an agent: time in each state, once whatever the queues, and talks.

Time is cut where quarters meet. A talk is counted whole, with its hold, where it ended.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from agents.states import AgentState
from monitoring.additive import Additive
from monitoring.quarters import QUARTER, quarter_of
from monitoring.record import CallRecord
from monitoring.visits import Visit, visits_of

#: the column of each state; who is signed out, or only signing in, is not on the shift
_SPENT_IN: Mapping[str, str] = {
    AgentState.READY: "ready_ms",
    AgentState.OFFERED: "offered_ms",
    AgentState.RESERVED: "reserved_ms",
    AgentState.TALKING: "talking_ms",
    AgentState.WRAPPING_UP: "wrapping_up_ms",
    AgentState.PAUSED: "paused_ms",
}
_DIALED = "dialed"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


@dataclass(slots=True, kw_only=True)
class AgentCounts(Additive):
    """The additive counts of one agent; durations are sums of whole milliseconds.

    The six states add up to the time on the shift. `hold_ms` is part of the talks that ended,
    `pauses` is `paused_ms` by reason, "" without one.
    """

    ready_ms: int = 0
    offered_ms: int = 0
    reserved_ms: int = 0
    talking_ms: int = 0
    wrapping_up_ms: int = 0
    paused_ms: int = 0
    hold_ms: int = 0
    handled_inbound: int = 0
    handled_dialed: int = 0
    transferred: int = 0
    missed: int = 0
    pauses: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A stretch of time in one state; without an end it goes on."""

    state: str
    reason: str
    began_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Handled:
    """One talk of an agent that is over."""

    agent: str
    at: datetime
    dialed: bool
    transferred: bool
    hold_ms: int
    #: nothing of it will change any more
    finished: bool


def handled_of(record: CallRecord, *, finished: bool) -> list[Handled]:
    """The talks of a call that are over; `finished` tells whether more is expected of the call."""
    return [
        Handled(
            agent=visit.agent,
            at=at,
            dialed=record.direction == _DIALED,
            transferred=visit.transferred,
            hold_ms=visit.hold_ms,
            finished=finished,
        )
        for at, visit in talks_of(record, finished=finished)
    ]


def talks_of(record: CallRecord, *, finished: bool) -> list[tuple[datetime, Visit]]:
    """The visits of a call in which an agent talked, and when the talk was over."""
    return [
        (visit.released_at, visit)
        for visit in visits_of(record, finished=finished)
        if visit.agent and visit.connected_at is not None and visit.released_at is not None
    ]


def counted(
    stretches: Iterable[Stretch],
    handled: Iterable[Handled],
    missed: Iterable[datetime],
    quarter: datetime,
    now: datetime,
) -> AgentCounts:
    """What one quarter of one agent has of these; a stretch that goes on is counted up to `now`.

    `missed` are the moments at which the agent did not take a call.
    """
    counts = AgentCounts()
    for stretch in stretches:
        _spend(counts, stretch, quarter, now)
    for talk in handled:
        if quarter_of(talk.at) == quarter:
            counts.handled_dialed += talk.dialed
            counts.handled_inbound += not talk.dialed
            counts.transferred += talk.transferred
            counts.hold_ms += talk.hold_ms
    counts.missed = sum(quarter_of(moment) == quarter for moment in missed)
    return counts


def _spend(counts: AgentCounts, stretch: Stretch, quarter: datetime, now: datetime) -> None:
    name = _SPENT_IN.get(stretch.state)
    end = stretch.ended_at or now
    spent = _whole(min(end, quarter + QUARTER)) - _whole(max(stretch.began_at, quarter))
    if name is None or spent <= 0:
        return
    setattr(counts, name, getattr(counts, name) + spent)
    if stretch.state == AgentState.PAUSED:
        counts.pauses[stretch.reason] = counts.pauses.get(stretch.reason, 0) + spent


def _whole(moment: datetime) -> int:
    """Milliseconds since 1970: what is between two of them adds up without a remainder."""
    return (moment - _EPOCH) // _MILLISECOND
