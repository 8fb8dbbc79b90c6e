"""What the published policies have in common: clocks that tick, means that forget, rates of late.

Moments are seconds since the epoch, lengths are seconds.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from heapq import heappop, heappush
from math import floor

from dialer.pacing.decision import Decision, Numbers, Reason, Rules, within
from dialer.pacing.lessons import Lesson, LiveAnswer, MachineAnswer, PickedUp, Unanswered
from dialer.pacing.picture import Picture


class Ticks:
    """A clock of its own: due at the first look, or one period later, then a period after each."""

    def __init__(self, every_seconds: float, *, at_once: bool = True) -> None:
        self._every_seconds = every_seconds
        self._at_once = at_once
        self._last_at: float | None = None
        self.next_at = 0.0

    def due(self, now: float) -> bool:
        """Whether it ticks at `now`; a clock that was set back ticks rather than stands still."""
        first = self._last_at is None
        if self._last_at is not None and self._last_at <= now < self.next_at:
            return False
        self._last_at, self.next_at = now, now + self._every_seconds
        return self._at_once or not first


class ForgettingMean:
    """A mean over about the last `memory` values, begun from a guess worth `weight` of them."""

    def __init__(self, guess: float, *, weight: float = 5.0, memory: float = 500.0) -> None:
        self.value = guess
        self._weight = weight
        self._memory = memory

    def add(self, value: float) -> None:
        """Take in one more value."""
        self._weight = min(self._weight + 1.0, self._memory)
        self.value += (value - self.value) / self._weight


class AnswerRates:
    """Live answers per attempt and per pick-up; both begin at 1, so nobody over-dials unlearned.

    Busy and failed calls end long before the others they were launched with answer: each waits to
    be counted until those have rung their whole time, else a large team's first wave would look
    dead and be dialed many times over.
    """

    def __init__(self, rules: Rules, *, memory: float = 500.0) -> None:
        self._ring_seconds = rules.ring_seconds
        self._unanswered: list[float] = []
        self._of_attempts = ForgettingMean(1.0, memory=memory)
        self._of_picked_up = ForgettingMean(1.0, memory=memory)

    def learn(self, lesson: Lesson, now: float) -> None:
        """Count the attempts of which it is known what they are."""
        while self._unanswered and self._unanswered[0] <= now:
            heappop(self._unanswered)
            self._of_attempts.add(0.0)
        match lesson:
            case LiveAnswer():
                self._of_attempts.add(1.0)
                self._of_picked_up.add(1.0)
            case MachineAnswer():
                self._of_attempts.add(0.0)
                self._of_picked_up.add(0.0)
            case Unanswered(ring_seconds):
                heappush(self._unanswered, now + self._ring_seconds - ring_seconds)

    @property
    def of_attempts(self) -> float:
        """At least one in a hundred: a dead list is no reason to dial without end."""
        return max(self._of_attempts.value, 0.01)

    def expected(self, picture: Picture, sureness: float = 1.0) -> float:
        """Live answers to expect of the calls under way; every call is one at `sureness` 0."""
        ringing = self.of_attempts**sureness * len(picture.ringing)
        return float(ringing + self._of_picked_up.value**sureness * len(picture.screened))


class Recent:
    """How many values came within the last so many seconds, and their sum."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._values: deque[tuple[float, float]] = deque()
        self._total = 0.0

    def add(self, value: float, now: float) -> None:
        """Take in one more value."""
        self._values.append((now, value))
        self._total += value

    def count_and_total(self, now: float) -> tuple[int, float]:
        """What is not yet older than the window."""
        while self._values and self._values[0][0] <= now - self._seconds:
            self._total -= self._values.popleft()[1]
        return len(self._values), self._total


def pick_up_share(lesson: Lesson) -> float | None:
    """1 for an attempt that was picked up, 0 for one that was not, None for any other lesson."""
    match lesson:
        case PickedUp():
            return 1.0
        case Unanswered():
            return 0.0
        case _:
            return None


def free_agents(picture: Picture) -> int:
    """Ready agents nobody on the line already asks for; never below zero."""
    return max(0, len(picture.ready) - picture.asking)


def whole(amount: float) -> int:
    """The whole part, forgiving what floating point leaves just short of it."""
    return floor(amount + 1e-9)


def paced(
    wanted: int,
    picture: Picture,
    *,
    nothing: Reason | None = None,
    look_again_at: float | None = None,
    evidence: Mapping[str, float | list[float]],
) -> Decision:
    """What a policy wants as a decision; `nothing` is why it wants nothing, else the floor says."""
    if nothing is None:
        nothing = Reason.AGENTS_SPOKEN_FOR if picture.ready else Reason.NO_AGENT_FREE
    dial, reason = within(wanted, picture, Reason.PACED, nothing)
    return Decision(dial, reason, look_again_at, Numbers(evidence))


def not_yet(look_again_at: float) -> Decision:
    """Between two ticks."""
    return Decision(0, Reason.NOT_YET, look_again_at)
