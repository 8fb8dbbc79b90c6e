"""Calls of long ago: whose they were goes, every figure stays. On both databases."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, select, update

from calls.events import (
    KINDS,
    AttemptStarted,
    CallbackAsked,
    CallEnded,
    CallFact,
    CustomerKnown,
    TicketOpened,
)
from customers.ticket_numbers import ticket_number
from storage import old_calls
from storage.database import Database
from storage.tables import (
    agent_quarters,
    call_facts,
    calls,
    campaign_quarters,
    menu_sessions,
    queue_quarters,
    queue_stays,
    tickets,
)
from tests.integration.api_house import ApiHouse, open_house
from tests.integration.made_report_day import LATER, PERIOD, counted, dialed, report_day
from tests.unit.facts import arrived, at, on_call

LINE, CALLER, DIALED = "08001234567", "573007654321", "573008889999"
#: as long as `LINEA800_CALLERS_DAYS` says in this house; what us-tsr says of records: 5 years
DAYS, YEARS = timedelta(days=730), timedelta(days=5 * 366)
FIGURES = (queue_quarters, agent_quarters, campaign_quarters)
PERSONS = (CALLER, DIALED, "Zenobia", "cuenta-7", "5730011", "5730099")


@pytest.fixture
async def house(database: Database, tmp_path: Path) -> AsyncIterator[ApiHouse]:
    async with open_house(database, tmp_path) as opened:
        yield opened


async def everything(house: ApiHouse, *tables: Any) -> list[list[tuple[Any, ...]]]:
    return [
        [tuple(row) for row in await house.database.rows(select(t).order_by(*t.primary_key))]
        for t in tables
    ]


async def a_call_of_somebody(house: ApiHouse) -> None:
    """With a person in every fact that can have one."""
    told = [
        arrived(0, caller_number=CALLER, caller_name="Zenobia Ruiz"),
        on_call(CustomerKnown, 1, customer_id=7, account="cuenta-7"),
        on_call(
            TicketOpened, 2, number=ticket_number(2026, 1), kind="x", reason="x", due_at=at(9),
            customer_id=7, phone=CALLER, account="cuenta-7",
        ),
        on_call(CallbackAsked, 3, queue="soporte", number=CALLER, waiting_since=at(1)),
        on_call(CallEnded, 4, cause=16, sip_code=200),
    ]  # fmt: skip
    await house.happen(*(replace(one, call_id="somebody") for one in told))
    await house.parts.recorder.ship_now()
    closed = update(tickets).values(state="closed", ended_at=at(9))
    await house.database.write(lambda connection: connection.execute(closed).rowcount)


async def persons_left(house: ApiHouse) -> list[str]:
    kept = str(await everything(house, calls, call_facts, tickets))
    return [person for person in PERSONS if person in kept]


async def test_whose_it_was_goes_and_every_figure_stays(house: ApiHouse) -> None:
    await a_call_of_somebody(house)
    await report_day(house)
    await dialed(house)
    figures = await everything(house, *FIGURES, queue_stays, menu_sessions)
    assert all(figures[:3])
    metrics = {
        path: await house.get(path, **PERIOD) for path in ("/metrics/queues", "/metrics/agents")
    }
    behind = await house.get("/metrics/queues/soporte/calls", **PERIOD)
    assert set(await persons_left(house)) == set(PERSONS) - {DIALED}
    every = len((await house.get("/calls"))["items"])

    house.clock.advance((DAYS - timedelta(seconds=LATER + 60)).total_seconds())
    assert (await house.get("/retention", "admin"))["items"] == [], "younger than they may be"
    house.clock.advance(2 * LATER)
    due = (await house.get("/retention", "admin"))["items"]
    # of one call nobody knows who it was
    going = [("calls", None, every - 1), ("tickets", None, 1)]
    assert [(one["table"], one["campaign_id"], one["rows"]) for one in due] == going
    assert set(await persons_left(house)) == set(PERSONS) - {DIALED}, "only told"

    answer = await house.ask("POST", "/retention", "admin")
    gone = answer.json()["items"]
    assert [(one["table"], one["campaign_id"], one["rows"]) for one in gone] == going
    assert await persons_left(house) == []
    assert (await house.ask("POST", "/retention", "admin")).json()["items"] == []
    (audited,) = (await house.get("/audit", "admin", subject="retention"))["items"]
    assert audited["after"]["removed"][0]["table"] == "calls"

    for table in FIGURES:
        await house.database.write(lambda c, t=table: c.execute(delete(t)).rowcount)  # type: ignore[misc]
    await counted(house)
    assert await everything(house, *FIGURES, queue_stays, menu_sessions) == figures
    for path, before in metrics.items():
        after = await house.get(path, **PERIOD)
        assert {**after, "as_of": None} == {**before, "as_of": None}, path
    found = await house.get("/metrics/queues/soporte/calls", **PERIOD)
    assert found["items"] == [{**one, "caller_number": ""} for one in behind["items"]]
    story = await house.get("/calls/somebody")
    assert (story["record"]["caller_number"], story["record"]["number_called"]) == ("", LINE)
    assert story["record"]["customer_id"] == 7
    assert [one["kind"] for one in story["timeline"]][:2] == ["CallArrived", "CustomerKnown"]
    assert story["timeline"][0]["details"]["number_called"] == LINE


async def test_what_was_dialed_keeps_its_number_as_long_as_its_rules_say(house: ApiHouse) -> None:
    campaign_id = await house.new_campaign(
        country="US", options={"rules": {"preset": "us-tsr", "purpose": "service"}}
    )
    made = [
        on_call(AttemptStarted, 0, campaign_id=campaign_id, lead_id=1, number_called=DIALED),
        on_call(CallEnded, 9, cause=16, sip_code=200),
    ]
    await house.happen(*(replace(one, call_id="dialed") for one in made))
    await house.parts.recorder.ship_now()
    house.clock.advance((YEARS - timedelta(seconds=60)).total_seconds())
    assert (await house.get("/retention", "admin"))["items"] == []
    house.clock.advance(120)
    found = (await house.get("/retention", "admin"))["items"]
    (due,) = (one for one in found if one["table"] != "audit")
    assert (due["table"], due["campaign_id"], due["preset"], due["rows"]) == (
        "calls", campaign_id, "us-tsr", 1,
    )  # fmt: skip
    assert await persons_left(house) == [DIALED]
    assert (await house.ask("POST", "/retention", "admin")).json()["more"] is False
    assert await persons_left(house) == []


async def test_it_goes_little_by_little(house: ApiHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(5):
        over = [arrived(0, caller_number=CALLER), on_call(CallEnded, 4, cause=16, sip_code=200)]
        await house.happen(*(replace(one, call_id=f"c{number}") for one in over))
    await house.happen(replace(arrived(5, caller_number=CALLER), call_id="lasts"))
    await house.parts.recorder.ship_now()
    house.clock.advance((2 * DAYS).total_seconds())
    monkeypatch.setattr(old_calls, "_AT_ONCE", 2)
    (gone,) = (await house.ask("POST", "/retention", "admin")).json()["items"]
    assert gone["rows"] == 5, "all arrived at the same moment"
    kept = await house.database.rows(select(calls.c.call_id).where(calls.c.caller_number != ""))
    assert [row.call_id for row in kept] == ["lasts"], "which did not end"


def test_no_fact_has_a_person_that_is_not_thought_of() -> None:
    """A new field that sounds like a person's has to be put there, or here."""
    ours = {
        ("CallArrived", "number_called"), ("DialogueOffered", "number_called"),
        ("TicketOpened", "number"), ("SupervisionStarted", "phone"), ("SupervisionEnded", "phone"),
    }  # fmt: skip
    named = {
        (name, field)
        for name, kind in KINDS.items()
        if kind.durable and issubclass(kind, CallFact)
        for field in kind.__dataclass_fields__
        if any(word in field for word in ("number", "phone", "name", "account"))
    }
    thought_of = {
        (kind, field) for kind, fields in old_calls._OF_PERSONS.items() for field in fields
    }
    assert thought_of <= named
    assert named - thought_of <= ours
