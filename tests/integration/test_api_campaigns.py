"""Campaigns and their leads through the API, on both databases."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from api.limits import Limits
from api.problem_texts import Kind
from calls.events import CampaignStateChanged
from dialer.attempt import AttemptResult, Outcome
from dialer.campaign import CampaignState
from storage.database import Database
from tests.integration.api_house import ApiHouse, open_house, places, problem, served
from tests.unit.facts import FLOOR, PBX, at
from tests.unit.judges import reserved

CSV = "telefono;nombre;saldo\n3001234567;Ana;10\n3001234568;Beto;20\n123;Mal;0\n3001234567;Ana;10\n"

_NO_CAMPAIGNS: list[tuple[dict[str, Any], tuple[str, str]]] = [
    ({"queue": "ventas"}, ("body.queue", "no_such_queue")),
    ({"queue": "Salida; DROP TABLE"}, ("body.queue", "string_pattern_mismatch")),
    ({"country": "ZZ"}, ("body.country", "no_such_country")),
    ({"country": "co"}, ("body.country", "string_pattern_mismatch")),
    ({"caller_number": "+57 1"}, ("body.caller_number", "string_pattern_mismatch")),
    ({"pacing": "reckless"}, ("body.pacing", "no_such_pacing")),
    ({"ring_seconds": 14.9}, ("body.ring_seconds", "greater_than_equal")),
    ({"ring_seconds": 121}, ("body.ring_seconds", "less_than_equal")),
    ({"cancel_after_seconds": 14.9}, ("body.cancel_after_seconds", "greater_than_equal")),
    ({"cancel_after_seconds": 121}, ("body.cancel_after_seconds", "less_than_equal")),
    ({"max_lines": 0}, ("body.max_lines", "greater_than_equal")),
    ({"max_lines": 11}, ("body.max_lines", "more_than_the_trunk")),
    ({"name": " "}, ("body.name", "string_pattern_mismatch")),
    ({"name": "a\u202eb"}, ("body.name", "string_pattern_mismatch")),
    ({"retry": {"max_attempts": 0}}, ("body.retry.max_attempts", "greater_than_equal")),
    ({"retry": {"minutes": {"busy": -1}}}, ("body.retry.minutes.busy", "greater_than_equal")),
    ({"retry": {"minutes": {"sad": 5}}}, ("body.retry.minutes.sad.[key]", "enum")),
    (
        {"options": {"machines": {"then": "leave_message", "message": "nothing"}}},
        ("body.options.machines.message", "no_such_prompt"),
    ),
    (
        {"options": {"machines": {"then": "shout"}}},
        ("body.options.machines.then", "enum"),
    ),
    ({"state": "running"}, ("body.state", "extra_forbidden")),
    ({"id": "mine"}, ("body.id", "extra_forbidden")),
]


@pytest.fixture
async def house(database: Database, tmp_path: Path) -> AsyncIterator[ApiHouse]:
    limits = Limits(body_pause_seconds=0.3, imports_at_once=1, list_bytes=200_000)
    async with open_house(database, tmp_path, limits) as opened:
        yield opened


async def test_a_campaign_is_made_with_what_the_floor_has(house: ApiHouse) -> None:
    asked = {"name": "Cobranza Ñ", "queue": "salida", "country": "CO"}
    response = await house.ask("POST", "/campaigns", json=asked)
    assert response.status_code == 201
    made = response.json()
    assert response.headers["location"] == f"/campaigns/{made['id']}"
    assert made["state"] == "draft"
    assert made["caller_number"] == FLOOR.trunk.caller_number
    assert made["max_lines"] == FLOOR.trunk.max_calls
    assert made["cancel_after_seconds"] is None
    assert made["retry"]["max_attempts"] == 3
    now = await house.get(f"/campaigns/{made['id']}")
    assert now["campaign"] == made
    assert now["leads"] == {"due": 0, "later": 0, "reserved": 0, "done": 0}
    assert now["attempts"] == {"open": 0, "by_outcome": {}}
    assert (await house.get("/campaigns"))["items"] == [made]


async def test_a_campaign_may_have_what_rings_too_long_hung_up(house: ApiHouse) -> None:
    campaign_id = await house.new_campaign(pacing="predictive", cancel_after_seconds=15)
    kept = (await house.get(f"/campaigns/{campaign_id}"))["campaign"]
    assert kept["cancel_after_seconds"] == 15.0


async def test_what_makes_no_campaign(house: ApiHouse) -> None:
    for values, fault in _NO_CAMPAIGNS:
        asked = {"name": "x", "queue": "salida", "country": "CO", **values}
        body = problem(await house.ask("POST", "/campaigns", json=asked), Kind.INVALID)
        assert places(body) == [fault]
    assert (await house.get("/campaigns"))["items"] == []


async def test_the_good_rows_of_a_list_are_kept_and_the_others_told(house: ApiHouse) -> None:
    campaign_id = await house.new_campaign()
    response = await house.upload(campaign_id, CSV)
    assert response.status_code == 200
    told = response.json()
    assert (told["rows"], told["added"], told["already_there"]) == (4, 2, 0)
    assert told["refused_count"] == 2
    assert told["refused"][0] == {
        "line": 4, "column": "telefono", "fault": "phone_short",
        "reason": "line 4, column “telefono”: this is a short or incomplete number (123)",
        "kept": False,
    }  # fmt: skip
    assert (told["refused"][1]["line"], told["refused"][1]["fault"]) == (5, "duplicate")
    assert (told["phone_column"], told["extra_columns"]) == ("telefono", ["saldo"])
    again = await house.upload(campaign_id, CSV, headers={"Accept-Language": "es"})
    assert (again.json()["added"], again.json()["already_there"]) == (0, 2)
    assert again.json()["refused"][0]["reason"].startswith("línea 4, columna")
    assert (await house.get(f"/campaigns/{campaign_id}"))["leads"]["due"] == 2


async def test_lists_that_are_none(house: ApiHouse) -> None:
    campaign_id = await house.new_campaign()
    body = problem(await house.upload(campaign_id, "nombre\nAna\n"), Kind.LIST_REFUSED)
    assert "no column is a phone number's" in body["detail"]
    problem(await house.upload(campaign_id, b"PK\x03\x04 and so on"), Kind.LIST_REFUSED)
    problem(await house.upload(campaign_id, b""), Kind.LIST_REFUSED)
    problem(await house.upload("nothing", CSV), Kind.NO_SUCH_CAMPAIGN)
    json_list = {"Content-Type": "application/json"}
    problem(await house.upload(campaign_id, CSV, headers=json_list), Kind.WRONG_MEDIA_TYPE)
    big = "telefono\n" + "3001234567\n" * 20_000
    problem(await house.upload(campaign_id, big), Kind.BODY_TOO_BIG)


async def test_a_list_that_shows_its_size_late_or_never_comes(house: ApiHouse) -> None:
    campaign_id = await house.new_campaign()

    async def endless() -> AsyncIterator[bytes]:
        yield b"telefono\n3001234567\n"
        while True:
            yield b"3001234568\n" * 5000

    response = await house.upload(campaign_id, endless())  # type: ignore[arg-type]  # httpx takes it
    problem(response, Kind.BODY_TOO_BIG)

    async def stuck() -> AsyncIterator[bytes]:
        yield b"telefono\n3001234569\n"
        await asyncio.Event().wait()

    response = await house.upload(campaign_id, stuck())  # type: ignore[arg-type]  # httpx takes it
    problem(response, Kind.BODY_TOO_SLOW)
    assert (await house.upload(campaign_id, CSV)).status_code == 200


async def test_a_client_that_leaves_in_the_middle_leaves_nothing_behind(
    house: ApiHouse, caplog: pytest.LogCaptureFixture
) -> None:
    campaign_id = await house.new_campaign()
    seen = asyncio.Event()
    leads_added = house.parts.dialing.leads_added

    def noted(campaign_id: str) -> None:
        leads_added(campaign_id)
        seen.set()

    house.parts.dialing.leads_added = noted  # type: ignore[method-assign]  # to know when it ended
    async with served(house.app) as address:
        host, port = address.removeprefix("http://").split(":")
        _, writer = await asyncio.open_connection(host, int(port))
        rows = "".join(f"300{number:07}\n" for number in range(1500))
        writer.write(
            f"POST /campaigns/{campaign_id}/leads HTTP/1.1\r\nHost: x\r\nContent-Type: text/csv\r\n"
            f"Authorization: {house.headers('supervisor')['Authorization']}\r\n"
            f"Content-Length: 100000\r\n\r\ntelefono\n{rows}".encode()
        )
        await writer.drain()
        writer.close()
        await writer.wait_closed()
        async with asyncio.timeout(60):
            await seen.wait()
    assert not [line for line in caplog.records if line.levelname == "ERROR"]
    # what was read in whole batches is kept; the list may come again, and there is room for it
    assert (await house.get(f"/campaigns/{campaign_id}"))["leads"]["due"] in (0, 1000)
    assert (await house.upload(campaign_id, CSV)).status_code == 200


async def test_one_list_at_a_time_shares_the_loop_with_live_calls(house: ApiHouse) -> None:
    campaign_id = await house.new_campaign()
    reading, go_on = asyncio.Event(), asyncio.Event()

    async def slow() -> AsyncIterator[bytes]:
        yield b"telefono\n"
        reading.set()
        await go_on.wait()
        yield b"3001234567\n"

    async with asyncio.TaskGroup() as group:
        first = group.create_task(house.upload(campaign_id, slow()))  # type: ignore[arg-type]
        await reading.wait()
        problem(await house.upload(campaign_id, CSV), Kind.TOO_MANY_IMPORTS)
        go_on.set()
    assert first.result().json()["added"] == 1
    assert (await house.upload(campaign_id, CSV)).json()["added"] == 1


async def test_the_life_of_a_campaign(house: ApiHouse) -> None:
    campaign_id = await house.new_campaign()
    path = f"/campaigns/{campaign_id}"
    problem(await house.ask("POST", f"{path}/start"), Kind.CAMPAIGN_WITHOUT_LEADS)
    body = problem(await house.ask("POST", f"{path}/pause"), Kind.CAMPAIGN_NOT_NOW)
    assert "“draft”" in body["detail"]
    assert "running" in body["detail"]
    await house.upload(campaign_id, CSV)
    for order, state in (
        ("start", "running"), ("start", "running"), ("pause", "paused"), ("pause", "paused"),
        ("start", "running"), ("stop", "stopped"), ("stop", "stopped"), ("start", "running"),
    ):  # fmt: skip
        response = await house.ask("POST", f"{path}/{order}")
        assert response.status_code == 200, response.text
        assert response.json()["state"] == state
    await house.happen()
    live = (await house.get("/live"))["things"][f"campaigns/{campaign_id}"]
    assert (live["state"], live["reason"]) == ("running", "asked")
    for order in ("start", "pause", "stop"):
        problem(await house.ask("POST", f"/campaigns/no/{order}"), Kind.NO_SUCH_CAMPAIGN)


async def test_asked_for_twice_happens_once(house: ApiHouse) -> None:
    campaign_id = await house.new_campaign()
    await house.upload(campaign_id, CSV)
    for _ in range(3):
        await house.ask("POST", f"/campaigns/{campaign_id}/start")
    await house.happen()
    facts = [fact for _, fact in await house.journal.replay()]
    assert len([fact for fact in facts if isinstance(fact, CampaignStateChanged)]) == 1


async def test_a_finished_campaign_starts_again_with_new_leads(house: ApiHouse) -> None:
    campaign_id = await house.new_campaign()
    await house.parts.campaigns.set_state(campaign_id, CampaignState.FINISHED, house.clock())
    start = f"/campaigns/{campaign_id}/start"
    problem(await house.ask("POST", start), Kind.CAMPAIGN_WITHOUT_LEADS)
    await house.upload(campaign_id, CSV)
    assert (await house.ask("POST", start)).json()["state"] == "running"


async def test_attempts(house: ApiHouse) -> None:
    campaign_id = await house.new_campaign()
    await house.upload(campaign_id, CSV)
    await house.ask("POST", f"/campaigns/{campaign_id}/start")
    made = await reserved(house.parts.campaigns, campaign_id, 2, pbx=PBX, now=house.clock())
    await house.parts.campaigns.end(
        AttemptResult(
            attempt_id=made[0].id, outcome=Outcome.BUSY, ended_at=at(9), answered_at=None,
            connected_at=None, cause=17, sip_code=486, agent="", retry_at=at(600),
        )
    )  # fmt: skip
    now = await house.get(f"/campaigns/{campaign_id}")
    assert now["attempts"] == {"open": 1, "by_outcome": {"busy": 1}}
    assert now["leads"] == {"due": 0, "later": 1, "reserved": 1, "done": 0}
    path = f"/campaigns/{campaign_id}/attempts"
    first = await house.get(path, limit=1)
    second = await house.get(path, limit=1, cursor=first["next_cursor"])
    assert second["next_cursor"] is None
    told = {attempt["id"]: attempt for attempt in [*first["items"], *second["items"]]}
    assert told.keys() == {attempt.id for attempt in made}
    assert told[made[0].id]["outcome"] == "busy"
    assert told[made[0].id]["ended_at"] == "2026-03-01T12:00:09Z"
    problem(await house.ask("GET", "/campaigns/no/attempts"), Kind.NO_SUCH_CAMPAIGN)
    body = problem(await house.ask("GET", path, params={"cursor": "*"}), Kind.INVALID)
    assert places(body) == [("query.cursor", "unknown_cursor")]
