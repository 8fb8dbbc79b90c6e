"""A customer: what may be kept of one, and what is refused."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customers.customer import (
    MOST_ACCOUNTS,
    MOST_PHONES,
    Account,
    Consent,
    Customer,
    Purpose,
    changed_fields,
)
from customers.refusals import _SENTENCES, CustomerFault, CustomerRefusedError, reason_of

ANA = "573001234567"


def test_a_whole_customer() -> None:
    ana = Customer(
        external_id="C-1",
        name="Ana Ñusta",
        first_name="Ana",
        phones=(ANA,),
        accounts=(Account(account="12345678", balance=Decimal("1021.01"), currency="COP"),),
        language="es",
        time_zone="America/Bogota",
        proof="4321",
        consents=(Consent(purpose=Purpose.CALL, given=True, on=date(2026, 3, 1)),),
    )
    assert changed_fields(None, ana) == (
        "external_id", "name", "first_name", "phones", "accounts", "language", "time_zone",
        "proof", "consents",
    )  # fmt: skip
    assert changed_fields(ana, ana) == ()


@pytest.mark.parametrize(
    ("values", "field", "fault"),
    [
        ({"name": "Ana\n"}, "name", CustomerFault.TEXT_UNPRINTABLE),
        ({"first_name": "\u202eanA"}, "first_name", CustomerFault.TEXT_UNPRINTABLE),
        ({"name": "a" * 201}, "name", CustomerFault.TEXT_TOO_LONG),
        ({"external_id": "x\x00"}, "external_id", CustomerFault.TEXT_UNPRINTABLE),
        ({"phones": ("+573001234567",)}, "phones", CustomerFault.PHONE_FORM),
        ({"phones": ("0999123456",)}, "phones", CustomerFault.PHONE_FORM),
        ({"phones": ("٥٧٣٠٠١٢٣٤٥٦٧",)}, "phones", CustomerFault.PHONE_FORM),
        ({"phones": (ANA, ANA)}, "phones", CustomerFault.GIVEN_TWICE),
        (
            {"phones": tuple(str(573001234500 + n) for n in range(MOST_PHONES + 1))},
            "phones",
            CustomerFault.PHONES_TOO_MANY,
        ),
        (
            {"accounts": tuple(Account(account=f"{n:04d}") for n in range(MOST_ACCOUNTS + 1))},
            "accounts",
            CustomerFault.ACCOUNTS_TOO_MANY,
        ),
        ({"accounts": (Account(account="1234"),) * 2}, "accounts", CustomerFault.GIVEN_TWICE),
        ({"language": "pt"}, "language", CustomerFault.LANGUAGE_UNKNOWN),
        ({"time_zone": "America/Macondo"}, "time_zone", CustomerFault.ZONE_UNKNOWN),
        ({"time_zone": "../../etc/passwd"}, "time_zone", CustomerFault.ZONE_UNKNOWN),
        ({"proof": "12"}, "proof", CustomerFault.PROOF_FORM),
        ({"proof": "123456789"}, "proof", CustomerFault.PROOF_FORM),
        ({"proof": "12a4"}, "proof", CustomerFault.PROOF_FORM),
    ],
)
def test_what_may_not_be_kept(values: dict[str, Any], field: str, fault: CustomerFault) -> None:
    with pytest.raises(CustomerRefusedError) as refused:
        Customer(**values)
    assert (refused.value.field, refused.value.fault) == (field, fault)


@pytest.mark.parametrize(
    ("values", "field", "fault"),
    [
        ({"account": "123"}, "account", CustomerFault.ACCOUNT_FORM),
        ({"account": "1" * 17}, "account", CustomerFault.ACCOUNT_FORM),
        ({"account": "12-34"}, "account", CustomerFault.ACCOUNT_FORM),
        ({"plan": "a\tb"}, "plan", CustomerFault.TEXT_UNPRINTABLE),
        ({"status": "dead"}, "status", CustomerFault.STATUS_UNKNOWN),
        ({"currency": "cop"}, "currency", CustomerFault.CURRENCY_FORM),
        ({"balance": Decimal(1)}, "currency", CustomerFault.CURRENCY_NEEDED),
        ({"balance": Decimal("0.001"), "currency": "COP"}, "balance", CustomerFault.AMOUNT_FORM),
        ({"balance": Decimal("NaN"), "currency": "COP"}, "balance", CustomerFault.AMOUNT_FORM),
        ({"balance": Decimal(10) ** 12, "currency": "COP"}, "balance", CustomerFault.AMOUNT_FORM),
    ],
)
def test_what_no_account_has(values: dict[str, Any], field: str, fault: CustomerFault) -> None:
    with pytest.raises(CustomerRefusedError) as refused:
        Account(**{"account": "12345678", **values})
    assert (refused.value.field, refused.value.fault) == (field, fault)


def test_the_digits_that_prove_somebody_are_never_told() -> None:
    with pytest.raises(CustomerRefusedError) as refused:
        Customer(proof="12345678901")
    assert "12345678901" not in str(refused.value) + refused.value.reason("es")


def test_every_fault_has_a_sentence_in_both_languages() -> None:
    assert set(_SENTENCES["es"]) == set(_SENTENCES["en"]) == set(CustomerFault)
    for fault in CustomerFault:
        assert reason_of(fault, "X", "es") != reason_of(fault, "X", "en")


@given(st.text())
def test_what_was_sent_is_told_so_that_it_shows(detail: str) -> None:
    for fault in CustomerFault:
        assert reason_of(fault, detail, "es").isprintable()
