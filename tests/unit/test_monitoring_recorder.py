"""The recorder's clock, and what it forgets."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from calls.events import AgentConnected, CallEnded, Fact, QueueJoined
from calls.tracker import Change
from monitoring import recorder
from monitoring.folding import LATEST_WRAP_UP
from monitoring.record import AgentMove, CallRecord
from monitoring.recorder import Recorder, RecordRefusedError
from tests.unit.facts import CALL, arrived, at, on_call

#: a talk whose wrap-up is never told
FACTS = (
    arrived(0), on_call(QueueJoined, 1, queue="soporte", position=1),
    on_call(AgentConnected, 5, queue="soporte", agent="1001"),
    on_call(CallEnded, 60, cause=16, sip_code=200),
)  # fmt: skip


class _Journal:
    id = "j"

    def __init__(self) -> None:
        self.forgotten: list[int] = []
        self.forgot = asyncio.Event()

    async def forget(self, seqs: Sequence[int]) -> None:
        """As `monitoring.recorder.Shipped`."""
        self.forgotten += seqs
        self.forgot.set()


class _Store:
    """Takes everything, or will never take this record."""

    def __init__(self) -> None:
        self.refuses = False

    async def save(
        self, records: Sequence[CallRecord], facts: Sequence[tuple[str, int, Fact]]
    ) -> None:
        """As `monitoring.recorder.RecordStore`."""
        if self.refuses and records:
            raise RecordRefusedError("a number out of range")

    async def moved(self, moves: Sequence[AgentMove]) -> None:
        """As `monitoring.recorder.AgentLog`."""


class _World:
    def __init__(self) -> None:
        self.now = at(61)
        self.journal, self.store = _Journal(), _Store()
        self.recorder = Recorder(self.journal, self.store, self.store, now=self._clock)
        for seq, one in enumerate(FACTS):
            self.recorder.fold(Change(one, seq=seq))

    def _clock(self) -> datetime:
        return self.now


async def test_a_call_that_is_never_written_up_is_finished_though_something_happens_all_the_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(recorder, "SWEEP_SECONDS", 0.05)
    world = _World()

    def something_happens() -> None:
        world.now = at(60) + LATEST_WRAP_UP + timedelta(seconds=1)
        world.recorder.agent_moved("pbx1", "1001", "ready", "", "", at(0))

    world.recorder.on_shipped = something_happens
    running = asyncio.create_task(world.recorder.run(gather_seconds=0))
    try:
        async with asyncio.timeout(20):
            await world.journal.forgot.wait()
    finally:
        running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running
    assert world.journal.forgotten == list(range(len(FACTS)))
    assert world.recorder.record(CALL) is None


async def test_a_record_that_is_refused_is_left_to_the_journal(
    caplog: pytest.LogCaptureFixture,
) -> None:
    world = _World()
    world.store.refuses = True
    await world.recorder.ship_now()
    assert world.recorder.record(CALL) is not None, "its call is not written up yet"
    world.now = at(60) + LATEST_WRAP_UP + timedelta(seconds=1)
    world.recorder.fold(Change(on_call(CallEnded, 60, cause=16, sip_code=200), seq=9))
    await world.recorder.ship_now()
    assert world.recorder.record(CALL) is None
    assert world.recorder.backlog == 0
    assert world.journal.forgotten == []
    assert caplog.text.count(f"the database refuses call {CALL}") == 2
