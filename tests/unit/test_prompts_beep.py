"""The beep before a recording: one tone, no click, as loud as speech."""

from __future__ import annotations

import numpy as np
import pytest

from prompts.audio import RATE
from prompts.beep import beep

BEEP = beep()


def test_it_is_a_quarter_of_a_second_of_one_tone() -> None:
    assert len(BEEP) / RATE == pytest.approx(0.25)
    strength = np.abs(np.fft.rfft(BEEP))
    assert np.argmax(strength) * RATE / len(BEEP) == pytest.approx(1000, abs=5)


def test_it_is_as_loud_as_speech_and_begins_and_ends_softly() -> None:
    loudness = 20 * np.log10(np.sqrt(np.mean(BEEP**2)))
    assert -17 < loudness < -14
    assert np.abs(BEEP).max() < 0.3
    assert abs(BEEP[0]) < 0.001
    assert abs(BEEP[-1]) < 0.001
