"""A campaign on a real trunk: what SQL says happened is what SIPp, the carrier, counted."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from agents.desk import NotNowError
from agents.states import AgentState
from calls.events import ATTEMPT_PREFIX
from dialer.attempt import Outcome
from dialer.campaign import Campaign, CampaignState, RetryRule
from dialer.lead import NewLead
from dialer.options import ON_A_TEST_LINE
from linea800.main import House
from storage.do_not_call import OWN, DoNotCallStore, Source
from tests.system.scene import PATIENCE_SECONDS, Scene, beside, eventually, until
from traffic.sip_log import SipCall

#: what the carrier does with a number, by its last digit, as SIPp's log and as our outcome tell it
CARRIER = {
    "0": ("answered", Outcome.CONNECTED),
    "1": ("answered", Outcome.CONNECTED),
    "3": ("486", Outcome.BUSY),
    "4": ("cancelled", Outcome.NO_ANSWER),
    "5": ("404", Outcome.INVALID),
    "6": ("503", Outcome.CONGESTION),
    "7": ("answered", Outcome.CONNECTED),
    "9": ("603", Outcome.REJECTED),
}
NEVER_AGAIN = RetryRule(max_attempts=1, minutes={})


async def _campaign(
    house: House, numbers: list[str], *, retry: RetryRule = NEVER_AGAIN, ring_seconds: float = 3.0
) -> str:
    campaign = Campaign(
        id=f"c{len(await house.campaigns.campaigns())}",
        name=f"prueba {len(await house.campaigns.campaigns())}",
        queue="salida",
        country="CO",
        caller_number="5716001234",
        ring_seconds=ring_seconds,
        max_lines=60,
        retry=retry,
        options=ON_A_TEST_LINE,
        created_at=datetime.now(UTC),
    )

    async def leads() -> AsyncIterator[list[NewLead]]:
        yield [NewLead(number=number, name="", extra={}) for number in numbers]

    await house.campaigns.create(campaign)
    await house.campaigns.add_leads(campaign.id, leads(), datetime.now(UTC))
    await house.dialing.set_state(campaign.id, CampaignState.RUNNING, "test")
    return campaign.id


async def _finished(house: House, campaign_id: str, seconds: float = PATIENCE_SECONDS) -> None:
    async def is_finished() -> bool:
        campaign = await house.campaigns.get(campaign_id)
        return campaign is not None and campaign.state is CampaignState.FINISHED

    await eventually(is_finished, "the campaign to finish", seconds)


async def _agents_end_their_talks(scene: Scene) -> None:
    """Every agent says goodbye after a moment and is ready again."""
    while True:
        for agent in scene.house.roster.all():
            # the customer, or the clock of the wrap-up, may have been faster
            with contextlib.suppress(NotNowError):
                if agent.state is AgentState.TALKING and agent.since is not None:
                    if (datetime.now(UTC) - agent.since).total_seconds() > 0.3:
                        await scene.house.desk.end_call(agent.number)
                elif agent.state is AgentState.WRAPPING_UP:
                    await scene.house.desk.ready(agent.number)
        await asyncio.sleep(0.05)


def _dialed(scene: Scene, numbers: set[str]) -> list[SipCall]:
    return [call for call in scene.stage.carrier.calls() if call.number in numbers]


async def test_two_hundred_leads_end_as_the_carrier_counted(scene: Scene) -> None:
    digits = list(CARRIER)
    numbers = [f"57310{index:06d}{digits[index % len(digits)]}" for index in range(200)]
    await scene.sign_in(*(agent.number for agent in scene.stage.floor.agents))
    async with beside(_agents_end_their_talks(scene)):
        campaign_id = await _campaign(scene.house, numbers)
        await _finished(scene.house, campaign_id, 300)
    for agent in scene.house.roster.all():
        with contextlib.suppress(NotNowError):
            if agent.state is AgentState.WRAPPING_UP:
                await scene.house.desk.ready(agent.number)

    page = await scene.house.campaigns.attempts(campaign_id, None, 200)
    attempts = {attempt.number: attempt for attempt in page.attempts}
    assert len(page.attempts) == len(attempts) == 200, "a lead was dialed twice, or never"
    seen = _dialed(scene, set(numbers))
    assert Counter(call.number for call in seen) == Counter(numbers)
    for call in seen:
        at_carrier, outcome = CARRIER[call.number[-1]]
        attempt = attempts[call.number]
        assert (call.outcome, attempt.outcome) == (at_carrier, outcome), call
        assert attempt.id.startswith(ATTEMPT_PREFIX)
        if call.number[-1] == "7":  # two seconds of early media are no answer
            assert attempt.answered_at is not None
            assert (attempt.answered_at - call.invited_at).total_seconds() > 1.8
    records = await scene.records(200)
    assert Counter(record.outcome for record in records) == Counter(
        str(attempt.outcome) for attempt in page.attempts
    )
    talked = [record for record in records if record.outcome == "connected"]
    assert all(record.ended_by == "agent" for record in talked)
    numbers_of_agents = {agent.number for agent in scene.stage.floor.agents}
    assert {record.stays[0].agent for record in talked} <= numbers_of_agents


async def test_a_person_nobody_is_there_for_hears_the_message_and_counts_as_abandoned(
    scene: Scene,
) -> None:
    """The agent is taken by an inbound call while the dialed phone rings."""
    await scene.sign_in("1001")
    number = "573120000012"  # rings three seconds, then answers
    campaign_id = await _campaign(scene.house, [number], ring_seconds=15)
    await until(lambda: _dialed(scene, {number}), "the carrier to be called")
    await scene.house.desk.pause("1001", "descanso")
    await _finished(scene.house, campaign_id)
    (record,) = await scene.records(1)
    assert record.outcome == "abandoned"
    assert record.safe_harbour_at is not None
    assert record.answered_at is not None
    waited = (record.stays[0].left_at or record.answered_at) - record.answered_at
    assert 1.5 < waited.total_seconds() < 10  # two seconds, and what a busy machine adds
    (call,) = _dialed(scene, {number})
    assert call.ended_by == "asterisk"
    (attempt,) = (await scene.house.campaigns.attempts(campaign_id, None, 10)).attempts
    assert attempt.outcome is Outcome.ABANDONED


async def test_a_person_who_presses_nine_in_the_message_is_never_called_again(
    scene: Scene,
) -> None:
    await scene.sign_in("1001")
    number = "573510000012"  # rings three seconds, answers, and presses 9 after four
    campaign_id = await _campaign(scene.house, [number], ring_seconds=15)
    await until(lambda: _dialed(scene, {number}), "the carrier to be called")
    await scene.house.desk.pause("1001", "descanso")
    await _finished(scene.house, campaign_id)
    lists = DoNotCallStore(scene.house.database)

    async def listed() -> bool:
        return bool((await lists.look_up(number)).listings)

    await eventually(listed, "the number to be on the do-not-call list")
    (listing,) = (await lists.look_up(number)).listings
    assert (listing.source, listing.campaign_id) == (Source.IVR, OWN)
    # whoever tries again, in another campaign, is refused by the rules and dials nobody
    await scene.house.desk.ready("1001")
    again = await _campaign(scene.house, [number])
    await _finished(scene.house, again)
    assert (await scene.house.campaigns.attempts(again, None, 10)).attempts == []
    assert len(_dialed(scene, {number})) == 1


async def test_a_busy_person_is_tried_again_when_the_rule_says_and_not_oftener(
    scene: Scene,
) -> None:
    await scene.sign_in("1001")
    rule = RetryRule(max_attempts=3, minutes={Outcome.BUSY: 0.02})
    number = "573120000023"
    campaign_id = await _campaign(scene.house, [number], retry=rule)
    await _finished(scene.house, campaign_id)
    page = await scene.house.campaigns.attempts(campaign_id, None, 10)
    assert sorted(attempt.ordinal for attempt in page.attempts) == [1, 2, 3]
    assert len(_dialed(scene, {number})) == 3
    begun = sorted(attempt.intended_at for attempt in page.attempts)
    gaps = [(later - earlier).total_seconds() for earlier, later in itertools.pairwise(begun)]
    assert all(gap >= 1.2 for gap in gaps), gaps


async def test_stopping_cancels_what_rings_and_pausing_does_not(scene: Scene) -> None:
    await scene.sign_in("1001", "1002")
    ringing = ["573120000034", "573120000044"]
    campaign_id = await _campaign(scene.house, ringing, ring_seconds=30)
    await until(lambda: len(_dialed(scene, set(ringing))) == 2, "both to ring")
    await scene.house.dialing.set_state(campaign_id, CampaignState.PAUSED, "test")
    assert all(not call.outcome for call in _dialed(scene, set(ringing)))
    await scene.house.dialing.set_state(campaign_id, CampaignState.STOPPED, "test")
    await until(
        lambda: [call.outcome for call in _dialed(scene, set(ringing))] == ["cancelled"] * 2,
        "both to be cancelled",
    )
    records = await scene.records(2)
    assert {record.outcome for record in records} == {"cancelled"}


async def test_inbound_and_dialed_calls_share_an_agent(scene: Scene) -> None:
    """A subscriber who waits is served before anybody is dialed for that agent."""
    await scene.sign_in("1001")
    await scene.house.desk.pause("1001", "descanso")
    number = "573120000050"
    campaign_id = await _campaign(scene.house, [number])
    with scene.caller(hold_ms=60_000) as _:
        await until(lambda: scene.house.parts.tracker.open_calls(), "the caller")
        (call,) = scene.house.parts.tracker.open_calls()
        await until(lambda: scene.house.reception.callers == 1, "the dialogue")
        await scene.house.switch.send_to_queue(call.call_id, "soporte", 5)
        await until(lambda: _queued(scene, call.call_id), "the caller to wait")
        await scene.house.desk.ready("1001")
        talking = await scene.in_state("1001", AgentState.TALKING)
        assert talking.call_id == call.call_id
        assert _dialed(scene, {number}) == []
        await scene.house.desk.end_call("1001")
    await scene.in_state("1001", AgentState.WRAPPING_UP)
    await scene.house.desk.ready("1001")
    await until(lambda: _dialed(scene, {number}), "the campaign to go on")
    await scene.house.dialing.set_state(campaign_id, CampaignState.PAUSED, "test")
    await _let_go(scene)
    dialed = [record for record in await scene.records(2) if record.direction == "dialed"]
    assert len(dialed) == 1


def _queued(scene: Scene, call_id: str) -> bool:
    call = scene.house.parts.tracker.get(call_id)
    return call is not None and call.queue == "soporte"


async def _let_go(scene: Scene) -> None:
    """The agent ends whatever call is still there, and writes it up."""
    if scene.agent("1001").state in (AgentState.READY, AgentState.OFFERED):
        await scene.in_state("1001", AgentState.TALKING)
    if scene.agent("1001").state is AgentState.TALKING:
        await scene.house.desk.end_call("1001")
        await scene.in_state("1001", AgentState.WRAPPING_UP)
    await scene.house.desk.ready("1001")


@pytest.mark.parametrize("number", ["573120000061", "573120000068"])
async def test_who_hung_up_is_told_right(scene: Scene, number: str) -> None:
    """Last digit 8: the called person hangs up after five seconds; 1: our agent ends the call."""
    await scene.sign_in("1001")
    await _campaign(scene.house, [number])
    await scene.in_state("1001", AgentState.TALKING)
    if number.endswith("1"):
        await scene.house.desk.end_call("1001")
    await scene.in_state("1001", AgentState.WRAPPING_UP)
    await scene.house.desk.wrap_up("1001", "venta")
    (record,) = await scene.records(1)
    assert record.ended_by == ("agent" if number.endswith("1") else "customer")
    assert (record.outcome, record.disposition) == ("connected", "venta")
