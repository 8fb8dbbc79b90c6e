"""Numbers, amounts, digits, dates and places in a queue as names of recorded prompts.

Nothing is synthesised while a caller listens: every name returned here is a file that
`prompts/render.py` has made.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Protocol

from prompts import numbers_en, numbers_es
from prompts.pieces import LIMIT, Gender, Money, Piece

#: a quarter of a second of silence, between groups of digits
PAUSE = "pause"
#: so short that nobody hears it: the beep of an agent held on the line
SILENCE = "silence_20ms"


class Tongue(Protocol):
    """What a language knows: see `prompts/numbers_es.py`."""

    CURRENCIES: dict[str, Money]

    def number(self, value: int, gender: Gender) -> tuple[Piece, ...]: ...
    def last_digit(self, digit: int) -> Piece: ...
    def amount(self, units: int, cents: int, currency: str) -> tuple[Piece, ...]: ...
    def date(self, month: int, day: int) -> tuple[Piece, ...]: ...
    def pieces(self) -> frozenset[Piece]: ...


_TONGUES: dict[str, Tongue] = {"es": numbers_es, "en": numbers_en}

#: the languages linea800 speaks, Spanish first
LANGUAGES = tuple(_TONGUES)


def say_number(value: int, language: str, gender: Gender = "alone") -> tuple[str, ...]:
    """The prompts that say a whole number; raises `ValueError` outside 0 to below `LIMIT`."""
    if not 0 <= value < LIMIT:
        raise ValueError(f"cannot say the number {value}: say numbers from 0 to below {LIMIT}")
    return _names(_tongue(language).number(value, gender))


def say_amount(amount: Decimal, currency: str, language: str) -> tuple[str, ...]:
    """The prompts that say an amount of money; `currency` is an ISO 4217 code.

    Raises `ValueError` for a currency that is not known, for fractions of a cent (rounding money
    is not done here) and for a negative amount: say its absolute value, then `in_your_favour`.
    """
    tongue = _tongue(language)
    if currency not in tongue.CURRENCIES:
        known = ", ".join(sorted(tongue.CURRENCIES))
        raise ValueError(f"cannot say an amount in {currency!r}: the currencies are {known}")
    if not amount.is_finite() or not 0 <= amount < LIMIT:
        raise ValueError(f"cannot say the amount {amount}: say amounts from 0 to below {LIMIT}")
    all_cents = amount * 100
    if all_cents != int(all_cents):
        raise ValueError(f"cannot say the amount {amount}: round it to cents first")
    units, cents = divmod(int(all_cents), 100)
    return _names(tongue.amount(units, cents, currency))


def say_digits(text: str, language: str) -> tuple[str, ...]:
    """The prompts that say digits one by one, with a pause between groups.

    Groups are those of `text` ("12-345", "12 345", "12.345"); without any, digits go by threes and
    a last lone digit joins the group before it. Raises `ValueError` for anything but digits.
    """
    if not re.fullmatch(r"[0-9]+(?:[ .-][0-9]+)*", text):
        raise ValueError(f"cannot say {text!r} digit by digit: only digits in groups can be said")
    tongue = _tongue(language)
    groups = re.split("[ .-]", text)
    if len(groups) == 1:
        groups = re.findall(r"[0-9]{4}$|[0-9]{1,3}", text)
    names: list[str] = []
    for group in groups:
        names += [piece.name for digit in group for piece in tongue.number(int(digit), "alone")]
        names.append(PAUSE)
    return *names[:-2], tongue.last_digit(int(text[-1])).name


def say_date(date: datetime.date, language: str) -> tuple[str, ...]:
    """The prompts that say a day and month; the year is left out, as what we tell is near."""
    return _names(_tongue(language).date(date.month, date.day))


def say_people_ahead(count: int, language: str) -> tuple[str, ...]:
    """The prompts that say how many wait before the caller; nobody means the caller is next."""
    if count == 0:
        return ("queue_youarenext",)
    suffix = "position_suffix_one" if count == 1 else "position_suffix_many"
    return "position_prefix", *say_number(count, language, "feminine"), suffix


def pieces(language: str) -> frozenset[Piece]:
    """Every recorded piece of a language; raises `ValueError` for a language not spoken."""
    return _tongue(language).pieces()


def _tongue(language: str) -> Tongue:
    if language not in _TONGUES:
        known = ", ".join(LANGUAGES)
        raise ValueError(f"cannot speak the language {language!r}: the languages are {known}")
    return _TONGUES[language]


def _names(found: Iterable[Piece]) -> tuple[str, ...]:
    return tuple(piece.name for piece in found)
