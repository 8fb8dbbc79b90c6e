"""What is kept, row by row for other programs, in pages by key: nothing but one page is held.

Each page is a transaction of its own that begins where the one before ended, so a row is told once
however long it takes; a row that is written meanwhile behind that place is not told.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from functools import partial
from typing import Any, TypeAlias

from sqlalchemy import Column, Connection, Row, Select, Table, and_, false, or_, select

from monitoring.folding import finished
from monitoring.visits import Visit, visits_of
from storage.call_list import MOST_QUEUES, oldest_of_queues
from storage.call_rows import record_of
from storage.database import Database
from storage.export_sources import SOURCES, Chosen, Source, What
from storage.tables import call_facts, calls, queue_stays

#: rows of one page; facts are many to a call
PAGE_ROWS = 1000
PAGE_CALLS = 200

Record: TypeAlias = dict[str, Any]
#: columns that are ours alone
_NOT_TOLD = frozenset({"progress", "menu_path"})
_VISIT = [field.name for field in fields(Visit)]
#: told beside the details of a fact
_OF_THE_ROW = ("at", "pbx", "call_id")


class ExportStore:
    """Reads rows, oldest first."""

    def __init__(
        self, database: Database, *, page_rows: int = PAGE_ROWS, page_calls: int = PAGE_CALLS
    ) -> None:
        self._database = database
        self._page_rows = page_rows
        self._page_calls = page_calls

    async def pages(
        self, what: What, chosen: Chosen, now: datetime
    ) -> AsyncGenerator[list[Record], None]:
        """Every row, page by page; a page may be empty. `now` tells what is finished by then."""
        if what in _OF_CALLS:
            async for rows in self.calls(chosen):
                yield await self._database.read(_OF_CALLS[what](rows, chosen, now))
            return
        async for rows in self._pages(SOURCES[what], chosen, self._page_rows):
            yield [_told(row) for row in rows]

    async def calls(self, chosen: Chosen) -> AsyncGenerator[Sequence[Row[Any]], None]:
        """The rows of calls that arrived then, few at a time: each has more rows elsewhere."""
        async for rows in self._pages(SOURCES[What.CALLS], chosen, self._page_calls):
            yield rows

    async def _pages(
        self, source: Source, chosen: Chosen, limit: int
    ) -> AsyncGenerator[Sequence[Row[Any]], None]:
        last: Row[Any] | None = None
        while True:
            read = partial(_page, source=source, chosen=chosen, last=last, limit=limit)
            rows, last = await self._database.read(read)
            yield rows
            if last is None:
                return


def _page(
    connection: Connection, source: Source, chosen: Chosen, last: Row[Any] | None, limit: int
) -> tuple[Sequence[Row[Any]], Row[Any] | None]:
    """A page of rows, and the last key of it (None: it was the last page)."""
    queues = chosen.queues
    if source.table is calls and queues and len(queues) <= MOST_QUEUES:
        # a queue that few calls were in is not looked for in all the others
        oldest = oldest_of_queues(queues, chosen.since, chosen.until, last, limit)
        keys = connection.execute(oldest).all()
        rows = connection.execute(in_calls(calls, keys, *source.order)).all()
    else:
        where = source.where(chosen) if last is None else source.after(last, chosen)
        page = select(source.table).where(*where).order_by(*source.order).limit(limit)
        rows = keys = connection.execute(page).all()
    return rows, keys[-1] if len(keys) == limit else None


def in_calls(
    table: Table, rows: Sequence[Row[Any]], *order: Column[Any]
) -> Select[tuple[Any, ...]]:
    """The rows that a table has of these calls."""
    ids: dict[str, list[str]] = {}
    for row in rows:
        ids.setdefault(row.pbx, []).append(row.call_id)
    # switch by switch: of pairs of values SQLite would read the whole table
    theirs = [and_(table.c.pbx == pbx, table.c.call_id.in_(of)) for pbx, of in ids.items()]
    return select(table).where(or_(false(), *theirs)).order_by(*order)


def _told(row: Row[Any]) -> Record:
    return {name: value for name, value in row._mapping.items() if name not in _NOT_TOLD}


# --- rows that are made of calls --------------------------------------------------------------


def _visits(
    rows: Sequence[Row[Any]], chosen: Chosen, now: datetime
) -> Callable[[Connection], list[Record]]:
    def read(connection: Connection) -> list[Record]:
        stays: dict[tuple[str, str], list[Row[Any]]] = {}
        for stay in connection.execute(in_calls(queue_stays, rows, queue_stays.c.ordinal)):
            stays.setdefault((stay.pbx, stay.call_id), []).append(stay)
        found = []
        for row in rows:
            record = record_of(row, stays.get((row.pbx, row.call_id), []), [], [])
            found += [
                visit_record(visit)
                for visit in visits_of(record, finished=finished(record, now))
                if chosen.queues is None or visit.queue in chosen.queues
            ]
        return found

    return read


def visit_record(visit: Visit) -> Record:
    """The visit as a row."""
    row = {name: getattr(visit, name) for name in _VISIT}
    return {**row, "ending": visit.ending.value}


def _facts(
    rows: Sequence[Row[Any]], chosen: Chosen, _: datetime
) -> Callable[[Connection], list[Record]]:
    place = {(row.pbx, row.call_id): number for number, row in enumerate(rows)}

    def read(connection: Connection) -> list[Record]:
        found = [
            {
                **{name: row._mapping[name] for name in _FACT_COLUMNS},
                "details": {
                    name: value for name, value in row.body.items() if name not in _OF_THE_ROW
                },
            }
            for row in connection.execute(
                in_calls(call_facts, rows, call_facts.c.at, call_facts.c.seq)
            )
            if chosen.queues is None or row.body.get("queue") in {None, "", *chosen.queues}
        ]
        # by call in the order of their arrival; within a call as they happened
        return sorted(found, key=lambda fact: place[fact["pbx"], fact["call_id"]])

    return read


_FACT_COLUMNS = ("pbx", "journal", "seq", "call_id", "at", "kind")
_OfCalls: TypeAlias = Callable[
    [Sequence[Row[Any]], Chosen, datetime], Callable[[Connection], list[Record]]
]
_OF_CALLS: Mapping[What, _OfCalls] = {
    What.VISITS: _visits,
    What.FACTS: _facts,
}
