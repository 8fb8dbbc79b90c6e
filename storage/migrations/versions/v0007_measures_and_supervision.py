"""Measures by quarters of an hour, targets, webhooks, and people who sign in."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

_TIME = sa.DateTime(timezone=True)
_BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_NOT_ENDED = sa.text("ended_at IS NULL")


def upgrade() -> None:
    """Add the tables; the quarters of what there is already are counted by the service."""
    op.add_column("tokens", sa.Column("user_id", sa.Text()))
    op.add_column("tokens", sa.Column("scopes", sa.JSON()))
    op.add_column("tokens", sa.Column("queues", sa.JSON()))
    op.add_column("tokens", sa.Column("expires_at", _TIME))
    for moment in ("joined_at", "left_at", "released_at"):
        op.create_index(f"ix_queue_stays_queue_{moment}", "queue_stays", ["queue", moment])
    op.create_index("ix_queue_stays_agent_released_at", "queue_stays", ["agent", "released_at"])
    _queue_quarters()
    _agent_quarters()
    _campaign_quarters()
    _stale_quarters()
    _queue_settings()
    _users()
    _targets()
    _webhooks()
    _deliveries()
    _closures()


def _columns(names: str, kind: Any) -> list[sa.Column[Any]]:
    return [sa.Column(name, kind, nullable=False) for name in names.split()]


def _counters(names: str, kind: Any) -> list[sa.Column[Any]]:
    nought = sa.text("0")
    return [sa.Column(name, kind, nullable=False, server_default=nought) for name in names.split()]


def _queue_quarters() -> None:
    op.create_table(
        "queue_quarters",
        *_columns("pbx queue basis", sa.Text()),
        sa.Column("quarter", _TIME, nullable=False),
        *_counters(
            "received refused offered answered abandoned key_exit withdrawn timed_out"
            " empty_exit failed lost waiting callback_booked transferred",
            sa.Integer(),
        ),
        *_counters(
            "answered_wait_ms abandoned_wait_ms longest_wait_ms talk_ms hold_ms wrap_up_ms",
            sa.BigInteger(),
        ),
        *_counters(" ".join(f"answered_band_{band}" for band in range(14)), sa.Integer()),
        *_counters(" ".join(f"abandoned_band_{band}" for band in range(14)), sa.Integer()),
        sa.Column("final", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("pbx", "queue", "basis", "quarter", name="pk_queue_quarters"),
    )
    op.create_index("ix_queue_quarters_quarter", "queue_quarters", ["quarter"])


def _agent_quarters() -> None:
    op.create_table(
        "agent_quarters",
        sa.Column("pbx", sa.Text(), nullable=False),
        sa.Column("agent", sa.Text(), nullable=False),
        sa.Column("quarter", _TIME, nullable=False),
        sa.Column("ready_ms", sa.BigInteger(), nullable=False, server_default=sa.text("0")),
        sa.Column("offered_ms", sa.BigInteger(), nullable=False, server_default=sa.text("0")),
        sa.Column("reserved_ms", sa.BigInteger(), nullable=False, server_default=sa.text("0")),
        sa.Column("talking_ms", sa.BigInteger(), nullable=False, server_default=sa.text("0")),
        sa.Column("wrapping_up_ms", sa.BigInteger(), nullable=False, server_default=sa.text("0")),
        sa.Column("paused_ms", sa.BigInteger(), nullable=False, server_default=sa.text("0")),
        sa.Column("hold_ms", sa.BigInteger(), nullable=False, server_default=sa.text("0")),
        sa.Column("handled_inbound", sa.Integer(), nullable=False, server_default=sa.text("0")),
        sa.Column("handled_dialed", sa.Integer(), nullable=False, server_default=sa.text("0")),
        sa.Column("transferred", sa.Integer(), nullable=False, server_default=sa.text("0")),
        sa.Column("missed", sa.Integer(), nullable=False, server_default=sa.text("0")),
        sa.Column("pauses", sa.JSON()),
        sa.Column("final", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("pbx", "agent", "quarter", name="pk_agent_quarters"),
    )
    op.create_index("ix_agent_quarters_quarter", "agent_quarters", ["quarter"])


def _campaign_quarters() -> None:
    op.create_table(
        "campaign_quarters",
        sa.Column("pbx", sa.Text(), nullable=False),
        sa.Column("campaign_id", sa.Text(), nullable=False),
        sa.Column("quarter", _TIME, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False, server_default=sa.text("0")),
        sa.Column("answered", sa.Integer(), nullable=False, server_default=sa.text("0")),
        sa.Column("contacts", sa.Integer(), nullable=False, server_default=sa.text("0")),
        sa.Column("right_party", sa.Integer(), nullable=False, server_default=sa.text("0")),
        sa.Column("successes", sa.Integer(), nullable=False, server_default=sa.text("0")),
        sa.Column("machines", sa.Integer(), nullable=False, server_default=sa.text("0")),
        sa.Column("abandoned", sa.Integer(), nullable=False, server_default=sa.text("0")),
        sa.Column("talk_ms", sa.BigInteger(), nullable=False, server_default=sa.text("0")),
        sa.Column("wait_ms", sa.BigInteger(), nullable=False, server_default=sa.text("0")),
        sa.Column("outcomes", sa.JSON()),
        sa.Column("final", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("pbx", "campaign_id", "quarter", name="pk_campaign_quarters"),
    )
    op.create_index("ix_campaign_quarters_quarter", "campaign_quarters", ["quarter"])


def _stale_quarters() -> None:
    op.create_table(
        "stale_quarters",
        sa.Column("id", _BIG_ID, nullable=False),
        *_columns("pbx kind subject", sa.Text()),
        sa.Column("quarter", _TIME, nullable=False),
        sa.Column("marked_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_stale_quarters"),
    )


def _queue_settings() -> None:
    op.create_table(
        "queue_settings",
        sa.Column("pbx", sa.Text(), nullable=False),
        sa.Column("queue", sa.Text(), nullable=False),
        sa.Column("valid_from", _TIME, nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("goal", sa.Integer(), nullable=False),
        sa.Column("short_seconds", sa.Integer(), nullable=False),
        sa.Column("set_by", sa.Text(), nullable=False),
        sa.Column("set_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("pbx", "queue", "valid_from", name="pk_queue_settings"),
    )


def _users() -> None:
    op.create_table(
        "users",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("agent", sa.Text()),
        sa.Column("queues", sa.JSON()),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("ended_at", _TIME),
        sa.PrimaryKeyConstraint("id", name="pk_users"),
        sa.UniqueConstraint("login", name="uq_users_login"),
    )


def _targets() -> None:
    op.create_table(
        "targets",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("kpi", sa.Text(), nullable=False),
        sa.Column("subject_kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("low", sa.Double()),
        sa.Column("high", sa.Double()),
        sa.Column("window_seconds", sa.Integer(), nullable=False),
        sa.Column("out_seconds", sa.Integer(), nullable=False),
        sa.Column("in_seconds", sa.Integer(), nullable=False),
        sa.Column("margin", sa.Double(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("ended_at", _TIME),
        sa.PrimaryKeyConstraint("id", name="pk_targets"),
    )


def _webhooks() -> None:
    op.create_table(
        "webhooks",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("secret_before", sa.Text(), nullable=False),
        sa.Column("secret_before_until", _TIME),
        sa.Column("kinds", sa.JSON(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("ended_at", _TIME),
        sa.PrimaryKeyConstraint("id", name="pk_webhooks"),
    )


def _deliveries() -> None:
    op.create_table(
        "deliveries",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("webhook_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
        sa.Column("next_at", _TIME, nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("fault", sa.Text(), nullable=False),
        sa.Column("ended_at", _TIME),
        sa.Column("dead", sa.Boolean(), nullable=False, server_default=sa.text("false")),
        sa.PrimaryKeyConstraint("id", name="pk_deliveries"),
    )
    op.create_index(
        "ix_deliveries_due",
        "deliveries",
        ["next_at"],
        sqlite_where=_NOT_ENDED,
        postgresql_where=_NOT_ENDED,
    )
    op.create_index(
        "ix_deliveries_webhook_id_created_at", "deliveries", ["webhook_id", "created_at"]
    )


def _closures() -> None:
    op.create_table(
        "closures",
        sa.Column("id", _BIG_ID, nullable=False),
        sa.Column("pbx", sa.Text(), nullable=False),
        sa.Column("queue", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("prompt", sa.Text(), nullable=False),
        sa.Column("closed_by", sa.Text(), nullable=False),
        sa.Column("began_at", _TIME, nullable=False),
        sa.Column("ended_at", _TIME),
        sa.PrimaryKeyConstraint("id", name="pk_closures"),
    )
    op.create_index(
        "uq_closures_open",
        "closures",
        ["pbx", "queue"],
        unique=True,
        sqlite_where=_NOT_ENDED,
        postgresql_where=_NOT_ENDED,
    )
