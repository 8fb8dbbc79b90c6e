"""A circuit breaker: a system that fails is left alone for a while. A pure table; time is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Self


class BreakerState(StrEnum):
    """Whether the system is asked."""

    CLOSED = "closed"  # it is
    OPEN = "open"  # it rests
    HALF_OPEN = "half_open"  # one question tries whether it is back


class Event(StrEnum):
    """What moves it."""

    ANSWERED = "answered"
    FAILED = "failed"
    TRIPPED = "tripped"  # failed, and that was once too often
    RESTED = "rested"  # asked after the rest is over
    WITHDRAWN = "withdrawn"  # whoever asked did not wait for the end


_C, _O, _H = BreakerState.CLOSED, BreakerState.OPEN, BreakerState.HALF_OPEN
#: an answer to what was asked before it opened comes late, and changes nothing
MOVES: Mapping[BreakerState, Mapping[Event, BreakerState]] = {
    _C: {Event.ANSWERED: _C, Event.FAILED: _C, Event.TRIPPED: _O, Event.WITHDRAWN: _C},
    _O: {Event.ANSWERED: _O, Event.FAILED: _O, Event.RESTED: _H, Event.WITHDRAWN: _O},
    _H: {Event.ANSWERED: _C, Event.FAILED: _O, Event.WITHDRAWN: _H},
}


@dataclass(frozen=True, slots=True)
class BreakerRule:
    """It opens at so many failures among the last tries, and rests ever longer."""

    failures: int = 5
    of_last: int = 10
    rest_seconds: float = 5.0
    #: each trial that fails doubles the rest, up to this
    rest_at_most_seconds: float = 60.0


@dataclass(frozen=True, slots=True)
class Breaker:
    """Where a breaker stands; moments are seconds of any clock that only goes forward."""

    rule: BreakerRule = BreakerRule()
    state: BreakerState = BreakerState.CLOSED
    since: float = 0.0
    #: whether the last tries failed, the oldest first
    failed: tuple[bool, ...] = ()
    rest_seconds: float = 0.0
    #: the one question that tries is under way
    trying: bool = False

    def asked(self, now: float) -> tuple[Self, bool]:
        """The breaker after somebody wants to ask, and whether they may."""
        if self.state is BreakerState.CLOSED:
            return self, True
        if self.state is BreakerState.OPEN:
            if now < self.since + self.rest_seconds:
                return self, False
            return replace(self._moved(Event.RESTED, now), trying=True), True
        return replace(self, trying=True), not self.trying

    def after(self, event: Event, now: float) -> Self:
        """The breaker after a try ended; `event` is how: answered, failed or withdrawn."""
        if self.state is not BreakerState.CLOSED or event is Event.WITHDRAWN:
            return self._moved(event, now)
        failed = (*self.failed, event is Event.FAILED)[-self.rule.of_last :]
        if sum(failed) >= self.rule.failures:
            event = Event.TRIPPED
        return replace(self, failed=failed)._moved(event, now)

    def _moved(self, event: Event, now: float) -> Self:
        after = MOVES[self.state][event]
        if after is self.state:
            late = after is BreakerState.OPEN
            return self if late else replace(self, trying=False)
        rest = 0.0
        if after is BreakerState.OPEN:
            doubled = max(2 * self.rest_seconds, self.rule.rest_seconds)
            rest = min(doubled, self.rule.rest_at_most_seconds)
        elif after is BreakerState.HALF_OPEN:
            rest = self.rest_seconds  # the next one begins from this
        return replace(self, state=after, since=now, failed=(), rest_seconds=rest, trying=False)
