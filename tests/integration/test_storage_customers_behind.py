"""Counts of customers opened: random calls, questions and waits, each count against its rows."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, insert

from customers.surveys import SCALES, score
from monitoring.customer_counts import CustomerCounts
from storage import customers_behind
from storage.calls import CallStore
from storage.customer_measures import CustomerMeasureStore
from storage.customers_behind import (
    CustomerCall,
    CustomerCallStore,
    CustomerCount,
    CustomersWanted,
)
from storage.database import Database
from storage.errors import CursorError
from storage.tables import survey_answers, waits_told
from tests.integration.test_storage_customer_measures import SINCE, UNTIL, made

QUEUES = ("faults", "sales", "support", "")


def _asked(chance: random.Random, key: dict[str, Any], at: datetime) -> dict[str, Any]:
    """A question after the call, on its own scale or another, answered or not."""
    question = chance.choice([*SCALES, "other"])
    low, high = chance.choice([*SCALES.get(question, ()), (1, 3)])
    answer = chance.choice((None, low, chance.randint(low, high), high))
    return {
        **key, "question": question, "asked_at": at, "answer": answer,
        "low": None if answer is None else low, "high": None if answer is None else high,
    }  # fmt: skip


def _told(chance: random.Random, key: dict[str, Any], at: datetime) -> dict[str, Any]:
    """A wait that was told before the call was answered, if it was; some were told nothing."""
    high = chance.choice((0.0, 20.0, 60.0))
    return {
        **key, "at": at - timedelta(seconds=chance.choice((10, 20, 40, 100))),
        "queue": chance.choice(QUEUES[:3]), "position": 1, "expected_seconds": high / 2,
        "low_seconds": high / 2, "high_seconds": high,
    }  # fmt: skip


@pytest.fixture
async def store(database: Database, monkeypatch: pytest.MonkeyPatch) -> CustomerCallStore:
    monkeypatch.setattr(customers_behind, "_LOOKED_AT", timedelta(days=3))
    monkeypatch.setattr(customers_behind, "_AT_ONCE", timedelta(days=1, hours=5))
    chance = random.Random(4)
    calls = made(chance)
    for number, call in enumerate(calls):
        if chance.random() < 0.2:  # called once, and never again
            call.customer_id, call.caller_number = None, f"90{number}"
    await CallStore(database).save(calls, [])
    asked, told = [], []
    for call in calls:
        key = {"pbx": call.pbx, "call_id": call.call_id}
        asked += [_asked(chance, key, call.arrived_at)] if chance.random() < 0.8 else []
        told += [_told(chance, key, call.arrived_at)]
    # of a call that nobody kept
    asked.append(_asked(chance, {"pbx": "pbx1", "call_id": "gone"}, SINCE))

    def write(connection: Connection) -> None:
        connection.execute(insert(survey_answers), asked)
        connection.execute(insert(waits_told), told)

    await database.write(write)
    return CustomerCallStore(database)


async def _all(
    store: CustomerCallStore, count: CustomerCount, queues: list[str] | None, limit: int = 20
) -> list[CustomerCall]:
    found: list[CustomerCall] = []
    wanted = CustomersWanted(since=SINCE, until=UNTIL, count=count, queues=queues)
    cursor = None
    while True:
        page = await store.behind(wanted, cursor, limit)
        assert len(page.calls) <= limit
        found += page.calls
        cursor = page.next_cursor
        if cursor is None:
            return found


def _counts(counts: CustomerCounts) -> Iterator[tuple[CustomerCount, int]]:
    """Every count that can be opened, as the report has it."""
    for count in CustomerCount:
        question, _, part = count.rpartition("_")
        if question in counts.surveys:
            yield count, getattr(counts.surveys[question], part)
        elif count is CustomerCount.NO_REPEAT:
            yield count, counts.contacts - counts.came_back
        elif count is CustomerCount.LATE:
            yield count, counts.reached - counts.not_later
        else:
            yield count, getattr(counts, count)


async def test_every_count_is_as_many_rows(database: Database, store: CustomerCallStore) -> None:
    by_queue = {queue: CustomerCounts() for queue in QUEUES}
    for (queue, _), theirs in (await CustomerMeasureStore(database).counted(SINCE, UNTIL)).items():
        by_queue[queue].add(theirs)
    seen: Counter[CustomerCount] = Counter()
    for queue, counts in by_queue.items():
        for count, expected in _counts(counts):
            found = await _all(store, count, [queue])
            assert len(found) == expected, (queue, count)
            assert {one.queue for one in found} <= {queue}
            keys = [(one.at, one.pbx, one.call_id) for one in found]
            assert keys == sorted(set(keys), reverse=True)
            seen[count] += expected
        for question, answers in counts.surveys.items():
            scored = await _all(store, CustomerCount(f"{question}_scored"), [queue])
            given = [one.answer for one in scored]
            assert sum(score(question, one) for one in given if one is not None) == answers.score
    assert set(seen) == set(CustomerCount)
    assert min(seen.values()) > 0, seen
    for count in CustomerCount:
        assert len(await _all(store, count, None, limit=9)) == seen[count]


async def test_a_cursor_of_another_list_is_refused(store: CustomerCallStore) -> None:
    for count in (CustomerCount.CALLS, CustomerCount.TOLD, CustomerCount.CSAT_ASKED):
        wanted = CustomersWanted(since=SINCE, until=UNTIL, count=count)
        with pytest.raises(CursorError):
            await store.behind(wanted, "nonsense")
