"""The database: opened once, its tables brought up to date, then read and written by the stores."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import TracebackType
from typing import Self

from sqlalchemy import Table, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from storage import engines, migrations
from storage.address import PostgresqlServer, read_address
from storage.engines import Limits
from storage.errors import DatabaseUnavailableError, named_errors
from storage.lock import FileLock, make_private

logger = logging.getLogger(__name__)

_PING_SECONDS = 2.0
_CLOSE_SECONDS = 5.0
#: any number, as long as no other program takes the same advisory lock in this database
_MIGRATION_LOCK = 800_800_800

Insert = sqlite.Insert | postgresql.Insert


class Database:
    """An open database; every transaction is either `reading()` or `writing()`.

    Both raise `DatabaseUnavailableError` and `DatabaseRefusedError`, also for what is done inside.
    """

    def __init__(
        self, name: str, writer: AsyncEngine, readers: AsyncEngine, lock: FileLock | None
    ) -> None:
        self.name = name
        self._writer = writer
        self._readers = readers
        self._lock = lock
        self._pings: set[asyncio.Task[None]] = set()

    @classmethod
    async def open(cls, url: str, limits: Limits | None = None) -> Self:
        """Open the database at `url` and bring its tables up to date.

        `url` is a path, `sqlite:///path` or `postgresql://user:password@host:port/name`. Raises
        `DatabaseUrlError`, `FileInUseError`, `DatabaseVersionError`, `DatabaseUnavailableError`.
        """
        limits = limits or Limits()
        address = read_address(url)
        if isinstance(address, PostgresqlServer):
            await _migrate_postgresql(address, limits)
            engine = engines.postgresql(address.dsn, limits)
            return cls(str(address), engine, engine, None)
        if engines.sqlite_has_reset_race():
            logger.debug("this SQLite has the WAL-reset race; only one connection checkpoints")
        lock = FileLock(address.path)
        writer = engines.sqlite_writer(address.path, limits)
        try:
            make_private(address.path)
            with named_errors(str(address)):
                async with writer.begin() as connection:
                    await connection.run_sync(migrations.upgrade)
        except BaseException:
            await writer.dispose()
            lock.release()
            raise
        return cls(str(address), writer, engines.sqlite_readers(address.path, limits), lock)

    @property
    def dialect(self) -> str:
        """`sqlite` or `postgresql`."""
        return self._writer.dialect.name

    def insert(self, table: Table) -> Insert:
        """An INSERT that may say what happens on a conflict."""
        return sqlite.insert(table) if self.dialect == "sqlite" else postgresql.insert(table)

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that writes; committed at the end, taken back on any error."""
        with named_errors(self.name):
            async with _transaction(self._writer) as connection:
                yield connection

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that reads; with SQLite it cannot write, and never waits for the writer."""
        with named_errors(self.name):
            async with _transaction(self._readers) as connection:
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
        async with self.reading() as connection:
            await connection.execute(text("SELECT 1"))

    def _forget_ping(self, task: asyncio.Task[None]) -> None:
        self._pings.discard(task)
        if not task.cancelled():
            task.exception()  # already told to whoever asked

    async def close(self) -> None:
        """Close every connection, the writer's last: whoever closes last tidies the log."""
        try:
            async with asyncio.timeout(_CLOSE_SECONDS):
                await self._readers.dispose()
                await self._writer.dispose()
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


@asynccontextmanager
async def _transaction(engine: AsyncEngine) -> AsyncIterator[AsyncConnection]:
    async with engine.begin() as connection:
        yield connection


async def _migrate_postgresql(address: PostgresqlServer, limits: Limits) -> None:
    """Migrate under an advisory lock: several processes may start at the same time."""
    engine = engines.postgresql(address.dsn, limits, migrating=True)
    try:
        with named_errors(str(address)):
            async with engine.begin() as connection:
                lock = text("SELECT pg_advisory_xact_lock(:key)")
                await connection.execute(lock, {"key": _MIGRATION_LOCK})
                await connection.run_sync(migrations.upgrade)
    finally:
        await engine.dispose()
