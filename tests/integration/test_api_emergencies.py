"""/queues/{name}/emergency: begun, changed, ended, kept over a restart; on both databases."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from agents.desk import Desk
from agents.roster import Roster
from api.problem_texts import Kind
from calls.events import QueueJoined
from calls.tracker import Tracker
from linea800.supervisors import supervisors
from monitoring.board import Board
from storage.database import Database
from storage.emergencies import EmergencyStore
from tests.integration.api_house import ApiHouse, open_house, places, problem
from tests.unit.facts import CALL, arrived, on_call

ROAD = "/queues/soporte/emergency"
TOLD = {
    "queue": "soporte", "prompt": "outage", "every_seconds": 45, "begun_by": "supervisor",
    "began_at": "2026-03-01T12:00:00Z", "ended_at": None,
}  # fmt: skip


@pytest.fixture
async def house(database: Database, tmp_path: Path) -> AsyncIterator[ApiHouse]:
    async with open_house(database, tmp_path) as opened:
        yield opened


async def _begun(house: ApiHouse, **asked: Any) -> dict[str, Any]:
    response = await house.ask("POST", ROAD, json={"prompt": "outage", **asked})
    assert response.status_code == 200, response.text
    told: dict[str, Any] = response.json()
    return told


async def _trail(house: ApiHouse) -> list[tuple[str, dict[str, Any], dict[str, Any]]]:
    rows = (await house.get("/audit", "admin", subject="queues/soporte"))["items"]
    return [(row["action"], row["before"], row["after"]) for row in reversed(rows)]


async def test_begun_changed_and_ended(house: ApiHouse) -> None:
    assert await _begun(house, every_seconds=45) == TOLD
    house.clock.advance(10)
    assert await _begun(house, every_seconds=45) == TOLD, "the same again is nothing new"
    house.clock.advance(10)
    changed = await _begun(house)
    assert (changed["every_seconds"], changed["began_at"]) == (60, "2026-03-01T12:00:20Z")
    assert house.parts.emergencies.on.keys() == {"soporte"}
    house.clock.advance(10)
    over = (await house.ask("POST", f"{ROAD}/end")).json()
    assert over == {"queue": "soporte", "ended": {**changed, "ended_at": "2026-03-01T12:00:30Z"}}
    assert house.parts.emergencies.on == {}
    again = (await house.ask("POST", f"{ROAD}/end")).json()
    assert again == {"queue": "soporte", "ended": None}
    listed = (await house.get("/queues/soporte/emergencies"))["items"]
    assert listed == [over["ended"], {**TOLD, "ended_at": "2026-03-01T12:00:20Z"}]
    first = await house.get("/queues/soporte/emergencies", limit=1)
    rest = await house.get("/queues/soporte/emergencies", cursor=first["next_cursor"])
    assert [*first["items"], *rest["items"]] == listed
    assert (await house.get("/queues/salida/emergencies"))["items"] == []
    often, usual = ({"prompt": "outage", "every_seconds": each} for each in (45, 60))
    assert await _trail(house) == [
        ("queue.emergency", {}, often),
        ("queue.emergency", often, usual),
        ("queue.emergency_end", usual, {}),
    ]


async def test_what_is_refused(house: ApiHouse) -> None:
    for asked, place in (
        ({"prompt": "no_such"}, "body.prompt"),
        ({"prompt": "machine_message"}, "body.prompt"),  # there in Spanish only
        ({"prompt": "../x"}, "body.prompt"),
        ({"prompt": "outage", "every_seconds": 19}, "body.every_seconds"),
        ({"prompt": "outage", "every_seconds": 601}, "body.every_seconds"),
    ):
        response = await house.ask("POST", ROAD, json=asked)
        assert places(problem(response, Kind.INVALID))[0][0] == place, asked
    for path in ("emergency", "emergency/end"):
        response = await house.ask("POST", f"/queues/luna/{path}", json={"prompt": "outage"})
        problem(response, Kind.NO_SUCH_QUEUE)
    assert house.parts.emergencies.on == {}


async def test_it_is_told_on_after_a_restart_and_by_its_own_service_only(
    database: Database, tmp_path: Path
) -> None:
    async with open_house(database, tmp_path) as house:
        await _begun(house)
        parts, switch, put = house.parts, house.switch, house.parts.intake.put
        roster, tracker = Roster(parts.floor), Tracker()
        board, desk = Board(parts.floor, tracker, roster), Desk(parts.floor, roster, switch, put)
        again = await supervisors(
            parts.floor, roster, desk, parts.recorder, tracker, switch, board, database, put
        )
        tracker.apply(arrived())
        tracker.apply(on_call(QueueJoined, 1, queue="soporte", position=1))
        await again.rounds.look()
        assert switch.asked == [("announce", CALL, "es", "outage")]
        await again.emergencies.end("soporte", house.clock())
        tracker.apply(on_call(QueueJoined, 1, queue="soporte", position=1))
        await again.rounds.look()
        assert len(switch.asked) == 1
    next_door = EmergencyStore(database, "pbx-next-door")
    await next_door.begin(
        "soporte", prompt="outage", every_seconds=60, begun_by="x", now=house.clock()
    )
    await house.parts.emergencies.load()
    assert house.parts.emergencies.on == {}
