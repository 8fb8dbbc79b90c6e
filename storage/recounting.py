"""Quarters counted from the facts and written, whether one was touched or all are made anew.

Each function is part of one transaction. Two processes that count never do so at the same time.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any, TypeAlias

from sqlalchemy import Connection, and_, bindparam, delete, select, text, true

from agents.states import AgentState
from monitoring.quarters import QUARTER, quarter_of, quarters
from storage import counting
from storage.counting import Counted
from storage.database import Database
from storage.measure_rows import AGENTS, CAMPAIGNS, QUEUES, Kind, Measure
from storage.stale import Mark, marks_of_time
from storage.tables import agent_states, stale_quarters

#: any number, as long as no other program takes the same advisory lock in this database
_COUNTING_LOCK = 800_800_801
_Count: TypeAlias = Callable[
    [Connection, str, datetime, Collection[str], datetime], Iterator[Counted[Any]]
]
_COUNT: dict[Kind, _Count] = {
    Kind.QUEUE: counting.of_queues,
    Kind.AGENT: counting.of_agents,
    Kind.CAMPAIGN: counting.of_campaigns,
}
#: how many are counted in one go: the loop of live calls has a turn in between
_AT_ONCE = {Kind.QUEUE: 4, Kind.AGENT: 50, Kind.CAMPAIGN: 4}
#: an open call that was forgotten is looked for no longer
_FORGOTTEN = timedelta(hours=26)


class Recounting:
    """Counts quarters and writes what they came to; a quarter that has nothing has no row."""

    def __init__(self, database: Database) -> None:
        self._dialect = database.dialect
        self._writers = {one.kind: _Writer(database, one) for one in (QUEUES, AGENTS, CAMPAIGNS)}

    def stale(self, connection: Connection, limit: int, now: datetime) -> int:
        """Count what the oldest marks name, and take these marks away; how many there were."""
        self._lock(connection)
        oldest = select(stale_quarters).order_by(stale_quarters.c.id).limit(limit)
        rows = connection.execute(oldest).all()
        marks = {Mark(row.quarter, Kind(row.kind), row.subject, row.pbx) for row in rows}
        self._count(connection, marks, now)
        if rows:
            seen = [row.id for row in rows]
            connection.execute(delete(stale_quarters).where(stale_quarters.c.id.in_(seen)))
        return len(rows)

    def these(self, connection: Connection, marks: Iterable[Mark], now: datetime) -> None:
        """Count these, marked or not."""
        self._lock(connection)
        self._count(connection, set(marks), now)

    def _count(self, connection: Connection, marks: set[Mark], now: datetime) -> None:
        ordered = sorted(marks, key=lambda one: (one.pbx, one.kind, one.quarter, one.subject))
        for (pbx, kind, quarter), group in groupby(
            ordered, key=lambda one: (one.pbx, one.kind, one.quarter)
        ):
            subjects = [one.subject for one in group]
            for start in range(0, len(subjects), _AT_ONCE[kind]):
                some = subjects[start : start + _AT_ONCE[kind]]
                counted = list(_COUNT[kind](connection, pbx, quarter, some, now))
                self._writers[kind].write(connection, pbx, quarter, counted)

    def _lock(self, connection: Connection) -> None:
        """SQLite has one writer anyway."""
        if self._dialect != "sqlite":
            connection.execute(_LOCK, {"key": _COUNTING_LOCK})


_LOCK = text("SELECT pg_advisory_xact_lock(:key)")


class _Writer:
    """Writes the rows of one table; the statements name every column, so they are built once."""

    def __init__(self, database: Database, measure: Measure[Any]) -> None:
        self._measure = measure
        key = [column.name for column in measure.table.primary_key]
        insert = database.insert(measure.table)
        rest = [column.name for column in measure.table.c if column.name not in key]
        self._keep = insert.on_conflict_do_update(
            index_elements=key, set_={name: insert.excluded[name] for name in rest}
        )
        self._key = key
        self._remove = delete(measure.table).where(
            and_(*(measure.table.c[name] == bindparam(f"of_{name}") for name in key))
        )

    def write(
        self, connection: Connection, pbx: str, quarter: datetime, counted: Iterable[Counted[Any]]
    ) -> None:
        kept, empty = [], []
        for one in counted:
            key = {"pbx": pbx, self._measure.subject.name: one.subject, "quarter": quarter}
            if one.basis:
                key["basis"] = one.basis
            if one.counts == self._measure.counts():
                empty.append({f"of_{name}": key[name] for name in self._key})
            else:
                kept.append({**key, **self._measure.row(one.counts), "final": one.final})
        if kept:
            connection.execute(self._keep, kept)
        if empty:
            connection.execute(self._remove, empty)


def running(connection: Connection, pbx: str, since: datetime | None, now: datetime) -> list[Mark]:
    """The quarters of whoever is at work, from `since` on, however long ago that was.

    None: from when the state began, of one that went on for days the last of them.
    """
    state = agent_states.c
    open_ = select(state.agent, state.began_at).where(
        state.pbx == pbx, state.ended_at.is_(None), state.state != AgentState.SIGNED_OUT
    )
    found: list[Mark] = []
    for agent, began_at in connection.execute(open_):
        if since is None:
            found += marks_of_time(pbx, agent, began_at, now)
        else:
            uncounted = quarters(max(began_at, since), now)
            found += (Mark(quarter, Kind.AGENT, agent, pbx) for quarter in uncounted)
    return found


def provisional(connection: Connection, pbx: str, now: datetime, *, first: bool) -> list[Mark]:
    """The quarters that are over and may have become final since they were counted.

    At the `first` look all of them: the service may have been away for as long as it likes.
    """
    found: set[Mark] = set()
    for measure in (QUEUES, AGENTS, CAMPAIGNS):
        columns = measure.table.c
        statement = select(columns.quarter, measure.subject).where(
            true() if first else columns.quarter >= quarter_of(now) - _FORGOTTEN,
            columns.quarter <= now - QUARTER,
            columns.final.is_(False),
            columns.pbx == pbx,
        )
        rows = connection.execute(statement)
        found.update(Mark(quarter, measure.kind, subject, pbx) for quarter, subject in rows)
    return sorted(found)
