"""Sums and times over the last so many seconds, folded as things happen. Pure, bounded memory.

Both keep totals since the beginning, and tell a window as the difference of two of them: adding
costs one step and asking two look-ups, however long the window is.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

#: the longest window that can be asked for
LONGEST_SECONDS = 4 * 3600
#: a sum's window begins at a border of these
SLOT_SECONDS = 10
_MOST_SLOTS = LONGEST_SECONDS // SLOT_SECONDS
#: an agent who moves more often than every three seconds for four hours is no person
_MOST_MOVES = 5000

Sums = tuple[int, ...]


class SlidingSums:
    """Amounts by when they were added; times are epoch seconds.

    A window holds the whole slots in it and the one that runs: of what happened in the first up to
    10 s of it, nothing is told. What is told late counts when it is told.
    """

    def __init__(self, width: int) -> None:
        """`width`: how many amounts are added at once."""
        self._slots: list[int] = []
        self._totals: list[Sums] = []
        self._before: Sums = (0,) * width

    def add(self, at: float, amounts: Sequence[int]) -> None:
        """Something happened."""
        slot = _slot(at)
        last = self._totals[-1] if self._totals else self._before
        total = tuple(a + b for a, b in zip(last, amounts, strict=True))
        if self._slots and slot <= self._slots[-1]:
            self._totals[-1] = total
            return
        self._slots.append(slot)
        self._totals.append(total)
        if self._slots[0] < slot - 2 * _MOST_SLOTS or len(self._slots) > 2 * _MOST_SLOTS:
            self._forget(slot - _MOST_SLOTS)

    def over(self, now: float, seconds: float) -> Sums:
        """What was added within the last so many seconds."""
        if not self._totals:
            return self._before
        place = bisect_left(self._slots, _slot(now - seconds) + 1)
        before = self._totals[place - 1] if place else self._before
        return tuple(a - b for a, b in zip(self._totals[-1], before, strict=True))

    def _forget(self, slot: int) -> None:
        place = bisect_left(self._slots, slot)
        if place:
            self._before = self._totals[place - 1]
            del self._slots[:place], self._totals[:place]


class SlidingTimes:
    """How long one agent was busy and idle; times are epoch seconds, exact."""

    def __init__(self) -> None:
        self._moments: list[float] = []
        #: seconds busy and idle until then
        self._until: list[tuple[float, float]] = []
        #: what went on from then: 1 busy, 0 idle, None neither
        self._doing: list[bool | None] = []

    def moved(self, at: float, busy: bool | None) -> None:
        """From now on the agent is busy, idle, or neither of them (None)."""
        if self._moments:
            at = max(at, self._moments[-1])
        self._until.append(self._total(at))
        self._moments.append(at)
        self._doing.append(busy)
        if len(self._moments) > 2 * _MOST_MOVES:
            self._forget(_MOST_MOVES)
        elif self._moments[0] < at - 2 * LONGEST_SECONDS:
            self._forget(bisect_right(self._moments, at - LONGEST_SECONDS) - 1)

    def over(self, now: float, seconds: float) -> tuple[float, float]:
        """Seconds busy and idle within the last so many."""
        busy, idle = self._total(now)
        busy_before, idle_before = self._total(now - seconds)
        return busy - busy_before, idle - idle_before

    def _total(self, at: float) -> tuple[float, float]:
        place = bisect_right(self._moments, at) - 1
        if place < 0:
            return self._until[0] if self._until else (0.0, 0.0)
        busy, idle = self._until[place]
        since = at - self._moments[place]
        match self._doing[place]:
            case True:
                return busy + since, idle
            case False:
                return busy, idle + since
            case None:
                return busy, idle

    def _forget(self, places: int) -> None:
        del self._moments[:places], self._until[:places], self._doing[:places]


def _slot(at: float) -> int:
    return int(at // SLOT_SECONDS)
