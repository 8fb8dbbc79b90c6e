"""Call records through the API, on both databases."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from api.problem_texts import Kind
from calls.events import AgentConnected, CallArrived, CallEnded, DigitPressed, QueueJoined
from monitoring.record import CallRecord, QueueStay
from storage.database import Database
from tests.integration.api_house import ApiHouse, open_house, places, problem
from tests.unit.facts import CALL, PBX, arrived, at, on_call

_NO_QUESTIONS = [
    ({"limit": "0"}, ("query.limit", "greater_than_equal")),
    ({"limit": "201"}, ("query.limit", "less_than_equal")),
    ({"limit": "ten"}, ("query.limit", "int_parsing")),
    ({"from": "2026-03-01T12:00:00"}, ("query.from", "timezone_aware")),
    ({"from": "1700000000"}, ("query.from", "moment")),
    ({"to": "yesterday"}, ("query.to", "moment")),
    ({"to": "0001-01-01T00:00:00+05:00"}, ("query.to", "moment")),
    ({"quue": "soporte"}, ("query.quue", "extra_forbidden")),
    ({"direction": "up"}, ("query.direction", "literal_error")),
    ({"agent": "' OR 1=1--"}, ("query.agent", "string_pattern_mismatch")),
    ({"cursor": "x"}, ("query.cursor", "unknown_cursor")),
    ({"cursor": "WyJhIiwiYiIsImMiXQ"}, ("query.cursor", "unknown_cursor")),
]


@pytest.fixture
async def house(database: Database, tmp_path: Path) -> AsyncIterator[ApiHouse]:
    async with open_house(database, tmp_path) as opened:
        yield opened


def _record(number: int, **values: Any) -> CallRecord:
    fields: dict[str, Any] = {
        "direction": "inbound", "number_called": "08001234567",
        "caller_number": f"57300{number:07}", "arrived_at": at(number), **values,
    }  # fmt: skip
    return CallRecord(pbx=PBX, call_id=f"pbx1-{number}", **fields)


async def test_a_call_and_its_story(house: ApiHouse) -> None:
    problem(await house.ask("GET", f"/calls/{CALL}"), Kind.NO_SUCH_CALL)
    await house.happen(arrived(0, caller_name="Ana"), on_call(DigitPressed, 1, digit="4"))
    open_call = await house.get(f"/calls/{CALL}")
    assert open_call["record"]["caller_name"] == "Ana"
    assert open_call["timeline"] == []  # nothing is in the database yet
    await house.happen(
        on_call(QueueJoined, 2, queue="soporte", position=1),
        on_call(AgentConnected, 5, queue="soporte", agent="1001"),
        on_call(CallEnded, 65, cause=16, sip_code=200),
    )
    await house.parts.recorder.ship_now()
    story = await house.get(f"/calls/{CALL}")
    record = story["record"]
    assert (record["outcome"], record["wait_seconds"], record["talk_seconds"]) == ("handled", 3, 60)
    assert record["arrived_at"] == "2026-03-01T12:00:00Z"
    assert [stay["agent"] for stay in record["stays"]] == ["1001"]
    kinds = [happening["kind"] for happening in story["timeline"]]
    assert kinds == ["CallArrived", "QueueJoined", "AgentConnected", "CallEnded"]
    assert story["timeline"][1] == {
        "at": "2026-03-01T12:00:02Z", "kind": "QueueJoined",
        "details": {"queue": "soporte", "position": 1},
    }  # fmt: skip


async def test_pages_go_through_all_calls_newest_first(house: ApiHouse) -> None:
    await house.parts.calls.save([_record(number) for number in range(7)], [])
    seen, cursor = [], None
    while True:
        more: dict[str, str] = {} if cursor is None else {"cursor": cursor}
        page = await house.get("/calls", limit=3, **more)
        seen += [call["call_id"] for call in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == [f"pbx1-{number}" for number in range(6, -1, -1)]


async def test_every_filter(house: ApiHouse) -> None:
    stay = QueueStay(queue="soporte", joined_at=at(2), agent="1001", connected_at=at(3))
    await house.parts.calls.save(
        [
            _record(1, outcome="self_service", ended_at=at(9)),
            _record(2, stays=[stay], outcome="handled", ended_at=at(9)),
            _record(3, direction="dialed", campaign_id="c1", lead_id=7, number_called="573001"),
        ],
        [],
    )

    async def found(**query: str) -> list[str]:
        items = (await house.get("/calls", **query))["items"]
        return sorted(call["call_id"].removeprefix("pbx1-") for call in items)

    assert await found() == ["1", "2", "3"]
    assert await found(direction="dialed") == ["3"]
    assert await found(queue="soporte") == ["2"]
    assert await found(agent="1001", queue="soporte") == ["2"]
    assert await found(agent="1002") == []
    assert await found(outcome="self_service") == ["1"]
    assert await found(campaign_id="c1") == ["3"]
    assert await found(number="573001") == ["3"]
    assert await found(number="573000000002") == ["2"]
    assert await found(**{"from": at(2).isoformat()}) == ["2", "3"]
    assert await found(**{"from": at(2).isoformat(), "to": at(3).isoformat()}) == ["2"]
    bogota = at(3).astimezone(tz=None).isoformat()
    assert await found(to=bogota) == ["1", "2"]
    later = (at(3) + timedelta(days=1)).isoformat().replace("+00:00", "Z")
    assert await found(**{"from": later}) == []


async def test_what_is_no_question(house: ApiHouse) -> None:
    for query, fault in _NO_QUESTIONS:
        body = problem(await house.ask("GET", "/calls", params=query), Kind.INVALID)
        assert places(body) == [fault]


async def test_whatever_a_caller_calls_himself_is_data(house: ApiHouse) -> None:
    names = ["<img src=x onerror=alert(1)>", "=cmd|' /C calc'!A0", "Ñandú \u202e", "a\x00b\n\r\t"]
    for number, name in enumerate(names):
        call = CallArrived(
            at=at(number), pbx=PBX, call_id=f"pbx1-{number}", number_called="0800",
            caller_number="<script>", caller_name=name,
        )  # fmt: skip
        await house.happen(call)
    response = await house.ask("GET", "/calls/pbx1-3")
    assert response.headers["content-type"] == "application/json"
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.json()["record"]["caller_name"] == names[3]
    await house.parts.recorder.ship_now()
    stored = [call["caller_name"] for call in (await house.get("/calls"))["items"]]
    assert stored == [name.replace("\x00", "\ufffd") for name in reversed(names)]
