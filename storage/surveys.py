"""The answers of surveys, counted: of all calls, or by agent, queue or menu."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Column, ColumnElement, Row, Select, and_, func, select

from customers.surveys import Counted
from storage.database import Database
from storage.elapsed import moment_of, quarter
from storage.tables import calls, queue_stays, survey_answers

_ASKED = survey_answers.c


class By(StrEnum):
    """What the answers are told apart by."""

    AGENT = "agent"
    QUEUE = "queue"
    MENU = "menu"


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyFilter:
    """Which questions of which calls; what is None does not matter.

    Agent and queue are those of the last talk of the call: that is what is asked about.
    """

    since: datetime | None = None
    #: itself not included
    until: datetime | None = None
    question: str | None = None
    agent: str | None = None
    queue: str | None = None
    menu: str | None = None
    #: one of these
    seen_queues: frozenset[str] | None = None


class SurveyStore:
    """Counts; the rows are written by `service_rows`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def counted(
        self, wanted: SurveyFilter, by: By | None = None
    ) -> list[tuple[str, Counted]]:
        """How often each answer was given, with whose it is ("" when `by` is None, or nobody's)."""
        apart = [] if by is None else [_BY[by]]
        return [
            (row._mapping[_BY[by]] or "" if by else "", _counted(row))
            for row in await self._database.rows(_statement(wanted, apart))
        ]

    async def by_queue_and_quarter(
        self, since: datetime, until: datetime
    ) -> list[tuple[str, datetime, Counted]]:
        """The same of each queue ("" nobody's) and quarter of an hour in which was asked."""
        dialect = self._database.dialect
        began = quarter(dialect, _ASKED.asked_at).label("quarter")
        statement = _statement(SurveyFilter(since=since, until=until), [queue_stays.c.queue, began])
        return [
            (row.queue or "", moment_of(row.quarter), _counted(row))
            for row in await self._database.rows(statement)
        ]


_BY: dict[By, Column[Any]] = {
    By.AGENT: queue_stays.c.agent,
    By.QUEUE: queue_stays.c.queue,
    By.MENU: calls.c.menu,
}


def _statement(wanted: SurveyFilter, apart: Sequence[ColumnElement[Any]]) -> Select[Any]:
    told_apart = [_ASKED.question, _ASKED.answer, _ASKED.low, _ASKED.high, *apart]
    return (
        asked(wanted, *told_apart, func.count().label("callers"))
        .group_by(*told_apart)
        .order_by(_ASKED.question, _ASKED.answer)
    )


def asked(wanted: SurveyFilter, *columns: ColumnElement[Any]) -> Select[Any]:
    """SELECT these of each question that was asked, of its call and of the call's last talk."""
    return (
        select(*columns)
        .select_from(survey_answers)
        .outerjoin(calls, _of_the_call(calls.c.pbx, calls.c.call_id))
        .outerjoin(
            queue_stays,
            and_(
                _of_the_call(queue_stays.c.pbx, queue_stays.c.call_id),
                queue_stays.c.ordinal == _last_talk(),
            ),
        )
        .where(*_conditions(wanted))
    )


def _counted(row: Row[Any]) -> Counted:
    return Counted(
        question=row.question,
        answer=row.answer,
        low=row.low,
        high=row.high,
        callers=row.callers,
    )


def _of_the_call(pbx: Column[Any], call_id: Column[Any]) -> ColumnElement[bool]:
    return and_(pbx == _ASKED.pbx, call_id == _ASKED.call_id)


def _last_talk() -> ColumnElement[Any]:
    stay = queue_stays.alias()
    talk = select(func.max(stay.c.ordinal)).where(
        _of_the_call(stay.c.pbx, stay.c.call_id), stay.c.connected_at.is_not(None)
    )
    return talk.correlate(survey_answers).scalar_subquery()


def _conditions(wanted: SurveyFilter) -> list[ColumnElement[bool]]:
    where = [
        column == value
        for column, value in (
            (_ASKED.question, wanted.question),
            (queue_stays.c.agent, wanted.agent),
            (queue_stays.c.queue, wanted.queue),
            (calls.c.menu, wanted.menu),
        )
        if value is not None
    ]
    if wanted.seen_queues is not None:
        where.append(queue_stays.c.queue.in_(sorted(wanted.seen_queues)))
    if wanted.since is not None:
        where.append(_ASKED.asked_at >= wanted.since)
    if wanted.until is not None:
        where.append(_ASKED.asked_at < wanted.until)
    return where
