"""/customers: who they are, what is noted of them, and what we had to do with each other."""

from __future__ import annotations

import logging
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, Field

from api.access import Needs, Owner
from api.customer_at_hand import ContactTold, CustomerSeen
from api.customer_fields import (
    CustomerAsked,
    CustomerPath,
    CustomerTold,
    NoteAsked,
    NoteTold,
    own_country,
)
from api.fields import PageQuery
from api.parts import Parts, Rooms
from api.persons import must_see_persons
from api.problem_texts import Kind
from api.problems import ProblemError, told
from api.trail import Trail, Trailed
from customers.customer import Customer, changed_fields
from storage.customer_erasing import Erased
from storage.customer_rows import KnownCustomer
from storage.customers import TakenError
from storage.errors import DatabaseRefusedError
from storage.recordings import SoundKeptError, SoundMissingError
from storage.scopes import Scope

log = logging.getLogger(__name__)

router = APIRouter(prefix="/customers", tags=["customers"])
_READ = [Depends(Needs(Scope.CUSTOMERS_READ))]
_WRITE = [Depends(Needs(Scope.CUSTOMERS_WRITE))]
#: an agent the one of the call in hand
_SEE = [Depends(Needs(Scope.OWN, Scope.CUSTOMERS_READ))]
_NOTE = [Depends(Needs(Scope.OWN, Scope.CUSTOMERS_WRITE))]
_MISSING = told(Kind.NO_SUCH_CUSTOMER)
_SEEN = told(Kind.NO_SUCH_CUSTOMER, Kind.NOT_YOUR_CUSTOMER)


class CustomerQuery(PageQuery):
    """Which customers."""

    search: Annotated[
        str,
        Field(
            max_length=100,
            description="Part of a name, the end of a phone number (six digits or more), a whole "
            "account, or a whole external id",
        ),
    ] = ""


class Customers(BaseModel):
    """A page of customers, newest first; `next_cursor` null: there are no more."""

    items: list[CustomerTold]
    next_cursor: str | None


class CustomerCard(CustomerTold):
    """A customer, and what is to be kept in sight."""

    pinned_notes: list[NoteTold]


class Notes(BaseModel):
    """A page of notes, newest first; `next_cursor` null: there are no more."""

    items: list[NoteTold]
    next_cursor: str | None


class Contacts(BaseModel):
    """A page of contacts, newest first; `next_cursor` null: there are no more."""

    items: list[ContactTold]
    next_cursor: str | None


class ErasedTold(BaseModel):
    """What stays without the person."""

    calls: int
    tickets: int
    #: spoken messages that could not be removed, by their names; the log says why
    recordings_left: list[str]
    #: and whether some of what was recorded of their calls could not be, or is held
    call_recordings_left: bool


@router.get("", dependencies=_READ)
async def customers(
    rooms: Rooms, owner: Owner, query: Annotated[CustomerQuery, Query()]
) -> Customers:
    """Customers, newest first."""
    must_see_persons(owner, query.search)
    page = await rooms.customers.page(query.search.strip(), cursor=query.cursor, limit=query.limit)
    return Customers(items=list(map(CustomerTold.of, page.customers)), next_cursor=page.next_cursor)


@router.post(
    "",
    status_code=201,
    dependencies=_WRITE,
    responses={
        200: {"model": CustomerTold, "description": "Was there, by its `external_id`"},
        **told(Kind.CUSTOMER_TAKEN),
    },
)
async def add(
    rooms: Rooms, trail: Trailed, asked: CustomerAsked, response: Response
) -> CustomerTold:
    """Keep a customer; one with this `external_id` becomes what is given here."""
    there = await rooms.customers.by_external_id(asked.external_id.strip())
    before, after = await _put(rooms, asked, there, None)
    if before is not None:
        response.status_code = 200
    await _leave(trail, before, after)
    return CustomerTold.of(after)


@router.get("/{customer_id}", dependencies=_SEE, responses=_SEEN)
async def one(rooms: Rooms, customer_id: CustomerSeen) -> CustomerCard:
    """One customer; an agent sees the one of the call in hand."""
    known = await _known(rooms, customer_id)
    notes = [NoteTold.of(each) for each in await rooms.customers.pinned(customer_id)]
    return CustomerCard(**CustomerTold.of(known).model_dump(), pinned_notes=notes)


@router.put(
    "/{customer_id}",
    dependencies=_WRITE,
    responses=told(Kind.NO_SUCH_CUSTOMER, Kind.CUSTOMER_TAKEN),
)
async def replace(
    rooms: Rooms, trail: Trailed, customer_id: CustomerPath, asked: CustomerAsked
) -> CustomerTold:
    """The customer becomes what is given here; what is left out goes, but the proof."""
    known = await _known(rooms, customer_id)
    before, after = await _put(rooms, asked, known, customer_id)
    await _leave(trail, before, after)
    return CustomerTold.of(after)


@router.delete("/{customer_id}", dependencies=_WRITE, responses=_MISSING)
async def erase(rooms: Rooms, trail: Trailed, customer_id: CustomerPath) -> ErasedTold:
    """Forget the customer: calls and tickets stay, and say no more whose they were."""
    erased = await rooms.erasing.erase(customer_id)
    if erased is None:
        raise ProblemError(Kind.NO_SUCH_CUSTOMER, customer_id=customer_id)
    left = [name for name in erased.recordings if not await _removed(rooms, name)]
    told_of = ErasedTold(
        calls=erased.calls, tickets=erased.tickets, recordings_left=left,
        call_recordings_left=not await _talks_removed(rooms, erased),
    )  # fmt: skip
    await trail.leave(
        "customer.erase", f"customers/{customer_id}",
        before={"fields": list(changed_fields(None, erased.customer.customer))},
        after=told_of.model_dump(),
    )  # fmt: skip
    return told_of


@router.get("/{customer_id}/notes", dependencies=_SEE, responses=_SEEN)
async def notes(
    rooms: Rooms, customer_id: CustomerSeen, query: Annotated[PageQuery, Query()]
) -> Notes:
    """What was noted of the customer, newest first."""
    await _known(rooms, customer_id)
    page = await rooms.customers.notes(customer_id, cursor=query.cursor, limit=query.limit)
    return Notes(items=[NoteTold.of(each) for each in page.notes], next_cursor=page.next_cursor)


@router.post("/{customer_id}/notes", dependencies=_NOTE, status_code=201, responses=_SEEN)
async def add_note(
    rooms: Rooms, trail: Trailed, customer_id: CustomerSeen, asked: NoteAsked
) -> NoteTold:
    """Note something of the customer; an agent of the one whose call is in hand."""
    note = await rooms.customers.add_note(
        customer_id, asked.text, author=trail.agent or trail.who, pinned=asked.pinned,
        now=rooms.now(),
    )  # fmt: skip
    if note is None:
        raise ProblemError(Kind.NO_SUCH_CUSTOMER, customer_id=customer_id)
    # the text is about a person, who may want it gone: the audit stays
    after = {"note": note.id, "pinned": note.pinned}
    await trail.leave("customer.note", f"customers/{customer_id}", after=after)
    return NoteTold.of(note)


@router.get("/{customer_id}/history", dependencies=_SEE, responses=_SEEN)
async def history(
    rooms: Rooms, owner: Owner, customer_id: CustomerSeen, query: Annotated[PageQuery, Query()]
) -> Contacts:
    """Calls, tickets, messages, surveys and attempts of campaigns, newest first."""
    await _known(rooms, customer_id)
    page = await rooms.contacts.page(
        customer_id, seen_queues=owner.queues, cursor=query.cursor, limit=query.limit
    )
    items = [ContactTold.model_validate(each, from_attributes=True) for each in page.contacts]
    return Contacts(items=items, next_cursor=page.next_cursor)


async def _removed(rooms: Parts, recording: str) -> bool:
    """A voice is a person, too."""
    try:
        await rooms.recordings.remove(recording)
    except (SoundKeptError, SoundMissingError) as error:
        log.error("an erased customer's message stays: %s", error)
        return False
    return True


async def _talks_removed(rooms: Parts, erased: Erased) -> bool:
    """Whether nothing that was recorded of their calls is there any more."""
    try:
        held = await rooms.call_recordings.remove_of_calls(erased.keys, "customer erased")
    except SoundKeptError as error:
        log.error("an erased customer's recorded talk stays: %s", error)
        return False
    return not held


async def _known(rooms: Parts, customer_id: int) -> KnownCustomer:
    known = await rooms.customers.one(customer_id)
    if known is None:
        raise ProblemError(Kind.NO_SUCH_CUSTOMER, customer_id=customer_id)
    return known


async def _put(
    rooms: Parts, asked: CustomerAsked, there: KnownCustomer | None, customer_id: int | None
) -> tuple[KnownCustomer | None, KnownCustomer]:
    """As the store; what is taken, or gone meanwhile, as a problem."""
    proof = there.customer.proof if there is not None else ""
    customer = asked.customer(own_country(rooms), proof)
    try:
        return await rooms.customers.put(customer, rooms.now(), customer_id=customer_id)
    except TakenError as error:
        raise ProblemError(Kind.CUSTOMER_TAKEN, field=error.field, value=error.value) from error
    except DatabaseRefusedError as error:
        # two asked for it in the same moment
        value = customer.external_id
        raise ProblemError(Kind.CUSTOMER_TAKEN, field="external_id", value=value) from error
    except KeyError as error:
        raise ProblemError(Kind.NO_SUCH_CUSTOMER, customer_id=customer_id) from error


async def _leave(trail: Trail, before: KnownCustomer | None, after: KnownCustomer) -> None:
    """Which fields were changed, and never what they say: the audit is kept, the person may go."""
    was: Customer | None = before.customer if before is not None else None
    names = list(changed_fields(was, after.customer))
    action = "customer.add" if before is None else "customer.change"
    await trail.leave(action, f"customers/{after.id}", after={"fields": names})
