"""What campaigns' calls cost, dated: every change is a row, written with the campaign itself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Row, insert, select

from dialer.costs import Costs
from monitoring.campaign_cost import Rates
from storage.database import Database
from storage.tables import campaign_costs

_AMOUNTS = ("cost_per_attempt", "cost_per_minute", "cost_per_agent_hour")
_THERE = campaign_costs.c


def keep(connection: Connection, campaign_id: str, costs: Costs | None, at: datetime) -> None:
    """Write what holds from a moment on, unless it is what holds already; None: nobody says."""
    last = (
        select(campaign_costs)
        .where(_THERE.campaign_id == campaign_id)
        .order_by(_THERE.valid_from.desc())
        .limit(1)
    )
    before = connection.execute(last).one_or_none()
    row = _row(costs)
    if row == (_row(None) if before is None else {name: before._mapping[name] for name in row}):
        return
    if before is not None:
        # never in the past of what is kept: a moment is the key, and clocks are set back
        at = max(at, before.valid_from)
        same = _THERE.campaign_id == campaign_id, _THERE.valid_from == at
        connection.execute(campaign_costs.delete().where(*same))
    connection.execute(insert(campaign_costs).values(campaign_id=campaign_id, valid_from=at, **row))


async def rates(database: Database, campaign_ids: Sequence[str]) -> dict[str, list[Rates]]:
    """What was given of each of these campaigns, oldest first; who has nothing is left out."""
    statement = (
        select(campaign_costs)
        .where(_THERE.campaign_id.in_(campaign_ids))
        .order_by(_THERE.campaign_id, _THERE.valid_from)
    )
    found: dict[str, list[Rates]] = {}
    for row in await database.rows(statement):
        found.setdefault(row.campaign_id, []).append(_rates(row))
    return found


def _row(costs: Costs | None) -> dict[str, str | None]:
    if costs is None:
        return {"currency": "", **dict.fromkeys(_AMOUNTS)}
    return {"currency": costs.currency, **{name: _text(getattr(costs, name)) for name in _AMOUNTS}}


def _text(amount: Decimal | None) -> str | None:
    return None if amount is None else format(amount, "f")


def _rates(row: Row[Any]) -> Rates:
    attempt, minute, hour = (
        None if row._mapping[name] is None else Decimal(row._mapping[name]) for name in _AMOUNTS
    )
    return Rates(
        valid_from=row.valid_from,
        currency=row.currency,
        per_attempt=attempt,
        per_minute=minute,
        per_agent_hour=hour,
    )
