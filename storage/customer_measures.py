"""What is counted of customers, by queue and quarter: counted anew each time, nothing is kept."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CTE, ColumnElement, Select, and_, case, exists, func, or_, select, true

from customers.surveys import SCALES
from monitoring.customer_counts import (
    AGAIN_SECONDS,
    RESOLVED_SECONDS,
    SAID_RESOLVED,
    SAID_UNRESOLVED,
    CustomerCounts,
)
from monitoring.stays import REFUSED
from storage.database import Database
from storage.elapsed import later, moment_of, quarter
from storage.surveys import SurveyStore
from storage.tables import calls, queue_stays
from storage.waits import WaitStore

_THOUSAND = 1_000
#: what calls tell, in the order of the sums
_OF_CALLS = (
    "calls", "called_again", "contacts", "came_back", "said_resolved", "said_unresolved",
)  # fmt: skip
_ASKED_OF_CALLS = (
    "pbx", "call_id", "arrived_at", "ended_at", "customer_id", "caller_number", "reason",
    "disposition",
)  # fmt: skip
#: what begins with T sorts behind what begins with N
_TALKED, _NOT_TALKED = "T", "N"
#: counted in one go: a month of millions of calls is no statement of ten seconds
_AT_ONCE = timedelta(days=2)
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

        for piece in _pieces(since, until):
            # a quarter may begin in one piece and end in the next
            for row in await self._database.rows(_calls(self._database.dialect, *piece)):
                counts = of(row.queue or "", moment_of(row.quarter))
                for name in _OF_CALLS:
                    setattr(counts, name, getattr(counts, name) + int(row._mapping[name]))
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


def _pieces(since: datetime, until: datetime) -> Iterator[tuple[datetime, datetime]]:
    while since < until:
        yield since, (end := min(since + _AT_ONCE, until))
        since = end


def _calls(dialect: str, since: datetime, until: datetime) -> Select[Any]:
    """The sums; each call costs three short looks into an index, however many calls there are."""
    came = (
        select(
            *(calls.c[name] for name in _ASKED_OF_CALLS),
            _last_stay().label("stay"),
            later(dialect, calls.c.ended_at, AGAIN_SECONDS).label("again_until"),
            later(dialect, calls.c.ended_at, RESOLVED_SECONDS).label("resolved_until"),
        )
        .where(
            calls.c.direction == "inbound",
            calls.c.arrived_at >= since,
            calls.c.arrived_at < until,
            calls.c.ended_at.is_not(None),
            or_(calls.c.customer_id.is_not(None), calls.c.caller_number != ""),
        )
        # or the stay is looked for again wherever it is named below
        .cte("came")
        .prefix_with("MATERIALIZED")
    )
    talked = func.substr(came.c.stay, 1, 1) == _TALKED
    again = _again(came, came.c.again_until)
    came_back = _again(came, came.c.resolved_until, same_reason=True)
    each = select(
        quarter(dialect, came.c.arrived_at).label("quarter"),
        func.substr(came.c.stay, 2).label("queue"),
        talked.label("talked"),
        func.lower(came.c.disposition).label("said"),
        again.label("again"),
        case((talked, came_back), else_=False).label("came_back"),
    ).subquery("each_call")
    said = and_(each.c.talked, each.c.said.in_(sorted(SAID_RESOLVED)))
    said_not = and_(each.c.talked, each.c.said.in_(sorted(SAID_UNRESOLVED)))
    terms = (true(), each.c.again, each.c.talked, each.c.came_back, said, said_not)
    sums = [
        func.sum(case((term, 1), else_=0)).label(name)
        for name, term in zip(_OF_CALLS, terms, strict=True)
    ]
    return select(each.c.queue, each.c.quarter, *sums).group_by(each.c.queue, each.c.quarter)


def _last_stay() -> ColumnElement[Any]:
    """Whether anybody talked, and the queue of the last talk, else the last one waited in.

    Both in one text, for one look at the call's stays.
    """
    stay = queue_stays.c
    talked = case((stay.connected_at.is_not(None), _TALKED), else_=_NOT_TALKED)
    return (
        select(talked + stay.queue)
        .where(
            stay.pbx == calls.c.pbx,
            stay.call_id == calls.c.call_id,
            # nobody waited where the line was closed or full
            or_(stay.connected_at.is_not(None), stay.status.not_in(REFUSED)),
        )
        .order_by(talked.desc(), stay.ordinal.desc())
        .limit(1)
        .correlate(calls)
        .scalar_subquery()
    )


def _again(
    came: CTE, until: ColumnElement[Any], *, same_reason: bool = False
) -> ColumnElement[bool]:
    """That the same customer, else the same number, called again after the end, by then."""

    def by(column: str) -> ColumnElement[bool]:
        other = calls.alias(f"again_by_{column}")
        where = [
            other.c[column] == came.c[column],
            # between two moments: no call of another month is looked at
            other.c.arrived_at >= came.c.ended_at,
            other.c.arrived_at <= until,
            # no index begins with this text: SQLite would look through all that came in those days
            other.c.direction + "" == "inbound",
            or_(other.c.pbx != came.c.pbx, other.c.call_id != came.c.call_id),
        ]
        if same_reason:
            where.append(other.c.reason == came.c.reason)
        return exists().where(*where).correlate(came)

    known = and_(came.c.customer_id.is_not(None), by("customer_id"))
    unknown = and_(came.c.customer_id.is_(None), by("caller_number"))
    return or_(known, unknown)
