"""The tables of calling rules and their proof, of callbacks, and of the audit."""

from __future__ import annotations

from sqlalchemy import (
    Column,
    ForeignKey,
    Index,
    Integer,
    Table,
    text,
)

from storage.columns import BigId, CleanText, PlainData, UtcDateTime
from storage.tables.base import metadata

# --- rules ------------------------------------------------------------------------------------

#: Every decision to dial somebody or not, with the rules it was made by: the proof for a regulator.
rulings = Table(
    "rulings",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("campaign_id", CleanText, ForeignKey("campaigns.id"), nullable=False),
    Column("lead_id", BigId),
    Column("number", CleanText, nullable=False),
    Column("attempt_id", CleanText),
    Column("allowed", Integer, nullable=False),
    Column("reasons", PlainData, nullable=False),
    Column("preset", CleanText, nullable=False),
    Column("version", CleanText, nullable=False),
    Column("purpose", CleanText, nullable=False),
    Column("zone", CleanText, nullable=False),
    Column("local_time", CleanText, nullable=False),
    Column("evidence", PlainData, nullable=False),
    Index(None, "campaign_id", "at", "id"),
    Index(None, "number", "at"),
)

_in_force = text("removed_at IS NULL")

#: Who must not be called: by us at all (`campaign_id` ""), or for one campaign.
do_not_call = Table(
    "do_not_call",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("number", CleanText, nullable=False),
    Column("campaign_id", CleanText, nullable=False),
    Column("source", CleanText, nullable=False),
    Column("reason", CleanText, nullable=False),
    Column("added_by", CleanText, nullable=False),
    Column("added_at", UtcDateTime, nullable=False),
    Column("removed_by", CleanText),
    Column("removed_at", UtcDateTime),
    Index(
        "uq_do_not_call_in_force",
        "number",
        "campaign_id",
        unique=True,
        sqlite_where=_in_force,
        postgresql_where=_in_force,
    ),
)

#: A register of the state, as it was loaded last; `generation` is the one that counts.
registers = Table(
    "registers",
    metadata,
    Column("name", CleanText, primary_key=True),
    Column("generation", Integer, nullable=False),
    Column("as_of", UtcDateTime, nullable=False),
    Column("loaded_at", UtcDateTime, nullable=False),
    Column("loaded_by", CleanText, nullable=False),
    Column("entries", Integer, nullable=False),
    Column("sha256", CleanText, nullable=False),
    Column("format", CleanText, nullable=False),
)

register_numbers = Table(
    "register_numbers",
    metadata,
    Column("register", CleanText, primary_key=True),
    Column("number", CleanText, primary_key=True),
    Column("generation", Integer, primary_key=True, autoincrement=False),
)

# --- promises ---------------------------------------------------------------------------------

callbacks = Table(
    "callbacks",
    metadata,
    Column("id", CleanText, primary_key=True),
    Column("campaign_id", CleanText, ForeignKey("campaigns.id"), nullable=False),
    Column("lead_id", BigId, ForeignKey("leads.id"), nullable=False),
    Column("agent", CleanText, nullable=False),
    Column("promised_at", UtcDateTime, nullable=False),
    Column("zone", CleanText, nullable=False),
    Column("made_by", CleanText, nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    Column("note", CleanText, nullable=False),
    Column("state", CleanText, nullable=False),
    Column("attempt_id", CleanText),
    Column("tried_at", UtcDateTime),
    Column("ended_at", UtcDateTime),
    # of a caller who gave up the line: in which queue, and since when the place is kept
    Column("queue", CleanText),
    Column("waiting_since", UtcDateTime),
    Index(None, "campaign_id", "state", "promised_at"),
    Index(None, "lead_id"),
    Index(None, "queue", "made_at"),
)

# --- who changed what -------------------------------------------------------------------------

audit = Table(
    "audit",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("who", CleanText, nullable=False),
    Column("action", CleanText, nullable=False),
    Column("subject", CleanText, nullable=False),
    Column("before", PlainData, nullable=False),
    Column("after", PlainData, nullable=False),
    Index(None, "at", "id"),
    Index(None, "subject", "at"),
)

# --- what went wrong --------------------------------------------------------------------------

#: What somebody should look at, from when to when: a guard that tripped, a carrier in trouble.
alerts = Table(
    "alerts",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("pbx", CleanText, nullable=False),
    Column("kind", CleanText, nullable=False),
    Column("subject", CleanText, nullable=False),
    Column("details", PlainData, nullable=False),
    Column("began_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
    Index(None, "began_at", "id"),
    Index(None, "kind", "subject", "ended_at"),
)
