"""What the calling rules are asked with, and the rulings that are kept as proof."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BindParameter, Connection, bindparam, or_, select

from customers.customer import Purpose
from dialer.attempt import Outcome
from dialer.phone_rules import written_ways
from dialer.rules.frequency import Kind, Past
from dialer.ruling import Candidate, Judge, Ruling, Seen
from storage.tables import (
    attempts,
    customer_phones,
    customers,
    do_not_call,
    register_numbers,
    registers,
)

_numbers: BindParameter[Any] = bindparam("numbers", expanding=True)
_names: BindParameter[Any] = bindparam("names", expanding=True)

# --- asked for every reservation, so built once: to build a statement costs more than to run it

_PAST = (
    select(
        attempts.c.lead_id,
        attempts.c.number,
        attempts.c.intended_at,
        attempts.c.outcome,
        attempts.c.contact,
    )
    .where(
        or_(
            attempts.c.number.in_(_numbers),
            attempts.c.lead_id.in_(bindparam("leads", expanding=True)),
        ),
        attempts.c.intended_at >= bindparam("since"),
    )
    .order_by(attempts.c.intended_at)
)
_DO_NOT_CALL = select(do_not_call.c.number, do_not_call.c.campaign_id).where(
    do_not_call.c.number.in_(_numbers),
    or_(do_not_call.c.campaign_id == "", do_not_call.c.campaign_id == bindparam("campaign")),
    do_not_call.c.removed_at.is_(None),
)
#: one number may be a family's: then the word of each of them counts
_CONSENTS = (
    select(customer_phones.c.number, customers.c.consents)
    .join(customers, customers.c.id == customer_phones.c.customer_id)
    .where(customer_phones.c.number.in_(_numbers), customers.c.consents.is_not(None))
)
_LISTED = (
    select(register_numbers.c.number, register_numbers.c.register)
    .join(
        registers,
        (registers.c.name == register_numbers.c.register)
        & (registers.c.generation == register_numbers.c.generation),
    )
    .where(register_numbers.c.number.in_(_numbers), register_numbers.c.register.in_(_names))
)
_AS_OF = select(registers.c.name, registers.c.as_of).where(registers.c.name.in_(_names))


def seen(
    connection: Connection,
    campaign_id: str,
    candidates: Sequence[Candidate],
    judge: Judge,
    now: datetime,
) -> dict[int, Seen]:
    """What the records say of each candidate, by lead."""
    numbers = [candidate.number for candidate in candidates]
    past = _past(connection, candidates, now - timedelta(days=judge.history_days))
    listed = _listed(connection, campaign_id, numbers, judge.registers)
    return {
        candidate.lead_id: Seen(
            past=tuple(past[candidate.lead_id]),
            listed=frozenset(listed.get(candidate.number, ())),
        )
        for candidate in candidates
    }


def _past(
    connection: Connection, candidates: Sequence[Candidate], since: datetime
) -> dict[int, list[Past]]:
    ways = {candidate.lead_id: written_ways(candidate.number) for candidate in candidates}
    numbers = [way for found in ways.values() for way in found]
    ids = [candidate.lead_id for candidate in candidates]
    found: dict[int, list[Past]] = {lead_id: [] for lead_id in ids}
    for row in connection.execute(_PAST, {"numbers": numbers, "leads": ids, "since": since}):
        for candidate in candidates:
            lead = row.lead_id == candidate.lead_id
            number = row.number in ways[candidate.lead_id]
            if lead or number:
                kind = _kind(row.outcome, row.contact)
                past = Past(row.intended_at, kind, this_number=number, this_lead=lead)
                found[candidate.lead_id].append(past)
    return found


def _kind(outcome: str | None, contact: int | None) -> Kind:
    """How far a person was reached; a talk is a contact unless the agent said otherwise.

    Who was hung up on as a machine is one where the agent says that it was the person.
    """
    if outcome == Outcome.ABANDONED:
        return Kind.ABANDONED
    if contact == 1 or (outcome == Outcome.CONNECTED and contact != 0):
        return Kind.CONTACT
    return Kind.ATTEMPT


def _listed(
    connection: Connection, campaign_id: str, numbers: Sequence[str], names: Sequence[str]
) -> dict[str, list[str]]:
    ways = {number: written_ways(number) for number in numbers}
    every = sorted({way for found in ways.values() for way in found})
    where: dict[str, list[str]] = {}
    asked = {"numbers": every, "campaign": campaign_id}
    for number, of_campaign in connection.execute(_DO_NOT_CALL, asked):
        where.setdefault(number, []).append("campaign" if of_campaign else "own")
    for number, consents in connection.execute(_CONSENTS, {"numbers": every}):
        if consents.get(Purpose.CALL, {}).get("given") is False:
            where.setdefault(number, []).append("customer")
    if names:
        for number, name in connection.execute(_LISTED, {"numbers": every, "names": names}):
            where.setdefault(number, []).append(name)
    return {
        number: [place for way in found for place in where.get(way, ())]
        for number, found in ways.items()
    }


def registers_as_of(connection: Connection, names: Sequence[str]) -> dict[str, datetime]:
    """Of when each of these registers is; one that was never loaded is not there."""
    if not names:
        return {}
    return {row.name: row.as_of for row in connection.execute(_AS_OF, {"names": names})}


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
