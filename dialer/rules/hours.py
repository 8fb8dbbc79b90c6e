"""Whether calling is open at an instant, and when it opens next: windows of the wall clock.

A day of UTC is turned once into the spans of it that are open, for a place and all rules that
hold, and kept; a question is then a look at one or two pairs of numbers. The wall clock decides:
in the hour that a clock goes through twice both passes count alike, in the hour it leaves out
nothing does, and where several zones count a moment has to be open in every one of them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from enum import StrEnum

from almanac import holiday
from dialer.rules.place import Place
from dialer.rules.sections import DAYS, HoursRule
from dialer.rules.wall_clock import (
    DAY_SECONDS,
    date_of,
    instant,
    offset_seconds,
    pieces,
    zoned,
)

#: how far ahead an opening is looked for
LOOK_AHEAD_DAYS = 400

_SUNDAY = DAYS.index("sun")
_KEPT_DAYS = 100_000

Spans = tuple[tuple[int, int], ...]


class Closed(StrEnum):
    """Why calling is closed."""

    OUTSIDE_HOURS = "outside_hours"
    HOLIDAY = "holiday"


class OpenHours:
    """When people of one country may be called, by rules that all have to be kept."""

    def __init__(self, rules: Iterable[HoursRule], country: str) -> None:
        """`country` is whose holidays count, ISO 3166 alpha-2."""
        self._rules = [_Rule(rule, country) for rule in rules]
        self._days: dict[tuple[str, int], Spans] = {}

    def is_open(self, at: dt.datetime, place: Place) -> bool:
        """Whether a person there may be called at this instant."""
        second = at.timestamp()
        day = int(second // DAY_SECONDS)
        spans = self._days.get((place.key, day))
        if spans is None:
            spans = self._open_in(place, day)
        for begin, end in spans:  # noqa: SIM110 - asked on every reservation, and twice as fast
            if begin <= second < end:
                return True
        return False

    def next_open(self, at: dt.datetime, place: Place) -> dt.datetime | None:
        """The first open instant from `at` on; None when the next 400 days have none."""
        second = at.timestamp()
        first = int(second // DAY_SECONDS)
        for day in range(first, first + LOOK_AHEAD_DAYS + 1):
            for begin, end in self._open_in(place, day):
                if second < begin:
                    return instant(begin)
                if second < end:
                    return at.astimezone(dt.UTC)
        return None

    def closed_by(self, at: dt.datetime, zone: str) -> frozenset[Closed]:
        """Why the rules are closed by this zone's clock; empty when they are open."""
        second = int(at.timestamp() // 1)
        found = set()
        for rule in self._rules:
            local = second + offset_seconds(zoned(zone), second)
            day, clock = divmod(local, DAY_SECONDS)
            if not _within(clock, rule.windows(day)):
                usual = _within(clock, rule.usual_windows(day))
                found.add(Closed.HOLIDAY if usual else Closed.OUTSIDE_HOURS)
        return frozenset(found)

    def _open_in(self, place: Place, day: int) -> Spans:
        """The open spans of a UTC day (counted from 1970), in seconds since 1970."""
        known = self._days.get((place.key, day))
        if known is not None:
            return known
        begin, end = day * DAY_SECONDS, (day + 1) * DAY_SECONDS
        spans: Spans = ((begin, end),)
        for name in place.zones:
            around = tuple(pieces(zoned(name), begin, end))
            for rule in self._rules:
                spans = _common(spans, tuple(rule.spans(around)))
            if not spans:
                break
        if len(self._days) >= _KEPT_DAYS:
            self._days.clear()  # the days asked about move on; the old ones are not asked again
        self._days[place.key, day] = spans
        return spans


class _Rule:
    """One rule in one country: its windows on any local date."""

    def __init__(self, rule: HoursRule, country: str) -> None:
        self._rule = rule
        self._country = country
        self._week = tuple(
            _joined(window.seconds for window in rule.windows if weekday in window.days)
            for weekday in DAYS
        )

    def windows(self, day: int) -> Spans:
        """In seconds of that local date, which is counted from 1970."""
        date = date_of(day)
        if date in self._rule.closed_days:
            return ()
        weekday = date.weekday()
        if self._rule.holidays != "as_weekday" and self._is_holiday(date):
            return () if self._rule.holidays == "closed" else self._week[_SUNDAY]
        return self._week[weekday]

    def usual_windows(self, day: int) -> Spans:
        """As if it were a day like any other of the week."""
        return self._week[date_of(day).weekday()]

    def spans(self, around: Iterable[tuple[int, int, int]]) -> Iterator[tuple[int, int]]:
        """What is open within stretches of one offset each, in order."""
        for begin, end, offset in around:
            first, last = (begin + offset) // DAY_SECONDS, (end - 1 + offset) // DAY_SECONDS
            for day in range(first, last + 1):
                midnight = day * DAY_SECONDS - offset
                for opens, closes in self.windows(day):
                    since, until = max(begin, midnight + opens), min(end, midnight + closes)
                    if since < until:
                        yield since, until

    def _is_holiday(self, date: dt.date) -> bool:
        rule = self._rule
        return date in holiday.holidays_of(
            self._country, date.year, rule.holiday_categories, rule.holiday_regions
        )


def _within(clock: int, windows: Spans) -> bool:
    return any(opens <= clock < closes for opens, closes in windows)


def _joined(spans: Iterable[tuple[int, int]]) -> Spans:
    """In order, with those that touch or overlap made one."""
    joined: list[tuple[int, int]] = []
    for begin, end in sorted(spans):
        if joined and begin <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(end, joined[-1][1])
        else:
            joined.append((begin, end))
    return tuple(joined)


def _common(some: Spans, others: Spans) -> Spans:
    """What lies in both, each in order and without overlaps of its own."""
    return tuple(
        (max(begin, other_begin), min(end, other_end))
        for begin, end in some
        for other_begin, other_end in others
        if max(begin, other_begin) < min(end, other_end)
    )
