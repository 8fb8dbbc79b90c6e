"""Loudness by ITU-R BS.1770: known answers, short pieces, and the way to the target."""

from __future__ import annotations

import math

import numpy as np
import pytest

from prompts.audio import PEAK_DBFS, RATE, WIDE_RATE, ratio
from prompts.loudness import TARGET_LUFS, at_target, lufs
from tests.made_wavs import tone


def test_the_tone_of_the_standard_has_its_loudness() -> None:
    """BS.1770: a sine of 997 Hz at full scale in one channel is at -3.01 LUFS."""
    assert lufs(tone(997, 3, 48_000), 48_000) == pytest.approx(-3.01, abs=0.05)
    assert lufs(tone(997, 3, 48_000) * ratio(-20), 48_000) == pytest.approx(-23.01, abs=0.05)


@pytest.mark.parametrize("rate", [RATE, WIDE_RATE])
@pytest.mark.parametrize("seconds", [0.1, 0.25, 0.39, 0.4, 0.41, 0.9, 1.3, 5.0])
def test_a_piece_is_as_loud_as_the_same_voice_for_longer(seconds: float, rate: int) -> None:
    whole = lufs(tone(1000, 10, rate), rate)
    assert lufs(tone(1000, seconds, rate), rate) == pytest.approx(whole, abs=0.1)


def test_pauses_do_not_count() -> None:
    speech = tone(1000, 3, RATE)
    with_pauses = np.concatenate((speech, np.zeros(6 * RATE), speech))
    assert lufs(with_pauses, RATE) == pytest.approx(lufs(speech, RATE), abs=0.3)


def test_silence_has_no_loudness() -> None:
    assert lufs(np.zeros(RATE), RATE) == -math.inf
    assert lufs(np.zeros(0), RATE) == -math.inf


@pytest.mark.parametrize("level", [0.001, 0.1, 1.0])
@pytest.mark.parametrize("seconds", [0.3, 3.0])
def test_every_level_comes_to_the_target(level: float, seconds: float) -> None:
    sound = tone(800, seconds, RATE) * level
    loud = at_target(sound, RATE, lufs(sound, RATE))
    assert lufs(loud, RATE) == pytest.approx(TARGET_LUFS, abs=0.05)


@pytest.mark.parametrize("rate", [RATE, WIDE_RATE])
def test_peaks_stay_below_the_limit_and_the_loudness_comes_close(rate: int) -> None:
    sound = tone(800, 2, rate) * 0.02
    sound[:: rate // 20] = 0.9  # twenty clicks a second, 30 dB above the tone
    loud = at_target(sound, rate, lufs(sound, rate))
    assert np.abs(loud).max() <= ratio(PEAK_DBFS) + 1e-9
    assert lufs(loud, rate) == pytest.approx(TARGET_LUFS, abs=1.5)
