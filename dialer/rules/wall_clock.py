"""Local time as arithmetic: where a zone changes its offset, and when a local day begins.

Instants are whole seconds since 1970 in UTC. A local time is the same number with the zone's
offset added, so the clock on the wall can be compared and counted like any other number.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from functools import lru_cache
from zoneinfo import ZoneInfo

DAY_SECONDS = 86_400
_EPOCH_ORDINAL = dt.date(1970, 1, 1).toordinal()
#: the time zone database never moves a zone twice within so short a time
_STEP_SECONDS = 3600


@lru_cache(maxsize=1024)
def zoned(name: str) -> ZoneInfo:
    """The zone with this name; raises `zoneinfo.ZoneInfoNotFoundError`."""
    return ZoneInfo(name)


def offset_seconds(zone: ZoneInfo, at: int) -> int:
    """How far the zone's wall clock is ahead of UTC."""
    offset = dt.datetime.fromtimestamp(at, zone).utcoffset() or dt.timedelta()
    return int(offset.total_seconds())


def pieces(zone: ZoneInfo, begin: int, end: int) -> Iterator[tuple[int, int, int]]:
    """The stretches of [begin, end) within which the offset stays the same, with that offset."""
    offset = offset_seconds(zone, begin)
    piece_begin, at = begin, begin
    while at < end:
        after = min(at + _STEP_SECONDS, end)
        if (changed := offset_seconds(zone, after)) != offset:
            moved = _first_with(zone, changed, at, after)
            yield piece_begin, moved, offset
            piece_begin, offset = moved, changed
        at = after
    if piece_begin < end:
        yield piece_begin, end, offset


def _first_with(zone: ZoneInfo, offset: int, before: int, after: int) -> int:
    """The first instant in (before, after] that has this offset."""
    while after - before > 1:
        middle = (before + after) // 2
        if offset_seconds(zone, middle) == offset:
            after = middle
        else:
            before = middle
    return after


def local_day(zone: ZoneInfo, at: int) -> int:
    """The local date, as days since 1970."""
    return (at + offset_seconds(zone, at)) // DAY_SECONDS


@lru_cache(maxsize=65_536)
def day_begins(zone: ZoneInfo, day: int) -> int:
    """The first instant of a local date (days since 1970), also where a clock jumps over midnight.

    A date that a zone left out begins where the next one does.
    """
    midnight = day * DAY_SECONDS
    around = pieces(zone, midnight - 2 * DAY_SECONDS, midnight + 2 * DAY_SECONDS)
    return next(
        max(begin, midnight - offset)
        for begin, end, offset in around
        if max(begin, midnight - offset) < end
    )


def date_of(day: int) -> dt.date:
    """The calendar date of a count of days since 1970."""
    return dt.date.fromordinal(day + _EPOCH_ORDINAL)


def instant(at: int) -> dt.datetime:
    """The same as a datetime in UTC."""
    return dt.datetime.fromtimestamp(at, dt.UTC)
