"""/campaigns/{campaign_id}/abandonment: each rule in force, now and period by period."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert

from api.problem_texts import Kind
from storage import tables
from storage.database import Database
from tests.integration.api_house import ApiHouse, places, problem, sqlite_house
from tests.unit.facts import PBX


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[ApiHouse]:
    async with sqlite_house(tmp_path) as opened:
        yield opened


async def dialed(
    database: Database, campaign_id: str, at: datetime, joined: float | None, **values: Any
) -> None:
    """A lead, and its only attempt: answered after 10 s, joined by an agent so much later."""

    def write(connection: Any) -> None:
        list_id = f"list-{campaign_id}"
        leads = connection.exec_driver_sql("select count(*) from leads").scalar()
        number = f"57300{leads:07d}"
        if not connection.exec_driver_sql("select count(*) from lists").scalar():
            connection.execute(
                insert(tables.lists).values(
                    id=list_id, campaign_id=campaign_id, name="1", weight=1.0, active=1, turn=0.0,
                    created_at=at,
                )
            )  # fmt: skip
        lead = connection.execute(
            insert(tables.leads).values(
                campaign_id=campaign_id, number=number, name="", extra={}, state="done",
                attempts=1, next_at=at, list_id=list_id, external_id="", phone=0, zone="",
                priority=0, score=0.0, rank=0.0, wanted_agent="", reason="",
            )
        ).inserted_primary_key[0]  # fmt: skip
        answered = at + timedelta(seconds=10)
        row = {
            "id": f"attempt-{lead}", "pbx": PBX, "campaign_id": campaign_id, "lead_id": lead,
            "ordinal": 1, "number": number, "intended_at": at, "answered_at": answered,
            "connected_at": None if joined is None else answered + timedelta(seconds=joined),
            "ended_at": at + timedelta(seconds=60), "agent": "", "caller_number": "",
            "wanted_agent": "", "disposition": "",
            "outcome": "abandoned" if joined is None else "connected", **values,
        }  # fmt: skip
        connection.execute(insert(tables.attempts).values(row))

    await database.write(write)


async def test_every_rule_in_force_with_its_definition(house: ApiHouse) -> None:
    campaign_id = await house.new_campaign(
        country="US",
        options={"rules": {"preset": "us-fcc", "purpose": "service"}},
    )
    at = house.clock()
    for joined in (0.5, 2.0, 2.000001, None):
        await dialed(house.database, campaign_id, at, joined)
    await dialed(house.database, campaign_id, at, None, machine="machine")
    await dialed(house.database, campaign_id, at, None, ended_at=None, outcome=None)
    house.clock.advance(600)
    found = await house.get(f"/campaigns/{campaign_id}/abandonment")
    assert (found["preset"], found["campaign_id"]) == ("us-fcc", campaign_id)
    assert found["as_of"] == house.clock().isoformat().replace("+00:00", "Z")
    theirs, ours = found["rules"]
    assert theirs["definition"]["window"] == "30_days"
    assert ours["definition"]["window"] == "calendar_day"
    assert theirs["sentence"].startswith("A call is abandoned when a person answered")
    for each in (theirs, ours):
        current = each["current"]
        assert (current["live"], current["abandoned"], current["rate"]) == (4.0, 2.0, 0.5)
        assert (current["attempts"], current["answered"], current["under_way"]) == (6, 5, 1)
        assert (current["late"], current["machines_hung_up"], current["unproven"]) == (1, 1, 0)
        assert current["within_cap"] is None, "four people say nothing yet"
        assert each["history"] == [current]
        assert each["earlier"] is None
    response = await house.ask(
        "GET", f"/campaigns/{campaign_id}/abandonment", headers={"Accept-Language": "es"}
    )
    assert "30 días de la campaña" in response.json()["rules"][0]["sentence"]


async def test_the_history_goes_on_where_it_ended(house: ApiHouse) -> None:
    campaign_id = await house.new_campaign()
    for _ in range(3):
        await dialed(house.database, campaign_id, house.clock(), None)
        house.clock.advance(86_400)
    path = f"/campaigns/{campaign_id}/abandonment"
    (first,) = (await house.get(path, limit=2))["rules"]
    assert len(first["history"]) == 2
    assert (first["current"]["live"], first["current"]["rate"]) == (0.0, None)
    (rest,) = (await house.get(path, limit=2, before=first["earlier"]))["rules"]
    assert len(rest["history"]) == 1
    assert rest["earlier"] is None
    response = await house.ask("GET", path, params={"limit": 0})
    assert places(problem(response, Kind.INVALID)) == [("query.limit", "greater_than_equal")]
    problem(await house.ask("GET", "/campaigns/x/abandonment"), Kind.NO_SUCH_CAMPAIGN)


async def test_a_cap_that_was_passed(house: ApiHouse) -> None:
    campaign_id = await house.new_campaign()
    for index in range(100):
        await dialed(house.database, campaign_id, house.clock(), None if index < 4 else 0.1)
    (rule,) = (await house.get(f"/campaigns/{campaign_id}/abandonment"))["rules"]
    assert (rule["current"]["rate"], rule["current"]["within_cap"]) == (0.04, False)
