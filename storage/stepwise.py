"""A transaction step by step, for whoever has to wait for something else between its statements.

Over SQLite each step crosses to the file's thread and back: what can be one function of a
connection is done by `Connections.run` instead.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import Executor
from contextlib import asynccontextmanager
from typing import Any, TypeVar, cast

from sqlalchemy import Connection, CursorResult, Executable
from sqlalchemy.ext.asyncio import AsyncConnection

T = TypeVar("T")


class _Steps:
    """What is used of an `AsyncConnection`, done in a thread."""

    def __init__(self, take: Callable[[], Connection], threads: Executor) -> None:
        self._take = take
        self._threads = threads
        self._connection: Connection | None = None

    async def execute(self, statement: Executable, parameters: Any = None) -> CursorResult[Any]:
        """See `AsyncConnection`."""
        return await self._step(lambda: self._open().execute(statement, parameters))

    async def run_sync(self, do: Callable[..., T], *what: Any) -> T:
        """See `AsyncConnection`."""
        return await self._step(lambda: do(self._open(), *what))

    async def begin(self) -> None:
        """Begin the transaction."""
        await self._step(self._open)

    async def commit(self) -> Connection:
        """Keep what was done; the connection is good for another transaction."""
        return await self._step(self._commit)

    async def take_back(self) -> None:
        """Keep nothing, the connection neither."""
        await self._step(self._close)

    async def _step(self, do: Callable[[], T]) -> T:
        """Who is cancelled waits for the step's end: nothing else may run beside it."""
        doing = asyncio.get_running_loop().run_in_executor(self._threads, do)
        try:
            return await asyncio.shield(doing)
        except asyncio.CancelledError:
            await asyncio.wait({doing})
            raise

    def _open(self) -> Connection:
        if self._connection is None:
            self._connection = self._take()
            self._connection.begin()
        return self._connection

    def _commit(self) -> Connection:
        connection = self._open()
        connection.commit()
        return connection

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.close()


@asynccontextmanager
async def stepwise(
    take: Callable[[], Connection], give: Callable[[Connection], None], threads: Executor
) -> AsyncIterator[AsyncConnection]:
    """A transaction whose every step is done in `threads`; committed unless an error ends it."""
    steps = _Steps(take, threads)
    try:
        await steps.begin()
        yield cast("AsyncConnection", steps)
        good = await steps.commit()
    except BaseException:
        await steps.take_back()
        raise
    give(good)
