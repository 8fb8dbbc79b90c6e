"""What callers were told of their wait, beside how long it was, by queue and day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Connection, Select, Subquery, and_, case, func, select, true

from storage.database import Database
from storage.elapsed import microseconds, moment_of, quarter
from storage.tables import queue_stays, waits_told

_MILLION = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitFigures:
    """The callers of one queue who were told on one day. Seconds; None: there is nothing to say."""

    day: date
    #: announcements; a caller who is told again counts again
    told: int
    #: of these, after which an agent came
    reached: int
    #: how much longer it took than was reckoned with; below zero: less long
    mean_error_seconds: float | None
    mean_absolute_error_seconds: float | None
    #: share of those reached within what was said, and of those reached no later
    within: float | None
    not_later: float | None


class WaitSums(NamedTuple):
    """What the figures are made of; sums of two stretches of time are added. Microseconds."""

    told: int
    reached: int
    error: int
    absolute_error: int
    within: int
    not_later: int


class WaitStore:
    """Reads what was told, and what came of it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def by_day(
        self, queue: str, since: datetime, until: datetime, zone: ZoneInfo
    ) -> list[WaitFigures]:
        """The days of that zone on which somebody was told, newest first; `until` not included.

        What counts is until any agent came, of whichever queue. Who was told nothing (0 to 0) is
        not counted, nor is anybody's wait who gave up.
        """
        statement = _by_quarter(self._database.dialect, since, until, waits_told.c.queue == queue)

        def read(connection: Connection) -> list[WaitFigures]:
            days: dict[date, list[int]] = {}
            for _, count, *counts in connection.execute(statement):
                began = moment_of(count).astimezone(zone)
                known = days.setdefault(began.date(), [0] * len(counts))
                days[began.date()] = [a + int(b) for a, b in zip(known, counts, strict=True)]
            return [_figures(day, days[day]) for day in sorted(days, reverse=True)]

        return await self._database.read(read)

    async def by_queue_and_quarter(
        self, since: datetime, until: datetime
    ) -> list[tuple[str, datetime, WaitSums]]:
        """The sums of each queue and quarter of an hour in which somebody was told."""
        statement = _by_quarter(self._database.dialect, since, until)
        return [
            (row.queue, moment_of(row.quarter), WaitSums(*map(int, tuple(row)[2:])))
            for row in await self._database.rows(statement)
        ]


def first_of_days(days: int, zone: ZoneInfo, now: datetime) -> datetime:
    """When the first of so many days began, the last of which is today."""
    first = now.astimezone(zone).date() - timedelta(days=days - 1)
    return datetime(first.year, first.month, first.day, tzinfo=zone).astimezone(UTC)


def each_told(
    dialect: str, since: datetime, until: datetime, *where: ColumnElement[bool]
) -> Subquery:
    """A row for each announcement of the period, and when any agent came.

    Who was told nothing (0 to 0) is left out.
    """
    came = (
        select(func.min(queue_stays.c.connected_at))
        .where(
            queue_stays.c.pbx == waits_told.c.pbx,
            queue_stays.c.call_id == waits_told.c.call_id,
            queue_stays.c.connected_at >= waits_told.c.at,
        )
        .correlate(waits_told)
        .scalar_subquery()
    )
    return (
        select(
            quarter(dialect, waits_told.c.at).label("quarter"),
            waits_told.c.pbx,
            waits_told.c.call_id,
            waits_told.c.queue,
            waits_told.c.at,
            came.label("came_at"),
            waits_told.c.expected_seconds,
            waits_told.c.low_seconds,
            waits_told.c.high_seconds,
        )
        .where(
            *where,
            waits_told.c.at >= since,
            waits_told.c.at < until,
            waits_told.c.high_seconds > 0.0,
        )
        .subquery("each_told")
    )


def terms_of(dialect: str, each: Subquery) -> dict[str, ColumnElement[bool]]:
    """What has to hold of a row of `each_told` to be in a count, by its name in the report."""
    waited = microseconds(dialect, each.c.at, each.c.came_at)
    reached = each.c.came_at.is_not(None)
    not_later = and_(reached, waited <= each.c.high_seconds * _MILLION)
    return {
        "told": true(),
        "reached": reached,
        "within": and_(not_later, waited >= each.c.low_seconds * _MILLION),
        "not_later": not_later,
    }


def _by_quarter(
    dialect: str, since: datetime, until: datetime, *where: ColumnElement[bool]
) -> Select[Any]:
    each = each_told(dialect, since, until, *where)
    terms = terms_of(dialect, each)
    reached = terms["reached"]
    error = microseconds(dialect, each.c.at, each.c.came_at) - each.c.expected_seconds * _MILLION
    return select(
        each.c.queue,
        each.c.quarter,
        func.count(),
        func.sum(case((reached, 1), else_=0)),
        func.sum(case((reached, error), else_=0.0)),
        func.sum(case((reached, func.abs(error)), else_=0.0)),
        func.sum(case((terms["within"], 1), else_=0)),
        func.sum(case((terms["not_later"], 1), else_=0)),
    ).group_by(each.c.queue, each.c.quarter)


def _figures(day: date, counts: Sequence[int]) -> WaitFigures:
    told, reached, errors, absolute, within, not_later = counts

    def share(of: int) -> float | None:
        return of / reached if reached else None

    def mean(of: int) -> float | None:
        return round(of / reached / _MILLION, 3) if reached else None

    return WaitFigures(
        day=day,
        told=told,
        reached=reached,
        mean_error_seconds=mean(errors),
        mean_absolute_error_seconds=mean(absolute),
        within=share(within),
        not_later=share(not_later),
    )
