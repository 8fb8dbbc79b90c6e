"""What was recorded of one campaign in a stretch of time: its attempts, and how long talks were."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select

from dialer.attempt import Attempt
from dialer.memory import Past, PastTalk
from storage.campaign_rows import attempt_of
from storage.database import Database
from storage.tables import attempts, calls


class DayStore:
    """Reads a campaign's past; `until` itself is not included."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def attempts(self, campaign_id: str, since: datetime, until: datetime) -> list[Attempt]:
        """The attempts made in that time, oldest first."""
        statement = (
            select(attempts)
            .where(
                attempts.c.campaign_id == campaign_id,
                attempts.c.intended_at >= since,
                attempts.c.intended_at < until,
            )
            .order_by(attempts.c.intended_at, attempts.c.id)
        )
        return [attempt_of(row) for row in await self._database.rows(statement)]

    async def talks(self, campaign_id: str, since: datetime, until: datetime) -> list[PastTalk]:
        """The campaign's calls of that time that reached an agent and ended, oldest first."""
        return await self._database.read(
            lambda connection: _talks(connection, campaign_id, since, until)
        )


def past(
    connection: Connection, campaign_id: str, since: datetime, until: datetime, most: int
) -> Past:
    """The last attempts, `most` of them, and the talks of the time in which they were made."""
    statement = (
        select(attempts)
        .where(
            attempts.c.campaign_id == campaign_id,
            attempts.c.intended_at >= since,
            attempts.c.intended_at < until,
        )
        .order_by(attempts.c.intended_at.desc(), attempts.c.id.desc())
        .limit(most)
    )
    made = [attempt_of(row) for row in connection.execute(statement)]
    if not made:
        return Past([], [])
    return Past(made, _talks(connection, campaign_id, made[-1].intended_at, until))


def _talks(
    connection: Connection, campaign_id: str, since: datetime, until: datetime
) -> list[PastTalk]:
    statement = (
        select(
            calls.c.call_id,
            calls.c.arrived_at,
            calls.c.talk_seconds,
            calls.c.hold_seconds,
            calls.c.wrap_up_seconds,
            calls.c.wrap_up_ended_at,
        )
        .where(
            calls.c.campaign_id == campaign_id,
            calls.c.direction == "dialed",
            calls.c.arrived_at >= since,
            calls.c.arrived_at < until,
            calls.c.ended_at.is_not(None),
            calls.c.talk_seconds > 0.0,
        )
        .order_by(calls.c.arrived_at, calls.c.call_id)
    )
    return [
        PastTalk(
            call_id=row.call_id,
            began_at=row.arrived_at,
            talk_seconds=row.talk_seconds + row.hold_seconds,
            wrap_up_seconds=row.wrap_up_seconds if row.wrap_up_ended_at else None,
        )
        for row in connection.execute(statement)
    ]
