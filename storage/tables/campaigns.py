"""The tables of campaigns, their lists, leads and attempts."""

from __future__ import annotations

from sqlalchemy import (
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    Table,
    UniqueConstraint,
)

from storage.columns import BigId, CleanText, PlainData, UtcDateTime
from storage.tables.base import has_external_id, metadata, not_ended

campaigns = Table(
    "campaigns",
    metadata,
    Column("id", CleanText, primary_key=True),
    Column("name", CleanText, nullable=False),
    Column("queue", CleanText, nullable=False),
    Column("country", CleanText, nullable=False),
    Column("caller_number", CleanText, nullable=False),
    Column("pacing", CleanText, nullable=False),
    Column("ring_seconds", Double, nullable=False),
    Column("max_lines", Integer, nullable=False),
    Column("retry", PlainData, nullable=False),
    Column("state", CleanText, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("state_changed_at", UtcDateTime, nullable=False),
    Column("pacing_settings", PlainData, nullable=False),
    Column("abandonment_cap", Double, nullable=False),
    Column("options", PlainData, nullable=False),
    # NULL: what rings is never hung up
    Column("cancel_after_seconds", Double),
)

#: Why so many were dialed at a moment, or nobody: committed with the attempts it made.
pacing_notes = Table(
    "pacing_notes",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("pbx", CleanText, nullable=False),
    Column("campaign_id", CleanText, ForeignKey("campaigns.id"), nullable=False),
    Column("decided_at", UtcDateTime, nullable=False),
    Column("policy", CleanText, nullable=False),
    Column("dial", Integer, nullable=False),
    Column("reason", CleanText, nullable=False),
    Column("evidence", PlainData, nullable=False),
    Index(None, "campaign_id", "decided_at"),
)

#: What its calls cost, one row for each change; a currency "": from then on nobody says.
campaign_costs = Table(
    "campaign_costs",
    metadata,
    Column("campaign_id", CleanText, ForeignKey("campaigns.id"), primary_key=True),
    Column("valid_from", UtcDateTime, primary_key=True),
    Column("currency", CleanText, nullable=False),
    # decimal text, exact; NULL: costs nothing
    Column("cost_per_attempt", CleanText),
    Column("cost_per_minute", CleanText),
    Column("cost_per_agent_hour", CleanText),
)

leads = Table(
    "leads",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("campaign_id", CleanText, ForeignKey("campaigns.id"), nullable=False),
    Column("number", CleanText, nullable=False),
    Column("name", CleanText, nullable=False),
    Column("extra", PlainData, nullable=False),
    Column("state", CleanText, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_at", UtcDateTime, nullable=False),
    Column("last_outcome", CleanText),
    Column("list_id", CleanText, ForeignKey("lists.id"), nullable=False),
    Column("external_id", CleanText, nullable=False),
    # which of its `phones` the number is, and where that one's clock stands (`dialer.rules.place`)
    Column("phone", Integer, nullable=False),
    Column("zone", CleanText, nullable=False),
    Column("priority", Integer, nullable=False),
    Column("score", Double, nullable=False),
    # made of the two: the lowest goes first
    Column("rank", Double, nullable=False),
    # the only agent who may have the call; "" anybody
    Column("wanted_agent", CleanText, nullable=False),
    # why it waits or is done, when the calling rules or an agent said so
    Column("reason", CleanText, nullable=False),
    UniqueConstraint("campaign_id", "number"),
    Index(None, "campaign_id", "state", "next_at", "id"),
    Index(None, "list_id", "zone", "state", "rank", "next_at", "id"),
    Index(
        "ix_leads_external_id",
        "campaign_id",
        "external_id",
        sqlite_where=has_external_id,
        postgresql_where=has_external_id,
    ),
)

attempts = Table(
    "attempts",
    metadata,
    Column("id", CleanText, primary_key=True),
    Column("pbx", CleanText, nullable=False),
    Column("campaign_id", CleanText, ForeignKey("campaigns.id"), nullable=False),
    Column("lead_id", BigId, ForeignKey("leads.id"), nullable=False),
    Column("ordinal", Integer, nullable=False),
    Column("number", CleanText, nullable=False),
    Column("intended_at", UtcDateTime, nullable=False),
    Column("answered_at", UtcDateTime),
    Column("connected_at", UtcDateTime),
    Column("ended_at", UtcDateTime),
    Column("outcome", CleanText),
    Column("cause", Integer),
    Column("sip_code", Integer),
    Column("agent", CleanText, nullable=False),
    Column("caller_number", CleanText, nullable=False),
    Column("wanted_agent", CleanText, nullable=False),
    Column("disposition", CleanText, nullable=False),
    # whether the person who was wanted was talked to; NULL: nobody said
    Column("contact", Integer),
    # what answered, by whoever listened: human, machine, unsure; NULL: nobody did
    Column("machine", CleanText),
    UniqueConstraint("lead_id", "ordinal"),
    # the database itself refuses to have somebody dialed twice at once
    Index(
        "uq_attempts_open",
        "lead_id",
        unique=True,
        sqlite_where=not_ended,
        postgresql_where=not_ended,
    ),
    Index(None, "campaign_id", "intended_at", "id"),
    Index(None, "intended_at"),
    Index(None, "number", "intended_at"),
    Index("ix_attempts_open", "pbx", sqlite_where=not_ended, postgresql_where=not_ended),
)

# --- lists ------------------------------------------------------------------------------------

lists = Table(
    "lists",
    metadata,
    Column("id", CleanText, primary_key=True),
    Column("campaign_id", CleanText, ForeignKey("campaigns.id"), nullable=False),
    Column("name", CleanText, nullable=False),
    Column("weight", Double, nullable=False),
    Column("active", Integer, nullable=False),
    # how far its turn is (stride scheduling): the list with the lowest gives the next lead
    Column("turn", Double, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    UniqueConstraint("campaign_id", "name"),
)

#: Which zones a list's leads live in: so that closed ones are left out before a lead is looked at.
list_zones = Table(
    "list_zones",
    metadata,
    Column("list_id", CleanText, ForeignKey("lists.id"), primary_key=True),
    Column("zone", CleanText, primary_key=True),
)

#: Every number of a lead, in the order in which they are tried; `leads.number` is the present one.
phones = Table(
    "phones",
    metadata,
    Column("lead_id", BigId, ForeignKey("leads.id"), primary_key=True, autoincrement=False),
    Column("ordinal", Integer, primary_key=True, autoincrement=False),
    Column("campaign_id", CleanText, ForeignKey("campaigns.id"), nullable=False),
    Column("number", CleanText, nullable=False),
    Column("zone", CleanText, nullable=False),
    Column("label", CleanText, nullable=False),
    Column("dead", Integer, nullable=False),
    UniqueConstraint("campaign_id", "number"),
)

imports = Table(
    "imports",
    metadata,
    Column("id", CleanText, primary_key=True),
    Column("campaign_id", CleanText, ForeignKey("campaigns.id"), nullable=False),
    Column("list_id", CleanText, ForeignKey("lists.id"), nullable=False),
    Column("file_name", CleanText, nullable=False),
    Column("mode", CleanText, nullable=False),
    Column("mapping", PlainData, nullable=False),
    Column("state", CleanText, nullable=False),
    Column("fault", CleanText, nullable=False),
    Column("total_bytes", BigId, nullable=False),
    Column("done_bytes", BigId, nullable=False),
    Column("rows", Integer, nullable=False),
    Column("added", Integer, nullable=False),
    Column("merged", Integer, nullable=False),
    Column("already_there", Integer, nullable=False),
    Column("refused", Integer, nullable=False),
    Column("asked_by", CleanText, nullable=False),
    Column("started_at", UtcDateTime, nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
    Index(None, "campaign_id", "started_at"),
)

import_refusals = Table(
    "import_refusals",
    metadata,
    Column("import_id", CleanText, ForeignKey("imports.id"), primary_key=True),
    Column("line", Integer, primary_key=True, autoincrement=False),
    Column("column", CleanText, primary_key=True),
    Column("fault", CleanText, nullable=False),
    Column("detail", CleanText, nullable=False),
    Column("row", CleanText, nullable=False),
    # 1: the row is a lead all the same, only this number of it is left out
    Column("kept", Integer, nullable=False),
)
