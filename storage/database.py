"""The database: opened once, its tables brought up to date, then read and written by the stores."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from types import TracebackType
from typing import Any, Self, TypeVar

from sqlalchemy import Connection, Row, Select, Table, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from storage import engines, migrations
from storage.address import PostgresqlServer, SqliteFile, read_address
from storage.connections import Connections
from storage.engines import Limits
from storage.errors import DatabaseUnavailableError, named_errors
from storage.lock import FileLock, make_private

logger = logging.getLogger(__name__)

_PING_SECONDS = 2.0
_CLOSE_SECONDS = 5.0
#: any number, as long as no other program takes the same advisory lock in this database
_MIGRATION_LOCK = 800_800_800

Insert = sqlite.Insert | postgresql.Insert
T = TypeVar("T")


class Database:
    """An open database; every transaction is a function of a connection, to `read` or to `write`.

    Both raise `DatabaseUnavailableError` and `DatabaseRefusedError`, also for what is done inside.
    """

    def __init__(
        self, name: str, writer: Connections, readers: Connections, lock: FileLock | None
    ) -> None:
        self.name = name
        self._writer = writer
        self._readers = readers
        self._lock = lock
        self._pings: set[asyncio.Task[None]] = set()

    @classmethod
    async def open(cls, url: str, limits: Limits | None = None, *, lasting: bool = True) -> Self:
        """Open the database at `url` and bring its tables up to date.

        `url` is a path, `sqlite:///path` or `postgresql://user:password@host:port/name`. What is
        not `lasting` does not wait for the disk: a failing machine takes it away, as becomes a
        simulation. Raises `DatabaseUrlError`, `FileInUseError`, `DatabaseVersionError`,
        `DanglingRowError`, `DatabaseUnavailableError`.
        """
        limits = limits or Limits()
        address = read_address(url)
        if isinstance(address, PostgresqlServer):
            await _migrate_postgresql(address, limits)
            server = engines.postgresql(address.dsn, limits, lasting=lasting)
            return cls(str(address), server, server, None)
        if engines.sqlite_has_reset_race():
            logger.debug("this SQLite has the WAL-reset race; only one connection checkpoints")
        lock = FileLock(address.path)
        try:
            make_private(address.path)
            await _migrate_sqlite(address, limits, lasting=lasting)
        except BaseException:
            lock.release()
            raise
        readers = engines.sqlite_readers(address.path, limits, lasting=lasting)
        writer = engines.sqlite_writer(address.path, limits, lasting=lasting)
        return cls(str(address), writer, readers, lock)

    @property
    def dialect(self) -> str:
        """`sqlite` or `postgresql`."""
        return self._writer.dialect

    def insert(self, table: Table) -> Insert:
        """An INSERT that may say what happens on a conflict."""
        return sqlite.insert(table) if self.dialect == "sqlite" else postgresql.insert(table)

    async def write(self, work: Callable[[Connection], T]) -> T:
        """Do `work` in a transaction that writes; committed at its end, taken back on any error.

        Who is cancelled meanwhile does not know whether it was committed.
        """
        with named_errors(self.name):
            return await self._writer.run(work)

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Do `work` in a transaction that reads; SQLite's cannot write, nor waits for the writer.

        What it returns is used after the transaction: rows, not a result that has to be fetched.
        """
        with named_errors(self.name):
            return await self._readers.run(work)

    async def rows(self, statement: Select[Any]) -> Sequence[Row[Any]]:
        """Everything that one statement selects."""
        return await self.read(lambda connection: connection.execute(statement).all())

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        """`write`, statement by statement; for whoever waits for something else in between."""
        with named_errors(self.name):
            async with self._writer.steps() as connection:
                yield connection

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """`read`, statement by statement."""
        with named_errors(self.name):
            async with self._readers.steps() as connection:
                yield connection

    async def ping(self) -> None:
        """Ask for an answer within 2 s; raises `DatabaseUnavailableError`."""
        # Not `asyncio.timeout`: taking back a transaction from a server that hangs would itself
        # wait, so the question is left to die on its own.
        task = asyncio.create_task(self._ask())
        self._pings.add(task)
        task.add_done_callback(self._forget_ping)
        done, _ = await asyncio.wait({task}, timeout=_PING_SECONDS)
        if not done:
            task.cancel()
            raise DatabaseUnavailableError(f"{self.name} did not answer in {_PING_SECONDS:g} s")
        await task

    async def _ask(self) -> None:
        await self.read(lambda connection: connection.execute(text("SELECT 1")).one())

    def _forget_ping(self, task: asyncio.Task[None]) -> None:
        self._pings.discard(task)
        if not task.cancelled():
            task.exception()  # already told to whoever asked

    async def close(self) -> None:
        """Close every connection, the writer's last: whoever closes last tidies the log."""
        try:
            async with asyncio.timeout(_CLOSE_SECONDS):
                await self._readers.close()
                await self._writer.close()
        except TimeoutError:
            logger.warning("%s did not close in %g s; left as it is", self.name, _CLOSE_SECONDS)
        finally:
            if self._lock is not None:
                self._lock.release()
                self._lock = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()


async def _migrate_sqlite(address: SqliteFile, limits: Limits, *, lasting: bool) -> None:
    """Migrate over a connection of its own: it does not watch who refers to whom meanwhile."""
    file = engines.sqlite_writer(address.path, limits, migrating=True, lasting=lasting)
    try:
        with named_errors(str(address)):
            await file.run(migrations.upgrade)
    finally:
        await file.close()


async def _migrate_postgresql(address: PostgresqlServer, limits: Limits) -> None:
    """Migrate under an advisory lock: several processes may start at the same time."""
    server = engines.postgresql(address.dsn, limits, migrating=True)
    lock = text("SELECT pg_advisory_xact_lock(:key)")

    def migrate(connection: Connection) -> None:
        connection.execute(lock, {"key": _MIGRATION_LOCK})
        migrations.upgrade(connection)

    try:
        with named_errors(str(address)):
            await server.run(migrate)
    finally:
        await server.close()
