"""Leads that are there already, brought up to date by a list; part of an import's transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Double, Integer, Text, bindparam, case, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import TypeEngine

from dialer.lead import PROMISED, rank
from dialer.lists.settling import Merged
from storage import leads as leads_there
from storage.columns import BigId, PlainData
from storage.recordset import as_rows, recordset
from storage.tables import leads, phones

#: what a row may say of a lead that is there
_MERGED_VALUES: Mapping[str, TypeEngine[Any]] = {
    "id": BigId, "name": Text(), "extra": PlainData, "external_id": Text(),
    "priority": Integer(), "score": Double(), "rank": Double(),
}  # fmt: skip


_of_it = (phones.c.lead_id == bindparam("lead"), phones.c.number == bindparam("called"))
_MOVE = (
    update(leads)
    .where(leads.c.id == bindparam("lead"))
    .values(
        number=bindparam("called"),
        phone=select(phones.c.ordinal).where(*_of_it).scalar_subquery(),
        zone=select(phones.c.zone).where(*_of_it).scalar_subquery(),
    )
)


async def write_merged(
    connection: AsyncConnection, dialect: str, campaign_id: str, merged: Sequence[Merged]
) -> None:
    """Bring leads up to date: what a row does not say stays, and so does what happened."""
    if not merged:
        return
    there = await _as_they_are(connection, dialect, {one.lead_id for one in merged})
    brought = [_brought(one, there[one.lead_id]) for one in merged]
    given = recordset(dialect, _MERGED_VALUES).subquery("given")
    statement = (
        update(leads)
        .where(leads.c.id == given.c.id)
        .values(
            {name: given.c[name] for name in _MERGED_VALUES if name not in ("id", "rank")}
            # a promised call stays before everybody
            | {"rank": case((leads.c.rank <= PROMISED, leads.c.rank), else_=given.c.rank)}
        )
    )
    # a lead that two rows speak of is written once, as the last one says
    rows = as_rows({values[0]: values for values in brought}.values())
    await connection.execute(statement, rows)
    numbers = []
    for one in merged:
        lead = there[one.lead_id]
        for phone in one.phones:
            lead.phones += 1
            first = lead.number
            numbers.append((first, lead.phones - 1, phone.number, phone.zone, phone.label))
    if numbers:
        await leads_there.write_phones(connection, dialect, campaign_id, numbers)
        zones: dict[str, set[str]] = {}
        for one in merged:
            found = {phone.zone for phone in one.phones}
            zones.setdefault(there[one.lead_id].list_id, set()).update(found)
        for list_id, found in zones.items():
            await leads_there.write_zones(connection, list_id, found)
    await _move(connection, {one.lead_id: one.phones[0].number for one in merged if one.moved})


async def _move(connection: AsyncConnection, numbers: Mapping[int, str]) -> None:
    """The next call of these leads goes to another of their numbers."""
    if numbers:
        rows = [{"lead": lead_id, "called": number} for lead_id, number in numbers.items()]
        await connection.execute(_MOVE, rows)


@dataclass(slots=True)
class _There:
    """A lead as it is before a row brings it up to date."""

    list_id: str
    number: str
    phones: int
    values: dict[str, Any]


async def _as_they_are(
    connection: AsyncConnection, dialect: str, lead_ids: Iterable[int]
) -> dict[int, _There]:
    ordinals = (
        select(func.max(phones.c.ordinal)).where(phones.c.lead_id == leads.c.id).scalar_subquery()
    )
    columns = [leads.c[name] for name in _MERGED_VALUES if name != "rank"]
    statement = select(*columns, leads.c.list_id, leads.c.number, ordinals.label("last")).where(
        leads.c.id.in_(recordset(dialect, {"id": BigId}))
    )
    rows = (await connection.execute(statement, as_rows((one,) for one in lead_ids))).all()
    return {
        row.id: _There(
            row.list_id,
            row.number,
            row.last + 1,
            {name: row._mapping[name] for name in _MERGED_VALUES if name != "rank"},
        )
        for row in rows
    }


def _brought(merged: Merged, there: _There) -> tuple[Any, ...]:
    """The lead's values after this row; the next row of the same lead goes on from them."""
    lead, given, old = merged.row.lead, merged.row.given, there.values
    old["name"] = lead.name or old["name"]
    old["external_id"] = lead.external_id or old["external_id"]
    old["extra"] = {**old["extra"], **lead.extra}
    if "priority" in given:
        old["priority"] = lead.priority
    if "score" in given:
        old["score"] = lead.score
    new = {**old, "rank": rank(old["priority"], old["score"])}
    return tuple(new[name] for name in _MERGED_VALUES)
