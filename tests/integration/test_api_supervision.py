"""Supervisors act over the API: they hear talks, move who waits, close queues, speak to lines."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from agents.desk import Desk
from agents.roster import Roster
from api.listening import told_by
from api.problem_texts import Kind
from calls.errors import LinkDownError
from calls.events import (
    AgentConnected,
    AgentReleased,
    AgentSignInAsked,
    CallEnded,
    Fact,
    QueueGaveUp,
    QueueJoined,
    SupervisionEnded,
    SupervisionStarted,
    SupervisorUnreached,
)
from calls.tracker import Tracker
from ivr.neighbours import Neighbours
from linea800.supervisors import supervisors
from monitoring.board import Board
from storage.closures import ClosureStore
from storage.database import Database
from storage.tokens import TokenOwner
from tests.integration.api_house import ApiHouse, open_house, places, problem, sqlite_house
from tests.integration.supervision_recipes import LISTEN, ordered, talks, waits
from tests.unit.facts import CALL, PBX, START, fact, on_call


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[ApiHouse]:
    async with sqlite_house(tmp_path) as opened:
        yield opened


async def _listen(house: ApiHouse, status: int = 202, **asked: Any) -> Any:
    response = await house.ask("POST", LISTEN, json={"phone": "1002", **asked})
    assert response.status_code == status, response.text
    return response.json()


def _last(house: ApiHouse) -> tuple[str, ...]:
    return house.switch.asked[-1]


def _started(mode: str, by: str = "x") -> Fact:
    return on_call(SupervisionStarted, 7, agent="1001", phone="1002", mode=mode, by=by)


def _ended(mode: str, by: str = "x") -> Fact:
    return on_call(SupervisionEnded, 9, agent="1001", phone="1002", mode=mode, by=by)


# --- hearing a talk ---------------------------------------------------------------------------


async def test_a_supervisor_hears_a_talk_and_changes_the_mode(house: ApiHouse) -> None:
    await talks(house)
    first = await _listen(house, reason="queja de ayer")
    assert first == {
        "call_id": CALL, "agent": "1001", "phone": "1002", "mode": "listen", "since": None,
    }  # fmt: skip
    assert _last(house) == ("listen_in", "1002", "1001", "listen")
    problem(await house.ask("POST", LISTEN, json={"phone": "1002"}), Kind.PHONE_IN_USE)
    await house.happen(_started("listen"))
    assert (await house.get(LISTEN))["since"] == "2026-03-01T12:00:07Z"
    assert (await _listen(house))["mode"] == "listen"
    assert (await _listen(house, mode="whisper"))["mode"] == "whisper"
    asked, channel, mode = _last(house)
    assert (asked, channel[:12], mode) == ("listen_otherwise", "listen-1002-", "whisper")
    await house.happen(_started("whisper"))
    assert (await house.get(LISTEN))["mode"] == "whisper"
    assert (await house.ask("DELETE", LISTEN)).status_code == 204
    assert _last(house)[0] == "hang_up"
    await house.happen(_ended("whisper"))
    problem(await house.ask("GET", LISTEN), Kind.NOBODY_LISTENS)
    problem(await house.ask("DELETE", LISTEN), Kind.NOBODY_LISTENS)
    rows = (await house.get("/audit", "admin", subject=f"calls/{CALL}"))["items"]
    assert [row["action"] for row in rows][-1] == "call.listen"
    assert rows[-1]["who"] == f"supervisor ({rows[-1]['after'].pop('by')})"
    assert rows[-1]["after"] == {
        "mode": "listen", "phone": "1002", "agent": "1001", "reason": "queja de ayer",
    }  # fmt: skip
    assert rows[0]["action"] == "call.listen_end"
    assert all(row["who"].startswith("supervisor (") for row in rows)


async def test_one_phone_is_at_work_or_listens_whichever_comes_first(house: ApiHouse) -> None:
    await talks(house)
    await _listen(house)
    for who in ("supervisor", "1002"):
        response = await house.ask("POST", "/agents/1002/sign-in", who)
        assert "1002" in problem(response, Kind.PHONE_LISTENS)["detail"]
    assert (await house.get("/agents/1002"))["state"] == "signed_out"
    await house.happen(_started("listen"), _ended("listen"))
    # nobody has heard of the fact yet when the phone is asked for
    assert (await house.ask("POST", "/agents/1002/sign-in")).status_code == 202
    assert (await house.get("/agents/1002"))["state"] == "signed_out"
    problem(await house.ask("POST", LISTEN, json={"phone": "1002"}), Kind.PHONE_IN_USE)
    await house.happen()
    assert (await house.get("/agents/1002"))["state"] == "signing_in"
    problem(await house.ask("POST", LISTEN, json={"phone": "1002"}), Kind.PHONE_IN_USE)


async def test_two_who_ask_for_one_phone_at_once_get_one_of_the_two(house: ApiHouse) -> None:
    await talks(house)
    listens, signs_in = await asyncio.gather(
        house.ask("POST", LISTEN, json={"phone": "1002"}),
        house.ask("POST", "/agents/1002/sign-in"),
    )
    assert sorted([listens.status_code, signs_in.status_code]) == [202, 409]
    await house.happen()
    at_work = (await house.get("/agents/1002"))["state"] != "signed_out"
    assert house.parts.listening.uses("1002") is not at_work


def test_ids_from_outside_reach_the_dialplan_as_a_digest() -> None:
    assert told_by("0f" * 16) == "0f" * 16
    for outside in ("oidc:auth0|ana", "a,b", "${SHELL(x)}", "x" * 41, ""):
        assert re.fullmatch(r"id-[0-9a-f]{32}", told_by(outside)), outside


async def test_what_happened_is_in_the_calls_timeline(house: ApiHouse) -> None:
    await talks(house)
    await house.happen(
        _started("whisper", "ana"),
        _ended("whisper", "ana"),
        on_call(CallEnded, 10, cause=16, sip_code=0),
    )
    await house.parts.recorder.ship_now()
    story = await house.get(f"/calls/{CALL}")
    told = {one["kind"]: one["details"] for one in story["timeline"]}
    whom = {"agent": "1001", "phone": "1002", "mode": "whisper", "by": "ana"}
    assert told["SupervisionStarted"] == told["SupervisionEnded"] == whom


async def test_who_can_be_heard_and_by_whom(house: ApiHouse) -> None:
    problem(await house.ask("POST", LISTEN, json={"phone": "1002"}), Kind.NO_SUCH_CALL)
    await waits(house)
    body = problem(await house.ask("POST", LISTEN, json={"phone": "1002"}), Kind.CALL_NOT_NOW)
    assert "queued" in body["detail"]
    await house.happen(on_call(AgentConnected, 5, queue="soporte", agent="1001"))
    problem(await house.ask("POST", LISTEN, json={"phone": "9999"}), Kind.NO_SUCH_AGENT)
    wrong = await house.ask("POST", LISTEN, json={"phone": "1002", "mode": "shout"})
    assert places(problem(wrong, Kind.INVALID)) == [("body.mode", "enum")]
    await house.happen(fact(AgentSignInAsked, 6, agent="1003"))
    problem(await house.ask("POST", LISTEN, json={"phone": "1003"}), Kind.PHONE_IN_USE)
    problem(await house.ask("POST", LISTEN, "1001", json={"phone": "1002"}), Kind.ROLE_TOO_LOW)
    assert house.switch.asked == []
    await _listen(house)
    taken = await house.ask("POST", LISTEN, json={"phone": "1001"})
    assert "1002" in problem(taken, Kind.LISTENED_ALREADY)["detail"]
    await house.happen(on_call(CallEnded, 9, cause=16, sip_code=0))
    problem(await house.ask("POST", LISTEN, json={"phone": "1002"}), Kind.CALL_GONE)


async def test_a_phone_that_does_not_answer_is_forgotten(house: ApiHouse) -> None:
    await talks(house)
    await _listen(house)
    listener = house.parts.listening.of(CALL)
    assert listener is not None
    channel = listener.order.channel_id
    await house.happen(fact(SupervisorUnreached, 8, phone="1002", channel_id=channel))
    assert house.parts.listening.of(CALL) is None
    house.switch.error = LinkDownError("away")
    problem(await house.ask("POST", LISTEN, json={"phone": "1002"}), Kind.LINK_DOWN)
    assert house.parts.listening.of(CALL) is None


async def test_the_phone_is_let_go_when_the_talk_is_over(house: ApiHouse) -> None:
    running = asyncio.create_task(house.parts.listening.run())
    try:
        await talks(house)
        await _listen(house)
        await house.happen(_started("listen"))
        await house.happen(
            on_call(AgentReleased, 9, queue="soporte", agent="1001", ended_by="agent")
        )
        async with asyncio.timeout(60):
            while house.switch.asked[-1][0] != "hang_up":  # noqa: ASYNC110 - the room has a task
                await asyncio.sleep(0)
        assert house.switch.asked[-1][1].startswith("listen-1002-")
    finally:
        running.cancel()
        await asyncio.wait({running})


async def test_what_is_not_shown_to_the_owner_is_not_there(
    house: ApiHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    await talks(house)
    monkeypatch.setattr(TokenOwner, "sees", lambda _, queue: queue == "salida")
    problem(await house.ask("POST", LISTEN, json={"phone": "1002"}), Kind.NO_SUCH_CALL)
    moved = await house.ask("POST", f"/calls/{CALL}/move", json={"queue": "salida"})
    problem(moved, Kind.NO_SUCH_CALL)
    closed = await house.ask("POST", "/queues/soporte/close", json={"reason": "x"})
    problem(closed, Kind.NO_SUCH_QUEUE)


# --- who waits --------------------------------------------------------------------------------


def _left(status: str) -> Fact:
    return on_call(QueueGaveUp, 9, queue="soporte", status=status)


async def test_a_waiting_caller_is_moved_put_ahead_and_taken_out(house: ApiHouse) -> None:
    await waits(house)
    moved = await ordered(
        house, "move", {"queue": "salida", "reason": "sin gente"}, _left("MOVED"),
        on_call(QueueJoined, 9.1, queue="salida", position=3),
    )  # fmt: skip
    assert moved.status_code == 202, moved.text
    assert moved.json() == {"call_id": CALL, "state": "queued", "queue": "salida"}
    ahead = await ordered(
        house, "prioritize", {"position": 1},
        on_call(QueueGaveUp, 10, queue="salida", status="AHEAD"),
        on_call(QueueJoined, 10.1, queue="salida", position=1),
    )  # fmt: skip
    assert ahead.status_code == 202, ahead.text
    call = house.parts.tracker.get(CALL)
    assert call is not None
    assert call.waiting_since is not None
    assert call.waiting_since.isoformat() == "2026-03-01T12:00:09.100000+00:00"
    away = await ordered(
        house, "withdraw", {"to": "hang_up"},
        on_call(QueueGaveUp, 11, queue="salida", status="WITHDRAW"),
    )  # fmt: skip
    assert away.status_code == 202, away.text
    assert house.switch.asked == [
        ("send_elsewhere", CALL, "salida"),
        ("send_ahead", CALL, "salida", "1"),
        ("send_away", CALL),
    ]
    await house.happen(on_call(CallEnded, 15, cause=16, sip_code=0))
    record = house.parts.recorder.record(CALL)
    if record is None:
        await house.parts.recorder.ship_now()
        record = await house.parts.calls.get(PBX, CALL)
    assert record is not None
    assert (record.ended_by, record.outcome) == ("supervisor", "unserved")
    rows = (await house.get("/audit", "admin", subject=f"calls/{CALL}"))["items"]
    assert [row["action"] for row in rows] == ["call.withdraw", "call.prioritize", "call.move"]
    assert rows[-1]["before"] == {"queue": "soporte"}
    assert rows[-1]["after"] == {"queue": "salida", "reason": "sin gente"}


async def test_an_order_is_given_again_until_it_is_noticed(house: ApiHouse) -> None:
    await waits(house)
    refused = await house.ask("POST", f"/calls/{CALL}/withdraw", json={"to": "menu"})
    problem(refused, Kind.SWITCH_REFUSED)
    assert house.switch.asked == [("back_to_dialogue", CALL)] * 3


async def test_who_gets_an_agent_first_stays_with_the_agent(house: ApiHouse) -> None:
    await waits(house)
    connected = on_call(AgentConnected, 9, queue="soporte", agent="1001")
    problem(await ordered(house, "move", {"queue": "salida"}, connected), Kind.CALL_NOT_NOW)
    problem(await house.ask("POST", f"/calls/{CALL}/prioritize", json={}), Kind.CALL_NOT_NOW)
    assert len(house.switch.asked) == 1


async def test_who_hangs_up_first_is_gone(house: ApiHouse) -> None:
    await waits(house)
    ended = on_call(CallEnded, 9, cause=16, sip_code=0)
    problem(await ordered(house, "withdraw", {"to": "hang_up"}, ended), Kind.CALL_GONE)


async def test_a_caller_is_moved_only_to_an_open_queue_of_the_floor(house: ApiHouse) -> None:
    await waits(house)
    path = f"/calls/{CALL}/move"
    problem(await house.ask("POST", path, json={"queue": "nada"}), Kind.NO_SUCH_QUEUE)
    await house.ask("POST", "/queues/salida/close", json={"reason": "simulacro"})
    problem(await house.ask("POST", path, json={"queue": "salida"}), Kind.QUEUE_CLOSED)
    assert house.switch.asked == []


# --- queues -----------------------------------------------------------------------------------


async def test_a_queue_is_closed_and_opened_once(house: ApiHouse) -> None:
    asked = {"reason": "evacuación", "message": "outage"}
    problem(await house.ask("POST", "/queues/nada/close", json=asked), Kind.NO_SUCH_QUEUE)
    wrong = await house.ask(
        "POST", "/queues/soporte/close", json={"reason": "x", "message": "nothing_like_it"}
    )
    assert places(problem(wrong, Kind.INVALID)) == [("body.message", "no_such_prompt")]
    closed = (await house.ask("POST", "/queues/soporte/close", json=asked)).json()
    assert (closed["reason"], closed["message"], closed["ended_at"]) == (
        "evacuación", "outage", None,
    )  # fmt: skip
    await house.happen()
    shown = await house.get("/queues/soporte")
    assert (shown["closed_since"], shown["closed_reason"]) == (closed["began_at"], "evacuación")
    house.clock.advance(60)
    again = await house.ask("POST", "/queues/soporte/close", json={"reason": "otra"})
    assert again.json() == closed
    opened = (await house.ask("POST", "/queues/soporte/open")).json()
    assert opened["ended"]["reason"] == "evacuación"
    await house.happen()
    assert (await house.get("/queues/soporte"))["closed_since"] is None
    assert (await house.ask("POST", "/queues/soporte/open")).json()["ended"] is None
    kept = await house.get("/queues/soporte/closures")
    assert [one["closed_by"] for one in kept["items"]] == ["supervisor"]
    rows = (await house.get("/audit", "admin", subject="queues/soporte"))["items"]
    assert [row["action"] for row in rows] == ["queue.open", "queue.close"]


async def test_two_who_close_a_queue_at_once_close_it_once(
    database: Database, tmp_path: Path
) -> None:
    async with open_house(database, tmp_path) as house:
        path, asked = "/queues/soporte/close", {"reason": "x"}
        answers = await asyncio.gather(*(house.ask("POST", path, json=asked) for _ in range(4)))
        assert {answer.status_code for answer in answers} == {200}
        assert len((await house.get("/queues/soporte/closures"))["items"]) == 1
        rows = (await house.get("/audit", "admin", subject="queues/soporte"))["items"]
        assert [row["action"] for row in rows] == ["queue.close"]


async def test_those_who_wait_are_told_something(house: ApiHouse) -> None:
    await waits(house)
    told = await house.ask("POST", "/queues/soporte/announce", json={"prompt": "outage"})
    assert (told.status_code, told.json()) == (202, {"queue": "soporte", "callers": 1})
    assert house.switch.asked == [("announce", CALL, "es", "outage")]
    none = await house.ask("POST", "/queues/salida/announce", json={"prompt": "outage"})
    assert none.json()["callers"] == 0
    house.switch.error = LinkDownError("away")
    away = await house.ask("POST", "/queues/soporte/announce", json={"prompt": "outage"})
    problem(away, Kind.LINK_DOWN)


async def test_a_closed_queue_is_closed_after_a_restart_for_its_own_switch(
    database: Database, tmp_path: Path
) -> None:
    async with open_house(database, tmp_path) as house:
        await house.ask("POST", "/queues/soporte/close", json={"reason": "x", "message": "outage"})
        floor, switch, put = house.parts.floor, house.switch, house.parts.intake.put
        roster, tracker = Roster(floor), Tracker()
        board, desk = Board(floor, tracker, roster), Desk(floor, roster, switch, put)
        again = await supervisors(
            floor, roster, desk, house.parts.recorder, tracker, switch, board, database, put
        )
    queues = Neighbours(closed_with=again.closures.told)
    assert queues.queue_now("soporte", 0).closed_with == "outage"
    assert queues.queue_now("salida", 0).closed_with is None
    shown = board.snapshot().things["queues/soporte"]
    assert shown is not None
    assert (shown["closed_since"], shown["closed_reason"]) == (START.isoformat(), "x")
    other = ClosureStore(database, "pbx2")
    await other.load()
    assert other.told("soporte") is None
