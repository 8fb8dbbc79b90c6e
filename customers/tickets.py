"""Tickets: what a caller complained of or asked for, until when it is answered, and its states."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from almanac.holiday import holidays_of
from calls.errors import Linea800Error

_SATURDAY = 5


class TicketState(StrEnum):
    """How far a ticket is."""

    OPEN = "open"
    IN_PROGRESS = "in_progress"
    SOLVED = "solved"
    CLOSED = "closed"


#: where a ticket may go from each state; from solved and closed back to open it is opened again
MOVES: Mapping[TicketState, frozenset[TicketState]] = {
    TicketState.OPEN: frozenset({TicketState.IN_PROGRESS, TicketState.SOLVED}),
    TicketState.IN_PROGRESS: frozenset({TicketState.OPEN, TicketState.SOLVED}),
    TicketState.SOLVED: frozenset({TicketState.CLOSED, TicketState.OPEN}),
    TicketState.CLOSED: frozenset({TicketState.OPEN}),
}
#: somebody still has to answer
UNSOLVED = (TicketState.OPEN, TicketState.IN_PROGRESS)


class TicketMoveError(Linea800Error):
    """The ticket may not go from `before` to `wanted`."""

    def __init__(self, number: str, before: TicketState, wanted: TicketState) -> None:
        super().__init__(f"ticket {number} is {before}, from which it cannot become {wanted}")
        self.number = number
        self.before = before
        self.wanted = wanted


class UnansweredError(Linea800Error):
    """A ticket is solved by an answer, and this one has none."""


class TakenError(Linea800Error):
    """Somebody else looks after the ticket."""

    def __init__(self, number: str, owner: str) -> None:
        super().__init__(f"agent {owner} looks after ticket {number}")
        self.owner = owner


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """One ticket. Times are UTC."""

    number: str
    pbx: str
    call_id: str
    kind: str
    #: a word of the menu
    reason: str
    account: str
    customer_id: int | None
    #: the number that called
    phone: str
    #: a message of the caller that belongs to it; "": none
    recording: str
    state: TicketState
    #: the agent who looks after it; "": nobody yet
    owner: str
    answer: str
    opened_at: datetime
    due_at: datetime
    solved_at: datetime | None = None
    ended_at: datetime | None = None
    #: when the operator's own system took it, what it is called there, how often it was tried
    told_at: datetime | None = None
    told_as: str = ""
    told_tries: int = 0

    def overdue(self, now: datetime) -> bool:
        """Whether it should have been solved by now."""
        return self.state in UNSOLVED and self.due_at < now


def changed(
    ticket: Ticket,
    now: datetime,
    *,
    state: TicketState | None = None,
    owner: str | None = None,
    answer: str | None = None,
) -> Ticket:
    """The ticket after a change; what is None stays.

    Raises `TicketMoveError`, and `UnansweredError` for one solved without an answer.
    """
    after = replace(
        ticket,
        owner=ticket.owner if owner is None else owner,
        answer=ticket.answer if answer is None else answer,
    )
    if state is None or state is ticket.state:
        return after
    if state not in MOVES[ticket.state]:
        raise TicketMoveError(ticket.number, ticket.state, state)
    if state is TicketState.SOLVED and not after.answer:
        raise UnansweredError(f"ticket {ticket.number} has no answer: give one, then solve it")
    match state:
        case TicketState.SOLVED:
            return replace(after, state=state, solved_at=now)
        case TicketState.CLOSED:
            return replace(after, state=state, ended_at=now)
        case _:
            return replace(after, state=state, solved_at=None, ended_at=None)


def taken(ticket: Ticket, agent: str) -> Ticket:
    """The ticket once an agent looks after it; raises `TakenError`, `TicketMoveError`."""
    if ticket.owner not in ("", agent):
        raise TakenError(ticket.number, ticket.owner)
    if ticket.state not in UNSOLVED:
        raise TicketMoveError(ticket.number, ticket.state, TicketState.IN_PROGRESS)
    return replace(ticket, owner=agent, state=TicketState.IN_PROGRESS)


def due(opened_at: datetime, working_days: int, zone: str, country: str) -> datetime:
    """The last second of the last working day in which it has to be answered.

    Monday to Friday without the country's holidays (ISO 3166 alpha-2) are working days, as they are
    counted in `zone`; the day itself is not counted.
    """
    local = ZoneInfo(zone)
    day = opened_at.astimezone(local).date()
    left = working_days
    while left > 0:
        day += timedelta(days=1)
        left -= _is_working_day(day, country)
    last = time(23, 59, 59)
    return datetime.combine(day, last, tzinfo=local).astimezone(UTC)


def _is_working_day(day: date, country: str) -> bool:
    return day.weekday() < _SATURDAY and day not in holidays_of(country, day.year)
