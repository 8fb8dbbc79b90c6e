"""How an attempt ends, and what becomes of its lead; each function is part of one transaction."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from dialer.attempt import AttemptResult, Outcome
from dialer.lead import LeadState
from storage.tables import attempts, leads, phones


async def end(connection: AsyncConnection, result: AttemptResult) -> bool:
    """Write an attempt's end and its lead's future; False when nothing was open."""
    ended = (
        update(attempts)
        .where(attempts.c.id == result.attempt_id, attempts.c.ended_at.is_(None))
        .values(
            ended_at=result.ended_at,
            answered_at=result.answered_at,
            connected_at=result.connected_at,
            outcome=result.outcome,
            cause=result.cause,
            sip_code=result.sip_code,
            agent=result.agent,
        )
        .returning(attempts.c.lead_id)
    )
    lead_id = (await connection.execute(ended)).scalar_one_or_none()
    if lead_id is None:
        return False
    future = _at(result.retry_at)
    if result.other_number_at is not None:
        future = await _other_number(connection, lead_id, result) or future
    await connection.execute(
        update(leads).where(leads.c.id == lead_id).values(last_outcome=result.outcome, **future)
    )
    return True


def _at(moment: datetime | None) -> dict[str, Any]:
    if moment is None:
        return {"state": LeadState.DONE}
    return {"state": LeadState.WAITING, "next_at": moment}


async def _other_number(
    connection: AsyncConnection, lead_id: int, result: AttemptResult
) -> dict[str, Any] | None:
    """The lead's next number and its time; None when there is no other.

    Numbers are tried in their order. Once the last one was tried the first waits as long as the
    outcome says, or not at all when the last one turned out to be dead.
    """
    present = select(leads.c.phone).where(leads.c.id == lead_id).scalar_subquery()
    statement = (
        select(phones.c.ordinal, phones.c.number, phones.c.zone, phones.c.dead, present)
        .where(phones.c.lead_id == lead_id)
        .order_by(phones.c.ordinal)
    )
    rows = (await connection.execute(statement)).all()
    current = rows[0][4] if rows else 0
    if result.outcome is Outcome.INVALID:
        await connection.execute(
            update(phones)
            .where(phones.c.lead_id == lead_id, phones.c.ordinal == current)
            .values(dead=1)
        )
    others = [row for row in rows if not row.dead and row.ordinal != current]
    if not others:
        return None
    later = next((row for row in others if row.ordinal > current), None)
    chosen = later or others[0]
    moment = result.other_number_at
    if later is None and result.retry_at is not None:
        moment = result.retry_at
    return {
        **_at(moment),
        "phone": chosen.ordinal,
        "number": chosen.number,
        "zone": chosen.zone,
    }
