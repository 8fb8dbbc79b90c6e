"""A predictive campaign on a real trunk: every lead once, every decision kept and made again."""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta

from agents.desk import NotNowError
from agents.states import AgentState
from dialer.attempt import Attempt, Outcome
from dialer.campaign import Campaign, CampaignState, PacingNote, RetryRule
from dialer.lead import NewLead
from dialer.options import ON_A_TEST_LINE
from dialer.pacing.evidence import replay
from linea800.main import House
from tests.system.scene import Scene, beside, eventually

AGENTS = ("1001", "1002", "1003", "1004", "1005")
LEADS, LINES = 40, 10
#: what the carrier does with a number by its last digit: answers (0, 1, 7), refuses, or rings on
DIGITS = "0134170945"
NOT_ANSWERED = {
    "486": Outcome.BUSY,
    "cancelled": Outcome.NO_ANSWER,
    "404": Outcome.INVALID,
    "603": Outcome.REJECTED,
}
LIVE = {Outcome.CONNECTED, Outcome.ABANDONED}


async def test_every_lead_is_dialed_once_and_every_decision_can_be_made_again(
    scene: Scene,
) -> None:
    house = scene.house
    numbers = [f"57320{index:06d}{DIGITS[index % len(DIGITS)]}" for index in range(LEADS)]
    await scene.sign_in(*AGENTS)
    async with beside(_agents_work(scene)):
        await _run(house, numbers)
        records = await scene.records(LEADS)
    for number in AGENTS:
        with contextlib.suppress(NotNowError):
            if scene.agent(number).state is AgentState.WRAPPING_UP:
                await house.desk.ready(number)

    attempts = (await house.campaigns.attempts("predictive", None, 1000)).attempts
    outcomes = {attempt.number: attempt.outcome for attempt in attempts}
    assert Counter(attempt.number for attempt in attempts) == Counter(numbers)
    seen = [call for call in scene.stage.carrier.calls() if call.number in outcomes]
    assert Counter(call.number for call in seen) == Counter(numbers)
    for call in seen:
        if call.outcome == "answered":
            assert outcomes[call.number] in LIVE, call
        else:
            assert outcomes[call.number] is NOT_ANSWERED[call.outcome], call

    # what nobody was there for is counted the same everywhere
    counted = Counter(str(attempt.outcome) for attempt in attempts)
    assert Counter(record.outcome for record in records) == counted
    live = sum(call.outcome == "answered" for call in seen)
    ledger = await house.campaigns.answered_since("predictive", attempts[-1].intended_at)
    assert ledger == (live, counted["abandoned"], 0)

    assert _most_at_once(attempts) <= LINES
    _explained(await _notes(house), attempts)


async def _run(house: House, numbers: Sequence[str]) -> None:
    """The campaign from its start until the list is done."""
    campaign = Campaign(
        id="predictive",
        name="predictiva",
        queue="salida",
        country="CO",
        caller_number="5716001234",
        pacing="predictive",
        ring_seconds=3.0,
        max_lines=LINES,
        retry=RetryRule(max_attempts=1, minutes={}),
        options=ON_A_TEST_LINE,
        created_at=datetime.now(UTC),
    )

    async def leads() -> AsyncIterator[list[NewLead]]:
        yield [NewLead(number=number, name="", extra={}) for number in numbers]

    async def finished() -> bool:
        now = await house.campaigns.get(campaign.id)
        return now is not None and now.state is CampaignState.FINISHED

    await house.campaigns.create(campaign)
    await house.campaigns.add_leads(campaign.id, leads(), datetime.now(UTC))
    await house.dialing.set_state(campaign.id, CampaignState.RUNNING, "test")
    await eventually(finished, "the list to be done", 180)


async def _agents_work(scene: Scene) -> None:
    """Every agent says goodbye after a second and is ready again after another."""
    desk = scene.house.desk
    while True:
        for agent in scene.house.roster.all():
            age = datetime.now(UTC) - (agent.since or datetime.now(UTC))
            if age < timedelta(seconds=1):
                continue
            # the customer, or the clock of the wrap-up, may have been faster
            with contextlib.suppress(NotNowError):
                if agent.state is AgentState.TALKING:
                    await desk.end_call(agent.number)
                elif agent.state is AgentState.WRAPPING_UP:
                    await desk.ready(agent.number)
        await asyncio.sleep(0.05)


def _most_at_once(attempts: Sequence[Attempt]) -> int:
    """The most attempts that were open at one moment; one that ends makes room for the next."""
    steps = []
    for attempt in attempts:
        assert attempt.ended_at is not None
        steps += [(attempt.intended_at, 1), (attempt.ended_at, -1)]
    at_once = most = 0
    for _, step in sorted(steps):
        at_once += step
        most = max(most, at_once)
    return most


async def _notes(house: House) -> list[PacingNote]:
    """Every decision kept, newest first."""
    kept = []
    moment = datetime.now(UTC)
    while (note := await house.campaigns.note_at("predictive", moment)) is not None:
        kept.append(note)
        moment = note.decided_at - timedelta(microseconds=1)
    return kept


def _explained(notes: Sequence[PacingNote], attempts: Sequence[Attempt]) -> None:
    """Each attempt has the decision that it came from, and the evidence gives the same again."""
    dialed = Counter(attempt.intended_at for attempt in attempts)
    launches = {note.decided_at: note for note in notes if note.dial}
    assert launches.keys() == dialed.keys()
    *_, first = launches.values()
    assert first.dial >= len(AGENTS), "fewer than one call for each free agent"
    for moment, note in launches.items():
        # the last one may have asked for more than the list had left
        assert dialed[moment] == note.dial or moment == max(dialed), note
        assert dialed[moment] <= note.dial <= LINES
        assert note.evidence, note
    for note in notes:
        assert note.policy == "predictive"
        if note.evidence:
            again = replay(note.evidence)
            assert again.dial == again.was <= max(note.dial, 0), note
