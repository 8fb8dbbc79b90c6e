"""What an agent said of a talk, and what becomes of its lead; each is part of one transaction."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select, update

from calls.events import OptedOut, TalkDisposed, from_body
from dialer.attempt import Outcome
from dialer.callbacks import NOT_YET, CallbackState
from dialer.dispositions import TalkResult
from dialer.lead import PRIORITY_WORTH, PROMISED, LeadState
from storage import stale
from storage.database import Insert
from storage.do_not_call import OWN, Source
from storage.tables import attempts, call_facts, callbacks, do_not_call, leads, phones
from storage.webhook_news import News, NewsKind, masked, moment, tell


@dataclass(frozen=True, slots=True)
class DispositionCount:
    """How often agents of a campaign said one thing."""

    code: str
    talks: int
    contacts: int


def dispose(connection: Connection, insert: Insert, result: TalkResult) -> bool:
    """Write it once: the attempt's disposition, the lead's future, the promise, the opt-out.

    False, and nothing changed, when the attempt has no end yet, has a disposition already, or
    never was. `insert` is of the table `do_not_call`.
    """
    said = result.after.disposition
    written = (
        update(attempts)
        .where(
            attempts.c.id == result.attempt_id,
            attempts.c.disposition == "",
            attempts.c.ended_at.is_not(None),
        )
        .values(disposition=said.code, contact=int(said.contact))
        .returning(
            attempts.c.lead_id,
            attempts.c.number,
            attempts.c.pbx,
            attempts.c.campaign_id,
            attempts.c.intended_at,
        )
    )
    attempt = connection.execute(written).one_or_none()
    if attempt is None:
        return False
    key = attempt.pbx, attempt.campaign_id, attempt.intended_at
    stale.mark(connection, stale.marks_of_attempts([key]))
    lead = connection.execute(select(leads).where(leads.c.id == attempt.lead_id)).one()
    if said.do_not_call:
        _never_again(connection, insert, lead, attempt.number, result)
    elif result.after.promised_at is not None:
        _promise(connection, lead, result.after.promised_at, result)
    elif lead.state in (LeadState.DONE, LeadState.WAITING) and lead.rank > PROMISED:
        again_at = None if result.last_attempt else result.after.again_at
        state = LeadState.DONE if again_at is None else LeadState.WAITING
        values: dict[str, Any] = {"state": state, "reason": said.code}
        if again_at is not None:
            values["next_at"] = again_at
        connection.execute(update(leads).where(leads.c.id == lead.id).values(values))
    return True


def _never_again(
    connection: Connection, insert: Insert, lead: Row[Any], dialed: str, result: TalkResult
) -> None:
    """The person never wants to be called again."""
    code = result.after.disposition.code
    listed = _Listed(Source.AGENT, code, result.agent, result.said_at)
    _list(connection, insert, lead, dialed, listed)


def opt_out(connection: Connection, insert: Insert, attempt_id: str, asked_at: datetime) -> bool:
    """A called person pressed the key for no more calls.

    False, and nothing changed, when that was written before, even if somebody took the entry back
    since, and for an attempt that never was.
    """
    attempt = connection.execute(
        select(attempts.c.lead_id, attempts.c.number).where(attempts.c.id == attempt_id)
    ).one_or_none()
    if attempt is None:
        return False
    written = select(do_not_call.c.id).where(
        do_not_call.c.number == attempt.number,
        do_not_call.c.source == Source.IVR,
        do_not_call.c.added_at == asked_at,
    )
    if connection.execute(written).first() is not None:
        return False
    lead = connection.execute(select(leads).where(leads.c.id == attempt.lead_id)).one()
    _list(connection, insert, lead, attempt.number, _Listed(Source.IVR, "key", "", asked_at))
    return True


@dataclass(frozen=True, slots=True)
class _Listed:
    """How somebody comes to be listed."""

    source: Source
    reason: str
    by: str
    at: datetime


def _list(
    connection: Connection, insert: Insert, lead: Row[Any], dialed: str, listed: _Listed
) -> None:
    """On the list of those whom nobody calls: the number, and every other one of the person."""
    own = select(phones.c.number).where(phones.c.lead_id == lead.id)
    numbers = {dialed, lead.number, *connection.execute(own).scalars()}
    connection.execute(
        insert.on_conflict_do_nothing(),
        [
            {
                "number": number,
                "campaign_id": OWN,
                "source": listed.source,
                "reason": listed.reason,
                "added_by": listed.by,
                "added_at": listed.at,
            }
            for number in sorted(numbers)
        ],
    )
    take_back(connection, lead.id, listed.at)
    if lead.state != LeadState.RESERVED:
        done = {"state": LeadState.DONE, "reason": listed.reason, **unpromised(lead)}
        connection.execute(update(leads).where(leads.c.id == lead.id).values(done))


def _promise(
    connection: Connection, lead: Row[Any], promised_at: datetime, result: TalkResult
) -> None:
    promise(
        connection,
        lead,
        at=promised_at,
        agent=result.after.promised_agent,
        zone=lead.zone,
        made_by=result.agent,
        made_at=result.said_at,
        note="",
    )


def promise(
    connection: Connection,
    lead: Row[Any],
    *,
    at: datetime,
    agent: str,
    zone: str,
    made_by: str,
    made_at: datetime,
    note: str,
    **place: Any,
) -> str:
    """Owe the lead a call, instead of one that was promised before; the promise's id.

    `place` is what a call back that keeps a place in a queue has beside: `storage/places.py`.
    """
    take_back(connection, lead.id, made_at)
    connection.execute(
        update(leads)
        .where(leads.c.id == lead.id, leads.c.state != LeadState.RESERVED)
        .values(
            state=LeadState.WAITING, next_at=at, rank=PROMISED, wanted_agent=agent,
            reason="promised",
        )
    )  # fmt: skip
    made = {
        "id": uuid.uuid4().hex, "campaign_id": lead.campaign_id, "lead_id": lead.id,
        "agent": agent, "promised_at": at, "zone": zone, "made_by": made_by, "made_at": made_at,
        "note": note, "state": CallbackState.OPEN, **place,
    }  # fmt: skip
    connection.execute(callbacks.insert().values(made))
    # the number that was asked for may have become the lead's just now
    number = connection.execute(select(leads.c.number).where(leads.c.id == lead.id)).scalar_one()
    tell(connection, [_booked(made, number)])
    return str(made["id"])


def _booked(made: Mapping[str, Any], number: str) -> News:
    """Who keeps a place in a queue is promised no moment."""
    at = made["promised_at"]
    names = ("id", "campaign_id", "lead_id", "agent", "made_by")
    return News(
        kind=NewsKind.CALLBACK_BOOKED,
        key=made["id"],
        at=made["made_at"],
        data={
            **{name: made[name] for name in names},
            "queue": made.get("queue"),
            "promised_at": None if at == NOT_YET else moment(at),
            "number": masked(number),
        },
    )


def take_back(connection: Connection, lead_id: int, now: datetime) -> None:
    """Whatever was promised to the lead and not tried is no promise any more."""
    connection.execute(
        update(callbacks)
        .where(callbacks.c.lead_id == lead_id, callbacks.c.state == CallbackState.OPEN)
        .values(state=CallbackState.CANCELLED, ended_at=now)
    )


def unpromised(lead: Row[Any]) -> dict[str, Any]:
    """What makes it a lead like others."""
    return {"rank": -(lead.priority * PRIORITY_WORTH + lead.score), "wanted_agent": ""}


def unwritten(connection: Connection, pbx: str, since: datetime) -> list[TalkDisposed]:
    """What agents said of talks of that time, was recorded, and never came to the attempt."""
    talks = select(attempts.c.id).where(
        attempts.c.intended_at >= since,
        attempts.c.pbx == pbx,
        attempts.c.outcome.in_((Outcome.CONNECTED, Outcome.MACHINE)),
        attempts.c.disposition == "",
    )
    statement = (
        select(call_facts.c.kind, call_facts.c.body)
        .where(
            call_facts.c.pbx == pbx,
            call_facts.c.call_id.in_(talks.scalar_subquery()),
            call_facts.c.kind == TalkDisposed.__name__,
        )
        .order_by(call_facts.c.at)
    )
    facts = [from_body(row.kind, row.body) for row in connection.execute(statement)]
    return [fact for fact in facts if isinstance(fact, TalkDisposed)]


def opt_outs(connection: Connection, pbx: str, since: datetime) -> list[OptedOut]:
    """Who asked by key since then to be called no more, as the records of calls have it."""
    statement = select(call_facts.c.kind, call_facts.c.body).where(
        call_facts.c.pbx == pbx,
        call_facts.c.kind == OptedOut.__name__,
        call_facts.c.at >= since,
    )
    facts = [from_body(row.kind, row.body) for row in connection.execute(statement)]
    return [fact for fact in facts if isinstance(fact, OptedOut)]


def congested(connection: Connection, lead_id: int) -> int:
    """How many of the lead's attempts ended in congestion."""
    statement = select(func.count()).where(
        attempts.c.lead_id == lead_id, attempts.c.outcome == Outcome.CONGESTION
    )
    return int(connection.execute(statement).scalar_one())


def counts(
    connection: Connection, campaign_id: str, since: datetime | None
) -> Sequence[DispositionCount]:
    """How a campaign's talks were disposed, the most frequent first; of those begun since then."""
    talks = func.count()
    where = [attempts.c.campaign_id == campaign_id, attempts.c.disposition != ""]
    if since is not None:
        where.append(attempts.c.intended_at >= since)
    statement = (
        select(attempts.c.disposition, talks, func.coalesce(func.sum(attempts.c.contact), 0))
        .where(*where)
        .group_by(attempts.c.disposition)
        .order_by(talks.desc(), attempts.c.disposition)
    )
    return [DispositionCount(*row) for row in connection.execute(statement)]
