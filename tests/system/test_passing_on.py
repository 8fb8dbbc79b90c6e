"""Talks passed on, on real Asterisk: to a queue, to a target that takes nobody; who hears whom."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest

from agents.states import AgentState
from bench.ivr.exchange import Exchange
from bench.ivr.phone import Call
from calls.events import AgentReleased, TransferFailed, WrapUpStarted
from calls.states import CallState
from monitoring.record import CallRecord
from monitoring.visits import Ending, visits_of
from storage.tokens import Role
from tests.system.scene import until
from tests.system.supervised_office import Office, opened_office
from tests.system.tone_phones import Ears, strength, tone_packet

LINE = "08001234567"
NUMBERS = [f"57301555002{digit}" for digit in range(1, 5)]
CUSTOMER, FIRST, SECOND = 600, 1000, 1550
#: of the stage's floor
WRAP_UP_SECONDS = 2.0
HEARD, UNHEARD = 0.5, 0.03


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    tones = {"1001": FIRST, "1002": SECOND}
    async with opened_office(
        tmp_path,
        tones,
        recorded=frozenset({"soporte"}),
        expected=["Endpoint 1001 transfer attempt blocked"],
    ) as opened:
        yield opened


async def _waits(office: Office, exchange: Exchange, number: str, keys: str, queue: str) -> Call:
    """A caller who has pressed the keys that lead to a queue, and waits there."""
    call = exchange.call(LINE, number)
    call.voice = tone_packet(CUSTOMER)
    assert await call.is_up()
    await asyncio.sleep(0.8)
    for key in keys:
        await call.press(key)
        await asyncio.sleep(0.3)
    await until(partial(_in_queue, office, number, queue), f"{number} to wait in {queue}", 30)
    return call


def _id(office: Office, number: str) -> str:
    calls = office.scene.house.parts.tracker.open_calls()
    return next((call.call_id for call in calls if call.caller_number == number), "")


def _in_queue(office: Office, number: str, queue: str) -> bool:
    call = office.scene.house.parts.tracker.get(_id(office, number))
    return call is not None and (call.state, call.queue) == (CallState.QUEUED, queue)


def _line(office: Office, queue: str) -> list[str]:
    """Who waits, in Asterisk's own order, by the names of channels."""
    shown = office.scene.stage.asterisk.cli(f"queue show {queue}")
    return re.findall(r"^\s+\d+\. (PJSIP/trunk-\w+)", shown, re.M)


async def _moved(office: Office, number: str, queue: str) -> str:
    """To another queue; the channel, which is the last one there."""
    await office.ask("POST", f"/calls/{_id(office, number)}/move", 202, queue=queue)
    await until(partial(_in_queue, office, number, queue), f"{number} to be in {queue}", 15)
    return _line(office, queue)[-1]


async def _talk(office: Office, agent: str, customer: Ears) -> None:
    """The agent and the customer hear each other, and nobody else."""
    ears = office.phones.ears(agent)
    assert ears is not None
    await asyncio.sleep(0.5)  # what was said before is on its way
    of_agent, of_customer = await asyncio.gather(ears.listen(0.6), customer.listen(0.6))
    tone, other = (FIRST, SECOND) if agent == "1001" else (SECOND, FIRST)
    assert strength(of_agent, CUSTOMER) > HEARD
    assert strength(of_customer, tone) > HEARD
    assert strength(of_customer, other) < UNHEARD


async def _acts_for(office: Office, agent: str) -> dict[str, str]:
    _, token = await office.scene.house.tokens.create(
        agent, Role.AGENT, agent, now=datetime.now(UTC)
    )
    return {"Authorization": f"Bearer {token}"}


async def test_a_talk_is_passed_on_to_the_end_of_another_line_and_to_a_target(
    office: Office,
) -> None:
    scene, desk, parts = office.scene, office.scene.house.desk, office.scene.house.parts
    exchange = Exchange(scene.stage.caller_ports[0], scene.stage.sip_port)
    # our Asterisk does not even load what answers a phone's own transfer; others do
    loaded = scene.stage.asterisk.cli("module load res_pjsip_refer.so")
    assert "Loaded" in loaded, loaded
    async with exchange.open():
        # who was put ahead of a priority and is moved then waits at the end all the same
        hasty = await _waits(office, exchange, NUMBERS[0], "21", "soporte")
        ahead = await _waits(office, exchange, NUMBERS[1], "0", "soporte")
        sales = await _waits(office, exchange, NUMBERS[2], "3", "ventas")
        (before,) = _line(office, "ventas")
        path = f"/calls/{_id(office, NUMBERS[1])}/prioritize"
        await office.ask("POST", path, 202, position=1)
        moved = await _moved(office, NUMBERS[1], "ventas")
        assert _line(office, "ventas") == [before, moved]
        for call in (ahead, sales):
            call.hang_up()
        await until(lambda: not _line(office, "ventas"), "nobody to wait in ventas", 15)

        customer = Ears()
        hasty.ears.append(customer.hear)
        await scene.sign_in("1001")
        call_id = (await scene.in_state("1001", AgentState.TALKING, 20)).call_id
        assert call_id == _id(office, NUMBERS[0])
        await _talk(office, "1001", customer)
        # a phone's own transfer is refused, and the talk goes on
        assert await office.phones.transfer("1001", "1002") == 603
        await _talk(office, "1001", customer)
        assert parts.recordings_now.of(call_id) is not None
        (channel,) = re.findall(r"PJSIP/trunk-\w+", scene.stage.asterisk.cli("core show channels"))
        assert "linea800/" in scene.stage.asterisk.cli(f"mixmonitor list {channel}")

        await desk.pause("1001", "descanso")
        late = await _waits(office, exchange, NUMBERS[3], "3", "ventas")
        path = f"/calls/{call_id}/transfer"
        passed = await office.client.post(
            path, json={"queue": "ventas"}, headers=await _acts_for(office, "1001")
        )
        assert passed.status_code == 202, passed.text
        writing = await scene.in_state("1001", AgentState.WRAPPING_UP, 10)
        assert writing.call_id == call_id
        assert office.phones.ears("1001") is not None, "the agent's line stays"
        await until(partial(_in_queue, office, NUMBERS[0], "ventas"), "the other queue", 10)
        # the priority of 5 was for the first line
        assert _line(office, "ventas")[1:] == [channel]
        assert parts.recordings_now.of(call_id) is None
        assert "linea800/" not in scene.stage.asterisk.cli(f"mixmonitor list {channel}")
        late.hang_up()
        await scene.in_state("1001", AgentState.PAUSED, 20)
        assert strength(await customer.listen(0.6), FIRST) < UNHEARD

        await until(lambda: _line(office, "ventas") == [channel], "the other to be gone", 15)
        await scene.house.desk.sign_in("1002")
        second = await scene.in_state("1002", AgentState.TALKING, 20)
        assert (second.call_id, second.queue) == (call_id, "ventas")
        await _talk(office, "1002", customer)

        # a target that is busy gives the caller back to the line
        await desk.pause("1002", "descanso")
        await office.ask("POST", path, 202, target="ocupado", reason="pide a la gerencia")
        await scene.in_state("1002", AgentState.PAUSED, 20)
        await until(partial(_in_queue, office, NUMBERS[0], "ventas"), "the caller to be back", 20)
        await desk.ready("1002")
        third = await scene.in_state("1002", AgentState.TALKING, 20)
        assert (third.call_id, third.queue) == (call_id, "ventas")
        await _talk(office, "1002", customer)
        hasty.hang_up()
    records = {record.call_id: record for record in await scene.records(4)}
    _was_told(office, call_id)
    _is_kept(records[call_id])


def _was_told(office: Office, call_id: str) -> None:
    """Each end once, whatever Asterisk says of it later."""
    released = [
        (fact.queue, fact.agent, fact.ended_by, fact.passed_to)
        for fact in office.told
        if isinstance(fact, AgentReleased) and fact.call_id == call_id
    ]
    assert released[:2] == [
        ("soporte", "1001", "transfer", "queue_ventas"),
        ("ventas", "1002", "transfer", "target_ocupado"),
    ]
    writing = [fact.agent for fact in office.told if isinstance(fact, WrapUpStarted)]
    assert writing == ["1001", "1002", "1002"]
    failed = [
        (fact.target, fact.status) for fact in office.told if isinstance(fact, TransferFailed)
    ]
    assert failed == [("ocupado", "BUSY")]


def _is_kept(record: CallRecord) -> None:
    assert [(stay.queue, stay.agent, stay.ended_by) for stay in record.stays] == [
        ("soporte", "1001", "transfer"), ("ventas", "1002", "transfer"),
        ("ventas", "1002", "customer"),
    ]  # fmt: skip
    assert record.wrap_up_seconds >= 3 * WRAP_UP_SECONDS
    assert (record.outcome, record.ended_by) == ("handled", "customer")
    visits = visits_of(record, finished=True)
    assert [(visit.ending, visit.transferred) for visit in visits] == [
        (Ending.ANSWERED, True), (Ending.ANSWERED, True), (Ending.ANSWERED, False),
    ]  # fmt: skip
