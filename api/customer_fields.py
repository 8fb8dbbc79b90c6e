"""Customers as clients send and see them. What proves who calls comes in and never goes out."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from fastapi import Path
from phonenumbers import SUPPORTED_REGIONS
from pydantic import AwareDatetime, BaseModel, BeforeValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from api.fields import Asked
from api.parts import Parts
from api.persons import NameTold, PhoneTold
from api.problems import invalid
from customers.customer import (
    LONGEST_NOTE,
    MOST_ACCOUNTS,
    MOST_PHONES,
    Account,
    Consent,
    Customer,
    Purpose,
)
from customers.refusals import CustomerFault, CustomerRefusedError
from dialer.lists.refusals import NumberRefusedError
from storage.customer_numbers import customer_number
from storage.customer_rows import KnownCustomer
from storage.customers import Note

#: letters of any script, or nothing
_Text = Annotated[
    str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]{0,200}$")
]
_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def _calendar_date(value: object) -> object:
    """Only a day of ISO 8601: pydantic alone would also take seconds since 1970."""
    if not isinstance(value, str) or not _ISO_DAY.fullmatch(value):
        raise PydanticCustomError("calendar_date", "has to be a day as 2026-11-20")
    return value


_Day = Annotated[date, BeforeValidator(_calendar_date, json_schema_input_type=str)]
_Written = Annotated[
    str, Field(pattern=r"^[+(0-9][0-9 ().-]{5,39}$", description="As +573001234567, or nationally")
]
CountryAsked = Annotated[
    str | None,
    Field(
        pattern=r"^[A-Z]{2}$",
        description="Whose numbers those written nationally are; by default those of our line",
    ),
]

CustomerPath = Annotated[int, Path(ge=1, le=2**63 - 1)]


class AccountAsked(Asked):
    """A contract, and what billing last told of it."""

    account: Annotated[str, StringConstraints(pattern=r"^[0-9]{4,16}$")]
    plan: _Text = ""
    status: Literal["", "active", "suspended", "closed"] = ""
    area: _Text = ""
    decoder: _Text = ""
    balance: Annotated[
        str | None,
        Field(pattern=r"^-?[0-9]{1,12}(\.[0-9]{1,2})?$", description="What is owed, as 1021.01"),
    ] = None
    currency: Annotated[str, StringConstraints(pattern=r"^([A-Z]{3})?$")] = ""
    due_on: _Day | None = None


class ConsentAsked(Asked):
    """What the customer said to a purpose, and on which day."""

    purpose: Purpose
    given: bool
    on: _Day


class CustomerAsked(Asked):
    """A customer as a whole: what is left out is nothing, but `proof`, which then stays."""

    external_id: _Text = ""
    name: _Text = ""
    first_name: _Text = ""
    phones: Annotated[tuple[_Written, ...], Field(max_length=MOST_PHONES)] = ()
    country: CountryAsked = None
    accounts: Annotated[tuple[AccountAsked, ...], Field(max_length=MOST_ACCOUNTS)] = ()
    segment: _Text = ""
    language: Literal["", "es", "en"] = ""
    time_zone: _Text = ""
    proof: Annotated[
        str | None,
        Field(
            pattern=r"^([0-9]{3,8})?$",
            description='The last digits of the document; "" takes them away',
        ),
    ] = None
    consents: Annotated[tuple[ConsentAsked, ...], Field(max_length=len(Purpose))] = ()

    def customer(self, home: str | None, proof: str = "") -> Customer:
        """The customer; raises `ProblemError`. `home` is the country of our line."""
        country = self.country or home
        must_be_country(self.country, "body.country")
        numbers = [
            _number(written, country, f"body.phones[{at}]")
            for at, written in enumerate(self.phones)
        ]
        try:
            return Customer(
                external_id=self.external_id.strip(),
                name=self.name.strip(),
                first_name=self.first_name.strip(),
                phones=tuple(dict.fromkeys(numbers)),
                accounts=tuple(map(_account, self.accounts)),
                segment=self.segment,
                language=self.language,
                time_zone=self.time_zone,
                proof=proof if self.proof is None else self.proof,
                consents=tuple(Consent(**each.model_dump()) for each in self.consents),
            )
        except CustomerRefusedError as error:
            code = "no_such_zone" if error.fault is CustomerFault.ZONE_UNKNOWN else error.fault
            raise invalid(f"body.{error.field}", code, detail=error.detail) from error


class NoteAsked(Asked):
    """What is to be noted of a customer."""

    text: Annotated[
        str,
        StringConstraints(
            pattern=rf"^[^\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]{{1,{LONGEST_NOTE}}}$"
        ),
    ]
    pinned: Annotated[bool, Field(description="Keep it in sight")] = False


class AccountTold(BaseModel):
    """A contract, and what billing last told of it."""

    account: str
    plan: str
    status: str
    area: str
    decoder: str
    #: what is owed, as 1021.01; null: nobody told
    balance: str | None
    currency: str
    due_on: date | None
    balance_at: AwareDatetime | None


class ConsentTold(BaseModel):
    """What the customer said to a purpose, and on which day."""

    purpose: Purpose
    given: bool
    on: date


class NoteTold(BaseModel):
    """What somebody noted of a customer."""

    id: int
    at: AwareDatetime
    #: a token's name, or an agent's number
    author: str
    text: str
    pinned: bool

    @classmethod
    def of(cls, note: Note) -> NoteTold:
        """The note for a client."""
        return cls.model_validate(note, from_attributes=True)


class CustomerTold(BaseModel):
    """A customer."""

    id: int
    external_id: str
    name: NameTold
    first_name: NameTold
    segment: str
    language: str
    time_zone: str
    #: whether there are digits to ask a caller for
    provable: bool
    #: E.164 without the plus
    phones: list[PhoneTold]
    accounts: list[AccountTold]
    consents: list[ConsentTold]
    created_at: AwareDatetime
    updated_at: AwareDatetime

    @classmethod
    def of(cls, known: KnownCustomer) -> CustomerTold:
        """The customer for a client."""
        one = known.customer
        return cls(
            id=known.id,
            external_id=one.external_id,
            name=one.name,
            first_name=one.first_name,
            segment=one.segment,
            language=one.language,
            time_zone=one.time_zone,
            provable=one.proof != "",
            phones=list(one.phones),
            accounts=[account_told(each) for each in one.accounts],
            consents=[ConsentTold.model_validate(c, from_attributes=True) for c in one.consents],
            created_at=known.created_at,
            updated_at=known.updated_at,
        )


def account_told(account: Account) -> AccountTold:
    """The account for a client."""
    balance = None if account.balance is None else f"{account.balance:.2f}"
    return AccountTold(
        account=account.account, plan=account.plan, status=account.status, area=account.area,
        decoder=account.decoder, balance=balance, currency=account.currency,
        due_on=account.due_on, balance_at=account.balance_at,
    )  # fmt: skip


def own_country(rooms: Parts) -> str:
    """Whose numbers those are that our trunk shows nationally: those of the line's country."""
    return rooms.menus.of("").country


def must_be_country(country: str | None, place: str) -> None:
    """Raise `ProblemError` for one that has no numbers."""
    if country is not None and country not in SUPPORTED_REGIONS:
        raise invalid(place, "no_such_country")


def _number(written: str, country: str | None, place: str) -> str:
    try:
        return customer_number(written, country)
    except NumberRefusedError as error:
        raise invalid(place, "no_such_number") from error


def _account(asked: AccountAsked) -> Account:
    values = asked.model_dump(exclude={"balance"})
    return Account(**values, balance=None if asked.balance is None else Decimal(asked.balance))
