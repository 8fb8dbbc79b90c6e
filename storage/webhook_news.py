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

from sqlalchemy import Connection, select
from sqlalchemy.dialects import postgresql, sqlite

from storage.tables import deliveries, webhooks

_SHOWN_DIGITS = 4


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
    told = {"type": kind, "timestamp": moment(at), "data": data}
    named = hashlib.sha256("\n".join((webhook_id, kind, key)).encode("utf-8", "replace"))
    return {
        "id": f"msg_{named.hexdigest()[:40]}",
        "webhook_id": webhook_id,
        "kind": kind,
        "body": json.dumps(told, ensure_ascii=False, separators=(",", ":")),
        "created_at": at,
        "next_at": at,
        "tries": 0,
        "fault": "",
    }


def moment(at: datetime | None) -> str | None:
    """A time as RFC 3339, in UTC."""
    return None if at is None else at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def masked(number: str) -> str:
    """A telephone number whose owner cannot be told: the last four digits, of short ones fewer."""
    shown = min(_SHOWN_DIGITS, len(number) // 2)
    return "*" * (len(number) - shown) + number[len(number) - shown :]
