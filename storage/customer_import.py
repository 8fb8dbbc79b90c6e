"""Customers out of a file, some rows at a time: each step is a transaction of its own.

What a row does not say stays as it is. One statement writes all rows of a step (`recordset`), for
the loop of live calls waits for it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Date,
    Numeric,
    Text,
    case,
    func,
    insert,
    literal,
    null,
    select,
    true,
    update,
)
from sqlalchemy.types import TypeEngine

from customers.customer import TEXTS, Account, Customer
from customers.rows import CustomerRow
from customers.settling import Known, Owner, Settled, settled
from storage.columns import BigId, UtcDateTime
from storage.customer_rows import customer_values
from storage.database import Database
from storage.recordset import as_rows, recordset
from storage.tables import accounts, customer_phones, customers

_CHANGES: Mapping[str, TypeEngine[Any]] = {"id": BigId, **{name: Text() for name in TEXTS}}
_PHONES: Mapping[str, TypeEngine[Any]] = {"number": Text(), "customer_id": BigId}


class CustomerImportStore:
    """Finds whose the rows are, and writes them."""

    def __init__(self, database: Database) -> None:
        self._database = database
        #: SQLite keeps days as text, and knows no other
        day: TypeEngine[Any] = Text() if database.dialect == "sqlite" else Date()
        self._account_types: Mapping[str, TypeEngine[Any]] = {
            "account": Text(), "customer_id": BigId, "plan": Text(), "status": Text(),
            "area": Text(), "decoder": Text(), "balance": Numeric(18, 2, asdecimal=False),
            "currency": Text(), "due_on": day,
        }  # fmt: skip

    async def settle(self, rows: Sequence[CustomerRow], now: datetime) -> Settled:
        """Write the rows in one transaction; what became of them."""

        def write(connection: Connection) -> Settled:
            found = settled(rows, self._known(connection, rows))
            self._write(connection, found, now)
            return found

        return await self._database.write(write)

    async def try_out(self, rows: Sequence[CustomerRow], before: Known) -> Settled:
        """What would become of the rows; `before` knows whom the rows before would have made."""

        def read(connection: Connection) -> Settled:
            known = self._known(connection, rows)
            before.by_external_id = {**known.by_external_id, **before.by_external_id}
            before.by_account = {**known.by_account, **before.by_account}
            return settled(rows, before)

        return await self._database.read(read)

    def _known(self, connection: Connection, rows: Sequence[CustomerRow]) -> Known:
        dialect = self._database.dialect
        given = recordset(dialect, {"value": Text()})
        ids = {row.customer.external_id for row in rows} - {""}
        named = select(customers.c.id, customers.c.external_id).where(
            customers.c.external_id.in_(given), customers.c.external_id != ""
        )
        numbers = {each.account for row in rows for each in row.customer.accounts}
        held = (
            select(accounts.c.account, accounts.c.customer_id, customers.c.external_id)
            .join(customers, customers.c.id == accounts.c.customer_id)
            .where(accounts.c.account.in_(given))
        )
        by_id = connection.execute(named, as_rows((each,) for each in sorted(ids)))
        by_account = connection.execute(held, as_rows((each,) for each in sorted(numbers)))
        return Known(
            {row.external_id: row.id for row in by_id},
            {row.account: Owner(row.customer_id, row.external_id) for row in by_account},
        )

    def _write(self, connection: Connection, found: Settled, now: datetime) -> None:
        every = dict(found.changed)
        if found.fresh:
            values = [
                {**customer_values(each, now), "created_at": now} for each in found.fresh.values()
            ]
            new = insert(customers).returning(customers.c.id, sort_by_parameter_order=True)
            ids = connection.execute(new, values).scalars().all()
            every |= dict(zip(ids, found.fresh.values(), strict=True))
        if found.changed:
            self._change(connection, found.changed, now)
        self._add_phones(connection, every)
        self._add_accounts(connection, every, now)

    def _change(
        self, connection: Connection, changed: Mapping[int, Customer], now: datetime
    ) -> None:
        given = recordset(self._database.dialect, _CHANGES).subquery("given")
        values: dict[str, Any] = {
            name: case((given.c[name] == "", customers.c[name]), else_=given.c[name])
            for name in TEXTS
        }
        statement = update(customers).where(customers.c.id == given.c.id)
        rows = as_rows(
            (each, *(getattr(customer, name) for name in TEXTS))
            for each, customer in changed.items()
        )
        connection.execute(statement.values(values | {"updated_at": now}), rows)

    def _add_phones(self, connection: Connection, every: Mapping[int, Customer]) -> None:
        numbers = [(number, each) for each, one in every.items() for number in one.phones]
        if not numbers:
            return
        given = recordset(self._database.dialect, _PHONES)
        # SQLite needs the WHERE to tell this ON from that of a join
        rows = given.where(true())
        statement = self._database.insert(customer_phones).from_select([*_PHONES], rows)
        connection.execute(statement.on_conflict_do_nothing(), as_rows(numbers))

    def _add_accounts(
        self, connection: Connection, every: Mapping[int, Customer], now: datetime
    ) -> None:
        contracts = [
            _account_row(account, each) for each, one in every.items() for account in one.accounts
        ]
        if not contracts:
            return
        given = recordset(self._database.dialect, self._account_types).subquery("given")
        told = case((given.c.balance.is_(None), null()), else_=literal(now, UtcDateTime))
        rows = select(*given.c, told.label("balance_at")).where(true())
        into = [*self._account_types, "balance_at"]
        statement = self._database.insert(accounts).from_select(into, rows)
        rest = [name for name in into if name not in ("account", "customer_id")]
        statement = statement.on_conflict_do_update(
            index_elements=["account"],
            set_={name: _said(accounts.c[name], statement.excluded[name]) for name in rest},
            # settled before: no account moves
            where=accounts.c.customer_id == statement.excluded.customer_id,
        )
        connection.execute(statement, as_rows(contracts))


def _said(old: Column[Any], new: ColumnElement[Any]) -> ColumnElement[Any]:
    if isinstance(old.type, Numeric | Date | UtcDateTime):
        return func.coalesce(new, old)
    return case((new == "", old), else_=new)


def _account_row(account: Account, customer_id: int) -> tuple[Any, ...]:
    balance = None if account.balance is None else str(account.balance)
    due_on = None if account.due_on is None else account.due_on.isoformat()
    return (
        account.account, customer_id, account.plan, account.status, account.area, account.decoder,
        balance, account.currency, due_on,
    )  # fmt: skip
