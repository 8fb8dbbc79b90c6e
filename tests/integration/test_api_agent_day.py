"""One agent's day by hand: states, sums, talks, and who sees which of it, on both databases."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from api.problem_texts import Kind
from storage.database import Database
from tests.integration.api_house import ApiHouse, open_house, places, problem
from tests.integration.made_report_day import report_day
from tests.unit.facts import START


@pytest.fixture
async def house(database: Database, tmp_path: Path) -> AsyncIterator[ApiHouse]:
    async with open_house(database, tmp_path) as opened:
        await report_day(opened)
        yield opened


def _second(moment: str | None) -> float | None:
    """Seconds since noon."""
    return None if moment is None else (datetime.fromisoformat(moment) - START).total_seconds()


def _course(day: dict[str, Any]) -> list[tuple[Any, ...]]:
    return [
        (one["state"], _second(one["began_at"]), _second(one["ended_at"]))
        for one in day["states"]
        if one["state"] != "signing_in"
    ]


async def test_a_day_by_hand(house: ApiHouse) -> None:
    day = await house.get("/agents/1001/day")
    assert (day["day"], day["time_zone"]) == ("2026-03-01", "America/Bogota")
    assert (day["since"], day["until"]) == ("2026-03-01T05:00:00Z", "2026-03-02T05:00:00Z")
    assert _course(day) == [
        ("ready", -598, 11), ("offered", 11, 12), ("talking", 12, 72), ("wrapping_up", 72, 92),
        ("ready", 92, 964), ("offered", 964, 965), ("talking", 965, 1025),
        ("wrapping_up", 1025, 1035), ("ready", 1035, 2400), ("paused", 2400, 3000),
        ("ready", 3000, None),
    ]  # fmt: skip
    assert day["states"][-1]["seconds"] == 600.0
    assert day["states"][-2]["reason"] == "descanso"
    talks = [
        (one["call_id"], one["queue"], one["direction"], one["talk_seconds"], one["hold_seconds"],
         one["wrap_up_seconds"])
        for one in day["talks"]
    ]  # fmt: skip
    assert talks == [
        ("a1", "soporte", "inbound", 50.0, 10.0, 20.0),
        ("a3", "soporte", "inbound", 60.0, 0.0, 10.0),
    ]
    assert (await house.ask("GET", day["talks"][0]["call"])).status_code == 200


async def test_its_sums_are_those_of_the_report_and_of_its_stretches(house: ApiHouse) -> None:
    for number in ("1001", "1002", "1003"):
        day = await house.get(f"/agents/{number}/day")
        (item,) = (await house.get("/metrics/agents", agent=number, **{
            "from": day["since"], "until": day["until"]}))["items"]  # fmt: skip
        for name in ("counts", "kpis", "pause_shares"):
            assert day[name] == item[name], (number, name)
        for state in ("ready", "offered", "talking", "wrapping_up", "paused"):
            lasted = sum(one["seconds"] for one in day["states"] if one["state"] == state)
            assert lasted == pytest.approx(day["counts"][f"{state}_seconds"]), (number, state)
        handled = day["counts"]["handled_inbound"] + day["counts"]["handled_dialed"]
        assert len(day["talks"]) == handled
    day = await house.get("/agents/1001/day")
    assert day["signed_in_seconds"] == 4198.0
    assert day["counts"]["pauses_seconds"] == {"descanso": 600.0}


async def test_a_day_is_cut_at_its_own_midnight(house: ApiHouse) -> None:
    zone = "Pacific/Chatham"  # 13:45 ahead in summer: its second of March begins at 10:15
    assert _course(await house.get("/agents/1001/day", tz=zone, day="2026-03-01")) == []
    assert len(_course(await house.get("/agents/1001/day", tz=zone))) == 11
    # who is ready over midnight has a part on each side of it
    house.clock.advance(86_400)
    tomorrow = await house.get("/agents/1001/day")
    assert _course(tomorrow) == [("ready", 17 * 3600.0, None)]
    assert tomorrow["states"][0]["seconds"] == 8 * 3600.0
    assert tomorrow["talks"] == []
    yesterday = await house.get("/agents/1001/day", day="2026-03-01")
    assert yesterday["states"][-1]["seconds"] == 17 * 3600.0 - 3000.0


async def test_who_sees_which_of_it(house: ApiHouse) -> None:
    own = await house.get("/agents/me/day", "1001")
    assert [one["call_id"] for one in own["talks"]] == ["a1", "a3"]
    problem(await house.ask("GET", "/agents/1002/day", "1001"), Kind.NOT_YOUR_NUMBER)
    for queues, seen in ((["salida"], []), (["soporte"], ["a1", "a3"])):
        asked = {"name": "key", "role": "supervisor", "queues": queues}
        made = await house.ask("POST", "/tokens", "admin", json=asked)
        assert made.status_code == 201, made.text
        house.tokens["key"] = made.json()["token"]
        day = await house.get("/agents/1001/day", "key")
        assert [one["call_id"] for one in day["talks"]] == seen
        talking = [one["call_id"] for one in day["states"] if one["state"] == "talking"]
        assert talking == (seen or ["", ""])
    narrow = {"name": "wall", "role": "supervisor", "scopes": ["live:read"]}
    house.tokens["wall"] = (await house.ask("POST", "/tokens", "admin", json=narrow)).json()[
        "token"
    ]
    problem(await house.ask("GET", "/agents/1001/day", "wall"), Kind.SCOPE_MISSING)


async def test_what_is_no_day_is_refused(house: ApiHouse) -> None:
    problem(await house.ask("GET", "/agents/9999/day"), Kind.NO_SUCH_AGENT)
    for asked, place in (
        ({"day": "1767225600"}, "query.day"),
        ({"day": "2026-02-30"}, "query.day"),
        ({"day": "0001-01-01"}, "query.day"),
        ({"tz": "Bogota"}, "query.tz"),
        ({"date": "2026-03-01"}, "query.date"),
    ):
        response = await house.ask("GET", "/agents/1001/day", params=asked)
        assert [one for one, _ in places(problem(response, Kind.INVALID))] == [place]
