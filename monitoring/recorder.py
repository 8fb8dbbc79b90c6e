"""Keeps a record of every call and carries it to the database, losing nothing.

The journal is the safe place: its rows are forgotten only when the finished record, with its facts,
is committed. A database that is away for an hour costs memory, not calls.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from copy import deepcopy
from datetime import UTC, datetime
from typing import Protocol

from calls.errors import Linea800Error
from calls.events import Fact
from calls.tracker import Change
from monitoring.folding import call_of, finished, fold, opened_by
from monitoring.record import CallRecord

log = logging.getLogger(__name__)


class RecordStoreError(Linea800Error):
    """The database did not take the records; they stay in the journal and are tried again."""


class RecordRefusedError(RecordStoreError):
    """The database will never take these records: something in them is not what it should be."""


class RecordStore(Protocol):
    """Where records are kept for good. Saving twice is harmless."""

    async def save(
        self, records: Sequence[CallRecord], facts: Sequence[tuple[str, int, Fact]]
    ) -> None:
        """Write records and their facts `(journal id, seq, fact)` in one transaction."""


class AgentLog(Protocol):
    """Where agents' changes of state are kept."""

    async def changed(
        self, pbx: str, agent: str, state: str, reason: str, call_id: str, at: datetime
    ) -> None:
        """Close the open interval and open the next. Writing twice is harmless."""


class Shipped(Protocol):
    """The part of the journal that forgets."""

    id: str

    async def forget(self, seqs: Sequence[int]) -> None:
        """Drop rows that are safe elsewhere."""


class Recorder:
    """Folds changes into records (`fold`) and ships what changed (`run`)."""

    def __init__(self, journal: Shipped, store: RecordStore, agent_log: AgentLog) -> None:
        self._journal = journal
        self._store = store
        self._agent_log = agent_log
        self._records: dict[str, CallRecord] = {}
        self._seqs: dict[str, list[int]] = {}
        self._dirty: dict[str, None] = {}
        self._facts: list[tuple[str, int, Fact]] = []
        self._loose: list[int] = []  # rows of no call: forgotten with the next shipment
        self._moves: list[tuple[str, str, str, str, str, datetime]] = []
        self._changed = asyncio.Event()
        self._shipping = asyncio.Lock()
        self.late = 0  # facts of calls we keep no record of any more
        self.failing = ""  # why the last shipment failed; "" when it did not

    @property
    def backlog(self) -> int:
        """How many records and agent moves wait for the database."""
        return len(self._dirty) + len(self._moves)

    def record(self, call_id: str) -> CallRecord | None:
        """The record of a call that is not finished yet."""
        return self._records.get(call_id)

    def fold(self, change: Change) -> None:
        """Take a change in; cheap, never waits."""
        call_id, seq = call_of(change.fact), change.seq
        record = self._records.get(call_id) if call_id else None
        if record is None:
            record = opened_by(change.fact)
            if record is None:
                self.late += 1 if call_id and change.fact.durable else 0
                if seq is not None:
                    self._loose.append(seq)
                    self._changed.set()
                return
            self._records[call_id] = record
        fold(record, change.fact)
        if seq is not None:
            self._seqs.setdefault(call_id, []).append(seq)
            self._facts.append((self._journal.id, seq, change.fact))
        if change.fact.durable:
            self._dirty[call_id] = None
            self._changed.set()

    def agent_moved(
        self, pbx: str, agent: str, state: str, reason: str, call_id: str, at: datetime
    ) -> None:
        """Note a change of an agent's state."""
        self._moves.append((pbx, agent, state, reason, call_id, at))
        self._changed.set()

    async def run(self, *, gather_seconds: float = 0.1, retry_seconds: float = 1.0) -> None:
        """Ship what changed, for ever; a failing database is tried again."""
        while True:
            await self._changed.wait()
            await asyncio.sleep(gather_seconds)  # many facts of a moment make one transaction
            self._changed.clear()
            try:
                await self.ship_now()
            except RecordStoreError as error:
                if not self.failing:
                    log.error("call records wait: %s", error)
                self.failing = str(error)
                self._changed.set()
                await asyncio.sleep(retry_seconds)
            else:
                if self.failing:
                    log.warning("the database takes records again")
                self.failing = ""

    async def ship_now(self) -> None:
        """Write what waits, at the end. Raises `RecordStoreError`."""
        async with self._shipping:
            await self._ship(datetime.now(UTC))

    async def _ship(self, now: datetime) -> None:
        """Write everything that changed; when that fails nothing is forgotten."""
        call_ids, facts = list(self._dirty), list(self._facts)
        moves, loose = list(self._moves), list(self._loose)
        if call_ids or facts:
            copies = [deepcopy(self._records[call_id]) for call_id in call_ids]
            try:
                await self._store.save(copies, facts)
            except RecordRefusedError:
                await self._save_one_by_one(copies, facts)
        for move in moves:
            await self._agent_log.changed(*move)
        del self._facts[: len(facts)], self._moves[: len(moves)], self._loose[: len(loose)]
        written = {seq for _, seq, _ in facts}
        done = list(loose)
        for call_id in call_ids:
            if written.issuperset(self._seqs.get(call_id, ())) or self._all_written(call_id):
                del self._dirty[call_id]
                if finished(self._records[call_id], now):
                    done += self._seqs.pop(call_id, [])
                    del self._records[call_id]
        if done:
            await self._journal.forget(done)

    async def _save_one_by_one(
        self, records: Sequence[CallRecord], facts: Sequence[tuple[str, int, Fact]]
    ) -> None:
        """A record that the database will never take must not hold up all the others.

        It is left out of the database, loudly; its facts end up in the log's debug level only.
        """
        for record in records:
            own = [row for row in facts if call_of(row[2]) == record.call_id]
            try:
                await self._store.save([record], own)
            except RecordRefusedError as error:
                log.error("the record of call %s is lost: %s", record.call_id, error)
                log.debug("it was %r with %r", record, own)

    def _all_written(self, call_id: str) -> bool:
        """Whether no fact of the call came while the last shipment was under way."""
        waiting = {seq for _, seq, _ in self._facts}
        return waiting.isdisjoint(self._seqs.get(call_id, ()))
