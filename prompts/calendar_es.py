"""Spanish dates and times of day as recorded pieces."""

from __future__ import annotations

from prompts.numbers_es import last, number
from prompts.pieces import Piece

_MONTHS = (
    *("enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre"),
    *("octubre", "noviembre", "diciembre"),
)
_CENTURIES = {1900: "de mil novecientos", 2000: "de dos mil"}

_WEEKDAYS = ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo")

#: the hour from which a part of the day lasts, the latest first; one hour past midnight is night
_PARTS = (
    (19, "de la noche"),
    (12, "de la tarde"),
    (6, "de la mañana"),
    (1, "de la madrugada"),
    (0, "de la noche"),
)
# these need no part of the day after them, and nobody says "en punto" here
_WHOLE = {(0, 0): "las doce de la noche", (12, 0): "las doce del mediodía"}
_PAST = {0: "en punto", 15: "y cuarto", 30: "y media"}
# "las tres y uno" would be understood as a word cut off
_ONE_MINUTE = "un minuto"


def date(month: int, day: int, year: int | None) -> tuple[Piece, ...]:
    """The pieces of a day, as in "el primero de marzo (de dos mil veintiséis)".

    `year` is from 1900 to 2099 or left out.
    """
    said = "primero" if day == 1 else number(day, "alone")[0].words
    head, named = Piece("d", f"el {said}"), f"de {_MONTHS[month - 1]}"
    if year is None:
        return head, Piece("d", named, closing=True)
    rest = year % 100
    century = Piece("d", _CENTURIES[year - rest], closing=rest == 0)
    return head, Piece("d", named), century, *((last(rest),) if rest else ())


def from_day(days: int, weekday: int) -> Piece:
    """From which day on: so many days from today (0 to 6), which is that weekday (0: Monday)."""
    near = {0: "hoy más tarde", 1: "a partir de mañana"}
    return Piece("d", near.get(days, f"a partir del {_WEEKDAYS[weekday]}"), closing=True)


def time(hour: int, minute: int) -> tuple[Piece, ...]:
    """The pieces of a time by the twelve-hour clock, as in "las tres y media de la tarde".

    A quarter to the hour is "y cuarenta y cinco": "menos cuarto" and "un cuarto para" divide the
    continent.
    """
    if (hour, minute) in _WHOLE:
        return (_time(_WHOLE[hour, minute], closing=True),)
    face = _hour(hour % 12 or 12)
    part = _time(next(name for begins, name in _PARTS if hour >= begins), closing=True)
    if minute in _PAST:
        return _time(face), _time(_PAST[minute]), part
    past = _time(_ONE_MINUTE) if minute == 1 else number(minute, "alone")[0]
    return _time(f"{face} y"), past, part


def time_24(hour: int, minute: int) -> tuple[Piece, ...]:
    """The pieces of a time by the 24-hour clock: "las quince y treinta", "las quince horas"."""
    face = _hour(hour)
    if minute == 0:
        return (_time(f"{face} {'hora' if hour == 1 else 'horas'}", closing=True),)
    past = _time(_ONE_MINUTE, closing=True) if minute == 1 else last(minute)
    return _time(f"{face} y"), past


def pieces() -> frozenset[Piece]:
    """Every piece that can be asked for, but for the numbers of `numbers_es`."""
    found = {_time(_ONE_MINUTE)}
    for day in range(1, 32):
        found |= set(date(1, day, None)) | set(date(1, day, 2000))
    for month in range(1, 13):
        found |= set(date(month, 1, None)) | set(date(month, 1, 2000))
    for year in (1900, 1901, 2000, 2001):
        found |= set(date(1, 1, year))
    found |= {from_day(days, weekday) for days in range(7) for weekday in range(7)}
    for hour in range(24):
        for minute in range(60):
            found |= set(time(hour, minute)) | set(time_24(hour, minute))
    return frozenset(piece for piece in found if piece.kind != "n")


def _hour(hour: int) -> str:
    said = number(hour, "feminine")[0].words
    return f"la {said}" if hour == 1 else f"las {said}"


def _time(words: str, *, closing: bool = False) -> Piece:
    return Piece("t", words, closing)
