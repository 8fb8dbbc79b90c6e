"""The one door: every fact is written to the journal, then tracked, then told to everyone.

If the journal cannot be written (a full disk) the facts are still tracked and told, kept in memory
and written as soon as it works again; `healthy` is False meanwhile, and the dialer stops on it.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import islice
from typing import Protocol

from calls.errors import Linea800Error
from calls.events import Fact, LinkUp, SnapshotTaken
from calls.feed import Feed
from calls.reconcile import conclude
from calls.tracker import Change, Tracker

log = logging.getLogger(__name__)

#: facts kept for a journal that cannot be written: some 100 MB, an hour of a busy floor
UNWRITTEN_LIMIT = 200_000
BATCH = 500
TRY_AGAIN_SECONDS = 1.0


class JournalError(Linea800Error):
    """The local journal could not be written: free some disk space, or look at the disk."""


class Journal(Protocol):
    """Where facts are safe from a crash."""

    async def append(self, facts: Sequence[Fact]) -> list[int]:
        """Write the facts durably; their places, in order. Raises `JournalError`."""


class Intake:
    """Takes facts from everyone and sends them down the road in order."""

    def __init__(self, journal: Journal, tracker: Tracker, feed: Feed) -> None:
        self._journal = journal
        self._tracker = tracker
        self._feed = feed
        self._queue: deque[Fact] = deque()
        self._arrived = asyncio.Event()
        self._unwritten: deque[Fact] = deque()
        self._booted_at: datetime | None = None
        self._carrying = asyncio.Lock()
        self._tried_at = 0.0
        #: told of the places of facts that were told before they could be written
        self.on_late: list[Callable[[list[tuple[int, Fact]]], None]] = []

    @property
    def healthy(self) -> bool:
        """Whether every fact so far is in the journal."""
        return not self._unwritten

    def put(self, *facts: Fact) -> None:
        """Say what happened. Returns at once; the effect follows in order."""
        self._queue.extend(facts)
        self._arrived.set()

    async def run(self) -> None:
        """Carry facts for ever."""
        while True:
            await self._arrived.wait()
            self._arrived.clear()
            # what is written must also be told, even when we are being stopped
            await asyncio.shield(asyncio.ensure_future(self.carry()))

    async def carry(self) -> None:
        """Carry everything that waits."""
        async with self._carrying:
            await self._carry()

    async def _carry(self) -> None:
        while self._queue:
            batch: list[Fact] = []
            while self._queue and len(batch) < BATCH:
                fact = self._queue.popleft()
                batch.append(fact)
                if isinstance(fact, SnapshotTaken):
                    break  # what it concludes depends on everything before it
            seqs = await self._write(batch)
            for fact, seq in zip(batch, seqs, strict=True):
                self._tell(self._tracker.apply(fact, seq))

    def _tell(self, change: Change) -> None:
        fact = change.fact
        if isinstance(fact, LinkUp):
            self._booted_at = fact.booted_at
        self._feed.publish(change)
        if isinstance(fact, SnapshotTaken):
            strays = self._tracker.strays
            concluded = conclude(self._tracker.calls(), fact, self._booted_at, strays)
            if concluded:
                log.info("snapshot: %d facts had gone unseen", len(concluded))
            self._queue.extendleft(reversed(concluded))
            self._tracker.forget_ended(fact.at)

    async def _write(self, batch: list[Fact]) -> list[int | None]:
        durable = [fact for fact in batch if fact.durable]
        places: list[int | None] = [None] * len(batch)
        if self._unwritten and not await self._catch_up():
            self._keep(durable)
            return places
        if not durable:
            return places
        try:
            seqs = iter(await self._journal.append(durable))
        except JournalError as error:
            log.error("the journal cannot be written, facts are kept in memory: %s", error)
            self._tried_at = asyncio.get_running_loop().time()
            self._keep(durable)
            return places
        return [next(seqs) if fact.durable else None for fact in batch]

    def _keep(self, facts: list[Fact]) -> None:
        """Remember what could not be written; beyond the limit the oldest goes, loudly."""
        self._unwritten.extend(facts)
        if len(self._unwritten) > UNWRITTEN_LIMIT:
            log.error("the journal is away too long: facts are being dropped")
            while len(self._unwritten) > UNWRITTEN_LIMIT:
                self._unwritten.popleft()

    async def _catch_up(self) -> bool:
        """Write what waits, in small pieces and not more often than once a second."""
        now = asyncio.get_running_loop().time()
        if now - self._tried_at < TRY_AGAIN_SECONDS:
            return False
        self._tried_at = now
        late = 0
        while self._unwritten:
            piece = list(islice(self._unwritten, BATCH))
            try:
                seqs = await self._journal.append(piece)
            except JournalError:
                return False
            for _ in piece:
                self._unwritten.popleft()
            late += len(piece)
            for function in self.on_late:
                function(list(zip(seqs, piece, strict=True)))
        log.warning("the journal works again: %d facts written late", late)
        return True
