"""A sound from anywhere as it is played: trimmed, at the target, in two rates; or refused."""

from __future__ import annotations

import io
import wave

import numpy as np
import pytest

from prompts.audio import RATE, WIDE_RATE, Samples
from prompts.finishing import finished
from prompts.loudness import TARGET_LUFS, lufs
from tests.made_wavs import tone


def heard(sound: bytes, rate: int) -> Samples:
    with wave.open(io.BytesIO(sound)) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (rate, 1, 2)
        samples = np.frombuffer(file.readframes(file.getnframes()), dtype="<i2")
    return samples.astype(np.float64) / 32768


@pytest.mark.parametrize("rate", [8000, 22_050, 44_100, 48_000, 192_000])
def test_both_rates_are_trimmed_and_equally_loud(rate: int) -> None:
    quiet = np.zeros(rate)
    done = finished(np.concatenate((quiet, tone(700, 1, rate) * 0.05, quiet)), rate)
    assert done.wide is not None
    for sound, wanted in ((done.narrow, RATE), (done.wide, WIDE_RATE)):
        samples = heard(sound, wanted)
        assert 1.0 < len(samples) / wanted < 1.07
        assert lufs(samples, wanted) == pytest.approx(TARGET_LUFS, abs=0.3)
        assert np.abs(samples[[0, -1]]).max() < 0.001


def test_what_only_wideband_carries_is_in_the_wide_one_alone() -> None:
    done = finished(tone(700, rate=44_100) * 0.1 + tone(5500, rate=44_100) * 0.1, 44_100)
    assert done.wide is not None
    shares = []
    for sound, rate in ((done.narrow, RATE), (done.wide, WIDE_RATE)):
        power = np.abs(np.fft.rfft(heard(sound, rate))) ** 2
        hertz = np.arange(len(power)) * rate / (2 * len(power))
        shares.append(power[hertz > 3900].sum() / power.sum())
    assert shares[0] < 1e-4
    assert shares[1] == pytest.approx(0.5, abs=0.1)


def test_a_steady_voltage_is_no_sound() -> None:
    quiet = np.full(44_100, 0.2)
    sound = np.concatenate((quiet, 0.2 + tone(seconds=0.5) * 0.3, quiet))
    assert len(heard(finished(sound, 44_100).narrow, RATE)) / RATE < 0.6


@pytest.mark.parametrize(
    ("samples", "complaint"),
    [
        (np.zeros(0), "no sound"),
        (np.zeros(8000), "no sound"),
        (np.full(8000, 0.5), "no sound"),
        (tone(rate=8000) * 0.001, "at -6. LUFS"),
        (np.concatenate((np.zeros(4000), tone(seconds=0.02, rate=8000), np.zeros(4000))), "click"),
    ],
)
def test_what_nobody_hears_is_refused(samples: Samples, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        finished(samples, 8000)
