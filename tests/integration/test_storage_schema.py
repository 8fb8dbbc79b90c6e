"""The migrations and the tables in `storage/tables.py` say the same, on both databases."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, insert, inspect, text

from dialer.attempt import Attempt
from dialer.campaign import Campaign
from dialer.lead import Lead
from monitoring.record import CallRecord, QueueStay
from storage.database import Database
from storage.errors import DatabaseRefusedError, DatabaseVersionError
from storage.tables import attempts, calls, campaigns, leads, metadata, queue_stays


def index_text(index: Any) -> str:
    """An index with the condition it may have."""
    options = {key: str(value) for key, value in index.pop("dialect_options", {}).items()}
    return f"{sorted(index.items())} {options}"


def shape(connection: Connection) -> dict[str, Any]:
    """Everything the database knows about its tables, as text."""
    inspector = inspect(connection)
    found = {}
    for table in sorted(set(inspector.get_table_names()) - {"alembic_version"}):
        found[table] = {
            "columns": [
                {**column, "type": str(column["type"])} for column in inspector.get_columns(table)
            ],
            "key": inspector.get_pk_constraint(table),
            "unique": sorted(map(str, inspector.get_unique_constraints(table))),
            "foreign": sorted(map(str, inspector.get_foreign_keys(table))),
            "indexes": sorted(map(index_text, inspector.get_indexes(table))),
        }
    return found


async def test_migrated_tables_are_the_tables_of_the_code(database: Database) -> None:
    def differences(connection: Connection) -> Any:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True}
        )
        return compare_metadata(context, metadata)

    assert await database.read(differences) == []


async def test_migrated_shape_equals_created_shape(database: Database) -> None:
    def both(connection: Connection) -> tuple[Any, Any]:
        migrated = shape(connection)
        metadata.drop_all(connection)
        metadata.create_all(connection)
        return migrated, shape(connection)

    migrated, created = await database.write(both)
    assert set(migrated) == {table.name for table in metadata.sorted_tables}
    assert migrated == created
    partial = [index for index in migrated["attempts"]["indexes"] if "uq_attempts_open" in index]
    assert "ended_at IS NULL" in partial[0]


@pytest.mark.parametrize(
    ("record", "table", "elsewhere"),
    [
        # each agent's wrap-up stands in the facts; the row has their sum
        (CallRecord, calls, {"stays", "tasks", "wrap_ups"}),
        (QueueStay, queue_stays, set()),
        (Campaign, campaigns, set()),
        (Lead, leads, set()),
        (Attempt, attempts, set()),
    ],
)
def test_every_field_has_its_column(record: Any, table: Any, elsewhere: set[str]) -> None:
    fields = {field.name for field in dataclasses.fields(record)} - elsewhere
    assert fields <= {column.name for column in table.columns}


async def test_database_of_a_newer_version_is_refused(database_url: str) -> None:
    newer = text("UPDATE alembic_version SET version_num = '9999'")
    async with await Database.open(database_url) as database:
        await database.write(lambda connection: connection.execute(newer))
    with pytest.raises(DatabaseVersionError, match="newer"):
        await Database.open(database_url)


async def test_foreign_keys_hold(database: Database) -> None:
    stay = {"pbx": "p", "call_id": "nowhere", "ordinal": 0, "queue": "q"}
    now = text("CURRENT_TIMESTAMP")
    empty = dict.fromkeys(
        ("agent", "ended_by", "status", "direction", "outcome", "campaign_id"), ""
    )
    lost = insert(queue_stays).values(**stay, **empty, joined_at=now, arrived_at=now)
    with pytest.raises(DatabaseRefusedError):
        await database.write(lambda connection: connection.execute(lost))
