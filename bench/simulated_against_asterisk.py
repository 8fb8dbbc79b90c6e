"""The simulator against a real Asterisk: the same campaign in both, figures side by side.

On one side Asterisk with SIPp as carrier and as agents' phones, on the other the simulated switch
with its default delays; the service, the list, and what everybody at the other end does are the
same. 40 % answer after 2 to 6 s, some only after 183 Session Progress, some hang up after 5 s of
talk; the rest is busy, wrong, refused by the carrier or by the person, or rings until it is let go.
With predictive pacing a moment's difference changes what is decided next, and the two part. How far
they may, the simulator tells itself: it plays the campaign again and again with everybody up to
0.1 s late, as they were on Asterisk, and the last column has the lowest and highest of each figure.

    python -m bench.simulated_against_asterisk [leads] [agents]
"""

from __future__ import annotations

import asyncio
import random
import sys
import tempfile
import wave
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench.course import Course, ended_otherwise, furthest_apart
from bench.one_campaign import LateScript, on_asterisk, simulated
from dialer.attempt import Outcome
from linea800.demo.stage import Stage, stage
from linea800.demo.summary import percentile
from linea800.main import House, built, run
from linea800.settings import Settings
from linea800.simulate.setting import NEVER_AGAIN, campaign_of
from linea800.web import free_tcp_port
from simulator.scenario import Lengths, Scenario
from traffic.carrier_script import CarrierScript

POLICIES = ("progressive", "predictive")
WHERE = ("Asterisk", "simulated", "simulated with everybody late")
CAP = 0.03
#: last digits of numbers, and how many of a hundred people have them
SHARES = {"0": 36, "7": 2, "8": 2, "3": 12, "5": 5, "6": 3, "9": 4, "4": 36}
RING_HALF_SECONDS, RING_SECONDS = (4, 12), 8.0
TALK, LONGEST_TALK_SECONDS, WRAP_UP_SECONDS = Lengths(10.0, 0.6), 40.0, 4.0
LINES = 60
#: long enough for the slowest policy; what is left of the simulated shift costs nothing
SHIFT_HOURS = 1.0
REPEATS, LATE_SECONDS = 8, 0.1
_SEED = 800
_START_SECONDS = 60.0
_LIVE = (Outcome.CONNECTED, Outcome.ABANDONED)


def people(count: int) -> dict[str, float]:
    """The same people every time: for how long our agents talk to them, by number."""
    dice = random.Random(_SEED)
    found = {}
    for index in range(count):
        (digit,) = dice.choices([*SHARES], [*SHARES.values()])
        number = f"57350{dice.randint(*RING_HALF_SECONDS):02d}{index:04d}{digit}"
        found[number] = min(dice.lognormvariate(*TALK.log_moments), LONGEST_TALK_SECONDS)
    return found


@dataclass(frozen=True, slots=True)
class Measured:
    """One policy's campaign in both worlds."""

    real: Course
    told: Course
    #: the simulator's others, with everybody a little late
    late: list[Course]


async def measure(pacing: str, called: Mapping[str, float], agents: int) -> Measured:
    """The campaign on an Asterisk of its own, and as the simulator tells it."""
    world = Scenario(
        name="simulated against Asterisk", agents=agents, hours=SHIFT_HOURS,
        wrap_up=Lengths(WRAP_UP_SECONDS, 0.0), ring_limit=RING_SECONDS, trunks=LINES,
        leads=len(called),
    )  # fmt: skip
    campaign = campaign_of(world, pacing, {}, CAP, NEVER_AGAIN)
    with tempfile.TemporaryDirectory(prefix="l8b-") as folder:
        settings = Settings(home=Path(folder), http_port=free_tcp_port())
        with stage(settings.home, settings, changes=_floor_changes(settings, agents)) as scene:
            async with built(settings) as house:
                service = asyncio.create_task(run(house))
                try:
                    await _ready(house)
                    real = await on_asterisk(house, scene.carrier.calls, campaign, called)
                finally:
                    service.cancel()
                    await asyncio.wait({service})
            world = replace(world, message=_message_seconds(scene))
        scripts = [LateScript(random.Random(seed), LATE_SECONDS) for seed in range(REPEATS)]
        told, *late = [
            await simulated(world, campaign, called, settings.home, script)
            for script in (CarrierScript(), *scripts)
        ]
        return Measured(real, told, late)


def _floor_changes(settings: Settings, agents: int) -> dict[str, object]:
    example = Settings(home=settings.home / "none").read_floor()
    names = [queue.name for queue in example.queues]
    return {
        "trunk": {"max_calls": LINES, "caller_number": example.trunk.caller_number},
        "queues": [
            {"name": name, "wrap_up_seconds": WRAP_UP_SECONDS, "announce_position_seconds": 0}
            for name in names
        ],
        "agents": [
            {"number": str(1001 + index), "name": f"Agent {index + 1}", "queues": [*names]}
            for index in range(agents)
        ],
    }


async def _ready(house: House) -> None:
    async with asyncio.timeout(_START_SECONDS):
        while not (house.board.snapshot().things["link"] or {}).get("up"):  # noqa: ASYNC110
            await asyncio.sleep(0.05)
        for agent in house.roster.all():
            await house.desk.sign_in(agent.number)
        while not all(agent.free for agent in house.roster.all()):  # noqa: ASYNC110
            await asyncio.sleep(0.05)


def _message_seconds(scene: Stage) -> float:
    """How long whoever met no agent hears the message."""
    sounds = scene.settings.sounds_folder / scene.floor.language / "linea800"
    with wave.open(str(sounds / "safe_harbour.wav")) as sound:
        frames: int = sound.getnframes()
        return frames / float(sound.getframerate())


def figures(course: Course) -> dict[str, str]:
    """What is compared, in words."""
    outcomes, (mean, most) = course.outcomes, course.in_flight
    numbers = {attempt.number for attempt in course.attempts}
    return {
        "attempts": str(len(course.attempts)),
        "leads": str(len(numbers)),
        **{
            outcome: str(outcomes[outcome])
            for outcome in Outcome
            if outcomes[outcome] or outcome in _LIVE
        },
        "whole campaign, s": f"{course.seconds:.1f}",
        "in flight, mean": f"{mean:.2f}",
        "in flight, most": str(most),
        "occupancy, %": f"{100 * course.occupancy:.1f}",
    }


def spreads(course: Course) -> dict[str, str]:
    """How long things took: p50, p95 and the longest."""
    return {
        "from 200 OK to the agent, ms": _spread([*course.connect_seconds.values()], 1000.0),
        "ring of who answered, s": _spread([*course.ring_seconds(*_LIVE).values()]),
        "ring of no answer, s": _spread([*course.ring_seconds(Outcome.NO_ANSWER).values()]),
    }


def _spread(seconds: list[float], unit: float = 1.0) -> str:
    values = [unit * value for value in seconds]
    return f"{percentile(values, 50)} / {percentile(values, 95)} / {max(values, default=0.0):.1f}"


def apart(real: Course, told: Course) -> dict[str, str]:
    """How far one is from the other."""
    parted = ended_otherwise(real, told)
    live = sum(all(end and end.outcome in _LIVE for end in ends) for ends in parted.values())
    rings = told.ring_seconds(*Outcome)
    late = [abs(rings[number] - each) for number, each in real.ring_seconds(*Outcome).items()]
    return {
        "leads that ended otherwise": str(len(parted)),
        "of them answered in both": str(live),
        "rings apart, lead by lead, ms": _spread(late, 1000.0),
        "launches furthest apart, s": f"{furthest_apart(real, told):.1f}",
    }


def rows(measured: Sequence[Measured]) -> list[list[str]]:
    """The table's cells: what is measured, then for each policy Asterisk, simulator and range."""
    columns: list[dict[str, str]] = []
    for each in measured:
        columns += [figures(one) | spreads(one) for one in (each.real, each.told)]
        columns[-2] |= apart(each.real, each.told)
        columns.append(_ranges([figures(one) for one in each.late]))
        columns[-1] |= _ranges(
            [{"launches furthest apart, s": f"{furthest_apart(one, each.told):.1f}"}
             for one in each.late]
        )  # fmt: skip
    names = dict.fromkeys(name for column in columns for name in column)
    return [[name, *(column.get(name, "") for column in columns)] for name in names]


def _ranges(found: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """The lowest and the highest of each figure."""
    names = dict.fromkeys(name for each in found for name in each)
    values = {name: [each.get(name, "0") for each in found] for name in names}
    ends = {name: (min(each, key=float), max(each, key=float)) for name, each in values.items()}
    return {name: low if low == high else f"{low} – {high}" for name, (low, high) in ends.items()}


def main() -> None:
    """Run both policies in both worlds and print the table, and its lines for the figures."""
    leads, agents = (int(value) for value in [*sys.argv[1:], "200", "11"][:2])
    called, out = people(leads), Console()
    measured = []
    for pacing in POLICIES:
        measured.append(asyncio.run(measure(pacing, called, agents)))
        out.print(f"{pacing}: done")
    heads = ["delays and rings: p50 / p95 / max"]
    heads += [f"{pacing}, {where}" for pacing in POLICIES for where in WHERE]
    table = Table(*heads, title=f"{leads} leads, {agents} agents")
    cells = rows(measured)
    for row in cells:
        table.add_row(*row)
    out.print(table)
    for row in (heads, ["---"] * len(heads), *cells):
        out.print(f"| {' | '.join(row)} |", soft_wrap=True)


if __name__ == "__main__":
    main()
