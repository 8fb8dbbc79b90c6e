"""The six formulas of service level in use, each with its name; one is set for each queue.

A answered, AT answered within the time, Ab abandoned, AbT abandoned within it, SA abandoned within
the short time, F flowed out (time-outs, key exits, empty queue, led on). Sources: the shared
reference on KPIs, 1.2; the figures of ICMI's column are in the tests.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from monitoring.queue_counts import QueueCounts
from monitoring.wait_histogram import within


class Method(StrEnum):
    """How service level is counted."""

    ANSWERED_ONLY = "answered_only"  # AT / A
    OFFERED = "offered"  # AT / (A + Ab)
    OFFERED_PLUS_FLOWOUT = "offered_plus_flowout"  # AT / (A + Ab + F)
    EXCLUDE_SHORT = "exclude_short"  # AT / (A + Ab - SA)
    IGNORE_WITHIN_THRESHOLD = "ignore_within_threshold"  # AT / (A + Ab - AbT)
    POSITIVE = "positive"  # (AT + AbT) / (A + Ab)


@dataclass(frozen=True, slots=True)
class Ratio:
    """A share with what it was made of; without a denominator there is no value."""

    numerator: int
    denominator: int

    @property
    def value(self) -> float | None:
        """The share, 0 to 1; None when nothing was counted."""
        return self.numerator / self.denominator if self.denominator > 0 else None


def service_level(counts: QueueCounts, method: Method, seconds: int, short_seconds: int) -> Ratio:
    """The level by this method. Raises `ValueError` when a time is no edge of the bands."""
    in_time = within(counts.answered_bands, seconds)
    given_up_in_time = within(counts.abandoned_bands, seconds)
    all_of_them = counts.answered + counts.abandoned
    match method:
        case Method.ANSWERED_ONLY:
            return Ratio(in_time, counts.answered)
        case Method.OFFERED:
            return Ratio(in_time, all_of_them)
        case Method.OFFERED_PLUS_FLOWOUT:
            return Ratio(in_time, all_of_them + flowed_out(counts))
        case Method.EXCLUDE_SHORT:
            return Ratio(in_time, all_of_them - short_abandoned(counts, short_seconds))
        case Method.IGNORE_WITHIN_THRESHOLD:
            return Ratio(in_time, all_of_them - given_up_in_time)
        case Method.POSITIVE:
            return Ratio(in_time + given_up_in_time, all_of_them)


def short_abandoned(counts: QueueCounts, short_seconds: int) -> int:
    """Callers who gave up so soon that nobody could have answered; 0 s: no such thing."""
    return within(counts.abandoned_bands, short_seconds) if short_seconds else 0


def flowed_out(counts: QueueCounts) -> int:
    """Callers who left the line neither by an agent nor by hanging up."""
    return counts.timed_out + counts.key_exit + counts.empty_exit + counts.withdrawn
