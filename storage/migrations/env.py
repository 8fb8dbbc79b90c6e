"""Run by alembic: hand it the connection that `migrations.upgrade` was given."""

from __future__ import annotations

from alembic import context

from storage.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    # SQLite, too, takes back a half-done change of its tables
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
