"""Who asked for a change: each route that makes one says so here, and a row of the audit is left.

The row is written after the change. When the database is away by then, the log has the row: what
was done is done, and whoever asked for it must not be told that it was not.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any

from fastapi import Depends

from api.access import Owner
from api.parts import Parts, Rooms
from calls.errors import OutcomeUnknownError
from storage.audit import Change
from storage.errors import DatabaseUnavailableError

#: in the data after an order whose answer never came
UNKNOWN = {"outcome": "unknown"}
log = logging.getLogger(__name__)


class Trail:
    """What one client changes. `who` is a token's name and id, `agent` the agent it acts for."""

    def __init__(self, rooms: Parts, who: str, agent: str | None = None) -> None:
        self.who = who
        self.agent = agent
        self._rooms = rooms

    async def leave(
        self,
        action: str,
        subject: str,
        *,
        before: dict[str, Any] | None = None,
        after: dict[str, Any] | None = None,
    ) -> None:
        """Say that `subject` (as `campaigns/…`) was changed: plain data before and after."""
        change = Change(
            at=self._rooms.now(),
            who=self.who,
            action=action,
            subject=subject,
            before=before or {},
            after=after or {},
        )
        try:
            await self._rooms.audit.write(change)
        except DatabaseUnavailableError:
            log.error("no database, so this row of the audit is only here: %s", change)

    @asynccontextmanager
    async def row(
        self,
        action: str,
        subject: str,
        *,
        before: dict[str, Any] | None = None,
        after: dict[str, Any] | None = None,
    ) -> AsyncIterator[dict[str, Any]]:
        """Leave the row of what is done inside; what was refused leaves none.

        Of an order whose outcome nobody knows the row says so, `outcome` is `unknown`: it may have
        been carried out. What is yielded is the data after, which may still be added to.
        """
        data = dict(after or {})
        try:
            yield data
        except OutcomeUnknownError:
            await self.leave(action, subject, before=before, after=data | UNKNOWN)
            raise
        await self.leave(action, subject, before=before, after=data)


async def _trail(rooms: Rooms, owner: Owner) -> Trail:
    return Trail(rooms, f"{owner.name} ({owner.id})", owner.agent)


#: how a route that changes something says who asked for it
Trailed = Annotated[Trail, Depends(_trail)]
