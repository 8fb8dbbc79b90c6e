"""How many callers the menu can lead at once: more and more, until one is lost or waits too long.

At each level so many callers walk through the menu; who is done is replaced by a new one at once,
so new calls keep coming. A level is good when the first prompts' p99 (from Asterisk's 200 OK to the
first audible packet) is within 300 ms and no call was lost: unanswered, ended by Asterisk, or left
without an answer to a key. The calls that count began when all the level's callers were there.

    python -m bench.ivr.capacity [--levels 50 100 150 …] [--seconds 40] [--menu FILE]
"""

from __future__ import annotations

import asyncio
import os
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from bench.ivr.house import house
from bench.ivr.load import Meter, load, told
from bench.ivr.options import milliseconds, parser
from bench.ivr.walker import Walk, Walkers

_LEVELS = (50, 100, 150, 200, 250, 300, 350, 400, 500, 600)
_PRESSES = 20
_NEW_PER_SECOND = 20.0
_TARGET_SECONDS, _SHARE = 0.3, 99
_BENCH_LATE_SECONDS = 0.1


@dataclass(slots=True)
class Level:
    """What was seen at one level, also of calls that still go on."""

    callers: int
    walks: list[Walk] = field(default_factory=list)
    processors: str = ""

    @property
    def firsts(self) -> list[float]:
        """Seconds."""
        return [walk.first_prompt for walk in self.walks if walk.first_prompt is not None]

    @property
    def lost(self) -> Counter[str]:
        """Why calls were lost."""
        return Counter(walk.lost for walk in self.walks if walk.lost)

    @property
    def good(self) -> bool:
        """Whether the level may be called carried."""
        firsts = self.firsts
        return (
            not self.lost
            and bool(firsts)
            and float(np.percentile(np.array(firsts), _SHARE)) <= _TARGET_SECONDS
        )


class Crowd:
    """Callers who are replaced as they leave, as many as `wanted`."""

    def __init__(self, walkers: Walkers) -> None:
        self.level = Level(0)
        self._walkers = walkers
        self._running: set[asyncio.Task[None]] = set()
        self._number = 0

    async def grow(self, callers: int) -> None:
        """More, one after the other, as calls come to a line."""
        self.level = Level(callers)
        while len(self._running) < callers:
            task = asyncio.create_task(self._one())
            self._running.add(task)
            task.add_done_callback(self._running.discard)
            await asyncio.sleep(1 / _NEW_PER_SECOND)

    async def stay(self, seconds: float) -> None:
        """Hold the level; what was seen before it was reached does not count."""
        self.level = Level(self.level.callers)
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            while len(self._running) < self.level.callers:
                task = asyncio.create_task(self._one())
                self._running.add(task)
                task.add_done_callback(self._running.discard)
            await asyncio.sleep(0.1)

    async def leave(self) -> None:
        """Everybody finishes the walk that was begun."""
        if self._running:
            await asyncio.wait(set(self._running))

    async def _one(self) -> None:
        level, walk, self._number = self.level, Walk(), self._number + 1
        level.walks.append(walk)
        await self._walkers.walk(f"57301{self._number % 10**7:07d}", _PRESSES, walk)
        if walk.lost and self.level is not level:
            self.level.walks.append(walk)  # it is this level that lost it


async def show(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    asking = parser("capacity", __doc__)
    asking.add_argument("--levels", type=int, nargs="+", default=list(_LEVELS))
    asking.add_argument("--seconds", type=float, default=40)
    asked = asking.parse_args(arguments)
    async with house(asked.menu, sounds=asked.sounds) as scene:
        walkers = await Walkers.of(scene, asked.menu, asked.seed)
        pids = {"Asterisk": scene.asterisk_pid, "linea800": scene.service_pid}
        crowd, best = Crowd(walkers), 0
        print(load(), flush=True)
        for callers in asked.levels:
            await crowd.grow(callers)
            meter = Meter(pids | {"bench": os.getpid()})
            scene.exchange.most_late_seconds = 0.0
            await crowd.stay(asked.seconds)
            level = crowd.level
            level.processors = told(meter.shares())
            _tell(level, scene.exchange.most_late_seconds)
            if not level.good:
                break
            best = callers
        await crowd.leave()
        print(f"highest good number of callers: {best}; {load()}")
        print(f"all ended: {await scene.empty(60)}; faults in the log: {scene.faults() or 'none'}")


def _tell(level: Level, late: float) -> None:
    reactions = [each for walk in level.walks for each in walk.reactions]
    print(f"{level.callers} callers, {len(level.walks)} calls: {'good' if level.good else 'BAD'}")
    print(f"  first prompt: {milliseconds(level.firsts)}")
    print(f"  key to prompt: {milliseconds(reactions)}")
    print(f"  lost: {dict(level.lost) or 'none'}")
    print(f"  processors: {level.processors}; latest beat of the bench {late * 1000:.0f} ms")
    if late > _BENCH_LATE_SECONDS:
        print("  the bench itself came too late: this level tells nothing of the house")
    print(flush=True, end="")


def main(arguments: Sequence[str] | None = None) -> None:
    """The command."""
    asyncio.run(show(arguments))


if __name__ == "__main__":
    main()
