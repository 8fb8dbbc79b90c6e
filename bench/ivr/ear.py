"""What a caller heard, told by the sound itself: beside every prompt there is.

Two ways. `Catalogue.places` knows a packet at once: the bytes of a prompt as A-law are looked up,
so it tells prompt and place within it, or nothing. `heard` compares whole recordings with one
prompt and tells how alike they are, whatever the codec did to them.
"""

from __future__ import annotations

import wave
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from bench.ivr.rtp import RATE, Heard, Samples, samples_of
from prompts.sounds import PROMPT_FOLDER
from traffic.voice import alaw

#: so many bytes in a row are looked up; a 64-bit number
_GRAM = 8
#: of a packet's bytes that must be the prompt's; a packet may hold the end of one and of another
_SAME_BYTES = 0.75
#: louder than this, mean square, is not silence
_AUDIBLE = 100.0**2
#: the quietest stretch a prompt is looked for in, of its own loudness
_LEAST_ENERGY = 0.01

#: of a prompt, when all are compared, and how many of them are then compared as a whole
_HEAD_SAMPLES, _CLOSE = 12_000, 8

Floats = npt.NDArray[np.float64]


class Prompt(NamedTuple):
    """A prompt by language and name."""

    language: str
    name: str


@dataclass(frozen=True, slots=True)
class Match:
    """How alike a stretch of a recording is to a prompt: 1 is the same sound."""

    prompt: Prompt
    correlation: float
    #: what is not the prompt, beside what is
    signal_to_noise_db: float
    #: where in the recording it begins
    at_seconds: float


class Catalogue:
    """Every prompt as the caller would hear it; `sounds` is the folder of rendered prompts."""

    def __init__(self, sounds: Path, languages: Iterable[str] = ("es", "en")) -> None:
        self.samples: dict[Prompt, Samples] = {}
        for language in languages:
            for file in sorted((sounds / language / PROMPT_FOLDER).glob("[a-z]*.wav")):
                self.samples[Prompt(language, file.stem)] = read(file)
        self._prompts = list(self.samples)
        self._coded = [np.frombuffer(coded(each), np.uint8) for each in self.samples.values()]
        self._starts = np.cumsum([0, *(len(each) for each in self._coded)])
        whole = np.concatenate(self._coded)
        grams = np.lib.stride_tricks.sliding_window_view(whole, _GRAM)
        numbers = np.ascontiguousarray(grams).view(np.uint64).ravel()
        self._order = np.argsort(numbers, kind="stable")
        self._grams = numbers[self._order]
        self._whole = whole

    def seconds(self, prompt: Prompt) -> float:
        """How long the prompt is."""
        return len(self.samples[prompt]) / RATE

    def places(self, heard: Heard) -> dict[Prompt, float]:
        """Where a packet is from, and how many seconds into it; more than one begin alike.

        Empty for silence, music, and what is no prompt.
        """
        samples = samples_of(heard)
        if not audible(samples):
            return {}
        payload = np.frombuffer(heard.payload, np.uint8)
        at = min(int(np.argmax(np.abs(samples))), len(payload) - _GRAM)
        number = np.ascontiguousarray(payload[at : at + _GRAM]).view(np.uint64)[0]
        first = int(np.searchsorted(self._grams, number, "left"))
        last = int(np.searchsorted(self._grams, number, "right"))
        found: list[int] = []
        most = _SAME_BYTES * len(payload)
        for place in self._order[first:last]:
            start = int(place) - at
            if start < 0 or start + len(payload) > len(self._whole):
                continue
            alike = int(np.count_nonzero(self._whole[start : start + len(payload)] == payload))
            if alike > most:
                found, most = [], alike
            if alike == most:
                found.append(int(place))
        return dict(self._at(place, place - at) for place in found)

    def _at(self, place: int, start: int) -> tuple[Prompt, float]:
        """The prompt that has this place of all sounds in a row, and how far into it a start is."""
        which = int(np.searchsorted(self._starts, place, "right")) - 1
        return self._prompts[which], max(start - int(self._starts[which]), 0) / RATE

    def heard(self, recording: Samples, prompt: Prompt) -> Match:
        """The stretch of the recording that is most like the prompt."""
        return _match(prompt, self.samples[prompt], _Recording(recording))

    def best(self, recording: Samples) -> list[Match]:
        """The prompts most like a recording that begins with one, the most alike first.

        All beginnings are compared, and of those most alike the whole prompts.
        """
        beginning = _Recording(recording[: 2 * _HEAD_SAMPLES])
        heads = [
            _match(prompt, samples[:_HEAD_SAMPLES], beginning)
            for prompt, samples in self.samples.items()
        ]
        heads.sort(key=_unlike)
        whole = _Recording(recording)
        matches = [_match(each.prompt, self.samples[each.prompt], whole) for each in heads[:_CLOSE]]
        return sorted(matches, key=_unlike)


def _unlike(match: Match) -> float:
    return -match.correlation


class _Recording:
    """A recording made ready to be compared with many prompts."""

    def __init__(self, samples: Samples) -> None:
        self.samples = samples.astype(np.float64)
        self.energy = np.concatenate([[0.0], np.cumsum(self.samples**2)])
        self._spectra: dict[int, npt.NDArray[np.complex128]] = {}

    def products(self, prompt: Floats) -> Floats:
        """The prompt laid on the recording at every place."""
        size = 1 << (len(self.samples) + len(prompt)).bit_length()
        if size not in self._spectra:
            self._spectra[size] = np.fft.rfft(self.samples, size)
        product = self._spectra[size] * np.conj(np.fft.rfft(prompt, size))
        return np.fft.irfft(product, size)[: max(len(self.samples) - len(prompt) + 1, 0)]


def _match(name: Prompt, samples: Samples, recording: _Recording) -> Match:
    prompt = samples.astype(np.float64)
    products = recording.products(prompt)
    own = float(np.sum(prompt**2))
    if not products.size or not own:
        return Match(name, 0.0, -np.inf, 0.0)
    stretches = recording.energy[len(prompt) :] - recording.energy[: -len(prompt)]
    alike = products / np.sqrt(own * np.maximum(stretches, own * _LEAST_ENERGY))
    at = int(np.argmax(alike))
    stretch = recording.samples[at : at + len(prompt)]
    gain = float(products[at]) / own
    noise = float(np.sum((stretch - gain * prompt) ** 2))
    ratio = 10 * np.log10(gain**2 * own / noise) if noise and gain else np.inf
    return Match(name, float(alike[at]), float(ratio), at / RATE)


def audible(samples: Samples) -> bool:
    """Whether there is more than silence."""
    return samples.size > 0 and float(np.mean(samples.astype(np.float64) ** 2)) > _AUDIBLE


def read(file: Path) -> Samples:
    """A prompt's file; raises `ValueError` for one that is not 8 kHz, 16 bit, mono."""
    with wave.open(str(file)) as sound:
        if (sound.getframerate(), sound.getsampwidth(), sound.getnchannels()) != (RATE, 2, 1):
            raise ValueError(f"{file}: not {RATE} Hz, 16 bit, mono")
        return np.frombuffer(sound.readframes(sound.getnframes()), "<i2").astype(np.int16)


def coded(samples: Samples) -> bytes:
    """A-law as Asterisk makes it: from 13 bits."""
    return alaw(samples & np.int16(~7))
