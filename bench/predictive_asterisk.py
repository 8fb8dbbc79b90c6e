"""A predictive campaign beside a progressive one, on a real Asterisk with SIPp's people.

Both call the same people in the same order, on a fresh stage each. The carrier, SIPp, lets 40 % of
them answer after 3 to 8 s, 15 % are busy, the rest ring until the dialer gives up; a talk's length
belongs to the number. Occupancy is talk and wrap-up per signed-in time, from the start until the
last lead is dialed, out of the agents' states in SQL. The connect delay is from the 200 OK that
SIPp timed to Asterisk's AgentConnect, and with predictive pacing it holds the wait for an agent.

    python -m bench.predictive_asterisk [leads] [agents]
"""

from __future__ import annotations

import asyncio
import random
import sys
import tempfile
from collections.abc import AsyncIterator, Coroutine, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.table import Table

from agents.roster import AgentStatus
from agents.states import AgentState
from calls.errors import SwitchError
from calls.events import AgentConnected, CampaignStateChanged
from calls.tracker import Change
from dialer.attempt import Attempt, Outcome
from dialer.campaign import Campaign, CampaignState, RetryRule
from dialer.lead import NewLead
from dialer.options import ON_A_TEST_LINE
from linea800.demo.stage import Stage, stage
from linea800.demo.summary import percentile
from linea800.main import House, built, run
from linea800.settings import Settings
from linea800.web import free_tcp_port
from simulator.scenario import Lengths
from storage.agent_states import AgentInterval, AgentStateStore

POLICIES = ("progressive", "predictive")
ANSWERED, BUSY = 0.40, 0.15
RING_SECONDS = 15.0
TALK = Lengths(15.0, 0.6)
LONGEST_TALK_SECONDS = 60.0
WRAP_UP_SECONDS = 4.0
LINES = 120
_SEED = 800
_START_SECONDS = 60.0
_AT_WORK = {AgentState.TALKING, AgentState.WRAPPING_UP}
_NOT_HERE = {AgentState.SIGNED_OUT, AgentState.SIGNING_IN}


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody on the list. The number tells the carrier what becomes of a call to it."""

    number: str
    talk_seconds: float


def people(count: int) -> list[Person]:
    """The same people every time."""
    dice = random.Random(_SEED)
    found = []
    for index in range(count):
        half_seconds, fate = dice.randint(6, 16), dice.random()
        digit = "0" if fate < ANSWERED else "3" if fate < ANSWERED + BUSY else "4"
        talk = min(dice.lognormvariate(*TALK.log_moments), LONGEST_TALK_SECONDS)
        found.append(Person(f"57350{half_seconds:02d}{index:04d}{digit}", talk))
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What one campaign came to; delays in milliseconds."""

    pacing: str
    seconds: float
    attempts: int
    live: int
    abandoned: int
    occupancy: float
    delays_ms: list[float]

    def cells(self) -> list[str]:
        """A row of the table."""
        return [
            self.pacing,
            f"{self.seconds:.0f}",
            str(self.attempts),
            str(self.live),
            f"{self.abandoned} ({100 * self.abandoned / max(self.live, 1):.1f} %)",
            f"{100 * self.occupancy:.1f} %",
            str(percentile(self.delays_ms, 50)),
            str(percentile(self.delays_ms, 95)),
        ]


@dataclass
class Floor:
    """The agents: they talk as long as the person called wants to, then write up."""

    house: House
    group: asyncio.TaskGroup
    talk_seconds: dict[str, float]
    connected_at: dict[str, datetime] = field(default_factory=dict)  # by number called
    over: asyncio.Event = field(default_factory=asyncio.Event)

    def hear(self, change: Change) -> None:
        """A fold of the house: an agent and a person talk, or the campaign is over."""
        fact = change.fact
        if isinstance(fact, AgentConnected) and change.after is not None:
            number = change.after.number_called
            self.connected_at[number] = fact.at
            self.group.create_task(self._talk(fact.call_id, self.talk_seconds[number]))
        elif isinstance(fact, CampaignStateChanged) and fact.state == CampaignState.FINISHED:
            self.over.set()

    async def _talk(self, call_id: str, seconds: float) -> None:
        await asyncio.sleep(seconds)
        try:
            await self.house.switch.hang_up(call_id)
        except SwitchError as error:
            Console(stderr=True).print(f"{call_id}: {error}")


async def measure(pacing: str, called: Sequence[Person], agents: int) -> Figures:
    """Run the campaign once with this policy, on a stage of its own."""
    with tempfile.TemporaryDirectory(prefix="l8b-") as folder:
        settings = Settings(home=Path(folder), http_port=free_tcp_port())
        changes = _floor_changes(settings, agents)
        with stage(settings.home, settings, changes=changes) as scene:
            async with built(settings) as house:
                return await _while_it_runs(house, _campaign(house, scene, pacing, called))


async def _while_it_runs(house: House, campaign: Coroutine[None, None, Figures]) -> Figures:
    """The campaign's figures; whatever ends the service before is raised."""
    service, playing = asyncio.create_task(run(house)), asyncio.create_task(campaign)
    try:
        await asyncio.wait({service, playing}, return_when=asyncio.FIRST_COMPLETED)
        if service.done():
            await service
        return await playing
    finally:
        playing.cancel()
        service.cancel()
        await asyncio.wait({service, playing})


def _floor_changes(settings: Settings, agents: int) -> dict[str, object]:
    example = Settings(home=settings.home / "none").read_floor()
    names = [queue.name for queue in example.queues]
    return {
        "trunk": {"max_calls": LINES, "caller_number": example.trunk.caller_number},
        # an announcement would hold the person called while an agent gets free
        "queues": [
            {"name": name, "wrap_up_seconds": WRAP_UP_SECONDS, "announce_position_seconds": 0}
            for name in names
        ],
        "agents": [
            {"number": str(1001 + index), "name": f"Agent {index + 1}", "queues": [*names]}
            for index in range(agents)
        ],
    }


async def _campaign(house: House, scene: Stage, pacing: str, called: Sequence[Person]) -> Figures:
    async with asyncio.timeout(_START_SECONDS):
        while not (house.board.snapshot().things["link"] or {}).get("up"):  # noqa: ASYNC110
            await asyncio.sleep(0.05)
        for agent in house.roster.all():
            await house.desk.sign_in(agent.number)
        while not all(map(_free, house.roster.all())):  # noqa: ASYNC110 - Asterisk's doing
            await asyncio.sleep(0.05)
    campaign = Campaign(
        id=pacing,
        name=pacing,
        queue="salida",
        country="CO",
        caller_number=scene.floor.trunk.caller_number,
        pacing=pacing,
        ring_seconds=RING_SECONDS,
        max_lines=LINES,
        retry=RetryRule(max_attempts=1, minutes={}),
        options=ON_A_TEST_LINE,
        created_at=datetime.now(UTC),
    )

    async def leads() -> AsyncIterator[list[NewLead]]:
        yield [NewLead(number=person.number, name="", extra={}) for person in called]

    await house.campaigns.create(campaign)
    await house.campaigns.add_leads(campaign.id, leads(), datetime.now(UTC))
    async with asyncio.TaskGroup() as group:
        talks = {person.number: person.talk_seconds for person in called}
        floor = Floor(house, group, talks)
        house.feed.fold(floor.hear)
        began_at = datetime.now(UTC)
        await house.dialing.set_state(campaign.id, CampaignState.RUNNING, "bench")
        await floor.over.wait()
        ended_at = datetime.now(UTC)
    await house.recorder.ship_now()
    attempts = await _attempts(house, campaign.id)
    dry_at = max(attempt.intended_at for attempt in attempts)
    intervals = await AgentStateStore(house.database).between(began_at, dry_at)
    outcomes = [attempt.outcome for attempt in attempts]
    abandoned = outcomes.count(Outcome.ABANDONED)
    return Figures(
        pacing=pacing,
        seconds=(ended_at - began_at).total_seconds(),
        attempts=len(attempts),
        live=outcomes.count(Outcome.CONNECTED) + abandoned,
        abandoned=abandoned,
        occupancy=occupancy(intervals, began_at, dry_at),
        delays_ms=[
            (floor.connected_at[call.number] - call.answered_at).total_seconds() * 1000
            for call in scene.carrier.calls()
            if call.answered_at is not None and call.number in floor.connected_at
        ],
    )


def _free(agent: AgentStatus) -> bool:
    return agent.free


async def _attempts(house: House, campaign_id: str) -> list[Attempt]:
    found: list[Attempt] = []
    cursor = None
    while True:
        page = await house.campaigns.attempts(campaign_id, cursor, 1000)
        found += page.attempts
        cursor = page.next_cursor
        if cursor is None:
            return found


def occupancy(intervals: Sequence[AgentInterval], since: datetime, until: datetime) -> float:
    """Talk and wrap-up per signed-in time between two moments, 0 to 1."""
    busy = here = 0.0
    for interval in intervals:
        ended_at = min(interval.ended_at or until, until)
        seconds = (ended_at - max(interval.began_at, since)).total_seconds()
        here += seconds * (interval.state not in _NOT_HERE)
        busy += seconds * (interval.state in _AT_WORK)
    return busy / here if here else 0.0


def main() -> None:
    """Run both and print the table, and its lines for the page of figures."""
    leads, agents = (int(value) for value in [*sys.argv[1:], "400", "20"][:2])
    called = people(leads)
    heads = ["pacing", "seconds", "attempts", "live answers", "abandoned", "occupancy"]
    heads += ["connect delay p50, ms", "p95, ms"]
    table = Table(*heads, title=f"{leads} leads, {agents} agents")
    out = Console()
    rows = []
    for pacing in POLICIES:
        cells = asyncio.run(measure(pacing, called, agents)).cells()
        rows.append(cells)
        table.add_row(*cells)
        out.print(f"{pacing}: {cells[1]} s")
    out.print(table)
    for row in (heads, ["---"] * len(heads), *rows):
        out.print(f"| {' | '.join(row)} |", soft_wrap=True)


if __name__ == "__main__":
    main()
