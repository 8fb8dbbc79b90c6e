"""The tune on hold: soft, in the telephone's band, and without a seam."""

from __future__ import annotations

import numpy as np

from prompts.audio import RATE
from prompts.hold_tune import hold_tune

TUNE = hold_tune()


def test_it_is_soft_and_long_enough() -> None:
    assert 30 <= len(TUNE) / RATE <= 60
    loudness = 20 * np.log10(np.sqrt(np.mean(TUNE**2)))
    assert -30 < loudness < -24
    assert np.abs(TUNE).max() < 10 ** (-12 / 20)


def test_it_never_falls_silent() -> None:
    seconds = np.sqrt(np.mean(TUNE.reshape(-1, RATE) ** 2, axis=1))
    assert 20 * np.log10(seconds.min()) > -36


def test_the_end_goes_over_into_the_beginning() -> None:
    round_the_end = np.concatenate((TUNE[-RATE:], TUNE[:RATE]))
    step = np.abs(np.diff(round_the_end))
    assert step[RATE - 1] <= step.max()
    bend = np.abs(np.diff(round_the_end, 2))
    assert bend[RATE - 3 : RATE + 2].max() <= 2 * np.percentile(bend, 99)


def test_it_is_heard_on_a_telephone() -> None:
    power = np.abs(np.fft.rfft(TUNE)) ** 2
    hertz = np.arange(len(power)) * RATE / len(TUNE)
    assert power[(hertz > 180) & (hertz < 3400)].sum() > 0.99 * power.sum()
    assert power[(hertz > 300) & (hertz < 3400)].sum() > 0.5 * power.sum()
