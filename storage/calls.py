"""Calls: their records and the facts these were folded from."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    Table,
    and_,
    case,
    func,
    select,
    tuple_,
)
from sqlalchemy.sql.base import ReadOnlyColumnCollection

from calls.events import Fact, from_body
from monitoring.record import CallRecord
from storage import call_list, cursors, stale
from storage.call_list import CallFilter, has_stay
from storage.call_rows import OF_THE_CALL, call_row, fact_row, record_of, stay_rows, version
from storage.columns import CleanText
from storage.database import Database
from storage.menu_rows import MenuRows
from storage.service_rows import ServiceRows
from storage.tables import attempts, call_facts, calls, menu_steps, queue_stays, tasks

logger = logging.getLogger(__name__)

_KEY = ("pbx", "call_id")
_STAY_KEY = (*_KEY, "ordinal")
#: rows sent at once: after hours without a database each step still ends within its time limit
_AT_ONCE = 2000


@dataclass(frozen=True, slots=True)
class CallPage:
    """Calls, newest first, and the cursor with which the list goes on (None: it is over)."""

    calls: list[CallRecord]
    next_cursor: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CallCounts:
    """What became of the calls since a moment."""

    offered: int  # inbound calls that arrived
    answered: int  # of these, talked to an agent
    abandoned: int  # of these, left while waiting
    by_outcome: dict[str, int]  # of these, by the outcome of those that ended
    attempts: dict[str, int]  # dialed attempts that ended, by outcome


class CallStore:
    """Call records and facts; writing the same again, or an older version, changes nothing."""

    def __init__(self, database: Database) -> None:
        self._database = database
        insert, stay = database.insert(calls), database.insert(queue_stays)
        #: both built once: they name every column
        self._keep_record = insert.on_conflict_do_update(
            index_elements=_KEY,
            set_={
                column.name: _forward(column, insert.excluded[column.name])
                for column in calls.columns
                if column.name not in _KEY
            },
            where=_version(insert.excluded) >= _version(calls.c),
        ).returning(calls.c.pbx, calls.c.call_id)
        self._keep_stay = stay.on_conflict_do_update(
            index_elements=_STAY_KEY,
            set_={
                column.name: _forward(column, stay.excluded[column.name])
                if column.name in OF_THE_CALL
                else stay.excluded[column.name]
                for column in queue_stays.c
                if column.name not in _STAY_KEY
            },
        )
        self._keep_fact = database.insert(call_facts).on_conflict_do_nothing()
        self._service_rows = ServiceRows(database)
        self._menu_rows = MenuRows(database)

    async def save(
        self, records: Sequence[CallRecord], facts: Sequence[tuple[str, int, Fact]]
    ) -> None:
        """Write records, and facts as (journal id, number there, fact), in one transaction.

        A record replaces what is stored only if as much of the call is known, or more. Raises
        `DatabaseUnavailableError`, and `DatabaseRefusedError` when one of them never can be kept.
        """
        newest: dict[tuple[str, str], CallRecord] = {}
        for record in records:
            known = newest.get((record.pbx, record.call_id))
            if known is None or version(record) >= version(known):
                newest[record.pbx, record.call_id] = record
        # always in the same order, so that two writers never wait for each other
        ordered = [newest[key] for key in sorted(newest)]

        def write(connection: Connection) -> None:
            for start in range(0, len(ordered), _AT_ONCE):
                self._save_records(connection, ordered[start : start + _AT_ONCE])
            for start in range(0, len(facts), _AT_ONCE):
                rows = [fact_row(*fact) for fact in facts[start : start + _AT_ONCE]]
                connection.execute(self._keep_fact, rows)
            told = [fact for _, _, fact in facts]
            self._service_rows.save(connection, ordered, told)
            marks = [one for record in ordered for one in stale.marks_of(record)]
            stale.mark(connection, [*marks, *stale.marks_of_missed(told)])

        await self._database.write(write)

    def _save_records(self, connection: Connection, records: Sequence[CallRecord]) -> None:
        rows = [call_row(record) for record in records]
        written = {(row.pbx, row.call_id) for row in connection.execute(self._keep_record, rows)}
        newer = [record for record in records if (record.pbx, record.call_id) in written]
        stays = [row for record in newer for row in stay_rows(record)]
        if stays:
            connection.execute(self._keep_stay, stays)
        self._menu_rows.save(connection, newer)

    async def get(self, pbx: str, call_id: str) -> CallRecord | None:
        """The record of one call."""
        statement = select(calls).where(calls.c.pbx == pbx, calls.c.call_id == call_id)
        found = await self._records(statement)
        return found[0] if found else None

    async def open_calls(self, pbx: str) -> list[CallRecord]:
        """Calls of one switch that have not ended, oldest first."""
        still_open = select(calls).where(calls.c.pbx == pbx, calls.c.ended_at.is_(None))
        return await self._records(still_open.order_by(calls.c.arrived_at, calls.c.call_id))

    async def find(
        self, wanted: CallFilter, cursor: str | None = None, limit: int = 100
    ) -> CallPage:
        """A page of calls, newest first; `cursor` is the `next_cursor` of the page before.

        Raises `CursorError`, and `ValueError` when `limit` is not 1 to 1000.
        """
        cursors.check_limit(limit)

        def read(connection: Connection) -> CallPage:
            # one more than asked for: whether the list goes on
            keys = call_list.newest(connection, wanted, cursor, limit + 1)
            shown = [(key.pbx, key.call_id) for key in keys[:limit]]
            by_key = {key: row for key, (row,) in _by_call(connection, calls, shown).items()}
            # one may have been erased since
            found = _with_parts(connection, [by_key[key] for key in shown if key in by_key])
            if len(keys) <= limit:
                return CallPage(found, None)
            last = keys[limit - 1]
            return CallPage(found, cursors.encode(last.arrived_at, last.pbx, last.call_id))

        return await self._database.read(read)

    async def facts(self, pbx: str, call_id: str) -> list[Fact]:
        """What happened in one call, in order; kinds that only a newer version knows are left out.

        Within one journal its numbers are the order; between two, the facts' times.
        """
        mine = and_(call_facts.c.pbx == pbx, call_facts.c.call_id == call_id)
        statement = select(call_facts).where(mine).order_by(call_facts.c.at, call_facts.c.seq)
        found: list[Fact] = []
        for row in await self._database.rows(statement):
            try:
                found.append(from_body(row.kind, row.body))
            except (KeyError, TypeError, ValueError) as error:
                logger.warning(
                    "call %s: fact %d (%s) left out: %r", call_id, row.seq, row.kind, error
                )
        return found

    async def counts(self, since: datetime) -> CallCounts:
        """What became of the calls that arrived, and of the attempts made, since then."""
        inbound = and_(calls.c.arrived_at >= since, calls.c.direction == "inbound")
        answered = func.count(case((has_stay(queue_stays.c.connected_at.is_not(None)), 1)))
        arrived = select(func.count(), answered).select_from(calls).where(inbound)
        ended = select(calls.c.outcome, func.count()).where(inbound, calls.c.ended_at.is_not(None))
        tried = select(attempts.c.outcome, func.count()).where(
            attempts.c.intended_at >= since, attempts.c.ended_at.is_not(None)
        )

        def count(connection: Connection) -> CallCounts:
            offered, talked = connection.execute(arrived).one()
            outcomes = _counted(connection, ended.group_by(calls.c.outcome))
            return CallCounts(
                offered=offered,
                answered=talked,
                abandoned=outcomes.get("abandoned", 0),
                by_outcome=outcomes,
                attempts=_counted(connection, tried.group_by(attempts.c.outcome)),
            )

        return await self._database.read(count)

    async def _records(self, statement: Select[Any]) -> list[CallRecord]:
        return await self._database.read(
            lambda connection: _with_parts(connection, connection.execute(statement).all())
        )


def _with_parts(connection: Connection, rows: Sequence[Row[Any]]) -> list[CallRecord]:
    """The records of these rows of `calls`."""
    keys = [(row.pbx, row.call_id) for row in rows]
    stays = _by_call(connection, queue_stays, keys)
    steps = _by_call(connection, menu_steps, keys)
    done = _by_call(connection, tasks, keys)
    return [
        record_of(row, stays.get(key, []), steps.get(key, []), done.get(key, []))
        for row, key in zip(rows, keys, strict=True)
    ]


def _by_call(
    connection: Connection, table: Table, keys: Sequence[tuple[str, str]]
) -> dict[tuple[str, str], list[Row[Any]]]:
    """The rows of these calls in a table, in the order of its key."""
    found: dict[tuple[str, str], list[Row[Any]]] = {}
    for start in range(0, len(keys), _AT_ONCE):
        some = keys[start : start + _AT_ONCE]
        # not pairs in a list of pairs: for that SQLite reads the whole table
        theirs = (
            select(table)
            .where(
                table.c.pbx.in_(sorted({pbx for pbx, _ in some})),
                table.c.call_id.in_([call_id for _, call_id in some]),
            )
            .order_by(*table.primary_key)
        )
        rows = connection.execute(theirs).all()
        for key, group in groupby(rows, key=lambda row: (row.pbx, row.call_id)):
            found[key] = list(group)
    return found


def _counted(connection: Connection, statement: Select[Any]) -> dict[str, int]:
    return {row[0]: row[1] for row in connection.execute(statement)}


def _version(row: ReadOnlyColumnCollection[str, Any]) -> ColumnElement[Any]:
    """`call_rows.version`, in SQL."""
    return tuple_(row.progress, row.hold_seconds, row.held_since.is_not(None))


def _forward(old: ColumnElement[Any], new: ColumnElement[Any]) -> ColumnElement[Any]:
    """What a column becomes: what was known once is not unknown again."""
    # an end that was only feared was an ordinary one, once it is heard of
    if old.key in ("held_since", "end_reason"):
        return new
    if isinstance(old.type, CleanText):
        return case((new == "", old), else_=new)
    return func.coalesce(new, old)
