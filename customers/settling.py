"""Which customer each row of a file is: one who is there, a new one, or nobody's row. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from customers.customer import TEXTS, Account, Customer
from customers.refusals import CustomerFault, CustomerRefusedError, Refusal
from customers.rows import CustomerRow


@dataclass(frozen=True, slots=True)
class Owner:
    """A customer who is there: the id, and what the operator's own system calls it."""

    id: int
    external_id: str = ""


@dataclass(slots=True)
class Known:
    """Those of the rows' customers who are there, by their ids and by their accounts."""

    by_external_id: dict[str, int] = field(default_factory=dict)
    by_account: dict[str, Owner] = field(default_factory=dict)
    #: how many of them are new
    fresh: int = 0


@dataclass(slots=True)
class Settled:
    """What is to be written for some rows.

    `fresh` are by ids below zero, which stand for those that the database gives.
    """

    fresh: dict[int, Customer] = field(default_factory=dict)
    changed: dict[int, Customer] = field(default_factory=dict)
    refused: list[Refusal] = field(default_factory=list)


def settled(rows: Sequence[CustomerRow], known: Known) -> Settled:
    """Whose each row is; `known` knows those who are new, too, afterwards.

    The operator's own id tells first, then the accounts. An account never moves from one customer
    to another by a file: that row is refused.
    """
    found = Settled()
    for row in rows:
        try:
            _settle(row, known, found)
        except CustomerRefusedError as error:
            found.refused.append(Refusal(row.line, error.field, error.fault, error.detail))
    return found


def _settle(row: CustomerRow, known: Known, found: Settled) -> None:
    said = row.customer
    owner = _owner(said, known)
    whose = owner.id if owner is not None else -1 - known.fresh
    for each in said.accounts:
        holder = known.by_account.get(each.account)
        if holder is not None and holder.id != whose:
            raise CustomerRefusedError("accounts", CustomerFault.ACCOUNT_TAKEN, each.account)
    if owner is None:
        found.fresh[whose] = said
        known.fresh += 1
    elif whose in found.fresh:
        found.fresh[whose] = merged(found.fresh[whose], said)
    else:
        before = found.changed.get(whose, Customer())
        found.changed[whose] = merged(before, said)
    called = said.external_id or (owner.external_id if owner is not None else "")
    if called:
        known.by_external_id[called] = whose
    for each in said.accounts:
        known.by_account[each.account] = Owner(whose, called)


def _owner(said: Customer, known: Known) -> Owner | None:
    if said.external_id in known.by_external_id:
        return Owner(known.by_external_id[said.external_id], said.external_id)
    for each in said.accounts:
        holder = known.by_account.get(each.account)
        # whom the operator calls otherwise is somebody else
        if holder is not None and (not holder.external_id or not said.external_id):
            return holder
    return None


def merged(before: Customer, said: Customer) -> Customer:
    """The customer with what a later row says of it; raises `CustomerRefusedError`."""
    accounts = {each.account: each for each in before.accounts}
    for each in said.accounts:
        there = accounts.get(each.account)
        accounts[each.account] = each if there is None else _merged_account(there, each)
    texts: dict[str, Any] = {name: getattr(said, name) or getattr(before, name) for name in TEXTS}
    return replace(
        before,
        **texts,
        phones=tuple(dict.fromkeys((*before.phones, *said.phones))),
        accounts=tuple(accounts.values()),
    )


def _merged_account(before: Account, said: Account) -> Account:
    values = {
        name: getattr(said, name)
        for name in ("plan", "status", "area", "decoder", "balance", "currency", "due_on")
        if getattr(said, name) not in ("", None)
    }
    return replace(before, **values)
