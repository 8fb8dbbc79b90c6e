"""Call records in the database: nothing that was known is forgotten, every list is complete."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import insert

from calls.events import (
    AgentConnected,
    AgentOffered,
    AgentReleased,
    CallAnswered,
    CallArrived,
    CallEnded,
    Fact,
    HangUpAsked,
    HoldEnded,
    HoldStarted,
    MenuChosen,
    MenuEntered,
    MenuMissed,
    QueueJoined,
    WrapUpEnded,
    WrapUpStarted,
)
from dialer.attempt import AttemptResult, Outcome
from dialer.campaign import Campaign, CampaignState
from dialer.lead import NewLead
from monitoring.folding import fold, opened_by
from monitoring.record import CallRecord, QueueStay
from storage.call_list import CallFilter
from storage.calls import CallStore
from storage.campaigns import CampaignStore
from storage.database import Database
from storage.errors import CursorError, DatabaseRefusedError
from storage.tables import call_facts
from tests.unit.judges import reserved

NOW = datetime(2025, 3, 4, 5, 6, 7, 123456, tzinfo=UTC)


@pytest.fixture
def store(database: Database) -> CallStore:
    return CallStore(database)


def a_long_call(call_id: str = "c1", began: datetime = NOW) -> list[Fact]:
    """A call with everything in it: a menu, a queue, two holds, wrap-up."""
    call = {"pbx": "pbx1", "call_id": call_id}
    agent = {"queue": "support", "agent": "201"}

    def at(seconds: float) -> datetime:
        return began + timedelta(seconds=seconds)

    return [
        CallArrived(
            at=at(0),
            **call,
            number_called="018000123",
            caller_number="573001112233",
            caller_name="Ñ\x00",
        ),
        CallAnswered(at=at(0.1), **call),
        MenuEntered(at=at(0.2), **call, menu="main", node="start", language="es"),
        MenuMissed(at=at(5), **call, menu="main", node="start", kind="no_input"),
        MenuEntered(at=at(5.1), **call, menu="main", node="start", language="es"),
        MenuChosen(at=at(8), **call, menu="main", node="start", choice="support"),
        QueueJoined(at=at(9), **call, queue="support", position=1),
        AgentOffered(at=at(10), **call, **agent),
        AgentConnected(at=at(12), **call, **agent),
        HoldStarted(at=at(20), **call),
        HoldEnded(at=at(25.5), **call),
        HoldStarted(at=at(30), **call),
        HoldEnded(at=at(33), **call),
        HangUpAsked(at=at(40), **call, cause=16),
        AgentReleased(at=at(40), **call, **agent, ended_by="customer"),
        CallEnded(at=at(40.1), **call, cause=16, sip_code=200),
        WrapUpStarted(at=at(40.2), **call, agent="201", until=at(60)),
        WrapUpEnded(at=at(50), **call, agent="201", how="agent", disposition="solved"),
    ]


def versions(facts: list[Fact]) -> list[CallRecord]:
    """The record as it was after each fact."""
    record = opened_by(facts[0])
    assert record is not None
    found = [deepcopy(record)]
    for fact in facts[1:]:
        fold(record, fact)
        found.append(deepcopy(record))
    return found


def as_stored(record: CallRecord) -> CallRecord:
    """What of a record can come back: a NUL in a name cannot."""
    return replace(record, caller_name=record.caller_name.replace("\x00", "\ufffd"))


def call(number: int, **changes: object) -> CallRecord:
    """The numbered call of a row of calls, a second apart."""
    record = CallRecord(
        pbx="pbx1",
        call_id=f"c{number:03}",
        direction="inbound",
        number_called="018000123",
        caller_number=f"5730000{number:03}",
        arrived_at=NOW + timedelta(seconds=number),
    )
    for name, value in changes.items():
        setattr(record, name, value)
    return record


async def test_record_comes_back_as_it_was(store: CallStore) -> None:
    for version in versions(a_long_call()):
        await store.save([version], [])
        assert await store.get("pbx1", "c1") == as_stored(version)
    assert await store.get("pbx2", "c1") is None
    assert await store.get("pbx1", "c2") is None


async def test_order_and_repetition_do_not_matter(store: CallStore) -> None:
    for seed in range(10):
        chance = random.Random(seed)
        every = versions(a_long_call(f"c{seed}"))
        shuffled = every + chance.choices(every, k=10)
        chance.shuffle(shuffled)
        while shuffled:
            some = [shuffled.pop() for _ in range(min(len(shuffled), chance.randint(1, 5)))]
            await store.save(some, [])
        assert await store.get("pbx1", f"c{seed}") == as_stored(every[-1])


async def test_end_is_never_erased(store: CallStore) -> None:
    ended = call(1, ended_at=NOW + timedelta(seconds=9), outcome="abandoned", cause=16)
    await store.save([ended], [])
    stay = QueueStay(queue="q", joined_at=NOW, agent="201", offered_at=NOW, connected_at=NOW)
    richer_but_open = call(1, caller_name="Ana", menu="main", language="es", stays=[stay])
    await store.save([richer_but_open], [])
    assert await store.get("pbx1", "c001") == ended
    assert await store.open_calls("pbx1") == []


async def test_end_seen_after_a_restart_keeps_what_came_before(store: CallStore) -> None:
    facts = a_long_call()
    await store.save([versions(facts)[6]], [])
    # all that a service learns that was started meanwhile, and knows nothing of the call
    late = call(1, call_id="c1", ended_at=NOW + timedelta(seconds=99), end_reason="lost_sync")
    await store.save([late], [])
    stored = await store.get("pbx1", "c1")
    assert stored is not None
    assert stored.end_reason == "lost_sync"
    assert stored.ended_at == late.ended_at
    assert (stored.menu, stored.language) == ("main", "es")
    assert len(stored.menu_path) == 2


async def test_facts_are_kept_once_and_in_order(store: CallStore) -> None:
    facts = a_long_call()
    rows = [("journal-1", seq, fact) for seq, fact in enumerate(facts, 10)]
    other = ("journal-1", 5, a_long_call("c2")[0])
    await store.save([], rows[::-1])
    await store.save([], [*rows, other])
    expected = [replace(facts[0], at=facts[0].at), *facts[1:]]
    assert await store.facts("pbx1", "c1") == expected
    assert await store.facts("pbx1", "c2") == [other[2]]
    assert await store.facts("pbx2", "c1") == []


async def test_facts_of_a_newer_version_are_left_out(store: CallStore, database: Database) -> None:
    facts = a_long_call()[:2]
    await store.save([], [("j", seq, fact) for seq, fact in enumerate(facts)])
    strange = {"pbx": "pbx1", "journal": "j", "call_id": "c1", "at": NOW}
    rows = [
        {**strange, "seq": 7, "kind": "CallSangASong", "body": {"call_id": "c1"}},
        {**strange, "seq": 8, "kind": "CallRang", "body": {"tune": "c1"}},
    ]
    await database.write(lambda connection: connection.execute(insert(call_facts), rows))
    assert await store.facts("pbx1", "c1") == facts


async def test_all_is_saved_or_nothing(store: CallStore) -> None:
    naive = call(2, ended_at=NOW.replace(tzinfo=None))
    with pytest.raises(DatabaseRefusedError):
        await store.save([call(1), naive], [("j", 1, a_long_call()[0])])
    assert await store.get("pbx1", "c001") is None
    assert await store.facts("pbx1", "c1") == []


async def test_much_is_saved_at_once(store: CallStore) -> None:
    records = [call(number) for number in range(2500)]
    facts = [("j", number, a_long_call(f"c{number % 700}")[0]) for number in range(4500)]
    await store.save(records, facts)
    assert len(await store.open_calls("pbx1")) == 2500
    assert len(await store.facts("pbx1", "c699")) == 6


async def test_open_calls_of_one_switch(store: CallStore) -> None:
    await store.save(
        [
            call(3),
            call(1),
            call(2, ended_at=NOW),
            call(4, pbx="pbx2"),
        ],
        [],
    )
    assert [record.call_id for record in await store.open_calls("pbx1")] == ["c001", "c003"]
    assert [record.call_id for record in await store.open_calls("pbx2")] == ["c004"]
    assert await store.open_calls("pbx3") == []


# --- lists


@pytest.fixture
async def listed(store: CallStore) -> CallStore:
    """Forty calls, some at the very same moment, of two queues and two agents."""
    records = []
    for number in range(40):
        queue, agent = ("support", "sales")[number % 2], ("201", "202")[number % 4 // 2]
        stay = QueueStay(queue=queue, joined_at=NOW, agent=agent)
        record = call(number, outcome=("handled", "abandoned")[number % 5 == 0], stays=[stay])
        record.arrived_at = NOW + timedelta(seconds=number // 4)
        if number % 10 == 0:
            record.direction, record.campaign_id, record.lead_id = "dialed", "camp", number
            record.number_called, record.caller_number = f"5731{number:02}", ""
        if number == 7:  # transferred: each stay has its own agent
            record.stays.append(QueueStay(queue="support", joined_at=NOW, agent="202"))
        records.append(record)
    random.Random(1).shuffle(records)
    await store.save(records, [])
    return store


async def every_page(store: CallStore, wanted: CallFilter, limit: int) -> list[str]:
    found: list[str] = []
    cursor = None
    while True:
        page = await store.find(wanted, cursor, limit)
        assert len(page.calls) <= limit
        found += [record.call_id for record in page.calls]
        cursor = page.next_cursor
        if cursor is None:
            return found
        assert len(page.calls) == limit


async def test_pages_are_complete_and_newest_first(listed: CallStore) -> None:
    expected = [f"c{number:03}" for number in reversed(range(40))]
    for limit in (1, 7, 20, 39, 40, 41):
        assert await every_page(listed, CallFilter(), limit) == expected


async def test_filters(listed: CallStore) -> None:
    cases: list[tuple[CallFilter, set[int]]] = [
        (CallFilter(direction="dialed"), {0, 10, 20, 30}),
        (CallFilter(campaign_id="camp"), {0, 10, 20, 30}),
        (CallFilter(outcome="abandoned"), set(range(0, 40, 5))),
        (CallFilter(queue="sales"), set(range(1, 40, 2))),
        (CallFilter(agent="202"), {n for n in range(40) if n % 4 >= 2}),
        (CallFilter(queue="sales", agent="201"), set(range(1, 40, 4))),
        (CallFilter(queue="support", agent="202"), {7, *range(2, 40, 4)}),
        (CallFilter(queue="nowhere"), set()),
        (CallFilter(number="5730000003"), {3}),
        (CallFilter(number="573110"), {10}),
        (CallFilter(number="' OR 1=1 --"), set()),
        (CallFilter(arrived_from=NOW + timedelta(seconds=9)), {36, 37, 38, 39}),
        (CallFilter(arrived_until=NOW + timedelta(seconds=1)), {0, 1, 2, 3}),
        (
            CallFilter(
                arrived_from=(NOW + timedelta(seconds=1)).astimezone(timezone(timedelta(hours=-5))),
                arrived_until=NOW + timedelta(seconds=2),
                direction="inbound",
            ),
            {4, 5, 6, 7},
        ),
    ]
    for wanted, numbers in cases:
        expected = [f"c{number:03}" for number in sorted(numbers, reverse=True)]
        assert await every_page(listed, wanted, 3) == expected, wanted


async def test_pages_stand_still_while_calls_arrive(listed: CallStore) -> None:
    first = await listed.find(CallFilter(), None, 20)
    newer = call(99)
    await listed.save([newer], [])
    second = await listed.find(CallFilter(), first.next_cursor, 20)
    ids = [record.call_id for record in first.calls + second.calls]
    assert ids == [f"c{number:03}" for number in reversed(range(40))]


async def test_wrong_cursor_and_wrong_limit_are_named(store: CallStore) -> None:
    with pytest.raises(CursorError, match="cursor"):
        await store.find(CallFilter(), "AAAA")
    for limit in (-1, 0, 1001):
        with pytest.raises(ValueError, match="1 to 1000"):
            await store.find(CallFilter(), limit=limit)


async def test_counts(store: CallStore, database: Database) -> None:
    talked = QueueStay(queue="q", joined_at=NOW, connected_at=NOW, agent="201")
    waited = QueueStay(queue="q", joined_at=NOW)
    later = NOW + timedelta(minutes=5)
    await store.save(
        [
            call(1, stays=[talked], ended_at=later, outcome="handled"),
            call(2, stays=[waited, talked]),
            call(3, stays=[waited], ended_at=later, outcome="abandoned"),
            call(4, stays=[waited]),
            call(5, ended_at=later, outcome="self_service"),
            call(6, arrived_at=NOW - timedelta(seconds=1), ended_at=later, outcome="abandoned"),
            call(7, direction="dialed", stays=[talked], ended_at=later, outcome="connected"),
        ],
        [],
    )
    book = CampaignStore(database)
    await book.create(
        Campaign(
            id="camp",
            name="Camp",
            queue="q",
            country="CO",
            caller_number="6011",
            state=CampaignState.RUNNING,
            created_at=NOW,
        )
    )

    async def people() -> AsyncIterator[list[NewLead]]:
        yield [NewLead(number=f"57300{n}", name="", extra={}) for n in range(4)]

    await book.add_leads("camp", people(), NOW)
    for attempt in (await reserved(book, "camp", 4, pbx="pbx1", now=NOW))[:3]:
        outcome = Outcome.CONNECTED if attempt.ordinal == 1 else Outcome.BUSY
        await book.end(
            AttemptResult(
                attempt_id=attempt.id,
                outcome=outcome,
                ended_at=later,
                answered_at=None,
                connected_at=None,
                cause=None,
                sip_code=None,
                agent="",
                retry_at=None,
            )
        )
    counts = await store.counts(NOW)
    assert (counts.offered, counts.answered, counts.abandoned) == (5, 2, 1)
    assert counts.by_outcome == {"handled": 1, "abandoned": 1, "self_service": 1}
    assert counts.attempts == {"connected": 3}
