"""Measures are kept up to date while the database comes and goes."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Iterator

import pytest

from linea800.measuring import Measuring
from storage.errors import DatabaseUnavailableError
from storage.measures import MeasureStore
from tests.unit.facts import PBX


class Away(MeasureStore):
    """Measures in a database that answers as the test says."""

    def __init__(self, answers: Iterator[bool]) -> None:
        self._answers = answers
        self.marked, self.past, self.looks = 3, 2, 0
        self.done = asyncio.Event()

    async def look(self, pbx: str) -> None:
        assert pbx == PBX
        self.looks += 1
        there = next(self._answers, None)
        if there is None:
            self.done.set()
        elif not there:
            raise DatabaseUnavailableError("the database did not answer")

    async def mark_past(self, pbx: str) -> bool:
        self.past -= 1
        return self.past > 0

    async def recount(self, limit: int) -> int:
        self.marked = max(0, self.marked - 1)
        return self.marked


async def test_a_look_counts_until_nothing_is_left() -> None:
    measures = Away(iter([True, True]))
    measuring = Measuring(PBX, measures)
    assert await measuring.look()  # more of the past waits
    assert measures.marked == 0
    assert not await measuring.look()


async def test_a_database_that_is_away_is_told_of_once(caplog: pytest.LogCaptureFixture) -> None:
    measures = Away(iter([True, False, False, False, True, True]))
    measuring = Measuring(PBX, measures)
    running = asyncio.ensure_future(measuring.run(look_seconds=0))
    with caplog.at_level(logging.WARNING):
        async with asyncio.timeout(5):
            await measures.done.wait()
    running.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await running
    told = [record.message for record in caplog.records]
    assert told == [
        "measures wait for the database: the database did not answer",
        "measures are counted again",
    ]
    assert measuring.failing == ""
