"""Registers of the state, loaded whole: what was loaded last counts until the next is complete.

A load is a new generation beside the one that counts. It counts from one moment on, the commit of
its row in `registers`; until then, and if the load breaks off, nothing has changed. Rows of no
generation that counts are deleted in steps, so that the dialer never waits long.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Executable, Row, delete, func, select

from calls.errors import Linea800Error
from storage.database import Database
from storage.tables import register_numbers, registers

#: rows looked at in one step of a deletion
_STEP = 5000


class RegisterBusyError(Linea800Error):
    """This register is being loaded already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a copy of a register comes from."""

    #: the day it is of, which its age is counted from
    as_of: datetime
    sha256: str
    format: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """A register as it was loaded last."""

    name: str
    #: counts up with each load
    generation: int
    as_of: datetime
    loaded_at: datetime
    loaded_by: str
    #: numbers, each counted once
    entries: int
    sha256: str
    format: str


class RegisterStore:
    """Loads registers, one at a time of each name."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._busy: set[str] = set()

    async def list(self) -> list[Loaded]:
        """Every register that was loaded, by name."""
        rows = await self._database.rows(select(registers).order_by(registers.c.name))
        return [_loaded(row) for row in rows]

    async def get(self, name: str) -> Loaded | None:
        """One register; None when it was never loaded."""
        rows = await self._database.rows(select(registers).where(registers.c.name == name))
        return _loaded(rows[0]) if rows else None

    async def load(
        self,
        name: str,
        batches: AsyncIterator[Sequence[str]],
        origin: Callable[[], Origin],
        *,
        who: str,
        now: datetime,
    ) -> Loaded:
        """Load a register; numbers are E.164 without the plus, each batch a transaction.

        `origin` is asked once all batches are there, and whatever it raises, or they do, leaves
        everything as it was. Raises `RegisterBusyError`.
        """
        if name in self._busy:
            raise RegisterBusyError(f"register {name!r} is being loaded; wait until that is done")
        self._busy.add(name)
        try:
            before = await self.get(name)
            counts = before.generation if before is not None else 0
            # what a load that broke off has left must not become part of this one
            await self._sweep(name, counts)
            insert = self._database.insert(register_numbers).on_conflict_do_nothing()
            async for batch in batches:
                rows = [
                    {"register": name, "number": number, "generation": counts + 1}
                    for number in batch
                ]
                if rows:
                    await self._database.write(_executed(insert, rows))
            loaded = await self._switch(name, counts + 1, origin(), who, now)
            await self._sweep(name, loaded.generation)
        finally:
            self._busy.discard(name)
        return loaded

    async def _switch(
        self, name: str, generation: int, origin: Origin, who: str, now: datetime
    ) -> Loaded:
        mine = (register_numbers.c.register == name) & (register_numbers.c.generation == generation)
        count = select(func.count()).select_from(register_numbers).where(mine)
        insert = self._database.insert(registers)
        values: dict[str, Any] = {
            "generation": generation,
            "as_of": origin.as_of,
            "loaded_at": now,
            "loaded_by": who,
            "sha256": origin.sha256,
            "format": origin.format,
        }

        def write(connection: Connection) -> Row[Any]:
            written = {**values, "entries": connection.execute(count).scalar_one()}
            statement = insert.values(name=name, **written).on_conflict_do_update(
                index_elements=["name"], set_=written
            )
            return connection.execute(statement.returning(registers)).one()

        return _loaded(await self._database.write(write))

    async def _sweep(self, name: str, counts: int) -> None:
        """Delete what does not count, a stretch of numbers at a time."""
        last = ""
        while True:
            ahead = (register_numbers.c.register == name) & (register_numbers.c.number > last)
            end = (
                select(register_numbers.c.number)
                .where(ahead)
                .order_by(register_numbers.c.number)
                .offset(_STEP - 1)
                .limit(1)
            )
            found = await self._database.rows(end)
            stretch = ahead & (register_numbers.c.number <= found[0].number) if found else ahead
            stale = delete(register_numbers).where(stretch, register_numbers.c.generation != counts)
            await self._database.write(_executed(stale))
            if not found:
                return
            last = found[0].number


def _executed(
    statement: Executable, rows: Sequence[dict[str, Any]] | None = None
) -> Callable[[Connection], None]:
    def execute(connection: Connection) -> None:
        connection.execute(statement, rows)

    return execute


def _loaded(row: Row[Any]) -> Loaded:
    return Loaded(
        name=row.name,
        generation=row.generation,
        as_of=row.as_of,
        loaded_at=row.loaded_at,
        loaded_by=row.loaded_by,
        entries=row.entries,
        sha256=row.sha256,
        format=row.format,
    )
