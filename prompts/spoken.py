"""Numbers, amounts, digits, dates, times and places in a queue as names of recorded prompts.

Nothing is synthesised while a caller listens: every name returned here is a file that
`prompts/render.py` has made.
"""

from __future__ import annotations

import datetime
import functools
import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Protocol

from prompts import calendar_en, calendar_es, numbers_en, numbers_es
from prompts.pieces import LIMIT, Gender, Money, Piece

#: a quarter of a second of silence, between groups of digits
PAUSE = "pause"
#: so short that nobody hears it: the beep of an agent held on the line
SILENCE = "silence_20ms"

#: the years that can be said
YEARS = range(1900, 2100)
#: the ordinals that can be said
ORDINALS = range(1, 100)


class Tongue(Protocol):
    """What a language knows of numbers: see `prompts/numbers_es.py`."""

    CURRENCIES: dict[str, Money]
    MINUS: Piece

    def number(self, value: int, gender: Gender) -> tuple[Piece, ...]: ...
    def last(self, value: int) -> Piece: ...
    def ordinal(self, value: int, gender: Gender) -> tuple[Piece, ...]: ...
    def amount(self, units: int, cents: int, currency: str) -> tuple[Piece, ...]: ...
    def pieces(self) -> frozenset[Piece]: ...


class Calendar(Protocol):
    """What a language knows of days and hours: see `prompts/calendar_es.py`."""

    def date(self, month: int, day: int, year: int | None) -> tuple[Piece, ...]: ...
    def time(self, hour: int, minute: int) -> tuple[Piece, ...]: ...
    def time_24(self, hour: int, minute: int) -> tuple[Piece, ...]: ...
    def from_day(self, days: int, weekday: int) -> Piece: ...
    def pieces(self) -> frozenset[Piece]: ...


_TONGUES: dict[str, Tongue] = {"es": numbers_es, "en": numbers_en}
_CALENDARS: dict[str, Calendar] = {"es": calendar_es, "en": calendar_en}

#: the languages linea800 speaks, Spanish first
LANGUAGES = tuple(_TONGUES)


def say_number(value: int, language: str, gender: Gender = "alone") -> tuple[str, ...]:
    """The prompts that say a whole number; raises `ValueError` unless -`LIMIT` < it < `LIMIT`."""
    if not abs(value) < LIMIT:
        raise ValueError(f"cannot say the number {value}: say numbers nearer to zero than {LIMIT}")
    tongue = _tongue(language)
    return _names(_signed(tongue, value < 0, tongue.number(abs(value), gender)))


def say_ordinal(value: int, language: str, gender: Gender = "alone") -> tuple[str, ...]:
    """The prompts that say an ordinal ("primer piso", "primera vez"); `ValueError` if not 1-99."""
    if value not in ORDINALS:
        raise ValueError(f"cannot say the ordinal of {value}: say ordinals from 1 to 99")
    return _names(_tongue(language).ordinal(value, gender))


def say_amount(amount: Decimal, currency: str, language: str) -> tuple[str, ...]:
    """The prompts that say an amount of money; `currency` is an ISO 4217 code.

    Cents are said when there are any, so that pesos of Chile or Colombia have none unless given.
    What is below zero begins with "menos"; in a sentence on a balance rather say the absolute
    value, then `in_your_favour`. Raises `ValueError` for a currency that is not known, for
    fractions of a cent (rounding money is not done here) and for `LIMIT` units or more.
    """
    tongue = _tongue(language)
    if currency not in tongue.CURRENCIES:
        known = ", ".join(sorted(tongue.CURRENCIES))
        raise ValueError(f"cannot say an amount in {currency!r}: the currencies are {known}")
    if not amount.is_finite() or not abs(amount) < LIMIT:
        raise ValueError(f"cannot say the amount {amount}: say amounts nearer to zero than {LIMIT}")
    all_cents = amount * 100
    if all_cents != int(all_cents):
        raise ValueError(f"cannot say the amount {amount}: round it to cents first")
    units, cents = divmod(abs(int(all_cents)), 100)
    return _names(_signed(tongue, amount < 0, tongue.amount(units, cents, currency)))


def say_digits(text: str, language: str, sizes: Sequence[int] | None = None) -> tuple[str, ...]:
    """The prompts that say digits one by one, with a pause between groups.

    Groups are those of `sizes` (3, 3, 2), or else of `text` ("12-345", "12 345", "12.345");
    without any, digits go by threes and a last lone digit joins the group before it. Raises
    `ValueError` for anything but digits, and for sizes that do not add up to them.
    """
    if not re.fullmatch(r"[0-9]+(?:[ .-][0-9]+)*", text):
        raise ValueError(f"cannot say {text!r} digit by digit: only digits in groups can be said")
    tongue = _tongue(language)
    groups = re.split("[ .-]", text)
    if sizes is not None:
        groups = _cut("".join(groups), sizes)
    elif len(groups) == 1:
        groups = re.findall(r"[0-9]{4}$|[0-9]{1,3}", text)
    names: list[str] = []
    for group in groups:
        names += [piece.name for digit in group for piece in tongue.number(int(digit), "alone")]
        names.append(PAUSE)
    return *names[:-2], tongue.last(int(text[-1])).name


def say_date(date: datetime.date, language: str, *, year: bool = False) -> tuple[str, ...]:
    """The prompts that say a day and month; what we tell is near, so the year is only on demand.

    Raises `ValueError` for a year to be said that is not of `YEARS`.
    """
    if year and date.year not in YEARS:
        raise ValueError(f"cannot say the year {date.year}: say years from 1900 to 2099")
    said = date.year if year else None
    return _names(_calendar(language).date(date.month, date.day, said))


def say_time(time: datetime.time, language: str, *, by_24_hours: bool = False) -> tuple[str, ...]:
    """The prompts that say hour and minute as people do, or by the 24-hour clock; no seconds.

    In Spanish they begin with the article, so a sentence before them ends in "a" or "desde".
    """
    calendar = _calendar(language)
    said = calendar.time_24 if by_24_hours else calendar.time
    return _names(said(time.hour, time.minute))


def say_from_day(day: datetime.date, today: datetime.date, language: str) -> tuple[str, ...]:
    """The prompts that say from which day on: "más tarde", "a partir de mañana", "… del lunes".

    A week from today and later it is the date. Raises `ValueError` for a day before today.
    """
    days = (day - today).days
    if days < 0:
        raise ValueError(f"cannot say from {day} on: it is {today} already")
    if days > 6:
        return say_date(day, language)
    return _names((_calendar(language).from_day(days, day.weekday()),))


def say_people_ahead(count: int, language: str) -> tuple[str, ...]:
    """The prompts that say how many wait before the caller; nobody means the caller is next."""
    if count == 0:
        return ("queue_youarenext",)
    suffix = "position_suffix_one" if count == 1 else "position_suffix_many"
    return "position_prefix", *say_number(count, language, "feminine"), suffix


def say_wait(low_minutes: int, high_minutes: int | None, language: str) -> tuple[str, ...]:
    """The prompts that say how long it takes: less than, between, or (no high end) more than.

    Raises `ValueError` unless 0 <= low < high, and for "more than nothing".
    """
    if high_minutes is None:
        if low_minutes < 1:
            raise ValueError(f"cannot say a wait of more than {low_minutes} minutes: say 1 or more")
        return "wait_more_than", *_minutes(low_minutes, language)
    if not 0 <= low_minutes < high_minutes:
        raise ValueError(
            f"cannot say a wait of {low_minutes} to {high_minutes} minutes: the second is more"
        )
    if low_minutes == 0:
        return "wait_less_than", *_minutes(high_minutes, language)
    low = say_number(low_minutes, language)
    return "wait_between", *low, "wait_and", *_minutes(high_minutes, language)


def _minutes(count: int, language: str) -> tuple[str, ...]:
    noun = "wait_minute" if count == 1 else "wait_minutes"
    return *say_number(count, language, "masculine"), noun


@functools.cache
def pieces(language: str) -> frozenset[Piece]:
    """Every recorded piece of a language; raises `ValueError` for a language not spoken."""
    return _tongue(language).pieces() | _calendar(language).pieces()


def words(names: Iterable[str], language: str) -> str:
    """What pieces of a language say, as text; a pause is a comma.

    Raises `KeyError` for a prompt that is no piece: sentences are in the catalog.
    """
    known = {piece.name: f" {piece.words}" for piece in pieces(language)} | {PAUSE: ","}
    return "".join(known[name] for name in names).strip()


def _tongue(language: str) -> Tongue:
    _must_be_spoken(language)
    return _TONGUES[language]


def _calendar(language: str) -> Calendar:
    _must_be_spoken(language)
    return _CALENDARS[language]


def _must_be_spoken(language: str) -> None:
    if language not in LANGUAGES:
        known = ", ".join(LANGUAGES)
        raise ValueError(f"cannot speak the language {language!r}: the languages are {known}")


def _signed(tongue: Tongue, below_zero: bool, said: tuple[Piece, ...]) -> tuple[Piece, ...]:
    return (tongue.MINUS, *said) if below_zero else said


def _cut(digits: str, sizes: Sequence[int]) -> list[str]:
    """The digits in groups of these sizes; raises `ValueError`."""
    if min(sizes, default=0) < 1 or sum(sizes) != len(digits):
        told = ",".join(map(str, sizes))
        raise ValueError(
            f"cannot cut {len(digits)} digits into groups of {told}: sizes are from 1 on and "
            f"add up to {len(digits)}"
        )
    rest = iter(digits)
    return ["".join(next(rest) for _ in range(size)) for size in sizes]


def _names(found: Iterable[Piece]) -> tuple[str, ...]:
    return tuple(piece.name for piece in found)
