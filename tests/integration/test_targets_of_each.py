"""Targets of each one: an alert for everybody who is out of range, and of whom one sees."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from api.problem_texts import Kind
from dialer.alarms import Alarm, AlarmKind, Details
from monitoring.watched_figures import SubjectKind
from storage.database import Database
from storage.tables import campaigns
from tests.integration.api_house import ApiHouse, open_house, places, problem, sqlite_house
from tests.integration.target_house import (
    NEW,
    Figures,
    alerts,
    limited_to,
    made,
    walked,
    watchman,
)
from tests.unit.facts import PBX

WRITING_UP: dict[str, Any] = {
    "kpi": "longest_wrapping_up_seconds", "subject_kind": "agent", "subject": "", "low": None,
    "high": 900, "margin": 0,
}  # fmt: skip


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[ApiHouse]:
    async with sqlite_house(tmp_path) as opened:
        yield opened


@pytest.fixture
async def both(database: Database, tmp_path: Path) -> AsyncIterator[ApiHouse]:
    """On both databases."""
    async with open_house(database, tmp_path) as opened:
        yield opened


async def subjects(house: ApiHouse, who: str = "supervisor", **params: Any) -> list[str]:
    """Whom the alerts of targets are about."""
    items = (await house.get("/alerts", who, kind="target", **params))["items"]
    return sorted(alert["details"]["subject"] for alert in items)


async def test_each_who_is_out_has_an_alert_and_one_hides_nobody(both: ApiHouse) -> None:
    house, figures = both, Figures()
    webhook, _ = await house.parts.webhooks.create("https://x.example/", [], "Ana", house.clock())
    target_id = await made(house, **WRITING_UP)
    watching = watchman(house, figures)
    figures.of = {"1001": 960.0, "1002": 30.0}
    await walked(house, watching, figures, 0, 0, 0)
    (alert,) = await alerts(house, open=True)
    assert alert["subject"] == f"{target_id}/1001"
    assert alert["details"]["subject"] == "1001"
    assert alert["sentence"] == (
        "Time writing up (agent 1001): 960 s, out of its target (900 s or less)."
    )
    figures.of = {"1001": 975.0, "1002": 905.0}
    await walked(house, watching, figures, 0, 0, 0)
    assert await subjects(house, open=True) == ["1001", "1002"]
    response = await house.ask("GET", "/alerts?open=true", headers={"Accept-Language": "es"})
    assert response.json()["items"][0]["sentence"] == (
        "Tiempo en cierre (el agente 1002): 905 s, fuera de su objetivo (900 s o menos)."
    )

    figures.of = {"1001": 0.0, "1002": 920.0}  # each comes back by itself
    await walked(house, watching, figures, 0, 0, 0)
    assert await subjects(house, open=True) == ["1002"]
    assert await subjects(house, open=False) == ["1001"]
    assert await subjects(house, subject=target_id) == ["1001", "1002"], "the history is of all"
    assert await subjects(house, subject=f"{target_id}/1001") == ["1001"]
    assert await subjects(house, subject=target_id[:-1]) == []
    shown = house.parts.board.snapshot().things
    on = [
        thing["details"]["subject"] for path, thing in shown.items() if thing and "alerts" in path
    ]
    assert on == ["1002"]

    told = (await house.parts.deliveries.page(webhook.id)).deliveries
    raised = [json.loads(one.body)["data"] for one in told if one.kind == "alert.raised"]
    assert sorted(data["details"]["subject"] for data in raised) == ["1001", "1002"]
    (cleared,) = [json.loads(one.body)["data"] for one in told if one.kind == "alert.cleared"]
    assert cleared["subject"] == f"{target_id}/1001"
    assert cleared["sentence"]["es"].startswith("Tiempo en cierre (el agente 1001)")


async def test_who_trembles_at_the_bound_disturbs_nobody_else(house: ApiHouse) -> None:
    figures = Figures()
    await made(house, **WRITING_UP)
    watching = watchman(house, figures)
    for first, second in ((960, 960), (960, 30), (960, 960), (960, 30), (960, 960)):
        figures.of = {"1001": float(first), "1002": float(second)}
        await walked(house, watching, figures, 0)
    assert await subjects(house) == ["1001"], "the other was never out for ten seconds"


async def test_after_a_restart_the_alert_of_each_goes_on(house: ApiHouse) -> None:
    figures = Figures()
    await made(house, **WRITING_UP)
    figures.of = {"1001": 960.0, "1002": 960.0}
    await walked(house, watchman(house, figures), figures, 0, 0, 0)
    began = {one["id"] for one in await alerts(house, open=True)}
    assert len(began) == 2
    after = watchman(house, figures)
    figures.of = {"1001": 990.0, "1002": 0.0}
    await walked(house, after, figures, 0, 0, 0)
    assert {one["id"] for one in await alerts(house)} == began, "none begins a second time"
    assert await subjects(house, open=True) == ["1001"]
    (ended,) = await alerts(house, open=False)
    assert ended["details"]["ended"] == "back"


async def test_an_alert_of_all_together_from_before_gives_way_to_those_of_each(
    house: ApiHouse,
) -> None:
    target_id = await made(house, **WRITING_UP)
    details: Details = {
        "kpi": WRITING_UP["kpi"], "subject_kind": "agent", "subject": "", "value": 960.0,
        "bound": 900.0, "low": None, "high": 900.0, "window_seconds": 120,
    }  # fmt: skip
    old = Alarm(kind=AlarmKind.TARGET, subject=target_id, details=details)
    await house.parts.alerts.change(PBX, [old], {}, house.clock())
    figures = Figures()
    figures.of = {"1001": 960.0, "1002": 0.0}
    await walked(house, watchman(house, figures), figures, *[0] * 14)
    (now,) = await alerts(house, open=True)
    assert now["subject"] == f"{target_id}/1001"
    (before,) = await alerts(house, open=False)
    assert before["sentence"].startswith("Time writing up (all agents): 960 s")


async def test_who_is_not_there_any_more_ends_as_unknown(house: ApiHouse) -> None:
    figures = Figures()
    await made(house, **WRITING_UP)
    watching = watchman(house, figures)
    figures.of = {"1001": 960.0, "1002": 0.0}
    await walked(house, watching, figures, 0, 0, 0)
    figures.there[SubjectKind.AGENT] = ["1002"]
    figures.of = {"1001": None, "1002": 0.0}
    await walked(house, watching, figures, *[0] * 25)
    assert await subjects(house, open=True) == ["1001"]
    await walked(house, watching, figures, 0)
    (alert,) = await alerts(house, open=False)
    assert alert["details"]["ended"] == "unknown"


async def test_taken_away_or_changed_it_is_so_for_each(house: ApiHouse) -> None:
    figures = Figures()
    kept, gone = await made(house, **WRITING_UP), await made(house, **WRITING_UP)
    figures.of = {"1001": 960.0, "1002": 1960.0}
    watching = watchman(house, figures)
    await walked(house, watching, figures, 0, 0, 0)
    assert len(await alerts(house, open=True)) == 4
    assert (await house.ask("DELETE", f"/targets/{gone}")).status_code == 204
    assert (await house.ask("PATCH", f"/targets/{kept}", json={"high": 1000})).status_code == 200
    await walked(house, watching, figures, 0, 0, 0)
    assert await subjects(house, open=True) == ["1002"]


async def test_who_sees_some_queues_sees_their_targets_and_alerts(both: ApiHouse) -> None:
    house = both
    own, other = await house.new_campaign(), await house.new_campaign()
    # a queue that announces positions takes no campaign, but this is about whose it is
    dials_for = update(campaigns).where(campaigns.c.id == own).values(queue="soporte")
    await house.database.write(lambda connection: connection.execute(dials_for).rowcount)
    await limited_to(house, "supervisor", ["soporte"])
    of_cap = {"kpi": "abandonment_of_cap", "subject_kind": "campaign", "low": None, "high": 0.6}
    for values in (
        {"subject": "salida"},
        {**of_cap, "subject": other},
        {"kpi": "link_down_seconds", "subject_kind": "switch", "subject": ""},
        {"kpi": "callers", "subject_kind": "menu", "subject": ""},
    ):
        response = await house.ask("POST", "/targets", json={**NEW, **values})
        assert places(problem(response, Kind.INVALID)) == [("body.subject", "no_such_subject")]
        theirs = await house.ask("POST", "/targets", "admin", json={**NEW, **values})
        assert theirs.status_code == 201
        problem(await house.ask("GET", f"/targets/{theirs.json()['id']}"), Kind.NO_SUCH_TARGET)
    mine = await made(house)
    agents = await made(
        house, kpi="occupancy", subject_kind="agent", subject="1001", low=None, high=0.6
    )
    campaign = await made(house, **of_cap, subject=own)
    seen = {one["id"] for one in (await house.get("/targets"))["items"]}
    assert seen == {mine, agents, campaign}
    figures = Figures()
    await walked(house, watchman(house, figures), figures, 0.7, 0.7, 0.7)
    assert {alert["subject"] for alert in await alerts(house)} == {mine, agents, campaign}
    assert len((await house.get("/alerts", "admin"))["items"]) == 6, "in no menu is anybody"


async def test_each_one_of_who_sees_some_queues_is_each_of_theirs(both: ApiHouse) -> None:
    house, figures = both, Figures()
    of_all = await house.ask("POST", "/targets", "admin", json={**NEW, "subject": ""})
    all_id = of_all.json()["id"]
    assert of_all.json()["queues"] is None
    await limited_to(house, "supervisor", ["soporte"])
    own_id = await made(house, subject="")
    assert (await house.get(f"/targets/{own_id}"))["queues"] == ["soporte"]
    assert {one["id"] for one in (await house.get("/targets"))["items"]} == {all_id, own_id}
    await walked(house, watchman(house, figures), figures, 0.7, 0.7, 0.7)
    of = [(one["subject"], one["details"]["subject"]) for one in await alerts(house)]
    assert sorted(of) == sorted(
        [(f"{all_id}/soporte", "soporte"), (f"{own_id}/soporte", "soporte")]
    ), "of the other queue nothing"
    assert await subjects(house, "admin") == ["salida", "soporte", "soporte"]

    for method, body in (("PATCH", {"low": 0.1}), ("DELETE", None)):
        options: dict[str, Any] = {} if body is None else {"json": body}
        refused = await house.ask(method, f"/targets/{all_id}", **options)
        problem(refused, Kind.TARGET_OF_OTHERS_TOO)
    assert (await house.ask("PATCH", f"/targets/{own_id}", json={"low": 0.5})).status_code == 200

    await limited_to(house, "supervisor", ["salida"])
    assert [one["id"] for one in (await house.get("/targets"))["items"]] == [all_id]
    problem(await house.ask("DELETE", f"/targets/{own_id}"), Kind.NO_SUCH_TARGET)
    assert await subjects(house) == ["salida"]
    await limited_to(house, "supervisor", ["soporte", "salida"])
    assert (await house.ask("DELETE", f"/targets/{own_id}")).status_code == 204
