"""People as a day's records have them: each draw is one of those that were recorded near that time.

Nothing is fitted: what was recorded is drawn again, so odd lengths and a noon that answers better
stay as they were. Every moment is in seconds since the recording began.
"""

from __future__ import annotations

import random
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from simulator.people import Fate
from simulator.scenario import Presence

#: what was recorded at most so far away counts as the same time of day
NEAR_SECONDS = 900.0
#: of less than so many nothing can be drawn that is like anything: the nearest ones are added
LEAST = 50

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Recorded(Generic[T]):
    """Something that was recorded at a moment."""

    at: float
    value: T


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedDay:
    """What was recorded of one campaign, in order of time; lengths in seconds."""

    seconds: float
    fates: Sequence[Recorded[Fate]]
    talks: Sequence[Recorded[float]]
    wrap_ups: Sequence[Recorded[float]]
    presences: Sequence[Presence]
    lines: int
    ring_seconds: float


class Near(Generic[T]):
    """Draws among what was recorded near a moment, each as likely as the others."""

    def __init__(self, recorded: Sequence[Recorded[T]]) -> None:
        """Raises `ValueError` when nothing was recorded."""
        if not recorded:
            raise ValueError("nothing was recorded to draw from")
        self._moments = [one.at for one in recorded]
        self._values = [one.value for one in recorded]

    def draw(self, now: float, draw: random.Random) -> T:
        """One of those near `now`."""
        moments = self._moments
        here = bisect_left(moments, now)
        first = min(bisect_left(moments, now - NEAR_SECONDS), here - LEAST // 2)
        end = max(bisect_right(moments, now + NEAR_SECONDS), here + LEAST // 2)
        # at an edge of the day the other side gives what this one has not
        first, end = min(first, len(moments) - LEAST), max(end, LEAST)
        return self._values[draw.randrange(max(first, 0), min(end, len(moments)))]


class RecordedPeople:
    """Answers, talks and wrap-ups of a recorded day, drawn by a seed."""

    def __init__(self, day: RecordedDay, seed: int) -> None:
        """Raises `ValueError` when the day has no attempt, no talk or no wrap-up."""
        self._draw = random.Random(f"recorded {seed}")
        self._fates, self._talks = Near(day.fates), Near(day.talks)
        self._wrap_ups = Near(day.wrap_ups)

    def fate(self, now: float) -> Fate:
        """What becomes of an attempt launched now."""
        return self._fates.draw(now, self._draw)

    def talk(self, now: float) -> float:
        """How long a talk that begins now lasts, in seconds."""
        return self._talks.draw(now, self._draw)

    def wrap_up(self, now: float) -> float:
        """How long a wrap-up that begins now lasts, in seconds."""
        return self._wrap_ups.draw(now, self._draw)
