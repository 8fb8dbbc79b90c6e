"""Agents look at leads on a real trunk: dialed, passed over, not decided; each as it was said."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime

from agents.floor import own_queue
from agents.states import AgentState
from dialer.attempt import Outcome
from dialer.campaign import Campaign, CampaignState, RetryRule
from dialer.lead import NewLead
from dialer.options import ON_A_TEST_LINE
from dialer.previews import NO_DECISION
from dialer.showing import Decision, PreviewRule
from tests.system.scene import Scene, eventually, until

#: all of them would answer
NUMBERS = ("573170000010", "573170000020", "573170000030")
OTHERS = ("573170000110", "573170000120", "573170000130")


async def _begun(scene: Scene, numbers: tuple[str, ...], seconds: float) -> str:
    options = ON_A_TEST_LINE.model_copy(update={"preview": PreviewRule(seconds=seconds)})
    campaign = Campaign(
        id="looks", name="retención", queue="salida", country="CO", caller_number="5716001234",
        ring_seconds=15.0, pacing="preview", retry=RetryRule(max_attempts=1), options=options,
        created_at=datetime.now(UTC),
    )  # fmt: skip

    async def leads() -> AsyncIterator[list[NewLead]]:
        yield [NewLead(number=number, name="", extra={}) for number in numbers]

    house = scene.house
    await house.campaigns.create(campaign)
    await house.campaigns.add_leads(campaign.id, leads(), datetime.now(UTC))
    await house.dialing.set_state(campaign.id, CampaignState.RUNNING, "test")
    return campaign.id


async def _looks_at(scene: Scene, agent: str, number: str) -> None:
    async def shown() -> bool:
        found = await scene.house.parts.showings.shown_to(scene.stage.floor.pbx, agent)
        return found is not None and found.lead.number == number and found.attempt_id is None

    await eventually(shown, f"agent {agent} to look at {number}")
    await scene.in_state(agent, AgentState.RESERVED)


def _dialed(scene: Scene, numbers: tuple[str, ...]) -> list[str]:
    return [call.number for call in scene.stage.carrier.calls() if call.number in numbers]


def _who(scene: Scene, state: AgentState) -> list[str]:
    return [agent.number for agent in scene.house.roster.all() if agent.state is state]


async def test_one_is_dialed_one_is_passed_over_and_one_is_not_decided(scene: Scene) -> None:
    house, previews = scene.house, scene.house.dialing.previews
    await scene.sign_in("1001")
    campaign_id = await _begun(scene, NUMBERS, 5)
    await _looks_at(scene, "1001", NUMBERS[0])
    assert _dialed(scene, NUMBERS) == []
    await previews.decide("1001", Decision.DIAL)
    await scene.in_state("1001", AgentState.TALKING)
    talking = scene.agent("1001")
    assert talking.queue == own_queue("1001")
    await house.desk.end_call("1001")
    await scene.in_state("1001", AgentState.WRAPPING_UP)
    await house.desk.wrap_up("1001", "sold")

    await _looks_at(scene, "1001", NUMBERS[1])
    await previews.decide("1001", Decision.SKIP, "ya pagó")
    await _looks_at(scene, "1001", NUMBERS[2])
    paused = await scene.in_state("1001", AgentState.PAUSED)
    assert paused.reason == NO_DECISION
    assert NO_DECISION in scene.stage.asterisk.cli("queue show salida")

    told = await house.parts.showings.summary(campaign_id)
    assert (told.shown, told.dialed, told.skipped, told.timed_out) == (3, 1, 1, 1)
    (attempt,) = (await house.campaigns.attempts(campaign_id, None, 10)).attempts
    assert (attempt.number, attempt.agent) == (NUMBERS[0], "1001")
    assert attempt.outcome is Outcome.CONNECTED
    assert _dialed(scene, NUMBERS) == [NUMBERS[0]]
    await house.desk.ready("1001")
    await _looks_at(scene, "1001", NUMBERS[2])
    await house.dialing.set_state(campaign_id, CampaignState.PAUSED, "test")
    await scene.in_state("1001", AgentState.READY)
    counts = await house.campaigns.lead_counts(campaign_id, datetime.now(UTC))
    assert (counts.done, counts.due, counts.later) == (1, 1, 1)


async def test_the_call_reaches_that_agent_though_another_is_free(scene: Scene) -> None:
    house = scene.house
    await scene.sign_in("1001", "1004", "1005", "1006")
    campaign_id = await _begun(scene, OTHERS, 60)
    await until(lambda: len(_who(scene, AgentState.RESERVED)) == 3, "three agents to look")
    (free,) = _who(scene, AgentState.READY)
    first, one, last = _who(scene, AgentState.RESERVED)
    shown = await house.parts.showings.shown_to(scene.stage.floor.pbx, one)
    assert shown is not None
    await house.dialing.previews.decide(one, Decision.DIAL)
    await scene.in_state(one, AgentState.TALKING)
    assert scene.agent(free).free
    assert scene.agent(first).state is scene.agent(last).state is AgentState.RESERVED
    await until(
        lambda: "No Members" in scene.stage.asterisk.cli(f"queue show {own_queue(one)}"),
        f"agent {one} to be out of the own queue",
    )
    await house.desk.end_call(one)
    await scene.in_state(one, AgentState.WRAPPING_UP)
    await house.dialing.set_state(campaign_id, CampaignState.STOPPED, "test")
    await scene.in_state(first, AgentState.READY)
    await scene.in_state(last, AgentState.READY)
    await house.desk.wrap_up(one, "sold")
    (record,) = await scene.records(1)
    assert [stay.agent for stay in record.stays] == [one]
    assert _dialed(scene, OTHERS) == [shown.lead.number]
    counts = await house.campaigns.lead_counts(campaign_id, datetime.now(UTC))
    assert (counts.done, counts.due, counts.reserved) == (1, 2, 0)
