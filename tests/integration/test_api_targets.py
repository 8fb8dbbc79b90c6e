"""Targets over the API, and what becomes of them: alerts, their history, and webhooks."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from api.problem_texts import Kind
from storage.database import Database
from storage.deliveries import DeliveryState
from storage.tables import targets
from storage.targets import TargetStore
from tests.integration.api_house import ApiHouse, open_house, places, problem, sqlite_house
from tests.integration.target_house import NEW, Figures, alerts, made, walked, watchman
from tests.unit.facts import PBX


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[ApiHouse]:
    async with sqlite_house(tmp_path) as opened:
        yield opened


@pytest.fixture
async def both(database: Database, tmp_path: Path) -> AsyncIterator[ApiHouse]:
    """On both databases."""
    async with open_house(database, tmp_path) as opened:
        yield opened


async def test_made_read_changed_and_taken_away(house: ApiHouse) -> None:
    response = await house.ask("POST", "/targets", json=NEW)
    told = response.json()
    assert response.headers["location"] == f"/targets/{told['id']}"
    assert told == await house.get(f"/targets/{told['id']}")
    assert told | NEW == told
    assert (told["unit"], told["high"], told["ended_at"]) == ("share", None, None)
    assert told["created_by"] == "supervisor"

    change = {"low": None, "high": 0.95, "window_seconds": 600}
    response = await house.ask("PATCH", f"/targets/{told['id']}", json=change)
    assert response.json() == {**told, **change}
    newest = (await house.get("/audit", "admin"))["items"][0]
    assert newest["before"] == {"low": 0.8, "high": None, "window_seconds": 120}
    assert newest["after"] == change

    assert (await house.ask("DELETE", f"/targets/{told['id']}")).status_code == 204
    problem(await house.ask("DELETE", f"/targets/{told['id']}"), Kind.NO_SUCH_TARGET)
    response = await house.ask("PATCH", f"/targets/{told['id']}", json={"high": 0.5})
    problem(response, Kind.TARGET_NOT_NOW)
    assert (await house.get(f"/targets/{told['id']}"))["ended_at"] is not None
    assert (await house.get("/targets", open=True))["items"] == []
    assert len((await house.get("/targets", open=False))["items"]) == 1
    problem(await house.ask("GET", "/targets/nope"), Kind.NO_SUCH_TARGET)


REFUSED: list[tuple[dict[str, Any], tuple[str, str]]] = [
    ({"low": None}, ("body.low", "bound_needed")),
    ({"low": 0.9, "high": 0.95}, ("body.margin", "no_room_inside")),
    ({"low": 0.9, "high": 0.1}, ("body.margin", "no_room_inside")),
    ({"subject_kind": "agent", "subject": "1001"}, ("body.subject_kind", "kpi_of_others")),
    ({"subject": "ninguna"}, ("body.subject", "no_such_subject")),
    (
        {"kpi": "longest_paused_seconds", "subject_kind": "agent", "subject": "9999"},
        ("body.subject", "no_such_subject"),
    ),
    (
        {"kpi": "abandonment_of_cap", "subject_kind": "campaign", "subject": "nope"},
        ("body.subject", "no_such_subject"),
    ),
    (
        {"kpi": "callers", "subject_kind": "menu", "subject": "nope"},
        ("body.subject", "no_such_subject"),
    ),
    (
        {"kpi": "link_down_seconds", "subject_kind": "switch", "subject": "pbx1"},
        ("body.subject", "no_such_subject"),
    ),
    ({"kpi": "happiness"}, ("body.kpi", "enum")),
    ({"low": -1}, ("body.low", "greater_than_equal")),
    ({"window_seconds": 10}, ("body.window_seconds", "greater_than_equal")),
    ({"window_seconds": 10**6}, ("body.window_seconds", "less_than_equal")),
    ({"colour": "red"}, ("body.colour", "extra_forbidden")),
]


async def test_refused(house: ApiHouse) -> None:
    for values, place in REFUSED:
        response = await house.ask("POST", "/targets", json={**NEW, **values})
        assert places(problem(response, Kind.INVALID)) == [place], values


async def test_of_everything_and_of_all_together(house: ApiHouse) -> None:
    campaign_id = await house.new_campaign()
    menu = (await house.get("/menus"))["items"][0]["name"]
    for kpi, kind, subject in (
        ("waiting", "queue", ""),
        ("longest_wrapping_up_seconds", "agent", "1001"),
        ("occupancy", "agent", ""),
        ("abandonment_of_cap", "campaign", campaign_id),
        ("callers", "menu", menu),
        ("link_down_seconds", "switch", ""),
    ):
        await made(house, kpi=kpi, subject_kind=kind, subject=subject, low=None, high=10)
        house.clock.advance(1)
    first = await house.get("/targets", limit=4)
    rest = await house.get("/targets", limit=4, cursor=first["next_cursor"])
    kpis = [one["kpi"] for one in first["items"] + rest["items"]]
    assert (kpis[0], kpis[-1], len(kpis)) == ("link_down_seconds", "waiting", 6)
    found = (await house.get("/targets", subject_kind="agent", subject="1001"))["items"]
    assert [one["kpi"] for one in found] == ["longest_wrapping_up_seconds"]


async def test_leaving_the_range_is_an_alert_that_is_shown_told_and_kept(both: ApiHouse) -> None:
    house, figures = both, Figures()
    webhook, _ = await house.parts.webhooks.create("https://x.example/", [], "Ana", house.clock())
    target_id = await made(house)
    watching = watchman(house, figures)
    await walked(house, watching, figures, 0.9, 0.7, 0.75, 0.78)
    (alert,) = await alerts(house, open=True)
    assert alert["subject"] == target_id
    assert alert["details"] == {
        "kpi": "service_level", "subject_kind": "queue", "subject": "soporte", "value": 0.78,
        "bound": 0.8, "low": 0.8, "high": None, "window_seconds": 120,
    }  # fmt: skip
    assert alert["sentence"] == (
        "Service level (queue soporte): 78 %, out of its target (80 % or more)."
    )
    shown = house.parts.board.snapshot().things[f"alerts/{alert['id']}"]
    assert shown is not None
    assert shown["kind"] == "target"

    back_at = house.clock()
    await walked(house, watching, figures, 0.9, 0.9, 0.9)
    (alert,) = await alerts(house)
    assert alert["ended_at"] == back_at.isoformat().replace("+00:00", "Z")
    assert alert["details"]["ended"] == "back"
    assert f"alerts/{alert['id']}" not in house.parts.board.snapshot().things

    told = (await house.parts.deliveries.page(webhook.id)).deliveries
    assert sorted(one.kind for one in told) == ["alert.cleared", "alert.raised"]
    raised = next(json.loads(one.body) for one in told if one.kind == "alert.raised")
    assert raised["data"]["subject"] == target_id
    assert raised["data"]["sentence"]["es"].startswith("Nivel de servicio (la cola soporte)")
    cleared = next(json.loads(one.body) for one in told if one.kind == "alert.cleared")
    assert cleared["data"]["details"]["ended"] == "back"
    assert {one.state for one in told} == {DeliveryState.WAITING}


async def test_the_history_of_a_target(both: ApiHouse) -> None:
    house, figures = both, Figures()
    one, other = await made(house), await made(house, low=0.2)
    watching = watchman(house, figures)
    for _ in range(2):
        await walked(house, watching, figures, 0.5, 0.5, 0.5, 0.9, 0.9, 0.9)
    middle = house.clock()
    await walked(house, watching, figures, 0.5, 0.5, 0.5, 0.9, 0.9, 0.9)
    assert len(await alerts(house, subject=one)) == 3
    assert await alerts(house, subject=other) == []
    assert len(await alerts(house, subject=one, since=middle.isoformat())) == 1


async def test_a_figure_that_nobody_can_tell_ends_its_alert_as_unknown(house: ApiHouse) -> None:
    figures = Figures()
    await made(house)
    watching = watchman(house, figures)
    await walked(house, watching, figures, None, None, 0.5, 0.5, 0.5)
    assert len(await alerts(house, open=True)) == 1
    await walked(house, watching, figures, *[None] * 25)
    assert len(await alerts(house, open=True)) == 1
    await walked(house, watching, figures, None)
    (alert,) = await alerts(house, open=False)
    assert alert["details"]["ended"] == "unknown"


async def test_one_that_is_taken_away_has_no_alert_and_one_that_is_changed_goes_on(
    house: ApiHouse,
) -> None:
    figures = Figures()
    kept, gone = await made(house), await made(house)
    watching = watchman(house, figures)
    await walked(house, watching, figures, 0.5, 0.5, 0.5)
    assert len(await alerts(house, open=True)) == 2
    await house.ask("DELETE", f"/targets/{gone}")
    await walked(house, watching, figures, 0.5)
    (alert,) = await alerts(house, open=True)
    assert alert["subject"] == kept
    await house.ask("PATCH", f"/targets/{kept}", json={"low": 0.4})
    await walked(house, watching, figures, 0.5, 0.5, 0.5, 0.5)
    assert await alerts(house, open=True) == []


async def test_after_a_restart_an_alert_goes_on_until_it_is_over(house: ApiHouse) -> None:
    figures = Figures()
    await made(house)
    await walked(house, watchman(house, figures), figures, 0.5, 0.5, 0.5)
    after = watchman(house, figures)
    await walked(house, after, figures, 0.5, 0.5)
    assert len(await alerts(house)) == 1
    await walked(house, after, figures, 0.9, 0.9, 0.9)
    assert await alerts(house, open=True) == []
    assert (await alerts(house))[0]["details"]["ended"] == "back"


async def test_each_service_of_a_database_watches_its_own(both: ApiHouse) -> None:
    house = both
    target = await house.parts.targets.get(await made(house))
    assert target is not None
    next_door = TargetStore(house.database, "pbx-next-door")
    theirs = await next_door.create(target)
    figures = Figures()
    await walked(house, watchman(house, figures), figures, 0.7, 0.7, 0.7)
    assert {alert["subject"] for alert in await alerts(house)} == {target.id}
    assert [one["id"] for one in (await house.get("/targets"))["items"]] == [target.id]
    for method in ("GET", "PATCH", "DELETE"):
        options: dict[str, Any] = {"json": {"low": 0.5}} if method == "PATCH" else {}
        response = await house.ask(method, f"/targets/{theirs.id}", **options)
        problem(response, Kind.NO_SUCH_TARGET)
    assert await next_door.in_force() == [theirs]
    assert not await next_door.end(target.id, house.clock())
    assert not await next_door.change(target, replace(target, low=0.1))
    assert await house.parts.targets.in_force() == [target]


async def test_a_target_from_before_there_were_switches_is_watched_by_every_service(
    house: ApiHouse,
) -> None:
    target_id = await made(house)
    nobodys = update(targets).values(pbx="")
    await house.database.write(lambda connection: connection.execute(nobodys).rowcount)
    for pbx in (PBX, "pbx-next-door"):
        (found,) = await TargetStore(house.database, pbx).in_force()
        assert found.id == target_id
