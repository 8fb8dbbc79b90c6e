"""Callers who mean no good, thousands of them: any keys, in bursts, held for ever, and hang-ups.

Who calls does one of these, drawn with a seed: hangs up before the answer (CANCEL), at once after
it, in the middle of a prompt, or after keys; presses one key after another, a burst of all sixteen,
a key held for seconds, or keys of the menu itself, which lead deep into it. When all have called,
nothing may be left: no channel, no open call, no error in the log, no packet unanswered; and every
queue that was reached is one that the menu or the floor's fallback names.

    python -m bench.ivr.hostile [--calls 10000] [--at-once 120] [--menu FILE]
"""

from __future__ import annotations

import asyncio
import os
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from bench.ivr.house import House, house
from bench.ivr.load import Meter, load, told
from bench.ivr.menu_map import MenuMap
from bench.ivr.options import parser
from bench.ivr.phone import Call, HungUpError
from bench.ivr.rtp import KEYS

_PAGE = 200
#: a caller in a queue stays until then
_LONGEST_SECONDS = 8.0
_END_SECONDS, _RECORD_SECONDS = 60.0, 180.0

Behaviour = Callable[[Call, random.Random], Awaitable[None]]


async def cancels(call: Call, rng: random.Random) -> None:
    """Hangs up while it rings, or just when it is answered."""
    await asyncio.sleep(rng.choice((0.0, 0.0, 0.002, 0.005, 0.01)))
    call.hang_up()


async def leaves_at_once(call: Call, rng: random.Random) -> None:
    """Hangs up as soon as somebody answers."""
    await call.is_up()
    await asyncio.sleep(rng.choice((0.0, 0.01, 0.05)))


async def leaves_in_a_prompt(call: Call, rng: random.Random) -> None:
    """Listens for a while."""
    await call.is_up()
    await asyncio.sleep(rng.uniform(0.1, 6.0))


async def presses_anything(call: Call, rng: random.Random) -> None:
    """Keys of all sixteen, quickly or slowly, and a hang-up in the middle of a key."""
    await call.is_up()
    for _ in range(rng.randint(1, 12)):
        keys = rng.choices(KEYS, k=rng.randint(1, 4))
        await call.press(keys, held=rng.uniform(0.02, 0.15), gap=rng.uniform(0.02, 0.4))
        await asyncio.sleep(rng.choice((0.0, 0.1, 0.5)))


async def presses_a_burst(call: Call, rng: random.Random) -> None:
    """Dozens of keys without a pause, then stays or goes."""
    await call.is_up()
    keys = rng.choices(KEYS, k=rng.randint(16, 60))
    await call.press(keys, held=0.04, gap=0.0)
    await asyncio.sleep(rng.uniform(0.0, 2.0))


async def holds_a_key(call: Call, rng: random.Random) -> None:
    """Holds one for seconds; half of them hang up before it ends."""
    await call.is_up()
    key = rng.choice(KEYS)
    if rng.random() < 0.5:
        asyncio.get_running_loop().call_later(rng.uniform(0.2, 2.0), call.hang_up)
    await call.press(key, held=rng.uniform(1.0, 5.0))


async def knows_the_menu(call: Call, rng: random.Random) -> None:
    """Digits one after the other, with time to hear what they lead to."""
    await call.is_up()
    for _ in range(rng.randint(1, 6)):
        await call.press(rng.choice("01234569*#"))
        await asyncio.sleep(rng.uniform(0.0, 1.0))


BEHAVIOURS: dict[Behaviour, int] = {
    cancels: 2,
    leaves_at_once: 2,
    leaves_in_a_prompt: 2,
    presses_anything: 5,
    presses_a_burst: 3,
    holds_a_key: 1,
    knows_the_menu: 5,
}


async def attacked(scene: House, calls: int, at_once: int, seed: int) -> Counter[str]:
    """So many calls, so many of them at the same time; how each ended."""
    ends: Counter[str] = Counter()
    left = iter(range(calls))

    async def caller() -> None:
        for number in left:
            rng = random.Random(seed * 1_000_003 + number)
            behave = rng.choices(list(BEHAVIOURS), list(BEHAVIOURS.values()))[0]
            call = scene.exchange.call(scene.number, f"57302{number:07d}")
            try:
                async with asyncio.timeout(_LONGEST_SECONDS):
                    await behave(call, rng)
            except (TimeoutError, HungUpError):
                pass
            call.hang_up()
            await call.ended(_END_SECONDS)
            reached = "after" if call.times.answered else "before"
            by = call.ended_by or "nobody"
            ends[f"{behave.__name__}: ended {reached} the answer by {by}"] += 1
            if number % 500 == 499:
                print(f"{number + 1} called; {load()}", flush=True)

    async with asyncio.TaskGroup() as group:
        for _ in range(at_once):
            group.create_task(caller())
    return ends


async def records(scene: House, at_least: int) -> list[dict[str, Any]]:
    """Every call record, once there are so many and all have ended; else what there is in time."""
    until = time.monotonic() + _RECORD_SECONDS
    while True:
        found: list[dict[str, Any]] = []
        cursor = ""
        while True:
            path = f"/calls?limit={_PAGE}" + (f"&cursor={cursor}" if cursor else "")
            page = await scene.client.get(path)
            found += page["items"]
            cursor = page["next_cursor"]
            if not cursor:
                break
        ended = [call for call in found if call["ended_at"]]
        if (len(ended) >= at_least and len(ended) == len(found)) or time.monotonic() > until:
            return found
        await asyncio.sleep(2.0)


def queues_of(calls: Sequence[dict[str, Any]]) -> Counter[str]:
    """The queues that were reached."""
    return Counter(stay["queue"] for call in calls for stay in call["stays"])


async def show(arguments: Sequence[str] | None = None) -> None:
    """Attack and print what is left."""
    asking = parser("hostile", __doc__)
    asking.add_argument("--calls", type=int, default=10_000)
    asking.add_argument("--at-once", type=int, default=120)
    asked = asking.parse_args(arguments)
    menu = MenuMap.read(asked.menu)
    async with house(asked.menu, sounds=asked.sounds) as scene:
        pids = {"Asterisk": scene.asterisk_pid, "linea800": scene.service_pid}
        meter = Meter(pids | {"bench": os.getpid()})
        began = time.monotonic()
        ends = await attacked(scene, asked.calls, asked.at_once, asked.seed)
        seconds = time.monotonic() - began
        print(f"{asked.calls} calls in {seconds:.0f} s ({asked.calls / seconds:.1f} a second)")
        print(f"processors: {told(meter.shares())}; {load()}")
        for what, count in sorted(ends.items()):
            print(f"  {what}: {count}")
        empty = await scene.empty(_END_SECONDS)
        left, open_calls = await scene.channels(), await scene.open_calls()
        stuck = await scene.dialogues()
        print(
            f"nothing left: {empty} (channels {left}, open calls {len(open_calls)}, "
            f"dialogues {stuck})"
        )
        answered = sum(count for what, count in ends.items() if "after the answer" in what)
        kept = await records(scene, at_least=answered)
        reached = queues_of(kept)
        allowed = menu.queues | {scene.fallback_queue}
        print(f"records: {len(kept)}, without an end {sum(not c['ended_at'] for c in kept)}")
        print(f"outcomes: {dict(Counter(call['outcome'] for call in kept))}")
        print(
            f"queues reached: {dict(reached)}; beyond the menu: {set(reached) - allowed or 'none'}"
        )
        print(
            f"SIP messages without an answer: {dict(Counter(scene.exchange.unanswered)) or 'none'}"
        )
        print(f"faults in the log: {scene.faults() or 'none'}")


def main(arguments: Sequence[str] | None = None) -> None:
    """The command."""
    asyncio.run(show(arguments))


if __name__ == "__main__":
    main()
