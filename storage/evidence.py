"""What the calling rules are asked with, and the rulings that are kept as proof."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from dialer.attempt import Outcome
from dialer.rules.frequency import Kind, Past
from dialer.ruling import Candidate, Judge, Ruling, Seen
from storage.tables import attempts, do_not_call, register_numbers, registers


async def seen(
    connection: AsyncConnection,
    campaign_id: str,
    candidates: Sequence[Candidate],
    judge: Judge,
    now: datetime,
) -> dict[int, Seen]:
    """What the records say of each candidate, by lead."""
    numbers = [candidate.number for candidate in candidates]
    past = await _past(connection, candidates, now - timedelta(days=judge.history_days))
    listed = await _listed(connection, campaign_id, numbers, judge.registers)
    return {
        candidate.lead_id: Seen(
            past=tuple(past[candidate.lead_id]),
            listed=frozenset(listed.get(candidate.number, ())),
        )
        for candidate in candidates
    }


async def _past(
    connection: AsyncConnection, candidates: Sequence[Candidate], since: datetime
) -> dict[int, list[Past]]:
    numbers = [candidate.number for candidate in candidates]
    ids = [candidate.lead_id for candidate in candidates]
    statement = (
        select(
            attempts.c.lead_id,
            attempts.c.number,
            attempts.c.intended_at,
            attempts.c.outcome,
            attempts.c.contact,
        )
        .where(
            or_(attempts.c.number.in_(numbers), attempts.c.lead_id.in_(ids)),
            attempts.c.intended_at >= since,
        )
        .order_by(attempts.c.intended_at)
    )
    found: dict[int, list[Past]] = {lead_id: [] for lead_id in ids}
    for row in await connection.execute(statement):
        for candidate in candidates:
            lead, number = row.lead_id == candidate.lead_id, row.number == candidate.number
            if lead or number:
                kind = _kind(row.outcome, row.contact)
                past = Past(row.intended_at, kind, this_number=number, this_lead=lead)
                found[candidate.lead_id].append(past)
    return found


def _kind(outcome: str | None, contact: int | None) -> Kind:
    """How far a person was reached; a talk is a contact unless the agent said otherwise."""
    if outcome == Outcome.ABANDONED:
        return Kind.ABANDONED
    if outcome == Outcome.CONNECTED and contact != 0:
        return Kind.CONTACT
    return Kind.ATTEMPT


async def _listed(
    connection: AsyncConnection, campaign_id: str, numbers: Sequence[str], names: Sequence[str]
) -> dict[str, list[str]]:
    own = select(do_not_call.c.number, do_not_call.c.campaign_id).where(
        do_not_call.c.number.in_(numbers),
        do_not_call.c.campaign_id.in_(("", campaign_id)),
        do_not_call.c.removed_at.is_(None),
    )
    found: dict[str, list[str]] = {}
    for number, of_campaign in await connection.execute(own):
        found.setdefault(number, []).append("campaign" if of_campaign else "own")
    if names:
        listed = (
            select(register_numbers.c.number, register_numbers.c.register)
            .join(
                registers,
                (registers.c.name == register_numbers.c.register)
                & (registers.c.generation == register_numbers.c.generation),
            )
            .where(register_numbers.c.number.in_(numbers), register_numbers.c.register.in_(names))
        )
        for number, name in await connection.execute(listed):
            found.setdefault(number, []).append(name)
    return found


async def registers_as_of(connection: AsyncConnection, names: Sequence[str]) -> dict[str, datetime]:
    """Of when each of these registers is; one that was never loaded is not there."""
    if not names:
        return {}
    statement = select(registers.c.name, registers.c.as_of).where(registers.c.name.in_(names))
    return {row.name: row.as_of for row in await connection.execute(statement)}


def ruling_row(ruling: Ruling, attempt_id: str | None) -> dict[str, Any]:
    """The row of a ruling."""
    return {
        "at": ruling.at,
        "campaign_id": ruling.campaign_id,
        "lead_id": ruling.lead_id,
        "number": ruling.number,
        "attempt_id": attempt_id,
        "allowed": int(ruling.allowed),
        "reasons": list(ruling.reasons),
        "preset": ruling.preset,
        "version": ruling.version,
        "purpose": ruling.purpose,
        "zone": ruling.zone,
        "local_time": ruling.local_time,
        "evidence": ruling.evidence,
    }
