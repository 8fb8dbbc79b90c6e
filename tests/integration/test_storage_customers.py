"""Customers in the database: found by what they are known by, and never taken for each other."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from customers.customer import Account, Consent, Customer, Purpose
from customers.rows import CustomerRow, customer_row
from customers.settling import Known
from dialer.phone_rules import written_ways
from storage.customer_import import CustomerImportStore
from storage.customers import CustomerStore, TakenError
from storage.database import Database
from storage.errors import CursorError

NOW = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=1)
ANA, LUIS = "573001234567", "573001234568"
GOLD = Account(
    account="12345678", plan="Oro", status="active", area="Chapinero", decoder="D-1",
    balance=Decimal("999999999999.99"), currency="COP", due_on=date(2026, 3, 10),
)  # fmt: skip
CUSTOMER = Customer(
    external_id="C-1", name="Ana Ñusta", first_name="Ana", phones=(ANA,), accounts=(GOLD,),
    segment="vip", language="es", time_zone="America/Bogota", proof="4321",
    consents=(
        Consent(purpose=Purpose.CALL, given=True, on=date(2026, 1, 2)),
        Consent(purpose=Purpose.DATA, given=False, on=date(2026, 1, 3)),
    ),
)  # fmt: skip


@pytest.fixture
def store(database: Database) -> CustomerStore:
    return CustomerStore(database)


async def test_kept_as_given_and_found_by_everything(store: CustomerStore) -> None:
    before, kept = await store.put(CUSTOMER, NOW)
    assert before is None
    assert kept.customer == replace(CUSTOMER, accounts=(replace(GOLD, balance_at=NOW),))
    assert await store.one(kept.id) == kept
    assert await store.by_external_id("C-1") == kept
    assert await store.by_account("12345678") == kept
    assert await store.by_number([ANA]) == kept
    for nobody in (
        await store.one(kept.id + 1),
        await store.by_external_id(""),
        await store.by_account("1234567"),
        await store.by_number([LUIS]),
        await store.by_number([]),
    ):
        assert nobody is None


async def test_the_same_external_id_is_the_same_customer(store: CustomerStore) -> None:
    _, first = await store.put(CUSTOMER, NOW)
    changed = Customer(external_id="C-1", name="Ana N.", phones=(LUIS,))
    before, after = await store.put(changed, LATER)
    assert before == first
    assert (after.id, after.customer) == (first.id, changed)
    assert (after.created_at, after.updated_at) == (NOW, LATER)
    assert await store.by_number([ANA]) is None
    assert await store.by_account("12345678") is None


async def test_without_external_id_everybody_is_somebody_else(store: CustomerStore) -> None:
    _, one = await store.put(Customer(name="Ana"), NOW)
    _, other = await store.put(Customer(name="Ana"), NOW)
    assert one.id != other.id


async def test_a_number_of_two_names_nobody(store: CustomerStore) -> None:
    _, ana = await store.put(CUSTOMER, NOW)
    _, luis = await store.put(Customer(external_id="C-2", phones=(ANA, LUIS)), NOW)
    assert await store.by_number([ANA]) is None
    assert await store.by_number([LUIS]) == luis
    await store.put(Customer(external_id="C-2", phones=(LUIS,)), NOW)
    assert await store.by_number([ANA]) == ana


async def test_an_argentine_mobile_is_known_with_and_without_its_nine(
    store: CustomerStore,
) -> None:
    _, known = await store.put(Customer(external_id="C-1", phones=("5491151234567",)), NOW)
    assert await store.by_number(written_ways("541151234567")) == known


async def test_what_is_anothers_is_not_taken(store: CustomerStore) -> None:
    await store.put(CUSTOMER, NOW)
    _, luis = await store.put(Customer(external_id="C-2"), NOW)
    for customer, field in (
        (Customer(external_id="C-2", accounts=(GOLD,)), "account"),
        (Customer(external_id="C-1"), "external_id"),
    ):
        with pytest.raises(TakenError) as taken:
            await store.put(customer, NOW, customer_id=luis.id)
        assert taken.value.field == field
    with pytest.raises(KeyError):
        await store.put(CUSTOMER, NOW, customer_id=luis.id + 9)
    assert await store.one(luis.id) == luis


async def test_pages_and_search(store: CustomerStore) -> None:
    for index in range(5):
        one = Customer(
            external_id=f"C-{index}", name=f"Cliente 100% {index}", phones=(f"57300123456{index}",),
            accounts=(Account(account=f"100{index}"),),
        )  # fmt: skip
        await store.put(one, NOW)
    first = await store.page(limit=2)
    assert [one.customer.external_id for one in first.customers] == ["C-4", "C-3"]
    second = await store.page(limit=2, cursor=first.next_cursor)
    third = await store.page(limit=2, cursor=second.next_cursor)
    assert [one.customer.external_id for one in third.customers] == ["C-0"]
    assert third.next_cursor is None

    async def found(search: str) -> list[str]:
        return [one.customer.external_id for one in (await store.page(search)).customers]

    assert await found("cliente 100% 3") == ["C-3"]
    assert await found("C-2") == ["C-2"]
    assert await found("1001") == ["C-1"]
    assert await found("+57 300 123 4564") == ["C-4"]
    assert await found("0123456_") == []
    assert await found("234") == []
    with pytest.raises(CursorError):
        await store.page(cursor="x")
    with pytest.raises(ValueError, match="limit"):
        await store.page(limit=0)


async def test_notes(store: CustomerStore) -> None:
    _, ana = await store.put(CUSTOMER, NOW)
    for minute, (text, pinned) in enumerate((("primera", True), ("segunda", False), ("x", True))):
        at = NOW + timedelta(minutes=minute)
        await store.add_note(ana.id, text, author="1001", pinned=pinned, now=at)
    assert [note.text for note in await store.pinned(ana.id)] == ["x", "primera"]
    page = await store.notes(ana.id, limit=2)
    assert [(note.text, note.author) for note in page.notes] == [("x", "1001"), ("segunda", "1001")]
    rest = await store.notes(ana.id, limit=2, cursor=page.next_cursor)
    assert [note.text for note in rest.notes] == ["primera"]
    missing = await store.add_note(ana.id + 1, "y", author="1001", pinned=False, now=NOW)
    assert missing is None


# --- files


def row(line: int, *phones: str, **cells: str) -> CustomerRow:
    return customer_row(line, cells, phones)


async def test_a_file_adds_changes_and_refuses(database: Database, store: CustomerStore) -> None:
    _, ana = await store.put(CUSTOMER, NOW)
    rows = [
        row(2, LUIS, external_id="C-1", name="", segment="oro", accounts="12345678",
            status="suspended"),
        row(3, external_id="C-2", name="Luis", accounts="2222|3333"),
        row(4, accounts="12345678", balance="1021,01", currency="USD", due_on="30/03/2026"),
        row(5, external_id="C-3", accounts="2222"),
        row(6, accounts="4444", name="Eva"),
    ]  # fmt: skip
    found = await CustomerImportStore(database).settle(rows, LATER)
    assert (len(found.fresh), len(found.changed)) == (2, 1)
    assert [(one.line, one.field, one.detail) for one in found.refused] == [(5, "accounts", "2222")]
    after = await store.one(ana.id)
    assert after is not None
    assert after.customer == replace(
        CUSTOMER,
        segment="oro",
        phones=(ANA, LUIS),
        accounts=(
            replace(
                GOLD, status="suspended", balance=Decimal("1021.01"), currency="USD",
                due_on=date(2026, 3, 30), balance_at=LATER,
            ),
        ),
    )  # fmt: skip
    assert (after.created_at, after.updated_at) == (NOW, LATER)
    luis = await store.by_account("3333")
    assert luis is not None
    assert luis == await store.by_external_id("C-2")
    assert luis.customer.accounts[0].status == ""
    again = await CustomerImportStore(database).settle(rows, LATER)
    assert (len(again.fresh), len(again.changed), len(again.refused)) == (0, 3, 1)
    assert await store.one(ana.id) == after
    assert len((await store.page()).customers) == 3


async def test_a_file_that_is_tried_out_changes_nothing(
    database: Database, store: CustomerStore
) -> None:
    await store.put(CUSTOMER, NOW)
    store_of_files, known = CustomerImportStore(database), Known()
    first = await store_of_files.try_out(
        [row(2, external_id="C-1"), row(3, accounts="9999")], known
    )
    second = await store_of_files.try_out(
        [row(4, accounts="9999"), row(5, external_id="C-8", accounts="12345678")], known
    )
    assert (len(first.fresh), len(first.changed)) == (1, 1)
    assert (len(second.fresh), len(second.changed), len(second.refused)) == (0, 1, 1)
    assert len((await store.page()).customers) == 1


async def test_an_empty_step(database: Database) -> None:
    assert (await CustomerImportStore(database).settle([], NOW)).fresh == {}
