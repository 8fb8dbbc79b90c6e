"""Values held to their kind, whether a menu sends them or the operator's system does."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from ivr.services import What
from ivr.values import Value

#: no figure of a subscriber's is larger; beyond it floats lose cents
_LARGEST = 10**12
_LONGEST_TEXT = 500
_MOST_TEXTS = 20
_DIGITS = re.compile(r"[0-9]{0,32}", re.ASCII)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_AMOUNT = re.compile(r"-?[0-9]{1,13}(\.[0-9]{1,6})?", re.ASCII)


class WrongKindError(ValueError):
    """A value is not what it should be; the message says what it should be, not what it is."""


def held(value: Any, kind: What) -> Value:
    """The value as menus know it; raises `WrongKindError`."""
    return _HOLD[kind](value)


def _text(value: Any) -> Value:
    if not isinstance(value, str) or len(value) > _LONGEST_TEXT:
        raise WrongKindError(f"is no text of at most {_LONGEST_TEXT} characters")
    text = " ".join(value.split())
    if not text.isprintable():
        raise WrongKindError("has characters that cannot be printed")
    return text


def _texts(value: Any) -> Value:
    if not isinstance(value, list | tuple) or len(value) > _MOST_TEXTS:
        raise WrongKindError(f"is no list of at most {_MOST_TEXTS} texts")
    return tuple(_text(each) for each in value)


def _number(value: Any) -> Value:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise WrongKindError("is no number")
    if not -_LARGEST <= value <= _LARGEST:  # nor is what is no number at all (NaN) in between
        raise WrongKindError(f"is no number up to {_LARGEST:,}")
    return int(value) if value == int(value) else float(value)


def _amount(value: Any) -> Value:
    """Many systems send money as text, so that no cent is lost on the way."""
    if isinstance(value, str):
        if not _AMOUNT.fullmatch(value):
            raise WrongKindError('is no amount like 1021.01 or "1021.01"')
        value = Decimal(value)
    return _number(value)


def _digits(value: Any) -> Value:
    if isinstance(value, int) and not isinstance(value, bool):
        # the length is checked below, and a huge number would take long to become text
        value = str(value) if 0 <= value < 10**32 else None
    if not isinstance(value, str) or not _DIGITS.fullmatch(value):
        raise WrongKindError("is no row of at most 32 digits")
    return value


def _date(value: Any) -> Value:
    try:
        if isinstance(value, str) and _DATE.fullmatch(value):
            return datetime.date.fromisoformat(value).isoformat()
    except ValueError:
        pass
    raise WrongKindError("is no date like 2026-11-30")


def _yes_no(value: Any) -> Value:
    if not isinstance(value, bool):
        raise WrongKindError("is neither true nor false")
    return value


_HOLD: Mapping[What, Callable[[Any], Value]] = {
    What.TEXT: _text,
    What.NUMBER: _number,
    What.AMOUNT: _amount,
    What.DIGITS: _digits,
    What.DATE: _date,
    What.YES_NO: _yes_no,
    What.TEXTS: _texts,
}


def number_of(text: str) -> Decimal:
    """A JSON number with a fraction or an exponent, exactly; raises `ValueError`."""
    try:
        return Decimal(text)
    except InvalidOperation:
        raise ValueError("a number out of all measure") from None
