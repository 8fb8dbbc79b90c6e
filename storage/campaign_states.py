"""How a campaign's state is written, and that it is told."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select, update

from dialer.campaign import CampaignState
from storage.tables import campaigns
from storage.webhook_news import News, NewsKind, moment, tell


def change(
    connection: Connection, campaign_id: str, state: CampaignState, now: datetime
) -> Row[Any] | None:
    """Write the new state; the campaign's row, or None when there is no such campaign."""
    mine = campaigns.c.id == campaign_id
    before = connection.execute(select(campaigns.c.state).where(mine)).scalar_one_or_none()
    values = {"state": state, "state_changed_at": now}
    statement = update(campaigns).where(mine).values(values).returning(campaigns)
    row = connection.execute(statement).one_or_none()
    if row is not None and before != state:
        data = {"id": row.id, "name": row.name, "before": before, "state": state.value}
        news = News(
            kind=NewsKind.CAMPAIGN_STATE_CHANGED,
            key=f"{row.id}/{state}/{moment(now)}",
            at=now,
            data=data,
        )
        tell(connection, [news])
    return row
