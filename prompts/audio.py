"""Sound made fit for a telephone: 8 or 16 kHz, 16 bit, mono, trimmed, and never clipped."""

from __future__ import annotations

import functools
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
WIDE_RATE = 16_000  # what G.722 and other wideband telephony carries
#: no sample of a prompt is above it; half a decibel below what is promised, for rounding
PEAK_DBFS = -3.5
_AT_ONCE = 1_000_000  # samples
_PART_SECONDS = 10
#: what lies further away than this has no say in how a sample sounds
_MARGIN_SECONDS = 0.5
#: what passes, by rate, in hertz: it rises between the first two and falls between the last two
_BANDS = {RATE: (90, 180, 3500, 3900), WIDE_RATE: (60, 120, 7000, 7800)}


def silence(seconds: float) -> bytes:
    """Nothing at all, as a WAV."""
    return wav(np.zeros(round(seconds * RATE)))


def speech_samples(speech: bytes) -> tuple[Samples, int]:
    """What a speech program of ours wrote: samples and their rate; never for files from outside.

    Its header may leave the length open, as espeak-ng writes it to a pipe.
    """
    # the constructor parses WAV itself; AudioSegment.from_file would fall back to ffmpeg
    segment = AudioSegment(data=speech).set_channels(1).set_sample_width(2)
    samples = np.array(segment.get_array_of_samples(), dtype=np.float64) / 32768
    return samples, segment.frame_rate


def wav(samples: Samples, rate: int = RATE) -> bytes:
    """Samples from -1 to 1 as a WAV."""
    whole = np.empty(len(samples), dtype="<i2")
    for begin in range(0, len(samples), _AT_ONCE):
        part = np.round(samples[begin : begin + _AT_ONCE] * 32768)
        whole[begin : begin + _AT_ONCE] = np.clip(part, -32768, 32767)
    segment = AudioSegment(data=whole.tobytes(), sample_width=2, frame_rate=rate, channels=1)
    buffer = io.BytesIO()
    segment.export(buffer, format="wav")
    return buffer.getvalue()


def faded(samples: Samples, rate: int, *, in_seconds: float, out_seconds: float) -> Samples:
    """The sound, changed in place, without a click where it begins and ends."""
    begin, end = (min(round(each * rate), len(samples)) for each in (in_seconds, out_seconds))
    samples[:begin] *= np.linspace(0, 1, begin)
    samples[len(samples) - end :] *= np.linspace(1, 0, end)
    return samples


def trimmed(samples: Samples, rate: int) -> Samples:
    """The sound without the silence around it, but with room for soft consonants and the fade.

    Raises `ValueError` when there is nothing but silence.
    """
    frame = round(rate * 0.005)
    loud = frame_levels(samples, frame)
    above = np.flatnonzero(loud > loud.max(initial=0.0) * ratio(-40))
    if not above.size:
        raise ValueError("there is no sound in the speech")
    first = max(0, int(above[0]) * frame - round(rate * 0.015))
    last = (int(above[-1]) + 1) * frame + round(rate * 0.035)
    return samples[first:last]


def resampled(samples: Samples, rate: int, to: int = RATE) -> Samples:
    """The sound at 8 or 16 kHz, without rumble and without anything that it cannot carry.

    The spectrum is cut, softly, where the telephone's band ends: that is the anti-alias filter. A
    long sound is taken part by part, so that its spectrum needs no memory to speak of.
    """
    common = math.gcd(rate, to)
    block, new_block = rate // common, to // common
    length = math.ceil(len(samples) * to / rate)
    # whole blocks give a whole number of new samples
    part = math.ceil(_PART_SECONDS * common) * block
    margin = math.ceil(_MARGIN_SECONDS * common) * block
    whole = np.empty(length)
    for begin in range(0, len(samples), part):
        first = max(0, begin - margin)
        piece = _in_band(samples[first : begin + part + margin], rate, to, block, new_block)
        at = begin // block * new_block
        end = min(length, at + part // block * new_block)
        skipped = (begin - first) // block * new_block
        whole[at:end] = piece[skipped : skipped + end - at]
    return whole


def _in_band(samples: Samples, rate: int, to: int, block: int, new_block: int) -> Samples:
    # at least one block of silence keeps the ends apart
    blocks = _soon_divided(len(samples) // block + 2)
    padded = np.pad(samples, (0, blocks * block - len(samples)))
    length = blocks * new_block
    spectrum = np.fft.rfft(padded)
    kept = np.zeros(length // 2 + 1, dtype=np.complex128)
    shared = min(len(kept), len(spectrum))
    hertz: Samples = np.arange(shared, dtype=np.float64) * (rate / len(padded))
    low, from_low, to_high, high = _BANDS[to]
    band: Samples = _rise(hertz, low, from_low) * (1 - _rise(hertz, to_high, high))
    kept[:shared] = spectrum[:shared] * band
    whole: Samples = np.fft.irfft(kept, length) * (length / len(padded))
    return whole


@functools.lru_cache(maxsize=1024)
def _soon_divided(count: int) -> int:
    """The next number made of twos, threes and fives: a spectrum of another length takes long."""
    while True:
        rest = count
        for factor in (2, 3, 5):
            while rest % factor == 0:
                rest //= factor
        if rest == 1:
            return count
        count += 1


def limited(samples: Samples, rate: int = RATE) -> Samples:
    """The sound with its peaks turned down, smoothly over 10 ms, to the highest allowed."""
    if peak(samples) <= ratio(PEAK_DBFS):
        return samples
    window = 2 * round(rate * 0.005) + 1
    needed = np.minimum(1.0, ratio(PEAK_DBFS) / np.maximum(np.abs(samples), 1e-9))
    # the lowest gain nearby, then smoothed: never above what any single sample needs
    wide = np.pad(needed, window - 1, constant_values=1.0)
    lowest = _lowest(wide, window)
    smooth = np.hanning(window + 2)[1:-1]
    gain: Samples = np.convolve(lowest, smooth / smooth.sum(), mode="valid")
    return samples * gain


def _lowest(values: Samples, window: int) -> Samples:
    """The lowest value in each window, from two passes over blocks as long as the window."""
    count = len(values) - window + 1
    blocks = np.pad(values, (0, -len(values) % window), constant_values=1.0).reshape(-1, window)
    up_to = np.minimum.accumulate(blocks, axis=1).ravel()
    from_on = np.minimum.accumulate(blocks[:, ::-1], axis=1)[:, ::-1].ravel()
    lowest: Samples = np.minimum(from_on[:count], up_to[window - 1 : window - 1 + count])
    return lowest


def peak(samples: Samples) -> float:
    """The largest value, whichever its sign; 0 for no sound."""
    return float(max(samples.max(initial=0.0), -samples.min(initial=0.0)))


def ratio(decibels: float) -> float:
    """What amplitudes are multiplied with to be so much louder."""
    return float(10 ** (decibels / 20))


def frame_levels(samples: Samples, frame: int) -> Samples:
    """The loudness (root mean square) of each frame; a last, shorter one counts as if padded."""
    end = len(samples) // frame * frame
    frames, rest = samples[:end].reshape(-1, frame), samples[end:]
    power = np.einsum("ij,ij->i", frames, frames)
    if rest.size:
        power = np.append(power, rest @ rest)
    levels: Samples = np.sqrt(power / frame)
    return levels


def _rise(hertz: Samples, low: float, high: float) -> Samples:
    """From 0 below `low` to 1 above `high`, in the shape of half a cosine."""
    way = np.clip((hertz - low) / (high - low), 0, 1)
    rise: Samples = (1 - np.cos(np.pi * way)) / 2
    return rise
