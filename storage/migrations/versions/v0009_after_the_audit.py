"""What the audit of the whole found missing: queues of targets and call backs, held recordings."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Add the columns and tables."""
    _queues_of_targets()
    _queues_of_callbacks()
    _held_recordings()


def _queues_of_targets() -> None:
    """Those from before are of all."""
    with op.batch_alter_table("targets") as targets:
        targets.add_column(sa.Column("queues", sa.JSON()))


def _queues_of_callbacks() -> None:
    op.create_index("ix_callbacks_queue_made_at", "callbacks", ["queue", "made_at"])


def _held_recordings() -> None:
    """Recorded talks that must not go."""
    op.add_column("call_recordings", sa.Column("held_at", sa.DateTime(timezone=True)))
    why = sa.Column("held_why", sa.Text(), nullable=False, server_default=sa.text("''"))
    op.add_column("call_recordings", why)
