"""The carrier's health as attempts tell it: congestion slows dialing down instead of burning leads.

Additive increase, multiplicative decrease, as TCP does it (Chiu and Jain, 1989): a spike of
congestion halves the launches a second that the dialer really made; every calm stretch gives some
back, until the speed before the spike is reached and the brake is let go. Pure; moments in epoch
seconds.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from dialer.attempt import Outcome

#: ends that are looked at: the last so many, and none older than this
_LOOKED_AT = 30
_OLDEST_SECONDS = 60.0
#: a spike: at least so many ended, and this share of them by the carrier's fault
_LEAST_ENDED = 8
_SPIKE = 0.3
#: after a change of speed the next one waits for what it did
_SETTLE_SECONDS = 10.0
_SLOWEST = 0.2
_FASTER = 1.25
_LAUNCHES_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Slowed:
    """The speed that is kept from now on; None: as fast as the trunk takes."""

    calls_per_second: float | None
    #: of the attempts that ended last, those that the carrier did not put through
    congested_share: float


class Carrier:
    """Watches one trunk."""

    def __init__(self) -> None:
        self._ends: deque[tuple[float, bool]] = deque(maxlen=_LOOKED_AT)
        self._launches: deque[float] = deque()
        self._changed_at: float | None = None
        self._speed_before = 0.0
        self.calls_per_second: float | None = None

    def launched(self, now: float) -> None:
        """An attempt leaves."""
        self._launches.append(now)
        self._forget_launches(now)

    def ended(self, outcome: Outcome, now: float) -> Slowed | None:
        """An attempt is over; the new speed if that changes it."""
        self._ends.append((now, outcome is Outcome.CONGESTION))
        if self._settling(now):
            return None
        ends = [congested for at, congested in self._ends if at > now - _OLDEST_SECONDS]
        if len(ends) < _LEAST_ENDED or sum(ends) < _SPIKE * len(ends):
            return None
        speed = self._speed(now) if self.calls_per_second is None else self.calls_per_second
        if self.calls_per_second is None:
            self._speed_before = speed
        return self._set(max(speed / 2.0, _SLOWEST), sum(ends) / len(ends), now)

    def looked_at(self, now: float) -> Slowed | None:
        """Time passed; the new speed if calm has lasted long enough to go faster."""
        if self.calls_per_second is None or self._settling(now):
            return None
        recent = [congested for at, congested in self._ends if at > now - _SETTLE_SECONDS]
        if sum(recent) >= max(_SPIKE * len(recent), 1.0):
            return None
        faster = self.calls_per_second * _FASTER
        share = sum(recent) / len(recent) if recent else 0.0
        return self._set(None if faster >= max(self._speed_before, 1.0) else faster, share, now)

    def look_again_at(self) -> float | None:
        """When to look next though nothing happens; None while nothing is slowed."""
        if self.calls_per_second is None or self._changed_at is None:
            return None
        return self._changed_at + _SETTLE_SECONDS

    def _settling(self, now: float) -> bool:
        return self._changed_at is not None and now < self._changed_at + _SETTLE_SECONDS

    def _forget_launches(self, now: float) -> None:
        while self._launches and self._launches[0] <= now - _LAUNCHES_SECONDS:
            self._launches.popleft()

    def _speed(self, now: float) -> float:
        self._forget_launches(now)
        return len(self._launches) / _LAUNCHES_SECONDS

    def _set(self, calls_per_second: float | None, share: float, now: float) -> Slowed:
        self.calls_per_second = calls_per_second
        self._changed_at = now
        # what ended before says nothing of the new speed
        self._ends.clear()
        return Slowed(calls_per_second, share)
