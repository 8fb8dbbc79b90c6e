"""The tables of calls, of the facts they were made of, and of what agents did."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Double,
    ForeignKeyConstraint,
    Index,
    Integer,
    Table,
    text,
)

from storage.columns import BigId, CleanText, PlainData, UtcDateTime
from storage.tables.base import metadata, not_ended

#: One row per `monitoring.record.CallRecord`, column by field (its stays have their own table).
calls = Table(
    "calls",
    metadata,
    Column("pbx", CleanText, primary_key=True),
    Column("call_id", CleanText, primary_key=True),
    Column("direction", CleanText, nullable=False),
    Column("number_called", CleanText, nullable=False),
    Column("caller_number", CleanText, nullable=False),
    Column("caller_name", CleanText, nullable=False),
    Column("campaign_id", CleanText, nullable=False),
    Column("lead_id", BigId),
    Column("arrived_at", UtcDateTime, nullable=False),
    Column("rang_at", UtcDateTime),
    Column("answered_at", UtcDateTime),
    Column("menu", CleanText, nullable=False),
    Column("language", CleanText, nullable=False),
    Column("menu_path", PlainData),
    Column("fell_back", CleanText, nullable=False),
    Column("hold_seconds", Double, nullable=False),
    Column("held_since", UtcDateTime),
    Column("safe_harbour_at", UtcDateTime),
    Column("ended_at", UtcDateTime),
    Column("last_seen_at", UtcDateTime),
    Column("ended_by", CleanText, nullable=False),
    Column("cause", Integer),
    Column("sip_code", Integer),
    Column("end_reason", CleanText, nullable=False),
    Column("wrap_up_started_at", UtcDateTime),
    Column("wrap_up_ended_at", UtcDateTime),
    Column("wrap_up_agent", CleanText, nullable=False),
    Column("disposition", CleanText, nullable=False),
    Column("outcome", CleanText, nullable=False),
    Column("wait_seconds", Double, nullable=False),
    Column("talk_seconds", Double, nullable=False),
    Column("wrap_up_seconds", Double, nullable=False),
    Column("handle_seconds", Double, nullable=False),
    # how much is known of the call (`call_rows.progress`): no older version replaces a newer one
    Column("progress", Integer, nullable=False),
    # who calls, and why, as the menu learned it
    Column("customer_id", BigId),
    Column("account", CleanText, nullable=False, server_default=text("''")),
    Column("reason", CleanText, nullable=False, server_default=text("''")),
    Column("proven", Boolean, nullable=False, server_default=text("false")),
    Index(None, "arrived_at", "pbx", "call_id"),
    Index(None, "number_called", "arrived_at"),
    Index(None, "caller_number", "arrived_at"),
    Index(None, "campaign_id", "arrived_at"),
    Index(None, "customer_id", "arrived_at"),
    # a page of what is rare is not looked for among everything else
    Index(None, "outcome", "arrived_at"),
    Index(None, "direction", "arrived_at"),
    Index("ix_calls_open", "pbx", "call_id", sqlite_where=not_ended, postgresql_where=not_ended),
)

#: the order of a page, and the words it may be filtered by
_PAGED = ("arrived_at", "pbx", "call_id", "direction", "outcome", "campaign_id")

queue_stays = Table(
    "queue_stays",
    metadata,
    Column("pbx", CleanText, primary_key=True),
    Column("call_id", CleanText, primary_key=True),
    Column("ordinal", Integer, primary_key=True, autoincrement=False),
    Column("queue", CleanText, nullable=False),
    Column("joined_at", UtcDateTime, nullable=False),
    Column("left_at", UtcDateTime),
    Column("agent", CleanText, nullable=False),
    Column("offered_at", UtcDateTime),
    Column("connected_at", UtcDateTime),
    Column("released_at", UtcDateTime),
    Column("ended_by", CleanText, nullable=False),
    Column("status", CleanText, nullable=False),
    # the call's own: a page of a queue's or an agent's calls is read from here alone, newest first
    Column("arrived_at", UtcDateTime, nullable=False),
    Column("direction", CleanText, nullable=False),
    Column("outcome", CleanText, nullable=False),
    Column("campaign_id", CleanText, nullable=False),
    ForeignKeyConstraint(["pbx", "call_id"], ["calls.pbx", "calls.call_id"], ondelete="CASCADE"),
    # whether a call was there: SQLite, which counts no rows, would take any index of a queue
    Index(None, "queue", "pbx", "call_id"),
    Index(None, "agent", "pbx", "call_id"),
    Index("ix_queue_stays_of_queue", "queue", *_PAGED),
    Index("ix_queue_stays_of_agent", "agent", *_PAGED, "queue"),
    # a quarter of an hour is counted by what happened in it
    Index(None, "queue", "joined_at"),
    Index(None, "queue", "left_at"),
    Index(None, "queue", "released_at"),
    Index(None, "agent", "released_at"),
)

#: The durable facts of calls, as the journal shipped them: every record can be folded again.
call_facts = Table(
    "call_facts",
    metadata,
    Column("pbx", CleanText, primary_key=True),
    Column("journal", CleanText, primary_key=True),
    Column("seq", BigId, primary_key=True, autoincrement=False),
    Column("call_id", CleanText, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("kind", CleanText, nullable=False),
    Column("body", PlainData, nullable=False),
    Index(None, "pbx", "call_id", "at"),
)

agent_states = Table(
    "agent_states",
    metadata,
    Column("pbx", CleanText, primary_key=True),
    Column("agent", CleanText, primary_key=True),
    Column("began_at", UtcDateTime, primary_key=True),
    Column("state", CleanText, nullable=False),
    Column("reason", CleanText, nullable=False),
    Column("call_id", CleanText, nullable=False),
    Column("ended_at", UtcDateTime),
    Index(None, "began_at"),
    Index(
        "uq_agent_states_open",
        "pbx",
        "agent",
        unique=True,
        sqlite_where=not_ended,
        postgresql_where=not_ended,
    ),
)
