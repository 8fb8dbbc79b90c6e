"""The tables of supervision: targets, who is told of alerts, queues closed or spoken to by hand."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Double, Index, Integer, Table, text

from storage.columns import BigId, CleanText, PlainData, UtcDateTime
from storage.tables.base import metadata, not_ended

#: The range a figure should stay in; leaving it is an alert (`alerts`, kind `target`).
targets = Table(
    "targets",
    metadata,
    Column("id", CleanText, primary_key=True),
    Column("kpi", CleanText, nullable=False),
    # queue, agent, campaign, menu; and its name, "" for each one of them
    Column("subject_kind", CleanText, nullable=False),
    Column("subject", CleanText, nullable=False),
    # None: no bound on that side
    Column("low", Double),
    Column("high", Double),
    # measured over the last so many seconds; out for so long before it is told, in before it ends
    Column("window_seconds", Integer, nullable=False),
    Column("out_seconds", Integer, nullable=False),
    Column("in_seconds", Integer, nullable=False),
    # how far inside the bound it has to come before it counts as in again
    Column("margin", Double, nullable=False),
    Column("created_by", CleanText, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
    # whose figure it is: its service alone watches it; "" (made before this was known) every one
    Column("pbx", CleanText, nullable=False, server_default=text("''")),
    # of which queues "" means each one, of who sees only some; None: of all
    Column("queues", PlainData),
)

webhooks = Table(
    "webhooks",
    metadata,
    Column("id", CleanText, primary_key=True),
    Column("url", CleanText, nullable=False),
    Column("secret", CleanText, nullable=False),
    # still signed with for a while after a change; "" none
    Column("secret_before", CleanText, nullable=False),
    Column("secret_before_until", UtcDateTime),
    # the kinds of events it is told of; empty: all
    Column("kinds", PlainData, nullable=False),
    Column("created_by", CleanText, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
    # asked, gone (the receiver answered 410); "": not, or before this was kept
    Column("ended_why", CleanText, nullable=False, server_default=text("''")),
)

#: One row per event and webhook; those not delivered in a day stay, dead, until somebody looks.
deliveries = Table(
    "deliveries",
    metadata,
    Column("id", CleanText, primary_key=True),
    Column("webhook_id", CleanText, nullable=False),
    Column("kind", CleanText, nullable=False),
    Column("body", CleanText, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("next_at", UtcDateTime, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("fault", CleanText, nullable=False),
    # delivered, or given up (`dead`)
    Column("ended_at", UtcDateTime),
    Column("dead", Boolean, nullable=False, server_default=text("false")),
    # of the answer to the last try, None: there was none; and what it asked for (Retry-After)
    Column("status", Integer),
    Column("not_before", UtcDateTime),
    Index("ix_deliveries_due", "next_at", sqlite_where=not_ended, postgresql_where=not_ended),
    Index(None, "webhook_id", "created_at"),
)

#: A queue that a supervisor closed, from when to when.
closures = Table(
    "closures",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("pbx", CleanText, nullable=False),
    Column("queue", CleanText, nullable=False),
    Column("reason", CleanText, nullable=False),
    # what callers are told, by its name in the catalog; "" nothing of its own
    Column("prompt", CleanText, nullable=False),
    Column("closed_by", CleanText, nullable=False),
    Column("began_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
    Index(
        "uq_closures_open",
        "pbx",
        "queue",
        unique=True,
        sqlite_where=not_ended,
        postgresql_where=not_ended,
    ),
)

#: What those who wait in a queue are told again and again, from when to when.
emergencies = Table(
    "emergencies",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("pbx", CleanText, nullable=False),
    Column("queue", CleanText, nullable=False),
    Column("prompt", CleanText, nullable=False),
    Column("every_seconds", Integer, nullable=False),
    Column("begun_by", CleanText, nullable=False),
    Column("began_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
    Index(
        "uq_emergencies_open",
        "pbx",
        "queue",
        unique=True,
        sqlite_where=not_ended,
        postgresql_where=not_ended,
    ),
)
