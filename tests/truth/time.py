"""The made world's time: whole milliseconds, and it passes only from one happening to the next."""

from __future__ import annotations

from datetime import datetime, timedelta

from simulator.clock import Happening, VirtualClock
from tests.integration.api_house import Clock


class WorldClock(Clock):
    """What the house reads as its clock, and where everybody puts what they will do."""

    def __init__(self, begins: datetime) -> None:
        self._world = VirtualClock(begins)
        super().__init__()
        self.time = begins

    @property
    def seconds(self) -> float:
        """Since the world began."""
        return self._world.seconds

    @property
    def next_at(self) -> float:
        """The second at which something happens next."""
        return self._world.next_at

    def after(self, seconds: float, happen: Happening, *what: object) -> None:
        """Let it happen so much later, to the millisecond."""
        self._world.at(round(self._world.seconds + seconds, 3), happen, *what)

    def at(self, second: float, happen: Happening, *what: object) -> None:
        """Let it happen at that second."""
        self._world.at(round(second, 3), happen, *what)

    async def play_next(self) -> None:
        """Go to the next thing and let it happen."""
        self.advance(self._world.next_at - self._world.seconds)
        await self._world.play_next()

    def advance(self, seconds: float) -> None:
        """Whole milliseconds."""
        self.time += timedelta(milliseconds=round(seconds * 1000))
