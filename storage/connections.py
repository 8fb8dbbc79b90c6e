"""Where a transaction runs: it is a plain function of a connection, and is run in one go.

With SQLite all of it happens in a thread of the file's own; statement by statement it would cross
between threads a dozen times. With PostgreSQL each of its statements is waited for in the loop.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Protocol, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from storage.stepwise import stepwise

T = TypeVar("T")


class Connections(Protocol):
    """A few connections to one database, and how to do something over one of them."""

    @property
    def dialect(self) -> str:
        """`sqlite` or `postgresql`."""

    async def run(self, work: Callable[[Connection], T]) -> T:
        """Do `work` in a transaction; committed when it returns, taken back when it raises."""

    def steps(self) -> AbstractAsyncContextManager[AsyncConnection]:
        """A transaction statement by statement (`storage.stepwise`)."""

    async def close(self) -> None:
        """Wait for what is under way, then close every connection."""


class FileConnections:
    """SQLite: as many threads as connections, each transaction in one of them."""

    def __init__(self, engine: Engine, count: int, acquire_seconds: float) -> None:
        self._engine = engine
        self._threads = ThreadPoolExecutor(count, thread_name_prefix="sqlite")
        self._free = asyncio.Semaphore(count)
        #: connections that wait for their next transaction: to open one costs as much as to use it
        self._idle: deque[Connection] = deque()
        self._acquire_seconds = acquire_seconds

    @property
    def dialect(self) -> str:
        """See `Connections`."""
        return self._engine.dialect.name

    async def run(self, work: Callable[[Connection], T]) -> T:
        """See `Connections`; who is cancelled waits no more, and what was begun is carried out."""
        await self._acquire()
        doing = asyncio.get_running_loop().run_in_executor(self._threads, self._do, work)
        doing.add_done_callback(lambda _: self._free.release())
        return await asyncio.shield(doing)

    @asynccontextmanager
    async def steps(self) -> AsyncIterator[AsyncConnection]:
        """See `Connections`."""
        await self._acquire()
        try:
            async with stepwise(self._take, self._idle.append, self._threads) as connection:
                yield connection
        finally:
            self._free.release()

    async def close(self) -> None:
        """See `Connections`."""
        await asyncio.to_thread(self._threads.shutdown)
        while self._idle:
            self._idle.pop().close()
        self._engine.dispose()

    async def _acquire(self) -> None:
        async with asyncio.timeout(self._acquire_seconds):
            await self._free.acquire()

    def _take(self) -> Connection:
        return self._idle.pop() if self._idle else self._engine.connect()

    def _do(self, work: Callable[[Connection], T]) -> T:
        connection = self._take()
        try:
            with connection.begin():
                done = work(connection)
        except BaseException:
            connection.close()  # whatever state it is in
            raise
        self._idle.append(connection)
        return done


class LoopConnections(FileConnections):
    """SQLite that waits for no disk and has one user: each transaction in the loop itself."""

    async def run(self, work: Callable[[Connection], T]) -> T:
        """See `Connections`."""
        async with self._free:
            return self._do(work)


class ServerConnections:
    """PostgreSQL: a pool; who is cancelled in a transaction has it taken back."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    @property
    def dialect(self) -> str:
        """See `Connections`."""
        return self._engine.dialect.name

    async def run(self, work: Callable[[Connection], T]) -> T:
        """See `Connections`."""
        async with self._engine.begin() as connection:
            return await connection.run_sync(work)

    def steps(self) -> AbstractAsyncContextManager[AsyncConnection]:
        """See `Connections`."""
        return self._engine.begin()

    async def close(self) -> None:
        """See `Connections`."""
        await self._engine.dispose()
