"""Talks are passed on over the API: by whom, to where, and what is kept of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from agents.floor import Target
from agents.states import AgentState
from api.problem_texts import Kind
from calls.errors import CallGoneError, LinkDownError, OutcomeUnknownError
from calls.events import (
    AgentConnected,
    AgentReleased,
    AttemptStarted,
    CallAnswered,
    CallEnded,
    QueueJoined,
    WrapUpEnded,
)
from storage.database import Database
from storage.scopes import Scope
from storage.tokens import Role
from tests.integration.agent_recipes import talking
from tests.integration.api_house import ApiHouse, open_house, places, problem, sqlite_house
from tests.integration.supervision_recipes import TRANSFER, talks, waits
from tests.unit.facts import CALL, FLOOR, PBX, START, fact, on_call

TARGETS = (Target(name="gerencia", number="573015550100"),)
PLACES = FLOOR.model_copy(update={"targets": TARGETS})


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[ApiHouse]:
    async with sqlite_house(tmp_path) as opened:
        yield opened


async def test_an_agent_passes_the_own_talk_on_and_the_record_says_so(
    database: Database, tmp_path: Path
) -> None:
    async with open_house(database, tmp_path, floor=PLACES) as house:
        await talking(house)
        passed = await house.ask(
            "POST", TRANSFER, "1001", json={"queue": "salida", "reason": "pide la factura"}
        )
        assert passed.status_code == 202, passed.text
        assert passed.json() == {"call_id": CALL, "state": "talking", "queue": "soporte"}
        assert house.switch.asked == [("pass_to_queue", CALL, "salida")]
        problem(
            await house.ask("POST", TRANSFER, "1001", json={"queue": "salida"}), Kind.CALL_NOT_NOW
        )
        await house.happen(
            on_call(AgentReleased, 66, queue="soporte", agent="1001", ended_by="transfer",
                    passed_to="queue_salida"),
            on_call(QueueJoined, 66.1, queue="salida", position=1),
        )  # fmt: skip
        agent = house.parts.roster.get("1001")
        assert agent is not None
        assert agent.state is AgentState.WRAPPING_UP
        # it is not theirs any more
        problem(
            await house.ask("POST", TRANSFER, "1001", json={"queue": "salida"}), Kind.NO_SUCH_CALL
        )
        await house.happen(on_call(AgentConnected, 70, queue="salida", agent="1002"))
        second = await house.ask("POST", TRANSFER, "1002", json={"target": "gerencia"})
        assert second.status_code == 202, second.text
        assert house.switch.asked[-1] == ("pass_to_target", CALL, "gerencia")
        await house.happen(
            on_call(AgentReleased, 100, queue="salida", agent="1002", ended_by="transfer",
                    passed_to="target_gerencia"),
            on_call(CallEnded, 130, cause=16, sip_code=0),
            *(fact(WrapUpEnded, 140, agent=agent, call_id=CALL, how="agent", disposition="")
              for agent in ("1001", "1002")),
        )  # fmt: skip
        await house.parts.recorder.ship_now()
        record = await house.parts.calls.get(PBX, CALL)
        assert record is not None
        assert [(stay.queue, stay.agent, stay.ended_by) for stay in record.stays] == [
            ("soporte", "1001", "transfer"), ("salida", "1002", "transfer"),
        ]  # fmt: skip
        assert [stay.released_at for stay in record.stays] == [
            START + timedelta(seconds=66), START + timedelta(seconds=100),
        ]  # fmt: skip
        story = await house.get(f"/calls/{CALL}")
        went = [
            one["details"]["passed_to"] for one in story["timeline"]
            if one["kind"] == "AgentReleased"
        ]  # fmt: skip
        assert went == ["queue_salida", "target_gerencia"]
        rows = (await house.get("/audit", "admin", subject=f"calls/{CALL}"))["items"][::-1]
        assert [(row["action"], row["who"].split()[0], row["before"]) for row in rows] == [
            ("call.transfer", "1001", {"queue": "soporte", "agent": "1001"}),
            ("call.transfer", "1002", {"queue": "salida", "agent": "1002"}),
        ]
        assert [row["after"] for row in rows] == [
            {"queue": "salida", "reason": "pide la factura"}, {"target": "gerencia", "reason": ""},
        ]  # fmt: skip


async def test_agents_pass_on_their_own_talk_and_supervisors_any(house: ApiHouse) -> None:
    asked = {"queue": "salida"}
    problem(await house.ask("POST", TRANSFER, json=asked), Kind.NO_SUCH_CALL)
    await waits(house)
    body = problem(await house.ask("POST", TRANSFER, json=asked), Kind.CALL_NOT_NOW)
    assert "queued" in body["detail"]
    await house.happen(on_call(AgentConnected, 5, queue="soporte", agent="1001"))
    problem(await house.ask("POST", TRANSFER, "1002", json=asked), Kind.NO_SUCH_CALL)
    _, house.tokens["reader"] = await house.parts.tokens.create(
        "reader", Role.SUPERVISOR, None, scopes=frozenset({Scope.LIVE_READ}), now=START
    )
    problem(await house.ask("POST", TRANSFER, "reader", json=asked), Kind.SCOPE_MISSING)
    _, house.tokens["other"] = await house.parts.tokens.create(
        "other", Role.SUPERVISOR, None, queues=frozenset({"salida"}), now=START
    )
    problem(await house.ask("POST", TRANSFER, "other", json=asked), Kind.NO_SUCH_CALL)
    assert house.switch.asked == []
    assert (await house.ask("POST", TRANSFER, json=asked)).status_code == 202
    await house.happen(on_call(CallEnded, 9, cause=16, sip_code=0))
    problem(await house.ask("POST", TRANSFER, json=asked), Kind.CALL_GONE)
    problem(await house.ask("POST", TRANSFER, "1001", json=asked), Kind.CALL_GONE)
    assert house.switch.asked == [("pass_to_queue", CALL, "salida")]


async def test_a_talk_goes_to_one_open_place_of_the_floor(house: ApiHouse) -> None:
    await talks(house)
    problem(await house.ask("POST", TRANSFER, json={"queue": "nada"}), Kind.NO_SUCH_QUEUE)
    for wrong in ({}, {"queue": "salida", "target": "gerencia"}, {"reason": "x"}):
        body = problem(await house.ask("POST", TRANSFER, json=wrong), Kind.INVALID)
        assert places(body) == [("body", "queue_or_target")]
    body = problem(await house.ask("POST", TRANSFER, json={"target": "nadie"}), Kind.INVALID)
    assert places(body) == [("body.target", "no_such_place")]
    body = problem(await house.ask("POST", TRANSFER, json={"queue": "own_1001,c"}), Kind.INVALID)
    assert places(body) == [("body.queue", "string_pattern_mismatch")]
    problem(await house.ask("POST", TRANSFER, json={"queue": "own_1001"}), Kind.NO_SUCH_QUEUE)
    await house.ask("POST", "/queues/salida/close", json={"reason": "simulacro"})
    problem(await house.ask("POST", TRANSFER, json={"queue": "salida"}), Kind.QUEUE_CLOSED)
    assert house.switch.asked == []
    rows = (await house.get("/audit", "admin", subject=f"calls/{CALL}"))["items"]
    assert rows == []


async def test_whom_we_called_is_not_passed_on(house: ApiHouse) -> None:
    await house.happen(
        on_call(AttemptStarted, 0, campaign_id="c", lead_id=1, number_called="573001234567"),
        on_call(CallAnswered, 1),
        on_call(QueueJoined, 2, queue="salida", position=1),
        on_call(AgentConnected, 3, queue="salida", agent="1001"),
    )
    problem(await house.ask("POST", TRANSFER, json={"queue": "soporte"}), Kind.CALLED_BY_US)
    assert house.switch.asked == []


async def test_what_asterisk_says_of_it_is_told_and_an_unknown_outcome_is_kept(
    house: ApiHouse,
) -> None:
    await talks(house)
    asked = {"queue": "salida", "reason": "x"}
    for error, kind in (
        (CallGoneError("gone"), Kind.CALL_GONE), (LinkDownError("away"), Kind.LINK_DOWN),
        (OutcomeUnknownError("no answer"), Kind.OUTCOME_UNKNOWN),
    ):  # fmt: skip
        house.switch.error = error
        problem(await house.ask("POST", TRANSFER, json=asked), kind)
    (row,) = (await house.get("/audit", "admin", subject=f"calls/{CALL}"))["items"]
    assert row["after"] == {"queue": "salida", "reason": "x", "outcome": "unknown"}
