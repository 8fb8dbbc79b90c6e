"""The command line of the bench: the simulated house with many seeds, or a real Asterisk once."""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor

from bench.blended import asterisk
from bench.blended.figures import Figures
from bench.blended.simulated import AGENTS, Job, Told, play
from bench.blended.tables import HEADS, cells, gains, markdown
from dialer.blending import BlendRule

NONE = "none"
RULES: dict[str, BlendRule | None] = {
    NONE: None,
    "1 waits": BlendRule(stop_at_waiting=1),
    "1 waits, calm 60 s": BlendRule(stop_at_waiting=1, calm_seconds=60),
    "1 waits, calm 180 s": BlendRule(stop_at_waiting=1, calm_seconds=180),
    "waits 5 s, calm 60 s": BlendRule(stop_at_wait_seconds=5, calm_seconds=60),
    "keep 2 free": BlendRule(keep_free=2),
    "keep 4 free": BlendRule(keep_free=4),
    "keep 2 free; 1 waits, calm 60 s": BlendRule(keep_free=2, stop_at_waiting=1, calm_seconds=60),
    # what no guard can better
    "no campaign": BlendRule(keep_free=AGENTS),
}
_QUICK = (NONE, "1 waits, calm 60 s", "keep 4 free")
_QUICK_SEEDS = 2


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    asked = _parser().parse_args(arguments)
    if asked.asterisk:
        asyncio.run(asterisk.show())
        return
    names = _QUICK if asked.quick else asked.rules or list(RULES)
    seeds = range(1, 1 + (_QUICK_SEEDS if asked.quick else asked.seeds))
    of: dict[str, list[Told]] = {}
    # spawned, not forked: a fork of a program with threads may hang
    spawned = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(asked.processes, spawned) as processes:
        jobs = [Job(RULES[name], asked.pacing, seed) for name in names for seed in seeds]
        told = processes.map(play, jobs)
        for name in names:
            of[name] = [next(told) for _ in seeds]
            print(f"{name}: done", file=sys.stderr, flush=True)
    print(f"{asked.pacing}, {AGENTS} agents, {len(seeds)} seeds\n")
    print(f"While the burst lasts:\n\n{_table({name: [t.burst for t in of[name]] for name in of})}")
    print(f"\nThe whole shift:\n\n{_table({name: [t.shift for t in of[name]] for name in of})}")
    print(f"\nBeside no guard, seed by seed:\n\n{_apart(of)}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench.blended", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="three guards, two seeds")
    parser.add_argument("--asterisk", action="store_true", help="a smaller scene, real, once")
    parser.add_argument("--pacing", default="predictive")
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--rules", nargs="+", choices=RULES, metavar="GUARD")
    return parser


def _table(of: dict[str, list[Figures]]) -> str:
    return markdown(HEADS, [cells(name, figures) for name, figures in of.items()])


def _apart(of: dict[str, list[Told]]) -> str:
    burst = {name: [one.burst for one in of[name]] for name in of}
    shift = {name: [one.shift for one in of[name]] for name in of}
    columns = {
        "served in time in the burst, points": gains(burst, _service_level, 100.0),
        "in the shift, points": gains(shift, _service_level, 100.0),
        "campaign talk of the shift, minutes": gains(shift, _talk_hours, 60.0),
    }
    rows = [[name, *(column[name] for column in columns.values())] for name in of]
    return markdown(["guard", *columns], rows)


def _service_level(figures: Figures) -> float:
    return figures.service_level


def _talk_hours(figures: Figures) -> float:
    return figures.talk_hours
