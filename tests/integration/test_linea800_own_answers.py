"""The answers to menus out of our own tables: whole, in time, and nobody's but the caller's."""

from __future__ import annotations

import asyncio
import itertools
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import insert

from customers.customer import Account, Customer
from ivr.services import BUILT_IN, FAILED, Answer, Question, What
from linea800.own_answers import WRONG_MOST, OwnAnswers, WrongDigits
from monitoring.record import CallRecord
from storage import tables
from storage.calls import CallStore
from storage.customer_contacts import ContactStore
from storage.customers import CustomerStore
from storage.database import Database
from storage.errors import DatabaseUnavailableError

#: in Bogotá it is the evening before
NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
GOLD = Account(
    account="12345678", plan="Oro", status="active", area="Norte", decoder="D-1",
    balance=Decimal("1021.01"), currency="COP", due_on=date(2026, 3, 1),
)  # fmt: skip
ANA = Customer(
    external_id="C-1", name="Ana Ñusta", first_name="Ana", phones=("573001234567",),
    accounts=(GOLD,), segment="vip", language="es", proof="4321",
)  # fmt: skip
_keys = itertools.count()


@dataclass
class Desk:
    """The answers, and a customer to ask for."""

    answers: OwnAnswers
    database: Database
    ana: int

    async def ask(self, service: str, key: str = "", **arguments: Any) -> Answer:
        """As the front office does."""
        key = key or f"k{next(_keys)}"
        question = Question(call_id="this", service=service, arguments=arguments, key=key)
        answer = await self.answers.answer(question)
        if answer.outcome == "found":
            fits(service, answer)
        return answer

    async def write(self, table: Any, **values: Any) -> None:
        """A row."""
        await self.database.write(lambda connection: connection.execute(insert(table), values))


def fits(service: str, answer: Answer) -> None:
    """Every value is there, and of its kind."""
    kinds = {
        What.NUMBER: int, What.TEXT: str, What.DIGITS: str, What.YES_NO: bool, What.TEXTS: tuple,
        What.DATE: str,
    }  # fmt: skip
    assert set(answer.values) == set(BUILT_IN[service].gives)
    for name, kind in BUILT_IN[service].gives.items():
        value = answer.values[name]
        assert isinstance(value, kinds[kind]), name
        if kind is What.DIGITS:
            assert value == "" or (isinstance(value, str) and value.isdigit())
        if kind is What.DATE:
            assert date.fromisoformat(str(value)).isoformat() == value


@pytest.fixture
async def desk(database: Database) -> Desk:
    store = CustomerStore(database)
    _, kept = await store.put(ANA, NOW)
    answers = OwnAnswers(
        store, ContactStore(database), country="CO", zone=ZoneInfo("America/Bogota"),
        now=lambda: NOW,
    )  # fmt: skip
    return Desk(answers, database, kept.id)


async def test_who_calls(desk: Desk) -> None:
    for shown in ("+573001234567", "573001234567", "3001234567", "03001234567"):
        answer = await desk.ask("customer_by_number", number=shown)
        assert answer == Answer(
            "found",
            {
                "id": desk.ana, "first_name": "Ana", "segment": "vip", "language": "es",
                "account": "12345678", "plan": "Oro", "status": "active", "area": "Norte",
                "decoder": "D-1", "provable": True, "open_ticket": "", "owner": "", "reasons": (),
            },
        )  # fmt: skip
    for nobody in ("3009999999", "anonymous", "", "0800"):
        assert (await desk.ask("customer_by_number", number=nobody)).outcome == "missing"


async def test_a_familys_number_names_nobody_and_an_account_one(desk: Desk) -> None:
    luis = Customer(external_id="C-2", phones=ANA.phones, accounts=(Account(account="2222"),))
    await CustomerStore(desk.database).put(luis, NOW)
    assert (await desk.ask("customer_by_number", number="3001234567")).outcome == "missing"
    answer = await desk.ask("customer_by_account", account="2222")
    assert (answer.values["account"], answer.values["provable"]) == ("2222", False)
    assert (await desk.ask("customer_by_account", account="9999")).outcome == "missing"
    assert (await desk.ask("customer_by_account", account="")).outcome == "missing"


async def test_of_several_accounts_only_what_is_so_of_all(desk: Desk) -> None:
    several = Customer(
        external_id="C-2", phones=("573001234568",),
        accounts=(
            Account(account="2222", plan="Oro", area="Norte", status="active"),
            Account(account="3333", plan="Plata", area="Norte", status="suspended"),
        ),
    )  # fmt: skip
    await CustomerStore(desk.database).put(several, NOW)
    values = (await desk.ask("customer_by_number", number="3001234568")).values
    assert (values["account"], values["plan"], values["area"]) == ("", "", "Norte")
    values = (await desk.ask("customer_by_account", account="3333")).values
    assert (values["account"], values["plan"], values["status"]) == ("3333", "Plata", "suspended")


async def test_the_open_matter_its_owner_and_why_somebody_calls_again(desk: Desk) -> None:
    for number, state, owner, hours in (
        ("1", "open", "1001", 5),
        ("2", "in_progress", "1002", 3),
        ("3", "closed", "1003", 1),
        ("4", "open", "", 2),
    ):
        at = NOW - timedelta(hours=hours)
        await desk.write(
            tables.tickets, number=number, pbx="pbx1", call_id=f"c{number}", kind="complaint",
            reason="", account="", customer_id=desk.ana, phone="", recording="", state=state,
            owner=owner, answer="", opened_at=at, due_at=datetime(2026, 3, 18, 3, tzinfo=UTC),
            told_as="", told_tries=0,
        )  # fmt: skip
    records = [
        CallRecord(
            pbx="pbx1", call_id=call_id, direction="inbound", number_called="0800",
            caller_number="x", arrived_at=NOW - timedelta(hours=ago), customer_id=desk.ana,
            reason=reason,
        )
        for call_id, ago, reason in (
            ("old", 25, "cancel"), ("a", 20, "no_signal"), ("b", 2, "bill"), ("c", 1, "no_signal"),
            ("this", 0, "plan"), ("d", 1, ""),
        )
    ]  # fmt: skip
    await CallStore(desk.database).save(records, [])
    values = (await desk.ask("customer_by_number", number="3001234567")).values
    # the newest has no owner yet: whoever has the next one knows the customer
    assert (values["open_ticket"], values["owner"]) == ("4", "1002")
    assert values["reasons"] == ("no_signal", "bill")
    ticket = await desk.ask("ticket_by_number", number="3")
    # the day it is where the line is
    assert ticket.values == {"state": "closed", "kind": "complaint", "due_on": "2026-03-17"}
    assert (await desk.ask("ticket_by_number", number="9")).outcome == "missing"


async def test_digits_prove_the_customer_but_not_by_trying(desk: Desk) -> None:
    async def prove(digits: str, customer: Any = None, key: str = "") -> str:
        who = desk.ana if customer is None else customer
        return (await desk.ask("prove_customer", key, customer=who, digits=digits)).outcome

    assert await prove("4321") == "found"
    for wrong in ("432", "43210", "", "٤٣٢١"):
        assert await prove(wrong) == "missing"
    # one more is left; asked again of the same asking it counts once
    for _ in range(3):
        assert await prove("1111", key="same") == "missing"
    assert await prove("4321", key="same") == "found"
    assert await prove("4321") == "found"
    assert await prove("1111") == "missing"
    assert await prove("4321") == "missing"
    # nobody else is the worse for it
    luis = Customer(external_id="C-2", proof="987")
    _, kept = await CustomerStore(desk.database).put(luis, NOW)
    assert await prove("987", kept.id) == "found"
    for nobody in (kept.id + 9, True, "x", None):
        answer = await desk.ask("prove_customer", customer=nobody, digits="4321")
        assert answer.outcome == "missing"


async def test_nothing_to_prove_it_by_proves_nothing(desk: Desk) -> None:
    _, kept = await CustomerStore(desk.database).put(Customer(external_id="C-2"), NOW)
    assert (await desk.ask("prove_customer", customer=kept.id, digits="")).outcome == "missing"


async def test_many_at_once_have_no_more_tries_than_one(desk: Desk) -> None:
    digits = [f"{each:04d}" for each in range(4300, 4340)]
    found = await asyncio.gather(
        *(desk.ask("prove_customer", customer=desk.ana, digits=each) for each in digits)
    )
    assert all(answer.outcome == "missing" for answer in found)
    assert (await desk.ask("prove_customer", customer=desk.ana, digits="4321")).outcome == "missing"


async def test_what_billing_told_last(desk: Desk) -> None:
    answer = await desk.answers.balance("12345678")
    assert answer == Answer(
        "found",
        {
            "amount": 1021.01, "currency": "COP", "due_on": "2026-03-01",
            # in Bogotá the day is not over
            "overdue": False, "as_of": "2026-03-01",
        },
    )  # fmt: skip
    assert (await desk.answers.balance("9999")).outcome == "missing"
    bare = Customer(external_id="C-2", accounts=(Account(account="2222"),))
    await CustomerStore(desk.database).put(bare, NOW)
    assert (await desk.answers.balance("2222")).outcome == "missing"
    late = Customer(
        external_id="C-2",
        accounts=(
            Account(account="2222", balance=Decimal(1), currency="COP", due_on=date(2026, 2, 27)),
            Account(account="3333", balance=Decimal(-1), currency="COP", due_on=date(2026, 2, 27)),
            Account(account="4444", balance=Decimal(1), currency="COP"),
        ),
    )
    await CustomerStore(desk.database).put(late, NOW)
    overdue = [(await desk.answers.balance(each)).values for each in ("2222", "3333", "4444")]
    assert [values["overdue"] for values in overdue] == [True, False, False]
    assert overdue[2]["due_on"] is None


class _Hanging(CustomerStore):
    """A database that does not answer."""

    async def by_number(self, ways: Any) -> Any:
        """Wait for ever."""
        await asyncio.Event().wait()


class _Away(CustomerStore):
    """No database."""

    async def one(self, customer_id: int) -> Any:
        """Say so."""
        raise DatabaseUnavailableError("away")

    async def by_account(self, account: str) -> Any:
        """Say so."""
        raise DatabaseUnavailableError("away")


async def test_nobody_waits_for_a_database(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    short = BUILT_IN["customer_by_number"].model_copy(update={"most_seconds": 0.05})
    monkeypatch.setattr("linea800.own_answers.BUILT_IN", {**BUILT_IN, "customer_by_number": short})
    contacts = ContactStore(desk.database)
    desk.answers = OwnAnswers(_Hanging(desk.database), contacts, country="CO")
    assert await desk.ask("customer_by_number", number="3001234567") == Answer(FAILED)
    desk.answers = OwnAnswers(_Away(desk.database), contacts, country="CO")
    # no digits were looked at: nothing was wrong
    for _ in range(WRONG_MOST + 1):
        answer = await desk.ask("prove_customer", customer=desk.ana, digits="1111")
        assert answer == Answer(FAILED)
    assert await desk.answers.balance("12345678") == Answer(FAILED)


def test_wrong_digits_are_forgotten_after_an_hour() -> None:
    wrong = WrongDigits()
    for each in range(WRONG_MOST):
        assert wrong.begin(1, f"k{each}", NOW + timedelta(minutes=each))
    assert not wrong.begin(1, "x", NOW + timedelta(minutes=59))
    assert wrong.begin(2, "x", NOW + timedelta(minutes=59))
    assert wrong.begin(1, "y", NOW + timedelta(minutes=60))
    assert not wrong.begin(1, "z", NOW + timedelta(minutes=60))
    # nothing is kept of those whom nobody asked for since
    wrong.begin(3, "x", NOW + timedelta(hours=9))
    assert list(wrong._tries) == [3]
