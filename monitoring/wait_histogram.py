"""How long callers waited, counted in bands, so that every service level can be told of any time.

A band holds the waits above its lower edge and up to its upper one, that one included: who was
answered exactly at 20 s was answered within 20 s. The first holds waits of no time at all.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

#: the upper edges of all bands but the last, which has none; seconds
EDGES_SECONDS = (0, 5, 10, 15, 20, 30, 45, 60, 90, 120, 180, 300, 600)
BANDS = len(EDGES_SECONDS) + 1
_EDGES_MS = tuple(edge * 1000 for edge in EDGES_SECONDS)


def band_of(wait_ms: int) -> int:
    """Which band a wait is in, 0 to `BANDS` - 1. Milliseconds."""
    return bisect_left(_EDGES_MS, max(0, wait_ms))


def within(bands: Sequence[int], seconds: int) -> int:
    """How many of the counted waits were no longer than this edge.

    Raises `ValueError` for a time that is no edge: it cannot be told from bands.
    """
    if seconds not in EDGES_SECONDS:
        raise ValueError(f"{seconds} s is no edge of the bands: one of {EDGES_SECONDS} is")
    return sum(bands[: EDGES_SECONDS.index(seconds) + 1])
