"""What the trunk can take now: lines that are free, and how many calls a second it bears."""

from __future__ import annotations

from agents.floor import Trunk


class Lines:
    """One trunk's room for more calls. Moments are in seconds since the epoch."""

    def __init__(self, trunk: Trunk) -> None:
        self._trunk = trunk
        # a second's worth may leave at once; what was not used before then is not saved up
        self._burst = max(trunk.calls_per_second or 0.0, 1.0)
        self._left = self._burst
        self._counted_at = 0.0

    def free(self, in_use: int, now: float) -> int:
        """How many calls may leave at `now` with so many lines in use; may be below zero."""
        lines = self._trunk.max_calls - in_use
        if self._trunk.calls_per_second is None:
            return lines
        return min(lines, int(self._count(now)))

    def launched(self, now: float) -> None:
        """A call leaves."""
        if self._trunk.calls_per_second is not None:
            self._left = self._count(now) - 1.0

    def next_at(self, now: float) -> float | None:
        """When the carrier bears the next call; None when it bears one now."""
        left = self._count(now)
        if self._trunk.calls_per_second is None or left >= 1.0:
            return None
        return now + (1.0 - left) / self._trunk.calls_per_second

    def _count(self, now: float) -> float:
        rate = self._trunk.calls_per_second or 0.0
        passed = max(now - self._counted_at, 0.0)
        self._left = min(self._left + passed * rate, self._burst)
        self._counted_at = now
        return self._left
