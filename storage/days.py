"""What was recorded of one campaign in a stretch of time: its attempts, and how long talks were."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from dialer.campaign import Attempt
from storage.campaign_rows import attempt_of
from storage.database import Database
from storage.tables import attempts, calls


@dataclass(frozen=True, slots=True, kw_only=True)
class TalkRecord:
    """How long a dialed call kept its agent."""

    call_id: str
    began_at: datetime  # the attempt's
    talk_seconds: float  # hold included: the agent was with the customer
    wrap_up_seconds: float | None  # None: its end was never seen


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
        async with self._database.reading() as connection:
            return [attempt_of(row) for row in await connection.execute(statement)]

    async def talks(self, campaign_id: str, since: datetime, until: datetime) -> list[TalkRecord]:
        """The campaign's calls of that time that reached an agent and ended, oldest first."""
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
        async with self._database.reading() as connection:
            return [
                TalkRecord(
                    call_id=row.call_id,
                    began_at=row.arrived_at,
                    talk_seconds=row.talk_seconds + row.hold_seconds,
                    wrap_up_seconds=row.wrap_up_seconds if row.wrap_up_ended_at else None,
                )
                for row in await connection.execute(statement)
            ]
