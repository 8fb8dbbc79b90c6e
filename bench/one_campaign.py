"""One campaign played on a real Asterisk, or in virtual time.

Agents end each talk after so many seconds and write up for as long as their queue lets them; who is
called does what the number says (traffic/scenarios/carrier.xml).
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import uuid4

from agents.desk import Desk
from agents.roster import Roster
from agents.states import AgentState
from bench.course import Course, course_of
from calls.events import AgentConnected
from calls.tracker import Change
from dialer.campaign import Campaign, CampaignState
from dialer.lead import NewLead
from dialer.options import ON_A_TEST_LINE
from linea800.main import House
from linea800.simulate.house import SimulatedHouse
from simulator.called import Reaction
from simulator.scenario import Scenario
from simulator.switch import Delays
from storage.agent_states import AgentStateStore
from storage.database import Database
from traffic.carrier_script import CarrierScript
from traffic.sip_log import SipCall

_LOOK_SECONDS = 0.05

Goodbye = Callable[[str, str], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Talkers:
    """Agents who say goodbye after as long as the number called tells them to."""

    desk: Desk
    roster: Roster
    talk_seconds: Mapping[str, float]
    #: lets it happen so many seconds later, with this agent and call
    after: Callable[[float, Goodbye, str, str], object]

    def hear(self, change: Change) -> None:
        """A fold of the house."""
        fact = change.fact
        if isinstance(fact, AgentConnected) and change.after is not None:
            seconds = self.talk_seconds[change.after.number_called]
            self.after(seconds, self._say_goodbye, fact.agent, fact.call_id)

    async def _say_goodbye(self, number: str, call_id: str) -> None:
        agent = self.roster.get(number)
        if agent and agent.state is AgentState.TALKING and agent.call_id == call_id:
            await self.desk.end_call(number)


async def on_asterisk(
    house: House,
    carrier_calls: Callable[[], Sequence[SipCall]],
    campaign: Campaign,
    talk_seconds: Mapping[str, float],
) -> Course:
    """Call everybody in `talk_seconds`, in that order; `house` runs and its agents are ready."""
    await house.campaigns.create(replace(campaign, options=ON_A_TEST_LINE))
    await house.campaigns.add_leads(campaign.id, _leads([*talk_seconds]), campaign.created_at)
    async with asyncio.TaskGroup() as group:

        def after(seconds: float, goodbye: Goodbye, agent: str, call_id: str) -> None:
            group.create_task(_later(seconds, goodbye, agent, call_id))

        house.feed.fold(Talkers(house.desk, house.roster, talk_seconds, after).hear)
        await house.dialing.set_state(campaign.id, CampaignState.RUNNING, "bench")
        await _finished(house, campaign.id)
    await house.recorder.ship_now()
    states = AgentStateStore(house.database)
    return await course_of(campaign.id, house.campaigns, house.calls, states, carrier_calls())


class LateScript(CarrierScript):
    """The carrier's script, everybody a little late: what happens then could have happened too."""

    def __init__(self, draw: random.Random, at_most_seconds: float) -> None:
        self._draw = draw
        self._at_most_seconds = at_most_seconds

    def called(self, number: str, second: float) -> Reaction:
        """See `CarrierScript`."""
        reaction = super().called(number, second)
        late = self._draw.uniform(0.0, self._at_most_seconds)
        return replace(reaction, seconds=reaction.seconds + late)


async def simulated(
    scenario: Scenario,
    campaign: Campaign,
    talk_seconds: Mapping[str, float],
    folder: Path,
    script: CarrierScript,
) -> Course:
    """The same in virtual time, in a house with Asterisk's delays and a database in `folder`."""
    file = folder / f"simulated-{uuid4().hex}.db"
    async with await Database.open(str(file)) as database:
        house = SimulatedHouse(scenario, database, seed=1, delays=Delays(), called=script)
        talkers = Talkers(house.desk, house.roster, talk_seconds, house.clock.after)
        house.feed.fold(talkers.hear)
        await house.play(campaign, _leads([*talk_seconds]))
        return await course_of(campaign.id, house.campaigns, house.calls, house.agent_states)


async def _leads(numbers: Sequence[str]) -> AsyncIterator[Sequence[NewLead]]:
    yield [NewLead(number=number, name="", extra={}) for number in numbers]


async def _later(seconds: float, goodbye: Goodbye, agent: str, call_id: str) -> None:
    await asyncio.sleep(seconds)
    await goodbye(agent, call_id)


async def _finished(house: House, campaign_id: str) -> None:
    while True:
        campaign = await house.campaigns.get(campaign_id)
        if campaign is not None and campaign.state is CampaignState.FINISHED:
            return
        await asyncio.sleep(_LOOK_SECONDS)
