"""Webhooks: who is told of what. Their secrets are kept as they are, for every try is signed."""

from __future__ import annotations

import base64
import secrets
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, insert, select, update

from storage import cursors
from storage.database import Database
from storage.tables import deliveries, webhooks
from storage.webhook_news import PING, delivery, moment

#: the secret before is still signed with for so long
OVERLAP = timedelta(hours=24)
_SECRET_BYTES = 32
_NEWEST_FIRST = (webhooks.c.created_at, webhooks.c.id)


class Ended(StrEnum):
    """Who ended a webhook."""

    ASKED = "asked"  # somebody here
    GONE = "gone"  # the receiver, by a 410


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """One webhook, without its secrets; `ended_at` None: it is told."""

    id: str
    url: str
    kinds: list[str]
    created_by: str
    created_at: datetime
    ended_at: datetime | None
    #: an `Ended`; "": it has not, or before this was kept
    ended_why: str
    #: two secrets are good until then
    secret_before_until: datetime | None


@dataclass(frozen=True, slots=True)
class WebhookPage:
    """Webhooks, the newest first, and the cursor with which the list goes on."""

    webhooks: list[Webhook]
    next_cursor: str | None


class WebhookStore:
    """The webhooks of one database; what they are told is in `DeliveryStore`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def create(
        self, url: str, kinds: Sequence[str], created_by: str, now: datetime
    ) -> tuple[Webhook, str]:
        """A new webhook and its secret, which nobody is told again."""
        secret = _new_secret()
        row = {
            "id": uuid.uuid4().hex, "url": url, "secret": secret, "secret_before": "",
            "kinds": list(kinds), "created_by": created_by, "created_at": now,
        }  # fmt: skip
        statement = insert(webhooks).values(row).returning(webhooks)
        made = await self._database.write(lambda c: c.execute(statement).one())
        return _webhook(made), secret

    async def get(self, webhook_id: str) -> Webhook | None:
        """The webhook with this id, also one that has ended."""
        rows = await self._database.rows(select(webhooks).where(webhooks.c.id == webhook_id))
        return _webhook(rows[0]) if rows else None

    async def page(
        self, *, is_open: bool | None = None, cursor: str | None = None, limit: int = 100
    ) -> WebhookPage:
        """A page of webhooks; raises `CursorError`, `ValueError` unless `limit` is 1 to 1000."""
        cursors.check_limit(limit)
        where: list[ColumnElement[bool]] = []
        if is_open is not None:
            ended = webhooks.c.ended_at
            where.append(ended.is_(None) if is_open else ended.is_not(None))
        if cursor is not None:
            where.append(cursors.after(cursor, _NEWEST_FIRST))
        order = [column.desc() for column in _NEWEST_FIRST]
        rows = await self._database.rows(
            select(webhooks).where(*where).order_by(*order).limit(limit + 1)
        )
        found = [_webhook(row) for row in rows[:limit]]
        if len(rows) <= limit:
            return WebhookPage(found, None)
        return WebhookPage(found, cursors.encode(found[-1].created_at, found[-1].id))

    async def change(self, webhook_id: str, **values: Any) -> Webhook | None:
        """Change `url` or `kinds`; None: there is no such webhook, or it has ended."""
        return await self._changed(webhook_id, values)

    async def rotate(self, webhook_id: str, now: datetime) -> tuple[Webhook, str] | None:
        """A new secret; the one before is good for a day beside it. None: no such webhook."""
        secret = _new_secret()
        values = {
            "secret": secret, "secret_before": webhooks.c.secret,
            "secret_before_until": now + OVERLAP,
        }  # fmt: skip
        changed = await self._changed(webhook_id, values)
        return None if changed is None else (changed, secret)

    async def end(self, webhook_id: str, now: datetime) -> bool:
        """Tell it no more; what it was not told yet is dead. False: it has ended, or never was."""
        return await self._database.write(lambda c: end(c, webhook_id, "the webhook ended", now))

    async def ping(self, webhook_id: str, now: datetime) -> str | None:
        """Have it told a `ping`; the delivery's id. None: no such webhook, or it has ended."""
        row = delivery(webhook_id, PING, uuid.uuid4().hex, now, {"sent_at": moment(now)})
        alive = select(webhooks.c.id).where(
            webhooks.c.id == webhook_id, webhooks.c.ended_at.is_(None)
        )

        def write(connection: Connection) -> str | None:
            if connection.execute(alive).first() is None:
                return None
            connection.execute(insert(deliveries).values(row))
            return str(row["id"])

        return await self._database.write(write)

    async def _changed(self, webhook_id: str, values: dict[str, Any]) -> Webhook | None:
        mine = (webhooks.c.id == webhook_id, webhooks.c.ended_at.is_(None))
        statement = update(webhooks).where(*mine).values(values).returning(webhooks)
        row = await self._database.write(lambda c: c.execute(statement).one_or_none())
        return None if row is None else _webhook(row)


def end(
    connection: Connection,
    webhook_id: str,
    fault: str,
    now: datetime,
    why: Ended = Ended.ASKED,
) -> bool:
    """The webhook is told no more, as part of a transaction; what waits is dead."""
    mine = (webhooks.c.id == webhook_id, webhooks.c.ended_at.is_(None))
    ending = update(webhooks).where(*mine).values(ended_at=now, ended_why=why)
    ended = connection.execute(ending).rowcount == 1
    waiting = (deliveries.c.webhook_id == webhook_id, deliveries.c.ended_at.is_(None))
    connection.execute(
        update(deliveries).where(*waiting).values(ended_at=now, dead=True, fault=fault)
    )
    return ended


def _new_secret() -> str:
    return "whsec_" + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def _webhook(row: Row[Any]) -> Webhook:
    return Webhook(**{name: row._mapping[name] for name in Webhook.__slots__})
