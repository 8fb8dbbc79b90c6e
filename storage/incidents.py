"""Incidents: what callers of an area are told before the menu, for as long as it lasts."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, insert, not_, or_, select, update

from storage.database import Database
from storage.errors import StorageError
from storage.pages import newest_first
from storage.tables import incidents

log = logging.getLogger(__name__)

#: how soon one that another process tells of is known here
LOOK_SECONDS = 5.0
EVERYWHERE = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """One incident."""

    id: int
    #: as the customers' accounts name it; `EVERYWHERE` is everybody's
    area: str
    #: what is said, by its name in the catalog
    prompt: str
    began_at: datetime
    #: when it ends by itself; None: when somebody says so
    ends_at: datetime | None
    ended_at: datetime | None
    opened_by: str

    def on(self, now: datetime) -> bool:
        """Whether callers are told."""
        return self.ended_at is None and (self.ends_at is None or now < self.ends_at)


@dataclass(frozen=True, slots=True)
class IncidentPage:
    """Incidents, the latest to begin first, and the cursor with which the list goes on."""

    incidents: list[Incident]
    next_cursor: str | None


class IncidentStore:
    """Begins incidents, ends them, and reads them again."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def on(self, now: datetime) -> list[Incident]:
        """Those that callers are told of, oldest first."""
        statement = select(incidents).where(_on(now)).order_by(incidents.c.began_at, incidents.c.id)
        return [_incident(row) for row in await self._database.rows(statement)]

    async def begin(
        self, *, area: str, prompt: str, ends_at: datetime | None, opened_by: str, now: datetime
    ) -> Incident:
        """Tell callers of an area from now on."""
        row = {
            "area": area, "prompt": prompt, "began_at": now, "ends_at": ends_at,
            "opened_by": opened_by,
        }  # fmt: skip

        def write(connection: Connection) -> Incident:
            statement = insert(incidents).values(row).returning(incidents)
            return _incident(connection.execute(statement).one())

        return await self._database.write(write)

    async def end(self, incident_id: int, now: datetime) -> tuple[Incident, bool] | None:
        """The incident, and whether this ended it; None: there is no such one."""
        which = incidents.c.id == incident_id

        def write(connection: Connection) -> tuple[Incident, bool] | None:
            running = update(incidents).where(which, incidents.c.ended_at.is_(None))
            ended = connection.execute(running.values(ended_at=now)).rowcount == 1
            row = connection.execute(select(incidents).where(which)).first()
            return (_incident(row), ended) if row is not None else None

        return await self._database.write(write)

    async def page(
        self,
        now: datetime,
        *,
        is_on: bool | None = None,
        cursor: str | None = None,
        limit: int = 100,
    ) -> IncidentPage:
        """A page of incidents; raises `CursorError`, `ValueError` unless `limit` is 1 to 1000."""
        where = [] if is_on is None else [_on(now) if is_on else not_(_on(now))]

        def read(connection: Connection) -> IncidentPage:
            rows, following = newest_first(
                connection, incidents, incidents.c.began_at, where, cursor, limit
            )
            return IncidentPage([_incident(row) for row in rows], following)

        return await self._database.read(read)


class IncidentBoard:
    """The incidents that are on, in memory: no caller waits for the database to be told."""

    def __init__(
        self, store: IncidentStore, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._store = store
        self._now = now
        self._on: Sequence[Incident] = ()

    def prompts(self, area: str, now: datetime) -> tuple[str, ...]:
        """What a caller of this area is told, each once, the oldest first; "" is not known where.

        What is everybody's is told to everybody.
        """
        mine = {EVERYWHERE, area.casefold()}
        told = (one.prompt for one in self._on if one.area.casefold() in mine and one.on(now))
        return tuple(dict.fromkeys(told))

    async def load(self) -> None:
        """Read them anew; raises `DatabaseUnavailableError`, and what was known stays."""
        self._on = await self._store.on(self._now())

    async def run(self) -> None:
        """Read them again and again, for ever: another process may tell of one."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            try:
                await self.load()
            except StorageError as error:
                log.warning("incidents are told as they were last known: %s", error)


def _on(now: datetime) -> ColumnElement[bool]:
    """`Incident.on`, in SQL."""
    ends_at = incidents.c.ends_at
    return and_(incidents.c.ended_at.is_(None), or_(ends_at.is_(None), ends_at > now))


def _incident(row: Row[Any]) -> Incident:
    return Incident(**row._mapping)
