"""What is not speech: pauses, clicks, noise, music, beeps and tones, and all of it in one line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from random import Random
from typing import Self

import numpy as np

from prompts.audio import RATE, Samples, frame_levels
from prompts.hold_tune import hold_tune

#: how loud speech is, its pauses not counted
SPEECH_DBFS = -20.0
_FRAME_SECONDS = 0.02
_BEEP_HERTZ = (440, 620, 800, 941, 1000, 1004, 1400)


@dataclass(frozen=True, slots=True)
class Piece:
    """Some sound; `speech` marks where a greeting begins, `beep` what the end is counted from."""

    samples: Samples
    speech: bool = False
    beep: bool = False

    @classmethod
    def pause(cls, seconds: float) -> Self:
        """Nothing, for so long."""
        return cls(np.zeros(round(seconds * RATE)))


def laid_out(pieces: Sequence[Piece]) -> tuple[Samples, float, float | None]:
    """All in a row, when the greeting begins, and when the last beep is over, in seconds."""
    at, speech_at, beep_over_at = 0, None, None
    for piece in pieces:
        if piece.speech and speech_at is None:
            speech_at = at / RATE
        at += len(piece.samples)
        if piece.beep:
            beep_over_at = at / RATE
    return np.concatenate([piece.samples for piece in pieces]), speech_at or 0.0, beep_over_at


def ratio(decibels: float) -> float:
    """Decibels as a factor of the amplitude."""
    return float(10 ** (decibels / 20))


def levelled(samples: Samples) -> Samples:
    """The sound at 8 kHz with its speech, not its pauses, as loud as speech is."""
    levels = frame_levels(samples, round(RATE * _FRAME_SECONDS))
    speech = levels[levels > levels.max() * ratio(-25)]
    return samples * (ratio(SPEECH_DBFS) / float(np.sqrt(np.mean(speech**2))))


def tone(hertz: float, seconds: float, decibels: float = SPEECH_DBFS) -> Samples:
    """A sine without clicks at its ends; `decibels` of its effective value."""
    time = np.arange(round(seconds * RATE)) / RATE
    edge = np.minimum(np.minimum(time, time[-1] - time) / 0.005, 1)
    wave: Samples = np.sin(2 * np.pi * hertz * time) * edge * ratio(decibels) * np.sqrt(2)
    return wave


def beep(random: Random) -> list[Piece]:
    """One beep, sometimes two, of some pitch, length and loudness."""
    hertz = random.choice(_BEEP_HERTZ) if random.random() < 0.6 else random.uniform(400, 1500)
    seconds, decibels = random.uniform(0.15, 0.9), SPEECH_DBFS + random.uniform(-8, 4)
    one = Piece(tone(hertz, seconds, decibels), beep=True)
    if random.random() < 0.12:
        return [one, Piece.pause(random.uniform(0.08, 0.25)), one]
    return [one]


def special_information() -> list[Piece]:
    """The three rising tones of ITU-T E.180."""
    first, *others = (Piece(tone(hertz, 0.33), speech=hertz == 950) for hertz in (950, 1400, 1800))
    return [first, *(piece for other in others for piece in (Piece.pause(0.02), other))]


def busy() -> list[Piece]:
    """A busy tone of 425 Hz, ten times."""
    on, off = Piece(tone(425, 0.25), speech=True), Piece.pause(0.25)
    return [piece for _ in range(10) for piece in (on, off)]


def music(random: Random, seconds: float) -> Samples:
    """Some seconds of our hold tune, as loud as speech."""
    tune = _hold_tune()
    begin = random.randrange(len(tune) - round(seconds * RATE))
    some = tune[begin : begin + round(seconds * RATE)]
    return some * (ratio(SPEECH_DBFS) / float(np.sqrt(np.mean(some**2))))


@lru_cache
def _hold_tune() -> Samples:
    return hold_tune()


def click(random: Random) -> Samples:
    """A handset picked up: a knock that dies away within some tens of milliseconds."""
    numbers = np.random.default_rng(random.getrandbits(32))
    seconds = random.uniform(0.01, 0.06)
    time = np.arange(round(seconds * RATE)) / RATE
    knock: Samples = numbers.uniform(-1, 1, len(time)) * np.exp(-time / (seconds / 4))
    return knock * ratio(SPEECH_DBFS + random.uniform(-6, 12))


def noise(random: Random, length: int, decibels: float) -> Samples:
    """What the line and the room sound like: noise that falls off towards high notes."""
    numbers = np.random.default_rng(random.getrandbits(32))
    white = numbers.standard_normal(length + 7)
    soft = np.convolve(white, np.ones(8) / 8, mode="valid")
    return soft * (ratio(decibels) / float(np.sqrt(np.mean(soft**2))))
