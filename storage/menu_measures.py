"""Figures of a menu, counted anew each time they are asked for; and the calls behind a figure.

Everything in one answer is about the same sessions: those that began in the period, with all that
happened in them, whenever it did.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, case, exists, func, not_, select

from monitoring.menu_counts import Count, median_tenths
from storage import cursors
from storage.database import Database
from storage.elapsed import quarter, tenths
from storage.menu_behind import Behind, TaskStep, reached, told_apart
from storage.menu_terms import of_the_call, of_the_session, terms
from storage.tables import calls, menu_sessions, menu_steps, tasks

#: what is looked for among other calls
_SOUGHT = (Count.CAME_BACK, Count.MISROUTED)
_NEWEST_FIRST = (menu_sessions.c.began_at, menu_sessions.c.pbx, menu_sessions.c.call_id)


class By(StrEnum):
    """What sessions are told apart by."""

    QUARTER = "quarter"  # of an hour, counted since 1970
    VERSION = "version"
    LANGUAGE = "language"
    REASON = "reason"


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """Which sessions: those that began in the period; `until` is not included."""

    menu: str
    since: datetime
    until: datetime
    version: str | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeFigures:
    """What happened at a node."""

    node: str
    entries: int
    no_input: int
    no_match: int
    #: entries by how they were left, "" those that are there still; by the last choice
    how: dict[str, int]
    choices: dict[str, int]
    #: of entries that were left; None: none was
    mean_seconds: float | None
    median_seconds: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskFigures:
    """Calls by how far a task came in them."""

    task: str
    started: int
    done: int
    failed: int
    left: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionFound:
    """One of the sessions behind a figure."""

    call_id: str
    began_at: datetime
    left_at: datetime | None
    version: str
    language: str
    how: str
    asked_person: bool
    caller_number: str
    reason: str


@dataclass(frozen=True, slots=True)
class SessionPage:
    """Sessions, newest first, and the cursor with which the list goes on (None: it is over)."""

    sessions: list[SessionFound]
    next_cursor: str | None


class MenuMeasureStore:
    """Counts sessions, nodes and tasks of a menu, and lists the calls behind a count."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._terms = terms(database.dialect)

    async def known(self, menu: str) -> bool:
        """Whether anybody ever came to a menu of this name."""
        row = exists().where(menu_sessions.c.menu == menu)
        return bool((await self._database.rows(select(row)))[0][0])

    async def sessions(self, chosen: Chosen, by: By) -> dict[Any, dict[Count, int]]:
        """The counts, by what tells sessions apart; what no session has is left out."""
        key = _key(by, self._database.dialect).label("key")
        plain = {count: term for count, term in self._terms.items() if count not in _SOUGHT}
        counted = select(key, *(_sum(term).label(count) for count, term in plain.items()))
        # looked for among other calls: asked but once of each
        once = not_(self._terms[Count.PASSED_ON])
        sought = select(key, func.count().label("came_back"), _sum(once).label("only")).where(
            self._terms[Count.CAME_BACK]
        )

        def read(connection: Connection) -> dict[Any, dict[Count, int]]:
            def rows(statement: Select[Any]) -> Sequence[Row[Any]]:
                return connection.execute(statement.where(*_began(chosen)).group_by(key)).all()

            found = {
                row.key: dict.fromkeys(_SOUGHT, 0)
                | {count: int(row._mapping[count]) for count in plain}
                for row in sorted(rows(counted), key=lambda row: row.key)
            }
            for row in rows(sought):
                counts = found[row.key]
                counts[Count.CAME_BACK] = row.came_back
                counts[Count.MISROUTED] = int(row.only)
            for counts in found.values():
                counts[Count.MISROUTED] += counts[Count.PASSED_ON]
            return found

        return await self._database.read(read)

    async def nodes(self, chosen: Chosen) -> list[NodeFigures]:
        """Every node that was entered, the most frequent first."""
        steps = menu_steps.c
        by_word = (steps.node, steps.how, steps.choice)
        counted = select(
            *by_word,
            func.count().label("entries"),
            func.sum(steps.no_input).label("no_input"),
            func.sum(steps.no_match).label("no_match"),
            func.sum(steps.seconds).label("seconds"),
        ).where(*_steps(chosen))
        tenth = tenths(self._database.dialect, steps.seconds).label("tenth")
        lasted = select(steps.node, tenth, func.count().label("entries")).where(
            *_steps(chosen), steps.seconds.is_not(None)
        )

        def read(connection: Connection) -> list[NodeFigures]:
            # two short answers: by word and by tenth at once there may be a row for each stay
            histograms: dict[str, dict[int, int]] = {}
            for row in connection.execute(lasted.group_by(steps.node, tenth)):
                histograms.setdefault(row.node, {})[row.tenth] = row.entries
            rows: dict[str, list[Row[Any]]] = {}
            for row in connection.execute(counted.group_by(*by_word)):
                rows.setdefault(row.node, []).append(row)
            found = [_node(node, of, histograms.get(node, {})) for node, of in rows.items()]
            return sorted(found, key=lambda node: (-node.entries, node.node))

        return await self._database.read(read)

    async def tasks(self, chosen: Chosen) -> list[TaskFigures]:
        """Every task that was started, the most frequent first."""
        counts = {step: _sum(reached(step)).label(step) for step in TaskStep}
        statement = (
            select(tasks.c.task, *counts.values())
            .where(of_the_call(tasks), *_began(chosen))
            .group_by(tasks.c.task)
        )
        found = [
            TaskFigures(task=row.task, **{step: int(row._mapping[step]) for step in TaskStep})
            for row in await self._database.rows(statement)
        ]
        return sorted(found, key=lambda task: (-task.started, task.task))

    async def behind(
        self, chosen: Chosen, behind: Behind, cursor: str | None = None, limit: int = 100
    ) -> SessionPage:
        """A page of the sessions behind a figure, newest first.

        Raises `CursorError`, and `ValueError` when `limit` is not 1 to 1000.
        """
        cursors.check_limit(limit)
        where = [*_began(chosen), self._terms[behind.count], *told_apart(behind)]
        if cursor is not None:
            where.append(cursors.after(cursor, _NEWEST_FIRST))
        statement = (
            select(menu_sessions, calls.c.caller_number)
            .join(calls, of_the_call(calls))
            .where(*where)
            .order_by(*(column.desc() for column in _NEWEST_FIRST))
            .limit(limit + 1)  # one more than asked for: whether the list goes on
        )
        rows = await self._database.rows(statement)
        names = SessionFound.__slots__
        found = [SessionFound(**{name: row._mapping[name] for name in names}) for row in rows]
        if len(rows) <= limit:
            return SessionPage(found, None)
        last = rows[limit - 1]
        return SessionPage(found[:limit], cursors.encode(last.began_at, last.pbx, last.call_id))


def _began(chosen: Chosen) -> list[ColumnElement[bool]]:
    session = menu_sessions.c
    where = [
        session.menu == chosen.menu,
        session.began_at >= chosen.since,
        session.began_at < chosen.until,
    ]
    if chosen.version is not None:
        where.append(session.version == chosen.version)
    if chosen.language is not None:
        where.append(session.language == chosen.language)
    return where


def _steps(chosen: Chosen) -> list[ColumnElement[bool]]:
    """The steps of these sessions, which bear what most questions need."""
    steps = menu_steps.c
    if chosen.version is not None or chosen.language is not None:
        return [of_the_session(), *_began(chosen)]
    return [
        steps.menu == chosen.menu,
        steps.session_at >= chosen.since,
        steps.session_at < chosen.until,
    ]


def _key(by: By, dialect: str) -> ColumnElement[Any]:
    match by:
        case By.QUARTER:
            return quarter(dialect, menu_sessions.c.began_at)
        case By.VERSION:
            return menu_sessions.c.version
        case By.LANGUAGE:
            return menu_sessions.c.language
        case By.REASON:
            return menu_sessions.c.reason


def _sum(term: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((term, 1), else_=0))


def _node(node: str, rows: Sequence[Row[Any]], histogram: Mapping[int, int]) -> NodeFigures:
    left = sum(histogram.values())
    return NodeFigures(
        node=node,
        entries=sum(row.entries for row in rows),
        no_input=sum(int(row.no_input) for row in rows),
        no_match=sum(int(row.no_match) for row in rows),
        how=_summed((row.how, row.entries) for row in rows),
        choices=_summed((row.choice, row.entries) for row in rows if row.choice),
        mean_seconds=sum(row.seconds or 0.0 for row in rows) / left if left else None,
        median_seconds=median_tenths(histogram),
    )


def _summed(counted: Iterable[tuple[str, int]]) -> dict[str, int]:
    sums: dict[str, int] = {}
    for word, count in counted:
        sums[word] = sums.get(word, 0) + count
    return dict(sorted(sums.items()))
