"""How loud a prompt is, as ITU-R BS.1770 measures it, and how it is brought to the target."""

from __future__ import annotations

import functools
import math
from typing import Protocol

import numpy as np

from prompts.audio import PEAK_DBFS, Samples, limited, peak, ratio

#: docs/decisions/0016 says why
TARGET_LUFS = -23.0
# BS.1770 looks at blocks of 0.4 s, and half of our pieces hold only two or three of them: anything
# shorter is heard again and again, whole, until so much was heard
_AT_LEAST_SECONDS = 1.2
# the limiter takes away a little of the loudness: so many times it is given back
_ROUNDS = 3


class _Meter(Protocol):
    def integrated_loudness(self, data: Samples) -> float: ...


def lufs(samples: Samples, rate: int) -> float:
    """The integrated loudness, in LUFS; minus infinity for silence.

    What is shorter than 1.2 s is measured as if repeated without a pause, so that a word of a
    quarter of a second has the loudness it adds to a sentence.
    """
    if not samples.any():
        return -math.inf
    times = math.ceil(_AT_LEAST_SECONDS * rate / len(samples))
    measured = np.tile(samples, times) if times > 1 else samples
    return float(_meter(rate).integrated_loudness(measured))


def at_target(samples: Samples, rate: int, loudness: float) -> Samples:
    """The sound, which is at `loudness`, at `TARGET_LUFS`, its peaks at most at `PEAK_DBFS`.

    A sound whose peaks stand much more than 19 dB above its loudness ends up a little softer.
    """
    loud = samples * ratio(TARGET_LUFS - loudness)
    for _ in range(_ROUNDS):
        if peak(loud) <= ratio(PEAK_DBFS):
            break
        loud = limited(loud, rate)
        loud = loud * ratio(TARGET_LUFS - lufs(loud, rate))
    return limited(loud, rate)


@functools.cache
def _meter(rate: int) -> _Meter:
    # only who renders or measures waits for this import: it takes more than a second
    import pyloudnorm

    meter: _Meter = pyloudnorm.Meter(rate)
    return meter
