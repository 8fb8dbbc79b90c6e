"""Targets: written and read; one that is taken away stays, for the alerts that tell of it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Text,
    and_,
    cast,
    insert,
    or_,
    select,
    update,
)

from monitoring.targets import Target
from monitoring.watched_figures import OF_QUEUES, Figure, SubjectKind
from storage import cursors
from storage.database import Database
from storage.tables import targets
from storage.within_queues import campaigns_of

_FIELDS = [field.name for field in fields(Target)]
_NEWEST_FIRST = (targets.c.created_at, targets.c.id)


@dataclass(frozen=True, slots=True)
class Reach:
    """Whose figures may be seen by who sees only some queues: theirs, and of these agents."""

    queues: frozenset[str]
    agents: frozenset[str]

    def holds(self, kind: ColumnElement[Any], subject: ColumnElement[Any]) -> ColumnElement[bool]:
        """The condition that a subject is one of these."""
        return or_(
            and_(kind == SubjectKind.QUEUE, subject.in_(sorted(self.queues))),
            and_(kind == SubjectKind.AGENT, subject.in_(sorted(self.agents))),
            and_(kind == SubjectKind.CAMPAIGN, subject.in_(campaigns_of(self.queues))),
        )


#: whose figures may be seen; None: everybody's
Within = Reach | None


@dataclass(frozen=True, slots=True)
class TargetPage:
    """Targets, the newest first, and the cursor with which the list goes on."""

    targets: list[Target]
    next_cursor: str | None


class TargetStore:
    """The targets of one switch; several services may share a database."""

    def __init__(self, database: Database, pbx: str) -> None:
        self._database = database
        self._pbx = pbx
        self._mine = targets.c.pbx.in_((pbx, ""))

    async def create(self, target: Target) -> Target:
        """Write a target under an id that is made here."""
        made = replace(target, id=uuid.uuid4().hex)
        row = {name: getattr(made, name) for name in _FIELDS} | {"pbx": self._pbx}
        await self._database.write(lambda c: c.execute(insert(targets).values(row)).rowcount)
        return made

    async def get(self, target_id: str, within: Within = None) -> Target | None:
        """The target with this id, also one that was taken away."""
        where = [self._mine, targets.c.id == target_id, *_within_reach(within)]
        rows = await self._database.rows(select(targets).where(*where))
        return _target(rows[0]) if rows else None

    async def in_force(self) -> list[Target]:
        """Those that are watched, oldest first."""
        statement = select(targets).where(self._mine, targets.c.ended_at.is_(None))
        rows = await self._database.rows(statement.order_by(targets.c.created_at, targets.c.id))
        return [_target(row) for row in rows]

    async def page(
        self,
        *,
        within: Within = None,
        kpi: str | None = None,
        subject_kind: str | None = None,
        subject: str | None = None,
        is_open: bool | None = None,
        cursor: str | None = None,
        limit: int = 100,
    ) -> TargetPage:
        """A page of targets; raises `CursorError`, `ValueError` unless `limit` is 1 to 1000."""
        cursors.check_limit(limit)
        wanted = {"kpi": kpi, "subject_kind": subject_kind, "subject": subject}
        where = [targets.c[name] == value for name, value in wanted.items() if value is not None]
        where += [self._mine, *_within_reach(within)]
        if is_open is not None:
            ended = targets.c.ended_at
            where.append(ended.is_(None) if is_open else ended.is_not(None))
        if cursor is not None:
            where.append(cursors.after(cursor, _NEWEST_FIRST))
        order = [column.desc() for column in _NEWEST_FIRST]
        rows = await self._database.rows(
            select(targets).where(*where).order_by(*order).limit(limit + 1)
        )
        found = [_target(row) for row in rows[:limit]]
        if len(rows) <= limit:
            return TargetPage(found, None)
        return TargetPage(found, cursors.encode(found[-1].created_at, found[-1].id))

    async def change(self, before: Target, after: Target) -> bool:
        """Write what became of a target; False: somebody changed it meanwhile, or took it away."""
        # the queues never change, and PostgreSQL does not compare JSON
        compared = [name for name in _FIELDS if name != "queues"]
        same = [targets.c[name].is_not_distinct_from(getattr(before, name)) for name in compared]
        same.append(self._mine)
        different = {
            name: getattr(after, name)
            for name in _FIELDS
            if getattr(after, name) != getattr(before, name)
        }
        if not different:
            return True
        statement = update(targets).where(*same).values(different)

        def write(connection: Connection) -> bool:
            return connection.execute(statement).rowcount == 1

        return await self._database.write(write)

    async def end(self, target_id: str, now: datetime) -> bool:
        """Take a target away; False: there is none with this id, or it was away already."""
        mine = (self._mine, targets.c.id == target_id, targets.c.ended_at.is_(None))
        statement = update(targets).where(*mine).values(ended_at=now)
        return await self._database.write(lambda c: c.execute(statement).rowcount) == 1


def _within_reach(within: Within) -> list[ColumnElement[bool]]:
    """The condition that a target is of one of these, or of each, one of these among them."""
    if within is None:
        return []
    of = targets.c
    named = cast(of.queues, Text)
    some = [named.contains(f'"{queue}"', autoescape=True) for queue in sorted(within.queues)]
    of_each = and_(
        of.subject_kind.in_(OF_QUEUES), of.subject == "", or_(of.queues.is_(None), *some)
    )
    return [or_(of_each, within.holds(of.subject_kind, of.subject))]


def _target(row: Row[Any]) -> Target:
    values = {name: row._mapping[name] for name in _FIELDS}
    kinds = {"kpi": Figure(row.kpi), "subject_kind": SubjectKind(row.subject_kind)}
    return Target(**{**values, **kinds})
