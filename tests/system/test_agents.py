"""Agents at their phones: short codes, pauses, wrap-ups, and a phone that is rung for each call."""

from __future__ import annotations

from pathlib import Path

import pytest

from agents.desk import NoSuchAgentError, NotNowError
from agents.states import AgentState
from ami.witness import Witness
from ami.witness_rows import QueueRow
from calls.errors import Linea800Error
from calls.events import AgentLineDown, AgentLineUp
from calls.tracker import Change
from local_asterisk.ports import free_udp_port
from tests.system.conftest import RUNG
from tests.system.scene import Scene, until
from traffic import roles
from traffic.scenario import Step
from traffic.sipp import Sipp


def _phone(scene: Scene, folder: Path, code: str, *steps: Step, hold_ms: int) -> Sipp:
    """The idle phone of agent 1002 dials a code, presses keys, and hangs up later."""
    return roles.callers(
        scene.stage.sipp,
        folder / "phone",
        asterisk_port=scene.stage.sip_port,
        port=free_udp_port(),
        number=code,
        caller_numbers=["1002"],
        steps=steps,
        hold_ms=hold_ms,
    )


def _keys(code: str, pause_ms: int) -> list[Step]:
    return [Step(pause_ms if index == 0 else 250, key) for index, key in enumerate(code)]


def _queues(scene: Scene) -> dict[str, QueueRow]:
    """The queues by the eyes of the second client."""
    ports, secrets = scene.stage.asterisk.folder.ports(), scene.stage.asterisk.folder.secrets()
    with Witness("127.0.0.1", ports.ami, "doctor", secrets.doctor) as witness:
        return {queue.name: queue for queue in witness.queues()}


async def test_a_whole_shift_by_short_codes(scene: Scene, tmp_path: Path) -> None:
    """*22 from the idle phone, then keys on the held line: pause with a reason, ready, out."""
    seen: list[AgentState] = []
    scene.house.feed.fold(lambda _: seen.append(scene.agent("1002").state))
    steps = [*_keys("*252", 9000), *_keys("*24", 5000), *_keys("*23", 4000)]
    with _phone(scene, tmp_path, "*22", *steps, hold_ms=4000):
        await scene.in_state("1002", AgentState.READY)
        members = {row.name: row for row in _queues(scene)["soporte"].members}
        assert not members["1002"].paused
        await scene.in_state("1002", AgentState.PAUSED)
        assert scene.agent("1002").reason == "almuerzo"
        await until(lambda: _paused(scene, "1002") == "almuerzo", "Asterisk to know of the pause")
        await scene.in_state("1002", AgentState.READY)
        await scene.in_state("1002", AgentState.SIGNED_OUT)
    changes = [state for index, state in enumerate(seen) if seen[index - 1 : index] != [state]]
    assert [state.value for state in changes if state is not AgentState.SIGNED_OUT] == [
        "signing_in", "ready", "paused", "ready",
    ]  # fmt: skip
    assert "1002" not in {row.name for row in _queues(scene)["soporte"].members}


def _paused(scene: Scene, number: str) -> str:
    """The reason the second client sees, the same in all queues."""
    reasons = {
        row.pause_reason if row.paused else ""
        for queue in _queues(scene).values()
        for row in queue.members
        if row.name == number
    }
    return reasons.pop() if len(reasons) == 1 else ""


async def test_hanging_up_the_held_phone_ends_the_shift(scene: Scene, tmp_path: Path) -> None:
    lines: list[AgentLineUp | AgentLineDown] = []

    def note(change: Change) -> None:
        if isinstance(change.fact, AgentLineUp | AgentLineDown):
            lines.append(change.fact)

    scene.house.feed.fold(note)
    with _phone(scene, tmp_path, "*22", hold_ms=8000):
        await scene.in_state("1002", AgentState.READY)
        await scene.in_state("1002", AgentState.SIGNED_OUT)
    assert scene.agent("1002").reason == "line_released"
    up, down = lines
    assert "" != up.line_id == down.line_id, "both name the phone's channel"


async def test_a_code_that_means_nothing_is_answered_and_changes_nothing(
    scene: Scene, tmp_path: Path
) -> None:
    with _phone(scene, tmp_path, "*99", hold_ms=9000) as phone:
        await until(lambda: [call for call in phone.calls() if call.ended_at], "the call to end")
        (call,) = phone.calls()
    assert call.outcome == "answered"
    assert call.ended_by == "asterisk"
    assert scene.agent("1002").state is AgentState.SIGNED_OUT


async def test_a_rung_agent_gets_a_call_and_writes_it_up(scene: Scene) -> None:
    await scene.sign_in(RUNG)
    with scene.caller(Step(1500, "0"), hold_ms=12_000):
        talking = await scene.in_state(RUNG, AgentState.TALKING)
        assert not talking.held
        await scene.in_state(RUNG, AgentState.WRAPPING_UP)
    await scene.house.desk.wrap_up(RUNG, "ok")
    (record,) = await scene.records(1)
    assert (record.outcome, record.stays[0].agent) == ("handled", RUNG)
    assert record.stays[0].offered_at is not None


async def test_the_clock_ends_a_wrap_up_and_a_pause_asked_in_a_talk_follows_it(
    scene: Scene,
) -> None:
    await scene.sign_in("1001")
    with scene.caller(Step(1500, "0"), hold_ms=60_000):
        await scene.in_state("1001", AgentState.TALKING)
        # Asterisk tells of its pause a moment after ours
        await until(lambda: _paused(scene, "1001") == "wrap_up", "the pause of the wrap-up")
        with pytest.raises(NotNowError):
            await scene.house.desk.sign_out("1001")
        await scene.house.desk.pause("1001", "reunion")
        assert scene.agent("1001").state is AgentState.TALKING
        await scene.house.desk.end_call("1001")
        await scene.in_state("1001", AgentState.WRAPPING_UP)
    paused = await scene.in_state("1001", AgentState.PAUSED)
    assert paused.reason == "reunion"
    await until(lambda: _paused(scene, "1001") == "reunion", "Asterisk to know")
    await scene.house.desk.ready("1001")
    await until(lambda: scene.agent("1001").free, "the agent to be free again")
    (record,) = await scene.records(1)
    assert record.wrap_up_agent == "1001"
    # two seconds by the floor, and what a busy machine adds
    assert 1.9 < record.wrap_up_seconds < 10


async def test_what_cannot_be_is_refused_with_a_reason(scene: Scene) -> None:
    desk = scene.house.desk
    with pytest.raises(NoSuchAgentError):
        await desk.sign_in("9999")
    with pytest.raises(NotNowError):
        await desk.pause("1001", "descanso")
    with pytest.raises(Linea800Error, match="there are: descanso"):
        await desk.pause("1001", "siesta")
    with pytest.raises(NotNowError):
        await desk.wrap_up("1001", "ok")
    with pytest.raises(NotNowError):
        await desk.end_call("1001")
