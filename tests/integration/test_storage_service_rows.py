"""What callers got done becomes rows with their calls: once, in any order, and never back."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import Connection, Table, select

from calls.events import (
    CallEnded,
    Fact,
    MessageRecorded,
    SurveyAnswered,
    SurveyAsked,
    TicketOpened,
    WaitTold,
)
from customers.ticket_numbers import ticket_number
from customers.tickets import TicketState, changed, taken
from monitoring.folding import fold, opened_by
from monitoring.record import CallRecord
from storage.calls import CallStore
from storage.database import Database
from storage.service_rows import ServiceRows
from storage.tables import recordings, survey_answers, tickets, waits_told
from storage.tickets import TicketStore
from tests.unit.facts import CALL, arrived, at, on_call

NUMBER = ticket_number(2026, 1)
FACTS: list[Fact] = [
    arrived(0),
    on_call(MessageRecorded, 20, recording="m1", purpose="claim", seconds=12.5),
    on_call(
        TicketOpened, 21, number=NUMBER, kind="claim", reason="billing", due_at=at(86400),
        account="4711", customer_id=7, phone="573001234567", recording="m1",
    ),
    on_call(
        WaitTold, 30, queue="soporte", position=3, expected_seconds=95.0, low_seconds=60.0,
        high_seconds=120.0,
    ),
    on_call(SurveyAsked, 100, question="csat"),
    on_call(SurveyAnswered, 105, question="csat", answer=4, low=1, high=5),
    on_call(SurveyAsked, 106, question="nps"),
    on_call(CallEnded, 120, cause=16, sip_code=200),
]  # fmt: skip


def record() -> CallRecord:
    known = opened_by(FACTS[0])
    assert known is not None
    for fact in FACTS:
        fold(known, fact)
    return known


async def ship(store: CallStore, facts: Sequence[Fact]) -> None:
    numbered = [("journal", FACTS.index(fact), fact) for fact in facts]
    await store.save([record()], numbered)


async def rows(database: Database, table: Table) -> list[dict[str, Any]]:
    order = list(table.primary_key.columns)
    found = await database.rows(select(table).order_by(*order))
    return [dict(row._mapping) for row in found]


async def everything(database: Database) -> dict[str, list[dict[str, Any]]]:
    tables = (tickets, recordings, survey_answers, waits_told)
    return {table.name: await rows(database, table) for table in tables}


async def test_each_fact_is_a_row(database: Database) -> None:
    await ship(CallStore(database), FACTS)
    found = await everything(database)
    (ticket,) = found["tickets"]
    assert ticket["number"] == NUMBER
    assert (ticket["state"], ticket["owner"], ticket["told_at"], ticket["told_tries"]) == (
        "open", "", None, 0,
    )  # fmt: skip
    assert (ticket["opened_at"], ticket["due_at"]) == (at(21), at(86400))
    assert (ticket["phone"], ticket["recording"]) == ("573001234567", "m1")
    (message,) = found["recordings"]
    assert (message["caller_number"], message["seconds"]) == ("573001234567", 12.5)
    told = [
        (row["question"], row["asked_at"], row["answer"], row["low"], row["high"])
        for row in found["survey_answers"]
    ]
    assert told == [("csat", at(100), 4, 1, 5), ("nps", at(106), None, None, None)]
    (wait,) = found["waits_told"]
    assert (wait["queue"], wait["position"], wait["expected_seconds"]) == ("soporte", 3, 95.0)


async def test_in_whatever_order_and_however_often_it_is_the_same(database: Database) -> None:
    store = CallStore(database)
    await ship(store, FACTS)
    expected = await everything(database)
    for fact in reversed(FACTS):
        await ship(store, [fact])
    assert await everything(database) == expected


@pytest.mark.parametrize("order", [(1, 0, 2), (2, 1, 0)])
async def test_an_answer_may_come_before_its_question(
    database: Database, order: tuple[int, ...]
) -> None:
    asked, answered, other = FACTS[4], FACTS[5], FACTS[6]
    for which in order:
        await ship(CallStore(database), [(asked, answered, other)[which]])
    (csat, nps) = await rows(database, survey_answers)
    assert (csat["asked_at"], csat["answer"]) == (at(100), 4)
    assert (nps["asked_at"], nps["answer"]) == (at(106), None)


async def test_what_was_done_with_a_ticket_is_not_undone(database: Database) -> None:
    store, office = CallStore(database), TicketStore(database)
    await ship(store, FACTS)
    await office.change(NUMBER, lambda one: taken(one, "1001"))
    await office.change(
        NUMBER, lambda one: changed(one, at(500), state=TicketState.SOLVED, answer="Listo.")
    )
    await office.told(NUMBER, "CRM-9", at(600))
    before = await rows(database, tickets)
    await ship(store, FACTS)
    assert await rows(database, tickets) == before
    assert (before[0]["state"], before[0]["told_as"]) == ("solved", "CRM-9")


async def test_a_number_that_comes_twice_is_told_loudly(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    await ship(CallStore(database), FACTS)
    again = TicketOpened(
        at=at(900), pbx="pbx1", call_id="another", number=NUMBER, kind="claim", reason="x",
        due_at=at(86400),
    )  # fmt: skip
    with caplog.at_level(logging.ERROR):
        await CallStore(database).save([], [("journal", 99, again)])
    assert f"ticket {NUMBER} of call another is that of call {CALL}" in caplog.text
    assert len(await rows(database, tickets)) == 1


def test_nothing_to_write_costs_nothing() -> None:
    class Unused:
        def __getattr__(self, name: str) -> Any:
            raise AssertionError(f"nobody asked for {name}")

    class NoDatabase:
        dialect = "sqlite"

        def insert(self, table: Table) -> Any:
            return Database.insert(self, table)  # type: ignore[arg-type]  # only the dialect counts

    writer = ServiceRows(NoDatabase())  # type: ignore[arg-type]  # only the dialect counts
    connection: Connection = Unused()  # type: ignore[assignment]  # nothing of it is used
    writer.save(connection, [record()], [FACTS[0], FACTS[-1]])
