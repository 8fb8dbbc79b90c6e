"""The one door: every fact is written to the journal, then tracked, then told to everyone.

If the journal cannot be written (a full disk) the facts are still tracked and told, kept in memory
and written as soon as it works again; `healthy` is False meanwhile, and the dialer stops on it.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from calls.errors import Linea800Error
from calls.events import Fact, LinkUp, SnapshotTaken
from calls.feed import Feed
from calls.reconcile import conclude
from calls.tracker import Change, Tracker

log = logging.getLogger(__name__)

#: facts kept for a journal that cannot be written: some 100 MB, an hour of a busy floor
UNWRITTEN_LIMIT = 200_000


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
            await self.carry()

    async def carry(self) -> None:
        """Carry everything that waits."""
        while self._queue:
            batch: list[Fact] = []
            while self._queue and len(batch) < 500:
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
            concluded = conclude(self._tracker.open_calls(), fact, self._booted_at)
            if concluded:
                log.info("snapshot: %d facts had gone unseen", len(concluded))
            self._queue.extendleft(reversed(concluded))
            self._tracker.forget_ended(fact.at)

    async def _write(self, batch: list[Fact]) -> list[int | None]:
        durable = [fact for fact in batch if fact.durable]
        backlog = list(self._unwritten)
        if not durable and not backlog:
            return [None] * len(batch)
        try:
            seqs = await self._journal.append([*backlog, *durable])
        except JournalError as error:
            if self.healthy:
                log.error("the journal cannot be written, facts are kept in memory: %s", error)
            self._unwritten.extend(durable)
            while len(self._unwritten) > UNWRITTEN_LIMIT:
                self._unwritten.popleft()
            return [None] * len(batch)
        if backlog:
            log.warning("the journal works again: %d facts written late", len(backlog))
            self._unwritten.clear()
        places = iter(seqs[len(backlog) :])
        return [next(places) if fact.durable else None for fact in batch]
