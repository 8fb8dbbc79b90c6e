"""Whether a calling window is open, worked out a second way: no code of `dialer.rules` in it.

Presets as PyYAML reads them, zones from their files, a calendar of its own, the holidays of
Colombia and Uruguay by their laws, and a table of the minutes of the week.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import holidays

from bench.time_zone_file import zone_file

WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY = 86_400


@dataclass(frozen=True)
class Table:
    """The hours of one rule as the second opinion keeps them: a minute of the week, open or not."""

    minutes: tuple[bool, ...]
    holidays: str
    categories: tuple[str, ...] | None
    regions: tuple[str, ...]
    closed: frozenset[str]


def table_of(written: Mapping[str, Any]) -> Table:
    """A preset's section `hours`, as PyYAML reads it."""
    minutes = [False] * (7 * 1440)
    for window in written["windows"]:
        begin, end = (int(window[key][:2]) * 60 + int(window[key][3:]) for key in ("from", "to"))
        for day in window["days"]:
            first = WEEK.index(day) * 1440
            minutes[first + begin : first + end] = [True] * (end - begin)
    categories = written.get("holiday_categories")
    return Table(
        tuple(minutes),
        written["holidays"],
        tuple(categories) if categories else None,
        tuple(written.get("holiday_regions", ())),
        frozenset(str(day) for day in written.get("closed_days", ())),
    )


def is_open(tables: tuple[Table, ...], country: str, zones: tuple[str, ...], at: float) -> bool:
    """The second opinion."""
    return all(_is_open_there(tables, country, zone_file(zone).offset(at) + at) for zone in zones)


def _is_open_there(tables: tuple[Table, ...], country: str, local: float) -> bool:
    days, second = divmod(int(local // 1), DAY)
    year, month, day = civil(days)
    weekday = (days + 3) % 7  # 1970-01-01 was a Thursday
    for table in tables:
        if f"{year:04}-{month:02}-{day:02}" in table.closed:
            return False
        counted = weekday
        if table.holidays != "as_weekday" and is_holiday(
            country, year, month, day, table.categories, table.regions
        ):
            if table.holidays == "closed":
                return False
            counted = 6
        if not table.minutes[counted * 1440 + second // 60]:
            return False
    return True


def civil(days: int) -> tuple[int, int, int]:
    """The date of a count of days from 1970, by the Gregorian calendar's cycle of 400 years."""
    era, of_era = divmod(days + 719_468, 146_097)
    year = (of_era - of_era // 1460 + of_era // 36_524 - of_era // 146_096) // 365
    of_year = of_era - (365 * year + year // 4 - year // 100)
    month = (5 * of_year + 2) // 153
    day = of_year - (153 * month + 2) // 5 + 1
    shifted = month + 3 if month < 10 else month - 9
    return year + era * 400 + (shifted <= 2), shifted, day


@lru_cache(maxsize=65_536)
def is_holiday(
    country: str, year: int, month: int, day: int, categories: Any, regions: tuple[str, ...]
) -> bool:
    """By our own reckoning where there is one, else by asking the package for that very day."""
    own = OWN_HOLIDAYS.get(country)
    if own is not None:
        return (month, day) in own(year)
    wanted = categories or (("public", "optional") if country == "BR" else ("public",))
    every = holidays.list_supported_countries(include_aliases=False).get(country)
    if every is None:
        return False
    date = dt.date(year, month, day)
    named = every if "*" in regions else regions
    return any(date in _calendar(country, region, wanted) for region in (None, *named))


@lru_cache(maxsize=256)
def _calendar(country: str, region: str | None, wanted: tuple[str, ...]) -> Any:
    return holidays.country_holidays(country, subdiv=region, categories=wanted)


def easter(year: int) -> int:
    """Easter Sunday (Gauss, as Meeus has it), as days from 1970."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    n = (a + 11 * h + 22 * m) // 451
    month, day = divmod(h + m - 7 * n + 114, 31)
    return (dt.date(year, month, day + 1) - dt.date(1970, 1, 1)).days


def since_1970(year: int, month: int, day: int) -> int:
    """Days from 1970-01-01 to a date."""
    return (dt.date(year, month, day) - dt.date(1970, 1, 1)).days


@lru_cache(maxsize=64)
def colombian(year: int) -> frozenset[tuple[int, int]]:
    """Ley 51 de 1983: feasts on their day, or on the Monday that follows them."""
    fixed = [(1, 1), (5, 1), (7, 20), (8, 7), (12, 8), (12, 25)]
    moved = [(1, 6), (3, 19), (6, 29), (8, 15), (10, 12), (11, 1), (11, 11)]
    moved += [(7, 9)] if year >= 2026 else []  # Ley 2578 de 2026
    found = [since_1970(year, *date) for date in fixed]
    for date in moved:
        day = since_1970(year, *date)
        found.append(day + (4 - day) % 7)  # a count of days that is 4 modulo 7 is a Monday
    found += [easter(year) + after for after in (-3, -2, 43, 64, 71)]
    return frozenset(civil(day)[1:] for day in found)


@lru_cache(maxsize=64)
def uruguayan(year: int) -> frozenset[tuple[int, int]]:
    """The five holidays, the workable ones (three of them moved to a Monday), Turismo, Carnaval."""
    fixed = [(1, 1), (1, 6), (5, 1), (6, 19), (7, 18), (8, 25), (11, 2), (12, 25)]
    fixed += [(3, 1)] if year % 5 == 0 else []  # a president takes office
    found = [since_1970(year, *date) for date in fixed]
    for date in [(4, 19), (5, 18), (10, 12)]:
        day = since_1970(year, *date)
        after_monday = (day - 4) % 7
        if after_monday in (1, 2):
            day -= after_monday
        elif after_monday in (3, 4):
            day += 7 - after_monday
        found.append(day)
    found += [easter(year) - before for before in (48, 47, 6, 5, 4, 3, 2)]
    return frozenset(civil(day)[1:] for day in found)


OWN_HOLIDAYS: Mapping[str, Callable[[int], frozenset[tuple[int, int]]]] = {
    "CO": colombian,
    "UY": uruguayan,
}
