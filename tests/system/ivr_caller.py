"""A subscriber with a script: waits for prompts, presses keys, hangs up; all that is heard is kept.

The same script makes a call of our own phone, which knows what it hears, or keys for SIPp, which
presses them blindly at their times.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from bench.ivr.ear import Catalogue, Prompt
from bench.ivr.exchange import Exchange
from bench.ivr.listener import Begun, Listener
from bench.ivr.phone import Call
from bench.ivr.rtp import ALAW, Heard, Samples, audio
from traffic.scenario import Step

#: until a prompt begins that comes next
PATIENCE_SECONDS = 60.0
#: SIPp cannot hear: so long after the answer, or after a key, it presses the next one
BLIND_MS, TYPED_ON_MS = 2200, 200
#: the room a prompt's last packets get
_TAIL_SECONDS = 0.3


@dataclass(frozen=True, slots=True)
class Hears:
    """Wait until the prompt begins."""

    name: str
    language: str = "es"


@dataclass(frozen=True, slots=True)
class HearsOut:
    """Wait until the prompt begins, and then to its end."""

    name: str
    language: str = "es"


@dataclass(frozen=True, slots=True)
class Presses:
    """Keys one after the other."""

    keys: str


@dataclass(frozen=True, slots=True)
class Waits:
    """Do nothing."""

    seconds: float


Script = Sequence[Hears | HearsOut | Presses | Waits]


@dataclass(slots=True)
class Account:
    """What a caller lived through: what was heard as sound, and which prompt began when."""

    call: Call
    packets: list[Heard] = field(default_factory=list)
    begun: list[Begun] = field(default_factory=list)

    @property
    def names(self) -> list[tuple[str, str]]:
        """The prompts in the order they were heard, with their languages."""
        return [(begun.prompt.name, begun.prompt.language) for begun in self.begun]

    def whole(self, catalogue: Catalogue) -> list[tuple[Prompt, Samples]]:
        """Each prompt that was heard to its end, as it was recorded."""
        heard = []
        ends = [*(begun.at for begun in self.begun[1:]), self.call.times.ended]
        for begun, end in zip(self.begun, ends, strict=True):
            seconds = catalogue.seconds(begun.prompt) - begun.into_seconds
            if end - begun.at >= seconds - 0.1:
                until = min(begun.at + seconds + _TAIL_SECONDS, end)
                sound = self.between(begun.at - begun.into_seconds, until)
                # a key may have ended its last packets; what is compared is as long as the prompt
                missing = max(len(catalogue.samples[begun.prompt]) - len(sound), 0)
                heard.append((begun.prompt, np.pad(sound, (0, missing))))
        return heard

    def between(self, start: float, end: float) -> Samples:
        """What was recorded from a moment to another, epoch seconds."""
        return audio([each for each in self.packets if start - 0.03 <= each.at <= end])


async def call(
    exchange: Exchange,
    catalogue: Catalogue,
    number: str,
    caller_number: str,
    script: Script,
    codec: int = ALAW,
) -> Account:
    """Make the call; fails with what was waited for. The account is complete."""
    subscriber = exchange.call(number, caller_number, codec)
    account = Account(subscriber)
    subscriber.ears.append(account.packets.append)
    listener = Listener(subscriber, catalogue)
    account.begun = listener.begun
    try:
        assert await subscriber.is_up(), f"the call was not answered: {subscriber.refusal}"
        for step in script:
            await _do(step, subscriber, listener, catalogue)
    finally:
        listener.close()
        subscriber.hang_up()
    return account


async def _do(
    step: Hears | HearsOut | Presses | Waits, call: Call, listener: Listener, catalogue: Catalogue
) -> None:
    match step:
        case Presses(keys=keys):
            await call.press(keys)
        case Waits(seconds=seconds):
            await asyncio.sleep(seconds)
        case Hears(name=name, language=language) | HearsOut(name=name, language=language):
            prompt = Prompt(language, name)
            begun = await listener.until(prompt, PATIENCE_SECONDS)
            assert begun is not None, (
                f"{step} did not come; heard {[each.prompt.name for each in listener.begun]}"
            )
            if isinstance(step, HearsOut):
                await asyncio.sleep(catalogue.seconds(prompt) - begun.into_seconds)


def blind(script: Script) -> list[Step]:
    """The keys of a script for SIPp: pauses in the place of prompts."""
    steps: list[Step] = []
    pause = BLIND_MS
    for each in script:
        match each:
            case Waits(seconds=seconds):
                pause += round(seconds * 1000)
            case Presses(keys=keys):
                for key in keys:
                    steps.append(Step(pause, key))
                    pause = TYPED_ON_MS
                pause = BLIND_MS
            case _:
                pass  # it is heard meanwhile
    return steps
