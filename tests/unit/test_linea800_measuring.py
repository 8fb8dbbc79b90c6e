"""Measures are kept up to date while the database comes and goes."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Iterator
from datetime import datetime

import pytest

from calls.events import LinkUp
from calls.tracker import Change
from linea800.measuring import Measuring, lived_until
from storage.errors import DatabaseUnavailableError
from storage.measures import MeasureStore
from tests.unit.facts import PBX, at, fact


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


class Looked(MeasureStore):
    """Measures that were looked at at this moment."""

    def __init__(self, moment: datetime | None) -> None:
        self._moment = moment

    async def looked_at(self, pbx: str) -> datetime | None:
        assert pbx == PBX
        return self._moment


@pytest.mark.parametrize(
    ("looked", "journal", "seen"),
    [
        # an empty journal tells nothing: the agents of Friday did not work the whole weekend
        (100, None, 100),
        (100, 90, 100),
        (100, 110, 110),
        (None, 90, 90),
        (None, None, 5000),
        (9000, None, 5000),
    ],
)
async def test_until_when_the_service_before_this_one_lived(
    looked: float | None, journal: float | None, seen: float
) -> None:
    past = [] if journal is None else [Change(fact=fact(LinkUp, journal, booted_at=at(0)))]
    measures = Looked(None if looked is None else at(looked))
    assert await lived_until(PBX, measures, past, at(5000)) == at(seen)


async def test_a_database_that_is_away_is_told_of_once(caplog: pytest.LogCaptureFixture) -> None:
    measures = Away(iter([True, False, False, False, True, True]))
    measuring = Measuring(PBX, measures)
    running = asyncio.ensure_future(measuring.run(look_seconds=0))
    with caplog.at_level(logging.WARNING):
        async with asyncio.timeout(60):
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
