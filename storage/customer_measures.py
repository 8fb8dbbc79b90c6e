"""What is counted of customers, by queue and quarter: counted anew each time, nothing is kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Select,
    Subquery,
    and_,
    case,
    exists,
    func,
    or_,
    select,
    true,
)

from agents.said import LETTERS, USUAL, Said
from customers.surveys import SCALES
from monitoring.customer_counts import (
    AGAIN_SECONDS,
    RESOLVED_SECONDS,
    CustomerCounts,
)
from monitoring.stays import REFUSED
from storage.database import Database
from storage.elapsed import later, moment_of, quarter
from storage.surveys import SurveyStore
from storage.tables import calls, queue_stays
from storage.waits import WaitStore

_THOUSAND = 1_000
_TOLD_OF_CALLS = (
    "pbx", "call_id", "arrived_at", "customer_id", "caller_number", "reason", "disposition",
)  # fmt: skip
#: what begins with T sorts behind what begins with N
_TALKED, _NOT_TALKED = "T", "N"
#: counted in one go: a month of millions of calls is no statement of ten seconds
_AT_ONCE = timedelta(days=2)
Counted = dict[tuple[str, datetime], CustomerCounts]


class CustomerMeasureStore:
    """Counts calls again, resolution, surveys, and waits that were told.

    `said` are the words of agents for what was resolved.
    """

    def __init__(self, database: Database, said: Said = USUAL) -> None:
        self._database = database
        self._said = said
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
            each = each_call(self._database.dialect, *piece)
            terms = terms_of(each, self._said)
            for row in await self._database.rows(_summed(each, terms)):
                counts = of(row.queue or "", moment_of(row.quarter))
                for name in terms:
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


def _summed(each: Subquery, terms: Mapping[str, ColumnElement[bool]]) -> Select[Any]:
    sums = [func.sum(case((term, 1), else_=0)).label(name) for name, term in terms.items()]
    return select(each.c.queue, each.c.quarter, *sums).group_by(each.c.queue, each.c.quarter)


def terms_of(each: Subquery, words: Said) -> dict[str, ColumnElement[bool]]:
    """What has to hold of a row of `each_call` to be in a count, by its name in the report."""
    said = and_(each.c.talked, each.c.said.in_(sorted(words.resolved)))
    said_not = and_(each.c.talked, each.c.said.in_(sorted(words.unresolved)))
    return {
        "calls": true(),
        "called_again": each.c.again,
        "contacts": each.c.talked,
        "came_back": each.c.came_back,
        "said_resolved": said,
        "said_unresolved": said_not,
    }


def each_call(dialect: str, since: datetime, until: datetime) -> Subquery:
    """A row for each call of the period that is counted, with what it is counted by.

    Each costs three short looks into an index, however many calls there are.
    """
    came = (
        select(
            *(calls.c[name] for name in (*_TOLD_OF_CALLS, "ended_at")),
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
    return select(
        *(came.c[name] for name in _TOLD_OF_CALLS),
        quarter(dialect, came.c.arrived_at).label("quarter"),
        func.substr(came.c.stay, 2).label("queue"),
        talked.label("talked"),
        _plain(came.c.disposition).label("said"),
        again.label("again"),
        case((talked, came_back), else_=False).label("came_back"),
    ).subquery("each_call")


def _plain(word: ColumnElement[Any]) -> ColumnElement[Any]:
    """As `monitoring.said.plain`."""
    for letter, bare in LETTERS:
        word = func.replace(word, letter, bare)
    return func.lower(word)


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
