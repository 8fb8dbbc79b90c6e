"""A row of a customer file: its cells by column, and what they say of a customer. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from customers.customer import STATUSES, TEXTS, Account, Customer
from customers.refusals import CustomerFault, CustomerRefusedError

#: the columns of a file, each with the other names it may have (without case and accents)
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "external_id": ("externalid", "id externo", "id_externo", "idexterno"),
    "name": ("nombre", "nombre completo"),
    "first_name": ("primer nombre", "primer_nombre", "nombre de pila"),
    "phones": ("phone", "telefono", "telefonos", "celular", "celulares", "movil"),
    "accounts": ("account", "cuenta", "cuentas", "contrato", "contratos"),
    "plan": (),
    "status": ("estado",),
    "area": ("zona",),
    "decoder": ("decodificador",),
    "segment": ("segmento",),
    "language": ("idioma",),
    "time_zone": ("time zone", "timezone", "zona_horaria", "zona horaria"),
    "proof": ("clave", "digitos", "ultimos digitos"),
    "balance": ("saldo",),
    "currency": ("moneda",),
    "due_on": ("vence", "vencimiento"),
}
#: said of every account of the row
_OF_ACCOUNTS = ("plan", "status", "area", "currency")
#: said of one account, so that the row has to have one only
_OF_ONE_ACCOUNT = ("decoder", "balance", "due_on")

_STATUSES = {
    **{status: status for status in STATUSES},
    "activo": "active", "activa": "active",
    "suspendido": "suspended", "suspendida": "suspended",
    "cerrado": "closed", "cerrada": "closed",
}  # fmt: skip
_PARTS = re.compile(r"[|;]")
#: 1021, -1021.5, 1021,01; thousands only where the decimals show which mark is which
_AMOUNTS = (
    (re.compile(r"[+-]?[0-9]{1,12}([.,][0-9]{1,2})?"), ""),
    (re.compile(r"[+-]?[0-9]{1,3}(\.[0-9]{3})+,[0-9]{1,2}"), "."),
    (re.compile(r"[+-]?[0-9]{1,3}(,[0-9]{3})+\.[0-9]{1,2}"), ","),
)
_ISO_DAY = re.compile(r"(?P<year>[0-9]{4})-(?P<month>[0-9]{1,2})-(?P<day>[0-9]{1,2})")
_OUR_DAY = re.compile(r"(?P<day>[0-9]{1,2})[/.-](?P<month>[0-9]{1,2})[/.-](?P<year>[0-9]{4})")


@dataclass(frozen=True, slots=True)
class CustomerRow:
    """What one row says of a customer: what is empty in it says nothing, and changes nothing."""

    #: where it begins in the file, from 1
    line: int
    customer: Customer


def parts_of(cell: str) -> list[str]:
    """What a cell holds several of, between bars or semicolons."""
    return [part.strip() for part in _PARTS.split(cell) if part.strip()]


def customer_row(line: int, cells: Mapping[str, str], phones: Sequence[str]) -> CustomerRow:
    """The row; raises `CustomerRefusedError`. `cells` are by the names of `COLUMNS`.

    `phones` are the numbers of its cell, E.164 without the plus: how they are written is not
    known here.
    """
    said = {name: cell.strip() for name, cell in cells.items() if cell.strip()}
    texts: dict[str, Any] = {name: said[name] for name in TEXTS if name in said}
    if "language" in texts:
        texts["language"] = texts["language"].lower()
    accounts = _accounts(said)
    if not accounts and "external_id" not in said:
        raise CustomerRefusedError("external_id", CustomerFault.NOBODY)
    every = tuple(dict.fromkeys(phones))
    return CustomerRow(line, Customer(**texts, phones=every, accounts=accounts))


def _accounts(said: Mapping[str, str]) -> tuple[Account, ...]:
    numbers = list(dict.fromkeys(parts_of(said.get("accounts", ""))))
    for name in (*_OF_ACCOUNTS, *_OF_ONE_ACCOUNT):
        if name in said and not numbers:
            raise CustomerRefusedError(name, CustomerFault.ACCOUNT_NEEDED)
    for name in _OF_ONE_ACCOUNT:
        if name in said and len(numbers) > 1:
            raise CustomerRefusedError(name, CustomerFault.ACCOUNTS_SEVERAL)
    try:
        return tuple(_account(number, said) for number in numbers)
    except CustomerRefusedError as error:
        if error.field != "account":
            raise
        raise CustomerRefusedError("accounts", error.fault, error.detail) from None


def _account(number: str, said: Mapping[str, str]) -> Account:
    written = said.get("status", "")
    balance, due_on = said.get("balance"), said.get("due_on")
    return Account(
        account=number,
        plan=said.get("plan", ""),
        status=_STATUSES.get(written.lower(), written),
        area=said.get("area", ""),
        decoder=said.get("decoder", ""),
        balance=None if balance is None else amount_of(balance),
        currency=said.get("currency", "").upper(),
        due_on=None if due_on is None else day_of(due_on),
    )


def amount_of(written: str) -> Decimal:
    """Money as a spreadsheet writes it; raises `CustomerRefusedError`.

    1.021 may be a thousand or one: it is refused rather than guessed.
    """
    plain = written.removeprefix("$").strip().replace("−", "-")
    for shape, thousands in _AMOUNTS:
        if shape.fullmatch(plain):
            digits = plain.replace(thousands, "") if thousands else plain
            return Decimal(digits.replace(",", "."))
    raise CustomerRefusedError("balance", CustomerFault.AMOUNT_FORM, written)


def day_of(written: str) -> date:
    """A day of ISO 8601, or day first; raises `CustomerRefusedError`."""
    match = _ISO_DAY.fullmatch(written) or _OUR_DAY.fullmatch(written)
    if match is not None:
        try:
            return date(int(match["year"]), int(match["month"]), int(match["day"]))
        except ValueError:
            pass
    raise CustomerRefusedError("due_on", CustomerFault.DAY_FORM, written)
