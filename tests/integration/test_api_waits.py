"""/queues/{name}/waits: how far off callers were told how long it takes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from api.problem_texts import Kind
from calls.events import AgentConnected, CallEnded, QueueJoined, WaitTold
from tests.integration.api_house import ApiHouse, places, problem, sqlite_house
from tests.unit.facts import arrived, on_call


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[ApiHouse]:
    async with sqlite_house(tmp_path) as opened:
        yield opened


async def test_what_was_told_and_how_long_it_was(house: ApiHouse) -> None:
    await house.happen(
        arrived(0),
        on_call(WaitTold, 1, queue="soporte", position=2, expected_seconds=90.0,
                low_seconds=60.0, high_seconds=180.0),
        on_call(QueueJoined, 2, queue="soporte", position=2),
        on_call(AgentConnected, 76, queue="soporte", agent="1001"),
        on_call(CallEnded, 100, cause=16, sip_code=200),
    )  # fmt: skip
    await house.parts.recorder.ship_now()
    house.clock.advance(120)
    assert await house.get("/queues/soporte/waits") == {
        "queue": "soporte",
        "zone": "UTC",
        "items": [
            {
                "day": "2026-03-01", "told": 1, "reached": 1, "mean_error_seconds": -15.0,
                "mean_absolute_error_seconds": 15.0, "within": 1.0, "not_later": 1.0,
            }
        ],
    }  # fmt: skip
    bogota = await house.get("/queues/soporte/waits", zone="America/Bogota", days=1)
    assert (bogota["zone"], len(bogota["items"])) == ("America/Bogota", 1)
    assert (await house.get("/queues/salida/waits"))["items"] == []
    house.clock.advance(86_400)
    assert (await house.get("/queues/soporte/waits", days=1))["items"] == []


async def test_what_is_not_asked_well(house: ApiHouse) -> None:
    problem(await house.ask("GET", "/queues/ventas/waits"), Kind.NO_SUCH_QUEUE)
    for zone in ("Mars/Base", "US:*"):
        wrong = await house.ask("GET", "/queues/soporte/waits", params={"zone": zone})
        assert places(problem(wrong, Kind.INVALID)) == [("query.zone", "no_such_zone")]
    problem(await house.ask("GET", "/queues/soporte/waits", params={"days": 0}), Kind.INVALID)
    problem(await house.ask("GET", "/queues/soporte/waits", who="1001"), Kind.ROLE_TOO_LOW)
