"""Targets: the range a figure should stay in, and when leaving it becomes an alert. Pure.

A figure has to be out for a while before an alert begins, and well inside again for a while before
it ends, so that one at its bound is one alert and not a hundred. One that cannot be told begins and
ends nothing; an alert whose figure nobody could tell for longer than its window ends as unknown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from monitoring.watched_figures import Figure, SubjectKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What a figure should be; one of the bounds may be None, not both."""

    id: str
    kpi: Figure
    subject_kind: SubjectKind
    #: "": each of that kind by itself; of the switch, there is one
    subject: str
    low: float | None
    high: float | None
    #: the figure is that of the last so many seconds
    window_seconds: int
    #: out for so long before an alert begins, in for so long before it ends
    out_seconds: int
    in_seconds: int
    #: how far inside the bound it has to come to count as in again
    margin: float
    created_by: str
    created_at: datetime
    ended_at: datetime | None = None
    #: of which queues each one is meant, of who sees only some; None: of all
    queues: Sequence[str] | None = None

    @property
    def of_each(self) -> bool:
        """Whether it is of each of its kind, and so has an alert for each."""
        return not self.subject and self.subject_kind is not SubjectKind.SWITCH

    def alert_of(self, name: str) -> str:
        """What an alert about one of its subjects is said to be about."""
        return f"{self.id}/{name}" if self.of_each else self.id

    def bound_left(self, value: float) -> float | None:
        """The bound that this value is beyond; None: it is within."""
        if self.low is not None and value < self.low:
            return self.low
        return self.high if self.high is not None and value > self.high else None

    def seen(self, value: float | None) -> Seen:
        """Where a value is."""
        if value is None:
            return Seen.NOTHING
        if self.bound_left(value) is not None:
            return Seen.OUT
        low = self.low is None or value >= self.low + self.margin
        high = self.high is None or value <= self.high - self.margin
        return Seen.IN if low and high else Seen.AT_THE_BOUND


class Seen(StrEnum):
    """Where a figure is."""

    IN = "in"
    AT_THE_BOUND = "at_the_bound"  # within, but not by the margin
    OUT = "out"
    NOTHING = "nothing"  # it cannot be told


class State(StrEnum):
    """Where a target is; an alert is on while it is `outside` or `returning`."""

    INSIDE = "inside"
    LEAVING = "leaving"
    OUTSIDE = "outside"
    RETURNING = "returning"


TRANSITIONS: Mapping[State, Mapping[Seen, State]] = {
    State.INSIDE: {
        Seen.IN: State.INSIDE,
        Seen.AT_THE_BOUND: State.INSIDE,
        Seen.OUT: State.LEAVING,
        Seen.NOTHING: State.INSIDE,
    },
    State.LEAVING: {
        Seen.IN: State.INSIDE,
        Seen.AT_THE_BOUND: State.INSIDE,
        Seen.OUT: State.LEAVING,
        Seen.NOTHING: State.INSIDE,
    },
    State.OUTSIDE: {
        Seen.IN: State.RETURNING,
        Seen.AT_THE_BOUND: State.OUTSIDE,
        Seen.OUT: State.OUTSIDE,
        Seen.NOTHING: State.OUTSIDE,
    },
    State.RETURNING: {
        Seen.IN: State.RETURNING,
        Seen.AT_THE_BOUND: State.OUTSIDE,
        Seen.OUT: State.OUTSIDE,
        Seen.NOTHING: State.OUTSIDE,
    },
}
#: where a state leads that has lasted long enough
AFTER_A_WHILE: Mapping[State, State] = {
    State.LEAVING: State.OUTSIDE,
    State.RETURNING: State.INSIDE,
}


class Ended(StrEnum):
    """How an alert ended."""

    BACK = "back"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """A target as it was seen last; moments are epoch seconds."""

    state: State = State.INSIDE
    #: in this state since
    since: float = 0.0
    #: the figure cannot be told since
    unseen_since: float | None = None
    #: the last alert ended: when the figure was beyond its bound for the last time, and how
    ended_at: float = 0.0
    ended: Ended | None = None

    @property
    def alert(self) -> bool:
        """Whether an alert is on."""
        return self.state in (State.OUTSIDE, State.RETURNING)


def look(target: Target, before: Watched, value: float | None, now: float) -> Watched:
    """The target after one more look, `now` in epoch seconds."""
    seen = target.seen(value)
    unseen_since = (before.unseen_since or now) if seen is Seen.NOTHING else None
    state = TRANSITIONS[before.state][seen]
    since = before.since if state is before.state else now
    watched = replace(before, state=state, since=since, unseen_since=unseen_since)
    lasting = target.out_seconds if state is State.LEAVING else target.in_seconds
    if state in AFTER_A_WHILE and now - since >= lasting:
        watched = replace(watched, state=AFTER_A_WHILE[state], since=now)
        if before.alert:
            watched = replace(watched, ended_at=since, ended=Ended.BACK)
    if watched.alert and unseen_since is not None and now - unseen_since > target.window_seconds:
        return replace(
            watched, state=State.INSIDE, since=now, ended_at=unseen_since, ended=Ended.UNKNOWN
        )
    return watched
