"""The burst on a real Asterisk: the same script with and without a guard, each on a fresh stage.

SIPp calls the 0800 line, presses 0 and waits in the queue, and is the carrier of the campaign. How
long each talk lasts belongs to the customer's number; the agents end it. Nobody gives up waiting.
"""

from __future__ import annotations

import asyncio
import random
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from agents.states import AgentState
from bench.blended.figures import Shift, Window, shift_of
from bench.blended.tables import HEADS, cells, markdown
from bench.predictive_asterisk import people
from calls.call import Direction
from calls.events import AgentConnected
from calls.tracker import Change
from dialer.blending import BlendRule
from dialer.campaign import CampaignState
from dialer.lead import NewLead
from dialer.options import ON_A_TEST_LINE
from linea800.demo.stage import Stage, stage
from linea800.main import House, built, run
from linea800.settings import Settings
from linea800.simulate.setting import NEVER_AGAIN, campaign_of
from linea800.web import free_tcp_port
from simulator.scenario import Lengths, Scenario
from storage.agent_states import AgentStateStore
from traffic import roles
from traffic.scenario import Step

AGENTS, LEADS, LINES = 8, 900, 60
TALK, LONGEST_TALK_SECONDS, WRAP_UP_SECONDS = Lengths(30.0, 0.8), 90.0, 5.0
RING_SECONDS, CAP = 15.0, 0.03
#: one caller each so many seconds, and in the burst four times as many: the agents can serve them
EVERY_SECONDS, BURST_TIMES = 24.0, 4
QUIET_SECONDS, BURST_SECONDS, AFTER_SECONDS = 90.0, 180.0, 60.0
#: longer than anybody waits and talks
_STAYS_SECONDS = 300.0
_START_SECONDS, _LOOK_SECONDS = 60.0, 0.05
_KEYS = (Step(1500, "0"),)
#: the queue with the higher weight is served first
_WEIGHTS = {"salida": 5}
RULES: dict[str, BlendRule | None] = {
    "none": None,
    "keep 2 free; 1 waits, calm 60 s": BlendRule(keep_free=2, stop_at_waiting=1, calm_seconds=60),
}


@dataclass(frozen=True, slots=True)
class Course:
    """What SQL has of one run, and when its burst was."""

    shift: Shift
    burst: Window
    whole: Window


async def show() -> None:
    """Measure with and without the guard, and print."""
    courses = {}
    for name, rule in RULES.items():
        courses[name] = await measured(rule)
        print(f"{name}: done")
    print(f"\npredictive, {AGENTS} agents, a real Asterisk, one run each\n")
    rows = {
        name: (one.shift.figures(one.burst), one.shift.figures(one.whole))
        for name, one in courses.items()
    }
    for which, title in enumerate(("While the burst lasts", "The whole run")):
        table = [cells(name, [figures[which]]) for name, figures in rows.items()]
        print(f"{title}:\n\n{markdown(HEADS, table)}\n")


async def measured(rule: BlendRule | None) -> Course:
    """Play the script once."""
    with tempfile.TemporaryDirectory(prefix="l8b-") as folder:
        settings = Settings(home=Path(folder), http_port=free_tcp_port())
        with stage(settings.home, settings, changes=_floor_changes(settings)) as scene:
            async with built(settings) as house:
                service = asyncio.create_task(run(house))
                playing = asyncio.create_task(_played(house, scene, rule))
                try:
                    done = asyncio.FIRST_COMPLETED
                    await asyncio.wait({service, playing}, return_when=done)
                    if service.done():
                        await service
                    return await playing
                finally:
                    playing.cancel()
                    service.cancel()
                    await asyncio.wait({service, playing})


def _floor_changes(settings: Settings) -> dict[str, object]:
    example = Settings(home=settings.home / "none").read_floor()
    names = [queue.name for queue in example.queues]
    return {
        "trunk": {"max_calls": LINES, "caller_number": example.trunk.caller_number},
        "queues": [
            {"name": name, "weight": _WEIGHTS.get(name, 10), "wrap_up_seconds": WRAP_UP_SECONDS,
             "announce_position_seconds": 0}
            for name in names
        ],
        "agents": [
            {"number": str(1001 + index), "name": f"Agent {index + 1}", "queues": [*names]}
            for index in range(AGENTS)
        ],
    }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Talkers:
    """Agents who say goodbye after as long as the customer's number tells them to."""

    house: House
    group: asyncio.TaskGroup

    def hear(self, change: Change) -> None:
        """A fold of the house."""
        fact, call = change.fact, change.after
        if isinstance(fact, AgentConnected) and call is not None:
            inbound = call.direction is Direction.INBOUND
            number = call.caller_number if inbound else call.number_called
            self.group.create_task(self._talk(fact.agent, fact.call_id, talk_seconds(number)))

    async def _talk(self, number: str, call_id: str, seconds: float) -> None:
        await asyncio.sleep(seconds)
        agent = self.house.roster.get(number)
        if agent and agent.state is AgentState.TALKING and agent.call_id == call_id:
            await self.house.desk.end_call(number)


def talk_seconds(number: str) -> float:
    """The same for a number every time."""
    length = random.Random(f"talk {number}").lognormvariate(*TALK.log_moments)
    return min(length, LONGEST_TALK_SECONDS)


async def _played(house: House, scene: Stage, rule: BlendRule | None) -> Course:
    await _ready(house)
    world = Scenario(
        name="burst", agents=AGENTS, hours=1.0, ring_limit=RING_SECONDS, trunks=LINES, leads=LEADS
    )
    campaign = replace(
        campaign_of(world, "predictive", {}, CAP, NEVER_AGAIN),
        options=ON_A_TEST_LINE.model_copy(update={"blend": rule}),
        created_at=datetime.now(UTC),
    )
    await house.campaigns.create(campaign)
    await house.campaigns.add_leads(campaign.id, _leads(), campaign.created_at)
    async with asyncio.TaskGroup() as group, AsyncExitStack() as calling:
        house.feed.fold(Talkers(house, group).hear)
        began_at = datetime.now(UTC)
        await house.dialing.set_state(campaign.id, CampaignState.RUNNING, "bench")
        whole = QUIET_SECONDS + BURST_SECONDS + AFTER_SECONDS
        await _call(calling, scene, 0, EVERY_SECONDS, whole)
        await asyncio.sleep(QUIET_SECONDS)
        burst_at = datetime.now(UTC)
        await _call(calling, scene, 1, EVERY_SECONDS / (BURST_TIMES - 1), BURST_SECONDS)
        await asyncio.sleep(BURST_SECONDS + AFTER_SECONDS)
        ended_at = datetime.now(UTC)
        await house.dialing.set_state(campaign.id, CampaignState.PAUSED, "bench")
        while house.parts.tracker.open_calls():  # noqa: ASYNC110 - they end when their talks do
            await asyncio.sleep(_LOOK_SECONDS)
    await house.recorder.ship_now()
    burst = Window(burst_at, burst_at + timedelta(seconds=BURST_SECONDS))
    window = Window(began_at, ended_at)
    stores = house.campaigns, house.calls, AgentStateStore(house.database)
    return Course(await shift_of(campaign.id, window, *stores), burst, window)


async def _ready(house: House) -> None:
    async with asyncio.timeout(_START_SECONDS):
        while not (house.board.snapshot().things["link"] or {}).get("up"):  # noqa: ASYNC110
            await asyncio.sleep(_LOOK_SECONDS)
        for agent in house.roster.all():
            await house.desk.sign_in(agent.number)
        while not all(agent.free for agent in house.roster.all()):  # noqa: ASYNC110
            await asyncio.sleep(_LOOK_SECONDS)


async def _call(
    calling: AsyncExitStack, scene: Stage, which: int, every_seconds: float, seconds: float
) -> None:
    """Somebody calls the line each so many seconds, for so long, until the stack is closed."""
    sipp = roles.callers(
        scene.sipp,
        scene.settings.home / "sipp" / f"callers-{which}",
        asterisk_port=scene.sip_port,
        port=scene.caller_ports[which],
        number=scene.floor.numbers[0].number,
        caller_numbers=[f"5730{which}{index:07d}" for index in range(int(seconds / every_seconds))],
        steps=_KEYS,
        hold_ms=int(_STAYS_SECONDS * 1000),
        per_second=1 / every_seconds,
    )
    await asyncio.to_thread(sipp.start)
    calling.push_async_callback(asyncio.to_thread, sipp.stop)


async def _leads() -> AsyncIterator[Sequence[NewLead]]:
    yield [NewLead(number=person.number, name="", extra={}) for person in people(LEADS)]
