"""What those who wait in a queue are told again and again: kept, so that a restart does not end it.

One message at a time for each queue of one switch; another message takes its place.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from storage.database import Database
from storage.pages import newest_first
from storage.tables import emergencies


@dataclass(frozen=True, slots=True, kw_only=True)
class Emergency:
    """One message, from when to when it is told."""

    id: int
    queue: str
    #: by its name in the catalog
    prompt: str
    every_seconds: int
    begun_by: str
    began_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class EmergencyPage:
    """Messages, the latest to begin first, and the cursor with which the list goes on."""

    emergencies: list[Emergency]
    next_cursor: str | None


class EmergencyStore:
    """Begins messages, ends them, and remembers which are on. Of one switch."""

    def __init__(self, database: Database, pbx: str) -> None:
        self._database = database
        self._pbx = pbx
        self._on: dict[str, Emergency] = {}
        #: two supervisors may speak at the same moment
        self._writing = asyncio.Lock()

    @property
    def on(self) -> Mapping[str, Emergency]:
        """What is told now in each queue, as last read or written."""
        return self._on

    async def load(self) -> None:
        """Read what is on; raises `DatabaseUnavailableError`, and what was known stays."""
        mine, open_ones = emergencies.c.pbx == self._pbx, emergencies.c.ended_at.is_(None)
        rows = await self._database.rows(select(emergencies).where(mine, open_ones))
        self._on = {row.queue: _emergency(row) for row in rows}

    async def begin(
        self, queue: str, *, prompt: str, every_seconds: int, begun_by: str, now: datetime
    ) -> tuple[Emergency, bool]:
        """What is told from now on, and whether this began it: the same again stays as it is."""
        row = {
            "pbx": self._pbx, "queue": queue, "prompt": prompt, "every_seconds": every_seconds,
            "begun_by": begun_by, "began_at": now,
        }  # fmt: skip

        def write(connection: Connection) -> tuple[Emergency, bool]:
            running = select(emergencies).where(*self._running(queue)).with_for_update()
            known = connection.execute(running).first()
            if known is not None and (known.prompt, known.every_seconds) == (prompt, every_seconds):
                return _emergency(known), False
            connection.execute(
                update(emergencies).where(*self._running(queue)).values(ended_at=now)
            )
            made = connection.execute(insert(emergencies).values(row).returning(emergencies))
            return _emergency(made.one()), True

        async with self._writing:
            emergency, began = await self._database.write(write)
            self._on[queue] = emergency
        return emergency, began

    async def end(self, queue: str, now: datetime) -> Emergency | None:
        """Tell it no more; None: nothing was on."""

        def write(connection: Connection) -> Emergency | None:
            ending = update(emergencies).where(*self._running(queue)).values(ended_at=now)
            row = connection.execute(ending.returning(emergencies)).first()
            return _emergency(row) if row is not None else None

        async with self._writing:
            ended = await self._database.write(write)
            self._on.pop(queue, None)
        return ended

    async def page(
        self, queue: str, *, cursor: str | None = None, limit: int = 100
    ) -> EmergencyPage:
        """A page of the queue's messages; raises `CursorError`, `ValueError` for a bad `limit`."""
        where = [emergencies.c.pbx == self._pbx, emergencies.c.queue == queue]

        def read(connection: Connection) -> EmergencyPage:
            rows, following = newest_first(
                connection, emergencies, emergencies.c.began_at, where, cursor, limit
            )
            return EmergencyPage([_emergency(row) for row in rows], following)

        return await self._database.read(read)

    def _running(self, queue: str) -> tuple[Any, ...]:
        mine = (emergencies.c.pbx == self._pbx, emergencies.c.queue == queue)
        return *mine, emergencies.c.ended_at.is_(None)


def _emergency(row: Row[Any]) -> Emergency:
    return Emergency(**{name: row._mapping[name] for name in Emergency.__slots__})
