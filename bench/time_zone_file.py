"""Time zone files read by hand (RFC 8536), to check those who trust `zoneinfo` against.

It shares nothing with `dialer.rules`, and of `zoneinfo` only where the files lie.
"""

from __future__ import annotations

import importlib.resources
import re
import struct
import zoneinfo
from bisect import bisect_right
from functools import lru_cache
from pathlib import Path

_HEADER = struct.Struct(">4sc15x6l")
_NAME = r"(?:[A-Za-z]{3,}|<[^>]+>)"
_TIME = r"[+-]?\d{1,3}(?::\d\d(?::\d\d)?)?"
_FOOTER = re.compile(
    rf"{_NAME}(?P<standard>{_TIME})"
    rf"(?:{_NAME}(?P<summer>{_TIME})?,(?P<begins>[^,]+),(?P<ends>[^,]+))?"
)


class ZoneFile:
    """The offsets of one zone; instants are seconds since 1970."""

    def __init__(self, name: str) -> None:
        content = _content(name)
        _, _, *first = _HEADER.unpack_from(content)
        # The first block has 32-bit times: it is passed over for the second one.
        at = _HEADER.size + _length(first, 4)
        _, _, *counts = _HEADER.unpack_from(content, at)
        _, _, _, times, types, _ = counts
        at += _HEADER.size
        end = at + _length(counts, 8)
        self.transitions = struct.unpack_from(f">{times}q", content, at)
        at += 8 * times
        which = content[at : at + times]
        at += times
        offsets = [struct.unpack_from(">l", content, at + 6 * each)[0] for each in range(types)]
        self._first: int = offsets[0]
        self._offsets: list[int] = [offsets[each] for each in which]
        self._footer = _FOOTER.fullmatch(content[end:].decode("ascii").strip("\n"))

    def offset(self, at: float) -> int:
        """Seconds the wall clock is ahead of UTC."""
        place = bisect_right(self.transitions, at)
        if place == len(self.transitions) and self._footer is not None:
            return self._by_footer(at)
        return self._offsets[place - 1] if place else self._first

    def changes_in(self, year: int) -> list[int]:
        """The instants of a year at which the offset changes."""
        first, last = _days(year, 1, 1), _days(year + 1, 1, 1)
        return [
            self._change_within(day * 86_400, day * 86_400 + 86_400)
            for day in range(first, last)
            if self.offset(day * 86_400) != self.offset(day * 86_400 + 86_400)
        ]

    def _change_within(self, before: int, after: int) -> int:
        while after - before > 1:
            middle = (before + after) // 2
            if self.offset(middle) == self.offset(after):
                after = middle
            else:
                before = middle
        return after

    def _by_footer(self, at: float) -> int:
        assert self._footer is not None
        standard = -_seconds(self._footer["standard"])
        if self._footer["begins"] is None:
            return standard
        summer = standard + 3600
        if self._footer["summer"] is not None:
            summer = -_seconds(self._footer["summer"])
        year = _year(int(at + standard) // 86_400)
        begins = _change(self._footer["begins"], year) - standard
        ends = _change(self._footer["ends"], year) - summer
        inside = begins <= at < ends if begins < ends else not ends <= at < begins
        return summer if inside else standard


@lru_cache(maxsize=1024)
def zone_file(name: str) -> ZoneFile:
    """The file of a zone, read once."""
    return ZoneFile(name)


def _content(name: str) -> bytes:
    for folder in zoneinfo.TZPATH:
        path = Path(folder) / name
        if path.is_file():
            return path.read_bytes()
    return importlib.resources.files("tzdata").joinpath("zoneinfo", *name.split("/")).read_bytes()


def _length(counts: list[int], width: int) -> int:
    universal, standard, leaps, times, types, letters = counts
    return times * (width + 1) + types * 6 + letters + leaps * (width + 4) + standard + universal


def _seconds(text: str) -> int:
    hours, minutes, seconds = [*(int(part) for part in text.lstrip("+-").split(":")), 0, 0][:3]
    value = 3600 * hours + 60 * minutes + seconds
    return -value if text.startswith("-") else value


def _change(rule: str, year: int) -> int:
    """Local seconds since 1970 of a rule such as M3.2.0/2, J60 or 59."""
    date, _, clock = rule.partition("/")
    clock_seconds = _seconds(clock) if clock else 7200
    if date.startswith("J"):
        leap = _days(year, 3, 1) - _days(year, 2, 28) == 2
        number = int(date[1:])
        day = _days(year, 1, 1) + number - 1 + (1 if leap and number > 59 else 0)
    elif not date.startswith("M"):
        day = _days(year, 1, 1) + int(date)
    else:
        month, week, weekday = (int(part) for part in date[1:].split("."))
        day = _days(year, month, 1)
        day += (weekday - (day + 4)) % 7 + (week - 1) * 7  # 1970-01-01 was a Thursday
        following = _days(year + month // 12, month % 12 + 1, 1)
        while day >= following:
            day -= 7
    return day * 86_400 + clock_seconds


def _days(year: int, month: int, day: int) -> int:
    """Days from 1970-01-01 to a date of the Gregorian calendar, by counting."""
    shifted = year - (month <= 2)
    months = (month + 9) % 12
    return (
        365 * shifted + shifted // 4 - shifted // 100 + shifted // 400
        + (153 * months + 2) // 5 + day - 1 - 719_468
    )  # fmt: skip


def _year(days: int) -> int:
    year = 1970 + days // 366
    while _days(year + 1, 1, 1) <= days:
        year += 1
    return year
