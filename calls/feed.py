"""Each change to everyone, in order: first the folds (plain functions), then the listeners."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import AsyncIterator, Callable

from calls.tracker import Change

log = logging.getLogger(__name__)


class Listener:
    """One room's own queue of changes; bounded, so that a slow room harms only itself."""

    def __init__(self, name: str, limit: int) -> None:
        self.name = name
        self.missed = 0
        self._limit = limit
        self._waiting: deque[Change] = deque()
        self._arrived = asyncio.Event()

    def __len__(self) -> int:
        return len(self._waiting)

    def offer(self, change: Change) -> None:
        """Queue a change; when the queue is full the oldest is dropped and counted."""
        if len(self._waiting) >= self._limit:
            self._waiting.popleft()
            self.missed += 1
            if self.missed == 1 or self.missed % 1000 == 0:
                log.error("%s is too slow: %d changes dropped", self.name, self.missed)
        self._waiting.append(change)
        self._arrived.set()

    async def take(self) -> list[Change]:
        """All changes that wait; at least one."""
        while not self._waiting:
            self._arrived.clear()
            await self._arrived.wait()
        batch = list(self._waiting)
        self._waiting.clear()
        return batch

    async def __aiter__(self) -> AsyncIterator[Change]:
        while True:
            for change in await self.take():
                yield change


class Feed:
    """Tells changes. A fold that fails is logged; the next one still runs."""

    def __init__(self) -> None:
        self._folds: list[Callable[[Change], None]] = []
        self._listeners: list[Listener] = []

    def fold(self, function: Callable[[Change], None]) -> None:
        """Call `function` with each change before any listener hears of it. It must not await."""
        self._folds.append(function)

    def listen(self, name: str, *, limit: int = 100_000) -> Listener:
        """A new listener, from now on."""
        listener = Listener(name, limit)
        self._listeners.append(listener)
        return listener

    def leave(self, listener: Listener) -> None:
        """The listener hears no more."""
        self._listeners.remove(listener)

    def publish(self, change: Change) -> None:
        """Tell everyone."""
        for function in self._folds:
            try:
                function(change)
            except Exception:
                log.exception("a fold failed on %s", type(change.fact).__name__)
        for listener in self._listeners:
            listener.offer(change)
