"""/metrics/callbacks: callers who gave up the line to be called back, and what became of it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel

from api.access import Needs, Owner
from api.metric_answers import Answer, Item, answer_told, counts_told, grouped, kpis_told
from api.metric_query import MetricQuery, must_be_few, report_of
from api.metric_subjects import in_order
from api.parts import Rooms
from monitoring.callback_counts import CallbackCounts
from monitoring.kpis import Subject
from monitoring.queue_counts import Basis
from storage.scopes import Scope

router = APIRouter(prefix="/metrics/callbacks", tags=["metrics"])


class CallbackCountsTold(BaseModel):
    """What is counted of call backs; connected, expired, cancelled and waiting are the booked."""

    booked: int
    attempts: int
    connected: int
    expired: int
    cancelled: int
    waiting: int
    until_talk_seconds: float


class CallbackItem(Item):
    """The call backs that were asked for in one queue in one interval."""

    #: null: all together
    queue: str | None
    counts: CallbackCountsTold


class CallbackMetrics(Answer):
    """Call backs by interval."""

    items: list[CallbackItem]


@router.get("", dependencies=[Depends(Needs(Scope.REPORTS_READ))])
async def callback_metrics(
    rooms: Rooms, owner: Owner, query: Annotated[MetricQuery, Query()]
) -> CallbackMetrics:
    """Call backs by interval; each counts, with all its ends, where it was asked for."""
    now = rooms.now()
    report = report_of(query, Subject.CALLBACKS, now)
    found = await rooms.reports.callbacks(report.intervals)
    on_floor = [queue.name for queue in rooms.floor.queues]
    names = query.queue or in_order(on_floor, {name for each in found for name in each})
    names = [name for name in dict.fromkeys(names) if owner.sees(name)]
    must_be_few(len(names), report)
    items = []
    for interval, counts in zip(report.intervals, found, strict=True):
        parts = {name: [theirs] for name, theirs in counts.items()}
        for queue, theirs in grouped(query.by, names, parts):
            total = CallbackCounts()
            for one in theirs:
                total.add(one)
            items.append(
                CallbackItem(
                    queue=queue,
                    since=interval.since,
                    until=interval.until,
                    final=interval.until <= now and not total.waiting,
                    counts=CallbackCountsTold(**counts_told(total)),
                    kpis=kpis_told(report.kpis, [total]),
                )
            )
    return CallbackMetrics(
        **answer_told(query, report, Basis.OFFERED),
        as_of=now,
        final=all(item.final for item in items) and report.period.until <= now,
        items=items,
    )
