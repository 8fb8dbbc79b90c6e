"""Voices for the greetings: espeak-ng with another speaker, speed and pitch for each."""

from __future__ import annotations

import io
import os
import subprocess
import wave
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Protocol

import numpy as np

from bench.amd.sound import levelled
from prompts.audio import Samples, resampled, trimmed
from prompts.speech import SpeechError

_LANGUAGES = {"es": ("es-419", "es-419", "es"), "en": ("en-us", "en-us", "en-gb")}
_SPEAKERS = ("m1", "m2", "m3", "m4", "m5", "m6", "m7", "m8", "f1", "f2", "f3", "f4", "f5")
_TIMEOUT_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Voice:
    """One speaker; speed in words a minute, pitch from 0 to 99."""

    name: str
    speed: int
    pitch: int


class Say(Protocol):
    """Turns a text into samples at 8 kHz, from -1 to 1, without silence around them."""

    def __call__(self, voice: Voice, text: str) -> Samples:
        """The text as the voice says it."""


def draw_voice(random: Random, language: str) -> Voice:
    """Somebody who speaks the language."""
    return Voice(
        name=f"{random.choice(_LANGUAGES[language])}+{random.choice(_SPEAKERS)}",
        speed=random.randint(140, 205),
        pitch=random.randint(25, 75),
    )


class Espeak:
    """espeak-ng as a `Say`."""

    def __init__(self, program: Path, data: Path | None = None) -> None:
        self._program = str(program)
        self._environment = dict(os.environ)
        if data is not None:
            self._environment["ESPEAK_DATA_PATH"] = str(data)

    def __call__(self, voice: Voice, text: str) -> Samples:
        """The text as the voice says it; raises `SpeechError`."""
        # -b 1: UTF-8; -z: no pause after the last sentence; -a: far from clipping
        options = ["-v", voice.name, "-s", str(voice.speed), "-p", str(voice.pitch), "-a", "70"]
        done = subprocess.run(
            [self._program, *options, "-b", "1", "-z", "--stdin", "--stdout"],
            input=text.encode(),
            capture_output=True,
            env=self._environment,
            timeout=_TIMEOUT_SECONDS,
            check=False,
        )
        if done.returncode or not done.stdout:
            raise SpeechError(f"espeak-ng failed on {text!r} with {voice.name}")
        with wave.open(io.BytesIO(done.stdout)) as sound:
            rate = sound.getframerate()
        # the header of a stream does not know the length: 44 bytes, then samples to the end
        samples = np.frombuffer(done.stdout[44:], "<i2").astype(np.float64) / 32768
        return levelled(resampled(trimmed(samples, rate), rate))
