"""/metrics/customers: calls again, resolution, surveys and waits told, in intervals."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel

from api.access import Needs, Owner
from api.customer_calls import LONGEST
from api.metric_answers import Answer, Item, answer_told, behind, counts_told, grouped, kpis_told
from api.metric_query import MetricQuery, must_be_few, report_of
from api.metric_subjects import in_order
from api.parts import Rooms
from api.problems import invalid
from monitoring.customer_counts import RESOLVED_SECONDS, CustomerCounts
from monitoring.intervals import Stretch
from monitoring.kpis import Subject
from monitoring.queue_counts import Basis
from storage.customers_behind import CustomerCount
from storage.scopes import Scope

router = APIRouter(prefix="/metrics/customers", tags=["metrics"])
_WINDOW = timedelta(seconds=RESOLVED_SECONDS)


class AnswersTold(BaseModel):
    """A question after the call; `score` of `scored` is its measure."""

    asked: int
    answered: int
    scored: int
    score: int


class CustomerCountsTold(BaseModel):
    """What is counted of customers."""

    calls: int
    called_again: int
    contacts: int
    came_back: int
    said_resolved: int
    said_unresolved: int
    told: int
    reached: int
    wait_error_seconds: float
    wait_absolute_error_seconds: float
    within: int
    not_later: int
    surveys: dict[str, AnswersTold]


class CustomerItem(Item):
    """The customers of one queue in one interval."""

    #: that of the call's last talk; "" was in none; null: all together
    queue: str | None
    counts: CustomerCountsTold
    #: the calls that it counts; null: of several queues
    calls: str | None


class CustomerMetrics(Answer):
    """Customers by interval."""

    items: list[CustomerItem]


@router.get("", dependencies=[Depends(Needs(Scope.REPORTS_READ))])
async def customer_metrics(
    rooms: Rooms, owner: Owner, query: Annotated[MetricQuery, Query()]
) -> CustomerMetrics:
    """Customers by interval; a call counts where it arrived, and is final after the last window."""
    now = rooms.now()
    report = report_of(query, Subject.CUSTOMERS, now)
    if report.period.until - report.period.since > LONGEST:
        raise invalid("query.from", "too_long_a_period", days=LONGEST.days)
    found = await rooms.reports.customers(report.intervals)
    on_floor = [queue.name for queue in rooms.floor.queues]
    names = query.queue or in_order(on_floor, {name for each in found for name in each})
    names = [name for name in dict.fromkeys(names) if owner.sees(name)]
    must_be_few(len(names), report)
    items = []
    for interval, counts in zip(report.intervals, found, strict=True):
        parts = {name: [theirs] for name, theirs in counts.items()}
        for queue, theirs in grouped(query.by, names, parts):
            total = CustomerCounts()
            for one in theirs:
                total.add(one)
            items.append(
                CustomerItem(
                    queue=queue,
                    since=interval.since,
                    until=interval.until,
                    final=interval.until + _WINDOW <= now,
                    counts=CustomerCountsTold(**counts_told(total)),
                    kpis=kpis_told(report.kpis, [total], interval.until),
                    calls=None if queue is None else _calls(queue, interval),
                )
            )
    return CustomerMetrics(
        **answer_told(query, report, Basis.OFFERED),
        as_of=now,
        final=report.period.until + _WINDOW <= now,
        items=items,
    )


def _calls(queue: str, interval: Stretch) -> str:
    path = "/metrics/customers/calls"
    return behind(path, interval, count=CustomerCount.CALLS, queue=queue)
