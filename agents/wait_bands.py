"""What a caller is told of the wait: a band of minutes, not a figure. Pure."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import NamedTuple

#: of the last band, "more than twenty minutes"; a day stands for it in figures
OPEN_SECONDS = 86_400.0
_ENDS = (0, 1, 3, 5, 10, 15, 20)


class Band(NamedTuple):
    """Between so many minutes; without a high end: more than the low one."""

    low_minutes: int
    high_minutes: int | None

    @property
    def low_seconds(self) -> float:
        """As `WaitTold` has it."""
        return self.low_minutes * 60.0

    @property
    def high_seconds(self) -> float:
        """As `WaitTold` has it; `OPEN_SECONDS` without an end."""
        return OPEN_SECONDS if self.high_minutes is None else self.high_minutes * 60.0

    def holds(self, seconds: float) -> bool:
        """Whether it was so."""
        return self.low_seconds <= seconds <= self.high_seconds


def band(seconds: float | None, waited_seconds: float = 0.0) -> Band | None:
    """The band to be told of an expected wait; None when nothing can be said.

    Never below what the caller has waited already: who has waited four minutes does not believe in
    one to three. A wait at the end of a band is told as the next one.
    """
    if seconds is None or not math.isfinite(seconds):
        return None
    minutes = max(seconds, waited_seconds, 0.0) / 60.0
    for low, high in pairwise(_ENDS):
        if minutes < high:
            return Band(low, high)
    return Band(_ENDS[-1], None)
