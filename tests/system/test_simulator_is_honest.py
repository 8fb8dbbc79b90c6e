"""One campaign on a real Asterisk and in virtual time: what the simulator says is what happens.

Both play the same script, so every call must end the same way, lead by lead. Times may differ by
what a busy machine adds: the bounds are several times what was measured, and no more.
"""

from __future__ import annotations

import asyncio
import random
from pathlib import Path
from statistics import median, quantiles

import pytest

from agents.states import AgentState
from bench.course import Course, ended_otherwise, furthest_apart
from bench.one_campaign import on_asterisk, simulated
from dialer.attempt import Outcome
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


def _people() -> dict[str, float]:
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


async def test_two_hundred_leads_go_as_the_simulator_says(scene: Scene, tmp_path: Path) -> None:
    people = _people()
    queue = next(queue for queue in scene.stage.floor.queues if queue.name == "salida")
    world = Scenario(
        name="honest", agents=len(HELD), hours=0.05, wrap_up=Lengths(queue.wrap_up_seconds, 0.0),
        ring_limit=RING_SECONDS, trunks=60, leads=LEADS,
    )  # fmt: skip
    campaign = campaign_of(world, "progressive", {}, 0.03, NEVER_AGAIN)

    await scene.sign_in(*HELD)
    async with asyncio.timeout(120):
        real = await on_asterisk(scene.house, scene.stage.carrier.calls, campaign, people)
    for agent in HELD:
        if scene.agent(agent).state is AgentState.WRAPPING_UP:
            await scene.house.desk.ready(agent)
    told = await simulated(world, campaign, people, tmp_path, CarrierScript())

    at_the_carrier = [call.number for call in scene.stage.carrier.calls()]
    for dialed in (at_the_carrier, _dialed(real), _dialed(told)):
        assert {number: dialed.count(number) for number in people} == dict.fromkeys(people, 1)
    assert ended_otherwise(real, told) == {}
    assert real.outcomes == told.outcomes
    assert set(told.outcomes) == {
        Outcome.CONNECTED, Outcome.BUSY, Outcome.NO_ANSWER, Outcome.INVALID, Outcome.CONGESTION,
        Outcome.REJECTED,
    }  # fmt: skip
    assert {end.ended_by for end in told.ends.values()} == {"agent", "customer", "service"}
    _as_long(real, told)


def _dialed(course: Course) -> list[str]:
    return [attempt.number for attempt in course.attempts]


def _as_long(real: Course, told: Course) -> None:
    """Rings, connecting, and the course of the whole."""
    apart = [
        abs(seconds - told.ring_seconds(*Outcome)[number])
        for number, seconds in real.ring_seconds(*Outcome).items()
    ]
    assert len(apart) == LEADS
    assert median(apart) < 0.15, sorted(apart)
    assert quantiles(apart, n=20)[-1] < 0.5, sorted(apart)

    waited, said = real.connect_seconds, told.connect_seconds
    assert waited.keys() == said.keys()
    assert median(waited.values()) == pytest.approx(median(said.values()), abs=0.04)
    assert quantiles(waited.values(), n=20)[-1] < max(said.values()) + 0.15

    assert real.seconds == pytest.approx(told.seconds, rel=0.15)
    assert furthest_apart(real, told) < 0.15 * told.seconds
    (mean, most), (mean_said, most_said) = real.in_flight, told.in_flight
    assert mean == pytest.approx(mean_said, rel=0.1)
    assert most == pytest.approx(most_said, abs=1)
    assert real.occupancy == pytest.approx(told.occupancy, abs=0.08)
