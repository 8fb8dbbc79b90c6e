"""The menu is loaded anew again and again while callers walk through it; nobody may be dropped.

`POST /menus/reload` a thousand times. Every reload finds another content, so another version; every
tenth finds a broken file, which must be refused and must not replace the good one. Callers are
replaced as they leave, and each prompt they hear must be the one their menu says.

    python -m bench.ivr.reloads [--reloads 1000] [--callers 40] [--menu FILE]
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from bench.ivr.capacity import Crowd
from bench.ivr.house import House, house
from bench.ivr.load import load
from bench.ivr.options import milliseconds, parser
from bench.ivr.walker import Walkers
from linea800.demo.client import ApiRefusedError

ROUTE = "/menus/reload"
_EVERY_BROKEN = 10
_WARM_UP_SECONDS = 10.0


@dataclass(slots=True)
class Reloads:
    """What became of them."""

    taken: list[float] = field(default_factory=list)
    refused: list[float] = field(default_factory=list)
    #: broken files that were taken, good ones that were refused
    wrong: list[str] = field(default_factory=list)


async def reload_again_and_again(scene: House, times: int, every_seconds: float) -> Reloads:
    """Write a good or a broken file and ask for it, so many times."""
    good = scene.menu_file.read_text()
    told = Reloads()
    for number in range(times):
        broken = number % _EVERY_BROKEN == _EVERY_BROKEN - 1
        # the patience differs by a little: another content, so another version
        text = _broken(good, number) if broken else _another(good, number)
        scene.menu_file.write_text(text)
        began = time.monotonic()
        try:
            answer = await scene.client.post(ROUTE)
        except ApiRefusedError as error:
            told.refused.append(time.monotonic() - began)
            if not broken:
                told.wrong.append(f"a good file was refused: {error}")
        else:
            told.taken.append(time.monotonic() - began)
            if broken:
                told.wrong.append("a broken file was taken")
            elif not answer["changed"]:
                told.wrong.append("a good file changed nothing")
        await asyncio.sleep(max(began + every_seconds - time.monotonic(), 0))
    scene.menu_file.write_text(good)
    return told


def _another(good: str, number: int) -> str:
    seconds = 5 + (1 + number % 500) / 1000
    return good.replace("no_input_seconds: 5", f"no_input_seconds: {seconds}", 1)


def _broken(good: str, number: int) -> str:
    kinds = (
        good.replace("start: ", "start: nowhere_", 1),
        good + "\n  : [",
        good.replace("kind: menu", "kind: labyrinth", 1),
        "",
    )
    return kinds[number // _EVERY_BROKEN % len(kinds)]


async def show(arguments: Sequence[str] | None = None) -> None:
    """Reload and print."""
    asking = parser("reloads", __doc__)
    asking.add_argument("--reloads", type=int, default=1000)
    asking.add_argument("--callers", type=int, default=40)
    asking.add_argument("--every-seconds", type=float, default=0.1)
    asked = asking.parse_args(arguments)
    async with house(asked.menu, sounds=asked.sounds) as scene:
        walkers = await Walkers.of(scene, asked.menu, asked.seed)
        crowd = Crowd(walkers)
        await crowd.grow(asked.callers)
        staying = asyncio.create_task(crowd.stay(float("inf")))
        await asyncio.sleep(_WARM_UP_SECONDS)
        told = await reload_again_and_again(scene, asked.reloads, asked.every_seconds)
        staying.cancel()
        await asyncio.wait({staying})
        await crowd.leave()
        level = crowd.level
        reactions = [each for walk in level.walks for each in walk.reactions]
        print(f"{asked.reloads} reloads: {len(told.taken)} taken, {len(told.refused)} refused")
        print(f"taken within: {milliseconds(told.taken)}; refused: {milliseconds(told.refused)}")
        print(f"wrong: {dict(Counter(told.wrong)) or 'none'}")
        print(f"{asked.callers} callers at once, {len(level.walks)} calls, {len(reactions)} keys")
        print(f"key to the next prompt: {milliseconds(reactions)}")
        print(f"dropped or misled: {dict(level.lost) or 'none'}")
        print(f"all ended: {await scene.empty(60)}; faults in the log: {scene.faults() or 'none'}")
        print(load())


def main(arguments: Sequence[str] | None = None) -> None:
    """The command."""
    asyncio.run(show(arguments))


if __name__ == "__main__":
    main()
