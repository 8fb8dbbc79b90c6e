"""Leads on their lists: how they are added and counted; each function is part of a transaction."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Double,
    Integer,
    Text,
    case,
    func,
    insert,
    literal,
    select,
    text,
)
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import TypeEngine

from dialer.book import LeadCounts
from dialer.lead import Lead, LeadState, NewLead, rank
from dialer.lists.batches import Batch
from dialer.lists.lead_rows import GoodRow
from dialer.lists.settling import Fresh, Mode, settled
from storage.campaign_rows import lead_of
from storage.columns import PlainData, UtcDateTime
from storage.recordset import as_rows, recordset
from storage.tables import leads, list_zones, lists, phones
from storage.tables.base import has_external_id

#: the insert of the database at hand, which knows what to do on a conflict
Insert = Callable[[Any], Any]

#: the list of those who name none
FIRST_LIST = "1"

_ALONE = text("SELECT pg_advisory_xact_lock(800, hashtext(:campaign))")
#: what a row says of a new lead
_LEAD_VALUES: Mapping[str, TypeEngine[Any]] = {
    "number": Text(), "zone": Text(), "name": Text(), "extra": PlainData, "external_id": Text(),
    "priority": Integer(), "score": Double(), "rank": Double(),
}  # fmt: skip
_PHONE_VALUES: Mapping[str, TypeEngine[Any]] = {
    "first": Text(), "ordinal": Integer(), "number": Text(), "zone": Text(), "label": Text(),
}  # fmt: skip


async def list_named(
    connection: AsyncConnection, insert_: Insert, campaign_id: str, name: str, now: datetime
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
            insert_(lists)
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


async def alone(connection: AsyncConnection, dialect: str, campaign_id: str) -> None:
    """Nobody else adds leads to the campaign before this transaction ends.

    Otherwise two lists with the same number could both find it free. SQLite has one writer anyway.
    """
    if dialect == "postgresql":
        await connection.execute(_ALONE, {"campaign": campaign_id})


async def known(
    connection: AsyncConnection, dialect: str, campaign_id: str, numbers: Iterable[str]
) -> dict[str, int]:
    """Which of the numbers the campaign has already, and whose they are."""
    statement = select(phones.c.number, phones.c.lead_id).where(
        phones.c.campaign_id == campaign_id,
        phones.c.number.in_(recordset(dialect, {"number": Text()})),
    )
    found = await connection.execute(statement, as_rows((number,) for number in numbers))
    return {row.number: row.lead_id for row in found}


async def called(
    connection: AsyncConnection, dialect: str, campaign_id: str, external_ids: Iterable[str]
) -> dict[str, int]:
    """Which of these ids of the lists' owner the campaign has; of several leads the oldest."""
    given = recordset(dialect, {"external_id": Text()}).subquery("given")
    # a look-up for each, said so that no planner turns it round
    owner = (
        select(func.min(leads.c.id))
        .where(
            leads.c.campaign_id == campaign_id,
            leads.c.external_id == given.c.external_id,
            has_external_id,
        )
        .scalar_subquery()
    )
    rows = as_rows((each,) for each in sorted(set(external_ids)))
    found = await connection.execute(select(given.c.external_id, owner.label("lead_id")), rows)
    return {row.external_id: row.lead_id for row in found if row.lead_id is not None}


async def add(
    connection: AsyncConnection,
    dialect: str,
    campaign_id: str,
    list_id: str,
    part: Sequence[NewLead],
    now: datetime,
) -> int:
    """Add the leads whose first number the campaign does not have; how many those were.

    Of the others' numbers those that the campaign has already are left out.
    """
    await alone(connection, dialect, campaign_id)
    numbers = (phone.number for lead in part for phone in lead.phones)
    there = await known(connection, dialect, campaign_id, numbers)
    batch = Batch(0, 0, tuple(GoodRow(0, lead) for lead in part))
    fresh = settled(batch, Mode.SKIP, there).fresh
    await write_fresh(connection, dialect, campaign_id, list_id, fresh, now)
    return len(fresh)


async def write_fresh(
    connection: AsyncConnection,
    dialect: str,
    campaign_id: str,
    list_id: str,
    fresh: Sequence[Fresh],
    now: datetime,
) -> None:
    """Write new leads with their numbers, and the zones in which the list has anybody."""
    if not fresh:
        return
    rows = await asyncio.to_thread(lambda: as_rows(map(_lead_values, fresh)))
    given = recordset(dialect, _LEAD_VALUES)
    always: dict[str, ColumnElement[Any]] = {
        "campaign_id": literal(campaign_id, Text),
        "list_id": literal(list_id, Text),
        "state": literal(LeadState.READY.value, Text),
        "attempts": literal(0, Integer),
        "phone": literal(0, Integer),
        "next_at": literal(now, UtcDateTime),
        "wanted_agent": literal("", Text),
        "reason": literal("", Text),
    }
    every = given.add_columns(*(value.label(name) for name, value in always.items()))
    await connection.execute(insert(leads).from_select([*_LEAD_VALUES, *always], every), rows)
    numbers = [
        (one.phones[0].number, ordinal, phone.number, phone.zone, phone.label)
        for one in fresh
        for ordinal, phone in enumerate(one.phones)
    ]
    await write_phones(connection, dialect, campaign_id, numbers)
    await write_zones(connection, list_id, {phone.zone for one in fresh for phone in one.phones})


def _lead_values(fresh: Fresh) -> tuple[Any, ...]:
    lead = fresh.row.lead
    return (
        lead.number,
        lead.zone,
        lead.name,
        lead.extra,
        lead.external_id,
        lead.priority,
        lead.score,
        rank(lead.priority, lead.score),
    )


async def write_phones(
    connection: AsyncConnection,
    dialect: str,
    campaign_id: str,
    numbers: Sequence[tuple[Any, ...]],
) -> None:
    """Numbers of leads; whose each is, the lead's present number tells."""
    given = recordset(dialect, _PHONE_VALUES).subquery("given")
    # a look-up for each, said so that no planner turns it round
    owner = (
        select(leads.c.id)
        .where(leads.c.campaign_id == campaign_id, leads.c.number == given.c.first)
        .scalar_subquery()
    )
    rest = (given.c.ordinal, literal(campaign_id, Text), given.c.number, given.c.zone)
    statement = select(owner, *rest, given.c.label, literal(0, Integer))
    into = ["lead_id", "ordinal", "campaign_id", "number", "zone", "label", "dead"]
    rows = await asyncio.to_thread(lambda: as_rows(numbers))
    await connection.execute(insert(phones).from_select(into, statement), rows)


async def write_zones(connection: AsyncConnection, list_id: str, zones: set[str]) -> None:
    """Say that the list has somebody there."""
    known_ones = select(list_zones.c.zone).where(list_zones.c.list_id == list_id)
    new = zones - set((await connection.execute(known_ones)).scalars())
    if new:
        rows = [{"list_id": list_id, "zone": zone} for zone in sorted(new)]
        await connection.execute(insert(list_zones), rows)


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
        reserved=sum(
            found.get(state, (0, 0))[0] for state in (LeadState.RESERVED, LeadState.PREVIEWED)
        ),
        done=found.get(LeadState.DONE, (0, 0))[0],
    )
