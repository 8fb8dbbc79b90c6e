"""One campaign on a real Asterisk and in virtual time, both by the same script."""

from __future__ import annotations

import asyncio
import random
from pathlib import Path

from agents.states import AgentState
from bench.course import Course
from bench.one_campaign import on_asterisk, simulated
from linea800.simulate.setting import NEVER_AGAIN, campaign_of
from simulator.scenario import Lengths, Scenario
from tests.system.conftest import AGENTS, RUNG
from tests.system.scene import Scene
from traffic.carrier_script import CarrierScript

LEADS, RING_SECONDS, TALK_SECONDS = 200, 3.0, 1.0
#: the last digits of each twenty numbers, and after how many half-seconds 0, 1, 2 and 8 answer
DIGITS, HALF_SECONDS = "01201274433355566999", (1, 2, 3, 4, 2, 8)  # nobody is let ring for 8
#: an 8 hangs up after five seconds of talk: one of forty, whose agent would stay for longer
BRIEF, BRIEF_TALK_SECONDS = "8", 6.0
#: the simulator's agents are held on the line
HELD = [agent for agent in AGENTS if agent != RUNG]


def called_people() -> dict[str, float]:
    """For how long our agents talk to whom; what else happens is written in the number."""
    digits = [BRIEF if index % 40 == 39 else DIGITS[index % 20] for index in range(LEADS)]
    numbers = [
        f"57350{HALF_SECONDS[index % 6]:02d}{index:04d}{digit}"
        for index, digit in enumerate(digits)
    ]
    random.Random(800).shuffle(numbers)
    return {
        number: BRIEF_TALK_SECONDS if number.endswith(BRIEF) else TALK_SECONDS for number in numbers
    }


async def played_twice(scene: Scene, folder: Path) -> tuple[Course, Course]:
    """What happened on Asterisk, and what the simulator says."""
    people = called_people()
    queue = next(queue for queue in scene.stage.floor.queues if queue.name == "salida")
    world = Scenario(
        name="honest", agents=len(HELD), hours=0.05, wrap_up=Lengths(queue.wrap_up_seconds, 0.0),
        ring_limit=RING_SECONDS, trunks=60, leads=LEADS,
    )  # fmt: skip
    campaign = campaign_of(world, "progressive", {}, 0.03, NEVER_AGAIN)

    await scene.sign_in(*HELD)
    async with asyncio.timeout(300):
        real = await on_asterisk(scene.house, scene.stage.carrier.calls, campaign, people)
    for agent in HELD:
        if scene.agent(agent).state is AgentState.WRAPPING_UP:
            await scene.house.desk.ready(agent)
    told = await simulated(world, campaign, people, folder, CarrierScript())
    return real, told
