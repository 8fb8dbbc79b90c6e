"""The local journal: every durable fact is safe here before anything else happens with it.

A SQLite file of its own, also beside PostgreSQL: the main database may be away for minutes, the
facts may not. One worker thread owns the connection. Whatever was asked for while a commit was
under way becomes the next commit: under load many appends share one flush of the disk, and an
append that comes alone waits for nothing.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import queue
import sqlite3
import threading
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from calls.events import Fact, from_body, to_body
from calls.intake import JournalError
from storage.lock import FileLock, make_private

logger = logging.getLogger(__name__)

_AT_ONCE = 1000  # requests in one transaction, so that the first of them does not wait too long
_TABLES = (
    "CREATE TABLE IF NOT EXISTS facts"
    " (seq INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, body TEXT NOT NULL)",
    "CREATE TABLE IF NOT EXISTS identity (id TEXT NOT NULL)",
)


class JournalFullError(JournalError):
    """The disk took no more (full, or failing): the facts were not written down."""


class JournalDamagedError(JournalError):
    """The journal's file is no journal of linea800, or not one any more."""


@dataclass(slots=True)
class _Request:
    """Something to be done inside a transaction, and who waits for it."""

    work: Callable[[sqlite3.Connection], Any]
    done: asyncio.Future[Any]

    def answer(self, result: Any) -> None:
        """In the loop's thread: give the result, unless nobody waits any more."""
        if self.done.done():
            return
        if isinstance(result, BaseException):
            self.done.set_exception(result)
        else:
            self.done.set_result(result)


class Journal:
    """Facts on the local disk until the main database has them."""

    def __init__(self, path: Path, lock: FileLock, connection: sqlite3.Connection) -> None:
        self.path = path
        #: made when the file is made: (id, seq) names a fact for ever
        self.id: str = connection.execute("SELECT id FROM identity").fetchone()[0]
        #: rows that the last `replay` could not read
        self.damaged = 0
        self._lock = lock
        self._connection: sqlite3.Connection | None = connection
        self._requests: queue.SimpleQueue[_Request | None] = queue.SimpleQueue()
        self._loop = asyncio.get_running_loop()
        self._closed = False
        self._thread = threading.Thread(target=self._work, name="journal", daemon=True)
        self._thread.start()

    @classmethod
    async def open(cls, path: Path) -> Self:
        """Open the journal, or make it.

        Raises `FileInUseError`, `JournalFullError`, `JournalDamagedError`, `StorageError`.
        """
        lock = FileLock(path)
        try:
            make_private(path)
            return cls(path, lock, await asyncio.to_thread(_connect, path))
        except BaseException:
            lock.release()
            raise

    async def append(self, facts: Sequence[Fact]) -> list[int]:
        """Write the facts down; returns their numbers once they are safe on the disk.

        Raises `JournalFullError` when the disk does not take them; a later append may work again.
        """
        rows = [_row(fact) for fact in facts]
        if not rows:
            return []

        def insert(connection: sqlite3.Connection) -> list[int]:
            statement = "INSERT INTO facts (kind, body) VALUES (?, ?)"
            return [int(connection.execute(statement, row).lastrowid or 0) for row in rows]

        seqs: list[int] = await self._ask(insert)
        return seqs

    async def replay(self) -> list[tuple[int, Fact]]:
        """Everything still here, oldest first; what cannot be read is left out and logged.

        Raises `JournalError` when the file cannot be read at all.
        """
        # over a connection of its own: appends go on meanwhile
        found, damaged = await asyncio.to_thread(_read, self.path)
        self.damaged = len(damaged)
        if damaged:
            # not the bodies: there may be people's numbers in them
            logger.error("%s: %d facts left out: %s", self.path, len(damaged), damaged[:10])
        return found

    async def forget(self, seqs: Sequence[int]) -> None:
        """Remove facts that the main database has; unknown numbers are no error."""
        rows = [(seq,) for seq in seqs]

        def delete(connection: sqlite3.Connection) -> None:
            connection.executemany("DELETE FROM facts WHERE seq = ?", rows)

        if rows:
            await self._ask(delete)

    async def close(self) -> None:
        """Finish what was asked for, then close the file."""
        if self._closed:
            return
        self._closed = True
        self._requests.put(None)
        await asyncio.to_thread(self._thread.join)
        self._lock.release()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()

    async def _ask(self, work: Callable[[sqlite3.Connection], Any]) -> Any:
        if self._closed:
            raise JournalError("the journal is closed")
        request = _Request(work, self._loop.create_future())
        self._requests.put(request)
        return await request.done

    # --- below: the worker's thread -----------------------------------------------------------

    def _work(self) -> None:
        going_on = True
        while going_on:
            group, going_on = self._next_group()
            results = self._commit(group)
            # at the loop's end nobody waits for the answers any more
            with contextlib.suppress(RuntimeError):
                self._loop.call_soon_threadsafe(_answer, group, results)
        if self._connection is not None:
            self._connection.close()

    def _next_group(self) -> tuple[list[_Request], bool]:
        group: list[_Request] = []
        request = self._requests.get()
        while request is not None:
            group.append(request)
            if len(group) == _AT_ONCE:
                return group, True
            try:
                request = self._requests.get_nowait()
            except queue.Empty:
                return group, True
        return group, False

    def _commit(self, group: list[_Request]) -> list[Any]:
        if not group:
            return []
        try:
            if self._connection is None:
                self._connection = _connect(self.path)
            self._connection.execute("BEGIN IMMEDIATE")
            results = [request.work(self._connection) for request in group]
            self._connection.execute("COMMIT")
        except sqlite3.Error as error:
            logger.error("%s: %d requests failed: %s", self.path, len(group), error)
            self._drop_connection()
            return [_full(self.path, error) for _ in group]
        except JournalError as error:
            return [error] * len(group)
        except Exception as error:  # whoever asked is told; the worker must outlive it
            self._drop_connection()
            return [error] * len(group)
        return results

    def _drop_connection(self) -> None:
        """After a failed write start anew from the file: only what it holds is certain."""
        if self._connection is not None:
            # rolled back first: a cursor that is still held somewhere would keep the write lock
            for step in (self._connection.rollback, self._connection.close):
                with contextlib.suppress(sqlite3.Error):
                    step()
            self._connection = None


def _answer(group: list[_Request], results: list[Any]) -> None:
    for request, result in zip(group, results, strict=True):
        request.answer(result)


def _connect(path: Path) -> sqlite3.Connection:
    try:
        # the thread that opens it hands it to the worker, for good
        connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=FULL")
            connection.execute("PRAGMA journal_size_limit=67108864")
            connection.execute("BEGIN IMMEDIATE")
            for table in _TABLES:
                connection.execute(table)
            if connection.execute("SELECT id FROM identity").fetchone() is None:
                connection.execute("INSERT INTO identity VALUES (?)", (uuid.uuid4().hex,))
            connection.execute("COMMIT")
        except BaseException:
            connection.close()
            raise
    except sqlite3.OperationalError as error:
        raise _full(path, error) from error
    except sqlite3.DatabaseError as error:
        raise JournalDamagedError(
            f"{path} cannot be read as a journal: {error}; move it away and start again,"
            " what it held and the database does not is lost"
        ) from error
    return connection


def _full(path: Path, error: sqlite3.Error) -> JournalFullError:
    return JournalFullError(f"cannot write to {path}: {error}; make room on its disk")


def _row(fact: Fact) -> tuple[str, str]:
    if not fact.durable:
        raise ValueError(f"{type(fact).__name__} is never written down")
    body = json.dumps(to_body(fact), separators=(",", ":"))
    return type(fact).__name__, body


def _read(path: Path) -> tuple[list[tuple[int, Fact]], list[tuple[int, str]]]:
    """Every fact, and what could not be read: (number, why)."""
    found: list[tuple[int, Fact]] = []
    damaged: list[tuple[int, str]] = []
    seq = 0
    # as bytes: text that is no UTF-8 would end the whole reading
    statement = "SELECT seq, CAST(kind AS BLOB), CAST(body AS BLOB) FROM facts ORDER BY seq"
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection:
        try:
            connection.execute("PRAGMA wal_autocheckpoint=0")  # only the worker does that
            connection.execute("PRAGMA query_only=ON")
            for seq, kind, body in connection.execute(statement):
                try:
                    found.append((seq, _fact(kind, body)))
                except (KeyError, TypeError, ValueError, RecursionError) as error:
                    damaged.append((seq, type(error).__name__))
        except sqlite3.OperationalError as error:
            raise JournalError(f"cannot read {path}: {error}; look at its disk") from error
        except sqlite3.DatabaseError as error:  # a broken page: what came before is still good
            damaged.append((seq + 1, str(error)))
    return found, damaged


def _fact(kind: bytes, body: bytes) -> Fact:
    fact = from_body(kind.decode(), json.loads(body))
    if fact.at.tzinfo is None:
        raise ValueError("a time without a zone")
    return fact
