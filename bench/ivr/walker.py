"""A caller who walks through a menu for a while, and how long each answer took."""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from bench.ivr.ear import Catalogue
from bench.ivr.house import House
from bench.ivr.listener import Begun, Listener
from bench.ivr.menu_map import Leads, MenuMap, Stop
from bench.ivr.phone import Call, EndedBy, HungUpError

#: how long a caller listens before a key
THINKS_SECONDS = (0.4, 2.5)
#: what comes later is not an answer
_PATIENCE_SECONDS = 5.0
#: until the first menu: greetings come before it
_GREETING_SECONDS = 60.0


@dataclass(slots=True, kw_only=True)
class Walk:
    """One call; `lost` says what went wrong, "" if nothing did. Times are seconds."""

    answer: float | None = None
    #: from Asterisk's answer to the first audible packet
    first_prompt: float | None = None
    #: from a key's first end packet to the first audible packet of the prompt that follows
    reactions: list[float] = field(default_factory=list)
    lost: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Walkers:
    """What all walkers of a house share."""

    house: House
    catalogue: Catalogue
    menu: MenuMap
    rng: random.Random

    @classmethod
    async def of(cls, house: House, menu: Path, seed: int) -> Self:
        """Walkers of a menu file; every prompt of the house is made ready beside the wires."""
        return cls(
            house=house,
            catalogue=await asyncio.to_thread(Catalogue, house.sounds),
            menu=MenuMap.read(menu),
            rng=random.Random(seed),
        )

    async def walk(self, caller_number: str, presses: int, walk: Walk | None = None) -> Walk:
        """Call, press so many keys, each of which leads to another prompt, and hang up.

        `walk` is filled while the call goes on.
        """
        walk = walk or Walk()
        call = self.house.exchange.call(self.house.number, caller_number)
        listener = Listener(call, self.catalogue)
        try:
            await self._through(call, listener, walk, presses)
        except HungUpError:
            walk.lost = walk.lost or "Asterisk hung up"
        finally:
            listener.close()
            if call.over.is_set() and call.ended_by is not EndedBy.US:
                walk.lost = walk.lost or f"the call was ended: {call.ended_by} {call.refusal}"
            call.hang_up()
        return walk

    async def _through(self, call: Call, listener: Listener, walk: Walk, presses: int) -> None:
        if not await call.is_up():
            walk.lost = f"not answered ({call.refusal or 'no reply'})"
            return
        walk.answer = call.times.answered - call.times.invited
        begun = await listener.next(_PATIENCE_SECONDS)
        if begun is None:
            walk.lost = "no prompt was heard"
            return
        walk.first_prompt = begun.at - call.times.answered
        stop = await self._menu(listener, begun)
        for _ in range(presses):
            if stop is None:
                walk.lost = "came to no menu"
                return
            # to hear every packet costs time that many callers do not leave
            self.house.exchange.listen(call, ears=False)
            await asyncio.sleep(self.rng.uniform(*THINKS_SECONDS))
            way = self.rng.choice(self.menu.keeps_talking(stop))
            self.house.exchange.listen(call, ears=True)
            press = await call.press(way.key)
            begun = await listener.next(_PATIENCE_SECONDS, after=press.ended_at)
            if begun is None:
                walk.lost = f"no answer to {way.key} at {stop.name}"
                return
            walk.reactions.append(begun.at - press.ended_at)
            begun = await listener.settled()
            expected = self.menu.stops[way.to].prompts[0] if way.leads is Leads.NODE else ""
            if expected and begun.prompt.name != expected:
                walk.lost = f"{way.key} at {stop.name} led to {begun.prompt.name}"
                return
            stop = await self._menu(listener, begun)

    async def _menu(self, listener: Listener, begun: Begun | None) -> Stop | None:
        """The first menu that is heard from here on in which a key keeps the caller talking."""
        stops = self.menu.by_prompt()
        while begun is not None:
            stop = stops.get(begun.prompt.name)
            if stop is not None and self.menu.keeps_talking(stop):
                return stop
            begun = await listener.next(_GREETING_SECONDS)
            begun = begun and await listener.settled()
        return None
