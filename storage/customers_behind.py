"""What a count of customers is made of: calls, questions after them, waits that were told.

The same rows that are counted, by the same terms, told one by one; of every switch.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, TypeAlias

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    false,
    func,
    not_,
    or_,
    select,
)

from agents.said import USUAL, Said
from customers.surveys import CES, CSAT, NPS, RESOLVED, SCALES, score
from storage import cursors, customer_measures, waits
from storage.database import Database
from storage.surveys import SurveyFilter, asked
from storage.tables import calls, queue_stays, survey_answers

#: each call is looked for again among later ones: so much of the period for one page, bit by bit
_AT_ONCE, _LOOKED_AT = timedelta(hours=6), timedelta(days=2)
_TICK = timedelta(microseconds=1)
_ASKED = survey_answers.c
_OF_THE_CALL = ("caller_number", "customer_id", "reason", "disposition")
#: rows, and by what they are ordered
_Ordered: TypeAlias = tuple[Select[Any], Sequence[ColumnElement[Any]]]


class CustomerCount(StrEnum):
    """A count of customers, by its name in the report, a survey's behind its question.

    `no_repeat` are contacts less `came_back`, `late` those reached less `not_later`. Of questions
    whose answers count as yes or no, `_score` are those that count.
    """

    CALLS = "calls"
    CALLED_AGAIN = "called_again"
    CONTACTS = "contacts"
    CAME_BACK = "came_back"
    NO_REPEAT = "no_repeat"
    SAID_RESOLVED = "said_resolved"
    SAID_UNRESOLVED = "said_unresolved"
    TOLD = "told"
    REACHED = "reached"
    WITHIN = "within"
    NOT_LATER = "not_later"
    LATE = "late"
    CSAT_ASKED = "csat_asked"
    CSAT_ANSWERED = "csat_answered"
    CSAT_SCORED = "csat_scored"
    CSAT_SCORE = "csat_score"
    NPS_ASKED = "nps_asked"
    NPS_ANSWERED = "nps_answered"
    NPS_SCORED = "nps_scored"
    RESOLVED_ASKED = "resolved_asked"
    RESOLVED_ANSWERED = "resolved_answered"
    RESOLVED_SCORED = "resolved_scored"
    RESOLVED_SCORE = "resolved_score"
    CES_ASKED = "ces_asked"
    CES_ANSWERED = "ces_answered"
    CES_SCORED = "ces_scored"


_TOLD = frozenset(
    {
        CustomerCount.TOLD,
        CustomerCount.REACHED,
        CustomerCount.WITHIN,
        CustomerCount.NOT_LATER,
        CustomerCount.LATE,
    }
)
#: the question of a count, and which of its rows
_SURVEYS = {
    CustomerCount(f"{question}_{part}"): (question, part)
    for question in (CSAT, NPS, RESOLVED, CES)
    for part in ("asked", "answered", "scored", "score")
    if f"{question}_{part}" in list(CustomerCount)
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomersWanted:
    """Which rows: those of a count in the period, `until` not included; "" is no queue."""

    since: datetime
    until: datetime
    count: CustomerCount
    #: None: any
    queues: Collection[str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerCall:
    """One that is counted, when and of which queue; what is of another kind is None."""

    at: datetime
    pbx: str
    call_id: str
    queue: str
    caller_number: str
    customer_id: int | None
    reason: str
    disposition: str
    #: a question after the call
    question: str | None = None
    answer: int | None = None
    low: int | None = None
    high: int | None = None
    #: a wait that was told
    expected_seconds: float | None = None
    low_seconds: float | None = None
    high_seconds: float | None = None
    #: until any agent came
    came_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class CustomerCallPage:
    """Rows, newest first, and the cursor with which the list goes on (None: it is over).

    A page may have fewer than were asked for, or none, and go on all the same.
    """

    calls: list[CustomerCall]
    next_cursor: str | None


class CustomerCallStore:
    """Finds what customers are counted by; `said` are the words for what was resolved."""

    def __init__(self, database: Database, said: Said = USUAL) -> None:
        self._database = database
        self._said = said

    async def behind(
        self, wanted: CustomersWanted, cursor: str | None = None, limit: int = 100
    ) -> CustomerCallPage:
        """A page, newest first.

        Raises `CursorError`, and `ValueError` when `limit` is not 1 to 1000.
        """
        cursors.check_limit(limit)
        dialect = self._database.dialect
        if wanted.count in _SURVEYS or wanted.count in _TOLD:
            rows = _asked if wanted.count in _SURVEYS else _told
            found, order = rows(dialect, wanted)
            statement = _next(found, order, cursor, limit)
            return await self._database.read(lambda c: _page(c.execute(statement).all(), limit))
        return await self._database.read(
            lambda c: _calls(c, dialect, self._said, wanted, cursor, limit)
        )


def _next(
    found: Select[Any], order: Sequence[ColumnElement[Any]], cursor: str | None, limit: int
) -> Select[Any]:
    if cursor is not None:
        found = found.where(cursors.after(cursor, order))
    return found.order_by(*(column.desc() for column in order)).limit(limit + 1)


def _page(rows: Collection[Row[Any]], limit: int) -> CustomerCallPage:
    found = [CustomerCall(**row._mapping) for row in rows]
    if len(found) <= limit:
        return CustomerCallPage(found, None)
    last = found[limit - 1]
    return CustomerCallPage(found[:limit], cursors.encode(last.at, last.pbx, last.call_id))


def _in_queue(queue: ColumnElement[Any], wanted: CustomersWanted) -> list[ColumnElement[bool]]:
    return [] if wanted.queues is None else [queue.in_(sorted(wanted.queues))]


def _of_the_call(call: Any) -> list[ColumnElement[Any]]:
    """What is told of a call, if it is kept."""
    return [
        call.customer_id if name == "customer_id" else func.coalesce(call[name], "").label(name)
        for name in _OF_THE_CALL
    ]


# --- calls


def _calls(
    connection: Connection,
    dialect: str,
    said: Said,
    wanted: CustomersWanted,
    cursor: str | None,
    limit: int,
) -> CustomerCallPage:
    end = wanted.until
    if cursor is not None:
        end = min(end, cursors.decode(cursor, 2)[0] + _TICK)
    stop = max(wanted.since, end - _LOOKED_AT)
    rows: list[Row[Any]] = []
    while len(rows) <= limit and stop < end:
        begin = max(stop, end - _AT_ONCE)
        found, order = _counted_calls(dialect, said, begin, end, wanted)
        rows += connection.execute(_next(found, order, cursor, limit)).all()
        end = begin
    page = _page(rows[: limit + 1], limit)
    if page.next_cursor is None and wanted.since < stop:
        # before everything that arrived from there on
        return CustomerCallPage(page.calls, cursors.encode(stop, "", ""))
    return page


def _counted_calls(
    dialect: str, said: Said, since: datetime, until: datetime, wanted: CustomersWanted
) -> _Ordered:
    each = customer_measures.each_call(dialect, since, until)
    terms = customer_measures.terms_of(each, said)
    if wanted.count is CustomerCount.NO_REPEAT:
        term = and_(terms["contacts"], not_(terms["came_back"]))
    else:
        term = terms[wanted.count]
    queue = func.coalesce(each.c.queue, "")
    told = [each.c[name] for name in ("pbx", "call_id", *_OF_THE_CALL)]
    found = select(each.c.arrived_at.label("at"), queue.label("queue"), *told)
    order = [each.c.arrived_at, each.c.pbx, each.c.call_id]
    return found.where(term, *_in_queue(queue, wanted)), order


# --- questions


def _asked(dialect: str, wanted: CustomersWanted) -> _Ordered:
    question, part = _SURVEYS[wanted.count]
    queue = func.coalesce(queue_stays.c.queue, "")
    period = SurveyFilter(since=wanted.since, until=wanted.until, question=question)
    told = [_ASKED[name] for name in ("pbx", "call_id", "question", "answer", "low", "high")]
    found = asked(
        period,
        _ASKED.asked_at.label("at"),
        queue.label("queue"),
        *told,
        *_of_the_call(calls.c),
    )
    where = _in_queue(queue, wanted)
    if part != "asked":
        where.append(_ASKED.answer.is_not(None))
    if part in ("scored", "score"):
        where.append(_on_scale(question, counts_only=part == "score"))
    return found.where(*where), [_ASKED.asked_at, _ASKED.pbx, _ASKED.call_id]


def _on_scale(question: str, *, counts_only: bool) -> ColumnElement[bool]:
    """That the answer is on a scale of the question; `counts_only`: and counts."""
    scales = []
    for low, high in SCALES[question]:
        on_it = [_ASKED.low == low, _ASKED.high == high]
        if counts_only:
            counting = [one for one in range(low, high + 1) if score(question, one)]
            on_it.append(_ASKED.answer.in_(counting))
        scales.append(and_(*on_it))
    return or_(false(), *scales)


# --- waits


def _told(dialect: str, wanted: CustomersWanted) -> _Ordered:
    each = waits.each_told(dialect, wanted.since, wanted.until)
    terms = waits.terms_of(dialect, each)
    if wanted.count is CustomerCount.LATE:
        term = and_(terms["reached"], not_(terms["not_later"]))
    else:
        term = terms[wanted.count]
    told = [
        each.c[name]
        for name in (
            "at", "pbx", "call_id", "queue", "came_at", "expected_seconds", "low_seconds",
            "high_seconds",
        )
    ]  # fmt: skip
    of_it = and_(calls.c.pbx == each.c.pbx, calls.c.call_id == each.c.call_id)
    found = select(*told, *_of_the_call(calls.c)).select_from(each).outerjoin(calls, of_it)
    order = [each.c.at, each.c.pbx, each.c.call_id]
    return found.where(term, *_in_queue(each.c.queue, wanted)), order
