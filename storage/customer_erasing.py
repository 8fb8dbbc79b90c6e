"""The right to be forgotten: a customer goes, and what has to stay stays without the person.

Tickets keep their numbers and what became of them; calls are counted on. What is dialed for a
campaign is not touched here: leads and attempts stay as long as that campaign's rules want the
proof (`storage/retention.py`), and so do the do-not-call lists.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, delete, or_, select, tuple_, update

from storage import webhook_news
from storage.customer_contacts import calls_of, own_numbers
from storage.customer_numbers import shown_ways
from storage.customer_rows import KnownCustomer, customers_where
from storage.database import Database
from storage.tables import call_facts, calls, customers, recordings, tickets

#: parts of facts that say who it was, and what is left of each
_PERSON: Mapping[str, Any] = {
    "caller_number": "", "caller_name": "", "customer_id": None, "account": "", "phone": "",
}  # fmt: skip
#: of a fact that says nothing but that
_ONLY_WHO = "CustomerKnown"
#: rows of one statement: a database takes so many values and no more
_AT_ONCE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """What is left without the person."""

    customer: KnownCustomer
    calls: int
    tickets: int
    #: spoken messages, by the names of their files: a voice is a person, too
    recordings: tuple[str, ...]
    #: their calls, as (pbx, call id): what was recorded of them is the person's voice, too
    keys: tuple[tuple[str, str], ...]


class ErasingStore:
    """Lets customers go."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def erase(self, customer_id: int) -> Erased | None:
        """Forget the customer in one transaction; None: there is none.

        A record that is still on its way from the journal may bring the number of a call of the
        last moments back: ask again once it is written.
        """
        return await self._database.write(lambda connection: _erase(connection, customer_id))


def _erase(connection: Connection, customer_id: int) -> Erased | None:
    found = customers_where(connection, customers.c.id == customer_id)
    if not found:
        return None
    numbers = own_numbers(connection, customer_id)
    shown = [way for number in numbers for way in shown_ways(number)]
    theirs = select(calls.c.pbx, calls.c.call_id).where(calls_of(customer_id, numbers))
    keys = [(row.pbx, row.call_id) for row in connection.execute(theirs)]
    spoken: list[str] = []
    for start in range(0, len(keys), _AT_ONCE):
        spoken += _forget_calls(connection, keys[start : start + _AT_ONCE])
    of_nobody = tickets.c.customer_id.is_(None) & tickets.c.phone.in_(shown)
    without = (
        update(tickets)
        .where(or_(tickets.c.customer_id == customer_id, of_nobody))
        .values(customer_id=None, phone="", account="")
        .returning(tickets.c.number)
    )
    kept = connection.execute(without).all()
    webhook_news.forget_whose(connection, [ticket.number for ticket in kept])
    # numbers, accounts and notes go with it
    connection.execute(delete(customers).where(customers.c.id == customer_id))
    return Erased(
        customer=found[0], calls=len(keys), tickets=len(kept),
        recordings=tuple(sorted(spoken)), keys=tuple(keys),
    )  # fmt: skip


def _forget_calls(connection: Connection, keys: Sequence[tuple[str, str]]) -> list[str]:
    """The calls, their facts and messages without the person; the messages' files."""
    nobody = {"caller_number": "", "caller_name": "", "customer_id": None, "account": ""}
    of_them = tuple_(calls.c.pbx, calls.c.call_id).in_(keys)
    connection.execute(update(calls).where(of_them).values(nobody))
    messages = (
        update(recordings)
        .where(tuple_(recordings.c.pbx, recordings.c.call_id).in_(keys))
        .values(caller_number="")
        .returning(recordings.c.recording, recordings.c.removed_at)
    )
    spoken = [row.recording for row in connection.execute(messages) if row.removed_at is None]
    facts = select(call_facts).where(tuple_(call_facts.c.pbx, call_facts.c.call_id).in_(keys))
    for fact in connection.execute(facts).all():
        _forget_fact(connection, fact)
    return spoken


def _forget_fact(connection: Connection, fact: Row[Any]) -> None:
    this = (
        (call_facts.c.pbx == fact.pbx)
        & (call_facts.c.journal == fact.journal)
        & (call_facts.c.seq == fact.seq)
    )
    if fact.kind == _ONLY_WHO:
        connection.execute(delete(call_facts).where(this))
        return
    body = {name: _PERSON.get(name, value) for name, value in fact.body.items()}
    if body != fact.body:
        connection.execute(update(call_facts).where(this).values(body=body))
