"""Who a customer is: numbers, accounts, what proves it, and what the customer agreed to."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from functools import cache
from zoneinfo import available_timezones

from customers.refusals import CustomerFault, CustomerRefusedError

MOST_PHONES = 20
MOST_ACCOUNTS = 50
#: in characters
LONGEST_TEXT = 200
LONGEST_NOTE = 2000
#: a balance is kept exactly on every database up to here
MOST_MONEY = Decimal(10) ** 12

LANGUAGES = ("es", "en")
STATUSES = ("active", "suspended", "closed")

_PHONE = re.compile(r"[1-9][0-9]{6,14}")
_ACCOUNT = re.compile(r"[0-9]{4,16}")
_PROOF = re.compile(r"[0-9]{3,8}")
_CURRENCY = re.compile(r"[A-Z]{3}")


class Purpose(StrEnum):
    """What a customer may be asked to agree to."""

    CALL = "call"
    MESSAGE = "message"
    RECORDING = "recording"
    DATA = "data"


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """What a customer said to one purpose, and on which day."""

    purpose: Purpose
    given: bool
    on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A contract, and what billing last told of it. "" and None: nobody said."""

    account: str
    plan: str = ""
    #: one of `STATUSES`
    status: str = ""
    #: where it is served: incidents are told by area
    area: str = ""
    decoder: str = ""
    #: what is owed; below zero in the customer's favour
    balance: Decimal | None = None
    #: ISO 4217
    currency: str = ""
    due_on: date | None = None
    #: of when the balance is
    balance_at: datetime | None = None

    def __post_init__(self) -> None:
        """Raise `CustomerRefusedError` unless everything in it may be kept."""
        if not _ACCOUNT.fullmatch(self.account):
            raise CustomerRefusedError("account", CustomerFault.ACCOUNT_FORM, self.account)
        for name in ("plan", "area", "decoder"):
            must_be_text(name, getattr(self, name))
        if self.status and self.status not in STATUSES:
            raise CustomerRefusedError("status", CustomerFault.STATUS_UNKNOWN, self.status)
        if self.currency and not _CURRENCY.fullmatch(self.currency):
            raise CustomerRefusedError("currency", CustomerFault.CURRENCY_FORM, self.currency)
        if self.balance is not None:
            self._must_be_money(self.balance)

    def _must_be_money(self, balance: Decimal) -> None:
        good = balance.is_finite() and abs(balance) < MOST_MONEY
        if not good or balance != balance.quantize(Decimal("0.01")):
            raise CustomerRefusedError("balance", CustomerFault.AMOUNT_FORM, str(balance))
        if not self.currency:
            raise CustomerRefusedError("currency", CustomerFault.CURRENCY_NEEDED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """A customer as a whole. Raises `CustomerRefusedError` for what may not be kept."""

    #: what the operator's own system calls the customer; "" when it has no name for it
    external_id: str = ""
    name: str = ""
    #: how the customer is greeted; "" when not to be
    first_name: str = ""
    #: E.164 without the plus
    phones: tuple[str, ...] = ()
    accounts: tuple[Account, ...] = ()
    segment: str = ""
    #: es, en; "" is the line's own
    language: str = ""
    #: IANA; "" is the line's own
    time_zone: str = ""
    #: the last digits of the document; "" when nothing can prove who calls
    proof: str = ""
    consents: tuple[Consent, ...] = ()

    def __post_init__(self) -> None:
        """Raise `CustomerRefusedError` unless everything in it may be kept."""
        for name in ("external_id", "name", "first_name", "segment"):
            must_be_text(name, getattr(self, name))
        must_be_phones(self.phones)
        if len(self.accounts) > MOST_ACCOUNTS:
            detail = str(MOST_ACCOUNTS)
            raise CustomerRefusedError("accounts", CustomerFault.ACCOUNTS_TOO_MANY, detail)
        _must_be_once("accounts", (each.account for each in self.accounts))
        _must_be_once("consents", (each.purpose for each in self.consents))
        must_be_language(self.language)
        must_be_zone(self.time_zone)
        must_be_proof(self.proof)


#: the fields of a customer that are one text each
TEXTS = ("external_id", "name", "first_name", "segment", "language", "time_zone", "proof")


def changed_fields(before: Customer | None, after: Customer | None) -> tuple[str, ...]:
    """The names of the fields in which two differ; of nobody, those that say something."""
    one, other = before or Customer(), after or Customer()
    return tuple(
        field.name
        for field in fields(Customer)
        if getattr(one, field.name) != getattr(other, field.name)
    )


def must_be_text(field: str, text: str, longest: int = LONGEST_TEXT) -> None:
    """Raise `CustomerRefusedError` for text that is too long, or that nobody could read."""
    if len(text) > longest:
        raise CustomerRefusedError(field, CustomerFault.TEXT_TOO_LONG, str(longest))
    if not text.isprintable():
        raise CustomerRefusedError(field, CustomerFault.TEXT_UNPRINTABLE)


def must_be_phones(phones: Sequence[str]) -> None:
    """Raise `CustomerRefusedError` unless these are numbers, each once, and not too many."""
    if len(phones) > MOST_PHONES:
        raise CustomerRefusedError("phones", CustomerFault.PHONES_TOO_MANY, str(MOST_PHONES))
    if not all(_PHONE.fullmatch(number) for number in phones):
        raise CustomerRefusedError("phones", CustomerFault.PHONE_FORM)
    _must_be_once("phones", phones)


def must_be_language(language: str) -> None:
    """Raise `CustomerRefusedError` unless there are prompts in it."""
    if language and language not in LANGUAGES:
        raise CustomerRefusedError("language", CustomerFault.LANGUAGE_UNKNOWN, language)


def must_be_zone(zone: str) -> None:
    """Raise `CustomerRefusedError` unless there is such a time zone."""
    if zone and zone not in _zones():
        raise CustomerRefusedError("time_zone", CustomerFault.ZONE_UNKNOWN, zone)


def must_be_proof(proof: str) -> None:
    """Raise `CustomerRefusedError` unless a caller could press it; the digits are never told."""
    if proof and not _PROOF.fullmatch(proof):
        raise CustomerRefusedError("proof", CustomerFault.PROOF_FORM)


def _must_be_once(field: str, values: Iterable[str]) -> None:
    seen: set[str] = set()
    for value in values:
        if value in seen:
            raise CustomerRefusedError(field, CustomerFault.GIVEN_TWICE, value)
        seen.add(value)


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())
