"""A database of any earlier version comes to this one with every row that was in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import pytest
import sqlalchemy as sa
from sqlalchemy import Connection, text

from storage import engines, migrations
from storage.address import PostgresqlServer, read_address
from storage.connections import Connections
from storage.database import Database
from storage.engines import Limits
from storage.errors import DanglingRowError
from tests.postgres import PostgresServer

T = TypeVar("T")
NOW = datetime(2025, 3, 4, 5, 6, 7, 123456, tzinfo=UTC)
#: so many rows of each table; those of one refer to those of the others
ROWS = 3
REVISIONS = [f"{number:04}" for number in range(1, 9)]
#: told otherwise by a later version: its test stands beside what tells it
_MADE_ANEW = {("leads", "state")}


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database without any table, once of each kind."""
    if request.param == "sqlite":
        yield str(tmp_path / "old.db")
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    name = f"old_{tmp_path.name}"
    yield server.create(name)
    server.drop(name)


async def run(url: str, work: Callable[[Connection], T]) -> T:
    """Do it as migrations are done."""
    address = read_address(url)
    connections: Connections
    if isinstance(address, PostgresqlServer):
        connections = engines.postgresql(address.dsn, Limits(), migrating=True)
    else:
        connections = engines.sqlite_writer(address.path, Limits(), migrating=True, lasting=False)
    try:
        return await connections.run(work)
    finally:
        await connections.close()


def fill(connection: Connection) -> list[str]:
    """Rows in every table there is; the tables' names."""
    found = sa.MetaData()
    found.reflect(connection)
    # each after those it refers to
    tables = [table for table in found.sorted_tables if table.name != "alembic_version"]
    for table in tables:
        # what the database numbers by itself gets the same numbers
        told = [one for one in table.c if not (one.primary_key and one.server_default)]
        for number in range(ROWS):
            row = {column.name: value_of(column, number) for column in told}
            connection.execute(table.insert(), row)
    return [table.name for table in tables]


def value_of(column: sa.Column[Any], number: int) -> Any:
    """One that fits the column, and in one that refers to another table fits that one's."""
    referred = next(iter(column.foreign_keys), None)
    if referred is not None:
        return value_of(referred.column, number)
    match column.type:
        case sa.DateTime():
            at = NOW + timedelta(seconds=number)
            return at if column.type.timezone else at.replace(tzinfo=None)
        case sa.Date():
            return NOW.date()
        case sa.JSON():
            return {}
        case sa.Boolean():
            return True
        case sa.Integer() | sa.Numeric() | sa.Float():
            return number + 1
    return f"{column.name}-{number}"


Rows = dict[str, list[dict[str, Any]]]


def rows_of(connection: Connection, tables: list[str]) -> Rows:
    """Everything that is in these tables, as the database has it."""
    return {
        table: [
            dict(row._mapping)
            for row in connection.exec_driver_sql(f'SELECT * FROM "{table}"')  # noqa: S608  # ours
        ]
        for table in tables
    }


@pytest.mark.parametrize("revision", REVISIONS)
async def test_nothing_is_lost(empty_url: str, revision: str) -> None:
    def make_old(connection: Connection) -> Rows:
        migrations.upgrade(connection, revision)
        return rows_of(connection, fill(connection))

    before = await run(empty_url, make_old)
    assert all(len(rows) == ROWS for rows in before.values())

    async with await Database.open(empty_url, lasting=False) as database:
        after = await database.read(lambda connection: rows_of(connection, list(before)))
    for table, rows in before.items():
        kept = [name for name in rows[0] if name in after[table][0]]
        kept = [name for name in kept if (table, name) not in _MADE_ANEW]
        assert kept, table
        assert not picked(rows, kept) - picked(after[table], kept), table


def picked(rows: list[dict[str, Any]], names: list[str]) -> Counter[str]:
    return Counter(repr([row[name] for name in names]) for row in rows)


@pytest.mark.parametrize("revision", ["0002", "0007", "0008"])
async def test_references_hold_afterwards(tmp_path: Path, revision: str) -> None:
    """They are not watched while SQLite's tables are made anew."""
    url = str(tmp_path / "old.db")

    def make_old(connection: Connection) -> None:
        migrations.upgrade(connection, revision)
        fill(connection)

    def dangling(connection: Connection) -> list[Any]:
        return list(connection.execute(text("PRAGMA foreign_key_check")))

    def watched(connection: Connection) -> int:
        return int(connection.execute(text("PRAGMA foreign_keys")).scalar_one())

    await run(url, make_old)
    async with await Database.open(url) as database:
        assert await database.read(dangling) == []
        assert await database.write(watched) == 1


async def test_row_that_refers_to_nothing_is_told_and_nothing_is_changed(tmp_path: Path) -> None:
    url = str(tmp_path / "old.db")

    def make_old(connection: Connection) -> None:
        migrations.upgrade(connection, "0002")
        fill(connection)
        connection.execute(text("DELETE FROM campaigns WHERE id = 'id-0'"))

    def version(connection: Connection) -> str:
        return str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one())

    await run(url, make_old)
    with pytest.raises(DanglingRowError, match="refers to a row of campaigns"):
        await Database.open(url)
    assert await run(url, version) == "0002"


def test_every_version_before_this_one_is_tried() -> None:
    versions = Path(migrations.__file__).parent / "versions"
    names = sorted(path.name[1:5] for path in versions.glob("v*.py"))
    assert names[:-1] == REVISIONS
