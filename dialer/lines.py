"""What the trunk can take now: lines that are free, and how many calls a second it bears."""

from __future__ import annotations

from agents.floor import Trunk
from dialer.attempt import Outcome
from dialer.carrier import Carrier, Slowed


class Lines:
    """One trunk's room for more calls. Moments are in seconds since the epoch."""

    def __init__(self, trunk: Trunk) -> None:
        self._trunk = trunk
        self._carrier = Carrier()
        self._left = self._burst(trunk.calls_per_second or 0.0)
        self._counted_at = 0.0

    @property
    def calls_per_second(self) -> float | None:
        """What the trunk was made for, or less while the carrier does not put calls through."""
        limits = (self._trunk.calls_per_second, self._carrier.calls_per_second)
        return min((limit for limit in limits if limit is not None), default=None)

    def free(self, in_use: int, now: float) -> int:
        """How many calls may leave at `now` with so many lines in use; may be below zero."""
        lines = self._trunk.max_calls - in_use
        rate = self.calls_per_second
        return lines if rate is None else min(lines, int(self._count(rate, now)))

    def launched(self, now: float) -> None:
        """A call leaves."""
        self._carrier.launched(now)
        rate = self.calls_per_second
        if rate is not None:
            self._left = self._count(rate, now) - 1.0

    def ended(self, outcome: Outcome, now: float) -> Slowed | None:
        """A call is over; the new speed if the carrier's trouble changes it."""
        return self._carrier.ended(outcome, now)

    def looked_at(self, now: float) -> Slowed | None:
        """Time passed; the new speed if calm has lasted long enough to go faster."""
        return self._carrier.looked_at(now)

    def look_again_at(self, now: float) -> float | None:
        """When the carrier bears more than now; None when nothing holds a call back."""
        rate = self.calls_per_second
        if rate is None:
            return None
        left = self._count(rate, now)
        moments = [None if left >= 1.0 else now + (1.0 - left) / rate]
        moments.append(self._carrier.look_again_at())
        return min((moment for moment in moments if moment is not None), default=None)

    def _count(self, rate: float, now: float) -> float:
        passed = max(now - self._counted_at, 0.0)
        self._left = min(self._left + passed * rate, self._burst(rate))
        self._counted_at = now
        return self._left

    @staticmethod
    def _burst(rate: float) -> float:
        """A second's worth may leave at once; what was not used before then is not saved up."""
        return max(rate, 1.0)
