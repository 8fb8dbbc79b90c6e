"""The tables of customers: who they are, by which numbers they call, what they hold with us."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Date, ForeignKey, Index, Numeric, Table

from storage.columns import BigId, CleanText, PlainData, UtcDateTime
from storage.tables.base import has_external_id, metadata

customers = Table(
    "customers",
    metadata,
    Column("id", BigId, primary_key=True),
    # what the operator's own system calls the customer; "" when it has no name for it
    Column("external_id", CleanText, nullable=False),
    Column("name", CleanText, nullable=False),
    # how the customer is greeted; "" when not to be
    Column("first_name", CleanText, nullable=False),
    Column("segment", CleanText, nullable=False),
    Column("language", CleanText, nullable=False),
    Column("time_zone", CleanText, nullable=False),
    # the last digits of the document, what proves that it is the customer who calls
    Column("proof", CleanText, nullable=False),
    # purpose (call, message, recording, data) to yes or no, with the day it was said
    Column("consents", PlainData),
    Column("created_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Index(
        "uq_customers_external_id",
        "external_id",
        unique=True,
        sqlite_where=has_external_id,
        postgresql_where=has_external_id,
    ),
)

#: One number may be a family's: then it names nobody, and the caller is asked for the account.
customer_phones = Table(
    "customer_phones",
    metadata,
    Column("number", CleanText, primary_key=True),
    Column("customer_id", ForeignKey("customers.id", ondelete="CASCADE"), primary_key=True),
    Index(None, "customer_id"),
)

#: What billing last told stands here as well: it answers when billing cannot.
accounts = Table(
    "accounts",
    metadata,
    Column("account", CleanText, primary_key=True),
    Column("customer_id", ForeignKey("customers.id", ondelete="CASCADE"), nullable=False),
    Column("plan", CleanText, nullable=False),
    # active, suspended, closed
    Column("status", CleanText, nullable=False),
    # where it is served: incidents are told by area
    Column("area", CleanText, nullable=False),
    Column("decoder", CleanText, nullable=False),
    # what is owed; below zero in the customer's favour
    Column("balance", Numeric(18, 2)),
    Column("currency", CleanText, nullable=False),
    Column("due_on", Date),
    Column("balance_at", UtcDateTime),
    Index(None, "customer_id"),
)

customer_notes = Table(
    "customer_notes",
    metadata,
    Column("id", BigId, primary_key=True),
    Column("customer_id", ForeignKey("customers.id", ondelete="CASCADE"), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    # a token's name, or an agent's number
    Column("author", CleanText, nullable=False),
    Column("text", CleanText, nullable=False),
    # kept in sight at the top
    Column("pinned", Boolean, nullable=False),
    Index(None, "customer_id", "at"),
)
