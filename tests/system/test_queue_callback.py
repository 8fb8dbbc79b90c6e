"""Callers who press the key while they wait: called back in their turn, or back where they were."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from datetime import UTC, datetime

from agents.states import AgentState
from calls.call import Direction
from calls.states import CallState
from dialer.callbacks import Standing
from dialer.campaign import Campaign, CampaignState
from dialer.options import Options, RuleChoice
from monitoring.record import CallRecord
from tests.system.scene import Scene, until
from traffic import roles
from traffic.scenario import Step

#: the last digit says what the carrier does with a call to it: 0 answers at once
FIRST, SECOND, THIRD = "573015550011", "573015550020", "573015550031"
TO_A_PERSON = Step(1500, "0")


async def _calls_back(scene: Scene) -> None:
    """A campaign without leads of its own calls back for the callers of `soporte`."""
    campaign = Campaign(
        id="devolver",
        name="devolver",
        queue="salida",
        country="CO",
        caller_number="5716001234",
        ring_seconds=15,
        options=Options(rules=RuleChoice(preset="test-line"), callbacks_of=("soporte",)),
        created_at=datetime.now(UTC),
    )
    await scene.house.campaigns.create(campaign)
    await scene.house.dialing.set_state("devolver", CampaignState.RUNNING, "test")


@contextlib.contextmanager
def _caller(scene: Scene, place: int, number: str, *steps: Step) -> Iterator[None]:
    """A subscriber of their own port, who waits a minute and a half at most."""
    sipp = roles.callers(
        scene.stage.sipp,
        scene.folder / f"caller{place}",
        asterisk_port=scene.stage.sip_port,
        port=scene.stage.caller_ports[place],
        number=scene.stage.floor.numbers[0].number,
        caller_numbers=(number,),
        steps=(TO_A_PERSON, *steps),
        hold_ms=90_000,
    )
    with sipp:
        yield


async def _in_line(scene: Scene, number: str) -> None:
    def queued() -> bool:
        return any(
            call.caller_number == number and call.state is CallState.QUEUED
            for call in scene.house.parts.tracker.open_calls()
        )

    await until(queued, f"{number} to wait in the queue")


def _line(scene: Scene) -> list[str]:
    """Who waits in `soporte`, in Asterisk's own order."""
    shown = scene.stage.asterisk.cli("queue show soporte")
    return re.findall(r"^\s+\d+\. (PJSIP/trunk-\w+)", shown, re.M)


async def _serves(scene: Scene, number: str) -> None:
    """The one agent gets this customer, talks for a moment and writes it up."""

    def has_the_customer() -> bool:
        agent = scene.agent("1001")
        call = scene.house.parts.tracker.get(agent.call_id) if agent.call_id else None
        if agent.state is not AgentState.TALKING or call is None:
            return False
        inbound = call.direction is Direction.INBOUND
        return number == (call.caller_number if inbound else call.number_called)

    await until(has_the_customer, f"the agent to talk with {number}")
    await scene.house.desk.end_call("1001")
    await scene.in_state("1001", AgentState.WRAPPING_UP)
    await scene.house.desk.ready("1001")


def _connected_at(record: CallRecord) -> datetime:
    (moment,) = [stay.connected_at for stay in record.stays if stay.connected_at is not None]
    return moment


async def test_who_gives_up_the_line_is_called_back_before_whoever_came_after(
    scene: Scene,
) -> None:
    await scene.sign_in("1001")
    await scene.house.desk.pause("1001", "descanso")
    await _calls_back(scene)
    with contextlib.ExitStack() as callers:
        callers.enter_context(_caller(scene, 0, FIRST))
        await _in_line(scene, FIRST)
        # waits, presses the key, hears the number, and agrees
        callers.enter_context(_caller(scene, 1, SECOND, Step(8000, "2"), Step(4000, "1")))
        await _in_line(scene, SECOND)
        callers.enter_context(_caller(scene, 2, THIRD))
        await _in_line(scene, THIRD)

        def kept() -> object:
            return (scene.house.board.snapshot().things["queues/soporte"] or {})["places_kept"]

        await until(lambda: kept() == 1, "the place to be kept")
        await until(
            lambda: len(_line(scene)) == 2, "the one who is called back to be off the line", 20
        )
        (owed,) = (await scene.house.campaigns.callbacks("devolver")).callbacks
        assert owed.callback.standing(datetime.now(UTC)) is Standing.OPEN
        assert scene.house.dialing.callbacks.number_of(owed.callback.id) == 2
        await scene.house.desk.ready("1001")
        for number in (FIRST, SECOND, THIRD):
            await _serves(scene, number)
        await until(lambda: kept() == 0, "no place to be kept any more")
    records = await scene.records(4)
    by_number = {
        (record.direction, record.caller_number or record.number_called): record
        for record in records
    }
    asked = by_number["inbound", SECOND]
    called = by_number["dialed", SECOND]
    assert (asked.outcome, called.outcome) == ("callback", "connected")
    order = [by_number["inbound", FIRST], called, by_number["inbound", THIRD]]
    assert sorted(order, key=_connected_at) == order
    (kept_one,) = (await scene.house.campaigns.callbacks("devolver")).callbacks
    callback = kept_one.callback
    assert callback.standing(datetime.now(UTC)) is Standing.KEPT
    assert callback.waiting_since == asked.stays[0].joined_at
    (seen,) = [call for call in scene.stage.carrier.calls() if call.number == SECOND]
    assert seen.outcome == "answered"


async def test_while_nobody_calls_back_the_key_leads_back_to_the_same_place(scene: Scene) -> None:
    with contextlib.ExitStack() as callers:
        for place, number in enumerate((FIRST, SECOND, THIRD)):
            steps = (Step(11_000, "2"),) if number == SECOND else ()
            callers.enter_context(_caller(scene, place, number, *steps))
            await _in_line(scene, number)
        before = _line(scene)
        assert len(before) == 3
        await until(lambda: len(_line(scene)) == 2, "the caller to leave the line")
        await until(lambda: len(_line(scene)) == 3, "the caller to come back")
        assert _line(scene) == before
        await until(lambda: scene.house.reception.callers == 0, "the dialogue to end")
        await _in_line(scene, SECOND)  # what Asterisk knows comes to us a moment later
        soporte = scene.house.board.snapshot().things["queues/soporte"]
        assert soporte is not None
        assert (soporte["offered"], soporte["abandoned"]) == (3, 0)
        for call in scene.house.parts.tracker.open_calls():
            await scene.house.switch.hang_up(call.call_id)
    records = await scene.records(3)
    assert {len(record.stays) for record in records} == {1, 2}
