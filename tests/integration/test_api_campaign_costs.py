"""What a campaign cost, and what its talks came to, on both databases."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, select, text

from api.problem_texts import Kind as Problem
from storage import migrations
from storage.database import Database
from storage.measure_rows import Kind
from storage.tables import campaign_quarters, stale_quarters
from tests.integration.api_house import ApiHouse, open_house, places, problem
from tests.integration.made_report_day import PERIOD, dialed, report_day
from tests.integration.test_storage_migrating import ROWS, fill, run

COSTS = {
    "currency": "COP", "cost_per_attempt": "0.5", "cost_per_minute": "0.6",
    "cost_per_agent_hour": "4",
}  # fmt: skip


@pytest.fixture
async def house(database: Database, tmp_path: Path) -> AsyncIterator[ApiHouse]:
    async with open_house(database, tmp_path) as opened:
        yield opened


async def _change(house: ApiHouse, campaign_id: str, costs: Any) -> dict[str, Any]:
    response = await house.ask(
        "PATCH", f"/campaigns/{campaign_id}", json={"options": {"costs": costs}}
    )
    assert response.status_code == 200, response.text
    options: dict[str, Any] = response.json()["options"]
    return options


async def _item(house: ApiHouse, **asked: Any) -> dict[str, Any]:
    (item,) = (await house.get("/metrics/campaigns", **PERIOD, **asked))["items"]
    found: dict[str, Any] = item
    return found


async def test_costs_and_results_by_hand(house: ApiHouse) -> None:
    await report_day(house)
    campaign_id = await dialed(house)
    item = await _item(house)
    assert item["cost"] is None
    assert item["results"] == {
        "success": 1, "no_success": 0, "callback": 0, "do_not_call": 0, "no_contact": 0,
        "not_told": 0,
    }  # fmt: skip
    # answered for 61, 8 and 2 seconds
    assert item["counts"]["line_seconds"] == 71.0
    # first given after the attempts: it holds for them, too
    assert (await _change(house, campaign_id, COSTS))["costs"] == COSTS
    assert (await house.get(f"/campaigns/{campaign_id}"))["campaign"]["options"]["costs"] == COSTS
    expected = {
        "currency": "COP", "attempts": "2.0000", "line": "0.7100", "agents": "6.0000",
        "total": "8.7100", "per_contact": "8.7100", "per_conversion": "8.7100",
    }  # fmt: skip
    assert (await _item(house))["cost"] == expected
    assert (await _item(house, by="all"))["cost"] == expected
    first, second, _ = (await house.get("/metrics/campaigns", **PERIOD, interval="PT15M"))["items"]
    assert (first["cost"]["attempts"], second["cost"]["attempts"]) == ("2.0000", "0.0000")
    assert second["cost"]["per_contact"] is None
    # what is changed later holds from then on; the past costs what it cost
    house.clock.advance(60)
    await _change(house, campaign_id, {**COSTS, "cost_per_attempt": "9"})
    assert (await _item(house))["cost"] == expected
    house.clock.advance(60)
    assert (await _change(house, campaign_id, None))["costs"] is None
    assert (await _item(house))["cost"] == expected


async def test_a_new_campaign_takes_costs_and_a_change_of_something_else_keeps_them(
    house: ApiHouse,
) -> None:
    campaign_id = await house.new_campaign(options={"costs": COSTS})
    assert list(await house.parts.reports.rates([campaign_id])) == [campaign_id]
    house.clock.advance(60)
    response = await house.ask("PATCH", f"/campaigns/{campaign_id}", json={
        "options": {"callback_grace_minutes": 5}})  # fmt: skip
    assert response.json()["options"]["costs"] == COSTS
    (rates,) = (await house.parts.reports.rates([campaign_id]))[campaign_id]
    assert rates.valid_from < house.clock()
    # twice in one moment: the last one holds
    for amount in ("1", "2"):
        await _change(house, campaign_id, {"currency": "USD", "cost_per_attempt": amount})
    told = (await house.parts.reports.rates([campaign_id]))[campaign_id]
    assert [(one.currency, str(one.per_attempt)) for one in told] == [("COP", "0.5"), ("USD", "2")]


async def test_what_is_no_cost_is_refused(house: ApiHouse) -> None:
    asked = {"name": "x", "queue": "salida", "country": "CO"}
    for costs in (
        {"currency": "COP", "cost_per_attempt": 0.5},
        {"currency": "XYZ", "cost_per_attempt": "1"},
        {"currency": "COP", "cost_per_attempt": "-1"},
    ):
        response = await house.ask(
            "POST", "/campaigns", json={**asked, "options": {"costs": costs}}
        )
        ((place, _),) = places(problem(response, Problem.INVALID))
        assert place.startswith("body.options.costs.c")


async def test_what_was_counted_before_costs_is_counted_again(tmp_path: Path) -> None:
    url = str(tmp_path / "old.db")

    def make_old(connection: Connection) -> None:
        migrations.upgrade(connection, "0007")
        fill(connection)
        connection.execute(text("DELETE FROM stale_quarters"))

    await run(url, make_old)
    async with await Database.open(url) as database:
        marked = await database.rows(select(stale_quarters))
        counted = await database.rows(select(campaign_quarters))
    assert len(counted) == ROWS
    assert {(one.pbx, one.kind, one.subject, one.quarter) for one in marked} == {
        (one.pbx, Kind.CAMPAIGN, one.campaign_id, one.quarter) for one in counted
    }
    assert {one.line_ms for one in counted} == {0}
