"""The leads of campaigns counted as they are now: how many, how many of them were ever tried."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import case, func, select

from monitoring.kpi_campaigns import LeadCounts
from storage.database import Database
from storage.tables import leads


class LeadCountStore:
    """Counts leads."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def counted(self, campaigns: Sequence[str]) -> dict[str, LeadCounts]:
        """The counts of each of these campaigns that has leads."""
        statement = (
            select(
                leads.c.campaign_id,
                func.count().label("leads"),
                func.sum(case((leads.c.attempts > 0, 1), else_=0)).label("tried"),
                func.sum(leads.c.attempts).label("attempts"),
            )
            .where(leads.c.campaign_id.in_(campaigns))
            .group_by(leads.c.campaign_id)
        )
        return {
            row.campaign_id: LeadCounts(
                leads=row.leads, tried=int(row.tried), attempts=int(row.attempts)
            )
            for row in await self._database.rows(statement)
        }
