"""Customers as rows: read with their numbers and accounts, and written; part of a transaction."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, delete, insert, select

from customers.customer import TEXTS, Account, Consent, Customer, Purpose
from storage.tables import accounts, customer_phones, customers


@dataclass(frozen=True, slots=True)
class KnownCustomer:
    """A customer as kept."""

    id: int
    customer: Customer
    created_at: datetime
    updated_at: datetime


def customers_where(connection: Connection, where: ColumnElement[bool]) -> list[KnownCustomer]:
    """Those customers, the newest first, and of more than two no more than two."""
    newest = select(customers).where(where).order_by(customers.c.id.desc()).limit(2)
    return with_belongings(connection, connection.execute(newest).all())


def with_belongings(connection: Connection, rows: Sequence[Row[Any]]) -> list[KnownCustomer]:
    """The rows' customers, with their numbers and accounts."""
    ids = [row.id for row in rows]
    phones: dict[int, list[str]] = {each: [] for each in ids}
    held: dict[int, list[Account]] = {each: [] for each in ids}
    numbers = select(customer_phones).where(customer_phones.c.customer_id.in_(ids))
    for row in connection.execute(numbers.order_by(customer_phones.c.number)):
        phones[row.customer_id].append(row.number)
    contracts = select(accounts).where(accounts.c.customer_id.in_(ids))
    for row in connection.execute(contracts.order_by(accounts.c.account)):
        held[row.customer_id].append(_account(row))
    return [
        KnownCustomer(
            row.id,
            Customer(
                **{name: getattr(row, name) for name in TEXTS},
                phones=tuple(phones[row.id]),
                accounts=tuple(held[row.id]),
                consents=tuple(map(_consent, sorted((row.consents or {}).items()))),
            ),
            row.created_at,
            row.updated_at,
        )
        for row in rows
    ]


def customer_values(customer: Customer, now: datetime) -> dict[str, Any]:
    """The columns of a customer that is written now."""
    consents = {
        each.purpose.value: {"given": each.given, "on": each.on.isoformat()}
        for each in customer.consents
    }
    texts = {name: getattr(customer, name) for name in TEXTS}
    return {**texts, "consents": consents or None, "updated_at": now}


def replace_belongings(
    connection: Connection, customer_id: int, customer: Customer, now: datetime
) -> None:
    """The customer has these numbers and accounts from now on, and no others."""
    for table in (customer_phones, accounts):
        connection.execute(delete(table).where(table.c.customer_id == customer_id))
    numbers = [{"number": each, "customer_id": customer_id} for each in customer.phones]
    if numbers:
        connection.execute(insert(customer_phones), numbers)
    contracts = [_account_values(each, customer_id, now) for each in customer.accounts]
    if contracts:
        connection.execute(insert(accounts), contracts)


def account_holders(connection: Connection, numbers: Collection[str]) -> Mapping[str, int]:
    """Which of these accounts there are, and whose each is."""
    held = select(accounts.c.account, accounts.c.customer_id)
    rows = connection.execute(held.where(accounts.c.account.in_(list(numbers))))
    return {row.account: row.customer_id for row in rows}


def _account_values(account: Account, customer_id: int, now: datetime) -> dict[str, Any]:
    told = account.balance_at or now if account.balance is not None else None
    return {**asdict(account), "customer_id": customer_id, "balance_at": told}


def _account(row: Row[Any]) -> Account:
    values = row._asdict()
    del values["customer_id"]
    return Account(**values)


def _consent(written: tuple[str, Mapping[str, Any]]) -> Consent:
    purpose, said = written
    return Consent(
        purpose=Purpose(purpose), given=bool(said["given"]), on=date.fromisoformat(said["on"])
    )
