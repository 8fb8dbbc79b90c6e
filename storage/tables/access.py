"""The tables of who may do what, and of what the service itself remembers."""

from __future__ import annotations

from sqlalchemy import (
    Column,
    Table,
    UniqueConstraint,
)

from storage.columns import CleanText, PlainData, UtcDateTime
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
    # whose session it is; None: a key for programs, or one made before there were users
    Column("user_id", CleanText),
    # what it may do, of what its role may; None: all of that
    Column("scopes", PlainData),
    # the queues it sees; None: all
    Column("queues", PlainData),
    Column("expires_at", UtcDateTime),
    UniqueConstraint("sha256"),
)

#: People who sign in with a name and a password.
users = Table(
    "users",
    metadata,
    Column("id", CleanText, primary_key=True),
    Column("login", CleanText, nullable=False),
    Column("name", CleanText, nullable=False),
    Column("role", CleanText, nullable=False),
    Column("agent", CleanText),
    Column("queues", PlainData),
    # argon2id, with its parameters and salt
    Column("password_hash", CleanText, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
    UniqueConstraint("login"),
)

settings = Table(
    "settings",
    metadata,
    Column("key", CleanText, primary_key=True),
    Column("value", CleanText, nullable=False),
)
