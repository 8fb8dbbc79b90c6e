"""Spending guards: what stops a runaway list or a fraud before it costs a fortune.

A guard counts the calls of one kind of traffic (all, a country, a prefix) in a stretch of time and
stops that traffic when it is full; everything else goes on. Pure; moments in epoch seconds.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from agents.floor import Guard


@dataclass(frozen=True, slots=True)
class Tripped:
    """A guard is full for a destination: nothing more goes there before `until`."""

    guard: Guard
    destination: str
    until: float

    @property
    def code(self) -> str:
        """Its name in records."""
        return f"guard_{self.guard.digits}_{self.guard.calls}_{self.guard.seconds:g}"


class Guards:
    """Counts every call that leaves; of all campaigns together."""

    def __init__(self, guards: Sequence[Guard]) -> None:
        self._guards = tuple(guards)
        self._calls: dict[tuple[int, str], deque[float]] = {}
        self._stopping: dict[tuple[str, str], Tripped] = {}

    @property
    def longest_seconds(self) -> float:
        """How far back calls count; 0 without guards."""
        return max((guard.seconds for guard in self._guards), default=0.0)

    def load(self, calls: Iterable[tuple[str, float]]) -> None:
        """Start from what the records say: numbers and when they were dialed, oldest first."""
        self._calls.clear()
        for number, at in calls:
            self.counted(number, at)

    def counted(self, number: str, now: float) -> None:
        """A call leaves."""
        for index, guard in enumerate(self._guards):
            self._calls.setdefault((index, guard.destination(number)), deque()).append(now)

    def stops(self, number: str, now: float) -> Tripped | None:
        """The guard that keeps this number from being dialed, the longest first; or None."""
        tripped = [
            Tripped(guard, guard.destination(number), calls[-guard.calls] + guard.seconds)
            for index, guard in enumerate(self._guards)
            if len(calls := self._recent(index, guard, number, now)) >= guard.calls
        ]
        found = max(tripped, key=lambda one: one.until, default=None)
        if found is not None:
            self._stopping[found.code, found.destination] = found
        return found

    def tripped(self, now: float) -> list[Tripped]:
        """Those that kept a call from being made, and would keep it still."""
        # a copy: a reservation may ask in a thread of the database's
        for key, one in list(self._stopping.items()):
            if one.until <= now:
                self._stopping.pop(key, None)
        return list(self._stopping.values())

    def _recent(self, index: int, guard: Guard, number: str, now: float) -> deque[float]:
        calls = self._calls.get((index, guard.destination(number)), deque())
        while calls and calls[0] <= now - guard.seconds:
            calls.popleft()
        return calls

    def full(self, now: float) -> Mapping[str, float]:
        """Every destination that is stopped now, and until when."""
        found: dict[str, float] = {}
        for (index, destination), calls in self._calls.items():
            guard = self._guards[index]
            recent = self._recent(index, guard, destination, now)
            if len(recent) >= guard.calls:
                until = calls[-guard.calls] + guard.seconds
                found[destination] = max(found.get(destination, 0.0), until)
        return found
