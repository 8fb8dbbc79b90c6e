"""The customer of the call that an agent has in hand: the one whom that agent may look at."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends
from pydantic import AwareDatetime, BaseModel

from api.access import OnlyAgent
from api.customer_fields import AccountTold, CustomerPath, NoteTold, account_told, own_country
from api.parts import Parts, Rooms
from api.persons import NameTold
from api.problem_texts import Kind
from api.problems import ProblemError
from calls.call import Direction
from dialer.phone_rules import written_ways
from monitoring.record import CallRecord
from storage.customer_numbers import kept_ways
from storage.customer_rows import KnownCustomer

_LAST_CONTACTS = 5


class OpenTicketTold(BaseModel):
    """A ticket that somebody has to do something about."""

    number: str
    kind: str
    state: str
    #: the agent who looks after it; "" nobody yet
    owner: str
    opened_at: AwareDatetime
    due_at: AwareDatetime


class ContactTold(BaseModel):
    """One time that the customer and we had to do with each other."""

    at: AwareDatetime
    #: call, ticket, message, survey, attempt
    kind: str
    key: str
    #: "": in no call
    call_id: str
    #: the reason of a call, the kind of a ticket, the purpose of a message, the question, the
    #: campaign
    about: str
    #: the outcome of a call or attempt, the state of a ticket, the answer; "" nothing yet
    result: str
    #: whom the customer talked to, or who looks after it
    agent: str


class CustomerAtHand(BaseModel):
    """Who calls, as far as an agent has to know at once."""

    id: int
    name: NameTold
    first_name: NameTold
    segment: str
    language: str
    #: by more than the number that calls
    proven: bool
    #: the account that the caller told or has; "" when that is not sure
    account: str
    #: why the customer calls, by a word of the menu
    reason: str
    accounts: list[AccountTold]
    open_tickets: list[OpenTicketTold]
    pinned_notes: list[NoteTold]
    #: this call is not among them
    last_contacts: list[ContactTold]


async def record_at_hand(rooms: Parts, call_id: str) -> CallRecord | None:
    """The record in hand; a call written up for long may be in the database already."""
    if not call_id:
        return None
    in_hand = rooms.recorder.record(call_id)
    return in_hand or await rooms.calls.get(rooms.floor.pbx, call_id)


async def customer_of(rooms: Parts, record: CallRecord) -> KnownCustomer | None:
    """Whose call it is: as the menu said, else by the number if it is one customer's alone."""
    if record.customer_id is not None:
        return await rooms.customers.one(record.customer_id)
    if record.direction == Direction.DIALED:
        return await rooms.customers.by_number(written_ways(record.number_called))
    ways = kept_ways(record.caller_number, own_country(rooms))
    return await rooms.customers.by_number(ways)


async def at_hand(
    rooms: Parts, record: CallRecord, seen_queues: frozenset[str] | None
) -> CustomerAtHand | None:
    """The customer of a call for the agent who has it, with what was in the queues they see."""
    known = await customer_of(rooms, record)
    if known is None:
        return None
    one = known.customer
    page = await rooms.contacts.page(known.id, seen_queues=seen_queues, limit=_LAST_CONTACTS + 1)
    before = [each for each in page.contacts if each.call_id != record.call_id]
    only = one.accounts[0].account if len(one.accounts) == 1 else ""
    return CustomerAtHand(
        id=known.id,
        name=one.name,
        first_name=one.first_name,
        segment=one.segment,
        language=one.language,
        proven=record.proven,
        account=record.account or only,
        reason=record.reason,
        accounts=[account_told(each) for each in one.accounts],
        open_tickets=[
            OpenTicketTold.model_validate(each, from_attributes=True)
            for each in await rooms.contacts.open_tickets(known.id, seen_queues=seen_queues)
        ],
        pinned_notes=[NoteTold.of(each) for each in await rooms.customers.pinned(known.id)],
        last_contacts=[
            ContactTold.model_validate(each, from_attributes=True)
            for each in before[:_LAST_CONTACTS]
        ],
    )


async def _may_be_seen(rooms: Rooms, agent: OnlyAgent, customer_id: CustomerPath) -> int:
    if agent is not None:
        status = rooms.roster.get(agent)
        record = await record_at_hand(rooms, status.call_id) if status is not None else None
        known = await customer_of(rooms, record) if record is not None else None
        if known is None or known.id != customer_id:
            raise ProblemError(Kind.NOT_YOUR_CUSTOMER, customer_id=customer_id)
    return customer_id


#: the customer a route is about: with an agent's token only the one of the call in hand
CustomerSeen = Annotated[int, Depends(_may_be_seen)]
