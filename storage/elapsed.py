"""Arithmetic of moments, exact to the microsecond and the same on SQLite and on PostgreSQL."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    Interval,
    Text,
    cast,
    extract,
    func,
    literal,
    type_coerce,
)

_MILLION = 1_000_000
_QUARTER = 15 * 60


def microseconds(
    dialect: str, begin: ColumnElement[Any], end: ColumnElement[Any]
) -> ColumnElement[int]:
    """How long after `begin` the `end` was, exactly: two seconds and one microsecond are late."""
    if dialect != "sqlite":
        return cast(extract("epoch", end - begin) * _MILLION, BigInteger)
    return _since_1970(end) - _since_1970(begin)


def later(dialect: str, moment: ColumnElement[Any], seconds: int) -> ColumnElement[Any]:
    """So many whole seconds after the moment, exactly; compared with it an index is used."""
    if dialect != "sqlite":
        return moment + literal(timedelta(seconds=seconds), Interval())
    text = type_coerce(moment, Text)
    whole = func.strftime("%Y-%m-%d %H:%M:%S", func.substr(text, 1, 19), f"+{seconds} seconds")
    return type_coerce(whole, Text).concat(func.substr(text, 20))


def quarter(dialect: str, moment: ColumnElement[Any]) -> ColumnElement[int]:
    """How many quarters of an hour had passed since 1970 when the moment's began."""
    if dialect != "sqlite":
        return cast(func.floor(extract("epoch", moment) / _QUARTER), BigInteger)
    return _seconds_since_1970(moment) // _QUARTER


def moment_of(quarter: int) -> datetime:
    """When a quarter of an hour began that `quarter` counted."""
    return datetime.fromtimestamp(quarter * _QUARTER, UTC)


def tenths(dialect: str, seconds: ColumnElement[float]) -> ColumnElement[int]:
    """Seconds, none of them negative, as whole tenths, the nearest."""
    raised = seconds * 10 + 0.5
    if dialect != "sqlite":  # whose CAST rounds
        return cast(func.floor(raised), BigInteger)
    return cast(raised, Integer)


def _since_1970(moment: ColumnElement[Any]) -> ColumnElement[int]:
    """SQLite's own arithmetic of time ends at the millisecond; its text has them all."""
    text = type_coerce(moment, Text)
    return _seconds_since_1970(moment) * _MILLION + cast(func.substr(text, 21, 6), Integer)


def _seconds_since_1970(moment: ColumnElement[Any]) -> ColumnElement[int]:
    text = type_coerce(moment, Text)
    return cast(func.strftime("%s", func.substr(text, 1, 19)), Integer)
