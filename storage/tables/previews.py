"""The table of leads that were shown to agents, before anybody was dialed."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Table

from storage.columns import BigId, CleanText, UtcDateTime
from storage.tables.base import metadata, not_ended

#: Each time a lead was shown to an agent who decides: until when, how that ended, and by whom.
previews = Table(
    "previews",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("pbx", CleanText, nullable=False),
    Column("campaign_id", CleanText, ForeignKey("campaigns.id"), nullable=False),
    Column("lead_id", BigId, ForeignKey("leads.id"), nullable=False),
    Column("agent", CleanText, nullable=False),
    Column("shown_at", UtcDateTime, nullable=False),
    Column("until", UtcDateTime, nullable=False),
    # the lead's own time, which it gets back when nobody decided
    Column("due_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
    Column("how", CleanText),
    Column("ended_by", CleanText),
    # why it was passed over, in the agent's words
    Column("reason", CleanText, nullable=False),
    Column("attempt_id", CleanText),
    # the database itself refuses to show a lead to two agents, or two leads to one
    Index(
        "uq_previews_lead",
        "lead_id",
        unique=True,
        sqlite_where=not_ended,
        postgresql_where=not_ended,
    ),
    Index(
        "uq_previews_agent",
        "pbx",
        "agent",
        unique=True,
        sqlite_where=not_ended,
        postgresql_where=not_ended,
    ),
    Index(None, "campaign_id", "shown_at"),
    Index(None, "lead_id", "how"),
)
