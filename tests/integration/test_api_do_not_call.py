"""/do-not-call: listing, ending a listing, and telling where a number is listed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from api.problem_texts import Kind
from tests.integration.api_house import ApiHouse, places, problem, sqlite_house

ANA = "573001234567"


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[ApiHouse]:
    async with sqlite_house(tmp_path) as opened:
        yield opened


async def listed(house: ApiHouse, *, new: bool = True, **asked: Any) -> dict[str, Any]:
    response = await house.ask("POST", "/do-not-call", json=asked)
    assert response.status_code == (201 if new else 200), response.text
    body: dict[str, Any] = response.json()
    return body


async def checked(house: ApiHouse, number: str = f"+{ANA}", **more: str) -> dict[str, Any]:
    response = await house.ask("POST", "/do-not-call/check", json={"number": number, **more})
    assert response.status_code == 200, response.text
    body: dict[str, Any] = response.json()
    return body


@pytest.mark.parametrize(
    "asked",
    [
        {"number": "+57 300 123 4567"},
        {"number": "573001234567"},
        {"number": "(300) 123-4567", "country": "CO"},
    ],
)
async def test_a_number_is_listed_however_it_is_written(
    house: ApiHouse, asked: dict[str, Any]
) -> None:
    body = await listed(house, **asked, reason="carta del 3 de marzo")
    assert (body["number"], body["campaign_id"], body["source"]) == (ANA, None, "api")
    assert body["reason"] == "carta del 3 de marzo"
    assert body["added_by"].startswith("supervisor (")
    again = await listed(house, new=False, **asked)
    assert again == body
    assert (await house.get("/do-not-call"))["items"] == [body]


@pytest.mark.parametrize("number", ["3001234567", "57300123456", "+1", "000000000", "+0999999999"])
async def test_what_is_no_number_is_not_listed(house: ApiHouse, number: str) -> None:
    response = await house.ask("POST", "/do-not-call", json={"number": number})
    body = problem(response, Kind.INVALID)
    assert body["errors"][0]["place"] == "body.number"
    assert (await house.get("/do-not-call"))["items"] == []


async def test_a_campaigns_list(house: ApiHouse) -> None:
    campaign_id = await house.new_campaign()
    body = await listed(house, number="300 123 4567", campaign_id=campaign_id)
    assert (body["number"], body["campaign_id"]) == (ANA, campaign_id)
    response = await house.ask("POST", "/do-not-call", json={"number": ANA, "campaign_id": "x"})
    problem(response, Kind.NO_SUCH_CAMPAIGN)
    own = await house.ask("DELETE", f"/do-not-call/{ANA}")
    problem(own, Kind.NOT_LISTED)
    only = await house.ask("DELETE", f"/do-not-call/{ANA}", params={"campaign_id": campaign_id})
    assert only.status_code == 204
    assert (await house.get("/do-not-call", campaign_id=campaign_id))["items"] == []
    kept = (await house.get("/do-not-call", campaign_id=campaign_id, removed=True))["items"]
    assert kept[0]["removed_by"].startswith("supervisor (")
    assert kept[0]["removed_at"]


async def test_where_a_number_is_listed(house: ApiHouse) -> None:
    assert await checked(house) == {
        "number": ANA, "listed": False, "listings": [], "registers": []
    }  # fmt: skip
    await listed(house, number=ANA)
    assert (await checked(house, "3001234567", country="CO"))["listed"] is True
    assert (await house.ask("DELETE", f"/do-not-call/%2B{ANA}")).status_code == 204
    ended = await checked(house)
    assert (ended["listed"], len(ended["listings"])) == (False, 1)
    response = await house.ask(
        "PUT", "/registers/RNE", params={"as_of": "2026-01-01"}, content="3001234567\n",
        headers={"Content-Type": "text/csv"},
    )  # fmt: skip
    assert response.status_code == 200, response.text
    in_register = await checked(house)
    assert in_register["listed"] is True
    assert in_register["registers"] == [
        {"name": "RNE", "as_of": "2026-01-01T00:00:00Z", "listed": True}
    ]


async def test_pages(house: ApiHouse) -> None:
    for at in range(3):
        await listed(house, number=f"57300123456{at}")
    first = await house.get("/do-not-call", limit=2)
    rest = await house.get("/do-not-call", limit=2, cursor=first["next_cursor"])
    assert [each["number"][-1] for each in first["items"] + rest["items"]] == ["2", "1", "0"]
    assert rest["next_cursor"] is None
    response = await house.ask("GET", "/do-not-call", params={"cursor": "x"})
    assert places(problem(response, Kind.INVALID)) == [("query.cursor", "unknown_cursor")]


async def test_agents_list_nobody_over_the_api(house: ApiHouse) -> None:
    response = await house.ask("POST", "/do-not-call", "1001", json={"number": ANA})
    problem(response, Kind.ROLE_TOO_LOW)
