"""The tune callers hear while they wait: made here by arithmetic, so nobody's licence is needed."""

from __future__ import annotations

import numpy as np

from prompts.audio import RATE, Samples

_BEAT_SECONDS = 0.75
_BEATS_A_CHORD = 4
_LEVEL_DBFS = -27.0

# four chords twice, the second time in another order, as MIDI notes; all of them lie where a
# telephone can be heard (300 to 3400 Hz counts the overtones too)
_CHORDS = (
    *((60, 64, 67, 71), (57, 60, 64, 67), (62, 65, 69, 72), (55, 59, 62, 65)),
    *((60, 64, 67, 71), (64, 67, 71, 74), (57, 60, 64, 69), (62, 65, 69, 72)),
    *((65, 69, 72, 76), (64, 67, 71, 74), (62, 65, 69, 72), (60, 64, 67, 71)),
    *((57, 60, 64, 67), (62, 65, 69, 72), (55, 59, 62, 65), (55, 60, 62, 67)),
)
# which note of the chord is plucked at each beat, an octave up
_PLUCKED = (0, 2, 3, 1)


def hold_tune() -> Samples:
    """48 seconds that end where they begin; notes that outlast the end ring on at the start."""
    beat = round(_BEAT_SECONDS * RATE)
    tune = np.zeros(len(_CHORDS) * _BEATS_A_CHORD * beat)
    for number, chord in enumerate(_CHORDS):
        begin = number * _BEATS_A_CHORD * beat
        for note in chord:
            _add(tune, begin, _pad(note, _BEATS_A_CHORD * beat))
        for place, which in enumerate(_PLUCKED):
            _add(tune, begin + place * beat, _pluck(chord[which] + 12))
    return tune * float(10 ** (_LEVEL_DBFS / 20) / np.sqrt(np.mean(tune**2)))


def _add(tune: Samples, begin: int, note: Samples) -> None:
    """Put a note into the loop, around its end if need be."""
    head = min(len(note), len(tune) - begin)
    tune[begin : begin + head] += note[:head]
    tune[: len(note) - head] += note[head:]


def _pad(note: int, length: int) -> Samples:
    """A soft tone that swells, stays for `length` samples, and fades into the next chord."""
    seconds = np.arange(length + RATE) / RATE
    tone = _tone(note, seconds, (1.0, 0.35, 0.12))
    rise = np.clip(seconds / 0.5, 0, 1)
    fall = np.clip((seconds[-1] - seconds) / 1.0, 0, 1)
    envelope: Samples = np.sin(np.pi / 2 * np.minimum(rise, fall)) ** 2
    return 0.25 * envelope * tone


def _pluck(note: int) -> Samples:
    """A short bell-like tone that dies away in two seconds."""
    seconds = np.arange(2 * RATE) / RATE
    envelope: Samples = np.minimum(seconds / 0.008, 1) * np.exp(-3.0 * seconds) * (1 - seconds / 2)
    return 0.3 * envelope * _tone(note, seconds, (1.0, 0.2))


def _tone(note: int, seconds: Samples, overtones: tuple[float, ...]) -> Samples:
    hertz = 440.0 * 2 ** ((note - 69) / 12)
    waves = [
        strength * np.sin(2 * np.pi * hertz * (index + 1) * seconds)
        for index, strength in enumerate(overtones)
    ]
    tone: Samples = np.sum(waves, axis=0)
    return tone
