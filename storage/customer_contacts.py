"""What a customer and we had to do with each other: calls, tickets, messages, surveys, campaigns.

A call is the customer's when the menu said so; else when it came from a number that is the
customer's alone. What two customers share is in nobody's history.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Select,
    Text,
    and_,
    case,
    cast,
    func,
    literal,
    or_,
    select,
    tuple_,
    union_all,
)

from dialer.phone_rules import written_ways
from storage import cursors
from storage.columns import UtcDateTime
from storage.customer_numbers import shown_ways
from storage.database import Database
from storage.tables import (
    attempts,
    calls,
    customer_phones,
    queue_stays,
    recordings,
    survey_answers,
    tickets,
)
from storage.within_queues import call_was_in, campaigns_of

#: those that somebody has to do something about
OPEN_STATES = ("open", "in_progress")
#: why somebody called before counts so long
REASONS_HOURS = 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """One time that we had to do with each other."""

    at: datetime
    #: call, ticket, message, survey, attempt
    kind: str
    #: which one: a call's id, a ticket's number, a recording, a call and its question, an attempt
    key: str
    #: the call in which it was; "" none
    call_id: str
    #: the reason of a call, the kind of a ticket, the purpose of a message, the question, the
    #: campaign
    about: str
    #: the outcome of a call or attempt, the state of a ticket, the answer; "" nothing yet
    result: str
    #: whom the customer talked to, or who looks after it
    agent: str


@dataclass(frozen=True, slots=True)
class ContactPage:
    """Contacts, newest first, and the cursor with which the list goes on (None: it is over)."""

    contacts: list[Contact]
    next_cursor: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenTicket:
    """A ticket that somebody has to do something about."""

    number: str
    kind: str
    state: str
    #: the agent who looks after it; "" nobody yet
    owner: str
    opened_at: datetime
    due_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketState:
    """How a ticket is."""

    kind: str
    state: str
    due_at: datetime


class ContactStore:
    """The contacts of customers."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def page(
        self,
        customer_id: int,
        *,
        seen_queues: frozenset[str] | None = None,
        cursor: str | None = None,
        limit: int = 100,
    ) -> ContactPage:
        """A page of the customer's contacts, newest first.

        Only of calls that were in one of `seen_queues`, and of campaigns that dial for one.
        Raises `CursorError`, and `ValueError` when `limit` is not 1 to 1000.
        """
        cursors.check_limit(limit)
        start = cursors.decode(cursor, 2) if cursor is not None else None

        def read(connection: Connection) -> ContactPage:
            every = _every(customer_id, own_numbers(connection, customer_id), seen_queues)
            rows = connection.execute(_newest(every, start, limit)).all()
            found = [Contact(**row._mapping) for row in rows[:limit]]
            if len(rows) <= limit:
                return ContactPage(found, None)
            last = found[-1]
            return ContactPage(found, cursors.encode(last.at, last.kind, last.key))

        return await self._database.read(read)

    async def open_tickets(
        self, customer_id: int, most: int = 20, seen_queues: frozenset[str] | None = None
    ) -> list[OpenTicket]:
        """What is open of the customer, the newest first; `seen_queues` as of `page`."""
        names = ("number", "kind", "state", "owner", "opened_at", "due_at")
        statement = (
            select(*(tickets.c[name] for name in names))
            .where(
                tickets.c.customer_id == customer_id,
                tickets.c.state.in_(OPEN_STATES),
                *_of_those(seen_queues, tickets.c.pbx, tickets.c.call_id),
            )
            .order_by(tickets.c.opened_at.desc(), tickets.c.number.desc())
            .limit(most)
        )
        return [OpenTicket(**row._mapping) for row in await self._database.rows(statement)]

    async def ticket(self, number: str) -> TicketState | None:
        """The ticket with this number."""
        statement = select(tickets.c.kind, tickets.c.state, tickets.c.due_at)
        rows = await self._database.rows(statement.where(tickets.c.number == number))
        return TicketState(**rows[0]._mapping) if rows else None

    async def reasons(self, customer_id: int, call_id: str, now: datetime) -> tuple[str, ...]:
        """Why the customer called within the last 24 hours, in other calls; the newest first."""
        last = func.max(calls.c.arrived_at)
        statement = (
            select(calls.c.reason)
            .where(
                calls.c.customer_id == customer_id,
                calls.c.arrived_at > now - timedelta(hours=REASONS_HOURS),
                calls.c.call_id != call_id,
                calls.c.reason != "",
            )
            .group_by(calls.c.reason)
            .order_by(last.desc(), calls.c.reason)
        )
        return tuple(row.reason for row in await self._database.rows(statement))


def own_numbers(connection: Connection, customer_id: int) -> list[str]:
    """The numbers that are this customer's and nobody else's."""
    other = customer_phones.alias("other")
    mine = select(customer_phones.c.number).where(customer_phones.c.customer_id == customer_id)
    found = list(connection.execute(mine).scalars())
    every = [way for number in found for way in written_ways(number)]
    shared = select(other.c.number).where(
        other.c.number.in_(every), other.c.customer_id != customer_id
    )
    taken = {way for one in connection.execute(shared).scalars() for way in written_ways(one)}
    return [number for number in found if number not in taken]


def calls_of(customer_id: int, numbers: Sequence[str]) -> ColumnElement[bool]:
    """That an inbound call is the customer's."""
    shown = [way for number in numbers for way in shown_ways(number)]
    by_number = and_(calls.c.customer_id.is_(None), calls.c.caller_number.in_(shown))
    return and_(calls.c.direction == "inbound", or_(calls.c.customer_id == customer_id, by_number))


def _of_those(
    queues: frozenset[str] | None, pbx: Column[Any], call_id: Column[Any]
) -> list[ColumnElement[bool]]:
    return [] if queues is None else [call_was_in(pbx, call_id, queues)]


def _every(
    customer_id: int, numbers: Sequence[str], queues: frozenset[str] | None
) -> list[Select[Any]]:
    """A select of each kind of contact, all of the same columns."""
    theirs = calls_of(customer_id, numbers)
    shown = [way for number in numbers for way in shown_ways(number)]
    dialed = [way for number in numbers for way in written_ways(number)]
    in_call = tuple_(recordings.c.pbx, recordings.c.call_id)
    talked = (
        select(queue_stays.c.agent)
        .where(
            queue_stays.c.pbx == calls.c.pbx,
            queue_stays.c.call_id == calls.c.call_id,
            queue_stays.c.connected_at.is_not(None),
        )
        .order_by(queue_stays.c.ordinal.desc())
        .limit(1)
        .scalar_subquery()
    )
    heard = case(
        (recordings.c.removed_at.is_not(None), "removed"),
        (recordings.c.heard_at.is_not(None), "heard"),
        else_="",
    )
    no_one = and_(tickets.c.customer_id.is_(None), tickets.c.phone.in_(shown))
    asked = survey_answers.c
    of_survey = and_(asked.pbx == calls.c.pbx, asked.call_id == calls.c.call_id)
    theirs = and_(theirs, *_of_those(queues, calls.c.pbx, calls.c.call_id))
    dialed_for = [] if queues is None else [attempts.c.campaign_id.in_(campaigns_of(queues))]
    return [
        _told("call", calls.c.arrived_at, calls.c.call_id, calls.c.call_id, calls.c.reason,
              calls.c.outcome, func.coalesce(talked, "")).where(theirs),
        _told("ticket", tickets.c.opened_at, tickets.c.number, tickets.c.call_id, tickets.c.kind,
              tickets.c.state, tickets.c.owner)
        .where(or_(tickets.c.customer_id == customer_id, no_one),
               *_of_those(queues, tickets.c.pbx, tickets.c.call_id)),
        _told("message", recordings.c.at, recordings.c.recording, recordings.c.call_id,
              recordings.c.purpose, heard, literal(""))
        .where(in_call.in_(select(calls.c.pbx, calls.c.call_id).where(theirs))),
        _told("survey", asked.asked_at, asked.call_id + "/" + asked.question, asked.call_id,
              asked.question, func.coalesce(cast(asked.answer, Text), ""), literal(""))
        .join(calls, of_survey).where(theirs),
        _told("attempt", attempts.c.intended_at, attempts.c.id, attempts.c.id,
              attempts.c.campaign_id, func.coalesce(attempts.c.outcome, ""), attempts.c.agent)
        .where(attempts.c.number.in_(dialed), *dialed_for),
    ]  # fmt: skip


def _told(kind: str, at: ColumnElement[Any], *rest: ColumnElement[Any]) -> Select[Any]:
    names = ("key", "call_id", "about", "result", "agent")
    others = (cast(value, Text).label(name) for name, value in zip(names, rest, strict=True))
    return select(at.label("at"), literal(kind, Text).label("kind"), *others)


def _newest(
    every: Sequence[Select[Any]], start: tuple[datetime, list[str]] | None, limit: int
) -> Select[Any]:
    """One more than asked for: whether the list goes on."""
    found = union_all(*every).subquery("contacts")
    order = (found.c.at, found.c.kind, found.c.key)
    statement = select(found).order_by(*(column.desc() for column in order)).limit(limit + 1)
    if start is None:
        return statement
    at, keys = start
    after = tuple_(*order) < tuple_(at, *keys, types=[UtcDateTime(), Text(), Text()])
    return statement.where(after)
