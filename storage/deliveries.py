"""Deliveries: what each webhook is to be told, what it was told, and what it never took."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, delete, select, update

from storage import cursors, webhooks
from storage.database import Database
from storage.tables import deliveries
from storage.tables import webhooks as webhooks_table

_NEWEST_FIRST = (deliveries.c.created_at, deliveries.c.id)
_WAITING = deliveries.c.ended_at.is_(None)
#: rows of one transaction: the one writer is free again within some milliseconds
_AT_ONCE = 1000


class DeliveryState(StrEnum):
    """What became of a delivery."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    DEAD = "dead"


_IS: dict[DeliveryState, tuple[ColumnElement[bool], ...]] = {
    DeliveryState.WAITING: (_WAITING,),
    DeliveryState.DELIVERED: (deliveries.c.ended_at.is_not(None), deliveries.c.dead.is_(False)),
    DeliveryState.DEAD: (deliveries.c.dead.is_(True),),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One row; `body` is what is sent, byte for byte."""

    id: str
    webhook_id: str
    kind: str
    body: str
    created_at: datetime
    next_at: datetime
    tries: int
    #: what went wrong at the last try
    fault: str
    #: of the receiver's answer to the last try; None: there was none
    status: int | None
    #: the receiver asked not to be told again before
    not_before: datetime | None
    ended_at: datetime | None
    dead: bool

    @property
    def state(self) -> DeliveryState:
        """What became of it."""
        if self.ended_at is None:
            return DeliveryState.WAITING
        return DeliveryState.DEAD if self.dead else DeliveryState.DELIVERED


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A delivery that is being tried, by nobody else until `delivery.next_at`."""

    delivery: Delivery
    url: str
    #: what it is signed with, the newest first
    secrets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DeliveryPage:
    """Deliveries, the newest first, and the cursor with which the list goes on."""

    deliveries: list[Delivery]
    next_cursor: str | None


class DeliveryStore:
    """What webhooks are told. A try is claimed, then settled; a claim that is not settled runs out.

    So whoever crashes in between has it tried again: at least once, under the same id.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def due(self, now: datetime) -> list[str]:
        """The webhooks that have something to be told by now."""
        statement = select(deliveries.c.webhook_id).where(_WAITING, deliveries.c.next_at <= now)
        return [row[0] for row in await self._database.rows(statement.distinct())]

    async def claim(self, webhook_id: str, now: datetime, until: datetime) -> Claim | None:
        """The next delivery of a webhook, for the claimer alone until then; None: nothing is due.

        One of a webhook that has ended meanwhile is dead instead.
        """
        first = (
            select(deliveries)
            .where(_WAITING, deliveries.c.webhook_id == webhook_id, deliveries.c.next_at <= now)
            .order_by(deliveries.c.next_at, deliveries.c.created_at, deliveries.c.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        whose = select(webhooks_table).where(webhooks_table.c.id == webhook_id)

        def write(connection: Connection) -> Claim | None:
            webhook = connection.execute(whose).one_or_none()
            if webhook is None or webhook.ended_at is not None:
                webhooks.end(connection, webhook_id, "the webhook ended", now)
                return None
            row = connection.execute(first).one_or_none()
            if row is None:
                return None
            mine = deliveries.c.id == row.id
            claimed = update(deliveries).where(mine).values(next_at=until).returning(deliveries)
            delivery = _delivery(connection.execute(claimed).one())
            older = webhook.secret_before_until
            secrets = [webhook.secret]
            if webhook.secret_before and older is not None and now < older:
                secrets.append(webhook.secret_before)
            return Claim(delivery=delivery, url=webhook.url, secrets=tuple(secrets))

        return await self._database.write(write)

    async def delivered(self, claim: Claim, status: int | None, now: datetime) -> None:
        """It was taken."""
        values = {"ended_at": now, "fault": "", "status": status, "not_before": None}
        await self._settle(claim, values)

    async def failed(
        self,
        claim: Claim,
        fault: str,
        next_at: datetime | None,
        now: datetime,
        status: int | None = None,
        not_before: datetime | None = None,
    ) -> None:
        """It was not taken; it is tried again then, or never (None) and is dead."""
        values: dict[str, Any] = {"fault": fault, "status": status, "not_before": not_before}
        if next_at is None:
            values |= {"ended_at": now, "dead": True}
        else:
            values["next_at"] = next_at
        await self._settle(claim, values)

    async def refused_for_good(
        self, claim: Claim, fault: str, status: int | None, now: datetime
    ) -> None:
        """The receiver wants to hear no more: the webhook ends, and all that waits is dead."""
        tried = {"tries": claim.delivery.tries + 1, "status": status}
        mine = deliveries.c.id == claim.delivery.id

        def write(connection: Connection) -> None:
            connection.execute(update(deliveries).where(mine).values(tried))
            webhooks.end(connection, claim.delivery.webhook_id, fault, now, webhooks.Ended.GONE)

        await self._database.write(write)

    async def get(self, webhook_id: str, delivery_id: str) -> Delivery | None:
        """One delivery of a webhook."""
        mine = (deliveries.c.id == delivery_id, deliveries.c.webhook_id == webhook_id)
        rows = await self._database.rows(select(deliveries).where(*mine))
        return _delivery(rows[0]) if rows else None

    async def again(self, webhook_id: str, delivery_id: str, now: datetime) -> Delivery | None:
        """Have it told now, and for another day; None: there is no such delivery."""
        mine = (deliveries.c.id == delivery_id, deliveries.c.webhook_id == webhook_id)
        fresh = {"tries": 0, "status": None, "not_before": None}
        values = {"ended_at": None, "dead": False, "next_at": now, **fresh}
        statement = update(deliveries).where(*mine).values(values).returning(deliveries)
        row = await self._database.write(lambda c: c.execute(statement).one_or_none())
        return None if row is None else _delivery(row)

    async def page(
        self,
        webhook_id: str,
        *,
        state: DeliveryState | None = None,
        cursor: str | None = None,
        limit: int = 100,
    ) -> DeliveryPage:
        """A page of deliveries; raises `CursorError`, `ValueError` unless `limit` is 1 to 1000."""
        cursors.check_limit(limit)
        where = [deliveries.c.webhook_id == webhook_id, *(_IS[state] if state else ())]
        if cursor is not None:
            where.append(cursors.after(cursor, _NEWEST_FIRST))
        order = [column.desc() for column in _NEWEST_FIRST]
        rows = await self._database.rows(
            select(deliveries).where(*where).order_by(*order).limit(limit + 1)
        )
        found = [_delivery(row) for row in rows[:limit]]
        if len(rows) <= limit:
            return DeliveryPage(found, None)
        return DeliveryPage(found, cursors.encode(found[-1].created_at, found[-1].id))

    async def forget(self, before: datetime) -> int:
        """Let some of what was delivered before then go; how many went. Dead ones stay."""
        old = (
            select(deliveries.c.id)
            .where(*_IS[DeliveryState.DELIVERED], deliveries.c.ended_at < before)
            .limit(_AT_ONCE)
        )
        statement = delete(deliveries).where(deliveries.c.id.in_(old))
        return await self._database.write(lambda c: c.execute(statement).rowcount)

    async def _settle(self, claim: Claim, values: dict[str, Any]) -> None:
        """Write how a try ended, unless somebody else has it by now."""
        mine = (
            deliveries.c.id == claim.delivery.id,
            deliveries.c.next_at == claim.delivery.next_at,
            _WAITING,
        )
        tried = {**values, "tries": claim.delivery.tries + 1}
        statement = update(deliveries).where(*mine).values(tried)
        await self._database.write(lambda c: c.execute(statement).rowcount)


def _delivery(row: Row[Any]) -> Delivery:
    return Delivery(**{name: row._mapping[name] for name in Delivery.__slots__})
