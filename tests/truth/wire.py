"""The way from the made Asterisk to the house: facts cross, come twice, or come a moment late.

Only as they do on a real link: what one thread of Asterisk says of a call stays in order, that a
talk is over is said by another.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from calls.events import (
    AgentConnected,
    AgentMissed,
    AgentOffered,
    AgentReleased,
    CallAnswered,
    CallArrived,
    CallDialed,
    CallEnded,
    CallRang,
    DialogueOffered,
    DialRefused,
    Fact,
    HangUpAsked,
    HoldEnded,
    HoldStarted,
    QueueGaveUp,
    QueueJoined,
    QueueLeft,
)
from tests.truth.time import WorldClock

_TWICE = (
    AgentConnected | AgentMissed | AgentOffered | AgentReleased | CallAnswered | CallArrived
    | CallDialed | CallEnded | CallRang | HangUpAsked | HoldEnded | HoldStarted | QueueGaveUp
    | QueueJoined | QueueLeft
)  # fmt: skip
#: these are said by somebody else than who says what comes before or after
_BY_ITSELF = AgentReleased | DialRefused
_CROSSED = CallEnded | DialogueOffered | HangUpAsked | QueueJoined
_LATE_SECONDS = 0.05


class Wire:
    """Carries facts to `put`; `unruly` is how often it does so otherwise than in order."""

    def __init__(
        self, clock: WorldClock, put: Callable[[Fact], None], draw: Random, unruly: float
    ) -> None:
        self._clock = clock
        self._put = put
        self._draw = draw
        self._unruly = unruly
        self._told: list[Fact] = []
        #: how many crossed, came twice, came late
        self.crossed, self.twice, self.late = 0, 0, 0

    def tell(self, fact: Fact) -> None:
        """Told with what else happens at this moment."""
        self._told.append(fact)

    def deliver(self) -> None:
        """Everything of this moment."""
        facts, self._told = self._told, []
        for at in range(len(facts) - 1):
            if _may_cross(facts[at], facts[at + 1]) and self._now_and_then(5):
                facts[at], facts[at + 1] = facts[at + 1], facts[at]
                self.crossed += 1
        for fact in facts:
            if isinstance(fact, _BY_ITSELF) and self._now_and_then(5):
                self.late += 1
                self._clock.after(_LATE_SECONDS, self._put, fact)
                continue
            self._put(fact)
            if isinstance(fact, _TWICE) and self._now_and_then(1):
                self.twice += 1
                self._put(fact)

    def _now_and_then(self, times: int) -> bool:
        return self._draw.random() < times * self._unruly


def _may_cross(one: Fact, other: Fact) -> bool:
    pairs = ((one, other), (other, one))
    return any(
        isinstance(a, _BY_ITSELF) and isinstance(b, _CROSSED) and a.call_id == b.call_id
        for a, b in pairs
    )
