"""/menus/{name}: the figures of a menu over the road that facts take, and the calls behind them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from api.menu_definitions import definitions
from api.problem_texts import Kind
from calls.events import TaskMoved
from monitoring.menu_counts import RATIOS, Count
from tests.integration.api_house import ApiHouse, places, problem, sqlite_house
from tests.integration.made_menu_days import Visit, facts_of, plain_counts, visits
from tests.unit.facts import START

SOME = visits(21, 60, days=1.0)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[ApiHouse]:
    async with sqlite_house(tmp_path) as opened:
        yield opened


async def _a_day(house: ApiHouse) -> None:
    await house.happen(*facts_of(SOME))
    await house.parts.recorder.ship_now()
    house.clock.advance(86_400 + 60)


def _n(counts: dict[str, int]) -> dict[str, int]:
    return {word: n for word, n in counts.items() if n}


async def test_the_figures_of_a_day(house: ApiHouse) -> None:
    await _a_day(house)
    found = await house.get("/menus/operator/measures", since=START.isoformat(), by="hour")
    assert (found["menu"], found["until"], found["as_of"]) == (
        "operator", "2026-03-02T12:01:00Z", "2026-03-02T12:01:00Z",
    )  # fmt: skip
    expected = plain_counts(SOME, SOME)
    assert _n(found["counts"]) == expected
    for name, (part, of) in RATIOS.items():
        ratio = found["ratios"][name]
        assert (ratio["count"], ratio["n"]) == (expected.get(part, 0), expected[of])
        assert ratio["value"] == pytest.approx(expected.get(part, 0) / expected[of])
    assert sum(node["entries"] for node in found["nodes"]) == sum(len(v.stays) for v in SOME)
    assert sum(node["hang_ups"] for node in found["nodes"]) == sum(v.how == "hang_up" for v in SOME)
    assert sum(node["to_person"] for node in found["nodes"]) == sum(
        visit.how in ("queue", "transfer") for visit in SOME
    )
    for task in found["tasks"]:
        assert task["ratios"]["done"]["value"] == task["done"] / task["started"]
        assert task["started"] == task["done"] + task["failed"] + task["left"]
    for group in found["reasons"]:
        assert _n(group["counts"]) == plain_counts(
            SOME, [visit for visit in SOME if visit.reason == group["key"]]
        )
    assert sum(group["counts"]["sessions"] for group in found["groups"]) == len(SOME)
    words = set(found["definitions"])
    assert words >= set(Count) | set(RATIOS) | {"nodes", "tasks", "reasons"}
    assert found["definitions"]["lost"].startswith("Nobody led")
    assert definitions("es")["lost"].startswith("Nadie")


async def test_hours_and_days_are_those_of_a_zone(house: ApiHouse) -> None:
    await _a_day(house)
    path = "/menus/operator/measures"
    asked = {"since": START.isoformat(), "until": (START + timedelta(days=2)).isoformat()}
    days = (await house.get(path, **asked, by="day", zone="America/Caracas"))["groups"]
    assert [day["key"] for day in days] == [
        "2026-03-01T00:00:00-04:00", "2026-03-02T00:00:00-04:00",
    ]  # fmt: skip
    assert days[0]["since"] == "2026-03-01T04:00:00Z"
    midnight = START.replace(hour=4) + timedelta(days=1)
    early = [visit for visit in SOME if visit.began < midnight]
    assert _n(days[0]["counts"]) == plain_counts(SOME, early)
    hours = (await house.get(path, **asked, by="hour", zone="Asia/Kolkata"))["groups"]
    assert all(hour["since"].endswith(":30:00Z") for hour in hours)
    quarters = (await house.get(path, **asked, by="quarter"))["groups"]
    assert sum(quarter["counts"]["sessions"] for quarter in quarters) == len(SOME)
    languages = (await house.get(path, **asked, by="language"))["groups"]
    assert {group["key"]: group["counts"]["sessions"] for group in languages} == {
        language: sum(visit.language == language for visit in SOME) for language in ("en", "es")
    }
    only = await house.get(path, **asked, version="a", by="version")
    assert [(group["key"], group["since"]) for group in only["groups"]] == [("a", None)]
    response = await house.ask("GET", path, params={"zone": "Mars/Olympus"})
    assert places(problem(response, Kind.INVALID)) == [("query.zone", "no_such_zone")]


async def test_a_number_is_opened_page_by_page(house: ApiHouse) -> None:
    await _a_day(house)
    path = "/menus/operator/calls"

    async def every(**asked: Any) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        cursor: dict[str, str] = {}
        while True:
            page = await house.get(path, since=START.isoformat(), limit=7, **asked, **cursor)
            found += page["items"]
            if page["next_cursor"] is None:
                return found
            cursor = {"cursor": page["next_cursor"]}

    sessions = await every()
    assert [one["began_at"] for one in sessions] == sorted(
        (one["began_at"] for one in sessions), reverse=True
    )
    assert {one["call_id"] for one in sessions} == {visit.call_id for visit in SOME}
    contained = {one["call_id"] for one in await every(count="contained")}
    assert contained == {v.call_id for v in SOME if v.how in ("hang_up", "end") and v.done}
    left = {one["call_id"] for one in await every(node="main", how="hang_up")}
    assert left == {v.call_id for v in SOME if v.stays[-1][:2] == ("main", "hang_up")}
    done = {one["call_id"] for one in await every(task="refresh", step="done")}
    assert done == {v.call_id for v in SOME if v.tasks.get("refresh") == "done"}
    story = await house.get(f"/calls/{SOME[0].call_id}")
    assert [step["node"] for step in story["record"]["menu_path"]] == [s[0] for s in SOME[0].stays]
    response = await house.ask("GET", path, params={"cursor": "x"})
    assert places(problem(response, Kind.INVALID)) == [("query.cursor", "unknown_cursor")]
    response = await house.ask("GET", path, params={"count": "x"})
    assert places(problem(response, Kind.INVALID)) == [("query.count", "enum")]


async def test_a_menu_that_nobody_knows_and_one_that_nobody_came_to(house: ApiHouse) -> None:
    for path in ("/menus/nowhere/measures", "/menus/nowhere/calls"):
        body = problem(await house.ask("GET", path), Kind.NO_SUCH_MENU)
        assert "nowhere" in body["detail"]
    (answering,) = {menu.name for menu in house.parts.menus.all().values()}
    found = await house.get(f"/menus/{answering}/measures")
    assert set(found["counts"].values()) == {0}
    assert all(each == {"value": None, "count": 0, "n": 0} for each in found["ratios"].values())
    assert (found["nodes"], found["tasks"], found["reasons"], found["groups"]) == ([], [], [], [])
    assert found["since"] == "2026-02-28T12:00:00Z"


async def test_a_call_tells_what_was_got_done_in_it(house: ApiHouse) -> None:
    visit: Visit = SOME[0]
    await house.happen(*visit.facts)
    told = await house.get(f"/calls/{visit.call_id}")
    assert {task["task"] for task in told["record"]["tasks"]} == {
        fact.task for fact in visit.facts if isinstance(fact, TaskMoved)
    }
    await house.parts.recorder.ship_now()
    again = await house.get(f"/calls/{visit.call_id}")
    assert again["record"] == told["record"]
