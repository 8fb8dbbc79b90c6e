"""Tickets as they are worked on: found, taken, answered, told to the operator's own system."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, func, not_, or_, select, update

from customers.ticket_numbers import is_number
from customers.tickets import UNSOLVED, Ticket, TicketState
from storage import cursors
from storage.database import Database
from storage.tables import ticket_numbers, tickets
from storage.within_queues import call_was_in

_NEWEST_FIRST = (tickets.c.opened_at, tickets.c.number)
#: what is done with a ticket; the rest is as it was opened
_WORKED_ON = ("state", "owner", "answer", "solved_at", "ended_at")


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketsSeen:
    """Whose tickets are seen: those of calls that were in these queues, and the agent's own."""

    #: None: all
    queues: frozenset[str] | None = None
    agent: str | None = None


EVERYBODYS = TicketsSeen()


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketFilter:
    """Which tickets; what is None does not matter."""

    state: TicketState | None = None
    kind: str | None = None
    reason: str | None = None
    #: with it or without it, at this moment
    overdue: bool | None = None
    customer_id: int | None = None
    phone: str | None = None
    account: str | None = None
    owner: str | None = None
    #: this agent's, and those that nobody looks after
    within_reach_of: str | None = None
    seen: TicketsSeen = EVERYBODYS


@dataclass(frozen=True, slots=True)
class TicketPage:
    """Tickets, the one opened last first, and the cursor with which the list goes on."""

    tickets: list[Ticket]
    next_cursor: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketCounts:
    """How many there are now."""

    by_state: dict[TicketState, int]
    #: not solved, and they should be by now
    overdue: int
    #: the operator's own system has not taken them yet
    untold: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketStatus:
    """What a caller is told of a ticket."""

    state: TicketState
    kind: str
    due_at: datetime


class TicketStore:
    """Reads tickets and changes what is done with them; opened they are by `service_rows`."""

    def __init__(self, database: Database) -> None:
        self._database = database
        insert = database.insert(ticket_numbers)
        self._take = insert.on_conflict_do_update(
            index_elements=["series"],
            set_={"next": ticket_numbers.c.next + insert.excluded.next - 1},
        ).returning(ticket_numbers.c.next)

    async def take_numbers(self, year: int, count: int) -> int:
        """Set aside `count` running numbers of a year, for good; gives the first of them.

        Whoever asks at the same time, in whatever process, gets others. Raises
        `DatabaseUnavailableError`: then some may be set aside that nobody uses.
        """
        row = {"series": str(year), "next": count + 1}

        def write(connection: Connection) -> int:
            return int(connection.execute(self._take, row).scalar_one())

        return await self._database.write(write) - count

    async def page(
        self, wanted: TicketFilter, now: datetime, cursor: str | None = None, limit: int = 100
    ) -> TicketPage:
        """A page of tickets; raises `CursorError`, `ValueError` unless `limit` is 1 to 1000."""
        cursors.check_limit(limit)
        where = _conditions(wanted, now)
        if cursor is not None:
            where.append(cursors.after(cursor, _NEWEST_FIRST))
        order = [column.desc() for column in _NEWEST_FIRST]
        rows = await self._database.rows(
            select(tickets).where(*where).order_by(*order).limit(limit + 1)
        )
        found = [_ticket(row) for row in rows[:limit]]
        if len(rows) <= limit:
            return TicketPage(found, None)
        return TicketPage(found, cursors.encode(found[-1].opened_at, found[-1].number))

    async def get(self, number: str, seen: TicketsSeen = EVERYBODYS) -> Ticket | None:
        """The ticket with this number."""
        where = [tickets.c.number == number, *_seen(seen)]
        rows = await self._database.rows(select(tickets).where(*where))
        return _ticket(rows[0]) if rows else None

    async def status(self, number: str) -> TicketStatus | None:
        """What a caller who knows the number is told; no answer of a database for a wrong one."""
        ticket = await self.get(number) if is_number(number) else None
        if ticket is None:
            return None
        return TicketStatus(state=ticket.state, kind=ticket.kind, due_at=ticket.due_at)

    async def change(
        self, number: str, decide: Callable[[Ticket], Ticket], seen: TicketsSeen = EVERYBODYS
    ) -> tuple[Ticket, Ticket] | None:
        """The ticket before and after what `decide` makes of it; None: there is no such ticket.

        Nobody else changes it meanwhile. What `decide` raises is raised, and nothing is changed.
        """
        mine = tickets.c.number == number
        found = select(tickets).where(mine, *_seen(seen)).with_for_update()

        def write(connection: Connection) -> tuple[Ticket, Ticket] | None:
            row = connection.execute(found).first()
            if row is None:
                return None
            before = _ticket(row)
            after = decide(before)
            if after != before:
                values = {name: getattr(after, name) for name in _WORKED_ON}
                connection.execute(update(tickets).where(mine).values(values))
            return before, after

        return await self._database.write(write)

    async def counts(self, now: datetime, seen: TicketsSeen = EVERYBODYS) -> TicketCounts:
        """How many there are in each state, overdue and untold."""
        theirs = _seen(seen)

        def read(connection: Connection) -> TicketCounts:
            by_state = select(tickets.c.state, func.count()).where(*theirs)
            by_state = by_state.group_by(tickets.c.state)
            found = {TicketState(row[0]): row[1] for row in connection.execute(by_state)}
            count = select(func.count()).select_from(tickets).where(*theirs)
            late, untold = count.where(_overdue(now)), count.where(tickets.c.told_at.is_(None))
            return TicketCounts(
                by_state={state: found.get(state, 0) for state in TicketState},
                overdue=connection.execute(late).scalar_one(),
                untold=connection.execute(untold).scalar_one(),
            )

        return await self._database.read(read)

    async def untold(self, pbx: str, limit: int) -> list[Ticket]:
        """Some of one switch's tickets that the operator's system did not take yet.

        Those tried less often first, then the oldest.
        """
        statement = (
            select(tickets)
            .where(tickets.c.told_at.is_(None), tickets.c.pbx == pbx)
            .order_by(tickets.c.told_tries, tickets.c.opened_at, tickets.c.number)
            .limit(limit)
        )
        return [_ticket(row) for row in await self._database.rows(statement)]

    async def told(self, number: str, told_as: str, now: datetime) -> None:
        """The operator's system took it and calls it so; the first word stands."""
        first = and_(tickets.c.number == number, tickets.c.told_at.is_(None))
        statement = (
            update(tickets)
            .where(first)
            .values(told_at=now, told_as=told_as, told_tries=tickets.c.told_tries + 1)
        )
        await self._database.write(lambda connection: connection.execute(statement).rowcount)

    async def not_told(self, number: str) -> None:
        """It was tried once more, for nothing."""
        once_more = (
            update(tickets)
            .where(tickets.c.number == number)
            .values(told_tries=tickets.c.told_tries + 1)
        )
        await self._database.write(lambda connection: connection.execute(once_more).rowcount)


def _conditions(wanted: TicketFilter, now: datetime) -> list[ColumnElement[bool]]:
    where = [
        tickets.c[name] == value
        for name in ("state", "kind", "reason", "customer_id", "account", "owner")
        if (value := getattr(wanted, name)) is not None
    ]
    if wanted.overdue is not None:
        where.append(_overdue(now) if wanted.overdue else not_(_overdue(now)))
    if wanted.phone is not None:  # carriers write numbers with and without the plus
        digits = wanted.phone.removeprefix("+")
        where.append(tickets.c.phone.in_([digits, f"+{digits}"]))
    if (agent := wanted.within_reach_of) is not None:
        where.append(or_(tickets.c.owner == agent, tickets.c.owner == ""))
    return where + _seen(wanted.seen)


def _seen(seen: TicketsSeen) -> list[ColumnElement[bool]]:
    if seen.queues is None:
        return []
    theirs = call_was_in(tickets.c.pbx, tickets.c.call_id, seen.queues)
    return [theirs if seen.agent is None else or_(theirs, tickets.c.owner == seen.agent)]


def _overdue(now: datetime) -> ColumnElement[bool]:
    """`Ticket.overdue`, in SQL; that it has not ended is what the index is of."""
    return and_(
        tickets.c.ended_at.is_(None),
        tickets.c.due_at < now,
        tickets.c.state.in_([state.value for state in UNSOLVED]),
    )


def _ticket(row: Row[Any]) -> Ticket:
    values = dict(row._mapping)
    return Ticket(**{**values, "state": TicketState(values["state"])})
