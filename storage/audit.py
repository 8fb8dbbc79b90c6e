"""Who changed what, and when: a row for each change, never changed itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, insert

from storage.database import Database
from storage.pages import newest_first
from storage.tables import audit

#: what a thing was before, or is after: plain data
State = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One change: by whom, of what, and what it was before and is after; {} for nothing."""

    at: datetime
    who: str
    #: what was done, as `campaign.started`
    action: str
    #: the path of the thing, as `campaigns/…`
    subject: str
    before: State
    after: State


@dataclass(frozen=True, slots=True)
class ChangePage:
    """Changes, newest first, and the cursor with which the list goes on (None: it is over)."""

    changes: list[Change]
    next_cursor: str | None


class AuditStore:
    """Writes changes and reads them again; there is no way to alter one."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def write(self, change: Change) -> None:
        """Keep a change; raises `DatabaseUnavailableError`."""
        row = {
            "at": change.at,
            "who": change.who,
            "action": change.action,
            "subject": change.subject,
            "before": dict(change.before),
            "after": dict(change.after),
        }
        await self._database.write(lambda connection: connection.execute(insert(audit), row))

    async def page(
        self,
        *,
        subject: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        cursor: str | None = None,
        limit: int = 100,
    ) -> ChangePage:
        """A page of changes, newest first; `until` itself is not included.

        Raises `CursorError`, and `ValueError` when `limit` is not 1 to 1000.
        """
        where: list[ColumnElement[bool]] = []
        if subject is not None:
            where.append(audit.c.subject == subject)
        if since is not None:
            where.append(audit.c.at >= since)
        if until is not None:
            where.append(audit.c.at < until)

        def read(connection: Connection) -> ChangePage:
            rows, next_cursor = newest_first(connection, audit, audit.c.at, where, cursor, limit)
            changes = [
                Change(
                    at=row.at,
                    who=row.who,
                    action=row.action,
                    subject=row.subject,
                    before=row.before,
                    after=row.after,
                )
                for row in rows
            ]
            return ChangePage(changes, next_cursor)

        return await self._database.read(read)
