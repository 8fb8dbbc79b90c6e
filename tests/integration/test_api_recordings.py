"""/recordings: messages are found, heard by whom may, and removed for good; on both databases."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.problem_texts import Kind
from calls.events import CallArrived, CallFact, MessageRecorded, TicketOpened
from customers.ticket_numbers import ticket_number
from customers.tickets import TicketState, changed
from storage.database import Database
from storage.recordings import RecordingFolder, SoundMissingError
from tests.integration.api_house import ApiHouse, open_house, problem
from tests.unit.facts import PBX, at

SOUND = b"RIFF" + b"".join(sample.to_bytes(2, "big") for sample in range(512))


@pytest.fixture
async def house(database: Database, tmp_path: Path) -> AsyncIterator[ApiHouse]:
    folder(tmp_path).mkdir()
    async with open_house(database, tmp_path) as opened:
        yield opened


def folder(tmp_path: Path) -> Path:
    return tmp_path / "recordings"


async def left(
    house: ApiHouse, tmp_path: Path, name: str, seconds: float = 0, *, number: str = "573001234567",
    purpose: str = "suggestion", more: list[CallFact] | None = None,
) -> None:  # fmt: skip
    call = {"pbx": PBX, "call_id": f"call-{name}"}
    await house.happen(
        CallArrived(at=at(seconds), number_called="0800", caller_number=number, **call),
        MessageRecorded(at=at(seconds), recording=name, purpose=purpose, seconds=8.0, **call),
        *(more or []),
    )
    await house.parts.recorder.ship_now()
    (folder(tmp_path) / f"{name}.wav").write_bytes(SOUND)


async def hear(house: ApiHouse, name: str, part: str | None = None) -> httpx.Response:
    headers = {"Range": part} if part else {}
    return await house.ask("GET", f"/recordings/{name}/audio", headers=headers)


async def names(house: ApiHouse, **params: Any) -> list[str]:
    return [one["recording"] for one in (await house.get("/recordings", **params))["items"]]


async def trail(house: ApiHouse, subject: str) -> list[str]:
    rows = (await house.get("/audit", "admin", subject=subject))["items"]
    return [row["action"] for row in rows]


async def test_a_message_is_found_and_heard_and_who_listened_is_kept(
    house: ApiHouse, tmp_path: Path
) -> None:
    await left(house, tmp_path, "m1", 0)
    await left(house, tmp_path, "m2.wav", 5, purpose="claim", number="+573009999999")
    (folder(tmp_path) / "m2.wav.wav").rename(folder(tmp_path) / "m2.wav")
    assert await names(house) == ["m2.wav", "m1"]
    first = await house.get("/recordings", limit=1)
    rest = await house.get("/recordings", limit=1, cursor=first["next_cursor"])
    assert (rest["items"][0]["recording"], rest["next_cursor"]) == ("m1", None)
    for params, expected in (
        ({"purpose": "claim"}, ["m2.wav"]),
        ({"number": "573001234567"}, ["m1"]),
        ({"number": "573009999999"}, ["m2.wav"]),
        ({"call_id": "call-m1"}, ["m1"]),
        ({"heard": False}, ["m2.wav", "m1"]),
        ({"heard": True}, []),
        ({"removed": True}, []),
    ):
        assert await names(house, **params) == expected, params

    house.clock.advance(30)
    response = await hear(house, "m1")
    assert (response.status_code, response.content) == (200, SOUND)
    assert response.headers["content-type"] == "audio/wav"
    assert response.headers["accept-ranges"] == "bytes"
    assert response.headers["cache-control"] == "no-store"
    assert (await hear(house, "m2.wav")).content == SOUND
    house.clock.advance(30)
    assert (await hear(house, "m1")).status_code == 200
    (told,) = (await house.get("/recordings", call_id="call-m1"))["items"]
    assert told["heard_at"] == at(30).isoformat().replace("+00:00", "Z"), "the first time stands"
    assert await trail(house, "recordings/m1") == ["recording.hear", "recording.hear"]


async def test_part_of_a_message(house: ApiHouse, tmp_path: Path) -> None:
    await left(house, tmp_path, "m1")
    for part, told_of, expected in (
        ("bytes=0-3", "0-3", SOUND[:4]),
        ("bytes=4-", "4-1027", SOUND[4:]),
        ("bytes=-4", "1024-1027", SOUND[-4:]),
        ("bytes=1000-99999", "1000-1027", SOUND[1000:]),
        ("bytes=-99999", "0-1027", SOUND),
        # what is no single range of bytes may be passed over
        ("bytes=5-2", None, SOUND),
        ("bytes=-", None, SOUND),
        ("bytes=0-1,3-4", None, SOUND),
        ("lines=0-3", None, SOUND),
    ):
        response = await hear(house, "m1", part)
        assert response.status_code == (206 if told_of else 200), part
        assert response.content == expected, part
        if told_of:
            assert response.headers["content-range"] == f"bytes {told_of}/1028"
    heard = await trail(house, "recordings/m1")
    assert heard == ["recording.hear"] * 9
    for part in ("bytes=1028-", "bytes=-0", "bytes=99999-100000"):
        response = await hear(house, "m1", part)
        problem(response, Kind.NO_SUCH_RANGE)
        assert response.headers["content-range"] == "bytes */1028"
    assert await trail(house, "recordings/m1") == heard, "nobody heard anything"


async def test_nothing_but_messages_can_be_heard(house: ApiHouse, tmp_path: Path) -> None:
    (tmp_path / "secret.wav").write_bytes(b"secret")
    (folder(tmp_path) / "unknown.wav").write_bytes(SOUND)
    for name in ("unknown", "..", "..%2fsecret", "%2e%2e%2fsecret", ".hidden", "a%00b", "x" * 200):
        response = await hear(house, name)
        assert response.status_code in (404, 422), (name, response.text)
        assert b"secret" not in response.content
    # a row whose name leads astray, or whose file is no file
    await left(house, tmp_path, "linked")
    (folder(tmp_path) / "linked.wav").unlink()
    problem(await hear(house, "linked"), Kind.NO_SUCH_RECORDING)
    (folder(tmp_path) / "linked.wav").symlink_to(tmp_path / "secret.wav")
    problem(await hear(house, "linked"), Kind.NO_SUCH_RECORDING)


@pytest.mark.parametrize("name", ["../secret", "/etc/passwd", "", ".x", "a/b", "a\x00b", "x" * 300])
def test_a_name_never_leads_out_of_the_folder(tmp_path: Path, name: str) -> None:
    (tmp_path / "secret.wav").write_bytes(b"secret")
    sounds = RecordingFolder(folder(tmp_path))
    folder(tmp_path).mkdir()
    with pytest.raises(SoundMissingError):
        sounds.read(name)
    with pytest.raises(SoundMissingError):
        sounds.remove(name)


def test_a_pipe_or_a_folder_is_no_message(tmp_path: Path) -> None:
    (tmp_path / "folder.wav").mkdir()
    (tmp_path / "huge.wav").write_bytes(b"")
    os.truncate(tmp_path / "huge.wav", 65_000_000)
    sounds = RecordingFolder(tmp_path)
    os.mkfifo(tmp_path / "pipe.wav")
    for name in ("folder", "huge", "pipe"):
        with pytest.raises(SoundMissingError):
            sounds.read(name)


async def test_a_message_is_removed_for_good(house: ApiHouse, tmp_path: Path) -> None:
    await left(house, tmp_path, "m1")
    assert (await house.ask("DELETE", "/recordings/m1")).status_code == 204
    assert list(folder(tmp_path).iterdir()) == []
    problem(await hear(house, "m1"), Kind.NO_SUCH_RECORDING)
    problem(await house.ask("DELETE", "/recordings/m1"), Kind.NO_SUCH_RECORDING)
    (told,) = (await house.get("/recordings", removed=True))["items"]
    assert (told["caller_number"], told["removed_at"]) == ("", "2026-03-01T12:00:00Z")
    assert await trail(house, "recordings/m1") == ["recording.remove"]
    # shipped again it does not come back
    await left(house, tmp_path, "m1")
    assert await names(house, removed=False) == []


async def test_a_file_that_cannot_go_is_told(
    house: ApiHouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await left(house, tmp_path, "m1")

    def refused(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "unlink", refused)
        problem(await house.ask("DELETE", "/recordings/m1"), Kind.RECORDING_KEPT)
    assert await names(house, removed=False) == ["m1"]
    assert await trail(house, "recordings/m1") == []


async def test_everything_of_one_caller_is_erased(house: ApiHouse, tmp_path: Path) -> None:
    await left(house, tmp_path, "m1", number="573001234567")
    await left(house, tmp_path, "m2", number="+573001234567")
    await left(house, tmp_path, "m3", number="573009999999")
    asked = {"number": "+573001234567"}
    problem(await house.ask("POST", "/recordings/erase", json=asked), Kind.ROLE_TOO_LOW)
    for erased in (2, 0):
        response = await house.ask("POST", "/recordings/erase", "admin", json=asked)
        assert response.json() == {"erased": erased}
    assert await names(house, removed=False) == ["m3"]
    assert [file.name for file in folder(tmp_path).iterdir()] == ["m3.wav"]
    rows = (await house.get("/audit", "admin", subject="recordings"))["items"]
    assert [row["after"] for row in rows] == [{"erased": 2}]
    assert "573001234567" not in str(rows)


async def test_the_old_go_unless_a_ticket_needs_them(house: ApiHouse, tmp_path: Path) -> None:
    number = ticket_number(2026, 1)
    opened = TicketOpened(
        at=at(0), pbx=PBX, call_id="call-needed", number=number, kind="claim", reason="billing",
        due_at=at(60), recording="needed",
    )  # fmt: skip
    await left(house, tmp_path, "needed", more=[opened])
    await left(house, tmp_path, "old", 0)
    await left(house, tmp_path, "young", 3600)
    assert (await house.get("/retention", "admin"))["items"] == []
    house.clock.advance(timedelta(days=365).total_seconds() + 60)
    (due,) = (await house.get("/retention", "admin"))["items"]
    assert (due["table"], due["rows"], due["campaign_id"]) == ("recordings", 1, None)
    gone = (await house.ask("POST", "/retention", "admin")).json()
    assert [(each["table"], each["rows"]) for each in gone["items"]] == [("recordings", 1)]
    assert gone["more"] is False
    assert await names(house, removed=False) == ["young", "needed"]
    await house.parts.tickets.change(
        number, lambda one: changed(one, at(1), state=TicketState.SOLVED, answer="Listo.")
    )
    await house.parts.tickets.change(
        number, lambda one: changed(one, at(2), state=TicketState.CLOSED)
    )
    await house.ask("POST", "/retention", "admin")
    assert await names(house, removed=False) == ["young"]
    assert [file.name for file in folder(tmp_path).iterdir()] == ["young.wav"]
