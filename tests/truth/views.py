"""How reports are asked for, and by the calendar which intervals there are in them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

QUARTER = timedelta(minutes=15)
#: of one answer
MOST_ITEMS = 700


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """How it is asked."""

    interval: str
    zone: str = "UTC"
    by: str = "each"

    def longest(self, names: int) -> timedelta:
        """The most that is asked at once: an answer has so many items."""
        quarters = {"PT15M": 1, "PT1H": 4}.get(self.interval, 96)
        items = max(1, MOST_ITEMS // max(names, 1) - 2)
        return min(QUARTER * quarters * items, timedelta(days=6))


def views(*, thorough: bool) -> list[View]:
    """Every interval and both ways to be of somebody; zones whose days and hours differ."""
    found = [
        View(interval="none"), View(interval="PT15M"),
        View(interval="P1D", zone="America/Santiago", by="all"),
    ]  # fmt: skip
    if thorough:
        found += [
            View(interval="none", by="all"), View(interval="PT15M", by="all"),
            View(interval="PT1H"), View(interval="PT1H", by="all", zone="America/Santiago"),
            View(interval="PT1H", zone="Asia/Kathmandu"), View(interval="P1D"),
            View(interval="P1D", zone="America/Santiago"),
            View(interval="P1D", zone="Asia/Kathmandu", by="all"),
        ]  # fmt: skip
    return found


def stretches(
    since: datetime, until: datetime, interval: str, zone: ZoneInfo
) -> list[tuple[datetime, datetime]]:
    """The intervals by the calendar, cut at both ends."""
    if interval == "none":
        return [(since, until)]
    edges, at = [since], since
    while (at := at + QUARTER) < until:
        if interval == "PT15M" or _begins(at, interval, zone):
            edges.append(at)
    return list(pairwise([*edges, until]))


def _begins(at: datetime, interval: str, zone: ZoneInfo) -> bool:
    """Whether another hour or day is on the clocks there than a quarter before."""
    before, now = ((at - QUARTER).astimezone(zone), at.astimezone(zone))
    if interval == "P1D":
        return before.date() != now.date()
    return (before.hour, before.utcoffset()) != (now.hour, now.utcoffset())
