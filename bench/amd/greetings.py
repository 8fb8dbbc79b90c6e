"""The corpus: greetings of people, of machines, and tones, the same ones for the same seed.

Each greeting is drawn from its own number and the seed, so a longer corpus begins with a shorter
one. How often each kind occurs is an assumption of ours, written down in `SHARES`.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from random import Random

import numpy as np

from bench.amd import sound
from bench.amd.sound import Piece
from bench.amd.texts import NO_SUCH_NUMBER, TELEVISION, TEXTS, Kind, Phrases
from bench.amd.voices import Say, Voice, draw_voice
from prompts.audio import RATE, Samples
from traffic.voice import alaw

LANGUAGES = ("es", "en")
#: after the greeting: what the line sounds like from then on, played over and over
TAIL_SECONDS = 2.0


class Nature(StrEnum):
    """Whether a person answered; a tone is a machine too, but nobody's voicemail."""

    HUMAN = "human"
    MACHINE = "machine"
    TONE = "tone"


#: of twenty greetings, how many are of each kind
SHARES: Mapping[Nature, Mapping[Kind, int]] = {
    Nature.HUMAN: {
        Kind.WORD: 8,
        Kind.TWICE: 3,
        Kind.NAMED: 3,
        Kind.SENTENCE: 2,
        Kind.LATE: 2,
        Kind.TELEVISION: 2,
    },
    Nature.MACHINE: {
        Kind.CARRIER: 6,
        Kind.PERSONAL: 6,
        Kind.BRIEF: 2,
        Kind.MUSIC: 1,
        Kind.SILENT: 2,
        Kind.SCREENING: 2,
        Kind.MENU: 1,
    },
    Nature.TONE: {Kind.FAX: 8, Kind.SIT: 8, Kind.BUSY: 4},
}
#: machines that end with a beep and then record
BEEPING = (Kind.CARRIER, Kind.PERSONAL, Kind.BRIEF, Kind.MUSIC, Kind.SILENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Greeting:
    """What is heard of one answered call, as A-law; seconds count from the first sample."""

    name: str
    nature: Nature
    kind: Kind
    language: str
    alaw: bytes
    #: when the first sound that is meant to be heard begins
    speech_at: float
    #: when the last beep is over; None when there is none
    beep_over_at: float | None

    @property
    def seconds(self) -> float:
        """How long it is, the tail included."""
        return len(self.alaw) / RATE


def corpus(say: Say, *, count: int, tones: int, seed: int) -> list[Greeting]:
    """`count` greetings of people, as many of machines, and some tones; half of each in Spanish."""
    wanted = [(Nature.HUMAN, count), (Nature.MACHINE, count), (Nature.TONE, tones)]
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        made = [
            pool.submit(partial(greeting, say, nature, number, seed))
            for nature, many in wanted
            for number in range(many)
        ]
        return [future.result() for future in made]


def greeting(say: Say, nature: Nature, number: int, seed: int) -> Greeting:
    """The greeting with this number: its kind and language by turns, all else drawn."""
    random = Random(f"{seed} {nature} {number}")
    language = LANGUAGES[number % len(LANGUAGES)]
    kind = _kind(nature, number // len(LANGUAGES))
    speaker = _Speaker(say, draw_voice(random, language), random)
    if nature is Nature.HUMAN:
        pieces = _person(speaker, kind, language)
    elif nature is Nature.MACHINE:
        pieces = _machine(speaker, kind, language)
    else:
        pieces = _tone(speaker, kind, language)
    samples, speech_at, beep_over_at = sound.laid_out(pieces)
    loud = samples * sound.ratio(_clipped(random.gauss(-22, 4.5), -34, -12) - sound.SPEECH_DBFS)
    if kind is Kind.TELEVISION:
        # between a set in the next room and one beside the telephone
        loud += _television(speaker, language, len(loud)) * _level(loud, random.uniform(-26, -8))
    line = sound.noise(random, len(loud), random.triangular(-74, -42, -60))
    heard = np.clip(np.round((loud + line) * 32768), -32767, 32767).astype(np.int16)
    return Greeting(
        name=f"{nature}-{number:04d}",
        nature=nature,
        kind=kind,
        language=language,
        alaw=alaw(heard),
        speech_at=speech_at,
        beep_over_at=beep_over_at,
    )


@dataclass(frozen=True, slots=True)
class _Speaker:
    say: Say
    voice: Voice
    random: Random

    def phrases(self, phrases: Phrases, shortest: float, longest: float) -> list[Piece]:
        """The phrases with pauses between them, seconds from `shortest` to `longest`."""
        pieces: list[Piece] = []
        for phrase in phrases:
            if pieces:
                pieces.append(Piece.pause(self.random.uniform(shortest, longest)))
            pieces.append(Piece(self.say(self.voice, phrase)))
        return pieces

    def one_of(self, language: str, kind: Kind) -> Phrases:
        """One of the texts for the kind."""
        return self.random.choice(TEXTS[language][kind])


def _kind(nature: Nature, turn: int) -> Kind:
    slots = [kind for kind, share in SHARES[nature].items() for _ in range(share)]
    # seven is prime to twenty: kinds come mixed, and after twenty turns each has had its share
    return slots[turn * 7 % len(slots)]


def _person(speaker: _Speaker, kind: Kind, language: str) -> list[Piece]:
    random = speaker.random
    pieces: list[Piece] = []
    if random.random() < 0.25:
        pieces += [Piece.pause(random.uniform(0.0, 0.15)), Piece(sound.click(random))]
    ear_seconds = _clipped(random.lognormvariate(-0.8, 0.5), 0.1, 1.4)
    if kind is Kind.LATE:
        ear_seconds = random.uniform(1.4, 2.6)
    pieces.append(Piece.pause(ear_seconds))
    said = speaker.phrases(speaker.one_of(language, kind), 0.08, 0.35)
    said[0] = Piece(said[0].samples, speech=True)
    if kind is Kind.TWICE:
        said += [Piece.pause(random.uniform(0.35, 1.3)), *said]
    pieces += said
    # nobody speaks to them: they ask again, and again
    for _ in range(2):
        pieces.append(Piece.pause(random.uniform(2.0, 4.0)))
        pieces += speaker.phrases(speaker.one_of(language, Kind.WORD), 0.1, 0.3)
    return [*pieces, Piece.pause(random.uniform(0.5, 1.0) + TAIL_SECONDS)]


def _machine(speaker: _Speaker, kind: Kind, language: str) -> list[Piece]:
    random = speaker.random
    first_seconds = random.uniform(1.6, 4.0) if kind is Kind.SILENT else random.uniform(0.15, 1.2)
    pieces = [Piece.pause(first_seconds)]
    if kind is Kind.MUSIC:
        pieces += [Piece(sound.music(random, random.uniform(2.0, 5.0)), speech=True)]
        pieces += [Piece.pause(random.uniform(0.2, 0.8))]
    # people who record themselves pause longer than announcers do
    at_home = kind in (Kind.PERSONAL, Kind.SILENT)
    said = speaker.phrases(speaker.one_of(language, kind), 0.15, 0.9 if at_home else 0.5)
    said[0] = Piece(said[0].samples, speech=True)
    pieces += said
    if kind in (Kind.SCREENING, Kind.MENU):
        pieces += [Piece.pause(random.uniform(3.0, 5.0)), *said]
    if kind in BEEPING:
        pieces.append(Piece.pause(random.uniform(0.2, 1.5)))
        pieces += sound.beep(random)
    return [*pieces, Piece.pause(TAIL_SECONDS + 1.0)]


def _tone(speaker: _Speaker, kind: Kind, language: str) -> list[Piece]:
    pieces = [Piece.pause(speaker.random.uniform(0.2, 1.5))]
    if kind is Kind.FAX:
        pieces.append(Piece(sound.tone(2100, 3.0), speech=True))
    elif kind is Kind.SIT:
        pieces += sound.special_information()
        pieces.append(Piece.pause(0.4))
        pieces += speaker.phrases(NO_SUCH_NUMBER[language], 0.2, 0.5)
    else:
        pieces += sound.busy()
    return [*pieces, Piece.pause(TAIL_SECONDS + 1.0)]


def _television(speaker: _Speaker, language: str, length: int) -> Samples:
    """Somebody else who never stops talking."""
    other = draw_voice(speaker.random, language)
    said: Sequence[Samples] = [speaker.say(other, phrase) for phrase in TELEVISION[language]]
    whole = np.concatenate(said)
    begin = speaker.random.randrange(len(whole))
    return np.resize(np.roll(whole, -begin), length)


def _clipped(value: float, least: float, most: float) -> float:
    return min(max(value, least), most)


def _level(loud: Samples, decibels: float) -> float:
    """What brings a voice at the common level to so many decibels against the one on the line."""
    speech = np.abs(loud) > np.abs(loud).max() * 0.05
    strength = float(np.sqrt(np.mean(loud[speech] ** 2)))
    return strength / sound.ratio(sound.SPEECH_DBFS) * sound.ratio(decibels)
