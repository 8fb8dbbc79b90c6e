"""Pages of what is behind a count, read quarter by quarter of those that have any, newest first."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import Column, ColumnElement, Connection, select

from monitoring.quarters import quarter_of
from storage import cursors

#: quarters looked at for one page at most: a page may be shorter than asked for, and go on
_LOOKED_AT = 96
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Counted(Generic[T]):
    """One of those that a quarter counts, and when it happened there."""

    at: datetime
    #: tells it from another of the same moment
    key: str
    what: T


def page(
    connection: Connection,
    quarter: Column[Any],
    where: Iterable[ColumnElement[bool]],
    counted_in: Callable[[datetime], Iterable[Counted[T]]],
    cursor: str | None,
    limit: int,
) -> tuple[list[T], str | None]:
    """What is counted in these quarters, newest first, and the cursor with which it goes on.

    `where` picks rows of the table of measures that `quarter` is of, one for each quarter. The list
    is over when the cursor is None; before that it may have fewer than `limit`. Raises
    `CursorError`, and `ValueError` when `limit` is not 1 to 1000.
    """
    cursors.check_limit(limit)
    every = [*where]
    start: tuple[datetime, str] | None = None
    if cursor is not None:
        at, (key,) = cursors.decode(cursor, 1)
        start = (at, key)
        every.append(quarter <= quarter_of(at))
    statement = select(quarter).where(*every).order_by(quarter.desc()).limit(_LOOKED_AT + 1)
    quarters = list(connection.execute(statement).scalars())
    found: list[Counted[T]] = []
    for begins in quarters[:_LOOKED_AT]:
        theirs = [one for one in counted_in(begins) if start is None or (one.at, one.key) < start]
        found += sorted(theirs, key=lambda one: (one.at, one.key), reverse=True)
        if len(found) > limit:
            last = found[limit - 1]
            return [one.what for one in found[:limit]], cursors.encode(last.at, last.key)
    goes_on = len(quarters) > _LOOKED_AT
    # before everything in the last one that was looked at
    before = cursors.encode(quarters[_LOOKED_AT - 1], "") if goes_on else None
    return [one.what for one in found], before
