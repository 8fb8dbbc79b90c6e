"""From the end of a key to the first audible packet of the next prompt, with many callers at once.

Each caller walks through the menu by keys that lead to another prompt, pressed while the one before
is still spoken. The end of a key is the first RFC 4733 packet with the end bit, as it was sent; the
prompt's packet counts when the kernel took it in. Both are of this machine's one clock.

    python -m bench.ivr.reaction [--callers 50] [--seconds 60] [--menu FILE]
"""

from __future__ import annotations

import asyncio
import os
import time
from collections import Counter
from collections.abc import Sequence

from bench.ivr.house import House, house
from bench.ivr.load import Meter, load, told
from bench.ivr.options import milliseconds, parser
from bench.ivr.walker import Walk, Walkers

_PRESSES = 12
_TARGET_SECONDS = 0.25


async def measured(scene: House, walkers: Walkers, callers: int, seconds: float) -> list[Walk]:
    """So many callers at once for so long; who is done calls again."""
    walks: list[Walk] = []
    until = time.monotonic() + seconds

    async def call_again(number: int) -> None:
        await asyncio.sleep(walkers.rng.uniform(0, min(seconds / 4, callers / 20)))
        while time.monotonic() < until:
            walks.append(await walkers.walk(f"57300{number:07d}", _PRESSES))

    async with asyncio.TaskGroup() as group:
        for number in range(callers):
            group.create_task(call_again(number))
    return walks


def tell(walks: Sequence[Walk], callers: int) -> None:
    """Print the figures."""
    reactions = [each for walk in walks for each in walk.reactions]
    firsts = [walk.first_prompt for walk in walks if walk.first_prompt is not None]
    late = sum(each > _TARGET_SECONDS for each in reactions)
    print(f"{callers} callers at once, {len(walks)} calls, {len(reactions)} keys")
    print(f"key to the next prompt: {milliseconds(reactions)}")
    print(f"over {_TARGET_SECONDS * 1000:g} ms: {late}")
    print(f"answer to the first prompt: {milliseconds(firsts)}")
    print(f"lost: {dict(Counter(walk.lost for walk in walks if walk.lost)) or 'none'}")


async def show(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    asking = parser("reaction", __doc__)
    asking.add_argument("--callers", type=int, default=50)
    asking.add_argument("--seconds", type=float, default=60)
    asked = asking.parse_args(arguments)
    async with house(asked.menu, sounds=asked.sounds) as scene:
        walkers = await Walkers.of(scene, asked.menu, asked.seed)
        pids = {"Asterisk": scene.asterisk_pid, "linea800": scene.service_pid}
        meter = Meter(pids | {"bench": os.getpid()})
        before = load()
        walks = await measured(scene, walkers, asked.callers, asked.seconds)
        shares = meter.shares()
        tell(walks, asked.callers)
        print(f"processors: {told(shares)}; {before} before, {load()} after")
        print(f"the bench's latest beat: {scene.exchange.most_late_seconds * 1000:.0f} ms late")
        print(f"all ended: {await scene.empty(30)}; faults in the log: {scene.faults() or 'none'}")


def main(arguments: Sequence[str] | None = None) -> None:
    """The command."""
    asyncio.run(show(arguments))


if __name__ == "__main__":
    main()
