"""English dates and times of day as recorded pieces."""

from __future__ import annotations

from prompts.numbers_en import last, last_ordinal, number, ordinal
from prompts.pieces import Piece

_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July", "August", "September"),
    *("October", "November", "December"),
)
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_WHOLE = {(0, 0): "midnight", (12, 0): "noon"}


def date(month: int, day: int, year: int | None) -> tuple[Piece, ...]:
    """The pieces of a day, as in "March first (twenty twenty-six)".

    `year` is from 1900 to 2099 or left out.
    """
    head = Piece("d", _MONTHS[month - 1])
    if year is None:
        return head, last_ordinal(day)
    return head, *ordinal(day, "alone"), *_year(year)


def from_day(days: int, weekday: int) -> Piece:
    """From which day on: so many days from today (0 to 6), which is that weekday (0: Monday)."""
    near = {0: "later today", 1: "from tomorrow on"}
    return Piece("d", near.get(days, f"from {_WEEKDAYS[weekday]} on"), closing=True)


def time(hour: int, minute: int) -> tuple[Piece, ...]:
    """The pieces of a time by the twelve-hour clock, as in "three thirty p.m."."""
    if (hour, minute) in _WHOLE:
        return (_time(_WHOLE[hour, minute], closing=True),)
    face = number(hour % 12 or 12, "alone")
    half = _time("p.m." if hour >= 12 else "a.m.", closing=True)
    return *face, *((_past(minute),) if minute else ()), half


def time_24(hour: int, minute: int) -> tuple[Piece, ...]:
    """The pieces of a time by the 24-hour clock: "fifteen thirty", "oh eight hundred hours"."""
    face = _past(hour) if hour else number(0, "alone")[0]
    if minute == 0:
        return face, _time("hundred hours", closing=True)
    return face, _past(minute, closing=True)


def pieces() -> frozenset[Piece]:
    """Every piece that can be asked for, but for those of `numbers_en`."""
    found: set[Piece] = set()
    for month in range(1, 13):
        found |= set(date(month, 1, None))
    for year in (1900, 1901, 2000, 2001):
        found |= set(date(1, 1, year))
    found |= {from_day(days, weekday) for days in range(7) for weekday in range(7)}
    for hour in range(24):
        for minute in range(60):
            found |= set(time(hour, minute)) | set(time_24(hour, minute))
    return frozenset(piece for piece in found if piece.kind not in "no")


def _year(year: int) -> tuple[Piece, ...]:
    century, rest = divmod(year, 100)
    if century == 20 and rest < 10:
        head = Piece("d", "two thousand", closing=rest == 0)
    elif rest == 0:
        head = Piece("d", "nineteen hundred", closing=True)
    elif rest < 10:
        head = Piece("d", "nineteen oh")
    else:
        head = number(century, "alone")[0]
    return head, *((last(rest),) if rest else ())


def _past(value: int, *, closing: bool = False) -> Piece:
    """Two figures of a clock: "oh five", "thirty"."""
    if value < 10:
        return _time(f"oh {number(value, 'alone')[0].words}", closing=closing)
    return last(value) if closing else number(value, "alone")[0]


def _time(words: str, *, closing: bool = False) -> Piece:
    return Piece("t", words, closing)
