"""Customers: kept, found by number, account or name, and what is noted of them.

A number that two customers have names neither of them: nobody is told what is another's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, exists, func, insert, or_, select, update

from calls.errors import Linea800Error
from customers.customer import Customer
from storage import cursors
from storage.customer_rows import (
    KnownCustomer,
    account_holders,
    customer_values,
    customers_where,
    replace_belongings,
    with_belongings,
)
from storage.database import Database
from storage.errors import CursorError
from storage.pages import newest_first
from storage.tables import accounts, customer_notes, customer_phones, customers

_BIGGEST_ID = 2**63 - 1
#: fewer last digits than these are many people's number
_SHORTEST_END = 6


class TakenError(Linea800Error):
    """What one customer is known by is another's: `field` is account or external_id."""

    def __init__(self, field: str, value: str) -> None:
        self.field = field
        self.value = value
        super().__init__(f"{field} {value} is another customer's")


@dataclass(frozen=True, slots=True)
class CustomerPage:
    """Customers, newest first, and the cursor with which the list goes on (None: it is over)."""

    customers: list[KnownCustomer]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class Note:
    """What somebody noted of a customer."""

    id: int
    at: datetime
    #: a token's name, or an agent's number
    author: str
    text: str
    #: kept in sight
    pinned: bool


@dataclass(frozen=True, slots=True)
class NotePage:
    """Notes, newest first, and the cursor with which the list goes on (None: it is over)."""

    notes: list[Note]
    next_cursor: str | None


class CustomerStore:
    """The customers."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def one(self, customer_id: int) -> KnownCustomer | None:
        """The customer with this id."""
        return await self._only(customers.c.id == customer_id)

    async def by_external_id(self, external_id: str) -> KnownCustomer | None:
        """The customer whom the operator's own system calls so; "" is nobody's."""
        if not external_id:
            return None
        return await self._only(customers.c.external_id == external_id)

    async def by_account(self, account: str) -> KnownCustomer | None:
        """Whose account it is."""
        return await self._only(_holds(account))

    async def by_number(self, ways: Sequence[str]) -> KnownCustomer | None:
        """The only customer with this number; `ways` are those in which it may be written."""
        return await self._only(_has_one_of(ways))

    async def page(
        self, search: str = "", *, cursor: str | None = None, limit: int = 100
    ) -> CustomerPage:
        """A page of customers, newest first. `search` is part of a name, the last six digits of a
        number or more, a whole account, or a whole external id.

        Raises `CursorError`, and `ValueError` when `limit` is not 1 to 1000.
        """
        cursors.check_limit(limit)
        where = [_matches(search)] if search else []
        if cursor is not None:
            where.append(customers.c.id < _id_of(cursor))
        order = customers.c.id.desc()
        statement = select(customers).where(*where).order_by(order).limit(limit + 1)

        def read(connection: Connection) -> CustomerPage:
            rows = connection.execute(statement).all()
            found = with_belongings(connection, rows[:limit])
            if len(rows) <= limit:
                return CustomerPage(found, None)
            last = rows[limit - 1]
            return CustomerPage(found, cursors.encode(last.created_at, str(last.id)))

        return await self._database.read(read)

    async def put(
        self, customer: Customer, now: datetime, *, customer_id: int | None = None
    ) -> tuple[KnownCustomer | None, KnownCustomer]:
        """Keep the customer as given, in place of what was: before (None: it is new) and after.

        Without `customer_id` it is the one with this `external_id`, or a new one. Raises
        `TakenError`, and `KeyError` when there is no customer with this id.
        """

        def write(connection: Connection) -> tuple[KnownCustomer | None, KnownCustomer]:
            before = _to_replace(connection, customer, customer_id)
            _must_be_free(connection, customer, before)
            if before is None:
                values = {**customer_values(customer, now), "created_at": now}
                new = insert(customers).values(values).returning(customers.c.id)
                kept_id: int = connection.execute(new).scalar_one()
            else:
                kept_id = before.id
                values = customer_values(customer, now)
                connection.execute(
                    update(customers).where(customers.c.id == kept_id).values(values)
                )
            replace_belongings(connection, kept_id, customer, now)
            (after,) = customers_where(connection, customers.c.id == kept_id)
            return before, after

        return await self._database.write(write)

    async def add_note(
        self, customer_id: int, text: str, *, author: str, pinned: bool, now: datetime
    ) -> Note | None:
        """Note something; None: there is no such customer (any more)."""
        there = select(func.count()).where(customers.c.id == customer_id)
        values = {
            "customer_id": customer_id, "at": now, "author": author, "text": text, "pinned": pinned,
        }  # fmt: skip
        new = insert(customer_notes).values(values).returning(customer_notes)

        def write(connection: Connection) -> Note | None:
            if not connection.execute(there).scalar_one():
                return None
            return _note(connection.execute(new).one())

        return await self._database.write(write)

    async def pinned(self, customer_id: int, most: int = 20) -> list[Note]:
        """The notes to be kept in sight, newest first."""
        statement = (
            select(customer_notes)
            .where(customer_notes.c.customer_id == customer_id, customer_notes.c.pinned)
            .order_by(customer_notes.c.at.desc(), customer_notes.c.id.desc())
            .limit(most)
        )
        return [_note(row) for row in await self._database.rows(statement)]

    async def notes(
        self, customer_id: int, *, cursor: str | None = None, limit: int = 100
    ) -> NotePage:
        """What was noted, newest first.

        Raises `CursorError`, and `ValueError` when `limit` is not 1 to 1000.
        """
        where = [customer_notes.c.customer_id == customer_id]

        def read(connection: Connection) -> NotePage:
            at = customer_notes.c.at
            rows, goes_on = newest_first(connection, customer_notes, at, where, cursor, limit)
            return NotePage([_note(row) for row in rows], goes_on)

        return await self._database.read(read)

    async def _only(self, where: ColumnElement[bool]) -> KnownCustomer | None:
        found = await self._database.read(lambda connection: customers_where(connection, where))
        return found[0] if len(found) == 1 else None


def _to_replace(
    connection: Connection, customer: Customer, customer_id: int | None
) -> KnownCustomer | None:
    if customer_id is not None:
        found = customers_where(connection, customers.c.id == customer_id)
        if not found:
            raise KeyError(customer_id)
        return found[0]
    if not customer.external_id:
        return None
    found = customers_where(connection, customers.c.external_id == customer.external_id)
    return found[0] if found else None


def _must_be_free(connection: Connection, customer: Customer, owner: KnownCustomer | None) -> None:
    own = owner.id if owner is not None else None
    if customer.external_id:
        called = select(customers.c.id).where(customers.c.external_id == customer.external_id)
        if connection.execute(called).scalar_one_or_none() not in (None, own):
            raise TakenError("external_id", customer.external_id)
    holders = account_holders(connection, [each.account for each in customer.accounts])
    for account, holder in sorted(holders.items()):
        if holder != own:
            raise TakenError("account", account)


def _holds(account: str) -> ColumnElement[bool]:
    return exists().where(accounts.c.customer_id == customers.c.id, accounts.c.account == account)


def _has_one_of(numbers: Sequence[str]) -> ColumnElement[bool]:
    held = select(customer_phones.c.customer_id).where(customer_phones.c.number.in_(list(numbers)))
    return customers.c.id.in_(held)


def _matches(search: str) -> ColumnElement[bool]:
    # neither database knows small from capital beyond ASCII in every installation: Ñ is tried
    ways = {search}
    if not search.isascii():
        ways |= {search.lower(), search.upper(), search.title()}
    found = [customers.c.external_id == search]
    found += [customers.c.name.icontains(way, autoescape=True) for way in sorted(ways)]
    digits = "".join(mark for mark in search if mark.isascii() and mark.isdigit())
    if digits and not any(mark.isalpha() for mark in search):
        found.append(_holds(digits))
        if len(end := digits.lstrip("0")) >= _SHORTEST_END:
            held = select(customer_phones.c.customer_id)
            ends = customer_phones.c.number.endswith(end, autoescape=True)
            found.append(customers.c.id.in_(held.where(ends)))
    return or_(*found)


def _id_of(cursor: str) -> int:
    _, (key,) = cursors.decode(cursor, 1)
    if not (key.isascii() and key.isdigit() and int(key[:20]) <= _BIGGEST_ID):
        raise CursorError("the cursor is not one of this list; ask again without a cursor")
    return int(key)


def _note(row: Row[Any]) -> Note:
    return Note(row.id, row.at, row.author, row.text, bool(row.pinned))
