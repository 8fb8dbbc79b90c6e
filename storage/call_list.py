"""Which calls to list: the filter, and the SQL it becomes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, exists, or_

from storage.tables import calls, queue_stays


@dataclass(frozen=True, slots=True, kw_only=True)
class CallFilter:
    """Which calls to list; None means any. `arrived_until` itself is not included."""

    direction: str | None = None
    queue: str | None = None
    agent: str | None = None
    outcome: str | None = None
    campaign_id: str | None = None
    number: str | None = None  # who called, or who was called
    arrived_from: datetime | None = None
    arrived_until: datetime | None = None
    #: that were in one of these queues
    seen_queues: frozenset[str] | None = None


def conditions(wanted: CallFilter) -> Iterator[ColumnElement[bool]]:
    """What must hold for a row of `calls`, all of it."""
    for column, value in (
        (calls.c.direction, wanted.direction),
        (calls.c.outcome, wanted.outcome),
        (calls.c.campaign_id, wanted.campaign_id),
    ):
        if value is not None:
            yield column == value
    if (number := wanted.number) is not None:
        yield or_(calls.c.number_called == number, calls.c.caller_number == number)
    if wanted.arrived_from is not None:
        yield calls.c.arrived_at >= wanted.arrived_from
    if wanted.arrived_until is not None:
        yield calls.c.arrived_at < wanted.arrived_until
    if wanted.seen_queues is not None:
        yield has_stay(queue_stays.c.queue.in_(sorted(wanted.seen_queues)))
    # both of one and the same stay: this queue's calls that this agent took
    stay = [
        column == value
        for column, value in (
            (queue_stays.c.queue, wanted.queue),
            (queue_stays.c.agent, wanted.agent),
        )
        if value is not None
    ]
    if stay:
        yield has_stay(*stay)


def has_stay(*where: ColumnElement[bool]) -> ColumnElement[bool]:
    """That the call was in a queue, in a way that `where` says."""
    return exists().where(
        queue_stays.c.pbx == calls.c.pbx, queue_stays.c.call_id == calls.c.call_id, *where
    )
