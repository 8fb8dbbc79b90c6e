"""What the sessions with a menu are counted by, and the ratios made of the counts. Pure.

Counts add up: those of two days are the sum of each day's. Ratios are made of them and never kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

#: a second queue, or a transfer by the agent, so soon after the talk began is a misroute
MISROUTED_SECONDS = 30
#: so is coming back so soon after the call, to another queue
BACK_SECONDS = 600


class Count(StrEnum):
    """A set of sessions. Each session that is over and not lost is in one from `contained` to
    `transferred`."""

    SESSIONS = "sessions"
    UNDER_WAY = "under_way"
    LOST = "lost"  # nobody led the dialogue any more, or nobody saw the end
    MEASURED = "measured"  # neither of these: what every ratio is of
    CONTAINED = "contained"
    ABANDONED = "abandoned"
    ENDED = "ended"  # by the menu, with no task done
    QUEUED = "queued"
    CALLED_BACK = "called_back"
    TRANSFERRED = "transferred"
    ASKED_PERSON = "asked_person"
    QUEUED_UNDONE = "queued_undone"  # before any task was done
    TALKED = "talked"
    PASSED_ON = "passed_on"
    CAME_BACK = "came_back"
    MISROUTED = "misrouted"


@dataclass(frozen=True, slots=True)
class Ratio:
    """`count` of `n`; `value` is None when there is nothing it could be a part of."""

    value: float | None
    count: int
    n: int


def ratio(count: int, n: int) -> Ratio:
    """The one of the other."""
    return Ratio(count / n if n else None, count, n)


#: a part, and what it is a part of
RATIOS: Mapping[str, tuple[Count, Count]] = {
    "containment": (Count.CONTAINED, Count.MEASURED),
    "ivr_abandonment": (Count.ABANDONED, Count.MEASURED),
    "zero_out": (Count.ASKED_PERSON, Count.MEASURED),
    "queued_undone": (Count.QUEUED_UNDONE, Count.MEASURED),
    "misrouted": (Count.MISROUTED, Count.TALKED),
}


def ratios(counts: Mapping[Count, int]) -> dict[str, Ratio]:
    """Every ratio of these sessions."""
    return {name: ratio(counts[part], counts[whole]) for name, (part, whole) in RATIOS.items()}


def added(one: Mapping[Count, int], other: Mapping[Count, int]) -> dict[Count, int]:
    """The counts of both together."""
    return {count: one.get(count, 0) + other.get(count, 0) for count in Count}


def median_tenths(histogram: Mapping[int, int]) -> float | None:
    """The median in seconds of how often each number of tenths of a second was there."""
    n = sum(histogram.values())
    if not n:
        return None
    ranks, seen, found = ((n - 1) // 2, n // 2), 0, []
    for tenths in sorted(histogram):
        before, seen = seen, seen + histogram[tenths]
        found += [tenths for rank in ranks if before <= rank < seen]
    return sum(found) / 20.0
