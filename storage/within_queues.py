"""What belongs to some queues, in SQL: for who does not see what happens in the others."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import Column, ColumnElement, Select, and_, exists, false, or_, select

from storage.tables import campaigns, queue_stays


def call_was_in(
    pbx: Column[Any], call_id: Column[Any], queues: Collection[str]
) -> ColumnElement[bool]:
    """That the call of a row was in one of these queues; one that was in none was not."""
    if not queues:
        return false()
    stay = queue_stays.alias("seen")
    mine = and_(stay.c.pbx == pbx, stay.c.call_id == call_id)
    return exists().where(mine, stay.c.queue.in_(sorted(queues)))


def is_one_of(queue: Column[Any], queues: Collection[str]) -> ColumnElement[bool]:
    """That a row is of one of these queues, or of none."""
    return or_(queue.is_(None), queue == "", queue.in_(sorted(queues)))


def campaigns_of(queues: Collection[str]) -> Select[Any]:
    """SELECT the ids of the campaigns that dial for these queues."""
    return select(campaigns.c.id).where(campaigns.c.queue.in_(sorted(queues)))
