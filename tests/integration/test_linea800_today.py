"""Today's figures on the board: as the reports have them, on both databases, by each zone's day."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from agents.floor import Floor
from agents.roster import Roster
from calls.tracker import Tracker
from linea800.measuring import Measuring
from linea800.today import Today
from monitoring.board import Board
from monitoring.queue_setting import QueueSetting
from monitoring.service_level import Method
from storage.database import Database
from storage.errors import DatabaseUnavailableError
from storage.measures import MeasureStore
from storage.queue_settings import QueueSettingStore
from storage.reports import ReportStore
from tests.integration.api_house import ApiHouse, open_house
from tests.integration.made_report_day import report_day
from tests.unit.facts import FLOOR, PBX


@pytest.fixture
async def house(database: Database, tmp_path: Path) -> AsyncIterator[ApiHouse]:
    async with open_house(database, tmp_path) as opened:
        await report_day(opened)
        yield opened


def _today(house: ApiHouse, floor: Floor = FLOOR, board: Board | None = None) -> Today:
    parts = house.parts
    shown = board or parts.board
    return Today(floor, parts.reports, parts.queue_settings, shown, house.clock)


async def _told(house: ApiHouse) -> dict[str, Any]:
    queue = await house.get("/queues/soporte")
    told: dict[str, Any] = queue["today"]
    return told


async def test_the_day_is_that_of_the_report(house: ApiHouse) -> None:
    assert await _told(house) is None
    await _today(house).look()
    told = await _told(house)
    assert told == {
        "day": "2026-03-01", "time_zone": "America/Bogota", "basis": "offered",
        "offered": 7, "answered": 4, "abandoned": 2,
        "service_level": 0.6, "asa_seconds": 16.25, "longest_wait_seconds": 60.0,
        "settings": [{"method": "exclude_short", "seconds": 20, "goal": 80, "short_seconds": 5}],
    }  # fmt: skip
    (item,) = (await house.get(
        "/metrics/queues", queue="soporte", interval="P1D", tz="America/Bogota",
        **{"from": "2026-03-01T05:00:00Z", "until": "2026-03-01T13:15:00Z"},
    ))["items"]  # fmt: skip
    names = {"service_level": "service_level", "asa_seconds": "asa",
             "longest_wait_seconds": "longest_wait", "answered": "answered"}  # fmt: skip
    for name, kpi in names.items():
        assert told[name] == item["kpis"][kpi]["value"], name
    # of a queue that nobody called there is nothing to tell
    salida = (await house.get("/queues/salida"))["today"]
    assert (salida["answered"], salida["service_level"], salida["asa_seconds"]) == (0, None, None)
    assert len(salida["settings"]) == 1


async def test_each_quarter_by_the_setting_of_its_time(house: ApiHouse) -> None:
    store = QueueSettingStore(house.database)
    strict = QueueSetting(method=Method.ANSWERED_ONLY, seconds=10, goal=90, short_seconds=0)
    at = datetime(2026, 3, 1, 12, 10, tzinfo=UTC)
    await store.put(PBX, "soporte", strict, set_by="test", now=at)
    await _today(house).look()
    told = await _told(house)
    assert [one["method"] for one in told["settings"]] == ["exclude_short", "answered_only"]
    # of the first quarter 1 of 3, of the second 1 of 2
    assert told["service_level"] == pytest.approx(2 / 5)


async def test_a_day_begins_at_midnight_of_the_queues_own_zone(house: ApiHouse) -> None:
    east = FLOOR.queues[0].model_copy(update={"zone": "Asia/Tokyo"})
    floor = FLOOR.model_copy(update={"queues": (east, *FLOOR.queues[1:])})
    assert east.name == "soporte"
    board = Board(floor, Tracker(), Roster(floor))
    today = _today(house, floor, board)

    async def at(moment: datetime) -> tuple[str, int]:
        house.clock.time = moment
        await today.look()
        thing = board.snapshot().things["queues/soporte"]
        assert thing is not None
        return thing["today"]["day"], thing["today"]["offered"]

    # midnight in Tokyo is 15:00 in Greenwich
    midnight = datetime(2026, 3, 1, 15, tzinfo=UTC)
    assert await at(midnight - timedelta(milliseconds=1)) == ("2026-03-01", 7)
    assert await at(midnight) == ("2026-03-02", 0)
    thing = board.snapshot().things["queues/salida"]
    assert thing is not None
    assert thing["today"]["day"] == "2026-03-01"


async def test_figures_move_with_the_records_and_go_with_the_database(house: ApiHouse) -> None:
    measures = _Breaking(house.database)
    today = Today(
        FLOOR, ReportStore(house.database, measures), house.parts.queue_settings,
        house.parts.board, house.clock,
    )  # fmt: skip
    measuring = Measuring(PBX, measures, today)
    updates = house.parts.board.watch()
    await anext(updates)
    # what is recorded is counted by itself only every 1000 s: it is the news that makes it move
    running = asyncio.create_task(measuring.run(look_seconds=1000))
    try:
        async with asyncio.timeout(10):
            assert (await _next(updates))["offered"] == 7
            measures.broken = True
            measuring.news()
            assert await _next(updates) is None
            assert measuring.failing
            measures.broken = False
            measuring.news()
            assert (await _next(updates))["offered"] == 7
    finally:
        running.cancel()
        await asyncio.wait({running})
        await updates.aclose()


class _Breaking(MeasureStore):
    broken = False

    async def recount(self, limit: int) -> int:
        if self.broken:
            raise DatabaseUnavailableError("away")
        return await super().recount(limit)


async def _next(updates: Any) -> Any:
    """What the next update says of today."""
    update = await anext(updates)
    return update.things["queues/soporte"]["today"]
