"""Leads on their lists: how they are added and counted; each function is part of a transaction."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from dialer.book import LeadCounts
from dialer.lead import Lead, LeadState, NewLead, Phone, rank
from storage.campaign_rows import lead_of
from storage.tables import leads, list_zones, lists, phones

#: the insert of the database at hand, which knows what to do on a conflict
Insert = Callable[[Any], Any]

#: the list of those who name none
FIRST_LIST = "1"


async def list_named(
    connection: AsyncConnection, insert: Insert, campaign_id: str, name: str, now: datetime
) -> str:
    """The id of the campaign's list of that name, which is made if there is none.

    A new list begins where the others are: it neither catches up nor waits.
    """
    known = select(lists.c.id).where(lists.c.campaign_id == campaign_id, lists.c.name == name)
    found = (await connection.execute(known)).scalar_one_or_none()
    if found is None:
        reached = select(func.coalesce(func.min(lists.c.turn), 0.0)).where(
            lists.c.campaign_id == campaign_id, lists.c.active == 1
        )
        await connection.execute(
            insert(lists)
            .values(
                id=uuid.uuid4().hex,
                campaign_id=campaign_id,
                name=name,
                weight=1.0,
                active=1,
                turn=(await connection.execute(reached)).scalar_one(),
                created_at=now,
            )
            .on_conflict_do_nothing()
        )
        found = (await connection.execute(known)).scalar_one()
    return str(found)


async def add(
    connection: AsyncConnection,
    insert: Insert,
    campaign_id: str,
    list_id: str,
    part: Sequence[NewLead],
    now: datetime,
) -> int:
    """Add the leads whose first number the campaign does not have; how many those were.

    Of the others' numbers those that the campaign has already are left out: one person's second
    number is another's first one, and nobody is to be dialed twice for it.
    """
    taken = await numbers_there(connection, campaign_id, part)
    fresh: list[tuple[NewLead, list[Phone]]] = []
    for lead in part:
        if lead.number in taken:
            continue
        kept = [phone for phone in lead.phones if phone.number not in taken]
        taken.update(phone.number for phone in kept)
        fresh.append((lead, kept))
    if not fresh:
        return 0
    rows = [
        {
            "campaign_id": campaign_id,
            "list_id": list_id,
            "number": lead.number,
            "name": lead.name,
            "extra": lead.extra,
            "external_id": lead.external_id,
            "state": LeadState.READY,
            "attempts": 0,
            "next_at": now,
            "phone": 0,
            "zone": lead.zone,
            "priority": lead.priority,
            "score": lead.score,
            "rank": rank(lead.priority, lead.score),
            "wanted_agent": "",
            "reason": "",
        }
        for lead, _ in fresh
    ]
    statement = insert(leads).on_conflict_do_nothing().returning(leads.c.id, leads.c.number)
    ids = {number: id_ for id_, number in await connection.execute(statement, rows)}
    await connection.execute(
        insert(phones).on_conflict_do_nothing(),
        [
            {
                "lead_id": ids[lead.number],
                "ordinal": ordinal,
                "campaign_id": campaign_id,
                "number": phone.number,
                "zone": phone.zone,
                "label": phone.label,
                "dead": 0,
            }
            for lead, kept in fresh
            if lead.number in ids
            for ordinal, phone in enumerate(kept)
        ],
    )
    zones = {phone.zone for _, kept in fresh for phone in kept}
    await connection.execute(
        insert(list_zones).on_conflict_do_nothing(),
        [{"list_id": list_id, "zone": zone} for zone in sorted(zones)],
    )
    return len(ids)


async def numbers_there(
    connection: AsyncConnection, campaign_id: str, part: Sequence[NewLead]
) -> set[str]:
    """Which of their numbers the campaign has already."""
    wanted = [phone.number for lead in part for phone in lead.phones]
    statement = select(phones.c.number).where(
        phones.c.campaign_id == campaign_id, phones.c.number.in_(wanted)
    )
    return set((await connection.execute(statement)).scalars())


async def one(connection: AsyncConnection, lead_id: int) -> Lead | None:
    """The lead with this id."""
    row = (await connection.execute(select(leads).where(leads.c.id == lead_id))).one_or_none()
    return None if row is None else lead_of(row)


async def counts(connection: AsyncConnection, campaign_id: str, now: datetime) -> LeadCounts:
    """How many leads can be dialed now, later, not now, and no more."""
    is_due = case((leads.c.next_at <= now, 1), else_=0)
    statement = (
        select(leads.c.state, func.count(), func.coalesce(func.sum(is_due), 0))
        .where(leads.c.campaign_id == campaign_id)
        .group_by(leads.c.state)
    )
    found = {row[0]: (row[1], row[2]) for row in await connection.execute(statement)}
    left = [found.get(state, (0, 0)) for state in (LeadState.READY, LeadState.WAITING)]
    due = sum(ones_due for _, ones_due in left)
    return LeadCounts(
        due=due,
        later=sum(every for every, _ in left) - due,
        reserved=found.get(LeadState.RESERVED, (0, 0))[0],
        done=found.get(LeadState.DONE, (0, 0))[0],
    )
