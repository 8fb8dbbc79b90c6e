"""/tickets: what callers complained of or asked for, who looks after it, and what was answered."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query
from pydantic import AwareDatetime, BaseModel, Field, StringConstraints

from agents.floor import AgentNumber
from api.access import Needs, OnlyAgent, Owner
from api.fields import Asked, PageQuery
from api.parts import Parts, Rooms
from api.persons import PhoneTold, must_see_persons
from api.problem_texts import Kind
from api.problems import ProblemError, invalid, told
from api.trail import Trail, Trailed
from customers.ticket_numbers import spoken
from customers.tickets import (
    TakenError,
    Ticket,
    TicketMoveError,
    TicketState,
    UnansweredError,
    changed,
    taken,
)
from storage.scopes import Scope
from storage.tickets import TicketFilter, TicketsSeen
from storage.tokens import TokenOwner

router = APIRouter(prefix="/tickets", tags=["tickets"])
_READ = [Depends(Needs(Scope.OWN, Scope.TICKETS_READ))]
_WRITE = [Depends(Needs(Scope.OWN, Scope.TICKETS_WRITE))]

TicketNumber = Annotated[str, Path(pattern=r"^[0-9]{10,15}$")]
_Word = Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,80}$")]
#: some lines of text: no other control characters, no marks that turn the direction of text
Lines = Annotated[
    str,
    StringConstraints(
        pattern=r"^[^\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]*$",
        max_length=4000,
        strip_whitespace=True,
    ),
]


class TicketQuery(PageQuery):
    """Which tickets; what is not given does not matter."""

    state: TicketState | None = None
    kind: _Word | None = None
    reason: _Word | None = None
    overdue: Annotated[bool | None, Field(description="Should be solved by now, or not")] = None
    customer_id: Annotated[int | None, Field(ge=1, le=2**63 - 1)] = None
    account: Annotated[str | None, Field(pattern=r"^[A-Za-z0-9._-]{1,40}$")] = None
    phone: Annotated[
        str | None,
        Field(pattern=r"^\+?[0-9]{3,20}$", description="The number that called; needs `pii:read`"),
    ] = None
    owner: Annotated[
        str | None,
        Field(pattern=r"^([0-9]{3,6})?$", description="The agent's number; empty: nobody's"),
    ] = None


class TicketTold(BaseModel):
    """One ticket."""

    number: str
    #: in the groups in which it is said
    spoken: str
    call_id: str
    kind: str
    reason: str
    account: str
    customer_id: int | None
    phone: PhoneTold
    #: a message of the caller that belongs to it; "": none
    recording: str
    state: TicketState
    #: the agent who looks after it; "": nobody yet
    owner: str
    answer: str
    opened_at: AwareDatetime
    due_at: AwareDatetime
    overdue: bool
    solved_at: AwareDatetime | None
    ended_at: AwareDatetime | None
    #: when the operator's own system took it, and what it is called there
    told_at: AwareDatetime | None
    told_as: str


class Tickets(BaseModel):
    """A page of tickets, the one opened last first; `next_cursor` null: there are no more."""

    items: list[TicketTold]
    next_cursor: str | None


class TicketSummary(BaseModel):
    """How many there are now."""

    by_state: dict[TicketState, int]
    #: not solved, and they should be by now
    overdue: int
    #: the operator's own system has not taken them yet
    untold: int


class TicketChange(Asked):
    """What is to become of a ticket; what is not given stays."""

    state: TicketState | None = None
    owner: Annotated[
        AgentNumber | None, Field(description="Who looks after it; null: it stays with whom it is")
    ] = None
    given_back: Annotated[bool, Field(description="Nobody looks after it any more")] = False
    answer: Lines | None = None


@router.get("", dependencies=_READ)
async def tickets(
    rooms: Rooms, owner: Owner, query: Annotated[TicketQuery, Query()], agent: OnlyAgent
) -> Tickets:
    """Tickets, the one opened last first; agents see their own and those that are nobody's."""
    must_see_persons(owner, query.phone)
    wanted = TicketFilter(
        **query.model_dump(exclude=set(PageQuery.model_fields)),
        within_reach_of=agent,
        seen=_seen(owner),
    )
    page = await rooms.tickets.page(wanted, rooms.now(), query.cursor, query.limit)
    return Tickets(
        items=[_told(rooms, ticket) for ticket in page.tickets], next_cursor=page.next_cursor
    )


@router.get("/summary", dependencies=[Depends(Needs(Scope.TICKETS_READ))])
async def ticket_summary(rooms: Rooms, owner: Owner) -> TicketSummary:
    """How many there are in each state, how many are overdue."""
    counts = await rooms.tickets.counts(rooms.now(), _seen(owner))
    return TicketSummary(by_state=counts.by_state, overdue=counts.overdue, untold=counts.untold)


@router.get("/{number}", dependencies=_READ, responses=told(Kind.NO_SUCH_TICKET))
async def one_ticket(rooms: Rooms, owner: Owner, number: TicketNumber) -> TicketTold:
    """One ticket, whoever looks after it: its caller may be on the line."""
    ticket = await rooms.tickets.get(number, _seen(owner))
    if ticket is None:
        raise ProblemError(Kind.NO_SUCH_TICKET, number=number)
    return _told(rooms, ticket)


@router.post(
    "/{number}/take",
    dependencies=_WRITE,
    responses=told(
        Kind.NO_SUCH_TICKET, Kind.TICKET_TAKEN, Kind.TICKET_NOT_NOW, Kind.NO_NUMBER_OF_YOUR_OWN
    ),
)
async def take_ticket(
    rooms: Rooms, number: TicketNumber, owner: Owner, trail: Trailed
) -> TicketTold:
    """The token's agent looks after the ticket from now on."""
    agent = owner.agent
    if agent is None:
        raise ProblemError(Kind.NO_NUMBER_OF_YOUR_OWN)
    try:
        found = await rooms.tickets.change(
            number, lambda ticket: taken(ticket, agent), _seen(owner)
        )
    except TakenError as error:
        raise ProblemError(Kind.TICKET_TAKEN, number=number, owner=error.owner) from error
    except TicketMoveError as error:
        raise _not_now(error) from error
    return await _changed(rooms, trail, "ticket.take", number, found)


@router.patch(
    "/{number}",
    dependencies=_WRITE,
    responses=told(
        Kind.NO_SUCH_TICKET, Kind.TICKET_NOT_NOW, Kind.NOT_YOUR_TICKET, Kind.NOT_YOUR_NUMBER
    ),
)
async def change_ticket(
    rooms: Rooms,
    owner: Owner,
    number: TicketNumber,
    asked: TicketChange,
    agent: OnlyAgent,
    trail: Trailed,
) -> TicketTold:
    """Change state, owner or answer; agents only those of their own tickets."""
    if asked.owner is not None:
        if asked.given_back:
            raise invalid("body.given_back", "one_of_two", other="owner")
        if agent not in (None, asked.owner):
            raise ProblemError(Kind.NOT_YOUR_NUMBER, own=agent, number=asked.owner)
        if rooms.floor.agent(asked.owner) is None:
            raise invalid("body.owner", "no_such_agent")
    now = rooms.now()

    def decide(ticket: Ticket) -> Ticket:
        if agent not in (None, ticket.owner):
            raise ProblemError(Kind.NOT_YOUR_TICKET, number=number)
        return changed(
            ticket,
            now,
            state=asked.state,
            owner="" if asked.given_back else asked.owner,
            answer=asked.answer,
        )

    try:
        found = await rooms.tickets.change(number, decide, _seen(owner))
    except UnansweredError as error:
        raise invalid("body.answer", "missing") from error
    except TicketMoveError as error:
        raise _not_now(error) from error
    return await _changed(rooms, trail, "ticket.change", number, found)


def _seen(owner: TokenOwner) -> TicketsSeen:
    return TicketsSeen(queues=owner.queues, agent=owner.agent)


def _not_now(error: TicketMoveError) -> ProblemError:
    return ProblemError(
        Kind.TICKET_NOT_NOW, number=error.number, state=error.before, wanted=error.wanted
    )


async def _changed(
    rooms: Parts, trail: Trail, action: str, number: str, found: tuple[Ticket, Ticket] | None
) -> TicketTold:
    if found is None:
        raise ProblemError(Kind.NO_SUCH_TICKET, number=number)
    before, after = (_state(ticket) for ticket in found)
    if before != after:
        different = [name for name in after if before[name] != after[name]]
        await trail.leave(
            action,
            f"tickets/{number}",
            before={name: before[name] for name in different},
            after={name: after[name] for name in different},
        )
    return _told(rooms, found[1])


def _state(ticket: Ticket) -> dict[str, Any]:
    return {"state": ticket.state.value, "owner": ticket.owner, "answer": ticket.answer}


def _told(rooms: Parts, ticket: Ticket) -> TicketTold:
    values = {name: getattr(ticket, name) for name in TicketTold.model_fields.keys() & _OF_TICKET}
    return TicketTold(**values, spoken=spoken(ticket.number), overdue=ticket.overdue(rooms.now()))


_OF_TICKET = frozenset(Ticket.__slots__)
