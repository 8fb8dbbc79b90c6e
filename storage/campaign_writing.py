"""Making and changing a campaign, with what its calls cost; each in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, update

from dialer.campaign import Campaign
from storage import campaign_costs, stale
from storage.campaign_rows import campaign_row
from storage.tables import campaigns


def create(connection: Connection, insert: Callable[..., Any], campaign: Campaign) -> bool:
    """Write a new campaign; False, and nothing written, when there is one with this id."""
    statement = insert(campaigns).values(campaign_row(campaign)).on_conflict_do_nothing()
    if connection.execute(statement.returning(campaigns.c.id)).one_or_none() is None:
        return False
    campaign_costs.keep(connection, campaign.id, campaign.options.costs, campaign.created_at)
    return True


def change(
    connection: Connection, campaign: Campaign, fields: Collection[str], now: datetime
) -> Row[Any] | None:
    """Write these fields, and no other; the row as it is then, None: there is no such campaign.

    Raises `KeyError` for a strange field.
    """
    row = campaign_row(campaign)
    statement = (
        update(campaigns)
        .where(campaigns.c.id == campaign.id)
        .values({name: row[name] for name in fields})
        .returning(campaigns)
    )
    changed = connection.execute(statement).one_or_none()
    if changed is not None and "options" in fields:
        stale.mark_campaign(connection, campaign.id)  # they say what a success is
        campaign_costs.keep(connection, campaign.id, campaign.options.costs, now)
    return changed
