"""Virtual time: what will happen and when. The clock stands still while something happens."""

from __future__ import annotations

import heapq
import math
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

Happening = Callable[..., Awaitable[None] | None]


class VirtualClock:
    """Everybody in a simulated house reads this clock and puts what they will do on it."""

    def __init__(self, begins: datetime) -> None:
        self._begins = begins
        self._coming: list[tuple[float, int, Happening, tuple[object, ...]]] = []
        self._count = 0
        #: seconds since the beginning
        self.seconds = 0.0

    def now(self) -> datetime:
        """The moment it is."""
        return self._begins + timedelta(seconds=self.seconds)

    @property
    def next_at(self) -> float:
        """The second at which something happens next; infinity when nothing will."""
        return self._coming[0][0] if self._coming else math.inf

    def after(self, seconds: float, happen: Happening, *what: object) -> None:
        """Let it happen so much later."""
        self.at(self.seconds + seconds, happen, *what)

    def at(self, second: float, happen: Happening, *what: object) -> None:
        """Let it happen at that second; what was put first of the same second happens first."""
        self._count += 1
        heapq.heappush(self._coming, (second, self._count, happen, what))

    def pass_to(self, second: float) -> None:
        """Let time pass. Raises `ValueError` when that would skip what is to happen, or go back."""
        if not self.seconds <= second <= self.next_at:
            raise ValueError(f"from {self.seconds} to {second}, with something at {self.next_at}")
        self.seconds = second

    async def play_next(self) -> None:
        """Go to the next thing and let it happen. Raises `IndexError` when there is none."""
        self.seconds, _, happen, what = heapq.heappop(self._coming)
        if (doing := happen(*what)) is not None:
            await doing
