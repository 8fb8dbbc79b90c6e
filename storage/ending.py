"""How an attempt ends, and what becomes of its lead; each function is part of one transaction."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from dialer.attempt import AttemptResult, Outcome
from dialer.lead import LeadState
from storage import stale
from storage.campaign_rows import ended_row
from storage.tables import attempts, leads, phones

# --- done for every attempt, so built once: to build a statement costs more than to run it

#: sets what it is given
_END = (
    update(attempts)
    .where(attempts.c.id == bindparam("attempt"), attempts.c.ended_at.is_(None))
    .returning(attempts.c.lead_id, attempts.c.pbx, attempts.c.campaign_id, attempts.c.intended_at)
)
_GIVE_BACK = update(leads).where(leads.c.id == bindparam("lead"))
_NUMBERS = (
    select(
        phones.c.ordinal,
        phones.c.number,
        phones.c.zone,
        phones.c.dead,
        select(leads.c.phone).where(leads.c.id == bindparam("lead")).scalar_subquery(),
    )
    .where(phones.c.lead_id == bindparam("lead"))
    .order_by(phones.c.ordinal)
)
_DEAD = (
    update(phones)
    .where(phones.c.lead_id == bindparam("lead"), phones.c.ordinal == bindparam("which"))
    .values(dead=1)
)


def end(connection: Connection, result: AttemptResult) -> bool:
    """Write an attempt's end and its lead's future; False when nothing was open."""
    ended = connection.execute(_END, ended_row(result)).one_or_none()
    if ended is None:
        return False
    lead_id, pbx, campaign_id, intended_at = ended
    stale.mark(connection, stale.marks_of_attempts([(pbx, campaign_id, intended_at)]))
    future = _at(result.retry_at)
    if result.other_number_at is not None:
        future = _other_number(connection, lead_id, result) or future
    connection.execute(_GIVE_BACK, [{"lead": lead_id, "last_outcome": result.outcome, **future}])
    return True


def _at(moment: datetime | None) -> dict[str, Any]:
    if moment is None:
        return {"state": LeadState.DONE}
    return {"state": LeadState.WAITING, "next_at": moment}


def _other_number(
    connection: Connection, lead_id: int, result: AttemptResult
) -> dict[str, Any] | None:
    """The lead's next number and its time; None when there is no other.

    Numbers are tried in their order. Once the last one was tried the first waits as long as the
    outcome says, or not at all when the last one turned out to be dead.
    """
    rows = connection.execute(_NUMBERS, {"lead": lead_id}).all()
    current = rows[0][4] if rows else 0
    if result.outcome is Outcome.INVALID:
        connection.execute(_DEAD, [{"lead": lead_id, "which": current}])
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
