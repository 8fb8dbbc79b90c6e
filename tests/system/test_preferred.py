"""A caller who is one agent's, on a real Asterisk: that agent has the call."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from agents.floor import own_queue
from agents.preferred import Preferred
from agents.states import AgentState
from calls.call import Call
from calls.states import CallState
from tests.system.scene import Scene, until

FIRST, SECOND = "573015550001", "573015550002"


@pytest.fixture
def preferred(scene: Scene) -> Preferred:
    return scene.house.preferred


def _of(scene: Scene, number: str) -> Call | None:
    calls = scene.house.parts.tracker.open_calls()
    return next((call for call in calls if call.caller_number.endswith(number[-8:])), None)


async def _in_menu(scene: Scene, number: str) -> str:
    """The id of the call from that number, once somebody leads it."""

    def led() -> bool:
        call = _of(scene, number)
        return call is not None and call.state is CallState.IN_MENU

    await until(led, f"the caller {number} in the menu")
    call = _of(scene, number)
    assert call is not None
    return call.call_id


async def _to(scene: Scene, preferred: Preferred, call_id: str, agent: str, seconds: float) -> None:
    """As the reception does it."""
    until_then = datetime.now(UTC) + timedelta(seconds=seconds)
    assert await preferred.offer(call_id, agent, until_then)
    await scene.house.switch.send_to_queue(call_id, own_queue(agent), 0)


async def test_the_owner_has_the_call_though_others_are_free(
    scene: Scene, preferred: Preferred
) -> None:
    await scene.sign_in("1001", "1002", "1003")
    with scene.caller(hold_ms=60_000, numbers=(FIRST,)):
        call_id = await _in_menu(scene, FIRST)
        await _to(scene, preferred, call_id, "1002", 20)
        agent = await scene.in_state("1002", AgentState.TALKING)
        assert (agent.call_id, agent.queue) == (call_id, own_queue("1002"))
        await scene.house.desk.end_call("1002")
        await scene.in_state("1002", AgentState.READY)
    await until(lambda: scene.agent("1002").free, "1002 one among others again")
    (record,) = await scene.records(1)
    assert [stay.agent for stay in record.stays if stay.connected_at] == ["1002"]


async def _one_talks_and_one_waits(scene: Scene) -> str:
    """1001 has the first caller; the id of the second one, in the menu. 1002 is free."""
    await scene.sign_in("1001")
    first, second = await _in_menu(scene, FIRST), await _in_menu(scene, SECOND)
    await scene.house.switch.send_to_queue(first, "soporte", 0)
    await scene.in_state("1001", AgentState.TALKING)
    await scene.sign_in("1002")
    return second


async def test_a_busy_owner_has_the_call_after_the_one_before(
    scene: Scene, preferred: Preferred
) -> None:
    with scene.caller(hold_ms=60_000, numbers=(FIRST, SECOND)):
        call_id = await _one_talks_and_one_waits(scene)
        await _to(scene, preferred, call_id, "1001", 15)
        await scene.house.desk.end_call("1001")
        await until(
            lambda: (
                (scene.agent("1001").call_id, scene.agent("1001").state)
                == (call_id, AgentState.TALKING)
            ),
            "1001 to have the one who waited",
        )
        assert scene.agent("1002").state is AgentState.READY
        await scene.house.desk.end_call("1001")


async def test_when_the_time_is_over_another_has_the_call(
    scene: Scene, preferred: Preferred
) -> None:
    with scene.caller(hold_ms=60_000, numbers=(FIRST, SECOND)):
        call_id = await _one_talks_and_one_waits(scene)
        await _to(scene, preferred, call_id, "1001", 1)
        await scene.in_state("1002", AgentState.TALKING)
        assert scene.agent("1002").call_id == call_id
        assert preferred.claim("1001") is None
        await scene.house.desk.end_call("1002")
        await scene.house.desk.end_call("1001")


async def test_with_nobody_to_send_the_caller_on_the_dialplan_does(
    scene: Scene, preferred: Preferred, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As with linea800 dead: the agent is away, and the caller does not wait for ever."""

    async def nobody(_call_id: str) -> None:
        return

    monkeypatch.setattr(preferred, "_send_on", nobody)
    await scene.sign_in("1001")
    await scene.house.switch._set("", "L8_OWN_SECONDS", "2")
    try:
        with scene.caller(hold_ms=60_000, numbers=(FIRST,)):
            call_id = await _in_menu(scene, FIRST)
            await scene.house.switch.send_to_queue(call_id, own_queue("1002"), 0)
            agent = await scene.in_state("1001", AgentState.TALKING)
            assert (agent.call_id, agent.queue) == (call_id, "soporte")
            await scene.house.desk.end_call("1001")
    finally:
        await scene.house.switch._set("", "L8_OWN_SECONDS", "90")
