"""Places that callers keep in a queue's line, as rows: promises whose moment nobody knows yet.

Each method is one transaction.
"""

from __future__ import annotations

from collections.abc import Sequence, Set
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, case, func, literal, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from calls.events import CallbackAsked, from_body
from dialer.attempt import Outcome
from dialer.callbacks import NOT_YET, PROMISED_LIST, CallbackState
from dialer.lead import PROMISED, LeadState, NewLead
from dialer.places import NewPlace, Place
from storage import leads as lead_rows
from storage.columns import UtcDateTime
from storage.database import Database
from storage.disposing import promise
from storage.tables import attempts, call_facts, callbacks, leads, lists, phones

_AT_ONCE = 500
#: who promised it: the caller
CALLER = "caller"
_KEPT = callbacks.c.queue.is_not(None)
_AT_HAND = leads.c.state.in_((LeadState.READY, LeadState.WAITING))


class PlaceStore:
    """The places (`dialer.places.PlaceBook`)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def keep(self, new: NewPlace) -> bool:
        """As `PlaceBook`. Who is no lead of the campaign becomes one of its list `callbacks`."""
        async with self._database.writing() as connection:
            there = select(callbacks.c.id).where(callbacks.c.id == new.callback_id)
            if (await connection.execute(there)).first() is not None:
                return True
            await self._make_a_lead(connection, new)
            return await connection.run_sync(lambda sync: _keep(sync, new))

    async def _make_a_lead(self, connection: AsyncConnection, new: NewPlace) -> None:
        """`add` does nothing when the campaign has the number, whoever it is of."""
        list_id = await lead_rows.list_named(
            connection, self._database.insert, new.campaign_id, PROMISED_LIST, new.asked_at
        )
        lead = NewLead(number=new.number, name="", extra={}, zone=new.zone)
        await lead_rows.add(
            connection, self._database.dialect, new.campaign_id, list_id, [lead], new.asked_at
        )

    async def places(self) -> Sequence[Place]:
        """As `PlaceBook`."""
        return await self._database.read(_places)

    async def turn_came(self, place: Place, agent: str, now: datetime) -> bool:
        """As `PlaceBook`. The promised moment is the first one at which it was so."""
        return await self._database.write(lambda c: _turn_came(c, place, agent, now))

    async def wait_on(self, place: Place) -> datetime | None:
        """As `PlaceBook`."""
        return await self._database.write(lambda c: _wait_on(c, place))

    async def tried(self, attempt_id: str, most_tries: int) -> None:
        """As `PlaceBook`."""
        await self._database.write(lambda c: _tried(c, attempt_id, most_tries))

    async def unfinished(self, pbx: str) -> Sequence[tuple[str, str]]:
        """As `PlaceBook`."""
        statement = (
            select(attempts.c.campaign_id, attempts.c.id)
            .join(callbacks, callbacks.c.attempt_id == attempts.c.id)
            .where(
                _KEPT,
                callbacks.c.state == CallbackState.TRIED,
                attempts.c.pbx == pbx,
                attempts.c.ended_at.is_not(None),
                attempts.c.outcome != Outcome.CONNECTED,
            )
        )
        found = await self._database.rows(statement)
        return [(row.campaign_id, row.id) for row in found]

    async def known(self, callback_ids: Sequence[str]) -> Set[str]:
        """As `PlaceBook`."""
        found: set[str] = set()
        for start in range(0, len(callback_ids), _AT_ONCE):
            some = callback_ids[start : start + _AT_ONCE]
            statement = select(callbacks.c.id).where(callbacks.c.id.in_(some))
            found |= {row.id for row in await self._database.rows(statement)}
        return found

    async def asked_recorded(self, pbx: str, since: datetime) -> Sequence[CallbackAsked]:
        """As `PlaceBook`."""
        statement = select(call_facts.c.kind, call_facts.c.body).where(
            call_facts.c.pbx == pbx,
            call_facts.c.kind == CallbackAsked.__name__,
            call_facts.c.at >= since,
        )
        facts = [from_body(row.kind, row.body) for row in await self._database.rows(statement)]
        return [fact for fact in facts if isinstance(fact, CallbackAsked)]


def _keep(connection: Connection, new: NewPlace) -> bool:
    whose = select(phones).where(
        phones.c.campaign_id == new.campaign_id, phones.c.number == new.number
    )
    phone = connection.execute(whose).one()
    # held until the commit: nobody takes the lead to dial it meanwhile
    statement = select(leads).where(leads.c.id == phone.lead_id).with_for_update()
    lead = connection.execute(statement).one()
    if lead.state not in (LeadState.READY, LeadState.WAITING, LeadState.DONE):
        return False
    if lead.number != new.number:  # another number of theirs is the one that was asked for
        present = {"number": phone.number, "phone": phone.ordinal, "zone": phone.zone}
        connection.execute(update(leads).where(leads.c.id == lead.id).values(present))
    earlier = select(func.min(callbacks.c.waiting_since)).where(
        callbacks.c.lead_id == lead.id,
        callbacks.c.queue == new.queue,
        callbacks.c.state == CallbackState.OPEN,
    )
    kept_since = connection.execute(earlier).scalar_one()
    promise(
        connection, lead, at=NOT_YET, agent="", zone=phone.zone or new.zone, made_by=CALLER,
        made_at=new.asked_at, note="", id=new.callback_id, queue=new.queue,
        waiting_since=min(kept_since or new.since, new.since),
    )  # fmt: skip
    return True


def _places(connection: Connection) -> list[Place]:
    statement = (
        select(callbacks, leads.c.number)
        .join(leads, leads.c.id == callbacks.c.lead_id)
        .where(_KEPT, callbacks.c.state == CallbackState.OPEN, _AT_HAND)
        .order_by(callbacks.c.waiting_since, callbacks.c.id)
    )
    return [
        Place(
            callback_id=row.id,
            campaign_id=row.campaign_id,
            lead_id=row.lead_id,
            number=row.number,
            zone=row.zone,
            queue=row.queue,
            since=row.waiting_since,
            not_before=row.waiting_since if row.promised_at == NOT_YET else row.promised_at,
        )
        for row in connection.execute(statement)
    ]


def _turn_came(connection: Connection, place: Place, agent: str, now: datetime) -> bool:
    promised_at = callbacks.c.promised_at
    came = (
        update(callbacks)
        .where(callbacks.c.id == place.callback_id, callbacks.c.state == CallbackState.OPEN)
        .values(promised_at=case((promised_at > now, literal(now, UtcDateTime)), else_=promised_at))
        .returning(callbacks.c.id)
    )
    promised = connection.execute(came).one_or_none()
    taken = (
        update(leads)
        .where(leads.c.id == place.lead_id, _AT_HAND)
        .values(state=LeadState.WAITING, next_at=now, wanted_agent=agent)
        .returning(leads.c.id)
    )
    return promised is not None and connection.execute(taken).first() is not None


def _wait_on(connection: Connection, place: Place) -> datetime | None:
    open_still = select(callbacks.c.id).where(
        callbacks.c.id == place.callback_id, callbacks.c.state == CallbackState.OPEN
    )
    lead = connection.execute(
        select(leads.c.next_at).where(leads.c.id == place.lead_id, _AT_HAND).with_for_update()
    ).one_or_none()
    if lead is None or connection.execute(open_still).first() is None:
        return None
    waits = {"state": LeadState.WAITING, "next_at": NOT_YET, "wanted_agent": ""}
    connection.execute(update(leads).where(leads.c.id == place.lead_id).values(waits))
    until: datetime = lead.next_at
    return None if until == NOT_YET else until


def _tried(connection: Connection, attempt_id: str, most_tries: int) -> None:
    found = connection.execute(
        select(callbacks.c.id, callbacks.c.lead_id, callbacks.c.made_at)
        .join(attempts, attempts.c.id == callbacks.c.attempt_id)
        .where(
            _KEPT,
            callbacks.c.attempt_id == attempt_id,
            callbacks.c.state == CallbackState.TRIED,
            attempts.c.ended_at.is_not(None),
            attempts.c.outcome != Outcome.CONNECTED,
        )
    ).one_or_none()
    if found is None:
        return
    lead = connection.execute(
        select(leads, lists.c.name.label("list_name"))
        .join(lists, lists.c.id == leads.c.list_id)
        .where(leads.c.id == found.lead_id)
    ).one()
    made = select(func.count()).where(
        attempts.c.lead_id == found.lead_id, attempts.c.intended_at >= found.made_at
    )
    values: dict[str, Any]
    if lead.state == LeadState.WAITING and connection.execute(made).scalar_one() < most_tries:
        values = {
            "state": CallbackState.OPEN, "promised_at": lead.next_at, "attempt_id": None,
            "tried_at": None,
        }  # fmt: skip
        future = {"next_at": NOT_YET, "rank": PROMISED, "reason": "promised"}
        connection.execute(update(leads).where(leads.c.id == lead.id).values(future))
    else:
        values = {"state": CallbackState.UNREACHED}
        if lead.list_name == PROMISED_LIST and lead.state == LeadState.WAITING:
            done = {"state": LeadState.DONE, "reason": CallbackState.UNREACHED.value}
            connection.execute(update(leads).where(leads.c.id == lead.id).values(done))
    connection.execute(update(callbacks).where(callbacks.c.id == found.id).values(values))
