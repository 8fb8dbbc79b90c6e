"""Rows of customer files: what the cells say, and whose row each is."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customers.customer import Customer
from customers.refusals import CustomerFault, CustomerRefusedError
from customers.rows import CustomerRow, amount_of, customer_row, day_of, parts_of
from customers.settling import Known, Owner, settled

ANA, LUIS = "573001234567", "573001234568"


def row(line: int = 2, *phones: str, **cells: str) -> CustomerRow:
    return customer_row(line, cells, phones)


@pytest.mark.parametrize(
    ("written", "amount"),
    [
        ("1021.01", "1021.01"),
        ("1021,01", "1021.01"),
        ("-5", "-5"),
        ("−5", "-5"),
        ("$ 1.021,50", "1021.50"),
        ("1,021.5", "1021.5"),
        ("1.234.567,00", "1234567.00"),
        ("0", "0"),
    ],
)
def test_amounts(written: str, amount: str) -> None:
    assert amount_of(written) == Decimal(amount)


@pytest.mark.parametrize("written", ["1.021", "1,021", "1.02.1", "abc", "", "1e3", "1,2,3.4", "٣"])
def test_no_amounts(written: str) -> None:
    with pytest.raises(CustomerRefusedError):
        amount_of(written)


@given(st.decimals(-(10**11), 10**11, places=2, allow_nan=False, allow_infinity=False))
def test_every_amount_is_read_as_it_was_written(amount: Decimal) -> None:
    spanish = f"{amount:,.2f}".translate(str.maketrans(",.", ".,"))
    for written in (f"{amount:.2f}", f"{amount:,.2f}", spanish):
        assert amount_of(written) == amount


@pytest.mark.parametrize("written", ["2026-11-30", "30/11/2026", "30-11-2026", "30.11.2026"])
def test_days(written: str) -> None:
    assert day_of(written) == date(2026, 11, 30)


@pytest.mark.parametrize("written", ["11/30/2026", "2026-02-30", "30/11/26", "mañana", "0000-1-1"])
def test_no_days(written: str) -> None:
    with pytest.raises(CustomerRefusedError):
        day_of(written)


def test_cells_with_several() -> None:
    assert parts_of(" 300 1 | 301 2;;302 3 | ") == ["300 1", "301 2", "302 3"]
    assert parts_of("  ") == []


def test_a_row_in_spanish() -> None:
    found = row(
        7, ANA, LUIS, ANA, external_id="C-1", name=" Ana ", accounts="1234|5678", plan="Oro",
        status="Suspendida", language="ES",
    ).customer  # fmt: skip
    assert (found.name, found.language, found.phones) == ("Ana", "es", (ANA, LUIS))
    assert [(one.account, one.plan, one.status) for one in found.accounts] == [
        ("1234", "Oro", "suspended"),
        ("5678", "Oro", "suspended"),
    ]


@pytest.mark.parametrize(
    ("cells", "field", "fault"),
    [
        ({"name": "Ana"}, "external_id", CustomerFault.NOBODY),
        ({"external_id": "1", "plan": "Oro"}, "plan", CustomerFault.ACCOUNT_NEEDED),
        ({"accounts": "1234|5678", "balance": "1"}, "balance", CustomerFault.ACCOUNTS_SEVERAL),
        ({"accounts": "1234", "balance": "1"}, "currency", CustomerFault.CURRENCY_NEEDED),
        ({"accounts": "12a4"}, "accounts", CustomerFault.ACCOUNT_FORM),
        ({"accounts": "1234", "status": "raro"}, "status", CustomerFault.STATUS_UNKNOWN),
        ({"accounts": "1234", "due_on": "31/02/2026"}, "due_on", CustomerFault.DAY_FORM),
        ({"external_id": "1", "proof": "x"}, "proof", CustomerFault.PROOF_FORM),
    ],
)
def test_rows_that_are_refused(cells: dict[str, str], field: str, fault: CustomerFault) -> None:
    with pytest.raises(CustomerRefusedError) as refused:
        customer_row(2, cells, ())
    assert (refused.value.field, refused.value.fault) == (field, fault)


# --- whose row it is


def test_known_by_id_by_account_or_new() -> None:
    known = Known({"C-1": 5}, {"1234": Owner(6, ""), "7777": Owner(5, "C-1")})
    found = settled(
        [
            row(2, external_id="C-1", name="Ana"),
            row(3, accounts="1234", name="Luis"),
            row(4, external_id="C-9", accounts="9999"),
            row(5, accounts="9999", plan="Oro"),
            row(6, external_id="C-8", accounts="1234"),
        ],
        known,
    )
    assert {each: one.name for each, one in found.changed.items()} == {5: "Ana", 6: "Luis"}
    # the operator names now whom it did not name before
    assert found.changed[6].external_id == "C-8"
    (new,) = found.fresh.values()
    assert (new.external_id, new.accounts[0].plan) == ("C-9", "Oro")
    assert found.refused == []


def test_an_account_never_moves() -> None:
    known = Known({"C-1": 5, "C-2": 6}, {"1234": Owner(5, "C-1")})
    rows = [
        row(2, external_id="C-2", accounts="1234"),
        row(3, external_id="C-3", accounts="1234"),
        row(4, external_id="C-4", accounts="4444"),
        row(5, external_id="C-5", accounts="4444"),
    ]
    found = settled(rows, known)
    assert [(each.line, each.fault) for each in found.refused] == [
        (2, CustomerFault.ACCOUNT_TAKEN),
        (3, CustomerFault.ACCOUNT_TAKEN),
        (5, CustomerFault.ACCOUNT_TAKEN),
    ]
    assert found.changed == {}
    assert len(found.fresh) == 1


def test_what_a_later_row_says_counts_and_what_it_does_not_say_stays() -> None:
    rows = [
        row(2, ANA, external_id="C-1", name="Ana", accounts="1234", plan="Oro", balance="5",
            currency="COP"),
        row(3, LUIS, external_id="C-1", accounts="1234", plan="Plata"),
    ]  # fmt: skip
    ((one,),) = (settled(rows, Known()).fresh.values(),)
    assert (one.name, one.phones) == ("Ana", (ANA, LUIS))
    (account,) = one.accounts
    assert (account.plan, account.balance, account.currency) == ("Plata", Decimal(5), "COP")


@given(
    st.lists(
        st.tuples(st.sampled_from(["", "A", "B", "C"]), st.sampled_from(["", "1111", "2222"])),
        max_size=12,
    ),
    st.integers(1, 4),
)
def test_no_account_is_ever_two_customers_however_the_file_is_cut(
    said: list[tuple[str, str]], size: int
) -> None:
    rows = [
        CustomerRow(
            line, customer_row(line, {"external_id": each, "accounts": account}, ()).customer
        )
        for line, (each, account) in enumerate(said, start=2)
        if each or account
    ]
    known, holders = Known(), dict[str, set[int]]()
    kept = refused = 0
    for start in range(0, len(rows), size):
        found = settled(rows[start : start + size], known)
        refused += len(found.refused)
        every: dict[int, Customer] = {**found.changed, **found.fresh}
        for each, one in every.items():
            for account in one.accounts:
                holders.setdefault(account.account, set()).add(each)
        kept += len(found.fresh)
    assert all(len(ids) == 1 for ids in holders.values())
    whole = settled(rows, Known())
    assert (len(whole.fresh), len(whole.refused)) == (kept, refused)
