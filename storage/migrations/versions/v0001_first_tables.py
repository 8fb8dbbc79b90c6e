"""The first tables: calls, agents, campaigns, access."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision: str | None = None

# The tables as they were when this step was written: it must never follow a later change of
# storage/tables.py or storage/columns.py, so it says everything itself.
_TEXT = sa.Text()
_TIME = sa.DateTime(timezone=True)
_JSON = sa.JSON()
_BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_OPEN = sa.text("ended_at IS NULL")


def upgrade() -> None:
    """Make the tables."""
    _calls()
    _agents()
    _campaigns()
    _access()


def _calls() -> None:
    op.create_table(
        "calls",
        *_columns("pbx call_id direction number_called caller_number caller_name", _TEXT),
        *_columns("campaign_id", _TEXT),
        *_columns("lead_id", _BIG_ID, nullable=True),
        *_columns("arrived_at", _TIME),
        *_columns("rang_at answered_at", _TIME, nullable=True),
        *_columns("menu language", _TEXT),
        *_columns("menu_path", _JSON, nullable=True),
        *_columns("fell_back", _TEXT),
        *_columns("hold_seconds", sa.Double()),
        *_columns("held_since safe_harbour_at ended_at last_seen_at", _TIME, nullable=True),
        *_columns("ended_by", _TEXT),
        *_columns("cause sip_code", sa.Integer(), nullable=True),
        *_columns("end_reason", _TEXT),
        *_columns("wrap_up_started_at wrap_up_ended_at", _TIME, nullable=True),
        *_columns("wrap_up_agent disposition outcome", _TEXT),
        *_columns("wait_seconds talk_seconds wrap_up_seconds handle_seconds", sa.Double()),
        *_columns("progress", sa.Integer()),
        sa.PrimaryKeyConstraint("pbx", "call_id", name="pk_calls"),
    )
    _index("calls", "arrived_at", "pbx", "call_id")
    _index("calls", "number_called", "arrived_at")
    _index("calls", "caller_number", "arrived_at")
    _index("calls", "campaign_id", "arrived_at")
    _index_of_open("ix_calls_open", "calls", "pbx", "call_id")

    op.create_table(
        "queue_stays",
        *_columns("pbx call_id", _TEXT),
        sa.Column("ordinal", sa.Integer(), autoincrement=False, nullable=False),
        *_columns("queue", _TEXT),
        *_columns("joined_at", _TIME),
        *_columns("left_at", _TIME, nullable=True),
        *_columns("agent", _TEXT),
        *_columns("offered_at connected_at released_at", _TIME, nullable=True),
        *_columns("ended_by status", _TEXT),
        sa.PrimaryKeyConstraint("pbx", "call_id", "ordinal", name="pk_queue_stays"),
        sa.ForeignKeyConstraint(
            ["pbx", "call_id"],
            ["calls.pbx", "calls.call_id"],
            name="fk_queue_stays_calls",
            ondelete="CASCADE",
        ),
    )
    _index("queue_stays", "queue", "pbx", "call_id")
    _index("queue_stays", "agent", "pbx", "call_id")

    op.create_table(
        "call_facts",
        *_columns("pbx journal", _TEXT),
        sa.Column("seq", _BIG_ID, autoincrement=False, nullable=False),
        *_columns("call_id", _TEXT),
        *_columns("at", _TIME),
        *_columns("kind", _TEXT),
        *_columns("body", _JSON),
        sa.PrimaryKeyConstraint("pbx", "journal", "seq", name="pk_call_facts"),
    )
    _index("call_facts", "pbx", "call_id", "at")


def _agents() -> None:
    op.create_table(
        "agent_states",
        *_columns("pbx agent", _TEXT),
        *_columns("began_at", _TIME),
        *_columns("state reason call_id", _TEXT),
        *_columns("ended_at", _TIME, nullable=True),
        sa.PrimaryKeyConstraint("pbx", "agent", "began_at", name="pk_agent_states"),
    )
    _index("agent_states", "began_at")
    _index_of_open("uq_agent_states_open", "agent_states", "pbx", "agent", unique=True)


def _campaigns() -> None:
    op.create_table(
        "campaigns",
        *_columns("id name queue country caller_number pacing", _TEXT),
        *_columns("ring_seconds", sa.Double()),
        *_columns("max_lines", sa.Integer()),
        *_columns("retry", _JSON),
        *_columns("state", _TEXT),
        *_columns("created_at state_changed_at", _TIME),
        sa.PrimaryKeyConstraint("id", name="pk_campaigns"),
    )
    op.create_table(
        "leads",
        *_columns("id", _BIG_ID),
        *_columns("campaign_id number name", _TEXT),
        *_columns("extra", _JSON),
        *_columns("state", _TEXT),
        *_columns("attempts", sa.Integer()),
        *_columns("next_at", _TIME),
        *_columns("last_outcome", _TEXT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_leads"),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name="fk_leads_campaigns"),
        sa.UniqueConstraint("campaign_id", "number", name="uq_leads_campaign_id_number"),
    )
    _index("leads", "campaign_id", "state", "next_at", "id")

    op.create_table(
        "attempts",
        *_columns("id pbx campaign_id", _TEXT),
        *_columns("lead_id", _BIG_ID),
        *_columns("ordinal", sa.Integer()),
        *_columns("number", _TEXT),
        *_columns("intended_at", _TIME),
        *_columns("answered_at connected_at ended_at", _TIME, nullable=True),
        *_columns("outcome", _TEXT, nullable=True),
        *_columns("cause sip_code", sa.Integer(), nullable=True),
        *_columns("agent", _TEXT),
        sa.PrimaryKeyConstraint("id", name="pk_attempts"),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name="fk_attempts_campaigns"),
        sa.ForeignKeyConstraint(["lead_id"], ["leads.id"], name="fk_attempts_leads"),
        sa.UniqueConstraint("lead_id", "ordinal", name="uq_attempts_lead_id_ordinal"),
    )
    _index("attempts", "campaign_id", "intended_at", "id")
    _index("attempts", "intended_at")
    _index_of_open("uq_attempts_open", "attempts", "lead_id", unique=True)
    _index_of_open("ix_attempts_open", "attempts", "pbx")


def _access() -> None:
    op.create_table(
        "tokens",
        *_columns("id name role", _TEXT),
        *_columns("agent", _TEXT, nullable=True),
        *_columns("sha256", _TEXT),
        *_columns("created_at", _TIME),
        *_columns("revoked_at last_used_at", _TIME, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_tokens"),
        sa.UniqueConstraint("sha256", name="uq_tokens_sha256"),
    )
    op.create_table(
        "settings",
        *_columns("key value", _TEXT),
        sa.PrimaryKeyConstraint("key", name="pk_settings"),
    )


def _columns(names: str, kind: Any, *, nullable: bool = False) -> list[sa.Column[Any]]:
    return [sa.Column(name, kind, nullable=nullable) for name in names.split()]


def _index(table: str, *columns: str) -> None:
    op.create_index("_".join(["ix", table, *columns]), table, list(columns))


def _index_of_open(name: str, table: str, *columns: str, unique: bool = False) -> None:
    op.create_index(
        name, table, list(columns), unique=unique, sqlite_where=_OPEN, postgresql_where=_OPEN
    )
