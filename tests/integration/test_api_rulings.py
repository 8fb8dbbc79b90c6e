"""/rulings: the proof of each check, in pages and as a file."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert

from api.problem_texts import Kind
from storage import tables
from storage.errors import DatabaseUnavailableError
from tests.integration.api_house import ApiHouse, places, problem, sqlite_house
from tests.unit.facts import START

ANA, LUIS = "573001234567", "573001234568"


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[ApiHouse]:
    async with sqlite_house(tmp_path) as opened:
        yield opened


async def ruled(house: ApiHouse, campaign_id: str, minute: int, **values: Any) -> None:
    row = {
        "at": START + timedelta(minutes=minute),
        "campaign_id": campaign_id,
        "lead_id": 1,
        "number": ANA,
        "attempt_id": None,
        "allowed": 0,
        "reasons": ["dnc_listed"],
        "preset": "co-2300",
        "version": "2026-11",
        "purpose": "marketing",
        "zone": "America/Bogota",
        "local_time": "2026-03-02T10:00:00-05:00",
        "evidence": {"findings": ["dnc_listed RNE"], "registers": ["RNE 1.50 d"]},
        **values,
    }
    await house.database.write(
        lambda connection: connection.execute(insert(tables.rulings).values(row)).rowcount
    )


ALLOWED = {"allowed": 1, "reasons": [], "attempt_id": "attempt-1", "evidence": {"findings": []}}


async def test_a_campaigns_rulings_newest_first_in_the_language_asked_for(house: ApiHouse) -> None:
    campaign_id = await house.new_campaign()
    await ruled(house, campaign_id, 0)
    await ruled(house, campaign_id, 1, number=LUIS, **ALLOWED)
    path = f"/campaigns/{campaign_id}/rulings"
    newest, oldest = (await house.get(path))["items"]
    assert (newest["allowed"], newest["attempt_id"]) == (True, "attempt-1")
    assert newest["sentence"] == "might be called"
    assert oldest["sentence"] == "is on the do-not-call list RNE"
    assert (oldest["allowed"], oldest["reasons"], oldest["number"]) == (False, ["dnc_listed"], ANA)
    assert (oldest["preset"], oldest["version"]) == ("co-2300", "2026-11")
    assert oldest["evidence"]["registers"] == ["RNE 1.50 d"]
    response = await house.ask("GET", path, headers={"Accept-Language": "es"})
    assert response.json()["items"][1]["sentence"] == "está en la lista de no llamar RNE"


async def test_reasons_of_ours_have_sentences_too(house: ApiHouse) -> None:
    campaign_id = await house.new_campaign()
    reasons = ["spending_guard", "caller_numbers_used_up"]
    await ruled(house, campaign_id, 0, reasons=reasons, evidence={"findings": []})
    (ruling,) = (await house.get(f"/campaigns/{campaign_id}/rulings"))["items"]
    assert ruling["sentence"].startswith("a spending guard lets no calls")
    assert "shown today as often as may be" in ruling["sentence"]


async def test_rulings_are_chosen(house: ApiHouse) -> None:
    campaign_id = await house.new_campaign()
    await ruled(house, campaign_id, 0)
    await ruled(house, campaign_id, 1, number=LUIS, **ALLOWED)
    await ruled(house, campaign_id, 2, reasons=["outside_hours"])
    path = f"/campaigns/{campaign_id}/rulings"

    async def minutes(**params: Any) -> list[int]:
        items = (await house.get(path, **params))["items"]
        return [int(each["at"][14:16]) - START.minute for each in items]

    assert await minutes(number=f"+{ANA}") == [2, 0]
    assert await minutes(allowed=True) == [1]
    assert await minutes(allowed=False, reason="dnc_listed") == [0]
    since, until = (START + timedelta(minutes=each) for each in (1, 2))
    assert await minutes(since=since.isoformat(), until=until.isoformat()) == [1]
    page = await house.get(path, limit=2)
    assert await minutes(limit=2, cursor=page["next_cursor"]) == [0]
    response = await house.ask("GET", path, params={"cursor": "?"})
    assert places(problem(response, Kind.INVALID)) == [("query.cursor", "unknown_cursor")]


async def test_every_check_of_one_number_whatever_the_campaign(house: ApiHouse) -> None:
    first, second = await house.new_campaign(), await house.new_campaign()
    await ruled(house, first, 0)
    await ruled(house, second, 1)
    await ruled(house, second, 2, number=LUIS)
    items = (await house.get("/rulings", number=ANA))["items"]
    assert [each["campaign_id"] for each in items] == [second, first]
    response = await house.ask("GET", "/rulings")
    assert places(problem(response, Kind.INVALID)) == [("query.number", "missing")]
    problem(await house.ask("GET", "/campaigns/x/rulings"), Kind.NO_SUCH_CAMPAIGN)


async def export(house: ApiHouse, campaign_id: str, **params: str) -> list[dict[str, str]]:
    response = await house.ask("GET", f"/campaigns/{campaign_id}/rulings.csv", params=params)
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == "text/csv; charset=utf-8"
    name = f'attachment; filename="rulings-{campaign_id}.csv"'
    assert response.headers["content-disposition"] == name
    return list(csv.DictReader(io.StringIO(response.text)))


async def test_a_file_for_a_regulator(house: ApiHouse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.rulings._AT_ONCE", 2)
    campaign_id = await house.new_campaign()
    for minute in range(5):
        await ruled(house, campaign_id, minute)
    await ruled(house, campaign_id, 5, number=LUIS, **ALLOWED)
    rows = await export(house, campaign_id)
    assert len(rows) == 6
    assert (rows[0]["number"], rows[0]["allowed"], rows[0]["lead_id"]) == (LUIS, "yes", "1")
    assert (rows[1]["allowed"], rows[1]["reasons"]) == ("no", "dnc_listed")
    assert rows[1]["sentence"] == "is on the do-not-call list RNE"
    assert rows[1]["evidence"].startswith('{"findings": ["dnc_listed RNE"]')
    since, until = (START + timedelta(minutes=each) for each in (1, 3))
    some = await export(house, campaign_id, since=since.isoformat(), until=until.isoformat())
    assert some == rows[3:5]
    assert await export(house, await house.new_campaign()) == []


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t=", " =", "\r"])
async def test_no_cell_of_the_file_is_a_formula(house: ApiHouse, begin: str) -> None:
    campaign_id = await house.new_campaign()
    await ruled(house, campaign_id, 0, number=f"{begin}1+1", zone=f'{begin}cmd|"/c calc"!A1')
    (row,) = await export(house, campaign_id)
    assert row["number"] == f"'{begin}1+1"
    assert row["zone"] == f'\'{begin}cmd|"/c calc"!A1'


async def test_the_file_of_a_database_that_is_away_is_a_problem(
    house: ApiHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    campaign_id = await house.new_campaign()

    async def away(*_: object, **__: object) -> None:
        raise DatabaseUnavailableError("away")

    monkeypatch.setattr(type(house.parts.rulings), "page", away)
    response = await house.ask("GET", f"/campaigns/{campaign_id}/rulings.csv")
    problem(response, Kind.DATABASE_AWAY)
