"""The tables of who may do what, and of what the service itself remembers."""

from __future__ import annotations

from sqlalchemy import (
    Column,
    Table,
    UniqueConstraint,
)

from storage.columns import CleanText, UtcDateTime
from storage.tables.base import metadata

tokens = Table(
    "tokens",
    metadata,
    Column("id", CleanText, primary_key=True),
    Column("name", CleanText, nullable=False),
    Column("role", CleanText, nullable=False),
    Column("agent", CleanText),
    Column("sha256", CleanText, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("revoked_at", UtcDateTime),
    Column("last_used_at", UtcDateTime),
    UniqueConstraint("sha256"),
)

settings = Table(
    "settings",
    metadata,
    Column("key", CleanText, primary_key=True),
    Column("value", CleanText, nullable=False),
)
