"""What one client of the board has not been told yet, in one slot that conflates.

A client that does not read gets, when it reads again, the newest picture of each thing, and never
holds anyone up.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from monitoring.board_things import Thing

#: a thing on the board by its path ("agents/1001"); None: it is gone
Things = dict[str, Thing | None]


@dataclass(frozen=True, slots=True)
class Update:
    """What is new. With `whole` it is everything, and replaces what the client had."""

    seq: int
    whole: bool
    things: Things


class Viewer:
    """One client's slot."""

    def __init__(self) -> None:
        self._things: Things = {}
        self._seq = 0
        self._changed = asyncio.Event()

    def offer(self, seq: int, things: Things) -> None:
        """Merge news into the slot."""
        self._things.update(things)
        self._seq = seq
        self._changed.set()

    async def next(self) -> Update:
        """Everything new since the last call; waits until there is something."""
        await self._changed.wait()
        self._changed.clear()
        things, self._things = self._things, {}
        return Update(self._seq, whole=False, things=things)
