"""The visits that a count of a queue is made of, found again in the calls, page by page.

They are counted by cohort, where the caller joined: what stands here is what stands in the quarters
of basis `offered`. What a visit came to is decided by the same function that counts it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, select

from monitoring.visits import Ending, Visit, visits_of
from monitoring.wait_histogram import band_of
from storage import cursors
from storage.call_rows import record_of
from storage.database import Database
from storage.tables import calls, queue_stays

#: stays looked at for one page at most: a page may be shorter than asked for, and go on
_LOOKED_AT = 2_000
_AT_ONCE = 200
_STAY = queue_stays.c
_NEWEST_FIRST = (_STAY.joined_at, _STAY.pbx, _STAY.call_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which visits of a queue: those that everything given here is true of; joined in the period.

    `refused` are those whom the queue never took: they have no ending. Without any of these words
    all the offered.
    """

    pbx: str
    queue: str
    since: datetime
    until: datetime
    refused: bool = False
    ending: Ending | None = None
    band: int | None = None
    callback: bool | None = None
    transferred: bool | None = None

    def __contains__(self, visit: Visit) -> bool:
        """Whether the visit is one of them."""
        return self.since <= visit.joined_at < self.until and self.fits(visit)

    def fits(self, visit: Visit) -> bool:
        """Whether it would be one of them in another period."""
        return (
            visit.queue == self.queue
            and bool(visit.refused) == self.refused
            and self.ending in (None, visit.ending)
            and self.band in (None, band_of(visit.wait_ms))
            and self.callback in (None, visit.callback)
            and self.transferred in (None, visit.transferred)
        )


@dataclass(frozen=True, slots=True)
class VisitFound:
    """One visit, and whose call it was."""

    visit: Visit
    caller_number: str
    direction: str


@dataclass(frozen=True, slots=True)
class VisitPage:
    """Visits, newest first, and the cursor with which the list goes on (None: it is over).

    A page may have fewer than were asked for, or none, and go on all the same.
    """

    visits: list[VisitFound]
    next_cursor: str | None


class VisitStore:
    """Finds visits."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def behind(
        self, wanted: Wanted, cursor: str | None = None, limit: int = 100
    ) -> VisitPage:
        """A page of visits, newest first.

        Raises `CursorError`, and `ValueError` when `limit` is not 1 to 1000.
        """
        cursors.check_limit(limit)
        start = cursors.after(cursor, _NEWEST_FIRST) if cursor is not None else None
        return await self._database.read(lambda connection: _page(connection, wanted, start, limit))


def _page(
    connection: Connection, wanted: Wanted, start: ColumnElement[bool] | None, limit: int
) -> VisitPage:
    found: list[VisitFound] = []
    looked_at, after = 0, start
    while True:
        keys = connection.execute(_stays(wanted, after)).all()
        # not pairs of switch and call: SQLite would read the whole table for those
        visits = visits_of_calls(connection, wanted.pbx, [key.call_id for key in keys])
        for place, key in enumerate(keys, 1):
            looked_at += 1
            if place > 1 and key == keys[place - 2]:
                continue  # two stays of one call in one moment: its visits were taken
            found += [
                one
                for one in visits.get(key.call_id, ())
                # a wait that was interrupted is one visit, with the moment at which it began
                if one.visit.joined_at == key.joined_at and one.visit in wanted
            ]
            if len(found) >= limit or looked_at >= _LOOKED_AT:
                is_over = place == len(keys) < _AT_ONCE
                return VisitPage(found, None if is_over else _cursor(key))
        if len(keys) < _AT_ONCE:
            return VisitPage(found, None)
        after = cursors.after(_cursor(keys[-1]), _NEWEST_FIRST)


def _cursor(key: Row[Any]) -> str:
    return cursors.encode(key.joined_at, key.pbx, key.call_id)


def _stays(wanted: Wanted, after: ColumnElement[bool] | None) -> Select[Any]:
    """The next stays that may have begun such a visit."""
    where = [
        _STAY.pbx == wanted.pbx,
        _STAY.queue == wanted.queue,
        _STAY.joined_at >= wanted.since,
        _STAY.joined_at < wanted.until,
    ]
    if wanted.refused or wanted.ending not in (None, Ending.ANSWERED):
        # nobody answered any stay of such a visit
        where.append(_STAY.connected_at.is_(None))
    if after is not None:
        where.append(after)
    return (
        select(*_NEWEST_FIRST)
        .where(*where)
        .order_by(*(column.desc() for column in _NEWEST_FIRST))
        .limit(_AT_ONCE)
    )


def visits_of_calls(
    connection: Connection, pbx: str, ids: Sequence[str]
) -> dict[str, list[VisitFound]]:
    """Every visit of these calls of one switch."""
    which = select(queue_stays).where(_STAY.pbx == pbx, _STAY.call_id.in_(ids))
    stays: dict[str, list[Row[Any]]] = {}
    for row in connection.execute(which.order_by(_STAY.call_id, _STAY.ordinal)):
        stays.setdefault(row.call_id, []).append(row)
    found = {}
    for row in connection.execute(
        select(calls).where(calls.c.pbx == pbx, calls.c.call_id.in_(ids))
    ):
        record = record_of(row, stays.get(row.call_id, []), [], [])
        found[row.call_id] = [
            VisitFound(visit, record.caller_number, record.direction)
            for visit in visits_of(record, finished=record.ended_at is not None)
        ]
    return found
