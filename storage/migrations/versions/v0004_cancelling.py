"""Campaigns may have what rings too long hung up."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the column; campaigns that are there never hang up."""
    op.add_column("campaigns", sa.Column("cancel_after_seconds", sa.Double()))
