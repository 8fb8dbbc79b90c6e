"""The burst in the simulated house: the same callers and the same people, whatever the rule."""

from __future__ import annotations

import asyncio
import random
import tempfile
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from bench.blended.figures import Figures, Window, shift_of
from dialer.blending import BlendRule
from dialer.options import Options
from linea800.simulate.house import SimulatedHouse
from linea800.simulate.setting import BEGINS, CAMPAIGN, NEVER_AGAIN, campaign_of
from simulator.called import DrawnPeople, Reaction
from simulator.scenario import Lengths, Scenario
from simulator.switch import Delays
from storage.database import Database

AGENTS = 20
QUIET_PER_MINUTE, BURST_PER_MINUTE = 1.5, 6.0
SHIFT_MINUTES, BURST_MINUTES = 45.0, (15.0, 30.0)
#: how long callers wait before they give up
PATIENCE = Lengths(90.0, 1.0)
CAP = 0.03
_MINUTE = 60.0


class SamePeople:
    """`CalledPeople` who do the same each time their number comes up, whenever that is."""

    def __init__(self, scenario: Scenario, seed: int) -> None:
        self._scenario = scenario
        self._seed = seed

    def called(self, number: str, second: float) -> Reaction:
        """See `CalledPeople`."""
        return DrawnPeople(self._scenario, self._draw("reaction", number)).called(number, second)

    def talk_seconds(self, number: str) -> float:
        """See `CalledPeople`."""
        return DrawnPeople(self._scenario, self._draw("talk", number)).talk_seconds(number)

    def waits_seconds(self, number: str) -> float:
        """See `CalledPeople`."""
        return self._draw("patience", number).lognormvariate(*PATIENCE.log_moments)

    def _draw(self, what: str, number: str) -> random.Random:
        return random.Random(f"{what} {self._seed} {number}")


def burst(draw: random.Random) -> list[float]:
    """When callers call: few, then four times as many for a quarter of an hour, then few."""
    found: list[float] = []
    at = 0.0
    while at < SHIFT_MINUTES * _MINUTE:
        begins, ends = (minute * _MINUTE for minute in BURST_MINUTES)
        rate = (BURST_PER_MINUTE if begins <= at < ends else QUIET_PER_MINUTE) / _MINUTE
        after = draw.expovariate(rate)
        border = next((edge for edge in (begins, ends) if at < edge <= at + after), None)
        if border is not None:
            at = border  # the wait has no memory: it begins anew at the other rate
            continue
        at += after
        found.append(at)
    return [second for second in found if second < SHIFT_MINUTES * _MINUTE]


WORLD = Scenario(name="burst", agents=AGENTS, hours=SHIFT_MINUTES / 60.0, inbound=burst)


@dataclass(frozen=True, slots=True)
class Job:
    """One shift: which rule, how it is paced, and the seed of callers and people."""

    rule: BlendRule | None
    pacing: str
    seed: int


@dataclass(frozen=True, slots=True)
class Told:
    """What came of a job: while the burst lasted, and over the whole shift."""

    burst: Figures
    shift: Figures


def play(job: Job) -> Told:
    """Play one shift in a house and a database of its own."""
    return asyncio.run(_played(job))


async def _played(job: Job) -> Told:
    campaign = campaign_of(WORLD, job.pacing, {}, CAP, NEVER_AGAIN)
    with tempfile.TemporaryDirectory(prefix="l8b-") as folder:
        async with await Database.open(str(Path(folder) / "shift.db")) as database:
            house = SimulatedHouse(
                WORLD, database, seed=job.seed, delays=Delays(),
                called=SamePeople(WORLD, job.seed),
            )  # fmt: skip
            await house.play(replace(campaign, options=Options(blend=job.rule)))
            whole = Window(BEGINS, BEGINS + timedelta(seconds=WORLD.seconds))
            shift = await shift_of(
                CAMPAIGN, whole, house.campaigns, house.calls, house.agent_states
            )
    return Told(shift.figures(_burst_window()), shift.figures(whole))


def _burst_window() -> Window:
    begins, ends = (BEGINS + timedelta(minutes=minute) for minute in BURST_MINUTES)
    return Window(begins, ends)
