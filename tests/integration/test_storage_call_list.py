"""Pages of calls: however a page is found, it has the calls that the filter says, each once."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection, delete

from monitoring.record import CallRecord, QueueStay
from storage import call_list
from storage.call_list import CallFilter
from storage.calls import CallStore
from storage.database import Database
from storage.tables import calls

BEGAN = datetime(2025, 3, 4, 5, 6, 7, 123456, tzinfo=UTC)
QUEUES = ("faults", "sales", "support", "rare")
AGENTS = ("201", "202", "203")
NUMBERS = ("0800123", "573001", "573002", "573003")
OUTCOMES = ("handled", "abandoned", "unserved")
CALLS = 150


def made(chance: random.Random) -> list[CallRecord]:
    """Calls of two switches; many arrived in the same moment, some were in one queue twice."""
    return [a_call(number, chance) for number in range(CALLS)]


def a_call(number: int, chance: random.Random) -> CallRecord:
    arrived = BEGAN + timedelta(seconds=chance.randrange(CALLS // 4))
    stays = [
        QueueStay(
            queue=chance.choices(QUEUES, (9, 9, 9, 1))[0],
            joined_at=arrived + timedelta(seconds=place),
            agent=chance.choice(("", *AGENTS)),
        )
        for place in range(chance.choice((0, 1, 1, 2, 4)))
    ]
    return CallRecord(
        pbx=chance.choice(("pbx1", "pbx2")),
        call_id=f"c{number:03}",
        direction=chance.choices(("inbound", "dialed"), (9, 1))[0],
        number_called=chance.choices(NUMBERS, (9, 1, 1, 1))[0],
        caller_number=chance.choice(NUMBERS),
        campaign_id=chance.choice(("", "", "winback")),
        outcome=chance.choices(OUTCOMES, (20, 9, 1))[0],
        arrived_at=arrived,
        stays=stays,
    )


def a_filter(chance: random.Random) -> CallFilter:
    def maybe(*values: str) -> str | None:
        return chance.choice(values) if chance.random() < 0.3 else None

    def moment() -> datetime | None:
        if chance.random() < 0.5:
            return None
        return BEGAN + timedelta(seconds=chance.randrange(CALLS // 4))

    seen = None
    if chance.random() < 0.4:
        seen = frozenset(chance.sample(QUEUES, chance.randint(0, len(QUEUES))))
    return CallFilter(
        direction=maybe("inbound", "dialed"),
        queue=maybe(*QUEUES),
        agent=maybe(*AGENTS),
        outcome=maybe(*OUTCOMES),
        campaign_id=maybe("winback", "nowhere"),
        number=maybe(*NUMBERS),
        arrived_from=moment(),
        arrived_until=moment(),
        seen_queues=seen,
    )


def meant(call: CallRecord, wanted: CallFilter) -> bool:
    """What the filter says, in words that know of no database."""
    at_hand = [
        (wanted.direction, {call.direction}),
        (wanted.outcome, {call.outcome}),
        (wanted.campaign_id, {call.campaign_id}),
        (wanted.number, {call.number_called, call.caller_number}),
    ]
    return (
        all(value is None or value in had for value, had in at_hand)
        and (wanted.arrived_from is None or call.arrived_at >= wanted.arrived_from)
        and (wanted.arrived_until is None or call.arrived_at < wanted.arrived_until)
        and (
            wanted.seen_queues is None or any(one.queue in wanted.seen_queues for one in call.stays)
        )
        and (
            (wanted.queue is None and wanted.agent is None)
            or any(
                wanted.queue in (None, one.queue) and wanted.agent in (None, one.agent)
                for one in call.stays
            )
        )
    )


def in_order(found: Sequence[CallRecord]) -> list[CallRecord]:
    return sorted(found, key=lambda one: (one.arrived_at, one.pbx, one.call_id), reverse=True)


async def walked(store: CallStore, wanted: CallFilter, limit: int) -> list[CallRecord]:
    """Every page, one after the other."""
    found: list[CallRecord] = []
    cursor = None
    while True:
        page = await store.find(wanted, cursor, limit)
        assert len(page.calls) == limit or page.next_cursor is None
        found += page.calls
        if (cursor := page.next_cursor) is None:
            return found


@pytest.mark.parametrize(("few", "most_queues"), [(1, 50), (12, 2)])
async def test_pages_have_what_the_filter_says(
    database: Database, monkeypatch: pytest.MonkeyPatch, few: int, most_queues: int
) -> None:
    monkeypatch.setattr(call_list, "_FEW", few)
    monkeypatch.setattr(call_list, "MOST_QUEUES", most_queues)
    chance = random.Random(f"{few} {most_queues}")
    store, every = CallStore(database), made(chance)
    await store.save(every, [])
    lengths = set()
    for _ in range(40):
        wanted = a_filter(chance)
        expected = in_order([call for call in every if meant(call, wanted)])
        limit = chance.choice((2, 7, 100) if len(expected) < 12 else (19, 100))
        assert await walked(store, wanted, limit) == expected, wanted
        lengths.add(len(expected))
    assert len(lengths) > 10, "most filters found something else"


async def test_stay_has_the_arrival_that_its_call_has_now(database: Database) -> None:
    store = CallStore(database)
    call = a_call(1, random.Random(1))
    call.stays = [QueueStay(queue="faults", joined_at=BEGAN)]
    await store.save([call], [])
    earlier = call.arrived_at - timedelta(minutes=5)
    call.arrived_at, call.ended_at = earlier, BEGAN + timedelta(minutes=1)
    await store.save([call], [])
    before = CallFilter(queue="faults", arrived_until=earlier + timedelta(seconds=1))
    assert (await store.find(before)).calls == [call]


async def test_page_of_an_erased_call_goes_on(database: Database) -> None:
    """A cursor names a place, not a call."""
    chance = random.Random(4)
    store, every = CallStore(database), made(chance)
    await store.save(every, [])
    wanted = CallFilter(seen_queues=frozenset({"faults", "support"}))
    expected = in_order([call for call in every if meant(call, wanted)])
    first = await store.find(wanted, limit=10)
    last = first.calls[-1]

    def erase(connection: Connection) -> None:
        connection.execute(
            delete(calls).where(calls.c.pbx == last.pbx, calls.c.call_id == last.call_id)
        )

    await database.write(erase)
    second = await store.find(wanted, first.next_cursor, limit=10)
    assert second.calls == expected[10:20]
