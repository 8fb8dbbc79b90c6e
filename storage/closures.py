"""Queues that a supervisor closed: kept in the database, and in memory for those who decide."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from storage.database import Database
from storage.pages import newest_first
from storage.tables import closures


@dataclass(frozen=True, slots=True, kw_only=True)
class Closure:
    """One closure of one queue."""

    id: int
    queue: str
    reason: str
    #: what callers are told, by its name in the catalog; "" nothing of its own
    prompt: str
    closed_by: str
    began_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class ClosurePage:
    """Closures, the latest to begin first, and the cursor with which the list goes on."""

    closures: list[Closure]
    next_cursor: str | None


class ClosureStore:
    """Closes queues, opens them, and remembers which are closed. Of one switch."""

    def __init__(self, database: Database, pbx: str) -> None:
        self._database = database
        self._pbx = pbx
        self._closed: dict[str, Closure] = {}
        #: two supervisors may close a queue at the same moment
        self._writing = asyncio.Lock()

    @property
    def closed(self) -> Mapping[str, Closure]:
        """The queues that are closed now, as last read or written."""
        return self._closed

    def told(self, queue: str) -> str | None:
        """The prompt that tells callers why ("": none); None: the queue is open."""
        closure = self._closed.get(queue)
        return closure.prompt if closure is not None else None

    async def load(self) -> None:
        """Read which are closed; raises `DatabaseUnavailableError`, and what was known stays."""
        mine, open_ones = closures.c.pbx == self._pbx, closures.c.ended_at.is_(None)
        rows = await self._database.rows(select(closures).where(mine, open_ones))
        self._closed = {row.queue: _closure(row) for row in rows}

    async def close(
        self, queue: str, *, reason: str, prompt: str, closed_by: str, now: datetime
    ) -> tuple[Closure, bool]:
        """The closure of the queue, and whether this began it: a closed one stays as it is."""
        row = {
            "pbx": self._pbx, "queue": queue, "reason": reason, "prompt": prompt,
            "closed_by": closed_by, "began_at": now,
        }  # fmt: skip

        def write(connection: Connection) -> tuple[Closure, bool]:
            known = connection.execute(select(closures).where(*self._running(queue))).first()
            if known is not None:
                return _closure(known), False
            made = connection.execute(insert(closures).values(row).returning(closures)).one()
            return _closure(made), True

        async with self._writing:
            closure, began = await self._database.write(write)
            self._closed[queue] = closure
        return closure, began

    async def open(self, queue: str, now: datetime) -> Closure | None:
        """End the queue's closure; None: it was open."""

        def write(connection: Connection) -> Closure | None:
            ending = update(closures).where(*self._running(queue)).values(ended_at=now)
            row = connection.execute(ending.returning(closures)).first()
            return _closure(row) if row is not None else None

        async with self._writing:
            ended = await self._database.write(write)
            self._closed.pop(queue, None)
        return ended

    async def page(self, queue: str, *, cursor: str | None = None, limit: int = 100) -> ClosurePage:
        """A page of the queue's closures; raises `CursorError`, `ValueError` for a bad `limit`."""
        where = [closures.c.pbx == self._pbx, closures.c.queue == queue]

        def read(connection: Connection) -> ClosurePage:
            rows, following = newest_first(
                connection, closures, closures.c.began_at, where, cursor, limit
            )
            return ClosurePage([_closure(row) for row in rows], following)

        return await self._database.read(read)

    def _running(self, queue: str) -> tuple[Any, ...]:
        return closures.c.pbx == self._pbx, closures.c.queue == queue, closures.c.ended_at.is_(None)


def _closure(row: Row[Any]) -> Closure:
    return Closure(
        id=row.id, queue=row.queue, reason=row.reason, prompt=row.prompt, closed_by=row.closed_by,
        began_at=row.began_at, ended_at=row.ended_at,
    )  # fmt: skip
