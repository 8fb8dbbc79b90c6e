"""Machines that answer, calls that keep a caller's place, and what went wrong and was mended."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_TIME = sa.DateTime(timezone=True)
_BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the columns and the table; what is there was judged by nobody and keeps no place."""
    op.add_column("attempts", sa.Column("machine", sa.Text()))
    op.add_column("callbacks", sa.Column("queue", sa.Text()))
    op.add_column("callbacks", sa.Column("waiting_since", _TIME))
    op.create_table(
        "alerts",
        sa.Column("id", _BIG_ID, nullable=False),
        sa.Column("pbx", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("began_at", _TIME, nullable=False),
        sa.Column("ended_at", _TIME),
        sa.PrimaryKeyConstraint("id", name="pk_alerts"),
    )
    op.create_index("ix_alerts_began_at_id", "alerts", ["began_at", "id"])
    op.create_index("ix_alerts_kind_subject_ended_at", "alerts", ["kind", "subject", "ended_at"])
    known = sa.text("external_id <> ''")
    op.create_index(
        "ix_leads_external_id", "leads", ["campaign_id", "external_id"],
        sqlite_where=known, postgresql_where=known,
    )  # fmt: skip
    _previews()


def _previews() -> None:
    op.create_table(
        "previews",
        sa.Column("id", _BIG_ID, nullable=False),
        sa.Column("pbx", sa.Text(), nullable=False),
        sa.Column("campaign_id", sa.Text(), nullable=False),
        sa.Column("lead_id", _BIG_ID, nullable=False),
        sa.Column("agent", sa.Text(), nullable=False),
        sa.Column("shown_at", _TIME, nullable=False),
        sa.Column("until", _TIME, nullable=False),
        sa.Column("due_at", _TIME, nullable=False),
        sa.Column("ended_at", _TIME),
        sa.Column("how", sa.Text()),
        sa.Column("ended_by", sa.Text()),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("attempt_id", sa.Text()),
        sa.PrimaryKeyConstraint("id", name="pk_previews"),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name="fk_previews_campaigns"),
        sa.ForeignKeyConstraint(["lead_id"], ["leads.id"], name="fk_previews_leads"),
    )
    open_ = sa.text("ended_at IS NULL")
    for name, columns in (
        ("uq_previews_lead", ["lead_id"]),
        ("uq_previews_agent", ["pbx", "agent"]),
    ):
        op.create_index(
            name, "previews", columns, unique=True, sqlite_where=open_, postgresql_where=open_
        )
    op.create_index("ix_previews_campaign_id_shown_at", "previews", ["campaign_id", "shown_at"])
    op.create_index("ix_previews_lead_id_how", "previews", ["lead_id", "how"])
