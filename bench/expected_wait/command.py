"""`python -m bench.expected_wait.command`: the error of each formula, world by world."""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from statistics import fmean

from agents.wait_bands import band
from bench.expected_wait.contenders import Contenders
from bench.expected_wait.world import Street, World

WORLDS = (
    *(
        World(name=f"{agents} agents, load {load}", agents=agents, load=load, hours=hours)
        for agents, hours in ((1, 240), (3, 120), (10, 48), (50, 12))
        for load in (0.8, 1.0, 1.3)
    ),
    World(name="10, nobody gives up, load 0.85", agents=10, load=0.85, hours=48, patience=None),
    World(name="10, nobody gives up before long", agents=10, load=1.1, hours=48, patience=400,
          patience_spread=0.6),
    World(name="3, talks alike", agents=3, load=1.1, hours=120, talk_spread=0.3),
    World(name="10, talks very unlike", agents=10, load=1.0, hours=48, talk_spread=1.6),
    World(name="10, pauses", agents=10, load=0.9, hours=48, pause_every=2400),
    World(name="10, one in six goes before", agents=10, load=1.1, hours=48, priority_share=0.17),
    World(name="10, two queues alike", agents=10, load=1.1, hours=48, other_weight=5),
    World(name="10, behind a heavier queue", agents=10, load=1.0, hours=48, other_weight=9),
    World(name="10, before a lighter queue", agents=10, load=1.1, hours=48, other_weight=1,
          other_talk=120),
    World(name="20, half of them in two", agents=20, load=1.05, hours=24, other_weight=5,
          other_part=0.35, shared=0.5),
)  # fmt: skip


def measured(world: World, seeds: Sequence[int]) -> dict[str, tuple[float, float, float, float]]:
    """By formula: mean absolute error and bias in seconds, share in the band, share not later."""
    found: dict[str, list[tuple[float, float]]] = {}
    for seed in seeds:
        street = Street(world, seed)
        Contenders(street)
        street.run()
        for caller in street.asked:
            # the first hour teaches
            if caller.waited is None or caller.joined < 3600.0:
                continue
            for name, told in caller.told.items():
                if told is not None:
                    found.setdefault(name, []).append((told, caller.waited))
    return {name: _figures(pairs) for name, pairs in found.items()}


def _figures(pairs: list[tuple[float, float]]) -> tuple[float, float, float, float]:
    bands = [(band(told), waited) for told, waited in pairs]
    return (
        fmean(abs(told - waited) for told, waited in pairs),
        fmean(told - waited for told, waited in pairs),
        fmean(said is not None and said.holds(waited) for said, waited in bands),
        fmean(said is not None and waited <= said.high_seconds for said, waited in bands),
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Print a table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seeds", type=int, default=2, help="how many days of each world")
    parser.add_argument("--first", type=int, default=10, help="the first seed")
    parser.add_argument("--only", default="", help="worlds with this in their name")
    asked = parser.parse_args(arguments)
    for world in WORLDS:
        if asked.only not in world.name:
            continue
        began = time.perf_counter()
        rows = measured(world, range(asked.first, asked.first + asked.seeds))
        took = time.perf_counter() - began
        print(f"\n{world.name} ({took:.1f} s): error, bias, in the band, not later", flush=True)
        for name, (error, bias, within, not_later) in rows.items():
            print(
                f"  {name:30} {error:7.1f} {bias:+8.1f} {within:6.2f} {not_later:6.2f}", flush=True
            )


if __name__ == "__main__":
    main()
