"""A caller's attention: which prompt begins when, told while the call goes on."""

from __future__ import annotations

import asyncio
import time
from typing import NamedTuple

from bench.ivr.ear import Catalogue, Prompt
from bench.ivr.phone import Call
from bench.ivr.rtp import PACKET_SECONDS, Heard

#: a step back in a prompt by more than this is its new beginning
_BACK_SECONDS = 0.1


class Begun(NamedTuple):
    """A prompt's first audible packet: when it came, and how far into the prompt it lies.

    `prompts` are more than one as long as they sound alike; in `Listener.begun` it is settled.
    """

    prompts: tuple[Prompt, ...]
    at: float
    into_seconds: float

    @property
    def prompt(self) -> Prompt:
        """The first of those that it may be."""
        return self.prompts[0]


class Listener:
    """Hears one call. Whatever begins is told once, by `next`; `begun` has it all."""

    def __init__(self, call: Call, catalogue: Catalogue) -> None:
        self.begun: list[Begun] = []
        self._call = call
        self._catalogue = catalogue
        self._last: dict[Prompt, float] = {}
        self._told: asyncio.Queue[Begun | None] = asyncio.Queue()
        self._over = asyncio.create_task(self._tell_the_end())
        call.ears.append(self._hear)

    async def next(self, seconds: float, *, after: float = 0.0) -> Begun | None:
        """What begins next, `after` a moment; None when nothing does in `seconds`."""
        try:
            async with asyncio.timeout(seconds):
                while begun := await self._told.get():
                    if begun.at > after:
                        return begun
        except TimeoutError:
            pass
        return None

    async def until(self, prompt: Prompt, seconds: float) -> Begun | None:
        """Wait until this prompt begins; None when it does not in that time."""
        try:
            async with asyncio.timeout(seconds):
                while begun := await self._told.get():
                    if prompt in begun.prompts:
                        return begun
        except TimeoutError:
            pass
        return None

    async def settled(self, seconds: float = 1.0) -> Begun:
        """What began last, once it is known which of those that begin alike it is."""
        until = time.monotonic() + seconds
        # what settles it are packets
        while len(self.begun[-1].prompts) > 1 and time.monotonic() < until:  # noqa: ASYNC110
            await asyncio.sleep(PACKET_SECONDS)
        return self.begun[-1]

    def close(self) -> None:
        """Listen no more."""
        self._over.cancel()
        if self._hear in self._call.ears:
            self._call.ears.remove(self._hear)

    def _hear(self, heard: Heard) -> None:
        places = self._catalogue.places(heard)
        if not places:
            return
        goes_on = {
            prompt: seconds
            for prompt, seconds in places.items()
            if seconds > self._last.get(prompt, seconds) - _BACK_SECONDS and prompt in self._last
        }
        self._last = goes_on or places
        if goes_on:
            begun = self.begun[-1]
            left = tuple(prompt for prompt in begun.prompts if prompt in goes_on)
            self.begun[-1] = begun._replace(prompts=left or begun.prompts)
        else:
            begun = Begun(tuple(places), heard.at, next(iter(places.values())))
            self.begun.append(begun)
            self._told.put_nowait(begun)

    async def _tell_the_end(self) -> None:
        await self._call.over.wait()
        self._told.put_nowait(None)
