"""Quarters of an hour: what measures are kept by. Every time zone's day is a row of whole ones."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

QUARTER = timedelta(minutes=15)
_SECONDS = int(QUARTER.total_seconds())


def quarter_of(at: datetime) -> datetime:
    """The beginning of the quarter that `at` is in, in UTC."""
    seconds = int(at.timestamp()) // _SECONDS * _SECONDS
    return datetime.fromtimestamp(seconds, UTC)


def quarters(start: datetime, end: datetime) -> Iterator[datetime]:
    """The beginning of each quarter that has a part in [start, end)."""
    quarter = quarter_of(start)
    while quarter < end:
        yield quarter
        quarter += QUARTER


def pieces(start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime, datetime]]:
    """[start, end) cut where quarters meet: (quarter, from, to) of each piece, in order."""
    for quarter in quarters(start, end):
        yield quarter, max(start, quarter), min(end, quarter + QUARTER)


def day_of(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """When a local day begins and ends, in UTC: 92, 96 or 100 quarters."""
    begins = datetime.combine(day, time.min, zone).astimezone(UTC)
    ends = datetime.combine(day + timedelta(days=1), time.min, zone).astimezone(UTC)
    return begins, ends
