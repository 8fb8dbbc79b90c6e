"""What the words of a menu's measures mean, as conditions on a row of `menu_sessions`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, not_, or_, select, true

from monitoring.menu_counts import BACK_SECONDS, Count
from monitoring.menu_steps import How
from monitoring.stays import REFUSED
from storage.elapsed import microseconds
from storage.tables import calls, menu_sessions, menu_steps, queue_stays

_MILLION = 1_000_000
_SESSION = menu_sessions.c


def of_the_call(table: Any) -> ColumnElement[bool]:
    """That a row of this table is of the session's call."""
    return and_(table.c.pbx == _SESSION.pbx, table.c.call_id == _SESSION.call_id)


def of_the_session() -> ColumnElement[bool]:
    """That a row of `menu_steps` is of the session, told so that either database finds it fast."""
    return and_(
        of_the_call(menu_steps),
        menu_steps.c.menu == _SESSION.menu,
        menu_steps.c.session_at == _SESSION.began_at,
    )


def terms(dialect: str) -> Mapping[Count, ColumnElement[bool]]:
    """Which sessions each count counts."""
    how = _SESSION.how
    measured = and_(how != "", how != How.LOST)
    done, queued = _SESSION.done_at.is_not(None), how == How.QUEUE
    # a queue that was full was not joined: then whatever was done was done before
    done_before = and_(
        done, or_(_SESSION.queued_at.is_(None), _SESSION.done_at <= _SESSION.queued_at)
    )
    talked = and_(measured, _SESSION.talked)
    came_back = and_(talked, _came_back(dialect))
    return {
        Count.SESSIONS: true(),
        Count.UNDER_WAY: how == "",
        Count.LOST: how == How.LOST,
        Count.MEASURED: measured,
        Count.CONTAINED: and_(how.in_((How.HANG_UP, How.END)), done),
        Count.ABANDONED: and_(how == How.HANG_UP, not_(done)),
        Count.ENDED: and_(how == How.END, not_(done)),
        Count.QUEUED: queued,
        Count.CALLED_BACK: how == How.CALLBACK,
        Count.TRANSFERRED: how == How.TRANSFER,
        Count.ASKED_PERSON: and_(measured, _SESSION.asked_person),
        Count.QUEUED_UNDONE: and_(queued, not_(done_before)),
        Count.TALKED: talked,
        Count.PASSED_ON: and_(talked, _SESSION.passed_on),
        Count.CAME_BACK: came_back,
        Count.MISROUTED: or_(and_(talked, _SESSION.passed_on), came_back),
    }


def _came_back(dialect: str) -> ColumnElement[bool]:
    """Soon after the call the same customer, else the same number, was in another queue."""
    this, stay, before = calls.alias("this"), queue_stays.alias(), queue_stays.alias("before")
    queues = (
        select(before.c.queue)
        .where(before.c.pbx == this.c.pbx, before.c.call_id == this.c.call_id)
        .correlate(this)
    )

    def again(column: str) -> ColumnElement[bool]:
        other = calls.alias(f"next_by_{column}")
        elsewhere = exists().where(
            stay.c.pbx == other.c.pbx,
            stay.c.call_id == other.c.call_id,
            stay.c.queue.not_in(queues),
            stay.c.status.not_in(REFUSED),
        )
        return exists().where(
            other.c[column] == this.c[column],
            other.c.arrived_at > this.c.ended_at,
            other.c.direction == "inbound",
            microseconds(dialect, this.c.ended_at, other.c.arrived_at) <= BACK_SECONDS * _MILLION,
            elsewhere,
        )

    known = and_(this.c.customer_id.is_not(None), again("customer_id"))
    unknown = and_(this.c.customer_id.is_(None), this.c.caller_number != "", again("caller_number"))
    return exists().where(of_the_call(this), or_(known, unknown))
