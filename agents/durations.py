"""How long something took lately, and how much longer it takes when it has lasted a while. Pure."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import deque
from datetime import datetime, timedelta
from itertools import accumulate

#: the newest that are reckoned with, and how old they may be; a few count however old they are
MOST, LEAST = 200, 20
OLDEST = timedelta(hours=2)
#: what is believed beforehand weighs as much as so many that were seen
BELIEF = 3.0


class Durations:
    """The newest durations of one kind, in seconds, with a belief for as long as there are few."""

    def __init__(self, believed_seconds: float) -> None:
        self._believed = believed_seconds
        self._seen: deque[tuple[datetime, float]] = deque()
        self._ascending: list[float] = []
        self._shortest: list[float] = []
        self._known = False

    def add(self, at: datetime, seconds: float) -> None:
        """One more, which ended at `at`."""
        self._seen.append((at, max(0.0, seconds)))
        while len(self._seen) > MOST or (
            len(self._seen) > LEAST and at - self._seen[0][0] > OLDEST
        ):
            self._seen.popleft()
        self._known = False

    @property
    def mean(self) -> float:
        """What one takes, from its beginning."""
        total = self._sums()[-1]
        return (total + BELIEF * self._believed) / (len(self._ascending) + BELIEF)

    def left(self, lasted_seconds: float) -> float:
        """What one still takes that has lasted so long.

        Those that lasted longer tell. As they become few, the belief is that it takes no notice of
        how long it has lasted.
        """
        sums, shorter = self._sums(), bisect_right(self._ascending, lasted_seconds)
        longer = len(self._ascending) - shorter
        beyond = sums[-1] - sums[shorter] - longer * lasted_seconds
        return (beyond + BELIEF * self.mean) / (longer + BELIEF)

    def over_by(self, lasted_seconds: float, seconds: float) -> tuple[float, float]:
        """How likely one that has lasted so long is over in so many seconds more.

        And for how many of these seconds it will be over, on average.
        """
        if seconds <= 0.0:
            return 0.0, 0.0
        sums, ascending = self._sums(), self._ascending
        end = lasted_seconds + seconds
        shorter, by_then = bisect_right(ascending, lasted_seconds), bisect_right(ascending, end)
        over = by_then - shorter
        since = over * end - (sums[by_then] - sums[shorter])
        mean = self.mean
        believed = -math.expm1(-seconds / mean) if mean > 0.0 else 1.0
        weight = len(ascending) - shorter + BELIEF
        return (
            (over + BELIEF * believed) / weight,
            (since + BELIEF * (seconds - mean * believed)) / weight,
        )

    def _sums(self) -> list[float]:
        """Of the shortest none, one, two, and so on."""
        if not self._known:
            self._ascending = sorted(seconds for _, seconds in self._seen)
            self._shortest = list(accumulate(self._ascending, initial=0.0))
            self._known = True
        return self._shortest
