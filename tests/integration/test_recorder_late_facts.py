"""What is told of a call whose record is finished is kept all the same."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from calls.events import CallAnswered, CallArrived, CallEnded, MessageRecorded
from storage.database import Database
from tests.integration.api_house import ApiHouse, open_house
from tests.unit.facts import PBX, at


@pytest.fixture
async def house(database: Database, tmp_path: Path) -> AsyncIterator[ApiHouse]:
    async with open_house(database, tmp_path) as opened:
        yield opened


async def test_a_message_that_is_sent_by_hanging_up_is_not_lost(house: ApiHouse) -> None:
    recorder = house.parts.recorder
    await house.happen(
        CallArrived(at=at(1), pbx=PBX, call_id="c", number_called="0800", caller_number="300"),
        CallAnswered(at=at(2), pbx=PBX, call_id="c"),
        CallEnded(at=at(9), pbx=PBX, call_id="c", cause=16, sip_code=0),
    )
    await recorder.ship_now()
    assert recorder.record("c") is None, "the record is finished and gone"
    sent = MessageRecorded(
        at=at(10), pbx=PBX, call_id="c", recording="suggestion-c-1", purpose="suggestion",
        seconds=4.0,
    )  # fmt: skip
    await house.happen(sent)
    await recorder.ship_now()
    assert recorder.backlog == 0
    assert sent in await house.parts.calls.facts(PBX, "c")
    told = await house.get("/recordings")
    assert [each["recording"] for each in told["items"]] == ["suggestion-c-1"]
    assert await house.journal.replay() == []
