"""/call-recordings: kept with their hash, heard by whom may, every play audited, gone for good."""

from __future__ import annotations

from collections.abc import AsyncIterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from api.problem_texts import Kind
from calls.events import (
    CallRecordingPaused,
    CallRecordingResumed,
    CallRecordingStarted,
)
from storage.database import Database
from storage.scopes import Scope
from storage.tokens import Role
from tests.integration.api_house import ApiHouse, open_house, places, problem
from tests.integration.talk_recipes import call_of, kept, name_of, over, settling, talking, talks_in
from tests.made_talks import lay, wav
from tests.unit.facts import PBX, at


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


async def test_a_talk_is_kept_with_whose_it_is_its_hash_and_what_was_left_out(
    house: ApiHouse, tmp_path: Path
) -> None:
    await talking(house, 1)
    name, call = name_of(1), {"pbx": PBX, "call_id": call_of(1), "recording": name_of(1)}
    await house.happen(
        CallRecordingPaused(at=at(11), by="1001", **call),
        CallRecordingResumed(at=at(12.5), by="1001", **call),
    )
    await house.parts.recorder.ship_now()
    told = await house.get(f"/call-recordings/{name}")
    assert (told["state"], told["queue"], told["agent"], told["sha256"]) == (
        "open", "soporte", "", None,
    )  # fmt: skip
    house.clock.time = at(60)
    assert await settling(house, tmp_path).settle() == 0, "its call goes on"
    refused = await house.ask("GET", f"/call-recordings/{name}/audio")
    problem(refused, Kind.CALL_RECORDING_NOT_NOW)

    sound = wav(5)
    lay(talks_in(tmp_path), name, sound)
    await over(house, 1)
    assert await settling(house, tmp_path).settle() == 1
    assert await settling(house, tmp_path).settle() == 0
    told = await house.get(f"/call-recordings/{name}")
    moments = {key: told.pop(key) for key in ("started_at", "began_at", "ended_at", "kept_at")}
    assert moments == {
        "started_at": "2026-03-01T12:00:10Z", "began_at": "2026-03-01T12:00:10Z",
        "ended_at": "2026-03-01T12:00:15Z", "kept_at": "2026-03-01T12:01:00Z",
    }  # fmt: skip
    assert told == {
        "recording": name, "call_id": call_of(1), "queue": "soporte", "campaign_id": None,
        "agent": "1001", "announced": "caller", "state": "kept", "seconds": 5.0,
        "paused_seconds": 1.5, "bytes": len(sound), "sha256": sha256(sound).hexdigest(),
        "pauses": [
            {"since": "2026-03-01T12:00:11Z", "until": "2026-03-01T12:00:12.500000Z", "by": "1001"}
        ],
        "cut_short": False, "changed_at": None, "removed_at": None, "removed_why": "",
        "held_at": None, "held_why": "",
    }  # fmt: skip
    assert file_of(tmp_path, name).stat().st_mode & 0o777 == 0o600


async def test_they_are_listed_by_whose_they_are_and_when(house: ApiHouse, tmp_path: Path) -> None:
    await kept(house, tmp_path, 1)
    await kept(house, tmp_path, 2, queue="salida", agent="1002")
    await kept(house, tmp_path, 3, queue="salida", agent="1001", campaign="c1")
    one, two, three = name_of(1), name_of(2), name_of(3, dialed=True)
    assert await names(house) == [three, two, one]
    for params, expected in (
        ({"call_id": call_of(1)}, [one]),
        ({"agent": "1001"}, [three, one]),
        ({"queue": "salida"}, [three, two]),
        ({"campaign_id": "c1"}, [three]),
        ({"state": "lost"}, []),
        ({"from": at(20).isoformat(), "to": at(30).isoformat()}, [two]),
        ({"agent": "1001", "queue": "soporte"}, [one]),
    ):
        assert await names(house, **params) == expected, params
    first = await house.get("/call-recordings", limit=2)
    rest = await house.get("/call-recordings", limit=2, cursor=first["next_cursor"])
    assert [one["recording"] for one in (*first["items"], *rest["items"])] == [three, two, one]
    assert rest["next_cursor"] is None
    unknown = problem(await house.ask("GET", "/call-recordings?who=x"), Kind.INVALID)
    assert places(unknown) == [("query.who", "extra_forbidden")]


async def test_every_play_is_audited_and_a_changed_file_is_told(
    house: ApiHouse, tmp_path: Path
) -> None:
    name = await kept(house, tmp_path, 1)
    path, subject = f"/call-recordings/{name}/audio", f"call-recordings/{name}"
    sound = file_of(tmp_path, name).read_bytes()
    whole = await house.ask("GET", path)
    assert (whole.status_code, whole.content) == (200, sound)
    assert whole.headers["content-type"] == "audio/wav"
    assert whole.headers["cache-control"] == "no-store"
    part = await house.ask("GET", path, headers={"Range": "bytes=0-3"})
    assert (part.status_code, part.content) == (206, b"RIFF")
    assert part.headers["content-range"] == f"bytes 0-3/{len(sound)}"
    beyond = await house.ask("GET", path, headers={"Range": "bytes=999999-"})
    problem(beyond, Kind.NO_SUCH_RANGE)
    plays = [
        ("call_recording.hear", {"bytes": told, "call_id": call_of(1), "changed": False})
        for told in ("0-3", "all")
    ]
    assert await trail(house, subject) == plays

    file_of(tmp_path, name).write_bytes(sound[:-2] + b"\x00\x01")
    problem(await house.ask("GET", path), Kind.CALL_RECORDING_CHANGED)
    told = await house.get(f"/call-recordings/{name}")
    assert (told["state"], told["changed_at"] is not None) == ("changed", True)
    assert (await trail(house, subject))[0][0] == "call_recording.changed"
    anyhow = await house.ask("GET", f"{path}?changed=true")
    assert (anyhow.status_code, anyhow.content[-2:]) == (200, b"\x00\x01")
    assert (await trail(house, subject))[0][1]["changed"] is True
    file_of(tmp_path, name).write_bytes(sound)  # somebody brings it back from a copy
    assert (await house.ask("GET", path)).content == sound
    assert (await house.get(f"/call-recordings/{name}"))["state"] == "kept"
    file_of(tmp_path, name).unlink()
    problem(await house.ask("GET", path), Kind.NO_SUCH_CALL_RECORDING)
    assert (await trail(house, subject))[0][0] == "call_recording.missing"


async def test_who_sees_some_queues_hears_those_and_their_agents_own(
    house: ApiHouse, tmp_path: Path
) -> None:
    await kept(house, tmp_path, 1)
    await kept(house, tmp_path, 2, queue="salida")
    await kept(house, tmp_path, 3, queue="own_1001")
    for who, scopes, queues in (
        ("few", None, ["soporte"]),
        ("none", None, ["ventas"]),
        ("deaf", [Scope.CALLS_READ], None),
    ):
        _, house.tokens[who] = await house.parts.tokens.create(
            who, Role.SUPERVISOR, None, now=house.clock(), scopes=scopes, queues=queues
        )
    assert await names(house, "few") == [name_of(3), name_of(1)]
    assert await names(house, "none") == []
    for name, who, status in (
        (name_of(1), "few", 200), (name_of(2), "few", 404), (name_of(3), "none", 404),
    ):  # fmt: skip
        for path in (f"/call-recordings/{name}", f"/call-recordings/{name}/audio"):
            assert (await house.ask("GET", path, who)).status_code == status, (name, who)
    problem(await house.ask("GET", "/call-recordings", "deaf"), Kind.SCOPE_MISSING)
    problem(await house.ask("GET", "/call-recordings", "1001"), Kind.ROLE_TOO_LOW)


async def test_one_is_removed_for_good_with_a_reason(house: ApiHouse, tmp_path: Path) -> None:
    name = await kept(house, tmp_path, 1)
    path = f"/call-recordings/{name}"
    assert (await house.ask("DELETE", path, "admin")).status_code == 422, "say why"
    problem(await house.ask("DELETE", f"{path}?reason=x"), Kind.ROLE_TOO_LOW)
    gone = await house.ask("DELETE", f"{path}?reason=Pedido del titular", "admin")
    assert gone.status_code == 204
    assert not file_of(tmp_path, name).exists()
    told = await house.get(path)
    assert (told["state"], told["removed_why"]) == ("removed", "Pedido del titular")
    assert await trail(house, path[1:]) == [
        ("call_recording.remove", {"reason": "Pedido del titular"})
    ]
    for method, more in (("DELETE", "?reason=x"), ("GET", "/audio")):
        problem(await house.ask(method, path + more, "admin"), Kind.CALL_RECORDING_NOT_NOW)
    missing = await house.ask("DELETE", "/call-recordings/20260301_a_1?reason=x", "admin")
    problem(missing, Kind.NO_SUCH_CALL_RECORDING)
    # the journal may send the fact again: nothing comes back
    await talking(house, 1)
    await house.parts.recorder.ship_now()
    assert (await house.get(path))["state"] == "removed"


async def test_one_that_is_held_stays_until_it_is_not(house: ApiHouse, tmp_path: Path) -> None:
    name, other = await kept(house, tmp_path, 1), await kept(house, tmp_path, 2)
    path = f"/call-recordings/{name}"
    problem(await house.ask("PUT", f"{path}/hold", json={"reason": "x"}), Kind.ROLE_TOO_LOW)
    assert (await house.ask("PUT", f"{path}/hold", "admin", json={})).status_code == 422, "say why"
    held = await house.ask("PUT", f"{path}/hold", "admin", json={"reason": "Juzgado 4"})
    assert (held.status_code, held.json()["held_why"]) == (200, "Juzgado 4")
    refused = await house.ask("DELETE", f"{path}?reason=x", "admin")
    assert "Juzgado 4" in problem(refused, Kind.CALL_RECORDING_HELD)["detail"]
    store = house.parts.call_recordings
    assert not await store.remove(name, "x")
    assert await store.remove_of_calls([(PBX, call_of(1)), (PBX, call_of(2))], "x") == 1
    states = {
        one["recording"]: one["state"] for one in (await house.get("/call-recordings"))["items"]
    }
    assert states == {name: "kept", other: "removed"}
    house.clock.advance(181 * 86_400)
    assert (await house.get("/retention", "admin"))["items"] == []
    assert file_of(tmp_path, name).exists()

    for _ in range(2):  # the second time there is nothing to let go
        assert (await house.ask("DELETE", f"{path}/hold", "admin")).status_code == 204
    assert (await house.get(path))["held_at"] is None
    assert [action for action, _ in await trail(house, path[1:])] == [
        "call_recording.release", "call_recording.hold",
    ]  # fmt: skip
    (due,) = (await house.get("/retention", "admin"))["items"]
    assert (due["table"], due["rows"]) == ("call_recordings", 1)
    assert (await house.ask("POST", "/retention", "admin")).status_code == 200
    assert not file_of(tmp_path, name).exists()
    gone = await house.ask("PUT", f"{path}/hold", "admin", json={"reason": "x"})
    problem(gone, Kind.CALL_RECORDING_NOT_NOW)


async def test_a_call_that_goes_on_is_paused_by_a_supervisor_or_its_own_agent(
    house: ApiHouse,
) -> None:
    path = f"/calls/{call_of(1)}/recording"
    problem(await house.ask("POST", f"{path}/pause"), Kind.NO_SUCH_CALL)
    await talking(house, 1, recorded=False)
    for method, end in (("GET", ""), ("POST", "/pause"), ("POST", "/resume")):
        problem(await house.ask(method, path + end), Kind.CALL_NOT_RECORDED)
    await house.happen(
        CallRecordingStarted(
            at=at(11), pbx=PBX, call_id=call_of(1), recording=name_of(1), queue="soporte",
            announced="agent",
        )
    )  # fmt: skip
    house.clock.time = at(12)
    problem(await house.ask("POST", f"{path}/pause", "1002"), Kind.NO_SUCH_CALL)
    paused = (await house.ask("POST", f"{path}/pause", "1001")).json()
    assert paused == {
        "call_id": call_of(1), "recording": name_of(1), "queue": "soporte", "announced": "agent",
        "paused_at": "2026-03-01T12:00:12Z",
    }  # fmt: skip
    await house.happen()
    assert await house.get(path, "1001") == paused
    at_hand = (await house.get("/agents/me", "1001"))["call"]["recording"]
    assert at_hand["paused_at"] == "2026-03-01T12:00:12Z"
    assert "grabada" in at_hand["to_say"], "the agent says it"
    resumed = (await house.ask("POST", f"{path}/resume")).json()
    assert resumed["paused_at"] is None
    assert [asked[2] for asked in house.switch.asked if asked[0] == "mute_recorders"] == [
        "True", "False",
    ]  # fmt: skip
    actions = [action for action, _ in await trail(house, f"calls/{call_of(1)}")]
    assert actions == ["call.recording_resume", "call.recording_pause"]
    await over(house, 1)
    for method, end in (("GET", ""), ("POST", "/pause")):
        problem(await house.ask(method, path + end), Kind.CALL_GONE)
