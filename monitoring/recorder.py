"""Keeps a record of every call and carries it to the database, losing nothing.

The journal is the safe place: its rows are forgotten only when the finished record, with its facts,
is committed. A database that is away for an hour costs memory, not calls.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from typing import Protocol

from calls.errors import Linea800Error
from calls.events import Fact
from calls.intake import JournalError
from calls.tracker import Change
from monitoring.folding import call_of, finished, fold, opened_by
from monitoring.record import AgentMove, CallRecord, copy_of

log = logging.getLogger(__name__)

#: records, or agents' moves, of one transaction: after an hour without a database it is many
#: small steps, not one
AT_ONCE = 200
SWEEP_SECONDS = 60.0


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

    async def moved(self, moves: Sequence[AgentMove]) -> None:
        """For each close the open interval and open the next, in one transaction.

        Writing twice is harmless.
        """


class Shipped(Protocol):
    """The part of the journal that forgets."""

    id: str

    async def forget(self, seqs: Sequence[int]) -> None:
        """Drop rows that are safe elsewhere."""


def _nobody() -> None:
    """Nobody counts."""


@dataclass(slots=True)
class _Kept:
    """One call's record on its way to the database."""

    record: CallRecord
    seqs: list[int] = field(default_factory=list)  # its rows in the journal
    unsent: list[tuple[int, Fact]] = field(default_factory=list)
    version: int = 0  # counts changes: a change during a shipment is seen by it


class Recorder:
    """Folds changes into records (`fold`) and ships what changed (`run`)."""

    def __init__(
        self,
        journal: Shipped,
        store: RecordStore,
        agent_log: AgentLog,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._journal = journal
        self._now = now
        self._store = store
        self._agent_log = agent_log
        self._kept: dict[str, _Kept] = {}
        self._dirty: dict[str, None] = {}
        self._loose: list[int] = []  # rows of no call: forgotten with the next shipment
        self._late: list[tuple[int, Fact]] = []  # their calls' records are shipped already
        self._moves: deque[AgentMove] = deque()
        self._changed = asyncio.Event()
        self._shipping = asyncio.Lock()
        self.late = 0  # facts of calls we keep no record of any more
        #: called when something was written: it can be counted
        self.on_shipped: Callable[[], None] = _nobody
        self.failing = ""  # why the last shipment failed; "" when it did not

    @property
    def backlog(self) -> int:
        """How many records and agent moves wait for the database."""
        return len(self._dirty) + len(self._late) + len(self._moves)

    def record(self, call_id: str) -> CallRecord | None:
        """The record of a call that is not finished yet."""
        kept = self._kept.get(call_id)
        return kept.record if kept is not None else None

    def fold(self, change: Change) -> None:
        """Take a change in; cheap, never waits."""
        call_id = call_of(change.fact)
        kept = self._kept.get(call_id) if call_id else None
        if kept is None:
            record = opened_by(change.fact)
            if record is None:
                self._take_late(change.seq, change.fact)
                return
            kept = self._kept[call_id] = _Kept(record)
        fold(kept.record, change.fact)
        if change.fact.durable:
            self._note(call_id, kept, change.seq, change.fact)

    def written_late(self, rows: Sequence[tuple[int, Fact]]) -> None:
        """The journal was away when these facts were told; now they have a place in it."""
        for seq, fact in rows:
            kept = self._kept.get(call_of(fact))
            if kept is None:
                self._take_late(seq, fact)
            else:
                self._note(call_of(fact), kept, seq, fact)

    def agent_moved(
        self, pbx: str, agent: str, state: str, reason: str, call_id: str, at: datetime
    ) -> None:
        """Note a change of an agent's state."""
        self._moves.append(
            AgentMove(pbx=pbx, agent=agent, state=state, reason=reason, call_id=call_id, at=at)
        )
        self._changed.set()

    async def run(self, *, gather_seconds: float = 0.1, retry_seconds: float = 1.0) -> None:
        """Ship what changed, for ever; a failing database is tried again."""
        loop = asyncio.get_running_loop()
        sweep_at = loop.time() + SWEEP_SECONDS
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout_at(sweep_at):
                    await self._changed.wait()
            if loop.time() >= sweep_at:  # also when there was never a moment without a change
                self._sweep(self._now())
                sweep_at = loop.time() + SWEEP_SECONDS
            await asyncio.sleep(gather_seconds)  # many facts of a moment make one transaction
            self._changed.clear()
            try:
                await self.ship_now()
            except (RecordStoreError, JournalError) as error:
                if not self.failing:
                    log.error("call records wait: %s", error)
                self.failing = str(error)
                self._changed.set()
                await asyncio.sleep(retry_seconds)
            else:
                if self.failing:
                    log.warning("records are taken again")
                self.failing = ""
                self.on_shipped()

    async def ship_now(self) -> None:
        """Write everything that changed. Raises `RecordStoreError`, `JournalError`."""
        async with self._shipping:
            waiting = list(self._dirty)
            for start in range(0, len(waiting), AT_ONCE):
                await self._ship(waiting[start : start + AT_ONCE], self._now())
            while self._late:
                await self._ship_late()
            while self._moves:
                await self._ship_moves()
            await self._forget()

    def _sweep(self, now: datetime) -> None:
        """Calls whose last fact never came are finished all the same after a time."""
        for call_id, kept in self._kept.items():
            if finished(kept.record, now):
                self._dirty[call_id] = None

    def _note(self, call_id: str, kept: _Kept, seq: int | None, fact: Fact) -> None:
        kept.version += 1
        if seq is not None:
            kept.seqs.append(seq)
            kept.unsent.append((seq, fact))
        self._dirty[call_id] = None
        self._changed.set()

    def _take_late(self, seq: int | None, fact: Fact) -> None:
        """A fact of no call, or of one whose record is finished: a message sent by hanging up."""
        if seq is None:
            return
        if call_of(fact):
            self.late += 1
            self._late.append((seq, fact))
        else:
            self._loose.append(seq)
        self._changed.set()

    async def _ship(self, call_ids: Sequence[str], now: datetime) -> None:
        """One transaction; what changed meanwhile stays to be shipped again."""
        batch = [(call_id, self._kept[call_id]) for call_id in call_ids]
        copies = [copy_of(kept.record) for _, kept in batch]
        versions = [kept.version for _, kept in batch]
        facts = [list(kept.unsent) for _, kept in batch]
        refused = await self._save(copies, facts)
        for (call_id, kept), copy, version, sent in zip(
            batch, copies, versions, facts, strict=True
        ):
            del kept.unsent[: len(sent)]
            if kept.version != version:
                continue
            del self._dirty[call_id]
            if finished(copy, now):
                if call_id not in refused:
                    self._loose += kept.seqs
                del self._kept[call_id]

    async def _save(
        self, records: list[CallRecord], facts: list[list[tuple[int, Fact]]]
    ) -> set[str]:
        """Save all; what the database will never take is left in the journal, loudly."""
        rows = [[(self._journal.id, seq, fact) for seq, fact in own] for own in facts]
        try:
            await self._store.save(records, [row for own in rows for row in own])
        except RecordRefusedError:
            refused = set()
            for record, own in zip(records, rows, strict=True):
                try:
                    await self._store.save([record], own)
                except RecordRefusedError as error:
                    log.error("the database refuses call %s: %s", record.call_id, error)
                    refused.add(record.call_id)
            return refused
        return set()

    async def _ship_late(self) -> None:
        """Facts without their record, which is in the database already."""
        facts = self._late[:AT_ONCE]
        rows = [(self._journal.id, seq, fact) for seq, fact in facts]
        try:
            await self._store.save([], rows)
        except RecordRefusedError:
            for row in rows:
                await self._ship_late_one(row)
        self._loose += [seq for seq, _ in facts]
        del self._late[: len(facts)]

    async def _ship_late_one(self, row: tuple[str, int, Fact]) -> None:
        try:
            await self._store.save([], [row])
        except RecordRefusedError as error:
            log.error("the database refuses a fact that came late: %s", error)

    async def _ship_moves(self) -> None:
        moves = list(islice(self._moves, AT_ONCE))
        try:
            await self._agent_log.moved(moves)
        except RecordRefusedError:
            for move in moves:
                await self._ship_move(move)
        for _ in moves:
            self._moves.popleft()

    async def _ship_move(self, move: AgentMove) -> None:
        try:
            await self._agent_log.moved([move])
        except RecordRefusedError as error:
            log.error("the database refuses a change of agent %s: %s", move.agent, error)

    async def _forget(self) -> None:
        done = list(self._loose)
        if done:
            await self._journal.forget(done)
            del self._loose[: len(done)]
