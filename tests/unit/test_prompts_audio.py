"""Sound shaped for the telephone, measured with tones whose answer is known."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import wave
from pathlib import Path

import numpy as np
import pytest

from prompts.audio import (
    RATE,
    WIDE_RATE,
    Samples,
    faded,
    limited,
    resampled,
    silence,
    speech_samples,
    trimmed,
    wav,
)

SOURCE_RATE = 22_050


def tone(hertz: float, seconds: float = 1.0, rate: int = SOURCE_RATE) -> Samples:
    wave_form: Samples = np.sin(2 * np.pi * hertz * np.arange(round(seconds * rate)) / rate)
    return wave_form


def loudness(samples: Samples) -> float:
    return float(20 * np.log10(np.sqrt(np.mean(samples**2)) + 1e-12))


def source_wav(samples: Samples, rate: int = SOURCE_RATE, channels: int = 1) -> bytes:
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes((np.repeat(samples, channels) * 32767).astype("<i2").tobytes())
    return buffer.getvalue()


def heard(sound: bytes) -> Samples:
    with wave.open(io.BytesIO(sound)) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (RATE, 1, 2)
        samples = np.frombuffer(file.readframes(file.getnframes()), dtype="<i2")
    return samples.astype(np.float64) / 32768


@pytest.mark.parametrize("hertz", [300, 1000, 3300])
@pytest.mark.parametrize("rate", [22_050, 44_100, 16_000, 8_000])
def test_the_band_of_the_telephone_passes(hertz: float, rate: int) -> None:
    narrow = resampled(tone(hertz, rate=rate), rate)
    assert len(narrow) == RATE
    middle = narrow[800:-800]
    assert loudness(middle) == pytest.approx(loudness(tone(hertz)), abs=0.1)
    spectrum = np.abs(np.fft.rfft(middle * np.hanning(len(middle))))
    assert np.argmax(spectrum) * RATE / len(middle) == pytest.approx(hertz, abs=2)


@pytest.mark.parametrize("hertz", [50, 4100, 4500, 6000, 8000, 10_000])
def test_nothing_outside_it_does(hertz: float) -> None:
    narrow = resampled(tone(hertz), SOURCE_RATE)
    assert loudness(narrow[800:-800]) < -60


def test_silence_around_speech_goes() -> None:
    quiet = np.zeros(SOURCE_RATE)
    short = trimmed(np.concatenate((quiet, tone(500, 0.5), quiet)), SOURCE_RATE)
    assert 0.5 < len(short) / SOURCE_RATE < 0.57


def test_peaks_are_turned_down_without_clipping() -> None:
    speech = tone(500, rate=RATE) * 0.1
    speech[4000:4010] *= 12
    soft = limited(speech)
    assert np.abs(soft).max() <= 10 ** (-3.5 / 20) + 1e-9
    assert np.allclose(soft[:3800], speech[:3800]), "far from the peak nothing changes"


@pytest.mark.parametrize("hertz", [300, 3300, 6500])
@pytest.mark.parametrize("rate", [22_050, 44_100, 16_000])
def test_the_band_of_wideband_passes(hertz: float, rate: int) -> None:
    wide = resampled(tone(hertz, rate=rate), rate, WIDE_RATE)
    assert len(wide) == WIDE_RATE
    assert loudness(wide[1600:-1600]) == pytest.approx(loudness(tone(hertz)), abs=0.1)
    assert loudness(resampled(tone(9000), SOURCE_RATE, WIDE_RATE)[1600:-1600]) < -60


def test_what_8_khz_carries_is_all_there_is_at_16() -> None:
    wide = resampled(tone(1000, rate=8000), 8000, WIDE_RATE)
    spectrum = np.abs(np.fft.rfft(wide[1600:-1600] * np.hanning(WIDE_RATE - 3200)))
    assert spectrum[len(spectrum) // 2 + 100 :].max() < spectrum.max() * 1e-3


def test_speech_is_read_without_a_program(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_programs(*_: object, **__: object) -> None:
        raise AssertionError("a program was started")

    monkeypatch.setattr(subprocess, "Popen", no_programs)  # pydub would start ffmpeg with it
    samples, rate = speech_samples(source_wav(tone(700) * 0.3))
    assert rate == SOURCE_RATE
    assert samples == pytest.approx(tone(700) * 0.3, abs=1e-4)


def test_stereo_and_a_length_left_open_are_understood() -> None:
    source = bytearray(source_wav(tone(700) * 0.3, channels=2))
    source[4:8] = source[40:44] = b"\x00\xf0\xff\x7f"  # as espeak-ng writes it to a pipe
    assert len(speech_samples(bytes(source))[0]) == SOURCE_RATE


def test_a_sound_begins_and_ends_softly() -> None:
    soft = faded(np.ones(800), RATE, in_seconds=0.005, out_seconds=0.03)
    assert soft[[0, -1]].tolist() == [0, 0]
    assert (soft[40:-240] == 1).all()
    assert faded(np.ones(3), RATE, in_seconds=0.005, out_seconds=0.03)[-1] == 0


def test_nothing_but_silence_cannot_be_trimmed() -> None:
    for samples in (np.zeros(1000), np.zeros(0)):
        with pytest.raises(ValueError, match="no sound"):
            trimmed(samples, RATE)


def test_silence_is_as_long_as_asked() -> None:
    samples = heard(silence(0.02))
    assert len(samples) == 160
    assert not samples.any()


def test_samples_beyond_the_range_are_cut_not_wrapped() -> None:
    assert heard(wav(np.array([2.0, -2.0]))).tolist() == pytest.approx([1.0, -1.0], abs=1e-4)


def test_importing_pydub_says_nothing(tmp_path: Path) -> None:
    """Neither as errors nor in words, and from source, where its old escapes are met."""
    for options in (["-W", "error"], ["-W", "default"]):
        done = subprocess.run(
            [sys.executable, *options, "-c", "import prompts.audio"],
            env={**os.environ, "PYTHONPYCACHEPREFIX": str(tmp_path / options[1]), "PATH": ""},
            cwd=Path(__file__).parents[2],
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
