"""A stretch of time cut into quarters, hours or days by the clocks of a zone; whole quarters each.

On the days when clocks are changed a day has 92 or 100 quarters, and an hour of the zone that comes
twice is two intervals. An hour or day that the stretch begins or ends in is cut there.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise, starmap
from zoneinfo import ZoneInfo

from monitoring.quarters import QUARTER, day_of, quarter_of


class Interval(StrEnum):
    """How long each interval is, as ISO 8601 writes it; NONE: one of the whole stretch."""

    QUARTER = "PT15M"
    HOUR = "PT1H"
    DAY = "P1D"
    NONE = "none"


#: the longest stretch that may be cut so
LONGEST: dict[Interval, timedelta] = {
    Interval.QUARTER: timedelta(days=7),
    Interval.HOUR: timedelta(days=31),
    Interval.DAY: timedelta(days=366),
    Interval.NONE: timedelta(days=366),
}


@dataclass(frozen=True, slots=True)
class Stretch:
    """From a moment to another, which is not part of it."""

    since: datetime
    until: datetime

    def __contains__(self, at: datetime) -> bool:
        return self.since <= at < self.until


def is_quarter(at: datetime) -> bool:
    """Whether a quarter of an hour begins at this moment."""
    return quarter_of(at) == at


def next_quarter(at: datetime) -> datetime:
    """The first beginning of a quarter that is not before the moment."""
    return at if is_quarter(at) else quarter_of(at) + QUARTER


def cut(stretch: Stretch, moments: Iterable[datetime]) -> list[Stretch]:
    """The stretch in pieces that begin at these moments, which are in order."""
    edges = [stretch.since, *(at for at in moments if stretch.since < at < stretch.until)]
    return list(starmap(Stretch, pairwise([*edges, stretch.until])))


def intervals(stretch: Stretch, interval: Interval, zone: ZoneInfo) -> list[Stretch]:
    """The intervals in order; they follow each other and are the stretch together."""
    found = []
    begin = stretch.since
    while begin < stretch.until:
        end = min(_end(begin, stretch, interval, zone), stretch.until)
        found.append(Stretch(begin, end))
        begin = end
    return found


def _end(begin: datetime, stretch: Stretch, interval: Interval, zone: ZoneInfo) -> datetime:
    match interval:
        case Interval.QUARTER:
            return begin + QUARTER
        case Interval.DAY:
            return day_of(begin.astimezone(zone).date(), zone)[1]
        case Interval.HOUR:
            end = begin + QUARTER
            # until the clocks there show another hour, or are changed
            while _hour(end, zone) == _hour(begin, zone):
                end += QUARTER
            return end
        case Interval.NONE:
            return stretch.until


def _hour(at: datetime, zone: ZoneInfo) -> tuple[datetime, timedelta | None]:
    there = at.astimezone(zone)
    return there.replace(minute=0, second=0, microsecond=0, tzinfo=None), there.utcoffset()
