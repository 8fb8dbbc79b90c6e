"""The beep after which a caller's message is recorded: made here by arithmetic.

Asterisk looks for it by the name `beep` when it is asked to record with a beep (`RECORD FILE`).
"""

from __future__ import annotations

from pathlib import PurePosixPath

import numpy as np

from prompts.audio import RATE, Samples

#: relative to the sounds, the same in every language
BEEP = PurePosixPath("beep.wav")
_SECONDS = 0.25
_HERTZ = 1000.0
_LEVEL_DBFS = -15.0
#: so that it begins and ends without a click
_FADE_SECONDS = 0.01


def beep() -> Samples:
    """A quarter of a second of one tone."""
    seconds = np.arange(round(_SECONDS * RATE)) / RATE
    edge = np.minimum(seconds, seconds[::-1]) / _FADE_SECONDS
    tone: Samples = np.sin(2 * np.pi * _HERTZ * seconds) * np.minimum(edge, 1.0)
    return tone * float(10 ** (_LEVEL_DBFS / 20) * np.sqrt(2))
