"""The named worlds of the pacing bench, and a distribution of worlds to draw more from."""

from __future__ import annotations

import math
import random
from functools import partial

from simulator.scenario import HOUR, Lengths, Presence, Scenario, always


def _drift(second: float) -> float:
    """Rising, a jump for an hour, falling, rising again; 10 % of slow noise."""
    hour = second / HOUR
    if hour < 3.5:
        base = 0.20 + 0.10 * hour / 3.5
    elif hour < 4.5:
        base = 0.52
    elif hour < 6.5:
        base = 0.26 - 0.06 * (hour - 4.5) / 2.0
    else:
        base = 0.20 + 0.14 * (hour - 6.5) / 1.5
    return base * (1.0 + 0.1 * math.sin(second / 300.0 + 1.0) * math.sin(second / 1130.0))


def _waves(draw: random.Random, agents: int, hours: float) -> list[Presence]:
    """Staggered log-in, lunch in two waves, short breaks, log-out in waves."""
    out: list[Presence] = []
    for index in range(agents):
        name = f"{1001 + index}"
        at, end = 225.0 * (index % 8), hours * HOUR - 600.0 * (index % 6)
        lunch = (3.5 if index % 2 else 4.25) * HOUR + draw.uniform(0.0, 300.0)
        morning, afternoon = 1.5 * HOUR + 60.0 * index, 6.0 * HOUR + 60.0 * index
        for begins, length in ((morning, 600.0), (lunch, 1800.0), (afternoon, 600.0)):
            out.append(Presence(name, at, begins))
            at = begins + length
        out.append(Presence(name, at, end))
    return out


def _bursts(draw: random.Random, hours: float, quiet: float, busy: float) -> list[float]:
    """Callers per second: `busy` in the first ten minutes of each hour, else `quiet`."""
    at = 0.0
    out: list[float] = []
    while True:
        rate = busy if at % HOUR < 600.0 else quiet
        at += draw.expovariate(rate)
        if at >= hours * HOUR:
            return out
        out.append(at)


_NAMED = [
    Scenario(name="small5", agents=5, hours=8),
    Scenario(name="medium20", agents=20, hours=8),
    Scenario(name="large100", agents=100, hours=4),
    Scenario(name="xlarge500", agents=500, hours=2),
    Scenario(name="low_p15", agents=20, hours=6, answered=always(0.15)),
    Scenario(name="high_p50", agents=20, hours=6, answered=always(0.50)),
    Scenario(name="drift_lunch", agents=30, hours=8, answered=_drift),
    Scenario(
        name="short40", agents=20, hours=8, talk=Lengths(40.0, 1.0), wrap_up=Lengths(10.0, 0.5)
    ),
    Scenario(
        name="long300", agents=20, hours=8, talk=Lengths(300.0, 1.5), wrap_up=Lengths(30.0, 0.5)
    ),
    Scenario(name="waves40", agents=40, hours=8, presences=partial(_waves, agents=40, hours=8)),
    Scenario(name="trunk28", agents=20, hours=8, answered=always(0.20), trunks=28),
    Scenario(
        name="amd30", agents=20, hours=8, answered=always(0.45), machines=0.3, screening=2.0,
        patience=1.2,
    ),
    Scenario(name="cold", agents=20, hours=0.5),
    Scenario(
        name="blended", agents=20, hours=8,
        inbound=partial(_bursts, hours=8, quiet=0.01, busy=0.05),
    ),
    Scenario(name="faults", agents=20, hours=8, outages=((4 * HOUR, 4 * HOUR + 60.0),)),
]  # fmt: skip

NAMED: dict[str, Scenario] = {scenario.name: scenario for scenario in _NAMED}


def jumps(hours: float = 4.0) -> Scenario:
    """A world whose answer rate jumps by a factor of three, up and down, each hour."""
    return Scenario(
        name="jump", agents=30, hours=hours,
        answered=lambda second: 0.15 if int(second / HOUR) % 2 == 0 else 0.45,
    )  # fmt: skip


def drawn(seed: int) -> Scenario:
    """A world at random: agents 5 to 120, answer rate 0.1 to 0.6, talk 30 to 400 s, and so on."""
    draw = random.Random(seed)
    agents = round(math.exp(draw.uniform(math.log(5), math.log(120))))
    talk = math.exp(draw.uniform(math.log(30.0), math.log(400.0)))
    return Scenario(
        name=f"drawn{seed}",
        agents=agents,
        hours=draw.choice((4.0, 6.0, 8.0)),
        answered=always(draw.uniform(0.1, 0.6)),
        talk=Lengths(talk, draw.uniform(0.6, 1.6)),
        wrap_up=Lengths(math.exp(draw.uniform(math.log(5.0), math.log(45.0))), 0.5),
        ring=Lengths(draw.uniform(8.0, 16.0), draw.uniform(0.3, 0.6)),
    )
