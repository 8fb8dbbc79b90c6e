"""Connections as each database wants them: who may write, and how long anything may take."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry, QueuePool

from storage.connections import Connections, FileConnections, LoopConnections, ServerConnections
from storage.errors import DatabaseUrlError, StorageError


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How many connections there are, and how long each step may take."""

    connections: int = 10
    acquire_seconds: float = 5.0
    connect_seconds: float = 5.0
    statement_seconds: float = 10.0
    idle_in_transaction_seconds: float = 30.0
    migration_seconds: float = 600.0


_EVERY_SQLITE = ("PRAGMA foreign_keys=ON",)
#: SQLite changes a table by making it anew, while others refer to the old one; what nobody says
#: before the transaction is not heard in it
_MIGRATING_SQLITE = ("PRAGMA foreign_keys=OFF",)
#: a commit is on the disk when it returns; what is not to last needs not wait for any disk
_LASTING, _PASSING = "PRAGMA synchronous=FULL", "PRAGMA synchronous=OFF"
#: the log is checkpointed at 4 MB and given back to the disk above 64 MB
_SQLITE_WRITER = ("PRAGMA wal_autocheckpoint=1000", "PRAGMA journal_size_limit=67108864")
#: Before 3.51.3 SQLite may damage the file when two connections checkpoint at the same time
#: (the WAL-reset race; Debian 12 has 3.40.1): readers never do, and cannot write at all.
_SQLITE_READER = ("PRAGMA wal_autocheckpoint=0", "PRAGMA query_only=ON")


def sqlite_writer(
    path: Path, limits: Limits, *, migrating: bool = False, lasting: bool = True
) -> Connections:
    """The one connection that may write; each transaction takes the write lock at its start.

    A transaction that begins as a reader and then writes fails at once with "database is
    locked", whatever its timeout; hence BEGIN IMMEDIATE.
    """
    engine = _sqlite_engine(path, limits, connections=1)
    foreign_keys = _MIGRATING_SQLITE if migrating else _EVERY_SQLITE
    durability = _LASTING if lasting else _PASSING

    @event.listens_for(engine, "connect")
    def _prepare(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        mode = cursor.fetchone()
        if mode is None or mode[0] != "wal":
            raise StorageError(
                f"{path} cannot keep a write-ahead log (journal mode {mode});"
                " put it on a local disk"
            )
        for pragma in (*foreign_keys, durability, *_SQLITE_WRITER):
            cursor.execute(pragma)
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return _run_where(engine, 1, limits, lasting=lasting)


def sqlite_readers(path: Path, limits: Limits, *, lasting: bool = True) -> Connections:
    """A few connections that read, each transaction from one consistent picture."""
    count = max(2, min(4, limits.connections))
    engine = _sqlite_engine(path, limits, connections=count)

    @event.listens_for(engine, "connect")
    def _prepare(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
        cursor = connection.cursor()
        for pragma in (*_EVERY_SQLITE, _LASTING, *_SQLITE_READER):
            cursor.execute(pragma)
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN")

    return _run_where(engine, count, limits, lasting=lasting)


def _run_where(engine: Engine, count: int, limits: Limits, *, lasting: bool) -> Connections:
    """A disk is waited for in threads; without one to wait for they only cost time."""
    where = FileConnections if lasting else LoopConnections
    return where(engine, count, limits.acquire_seconds)


def _sqlite_engine(path: Path, limits: Limits, *, connections: int) -> Engine:
    return create_engine(
        URL.create("sqlite", database=str(path)),
        connect_args={
            # no transactions by the driver's own guess: the listeners above begin them
            "isolation_level": None,
            "timeout": limits.acquire_seconds,
            # any thread of ours may use a connection, one at a time
            "check_same_thread": False,
        },
        poolclass=QueuePool,
        pool_size=connections,
        max_overflow=0,
        hide_parameters=True,
    )


def sqlite_has_reset_race() -> bool:
    """Whether the SQLite in this Python has the WAL-reset race."""
    version = sqlite3.sqlite_version_info
    return version < (3, 51, 3) and version not in ((3, 44, 6), (3, 50, 7))


def postgresql(
    dsn: str, limits: Limits, *, migrating: bool = False, lasting: bool = True
) -> ServerConnections:
    """A pool of connections whose every step is bounded, by the server and by us.

    The password stays in the closure: SQLAlchemy's own URL, which it likes to show, is empty.
    """
    longest = limits.migration_seconds if migrating else limits.statement_seconds
    settings = {
        "application_name": "linea800",
        "timezone": "UTC",
        "statement_timeout": _milliseconds(longest),
        "idle_in_transaction_session_timeout": _milliseconds(limits.idle_in_transaction_seconds),
        "jit": "off",  # compiling costs short statements more than it gives
    }
    if not lasting:
        settings["synchronous_commit"] = "off"

    async def connect() -> Any:
        try:
            return await asyncpg.connect(
                dsn,
                timeout=limits.connect_seconds,
                # the server's own limit comes first; this one is for a server that hangs
                command_timeout=longest + 1.0,
                server_settings=settings,
            )
        except ValueError:
            # not chained: the driver may quote what it could not read, with the password in it
            raise DatabaseUrlError(
                "the database address has an option that cannot be understood; check what"
                " stands after the question mark"
            ) from None

    engine = create_async_engine(
        "postgresql+asyncpg://",
        async_creator=connect,
        pool_size=1 if migrating else limits.connections,
        max_overflow=0,
        pool_timeout=limits.acquire_seconds,
        pool_pre_ping=True,  # after a restart of the server the first caller must not pay
        hide_parameters=True,
    )
    return ServerConnections(engine)


def _milliseconds(seconds: float) -> str:
    return str(int(seconds * 1000))
