"""/metrics: who sees what, what is not asked well, definitions, and how a queue is told."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fastapi.routing import APIRoute

from api.app import ROUTERS
from api.problem_texts import Kind
from monitoring.kpis import ELSEWHERE, KPIS
from storage.reports import ReportStore
from storage.tokens import TokenOwner
from tests.integration.api_house import ApiHouse, places, problem, sqlite_house
from tests.integration.made_report_day import PERIOD, dialed, report_day


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[ApiHouse]:
    async with sqlite_house(tmp_path) as opened:
        yield opened


async def test_only_the_queues_that_the_client_sees(
    house: ApiHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Everywhere: a queue that is not seen is not there."""
    await report_day(house)
    await dialed(house)
    find = type(house.parts.tokens).find

    async def narrowed(self: Any, plain: str, **when: Any) -> TokenOwner | None:
        owner: TokenOwner | None = await find(self, plain, **when)
        return owner and replace(owner, queues=frozenset({"salida"}))

    monkeypatch.setattr(type(house.parts.tokens), "find", narrowed)
    queues = await house.get("/metrics/queues", **PERIOD)
    assert [one["queue"] for one in queues["items"]] == ["salida"]
    assert (await house.get("/metrics/queues", **PERIOD, queue="soporte"))["items"] == []
    together = await house.get("/metrics/queues", **PERIOD, by="all")
    assert together["items"][0]["counts"]["offered"] == 0
    assert [one["queue"] for one in (await house.get("/metrics/customers", **PERIOD))["items"]] == [
        "salida"
    ]
    assert len((await house.get("/metrics/campaigns", **PERIOD))["items"]) == 1
    assert {one["agent"] for one in (await house.get("/metrics/agents", **PERIOD))["items"]} == {
        "1001", "1002", "1003",
    }  # fmt: skip
    for path in (
        "/metrics/queues/soporte/calls",
        "/metrics/queues/soporte/wait-histogram",
        "/queues/soporte/settings",
    ):
        problem(await house.ask("GET", path), Kind.NO_SUCH_QUEUE)
    response = await house.ask("PUT", "/queues/soporte/settings", json={"seconds": 30})
    problem(response, Kind.NO_SUCH_QUEUE)


async def test_what_is_not_asked_well(house: ApiHouse) -> None:
    for path, asked, where in (
        ("queues", {"from": "2026-03-01T12:07:00Z"}, ("query.from", "no_quarter")),
        ("queues", {"until": "2026-03-01T12:00:01Z"}, ("query.until", "no_quarter")),
        ("queues", {"from": "1999-01-01T00:00:00Z"}, ("query.from", "not_of_these_years")),
        ("queues", {"until": "2026-02-01T00:00:00Z", "from": "2026-02-02T00:00:00Z"},
         ("query.until", "not_after_from")),
        ("queues", {"from": "2026-02-01T00:00:00Z", "interval": "PT15M"},
         ("query.interval", "too_long_a_period")),
        ("queues", {"from": "2026-02-23T00:00:00Z", "interval": "PT15M"},
         ("query.interval", "too_many_items")),
        ("customers", {"from": "2026-01-01T00:00:00Z"}, ("query.from", "too_long_a_period")),
        ("queues", {"interval": "PT5M"}, ("query.interval", "enum")),
        ("queues", {"tz": "Mars/Base"}, ("query.tz", "no_such_zone")),
        ("queues", {"tz": "US:*"}, ("query.tz", "no_such_zone")),
        ("queues", {"basis": "both"}, ("query.basis", "enum")),
        ("queues", {"kpi": "happiness"}, ("query.kpi.0", "no_such_kpi")),
        ("queues", {"agent": "1001"}, ("query.agent", "extra_forbidden")),
        ("agents", {"basis": "event"}, ("query.basis", "extra_forbidden")),
        ("campaigns", {"settings": "current"}, ("query.settings", "extra_forbidden")),
        ("customers", {"campaign": "x"}, ("query.campaign", "extra_forbidden")),
        ("queues/soporte/calls", {"ending": "bored"}, ("query.ending", "enum")),
        ("queues/soporte/calls", {"band": "14"}, ("query.band", "less_than_equal")),
        ("queues/soporte/calls", {"cursor": "x"}, ("query.cursor", "unknown_cursor")),
        ("queues/soporte/calls", {"basis": "both"}, ("query.basis", "enum")),
        ("agents/1001/calls", {"count": "offered"}, ("query.count", "enum")),
        ("agents/1001/calls", {"cursor": "x"}, ("query.cursor", "unknown_cursor")),
        ("agents/1001/calls", {"from": "2026-03-01T12:07:00Z"}, ("query.from", "no_quarter")),
        ("customers/calls", {"count": "csat"}, ("query.count", "enum")),
        ("customers/calls", {"cursor": "x"}, ("query.cursor", "unknown_cursor")),
        ("customers/calls", {"queue": "?"}, ("query.queue[0]", "string_pattern_mismatch")),
        ("queues/soporte/wait-histogram", {"band": "1"}, ("query.band", "extra_forbidden")),
    ):  # fmt: skip
        response = await house.ask("GET", f"/metrics/{path}", params=asked)
        assert places(problem(response, Kind.INVALID)) == [where], (path, asked)


async def test_nothing_happened_yet(house: ApiHouse) -> None:
    told = await house.get("/metrics/queues")
    assert (told["since"], told["until"]) == ("2026-02-28T12:00:00Z", "2026-03-01T12:00:00Z")
    assert [one["queue"] for one in told["items"]] == ["soporte", "salida"]
    assert told["final"] is True
    assert not any(kpi["value"] for kpi in told["items"][0]["kpis"].values())
    assert (await house.get("/metrics/campaigns"))["items"] == []
    for path in ("calls", "wait-histogram"):
        problem(await house.ask("GET", f"/metrics/queues/ventas/{path}"), Kind.NO_SUCH_QUEUE)


async def test_every_definition_in_the_language_asked_for(house: ApiHouse) -> None:
    english = await house.get("/metrics/definitions")
    response = await house.ask("GET", "/metrics/definitions", headers={"Accept-Language": "es"})
    spanish = response.json()
    assert (english["language"], spanish["language"]) == ("en", "es")
    ids = [(one["subject"], one["id"]) for one in english["items"]]
    assert ids == [(subject, kpi.id) for subject, kpis in KPIS.items() for kpi in kpis]
    for one, other in zip(english["items"], spanish["items"], strict=True):
        assert one["formula"] != other["formula"]
    aht = next(one for one in english["items"] if one["id"] == "aht")
    assert aht["needs"] == ["talk_seconds", "hold_seconds", "wrap_up_seconds", "answered"]
    served = {
        f"{method} {route.path}"
        for router in ROUTERS
        for route in router.routes
        if isinstance(route, APIRoute)
        for method in route.methods or ()
    }
    assert {one.route for one in ELSEWHERE} <= served


async def test_settings_are_dated_and_audited(house: ApiHouse) -> None:
    path = "/queues/soporte/settings"
    first = await house.get(path)
    assert (first["current"]["method"], first["history"]) == ("exclude_short", [])
    assert first["edges_seconds"][:5] == [0, 5, 10, 15, 20]
    usual = {"method": "exclude_short", "seconds": 20, "goal": 80, "short_seconds": 5}
    same = await house.ask("PUT", path, json=usual)
    assert same.json() == first
    for seconds in (30, 60, 60):
        response = await house.ask("PUT", path, json={**usual, "seconds": seconds})
        assert response.status_code == 200, response.text
        house.clock.advance(60)
    told = await house.get(path)
    assert [one["seconds"] for one in told["history"]] == [60, 30]
    assert told["current"]["valid_from"] == "2026-03-01T12:01:00Z"
    assert told["history"][0]["set_by"].startswith("supervisor (")
    rows = (await house.get("/audit", "admin", subject="queues/soporte"))["items"]
    assert [(row["action"], row["before"]["seconds"], row["after"]["seconds"]) for row in rows] == [
        ("queue.set", 30, 60), ("queue.set", 20, 30),
    ]  # fmt: skip
    for asked, place in (
        ({"seconds": 25}, ("body.seconds", "no_edge")),
        ({"seconds": 0}, ("body.seconds", "no_edge")),
        ({"short_seconds": 6}, ("body.short_seconds", "no_edge")),
        ({"goal": 101}, ("body.goal", "less_than_equal")),
        ({"method": "best"}, ("body.method", "enum")),
        ({"valid_from": "2020-01-01T00:00:00Z"}, ("body.valid_from", "extra_forbidden")),
    ):
        response = await house.ask("PUT", path, json=asked)
        assert places(problem(response, Kind.INVALID)) == [place]
    problem(await house.ask("PUT", "/queues/ventas/settings", json=usual), Kind.NO_SUCH_QUEUE)


@pytest.mark.parametrize("subject", ["queues", "agents"])
async def test_an_answer_that_would_be_too_long_is_refused_before_anything_is_read(
    house: ApiHouse, monkeypatch: pytest.MonkeyPatch, subject: str
) -> None:
    async def read(*_: object) -> None:
        pytest.fail("a year of the whole floor was read")

    monkeypatch.setattr(ReportStore, subject, read)
    asked = {"from": "2026-02-23T00:00:00Z", "interval": "PT15M"}
    response = await house.ask("GET", f"/metrics/{subject}", params=asked)
    assert places(problem(response, Kind.INVALID)) == [("query.interval", "too_many_items")]
