"""Pacing: its settings, the abandonment cap, and why so many were dialed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_TEXT = sa.Text()
_TIME = sa.DateTime(timezone=True)
_BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the columns and the table."""
    with op.batch_alter_table("campaigns") as table:
        table.add_column(
            sa.Column("pacing_settings", sa.JSON(), nullable=False, server_default="{}")
        )
        table.add_column(
            sa.Column("abandonment_cap", sa.Double(), nullable=False, server_default="0.03")
        )
    with op.batch_alter_table("campaigns") as table:
        table.alter_column("pacing_settings", server_default=None)
        table.alter_column("abandonment_cap", server_default=None)
    op.create_table(
        "pacing_notes",
        sa.Column("id", _BIG_ID, nullable=False),
        sa.Column("pbx", _TEXT, nullable=False),
        sa.Column("campaign_id", _TEXT, nullable=False),
        sa.Column("decided_at", _TIME, nullable=False),
        sa.Column("policy", _TEXT, nullable=False),
        sa.Column("dial", sa.Integer(), nullable=False),
        sa.Column("reason", _TEXT, nullable=False),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_pacing_notes"),
        sa.ForeignKeyConstraint(
            ["campaign_id"], ["campaigns.id"], name="fk_pacing_notes_campaigns"
        ),
    )
    op.create_index(
        "ix_pacing_notes_campaign_id_decided_at", "pacing_notes", ["campaign_id", "decided_at"]
    )
