"""What is counted of call backs that queues promised, from their rows: nothing else is kept."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, case, func, or_, select

from dialer.attempt import Outcome
from dialer.callbacks import CallbackState
from monitoring.callback_counts import CallbackCounts
from storage.database import Database
from storage.elapsed import microseconds, moment_of, quarter
from storage.tables import attempts, callbacks

_THOUSAND = 1_000
_ADDED = ("booked", "attempts", "connected", "expired", "cancelled", "waiting")
Counted = dict[tuple[str, datetime], CallbackCounts]


async def counted(database: Database, since: datetime, until: datetime) -> Counted:
    """The counts of each queue and quarter in which somebody asked; `until` is not included.

    Of every switch: a promise is kept by a campaign, and campaigns know of no switches.
    """
    found: Counted = {}
    for row in await database.rows(_sums(database.dialect, since, until)):
        counts = CallbackCounts(**{name: int(row._mapping[name]) for name in _ADDED})
        counts.until_talk_ms = round((row.until_talk or 0) / _THOUSAND)
        found[row.queue, moment_of(row.quarter)] = counts
    return found


async def oldest(database: Database) -> dict[str, datetime]:
    """When who has been waiting longest to be called back asked for it, by queue."""
    one = callbacks.c
    waiting = select(one.queue, func.min(one.made_at).label("since")).where(
        one.queue.is_not(None), one.state == CallbackState.OPEN
    )
    return {row.queue: row.since for row in await database.rows(waiting.group_by(one.queue))}


def _sums(dialect: str, since: datetime, until: datetime) -> Select[Any]:
    one, last = callbacks.c, attempts.alias("last")
    made = attempts.alias("made")
    # the lead is called for nothing else before it is kept or given up
    tries = (
        select(func.count())
        .where(
            made.c.lead_id == one.lead_id,
            made.c.intended_at >= one.made_at,
            made.c.intended_at <= func.coalesce(one.tried_at, one.ended_at, made.c.intended_at),
        )
        .correlate(callbacks)
        .scalar_subquery()
    )
    talked = and_(
        one.state == CallbackState.TRIED,
        last.c.outcome == Outcome.CONNECTED,
        last.c.connected_at.is_not(None),
    )
    each = (
        select(
            one.queue,
            quarter(dialect, one.made_at).label("quarter"),
            tries.label("attempts"),
            one.state,
            talked.label("talked"),
            microseconds(dialect, one.made_at, last.c.connected_at).label("until_talk"),
        )
        .select_from(callbacks.outerjoin(last, last.c.id == one.attempt_id))
        .where(one.queue.is_not(None), one.made_at >= since, one.made_at < until)
        .subquery("each_callback")
    )
    of = each.c
    still = or_(of.state == CallbackState.OPEN, and_(of.state == CallbackState.TRIED, ~of.talked))
    terms = {
        "connected": of.talked,
        "expired": of.state == CallbackState.UNREACHED,
        "cancelled": of.state == CallbackState.CANCELLED,
        "waiting": still,
    }
    sums = [func.sum(case((term, 1), else_=0)).label(name) for name, term in terms.items()]
    return select(
        of.queue,
        of.quarter,
        func.count().label("booked"),
        func.sum(of.attempts).label("attempts"),
        *sums,
        func.sum(case((of.talked, of.until_talk))).label("until_talk"),
    ).group_by(of.queue, of.quarter)
