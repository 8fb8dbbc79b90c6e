"""What webhooks are told of: written in the same transaction as what it tells of, so none is lost.

A delivery's id is made of the webhook and of what is told: told twice it is the same row, and
whoever receives it knows it again. Telephone numbers leave with their last four digits only.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, select, update
from sqlalchemy.dialects import postgresql, sqlite

from storage.tables import deliveries, webhooks

_SHOWN_DIGITS = 4
#: what is left of whose a ticket is
_NOBODY: Mapping[str, Any] = {"customer_id": None, "account": "", "phone": ""}
#: rows of one statement
_AT_ONCE = 500


class NewsKind(StrEnum):
    """What can happen that a webhook is told of."""

    ALERT_RAISED = "alert.raised"
    ALERT_CLEARED = "alert.cleared"
    TICKET_CREATED = "ticket.created"
    CALLBACK_BOOKED = "callback.booked"
    CAMPAIGN_STATE_CHANGED = "campaign.state_changed"
    SURVEY_ANSWERED = "survey.answered"


#: told to one webhook because somebody asked for it, whatever else it wants to hear
PING = "ping"


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """Something that happened; `key` tells it from everything else of its kind."""

    kind: NewsKind
    key: str
    at: datetime
    data: Mapping[str, Any]


def tell(connection: Connection, news: Sequence[News]) -> None:
    """Have every webhook that wants to hear of it told, as part of this transaction."""
    if not news:
        return
    in_force = select(webhooks.c.id, webhooks.c.kinds).where(webhooks.c.ended_at.is_(None))
    rows = [
        delivery(webhook.id, one.kind, one.key, one.at, one.data)
        for webhook in connection.execute(in_force)
        for one in news
        if not webhook.kinds or one.kind in webhook.kinds
    ]
    if rows:
        made = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
        connection.execute(made(deliveries).on_conflict_do_nothing(), rows)


def delivery(
    webhook_id: str, kind: str, key: str, at: datetime, data: Mapping[str, Any]
) -> dict[str, Any]:
    """The row of what one webhook is to be told."""
    return {
        "id": _id(webhook_id, kind, key),
        "webhook_id": webhook_id,
        "kind": kind,
        "body": _body({"type": kind, "timestamp": moment(at), "data": data}),
        "created_at": at,
        "next_at": at,
        "tries": 0,
        "fault": "",
    }


def forget_whose(connection: Connection, tickets: Sequence[str]) -> None:
    """Take out of what was told of these tickets, or is to be, whose they are."""
    hooks = connection.execute(select(webhooks.c.id)).scalars().all()
    ids = [_id(hook, NewsKind.TICKET_CREATED, number) for hook in hooks for number in tickets]
    for start in range(0, len(ids), _AT_ONCE):
        some = deliveries.c.id.in_(ids[start : start + _AT_ONCE])
        for row in connection.execute(select(deliveries.c.id, deliveries.c.body).where(some)).all():
            told = json.loads(row.body)
            told["data"] |= _NOBODY
            mine = update(deliveries).where(deliveries.c.id == row.id)
            connection.execute(mine.values(body=_body(told)))


def _id(webhook_id: str, kind: str, key: str) -> str:
    named = hashlib.sha256("\n".join((webhook_id, kind, key)).encode("utf-8", "replace"))
    return f"msg_{named.hexdigest()[:40]}"


def _body(told: Mapping[str, Any]) -> str:
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"))


def moment(at: datetime | None) -> str | None:
    """A time as RFC 3339, in UTC."""
    return None if at is None else at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def masked(number: str) -> str:
    """A telephone number whose owner cannot be told: the last four digits, of short ones fewer."""
    shown = min(_SHOWN_DIGITS, len(number) // 2)
    return "*" * (len(number) - shown) + number[len(number) - shown :]
