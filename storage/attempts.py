"""How a lead is taken, dialed once and given back; each function is part of one transaction.

Three things hold at every moment, and the database itself refuses what would break them: a lead has
at most one attempt without an end, its attempts are numbered without a gap, and it is `reserved`
exactly while one is open.
"""

from __future__ import annotations

import uuid
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from calls.events import ATTEMPT_PREFIX
from dialer.campaign import Attempt, AttemptResult, CampaignState, LeadState, Outcome
from storage import cursors
from storage.campaign_rows import attempt_of
from storage.tables import attempts, campaigns, leads

_NEWEST_FIRST = (attempts.c.intended_at, attempts.c.id)


@dataclass(frozen=True, slots=True)
class AttemptPage:
    """Attempts, newest first, and the cursor with which the list goes on (None: it is over)."""

    attempts: list[Attempt]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class AttemptCounts:
    """How many attempts are under way, and how many ended, by outcome."""

    open: int
    by_outcome: dict[Outcome, int]


async def reserve(
    connection: AsyncConnection, campaign_id: str, count: int, *, pbx: str, now: datetime
) -> list[Attempt]:
    """Take up to `count` due leads of a running campaign and write an attempt for each."""
    # held until the commit: a campaign that is being paused gives no more once it is paused
    running = (
        select(campaigns.c.id)
        .where(campaigns.c.id == campaign_id, campaigns.c.state == CampaignState.RUNNING)
        .with_for_update(read=True)
    )
    if (await connection.execute(running)).one_or_none() is None:
        return []
    due = (
        select(leads.c.id, leads.c.number, leads.c.attempts)
        .where(
            leads.c.campaign_id == campaign_id,
            leads.c.state == LeadState.READY,
            leads.c.next_at <= now,
        )
        .order_by(leads.c.next_at, leads.c.id)
        .limit(count)
        # PostgreSQL: two dialers never wait for each other's leads. SQLite has one writer, and
        # SQLAlchemy leaves the clause out there.
        .with_for_update(skip_locked=True)
    )
    taken = (await connection.execute(due)).all()
    if not taken:
        return []
    await connection.execute(
        update(leads)
        .where(leads.c.id.in_([lead.id for lead in taken]))
        .values(state=LeadState.RESERVED, attempts=leads.c.attempts + 1)
    )
    made = [
        Attempt(
            id=f"{ATTEMPT_PREFIX}{uuid.uuid4().hex}",
            pbx=pbx,
            campaign_id=campaign_id,
            lead_id=lead.id,
            ordinal=lead.attempts + 1,
            number=lead.number,
            intended_at=now,
        )
        for lead in taken
    ]
    await connection.execute(insert(attempts), [asdict(attempt) for attempt in made])
    return made


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
    again = result.retry_at
    future = (
        update(leads)
        .where(leads.c.id == lead_id)
        .values(
            state=LeadState.DONE if again is None else LeadState.READY,
            next_at=leads.c.next_at if again is None else again,
            last_outcome=result.outcome,
        )
    )
    await connection.execute(future)
    return True


async def one(connection: AsyncConnection, attempt_id: str) -> Attempt | None:
    """The attempt with this id."""
    found = await connection.execute(select(attempts).where(attempts.c.id == attempt_id))
    row = found.one_or_none()
    return attempt_of(row) if row is not None else None


async def open_ones(connection: AsyncConnection, pbx: str) -> list[Attempt]:
    """One switch's attempts without an end, oldest first."""
    statement = (
        select(attempts)
        .where(attempts.c.pbx == pbx, attempts.c.ended_at.is_(None))
        .order_by(attempts.c.intended_at, attempts.c.id)
    )
    return [attempt_of(row) for row in await connection.execute(statement)]


async def page(
    connection: AsyncConnection, campaign_id: str, cursor: str | None, limit: int
) -> AttemptPage:
    """A page of a campaign's attempts; raises `CursorError` and `ValueError`."""
    cursors.check_limit(limit)
    where = [attempts.c.campaign_id == campaign_id]
    if cursor is not None:
        where.append(cursors.after(cursor, _NEWEST_FIRST))
    order = [column.desc() for column in _NEWEST_FIRST]
    statement = select(attempts).where(*where).order_by(*order).limit(limit + 1)
    found = [attempt_of(row) for row in await connection.execute(statement)]
    if len(found) <= limit:
        return AttemptPage(found, None)
    last = found[limit - 1]
    return AttemptPage(found[:limit], cursors.encode(last.intended_at, last.id))


async def counts(
    connection: AsyncConnection, campaign_id: str, since: datetime | None
) -> AttemptCounts:
    """A campaign's attempts by how they ended."""
    where = [attempts.c.campaign_id == campaign_id]
    if since is not None:
        where.append(attempts.c.intended_at >= since)
    statement = select(attempts.c.outcome, func.count()).where(*where).group_by(attempts.c.outcome)
    found: dict[str | None, int] = {row[0]: row[1] for row in await connection.execute(statement)}
    # an attempt has an outcome exactly when it has ended
    under_way = found.pop(None, 0)
    return AttemptCounts(under_way, {Outcome(name): n for name, n in found.items() if name})
