"""The whole house in virtual time: every part of linea800 as it is, before a simulated switch.

Nobody sleeps here. What happens next is played, its facts are carried to everyone, desk and dialer
do what they do on hearing them, and only then does time pass. The database answers in real time
while virtual time stands still.
"""

from __future__ import annotations

import asyncio
import itertools
import random
from collections.abc import AsyncIterator, Sequence
from datetime import datetime

from agents.desk import Desk
from agents.roster import AgentStatus, Roster
from calls.events import Fact
from calls.feed import Feed
from calls.intake import Intake
from calls.tracker import Tracker
from dialer.campaign import Campaign, CampaignState
from dialer.dialing import Dialing
from dialer.lead import NewLead
from linea800.simulate.setting import (
    BEGINS,
    BREAK,
    INBOUND,
    INBOUND_NUMBER,
    PBX,
    check_fit,
    floor_of,
    leads_of,
)
from monitoring.board import Board
from monitoring.recorder import Recorder
from simulator.called import CalledPeople, DrawnPeople
from simulator.clock import VirtualClock
from simulator.scenario import Scenario
from simulator.staff import Staff
from simulator.switch import Delays, SimulatedSwitch
from simulator.unruled import Unruled
from simulator.wire import Wire
from storage.agent_states import AgentStateStore
from storage.calls import CallStore
from storage.campaigns import CampaignStore
from storage.database import Database
from storage.previews import PreviewStore

#: time passes by no less than this, whatever a policy asks for
_LEAST_STEP_SECONDS = 0.001
#: who is still on the line when the shift ends is waited for, but not for ever
_OVERTIME_SECONDS = 6 * 3600.0


class UnwrittenJournal:
    """Gives facts their places and keeps none: virtual time has no crash to survive."""

    id = "simulated"

    def __init__(self) -> None:
        self._places = itertools.count(1)

    async def append(self, facts: Sequence[Fact]) -> list[int]:
        """See `calls.intake.Journal`."""
        return [next(self._places) for _ in facts]

    async def forget(self, seqs: Sequence[int]) -> None:
        """See `monitoring.recorder.Shipped`."""


class SimulatedHouse:
    """One world and everything of linea800 in it; `play` runs one campaign through the shift."""

    def __init__(
        self,
        scenario: Scenario,
        database: Database,
        *,
        seed: int,
        delays: Delays,
        called: CalledPeople | None = None,
        begins: datetime = BEGINS,
    ) -> None:
        """Without `called` the world draws what people do. Raises `UnfitWorldError`."""
        check_fit(scenario)
        self.scenario = scenario
        self.clock = VirtualClock(begins)
        people, others = random.Random(f"people {seed}"), random.Random(f"agents {seed}")  # noqa: S311
        self._presences = scenario.working(others)
        moments = scenario.inbound(others) if scenario.inbound is not None else []
        self._callers = [moment for moment in moments if moment <= scenario.seconds]
        self._unheard = False
        #: how often the dialer looked at everything
        self.turns = 0

        floor = floor_of(scenario, self._presences)
        self.campaigns, self.calls = CampaignStore(database), CallStore(database)
        self.agent_states = AgentStateStore(database)
        self.tracker, self.feed, self.roster = Tracker(), Feed(), Roster(floor)
        journal = UnwrittenJournal()
        self._intake = Intake(journal, self.tracker, self.feed)
        self._recorder = Recorder(journal, self.calls, self.agent_states)
        board = Board(floor, self.tracker, self.roster)
        self.switch = SimulatedSwitch(
            scenario, self.clock, Wire(self.clock, self._put, PBX),
            called or DrawnPeople(scenario, people), delays=delays, inbound_queue=INBOUND,
            inbound_number=INBOUND_NUMBER,
        )  # fmt: skip
        self.desk = Desk(floor, self.roster, self.switch, self._put, now=self.clock.now)
        self._dialing = Dialing(
            floor, self.campaigns, self.switch, self.roster, self.tracker, self._put,
            keeper=self.desk.keeper, showings=PreviewStore(database), judges=Unruled,
            allowed=lambda: self._intake.healthy, now=self.clock.now,
        )  # fmt: skip
        self.desk.keeper.claim = self._dialing.claim
        self._staff = Staff(
            scenario, self.clock, self.desk, self.roster, people, pause_reason=BREAK
        )
        self.roster.on_move = self._agent_moved
        for fold in (
            self.roster.fold, board.fold, self._recorder.fold, self._dialing.fold,
            self.desk.fold, self._staff.fold,
        ):  # fmt: skip
            self.feed.fold(fold)
        self._desk_hears = self.feed.listen("desk")

    async def play(
        self, campaign: Campaign, leads: AsyncIterator[Sequence[NewLead]] | None = None
    ) -> None:
        """From the first second of the shift until everybody has gone home; then ship it all.

        Without `leads` the list is as long as the world says. A campaign that the database has
        already, from the shift before, goes on.
        """
        leads = leads or leads_of(self.scenario, self._presences)
        if await self.campaigns.get(campaign.id) is None:
            await self.campaigns.create(campaign)
        await self.campaigns.add_leads(campaign.id, leads, self.clock.now())
        async with asyncio.TaskGroup() as group:
            desk = group.create_task(self.desk.run(self._desk_hears))
            self.switch.begin(self._callers)
            self._staff.begin(self._presences)
            await self._dialing.set_state(campaign.id, CampaignState.RUNNING, "simulation")
            await self._settle()
            await self._until(self.scenario.seconds)
            await self._close(campaign.id)
            desk.cancel()
        await self._recorder.ship_now()

    async def _close(self, campaign_id: str) -> None:
        """Nobody is dialed any more; who is on the line is served, and goes."""
        campaign = await self.campaigns.get(campaign_id)
        if campaign is not None and campaign.state is CampaignState.RUNNING:
            await self._dialing.set_state(campaign_id, CampaignState.PAUSED, "simulation")
        latest = self.scenario.seconds + _OVERTIME_SECONDS
        while not (self.switch.quiet and self._staff.gone) and self.clock.next_at < latest:
            await self._until(self.clock.next_at)

    async def _until(self, second: float) -> None:
        """Play everything up to that second."""
        while (moment := min(self.clock.next_at, self._look_at)) <= second:
            if moment < self.clock.next_at:
                self.clock.pass_to(moment)
            while self.clock.next_at <= moment:
                await self.clock.play_next()
                await self._settle()
            await self._dial()

    @property
    def _look_at(self) -> float:
        """When the dialer looks again if nothing happens."""
        return self.clock.seconds + max(self._dialing.patience_seconds, _LEAST_STEP_SECONDS)

    async def _dial(self) -> None:
        """The dialer's turn, and again for what it hears of its own doing."""
        heard = True
        while heard:
            await self._dialing.turn()
            self.turns += 1
            heard = self._unheard
            await self._settle()

    async def _settle(self) -> None:
        """Carry every fact to everyone, and what desk and dialer answer to it."""
        while self._unheard or len(self._desk_hears):
            self._unheard = False
            await self._intake.carry()
            await asyncio.sleep(0)  # the desk's turn

    def _put(self, *facts: Fact) -> None:
        self._unheard = True
        self._intake.put(*facts)

    def _agent_moved(self, _: AgentStatus, after: AgentStatus, at: datetime) -> None:
        self._recorder.agent_moved(PBX, after.number, after.state, after.reason, after.call_id, at)
