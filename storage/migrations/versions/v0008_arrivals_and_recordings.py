"""Stays know when their call arrived, so that a page of calls is found; recorded talks."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

_TEXT = sa.Text()
#: indexes of `queue_stays` that were there
_KEPT = (
    ("queue", "pbx", "call_id"),
    ("agent", "pbx", "call_id"),
    ("queue", "joined_at"),
    ("queue", "left_at"),
    ("queue", "released_at"),
    ("agent", "released_at"),
)
_PAGED = ("arrived_at", "pbx", "call_id", "direction", "outcome", "campaign_id")
#: of the call, and now of each of its stays
_OF_THE_CALL: dict[str, sa.types.TypeEngine[Any]] = {
    "arrived_at": sa.DateTime(timezone=True),
    "direction": _TEXT,
    "outcome": _TEXT,
    "campaign_id": _TEXT,
}


def upgrade() -> None:
    """Add the columns and tables."""
    _arrivals()
    _switch_of_targets()
    _answers_of_webhooks()
    _emergencies()
    _results_and_costs()
    _call_recordings()


def _arrivals() -> None:
    # every row is written anew: with the indexes in place that takes several times longer
    for columns in _KEPT:
        op.drop_index(_name("queue_stays", columns), "queue_stays")
    with op.batch_alter_table("queue_stays") as stays:
        for name, kind in _OF_THE_CALL.items():
            stays.add_column(sa.Column(name, kind))
    values = ", ".join(f"{name} = calls.{name}" for name in _OF_THE_CALL)
    op.execute(
        f"UPDATE queue_stays SET {values} FROM calls"  # noqa: S608  # every word is ours
        " WHERE calls.pbx = queue_stays.pbx AND calls.call_id = queue_stays.call_id"
    )
    with op.batch_alter_table("queue_stays") as stays:
        for name, kind in _OF_THE_CALL.items():
            stays.alter_column(name, existing_type=kind, nullable=False)
    for columns in _KEPT:
        op.create_index(_name("queue_stays", columns), "queue_stays", columns)
    op.create_index("ix_queue_stays_of_queue", "queue_stays", ["queue", *_PAGED])
    op.create_index("ix_queue_stays_of_agent", "queue_stays", ["agent", *_PAGED, "queue"])
    for word in ("outcome", "direction"):
        op.create_index(_name("calls", (word, "arrived_at")), "calls", [word, "arrived_at"])


def _name(table: str, columns: tuple[str, ...]) -> str:
    return "_".join(("ix", table, *columns))


def _switch_of_targets() -> None:
    """Each service watches its own; whose the ones from before are nobody can tell."""
    with op.batch_alter_table("targets") as targets:
        targets.add_column(sa.Column("pbx", sa.Text, nullable=False, server_default=sa.text("''")))


def _results_and_costs() -> None:
    """Of campaigns; what was counted before there was all of it is counted again."""
    none = sa.text("0")
    with op.batch_alter_table("campaign_quarters") as quarters:
        quarters.add_column(
            sa.Column("line_ms", sa.BigInteger(), nullable=False, server_default=none)
        )
        for name in ("callbacks", "do_not_call", "no_contact", "undisposed"):
            quarters.add_column(sa.Column(name, sa.Integer(), nullable=False, server_default=none))
    op.create_table(
        "campaign_costs",
        sa.Column("campaign_id", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.DateTime(timezone=True), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("cost_per_attempt", sa.Text()),
        sa.Column("cost_per_minute", sa.Text()),
        sa.Column("cost_per_agent_hour", sa.Text()),
        sa.PrimaryKeyConstraint("campaign_id", "valid_from", name="pk_campaign_costs"),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name="fk_campaign_costs_campaigns"
        ),
    )
    mark = sa.text(
        "INSERT INTO stale_quarters (pbx, kind, subject, quarter, marked_at)"
        " SELECT pbx, 'campaign', campaign_id, quarter, :at FROM campaign_quarters"
    ).bindparams(sa.bindparam("at", datetime.now(UTC), sa.DateTime(timezone=True)))
    op.get_bind().execute(mark)


def _answers_of_webhooks() -> None:
    with op.batch_alter_table("webhooks") as webhooks:
        why = sa.Column("ended_why", sa.Text, nullable=False, server_default=sa.text("''"))
        webhooks.add_column(why)
    with op.batch_alter_table("deliveries") as deliveries:
        deliveries.add_column(sa.Column("status", sa.Integer))
        deliveries.add_column(sa.Column("not_before", sa.DateTime(timezone=True)))


def _call_recordings() -> None:
    moment, text = sa.DateTime(timezone=True), sa.Text()
    op.create_table(
        "call_recordings",
        sa.Column("recording", text, nullable=False),
        *(
            sa.Column(name, text, nullable=False)
            for name in ("pbx", "call_id", "queue", "campaign_id", "agent", "announced", "state")
        ),
        sa.Column("started_at", moment, nullable=False),
        sa.Column("began_at", moment),
        sa.Column("ended_at", moment),
        sa.Column("seconds", sa.Double()),
        sa.Column("paused_seconds", sa.Double()),
        sa.Column("pauses", sa.JSON()),
        sa.Column("bytes", sa.BigInteger().with_variant(sa.Integer(), "sqlite")),
        sa.Column("sha256", text, nullable=False),
        sa.Column("cut_short", sa.Boolean(), nullable=False),
        sa.Column("kept_at", moment),
        sa.Column("changed_at", moment),
        sa.Column("removed_at", moment),
        sa.Column("removed_why", text, nullable=False),
        sa.PrimaryKeyConstraint("recording", name="pk_call_recordings"),
    )
    by_time = ("started_at", "recording")
    whose = (("queue", *by_time), ("agent", *by_time), ("campaign_id", *by_time))
    for index in (by_time, ("pbx", "call_id"), *whose):
        op.create_index(_name("call_recordings", index), "call_recordings", index)
    still_open = sa.text("state = 'open'")
    op.create_index(
        "ix_call_recordings_open", "call_recordings", ["started_at"],
        sqlite_where=still_open, postgresql_where=still_open,
    )  # fmt: skip


def _emergencies() -> None:
    """What those who wait are told again and again."""
    not_ended = sa.text("ended_at IS NULL")
    op.create_table(
        "emergencies",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("pbx", sa.Text(), nullable=False),
        sa.Column("queue", sa.Text(), nullable=False),
        sa.Column("prompt", sa.Text(), nullable=False),
        sa.Column("every_seconds", sa.Integer(), nullable=False),
        sa.Column("begun_by", sa.Text(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name="pk_emergencies"),
    )
    op.create_index(
        "uq_emergencies_open",
        "emergencies",
        ["pbx", "queue"],
        unique=True,
        sqlite_where=not_ended,
        postgresql_where=not_ended,
    )
