"""A database that fails: it hangs, drops connections, is full; and what is told of it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from storage.database import Database
from storage.engines import Limits
from storage.errors import (
    DatabaseUnavailableError,
)
from tests.integration.test_storage_database import Held, keep, kept
from tests.postgres import PostgresServer


async def test_ping_answers(database: Database) -> None:
    await database.ping()


async def test_server_that_hangs_is_noticed_in_time(
    postgres_url: str, postgres: PostgresServer
) -> None:
    limits = Limits(connections=2, connect_seconds=1, statement_seconds=0.5, acquire_seconds=1)
    database = await Database.open(postgres_url, limits)
    with postgres.frozen():
        async with asyncio.timeout(60):
            with pytest.raises(DatabaseUnavailableError):
                await database.ping()
            with pytest.raises(DatabaseUnavailableError):
                await database.write(lambda to: to.execute(text("SELECT 1")))
    await database.ping()
    await database.close()


async def test_long_statement_is_ended_by_the_server(postgres_url: str) -> None:
    async with await Database.open(postgres_url, Limits(statement_seconds=0.2)) as database:
        with pytest.raises(DatabaseUnavailableError, match="statement timeout"):
            await database.read(lambda of: of.execute(text("SELECT pg_sleep(5)")))
        await database.ping()


async def test_goes_on_after_the_server_dropped_its_connections(
    postgres_url: str, postgres: PostgresServer
) -> None:
    async with await Database.open(postgres_url) as database:
        await database.ping()
        name = postgres_url.rpartition("/")[2]
        postgres.disconnect(name)
        await database.ping()


async def test_connections_in_use_are_waited_for_only_so_long(database_url: str) -> None:
    limits = Limits(connections=1, acquire_seconds=0.1)
    async with await Database.open(database_url, limits) as database:
        held = Held("held")
        sleep = text("SELECT pg_sleep(1)")
        long: Callable[[Connection], object] = (
            held if database.dialect == "sqlite" else lambda to: to.execute(sleep)
        )
        async with asyncio.TaskGroup() as group:
            group.create_task(database.write(long))
            await asyncio.sleep(0)  # it has begun
            with pytest.raises(DatabaseUnavailableError):
                await database.write(keep("too late"))
            held.let_go.set()
        await database.ping()
        assert "too late" not in await kept(database)


def test_full_disk_is_told_and_survived(tmp_path: Path) -> None:
    code = f"""
import asyncio, resource, sys
sys.path.insert(0, {os.fspath(Path(__file__).parents[2])!r})
from sqlalchemy import insert
from storage.database import Database
from storage.errors import DatabaseUnavailableError
from storage.tables import settings

async def write(database, key, size):
    row = insert(settings).values(key=key, value="x" * size)
    await database.write(lambda connection: connection.execute(row))

async def main():
    async with await Database.open("full.db") as database:
        await write(database, "before", 10)
        resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, resource.RLIM_INFINITY))
        try:
            await write(database, "too much", 5_000_000)
        except DatabaseUnavailableError as error:
            print("told:", error)
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2)
        await write(database, "after", 5_000_000)
        await database.ping()

asyncio.run(main())
"""
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert "told: SQLite database" in done.stdout
    with contextlib.closing(sqlite3.connect(tmp_path / "full.db")) as connection:
        keys = [key for (key,) in connection.execute("SELECT key FROM settings ORDER BY key")]
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert keys == ["after", "before"]
