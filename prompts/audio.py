"""Speech made fit for a telephone: 8 kHz, 16 bit, mono, trimmed, even in loudness."""

from __future__ import annotations

import io
import math
import warnings

import numpy as np
import numpy.typing as npt

# The only place that imports pydub, because its import warns of things that concern nobody here:
# it looks for ffmpeg, which nothing of ours uses, and its last release (0.25.1) has escapes and an
# `audioop` that newer Pythons frown upon. Whoever starts the service must not see that.
with warnings.catch_warnings():
    warnings.filterwarnings("ignore", "Couldn't find ffmpeg or avconv", RuntimeWarning)
    warnings.filterwarnings("ignore", "'audioop' is deprecated", DeprecationWarning)
    warnings.filterwarnings("ignore", "invalid escape sequence", DeprecationWarning)
    warnings.filterwarnings("ignore", "invalid escape sequence", SyntaxWarning)
    from pydub import AudioSegment

Samples = npt.NDArray[np.float64]

RATE = 8000  # samples a second, what telephony's G.711 carries
_LEVEL_DBFS = -20.0  # loudness of the speech itself, pauses not counted
_PEAK_DBFS = -3.5  # half a decibel below what is promised, for rounding
_FRAME_SECONDS = 0.02


def silence(seconds: float) -> bytes:
    """Nothing at all, as a WAV."""
    return wav(np.zeros(round(seconds * RATE)))


def telephone_speech(speech: bytes) -> bytes:
    """A WAV of speech at any rate as a WAV for the telephone; raises `ValueError` if silent."""
    # the constructor parses WAV itself; AudioSegment.from_file would fall back to ffmpeg
    segment = AudioSegment(data=speech).set_channels(1).set_sample_width(2)
    samples = np.array(segment.get_array_of_samples(), dtype=np.float64) / 32768
    narrow = resampled(trimmed(samples, segment.frame_rate), segment.frame_rate)
    return wav(limited(levelled(narrow)), fade_in_ms=5, fade_out_ms=30)


def wav(samples: Samples, *, fade_in_ms: int = 0, fade_out_ms: int = 0) -> bytes:
    """Samples from -1 to 1 at 8 kHz as a WAV."""
    whole = np.clip(np.round(samples * 32768), -32768, 32767).astype("<i2").tobytes()
    segment = AudioSegment(data=whole, sample_width=2, frame_rate=RATE, channels=1)
    if fade_in_ms or fade_out_ms:
        segment = segment.fade_in(fade_in_ms).fade_out(fade_out_ms)
    buffer = io.BytesIO()
    segment.export(buffer, format="wav")
    return buffer.getvalue()


def trimmed(samples: Samples, rate: int) -> Samples:
    """The sound without the silence around it, but with room for soft consonants and the fade."""
    frame = round(rate * 0.005)
    loud = _frame_levels(samples, frame)
    above = np.flatnonzero(loud > loud.max(initial=0.0) * _ratio(-40))
    if not above.size:
        raise ValueError("there is no sound in the speech")
    first = max(0, int(above[0]) * frame - round(rate * 0.015))
    last = (int(above[-1]) + 1) * frame + round(rate * 0.035)
    return samples[first:last]


def resampled(samples: Samples, rate: int) -> Samples:
    """The sound at 8 kHz, without rumble and without anything that 8 kHz cannot carry.

    The spectrum is cut, softly, where the telephone's band ends: that is the anti-alias filter.
    """
    common = math.gcd(rate, RATE)
    block = rate // common
    # whole blocks give a whole number of new samples; one block of silence keeps the ends apart
    padded = np.pad(samples, (0, -len(samples) % block + block))
    length = len(padded) // block * (RATE // common)
    spectrum = np.fft.rfft(padded)
    hertz: Samples = np.arange(len(spectrum), dtype=np.float64) * (rate / len(padded))
    band: Samples = _rise(hertz, 90, 180) * (1 - _rise(hertz, 3500, 3900))
    kept = np.zeros(length // 2 + 1, dtype=np.complex128)
    shared = min(len(kept), len(spectrum))
    kept[:shared] = (spectrum * band)[:shared]
    whole = np.fft.irfft(kept, length) * (length / len(padded))
    return whole[: math.ceil(len(samples) * RATE / rate)]


def levelled(samples: Samples) -> Samples:
    """The sound with its speech, not its pauses, at the common loudness."""
    levels = _frame_levels(samples, round(RATE * _FRAME_SECONDS))
    speech = levels[levels > levels.max() * _ratio(-25)]
    return samples * (_ratio(_LEVEL_DBFS) / math.sqrt(np.mean(speech**2)))


def limited(samples: Samples) -> Samples:
    """The sound with its peaks turned down, smoothly over 10 ms, to the highest allowed."""
    window = 2 * round(RATE * 0.005) + 1
    needed = np.minimum(1.0, _ratio(_PEAK_DBFS) / np.maximum(np.abs(samples), 1e-9))
    # the lowest gain nearby, then smoothed: never above what any single sample needs
    wide = np.pad(needed, window - 1, constant_values=1.0)
    lowest = np.lib.stride_tricks.sliding_window_view(wide, window).min(axis=1)
    smooth = np.hanning(window + 2)[1:-1]
    gain: Samples = np.convolve(lowest, smooth / smooth.sum(), mode="valid")
    return samples * gain


def _frame_levels(samples: Samples, frame: int) -> Samples:
    """The loudness (root mean square) of each frame; a last, shorter one is padded."""
    padded = np.pad(samples, (0, -len(samples) % frame))
    levels: Samples = np.sqrt(np.mean(padded.reshape(-1, frame) ** 2, axis=1))
    return levels


def _rise(hertz: Samples, low: float, high: float) -> Samples:
    """From 0 below `low` to 1 above `high`, in the shape of half a cosine."""
    way = np.clip((hertz - low) / (high - low), 0, 1)
    rise: Samples = (1 - np.cos(np.pi * way)) / 2
    return rise


def _ratio(decibels: float) -> float:
    return float(10 ** (decibels / 20))
