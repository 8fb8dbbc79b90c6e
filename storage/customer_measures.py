"""What is counted of customers, by queue and quarter: counted anew each time, nothing is kept."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, or_, select, true

from customers.surveys import SCALES
from monitoring.customer_counts import (
    AGAIN_SECONDS,
    RESOLVED_SECONDS,
    SAID_RESOLVED,
    SAID_UNRESOLVED,
    CustomerCounts,
)
from storage.database import Database
from storage.elapsed import microseconds, moment_of, quarter
from storage.surveys import SurveyStore
from storage.tables import calls, queue_stays
from storage.waits import WaitStore

_MILLION = 1_000_000
_THOUSAND = 1_000
#: what calls tell, in the order of the sums
_OF_CALLS = (
    "calls", "called_again", "contacts", "came_back", "said_resolved", "said_unresolved",
)  # fmt: skip
Counted = dict[tuple[str, datetime], CustomerCounts]


class CustomerMeasureStore:
    """Counts calls again, resolution, surveys, and waits that were told."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._surveys = SurveyStore(database)
        self._waits = WaitStore(database)

    async def counted(self, since: datetime, until: datetime) -> Counted:
        """The counts of each queue and quarter that has something; the queue "" is no queue.

        Calls are those that arrived in the time, `until` itself not included; of every switch, for
        customers call the company and know of no switches.
        """
        found: Counted = {}

        def of(queue: str, at: datetime) -> CustomerCounts:
            return found.setdefault((queue, at), CustomerCounts())

        statement = _calls(self._database.dialect, since, until)
        for row in await self._database.rows(statement):
            counts = of(row.queue or "", moment_of(row.quarter))
            for name in _OF_CALLS:
                setattr(counts, name, int(row._mapping[name]))
        for queue, at, asked in await self._surveys.by_queue_and_quarter(since, until):
            if asked.question in SCALES:
                of(queue, at).surveys[asked.question].take(asked)
        for queue, at, waits in await self._waits.by_queue_and_quarter(since, until):
            counts = of(queue, at)
            counts.told, counts.reached = waits.told, waits.reached
            counts.wait_error_ms = round(waits.error / _THOUSAND)
            counts.wait_absolute_error_ms = round(waits.absolute_error / _THOUSAND)
            counts.within, counts.not_later = waits.within, waits.not_later
        return found


def _calls(dialect: str, since: datetime, until: datetime) -> Select[Any]:
    talked = _stay(queue_stays.c.connected_at.is_not(None))
    each = (
        select(
            quarter(dialect, calls.c.arrived_at).label("quarter"),
            _queue().label("queue"),
            exists(talked).label("talked"),
            func.lower(calls.c.disposition).label("said"),
            _again(dialect, AGAIN_SECONDS).label("again"),
            case(
                (exists(talked), _again(dialect, RESOLVED_SECONDS, same_reason=True)), else_=False
            ).label("came_back"),
        )
        .where(
            calls.c.direction == "inbound",
            calls.c.arrived_at >= since,
            calls.c.arrived_at < until,
            calls.c.ended_at.is_not(None),
            or_(calls.c.customer_id.is_not(None), calls.c.caller_number != ""),
        )
        # or each of these columns is looked for again wherever it is named below
        .cte("each_call")
        .prefix_with("MATERIALIZED")
    )
    said = and_(each.c.talked, each.c.said.in_(sorted(SAID_RESOLVED)))
    said_not = and_(each.c.talked, each.c.said.in_(sorted(SAID_UNRESOLVED)))
    terms = (true(), each.c.again, each.c.talked, each.c.came_back, said, said_not)
    sums = [
        func.sum(case((term, 1), else_=0)).label(name)
        for name, term in zip(_OF_CALLS, terms, strict=True)
    ]
    return select(each.c.queue, each.c.quarter, *sums).group_by(each.c.queue, each.c.quarter)


def _stay(*where: ColumnElement[bool]) -> Select[Any]:
    return (
        select(queue_stays.c.queue)
        .where(queue_stays.c.pbx == calls.c.pbx, queue_stays.c.call_id == calls.c.call_id, *where)
        .correlate(calls)
    )


def _queue() -> ColumnElement[Any]:
    """That of the last talk, else the last one that was waited in."""
    talked = case((queue_stays.c.connected_at.is_not(None), 1), else_=0)
    return _stay().order_by(talked.desc(), queue_stays.c.ordinal.desc()).limit(1).scalar_subquery()


def _again(dialect: str, seconds: int, *, same_reason: bool = False) -> ColumnElement[bool]:
    """That the same customer, else the same number, called again so soon after the call's end."""

    def by(column: str) -> ColumnElement[bool]:
        other = calls.alias(f"again_by_{column}")
        where = [
            other.c[column] == calls.c[column],
            other.c.arrived_at >= calls.c.ended_at,
            other.c.direction == "inbound",
            microseconds(dialect, calls.c.ended_at, other.c.arrived_at) <= seconds * _MILLION,
            or_(other.c.pbx != calls.c.pbx, other.c.call_id != calls.c.call_id),
        ]
        if same_reason:
            where.append(other.c.reason == calls.c.reason)
        return exists().where(*where).correlate(calls)

    known = and_(calls.c.customer_id.is_not(None), by("customer_id"))
    unknown = and_(calls.c.customer_id.is_(None), by("caller_number"))
    return or_(known, unknown)
