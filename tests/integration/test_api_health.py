"""/health and /ready: the truth, to anyone, and cheaply."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from api import health as api_health
from api.app import create_app
from api.health import Examination, Finding, Health
from api.problem_texts import Kind
from tests.integration.api_house import HEALTHY, ApiHouse, problem, sqlite_house


@pytest.fixture
async def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[ApiHouse]:
    monkeypatch.setattr(api_health, "_FRESH_SECONDS", 0.0)
    async with sqlite_house(tmp_path) as opened:
        yield opened


async def test_all_is_well(house: ApiHouse) -> None:
    for path in ("/health", "/ready"):
        told = await house.get(path, "nobody")
        assert told["ready"] is True
        assert told["link"] == {"ok": True, "detail": ""}
        assert told["recorder_backlog"] == 0


BAD = Finding(ok=False, detail="disk full")


@pytest.mark.parametrize(
    ("part", "health"),
    [
        ("link", replace(HEALTHY, link=BAD)),
        ("database", replace(HEALTHY, database=BAD)),
        ("journal", replace(HEALTHY, journal=BAD)),
    ],
)
async def test_without_any_of_these_the_service_is_not_ready(
    house: ApiHouse, part: str, health: Health
) -> None:
    house.health[0] = health
    assert (await house.get("/health", "nobody"))["ready"] is False
    response = await house.ask("GET", "/ready", "nobody")
    body = problem(response, Kind.NOT_READY)
    assert body["health"][part] == {"ok": False, "detail": "disk full"}
    assert response.headers["retry-after"] == "5"


async def test_a_late_recorder_is_told_and_calls_go_on(house: ApiHouse) -> None:
    late = Finding(ok=False, detail="the database is away")
    house.health[0] = replace(HEALTHY, recorder=late, recorder_backlog=812)
    told = await house.get("/ready", "nobody")
    assert (told["ready"], told["recorder_backlog"]) == (True, 812)


async def test_who_never_answers_is_not_well(
    house: ApiHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api_health, "_ANSWER_SECONDS", 0.05)

    async def mute() -> Health:
        await asyncio.Event().wait()
        return HEALTHY

    app = create_app(replace(house.parts, health=mute))
    house.client._transport.app = app  # type: ignore[attr-defined]  # the same client, another app
    told: dict[str, Any] = await house.get("/health", "nobody")
    assert told["database"] == {"ok": False, "detail": "no answer within 0.05 s"}


async def test_many_who_ask_at_once_cost_one_question() -> None:
    asked = 0

    async def look() -> Health:
        nonlocal asked
        asked += 1
        return HEALTHY

    examination = Examination(look)
    async with asyncio.TaskGroup() as group:
        for _ in range(500):
            group.create_task(examination.health())
    assert asked == 1
