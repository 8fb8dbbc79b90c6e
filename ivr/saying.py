"""From what a menu wants said to the names of prompts: values become recorded pieces. Pure."""

from __future__ import annotations

import datetime
from collections.abc import Set
from decimal import Decimal, InvalidOperation

from ivr.expressions import evaluate
from ivr.parts import Prompts, Spoken
from ivr.values import Value, Values
from prompts import spoken
from prompts.names import say_name

_CENT = Decimal("0.01")
#: more than there are words for
_MOST_DIGITS = 20


def said(
    prompts: Prompts, values: Values, language: str, *, currency: str, names: Set[str]
) -> tuple[str, ...] | None:
    """The prompts to be played; None where a value cannot be said, so that nothing half is.

    `names` are the recorded first names (and whatever else is recorded in the language).
    """
    played: list[str] = []
    for each in prompts:
        if isinstance(each, str):
            played.append(each)
            continue
        pieces = _pieces(each, values, language, currency, names)
        if pieces is None:
            return None
        played += pieces
    return tuple(played)


def _pieces(
    wanted: Spoken, values: Values, language: str, currency: str, names: Set[str]
) -> tuple[str, ...] | None:
    try:
        return _said(wanted, values, language, currency, names)
    except (ValueError, InvalidOperation, OverflowError):
        return None


def _said(
    wanted: Spoken, values: Values, language: str, currency: str, names: Set[str]
) -> tuple[str, ...] | None:
    """Raises `ValueError` or `InvalidOperation` for what is no such thing."""
    if wanted.first_name is not None:
        return say_name(_text(evaluate(wanted.first_name, values)), language, names)
    if wanted.digits is not None:
        text = _text(evaluate(wanted.digits, values))
        return spoken.say_digits(text, language, wanted.groups or None)
    if wanted.amount is not None:
        if wanted.currency is not None:
            currency = _text(evaluate(wanted.currency, values))
        amount = _decimal(evaluate(wanted.amount, values)).quantize(_CENT)
        return spoken.say_amount(amount, currency, language)
    if wanted.date is not None:
        date = datetime.date.fromisoformat(_text(evaluate(wanted.date, values))[:10])
        return spoken.say_date(date, language, year=wanted.year)
    if wanted.time is not None:
        # of a moment, what its clock shows
        written = _text(evaluate(wanted.time, values)).rpartition("T")[2]
        return spoken.say_time(datetime.time.fromisoformat(written), language)
    counted = wanted.number if wanted.number is not None else wanted.ordinal
    figure = _decimal(evaluate(counted or "null", values))
    # writing out 1e2000000 takes minutes
    if not figure.is_finite() or abs(figure.adjusted()) > _MOST_DIGITS or figure != int(figure):
        raise ValueError("is no whole number")
    say = spoken.say_number if wanted.number is not None else spoken.say_ordinal
    return say(int(figure), language, wanted.gender)


def _text(value: Value) -> str:
    if not isinstance(value, str | int) or isinstance(value, bool):
        raise ValueError("is no text")
    return str(value)


def _decimal(value: Value) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError("is no number")
    return Decimal(str(value))
