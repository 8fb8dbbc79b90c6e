"""Recorded talks are found again when nobody heard of them, and go by age: on both databases."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from agents.floor import Floor
from calls.events import (
    CallArrived,
    CallEnded,
    CallRecordingStarted,
    TicketOpened,
)
from dialer.options import Options
from storage import recording_settling
from storage.database import Database
from storage.tables import call_recordings
from tests.integration import talk_recipes
from tests.integration.api_house import ApiHouse, open_house
from tests.integration.talk_recipes import call_of, kept, name_of, over, settling, talking, talks_in
from tests.made_talks import lay, wav
from tests.unit.facts import FLOOR, PBX, at


@pytest.fixture
async def house(database: Database, tmp_path: Path) -> AsyncIterator[ApiHouse]:
    async with open_house(database, tmp_path) as opened:
        yield opened


async def names(house: ApiHouse, who: str = "supervisor", **params: Any) -> list[str]:
    found = await house.get("/call-recordings", who, **params)
    return [one["recording"] for one in found["items"]]


async def trail(house: ApiHouse, subject: str) -> list[tuple[str, dict[str, Any]]]:
    rows = (await house.get("/audit", "admin", subject=subject))["items"]
    return [(row["action"], row["after"]) for row in rows]


def file_of(tmp_path: Path, name: str) -> Path:
    return talks_in(tmp_path) / name[:8] / f"{name}.wav"


async def test_a_wait_without_a_talk_leaves_nothing_and_a_talk_without_a_sound_is_told(
    house: ApiHouse, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    call = {"pbx": PBX, "call_id": call_of(1)}
    await house.happen(
        CallArrived(at=at(10), number_called="0800", caller_number="57300", **call),
        CallRecordingStarted(
            at=at(10), recording=name_of(1), queue="soporte", announced="caller", **call
        ),
        CallEnded(at=at(15), cause=16, sip_code=200, **call),
    )
    waited = lay(talks_in(tmp_path), name_of(1), wav(0))
    await talking(house, 2)
    await over(house, 2)
    await talking(house, 3)
    unreadable = lay(talks_in(tmp_path), name_of(3), wav(1))
    unreadable.unlink()
    unreadable.mkdir()
    await over(house, 3)
    house.clock.time = at(100)
    assert await settling(house, tmp_path).settle() == 2
    assert not waited.exists()
    assert "waits to be kept" in caplog.text, "what cannot be read is tried again"
    states = (await house.get("/call-recordings"))["items"]
    assert [(one["recording"], one["state"]) for one in states] == [
        (name_of(3), "open"), (name_of(2), "lost"),
    ]  # fmt: skip
    # the disk is back
    lay(talks_in(tmp_path), name_of(2), wav(5))
    unreadable.rmdir()
    lay(talks_in(tmp_path), name_of(3), wav(5))
    keeper = settling(house, tmp_path)
    assert await keeper.find_again() == 1
    assert await keeper.settle() == 2
    assert {one["state"] for one in (await house.get("/call-recordings"))["items"]} == {"kept"}


async def test_what_cannot_be_read_keeps_no_other_talk_from_being_kept(
    house: ApiHouse,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The oldest two are no files, and two are looked at in one go."""
    monkeypatch.setattr(recording_settling, "_AT_ONCE", 2)
    for number in range(1, 6):
        await talking(house, number, recorded=number not in (2, 5))
        lay(talks_in(tmp_path), name_of(number), wav(5))
        await over(house, number)
    for number in (1, 2, 3):
        file_of(tmp_path, name_of(number)).unlink()
        file_of(tmp_path, name_of(number)).mkdir()
    house.clock.time = at(100)
    keeper = settling(house, tmp_path)
    assert await keeper.find_again() == 1, "the second one, which has no row, is passed over"
    assert [await keeper.settle() for _ in range(4)] == [0, 2, 0, 0]
    assert caplog.text.count("waits to be kept") == 3, "of each once"
    file_of(tmp_path, name_of(1)).rmdir()
    lay(talks_in(tmp_path), name_of(1), wav(5))
    assert await keeper.settle() + await keeper.settle() == 1


async def test_what_was_recorded_while_nobody_listened_is_found_again(
    house: ApiHouse, tmp_path: Path
) -> None:
    await talking(house, 1, recorded=False)  # its beginning was not heard
    sound = lay(talks_in(tmp_path), name_of(1), wav(5))
    keeper = settling(house, tmp_path)
    house.clock.time = at(30)
    await house.parts.recorder.ship_now()
    assert await keeper.find_again() == 0, "its call goes on"
    await over(house, 1)
    house.clock.time = at(60)
    lay(talks_in(tmp_path), name_of(8), wav(3))  # of no call that anybody knows
    lay(talks_in(tmp_path), name_of(9), wav(0))
    assert await keeper.find_again() == 1
    assert await keeper.settle() == 1
    (told,) = (await house.get("/call-recordings"))["items"]
    assert (told["agent"], told["queue"], told["announced"]) == ("1001", "soporte", "")
    assert told["sha256"] == sha256(sound.read_bytes()).hexdigest()
    # files are of the time of this test, the house's clock is not
    house.clock.time = at(0) + timedelta(days=3650)
    lay(talks_in(tmp_path), house.clock.time.strftime("%Y%m%d") + name_of(8)[8:], wav(3))
    assert await keeper.find_again() == 1, "only the last two weeks are looked through"
    assert await keeper.settle() == 1
    unknown = (await house.get("/call-recordings", call_id=call_of(8)))["items"]
    assert [(one["state"], one["queue"], one["agent"]) for one in unknown] == [("kept", "", "")]


def _floor(**days: int | None) -> Floor:
    queues = [
        queue.model_copy(update={"record": True, "record_days": days.get(queue.name)})
        for queue in FLOOR.queues
    ]
    return FLOOR.model_copy(update={"queues": tuple(queues)})


async def test_they_go_by_their_own_queues_or_campaigns_age_or_by_everybodys(
    house: ApiHouse, tmp_path: Path
) -> None:
    campaign = await house.new_campaign(options={"record": True, "record_days": 10})
    assert Options(record=True).record_days is None
    house.app.state.parts = replace(house.parts, floor=_floor(soporte=30))
    one = await kept(house, tmp_path, 1)
    two = await kept(house, tmp_path, 2, queue="salida")
    three = await kept(house, tmp_path, 3, queue="salida", campaign=campaign)
    four = await kept(house, tmp_path, 4)
    await house.happen(
        TicketOpened(
            at=at(45), pbx=PBX, call_id=call_of(4), number="202600017", kind="complaint",
            reason="", due_at=at(99),
        )
    )  # fmt: skip
    await house.parts.recorder.ship_now()

    async def due() -> set[tuple[str | None, str | None, int]]:
        items = (await house.get("/retention", "admin"))["items"]
        return {
            (one["campaign_id"], one["queue"], one["rows"])
            for one in items
            if one["table"] == "call_recordings"
        }

    assert await due() == set()
    house.clock.advance(11 * 86400)
    assert await due() == {(campaign, None, 1)}
    house.clock.advance(20 * 86400)
    assert await due() == {(campaign, None, 1), (None, "soporte", 1)}
    house.clock.advance(150 * 86400)
    assert await due() == {(campaign, None, 1), (None, "soporte", 1), (None, None, 1)}
    gone = (await house.ask("POST", "/retention", "admin")).json()
    assert sum(one["rows"] for one in gone["items"] if one["table"] == "call_recordings") == 3
    assert await due() == set()
    for name, there in ((one, False), (two, False), (three, False), (four, True)):
        assert file_of(tmp_path, name).exists() is there, name
    states = {
        row["recording"]: (row["state"], row["removed_why"])
        for row in (await house.get("/call-recordings"))["items"]
    }
    assert states[four] == ("kept", ""), "its complaint is not closed"
    assert {states[name] for name in (one, two, three)} == {("removed", "age")}


async def test_whoever_is_forgotten_is_heard_no_more(house: ApiHouse, tmp_path: Path) -> None:
    asked = {"external_id": "C-1", "name": "Ana", "phones": ["+573001234567"]}
    customer = (await house.ask("POST", "/customers", json=asked)).json()["id"]
    one = await kept(house, tmp_path, 1)
    forgotten = (await house.ask("DELETE", f"/customers/{customer}")).json()
    assert forgotten["call_recordings_left"] is False
    assert not file_of(tmp_path, one).exists()
    assert (await house.get(f"/call-recordings/{one}"))["removed_why"] == "customer erased"


async def test_a_name_that_leads_astray_reads_and_removes_nothing(
    house: ApiHouse, tmp_path: Path
) -> None:
    await kept(house, tmp_path, 1)
    secret = tmp_path / "secret.wav"
    secret.write_bytes(wav(1))
    astray = update(call_recordings).values(recording="../../secret")
    await house.database.write(lambda connection: connection.execute(astray).rowcount)
    for name in ("../../secret", "..%2f..%2fsecret", "secret", "%2e%2e"):
        response = await house.ask("GET", f"/call-recordings/{name}/audio")
        assert response.status_code in (404, 422), name
    assert await house.parts.call_recordings.remove("../../secret", "x")
    assert secret.exists()
    assert talk_recipes.name_of(1) not in await names(house)
