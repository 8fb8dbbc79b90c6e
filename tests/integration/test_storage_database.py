"""The database as a whole: opening, closing, and who may write."""

from __future__ import annotations

import asyncio
import logging
import os
import subprocess
import sys
import threading
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta, timezone
from functools import partial
from pathlib import Path

import pytest
from hatchling.builders.wheel import WheelBuilder
from sqlalchemy import Connection, insert, select, text

from storage import tables
from storage.database import Database
from storage.errors import (
    DatabaseRefusedError,
    DatabaseUnavailableError,
    FileInUseError,
    StorageError,
)
from tests.postgres import PostgresServer

NOW = datetime(2025, 3, 4, 5, 6, 7, 123456, tzinfo=UTC)
SECRET = "c4n4ry"


def setting(key: str) -> dict[str, str]:
    return {"key": key, "value": ""}


def keep(key: str) -> Callable[[Connection], object]:
    """A transaction that writes one setting."""
    return lambda to: to.execute(insert(tables.settings).values(setting(key)))


async def kept(database: Database) -> set[str]:
    """The settings that were written."""
    return {row.key for row in await database.rows(select(tables.settings))}


async def test_password_is_in_no_log_and_no_error(
    postgres_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    url = postgres_url.replace("no-secret", SECRET)
    async with await Database.open(url) as database:
        await database.ping()
        # a missing table is the database's fault, not the data's: it may be there tomorrow
        with pytest.raises(DatabaseUnavailableError) as caught:
            await database.write(lambda to: to.execute(text("SELECT * FROM nowhere")))
        assert SECRET not in repr(caught.value)
        assert SECRET not in repr(vars(database))
    with pytest.raises(DatabaseUnavailableError) as gone:
        await Database.open(url.rpartition("/")[0] + "/nowhere")
    assert SECRET not in repr(gone.value)
    assert SECRET not in repr(gone.value.__cause__)
    assert SECRET not in caplog.text


async def test_rows_are_in_no_log_and_no_error(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    row = setting("573001112233")
    twice = insert(tables.settings).values([row, row])
    with pytest.raises(DatabaseRefusedError) as caught:
        await database.write(lambda to: to.execute(twice))
    assert "573001112233" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert "573001112233" not in caplog.text


# --- opening and closing


async def test_opens_again_with_what_was_written(database_url: str) -> None:
    async with await Database.open(database_url) as database:
        await database.write(keep("kept"))
    async with await Database.open(database_url) as database:
        assert await kept(database) == {"kept"}


async def test_processes_that_start_together_migrate_once(postgres: PostgresServer) -> None:
    url = postgres.create("started_together")
    opened = await asyncio.gather(*(Database.open(url) for _ in range(4)))
    for database in opened:
        await database.ping()
        await database.close()
    assert postgres.sql("SELECT count(*) FROM alembic_version", "started_together") == "1"


async def test_one_process_only_holds_a_file(tmp_path: Path) -> None:
    path = str(tmp_path / "linea800.db")
    async with await Database.open(path):
        with pytest.raises(FileInUseError, match="in use"):
            await Database.open(path)
    await (await Database.open(path)).close()


async def test_file_is_its_owners_alone(tmp_path: Path) -> None:
    async with await Database.open(str(tmp_path / "linea800.db")):
        for entry in os.scandir(tmp_path):
            assert entry.stat().st_mode & 0o077 == 0, entry.name


async def test_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="no-such-folder"):
        await Database.open(str(tmp_path / "no-such-folder" / "linea800.db"))


async def test_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    path = tmp_path / "linea800.db"
    path.write_bytes(b"not a database at all" * 100)
    with pytest.raises(StorageError, match="not a database"):
        await Database.open(str(path))


def test_wheel_brings_its_migrations(tmp_path: Path) -> None:
    root = Path(__file__).parents[2]
    wheel = next(WheelBuilder(str(root)).build(directory=str(tmp_path), versions=["standard"]))
    unpacked = tmp_path / "100% unpacked"  # a percent sign means something to alembic
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(unpacked)
    code = (
        "import asyncio, sys; sys.path.insert(0, sys.argv[1]); import storage.database as d\n"
        "assert d.__file__.startswith(sys.argv[1]), d.__file__\n"
        "async def main():\n"
        "    async with await d.Database.open('new.db') as database: await database.ping()\n"
        "asyncio.run(main())"
    )
    subprocess.run(
        [sys.executable, "-I", "-c", code, str(unpacked)], check=True, cwd=tmp_path, timeout=60
    )
    assert (tmp_path / "new.db").stat().st_size > 0


# --- SQLite's one writer


def pragmas(names: Iterable[str]) -> Callable[[Connection], dict[str, object]]:
    """A transaction that asks how SQLite is set up."""
    return lambda of: {name: of.execute(text(f"PRAGMA {name}")).scalar_one() for name in names}


async def test_sqlite_is_set_up_for_one_writer(tmp_path: Path) -> None:
    every = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 5000}
    writer = {**every, "wal_autocheckpoint": 1000}
    reader = {**every, "wal_autocheckpoint": 0, "query_only": 1}
    async with await Database.open(str(tmp_path / "linea800.db")) as database:
        assert await database.write(pragmas(writer)) == writer
        assert await database.read(pragmas(reader)) == reader


async def test_only_what_is_not_to_last_does_not_wait_for_the_disk(tmp_path: Path) -> None:
    path = str(tmp_path / "simulated.db")
    async with await Database.open(path, lasting=False) as database:
        assert await database.write(pragmas(["synchronous"])) == {"synchronous": 0}
        await database.write(keep("seen at once"))
        with pytest.raises(DatabaseRefusedError):
            await database.write(keep("seen at once"))
        assert await kept(database) == {"seen at once"}
    async with await Database.open(path) as database:
        assert await database.write(pragmas(["synchronous"])) == {"synchronous": 2}
        assert await kept(database) == {"seen at once"}


async def test_postgresql_waits_as_its_server_says_unless_it_need_not(
    postgres_url: str, postgres: PostgresServer
) -> None:
    name = postgres_url.rpartition("/")[2]
    postgres.sql(f"ALTER DATABASE {name} SET synchronous_commit = remote_write", "postgres")
    asked = text("SHOW synchronous_commit")
    for lasting, expected in ((True, "remote_write"), (False, "off")):
        async with await Database.open(postgres_url, lasting=lasting) as database:
            assert await database.write(lambda to: to.execute(asked).scalar()) == expected


async def test_sqlite_reader_cannot_write(tmp_path: Path) -> None:
    async with await Database.open(str(tmp_path / "linea800.db")) as database:
        with pytest.raises(StorageError):
            await database.read(keep("no"))


class Held:
    """A transaction of SQLite's that writes a setting and then waits to be let go."""

    def __init__(self, key: str) -> None:
        self._keep = keep(key)
        self._loop = asyncio.get_running_loop()
        self.written = asyncio.Event()
        self.let_go = threading.Event()

    def __call__(self, connection: Connection) -> None:
        self._keep(connection)
        self._loop.call_soon_threadsafe(self.written.set)
        assert self.let_go.wait(10)


async def test_readers_do_not_wait_for_the_writer(tmp_path: Path) -> None:
    async with await Database.open(str(tmp_path / "linea800.db")) as database:
        held = Held("new")
        writing = asyncio.create_task(database.write(held))
        await held.written.wait()
        async with asyncio.timeout(60):
            assert await kept(database) == set()
        held.let_go.set()
        await writing
        assert await kept(database) == {"new"}


async def test_writers_take_turns(database: Database) -> None:
    def write(connection: Connection, number: int) -> None:
        connection.execute(select(tables.settings))  # read first: no upgrade may fail
        keep(str(number))(connection)

    await asyncio.gather(*(database.write(partial(write, number=number)) for number in range(30)))
    assert len(await kept(database)) == 30


async def test_an_error_takes_everything_back(database: Database) -> None:
    def fail(connection: Connection) -> None:
        keep("error")(connection)
        raise LookupError

    with pytest.raises(LookupError):
        await database.write(fail)
    assert await kept(database) == set()


async def test_sqlite_carries_out_what_was_begun_though_nobody_waits(tmp_path: Path) -> None:
    async with await Database.open(str(tmp_path / "linea800.db")) as database:
        held, turn = Held("begun"), Held("never")
        writing = asyncio.create_task(database.write(held))
        await held.written.wait()
        waiting = asyncio.create_task(database.write(turn))
        await asyncio.sleep(0)
        for task in (writing, waiting):
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
        held.let_go.set()
        await database.write(keep("next"))
        assert await kept(database) == {"begun", "next"}


async def test_closing_waits_for_what_was_begun(tmp_path: Path) -> None:
    path = str(tmp_path / "linea800.db")
    database = await Database.open(path)
    held = Held("begun")
    writing = asyncio.create_task(database.write(held))
    await held.written.wait()
    writing.cancel()
    closing = asyncio.create_task(database.close())
    await asyncio.sleep(0)
    held.let_go.set()
    await closing
    async with await Database.open(path) as again:
        assert await kept(again) == {"begun"}


async def test_writer_that_is_cancelled_anywhere_keeps_no_lock(database: Database) -> None:
    def write(connection: Connection, key: str) -> None:
        connection.execute(select(tables.settings))
        keep(f"{key} first")(connection)
        keep(f"{key} second")(connection)

    abandoned: list[
        BaseException | None
    ] = []  # their tracebacks hold on to cursors, as a logged error does
    for steps in range(60):
        task = asyncio.create_task(database.write(partial(write, key=f"cancelled {steps}")))
        for _ in range(steps):
            await asyncio.sleep(0)
        task.cancel()
        abandoned += await asyncio.gather(task, return_exceptions=True)
        async with asyncio.timeout(60):
            await database.write(partial(write, key=f"next {steps}"))
    assert any(isinstance(error, asyncio.CancelledError) for error in abandoned)
    keys = await kept(database)
    assert {f"next {steps} second" for steps in range(60)} <= keys
    halves = Counter(key.rpartition(" ")[0] for key in keys)
    assert set(halves.values()) == {2}, "a transaction was done by half"


# --- times and text


async def test_times_are_aware_and_utc(database: Database) -> None:
    bogota = timezone(timedelta(hours=-5))
    state = {"pbx": "p", "state": "ready", "reason": "", "call_id": ""}
    began = insert(tables.agent_states).values(
        **state, agent="201", began_at=NOW.astimezone(bogota), ended_at=None
    )
    await database.write(lambda to: to.execute(began))
    (row,) = await database.rows(select(tables.agent_states))
    assert row.began_at == NOW
    assert row.began_at.utcoffset() == timedelta(0)
    assert row.ended_at is None


async def test_time_without_a_zone_is_refused(database: Database) -> None:
    with pytest.raises(DatabaseRefusedError, match="without a zone"):
        await database.rows(
            select(tables.calls).where(tables.calls.c.arrived_at > NOW.replace(tzinfo=None))
        )


async def test_text_that_no_database_holds_is_kept_as_well_as_can_be(database: Database) -> None:
    nasty = "a\x00b\ud800c Ñandú 📞'; DROP TABLE settings; --"
    nasty_row = insert(tables.settings).values(key=nasty, value=nasty)
    await database.write(lambda to: to.execute(nasty_row))
    (found,) = await database.rows(select(tables.settings))
    assert found.value == "a\ufffdb\ufffdc Ñandú 📞'; DROP TABLE settings; --"
