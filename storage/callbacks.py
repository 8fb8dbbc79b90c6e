"""Promised calls as they are kept; each function is part of a transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, bindparam, select, update

from calls.errors import Linea800Error
from dialer.attempt import Outcome
from dialer.callbacks import (
    PROMISED_LIST,
    Callback,
    CallbackState,
    CallbackSummary,
    Promise,
    is_dialed_all_the_same,
    standing,
    summary,
)
from dialer.campaign import RetryRule
from dialer.lead import LeadState
from storage import cursors
from storage.disposing import promise, take_back, unpromised
from storage.tables import callbacks, leads, lists, phones
from storage.within_queues import is_one_of

_ONLY_PROMISED = select(lists.c.id).where(
    lists.c.id == bindparam("list"), lists.c.name == PROMISED_LIST
)
_LATEST_FIRST = (callbacks.c.promised_at, callbacks.c.id)
#: promises that the dialer looks at, the soonest first
_MOST_OWED = 100


class LeadBusyError(Linea800Error):
    """The lead is being called this very moment."""


@dataclass(frozen=True, slots=True)
class CallbackOf:
    """A promise, and to whom."""

    callback: Callback
    number: str
    name: str


@dataclass(frozen=True, slots=True)
class CallbackPage:
    """Promises, the latest first, and the cursor with which the list goes on (None: it is over)."""

    callbacks: list[CallbackOf]
    next_cursor: str | None


def make(
    connection: Connection,
    lead_id: int,
    *,
    at: datetime,
    agent: str,
    zone: str,
    made_by: str,
    made_at: datetime,
    note: str,
) -> CallbackOf:
    """Owe the lead a call; raises `LeadBusyError`, and `KeyError` when there is no such lead."""
    # held until the commit: nobody takes the lead to dial it meanwhile
    statement = select(leads).where(leads.c.id == lead_id).with_for_update()
    lead = connection.execute(statement).one_or_none()
    if lead is None:
        raise KeyError(lead_id)
    if lead.state in (LeadState.RESERVED, LeadState.PREVIEWED):
        raise LeadBusyError(
            f"lead {lead_id} is being called or looked at now; promise the call when that is over"
        )
    made = promise(
        connection, lead, at=at, agent=agent, zone=zone or lead.zone, made_by=made_by,
        made_at=made_at, note=note,
    )  # fmt: skip
    return _of(connection.execute(_all().where(callbacks.c.id == made)).one())


def cancel(
    connection: Connection,
    campaign_id: str,
    callback_id: str,
    rule: RetryRule,
    now: datetime,
    seen_queues: frozenset[str] | None = None,
) -> CallbackOf | None:
    """Take a promise back; its lead is one like others, or done. None: there is none open."""
    wanted = _all().where(
        callbacks.c.id == callback_id,
        callbacks.c.campaign_id == campaign_id,
        callbacks.c.state == CallbackState.OPEN,
        *_seen(seen_queues),
    )
    found = connection.execute(wanted).one_or_none()
    if found is None:
        return None
    take_back(connection, found.lead_id, now)
    lead = connection.execute(select(leads).where(leads.c.id == found.lead_id)).one()
    last = None if lead.last_outcome is None else Outcome(lead.last_outcome)
    values: dict[str, Any] = {**unpromised(lead), "reason": ""}
    if lead.state in (LeadState.READY, LeadState.WAITING):
        goes_on = is_dialed_all_the_same(rule, last, lead.attempts)
        if connection.execute(_ONLY_PROMISED, {"list": lead.list_id}).first() is not None:
            goes_on = False  # nobody put them on a list
        values["state"] = LeadState.WAITING if goes_on else LeadState.DONE
        values["next_at"] = now
    if lead.state == LeadState.PREVIEWED:
        del values["wanted_agent"]  # who looks at it goes on
    connection.execute(update(leads).where(leads.c.id == lead.id).values(values))
    return _of(connection.execute(_all().where(callbacks.c.id == callback_id)).one())


def _seen(queues: frozenset[str] | None) -> list[ColumnElement[bool]]:
    return [] if queues is None else [is_one_of(callbacks.c.queue, queues)]


def page(
    connection: Connection,
    campaign_id: str,
    state: CallbackState | None,
    cursor: str | None,
    limit: int,
    seen_queues: frozenset[str] | None = None,
) -> CallbackPage:
    """A page of a campaign's promises; raises `CursorError` and `ValueError`.

    Of callers who gave up a line only those of `seen_queues`.
    """
    cursors.check_limit(limit)
    statement = _all().where(callbacks.c.campaign_id == campaign_id, *_seen(seen_queues))
    if state is not None:
        statement = statement.where(callbacks.c.state == state)
    if cursor is not None:
        statement = statement.where(cursors.after(cursor, _LATEST_FIRST))
    order = [column.desc() for column in _LATEST_FIRST]
    rows = connection.execute(statement.order_by(*order).limit(limit + 1)).all()
    found = [_of(row) for row in rows[:limit]]
    if len(rows) <= limit:
        return CallbackPage(found, None)
    last = found[-1].callback
    return CallbackPage(found, cursors.encode(last.promised_at, last.id))


def summed(
    connection: Connection,
    campaign_id: str,
    now: datetime,
    seen_queues: frozenset[str] | None = None,
) -> CallbackSummary:
    """How a campaign keeps its promises; `seen_queues` as of `page`."""
    statement = select(callbacks.c.state, callbacks.c.promised_at, callbacks.c.tried_at).where(
        callbacks.c.campaign_id == campaign_id, *_seen(seen_queues)
    )
    return summary(
        standing(CallbackState(row.state), row.promised_at, row.tried_at, now)
        for row in connection.execute(statement)
    )


def owed(connection: Connection, campaign_id: str) -> Sequence[Promise]:
    """The calls that a campaign owes next, those that the rules have put off at their new time."""
    statement = (
        select(leads.c.next_at, leads.c.id, leads.c.wanted_agent)
        .join(callbacks, callbacks.c.lead_id == leads.c.id)
        .where(
            callbacks.c.campaign_id == campaign_id,
            callbacks.c.state == CallbackState.OPEN,
            leads.c.state.in_((LeadState.READY, LeadState.WAITING)),
        )
        .order_by(callbacks.c.promised_at)
        .limit(_MOST_OWED)
    )
    found = [Promise(*row) for row in connection.execute(statement)]
    return sorted(found, key=lambda one: one.at)


def lead_at(connection: Connection, campaign_id: str, number: str) -> int | None:
    """The lead of the campaign that has this number (E.164 without the plus)."""
    statement = select(phones.c.lead_id).where(
        phones.c.campaign_id == campaign_id, phones.c.number == number
    )
    return connection.execute(statement).scalar_one_or_none()


def _all() -> Select[Any]:
    return select(callbacks, leads.c.number, leads.c.name).join(
        leads, leads.c.id == callbacks.c.lead_id
    )


def _of(row: Row[Any]) -> CallbackOf:
    callback = Callback(
        id=row.id,
        campaign_id=row.campaign_id,
        lead_id=row.lead_id,
        agent=row.agent,
        promised_at=row.promised_at,
        zone=row.zone,
        made_by=row.made_by,
        made_at=row.made_at,
        note=row.note,
        state=CallbackState(row.state),
        attempt_id=row.attempt_id,
        tried_at=row.tried_at,
        ended_at=row.ended_at,
        queue=row.queue,
        waiting_since=row.waiting_since,
    )
    return CallbackOf(callback, row.number, row.name)
