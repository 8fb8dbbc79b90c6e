"""/incidents: told to callers of an area at once, and no longer than they last."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from api.problem_texts import Kind
from storage.database import Database
from storage.errors import DatabaseUnavailableError
from storage.incidents import IncidentBoard, IncidentStore
from tests.integration.api_house import ApiHouse, open_house, places, problem
from tests.unit.facts import START

PROMPTS = frozenset({"outage", "storm"})


@pytest.fixture
async def house(database: Database, tmp_path: Path) -> AsyncIterator[ApiHouse]:
    async with open_house(database, tmp_path) as opened:
        parts = replace(opened.parts, prompts={"es": PROMPTS | {"only_spanish"}, "en": PROMPTS})
        opened.app.state.parts = parts
        opened.parts = parts
        yield opened


async def begun(house: ApiHouse, area: str, prompt: str = "outage", **values: Any) -> int:
    asked = {"area": area, "prompt": prompt, **values}
    response = await house.ask("POST", "/incidents", json=asked)
    assert response.status_code == 201, response.text
    return int(response.json()["id"])


def told(house: ApiHouse, area: str) -> tuple[str, ...]:
    return house.parts.incident_board.prompts(area, house.clock())


async def test_callers_of_the_area_are_told_from_then_on(house: ApiHouse) -> None:
    assert told(house, "Norte") == ()
    north = await begun(house, "Norte")
    assert (told(house, "Norte"), told(house, "NORTE"), told(house, "Sur")) == (
        ("outage",), ("outage",), (),
    )  # fmt: skip
    assert told(house, "") == (), "who is not known where is told only what is everybody's"
    house.clock.advance(1)
    everybody = await begun(house, "", "storm")
    assert (told(house, "Norte"), told(house, "")) == (("outage", "storm"), ("storm",))
    again = await begun(house, "Norte", "storm")
    assert told(house, "Norte") == ("outage", "storm"), "each once"

    ended = await house.ask("POST", f"/incidents/{north}/end")
    assert ended.json()["ended_at"] == "2026-03-01T12:00:01Z"
    assert (ended.json()["open"], told(house, "Norte")) == (False, ("storm",))
    items = (await house.get("/incidents"))["items"]
    assert [one["id"] for one in items] == [again, everybody, north]
    assert items[0]["opened_by"] == "supervisor"
    still_on = (await house.get("/incidents", open=True))["items"]
    assert [one["id"] for one in still_on] == [again, everybody]
    assert [one["id"] for one in (await house.get("/incidents", open=False))["items"]] == [north]
    first = await house.get("/incidents", limit=2)
    rest = await house.get("/incidents", limit=2, cursor=first["next_cursor"])
    assert [one["id"] for one in rest["items"]] == [north]


async def test_it_ends_by_itself(house: ApiHouse) -> None:
    ends_at = START + timedelta(minutes=30)
    ends = await begun(house, "Norte", ends_at=ends_at.isoformat())
    house.clock.advance(1799)
    assert told(house, "Norte") == ("outage",)
    house.clock.advance(1)
    assert told(house, "Norte") == ()
    (one,) = (await house.get("/incidents", open=False))["items"]
    assert (one["id"], one["ended_at"]) == (ends, None)
    over = {"area": "Norte", "prompt": "outage", "ends_at": ends_at.isoformat()}
    body = problem(await house.ask("POST", "/incidents", json=over), Kind.INVALID)
    assert places(body) == [("body.ends_at", "moment_is_over")]


async def test_it_can_be_said_in_every_language(house: ApiHouse) -> None:
    for prompt in ("only_spanish", "nothing"):
        asked = {"area": "", "prompt": prompt}
        body = problem(await house.ask("POST", "/incidents", json=asked), Kind.INVALID)
        assert places(body) == [("body.prompt", "no_such_prompt")]
    assert (await house.get("/incidents"))["items"] == []


async def test_what_is_over_stays_over_and_leaves_one_row(house: ApiHouse) -> None:
    one = await begun(house, "Norte")
    ended = (await house.ask("POST", f"/incidents/{one}/end")).json()
    house.clock.advance(60)
    assert (await house.ask("POST", f"/incidents/{one}/end")).json() == ended
    rows = (await house.get("/audit", "admin", subject=f"incidents/{one}"))["items"]
    assert [row["action"] for row in rows] == ["incident.end", "incident.begin"]
    problem(await house.ask("POST", f"/incidents/{one + 1}/end"), Kind.NO_SUCH_INCIDENT)


async def test_a_start_and_another_process_know_them(
    house: ApiHouse, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await begun(house, "Norte")
    store = IncidentStore(database)
    monkeypatch.setattr("storage.incidents.LOOK_SECONDS", 0.001)
    board = IncidentBoard(store, house.clock)
    await board.load()
    assert board.prompts("norte", house.clock()) == ("outage",)
    looking = asyncio.create_task(board.run())
    try:
        async with asyncio.timeout(60):
            await begun(house, "Sur", "storm")
            while not board.prompts("Sur", house.clock()):  # noqa: ASYNC110 - it tells nobody
                await asyncio.sleep(0.001)
            await _away(board, store, monkeypatch)
    finally:
        looking.cancel()
    assert board.prompts("Sur", house.clock()) == ("storm",)


async def _away(
    board: IncidentBoard, store: IncidentStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Let a look find no database: what was known stays, and the looking goes on."""
    looked = asyncio.Event()

    async def away(*_: object) -> None:
        looked.set()
        raise DatabaseUnavailableError("away")

    monkeypatch.setattr(store, "on", away)
    await looked.wait()
    with pytest.raises(DatabaseUnavailableError):
        await board.load()
