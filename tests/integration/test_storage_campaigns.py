"""The dialer's book: leads are given once, attempts end once, nobody is dialed twice."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert, select, update

from dialer.attempt import Attempt, AttemptResult, Outcome
from dialer.book import LeadCounts, ListImported
from dialer.campaign import Campaign, CampaignState, RetryRule
from dialer.lead import Lead, LeadState, NewLead
from storage import tables
from storage.campaigns import CampaignExistsError, CampaignStore
from storage.database import Database
from storage.errors import CursorError, DatabaseRefusedError
from tests.unit.judges import reserved

NOW = datetime(2025, 3, 4, 5, 6, 7, 123456, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)


def campaign(**changes: object) -> Campaign:
    plain = Campaign(
        id="camp",
        name="Recuperación de marzo",
        queue="sales",
        country="CO",
        caller_number="6017654321",
        state=CampaignState.RUNNING,
        created_at=NOW,
    )
    return replace(plain, **changes)  # type: ignore[arg-type]  # names come as words


def result(attempt: Attempt, **changes: object) -> AttemptResult:
    plain = AttemptResult(
        attempt_id=attempt.id,
        outcome=Outcome.BUSY,
        ended_at=NOW + timedelta(seconds=30),
        answered_at=None,
        connected_at=None,
        cause=17,
        sip_code=486,
        agent="",
        retry_at=LATER,
    )
    return replace(plain, **changes)  # type: ignore[arg-type]  # names come as words


async def people(count: int, *, batch: int = 1000, first: int = 0) -> AsyncIterator[list[NewLead]]:
    for start in range(first, first + count, batch):
        yield [
            NewLead(number=f"57{number:010}", name=f"Señor {number}", extra={"plan": "HD"})
            for number in range(start, min(start + batch, first + count))
        ]


@pytest.fixture
async def book(database: Database) -> CampaignStore:
    """A running campaign of ten leads, all due."""
    store = CampaignStore(database)
    await store.create(campaign())
    await store.add_leads("camp", people(10), NOW)
    return store


# --- campaigns


async def test_campaign_comes_back_as_it_was(database: Database) -> None:
    store = CampaignStore(database)
    first = campaign()
    second = campaign(
        id="other",
        created_at=LATER,
        state=CampaignState.DRAFT,
        pacing="predictive",
        ring_seconds=17.5,
        cancel_after_seconds=15.5,
        max_lines=3,
        retry=RetryRule(max_attempts=9, minutes={Outcome.BUSY: 2.5}),
    )
    await store.create(second)
    await store.create(first)
    assert await store.get("camp") == first
    assert await store.get("nowhere") is None
    assert await store.campaigns() == [first, second]


async def test_campaign_is_created_once(book: CampaignStore) -> None:
    with pytest.raises(CampaignExistsError, match="camp"):
        await book.create(campaign(name="another"))
    stored = await book.get("camp")
    assert stored is not None
    assert stored.name == "Recuperación de marzo"


async def test_state_is_written(book: CampaignStore) -> None:
    paused = await book.set_state("camp", CampaignState.PAUSED, LATER)
    assert paused == campaign(state=CampaignState.PAUSED)
    assert await book.get("camp") == paused
    with pytest.raises(KeyError, match="nowhere"):
        await book.set_state("nowhere", CampaignState.RUNNING, NOW)


# --- lists


async def test_number_already_there_is_left_as_it_is(book: CampaignStore) -> None:
    (attempt,) = await reserved(book, "camp", 1, pbx="pbx1", now=NOW)
    before = await book.lead(attempt.lead_id)

    async def again() -> AsyncIterator[Sequence[NewLead]]:
        yield []
        async for batch in people(12, batch=5):
            yield [replace(lead, name="changed") for lead in batch]
        yield [NewLead(number="1", name="", extra={}), NewLead(number="1", name="", extra={})]

    assert await book.add_leads("camp", again(), LATER) == ListImported(3, 11)
    assert await book.lead(attempt.lead_id) == before
    assert await book.lead_counts("camp", NOW) == LeadCounts(due=9, later=3, reserved=1, done=0)


async def test_two_campaigns_may_have_the_same_number(book: CampaignStore) -> None:
    await book.create(campaign(id="other"))
    assert await book.add_leads("other", people(10), NOW) == ListImported(10, 0)


async def test_list_of_no_campaign_is_refused(book: CampaignStore) -> None:
    with pytest.raises(KeyError, match="nowhere"):
        await book.add_leads("nowhere", people(1), NOW)


async def test_lead_comes_back_as_it_was(book: CampaignStore) -> None:
    (attempt,) = await reserved(book, "camp", 1, pbx="pbx1", now=NOW)
    lead = await book.lead(attempt.lead_id)
    assert lead is not None
    assert lead == Lead(
        id=attempt.lead_id,
        campaign_id="camp",
        list_id=lead.list_id,
        number=attempt.number,
        name="Señor 0",
        extra={"plan": "HD"},
        state=LeadState.RESERVED,
        attempts=1,
        next_at=NOW,
        last_outcome=None,
        external_id="",
        zone="",
        priority=0,
        score=0.0,
        wanted_agent="",
        reason="",
    )
    assert await book.lead(-1) is None


async def test_a_long_list_comes_in_batch_by_batch(book: CampaignStore) -> None:
    imported = await book.add_leads("camp", people(20_000, batch=8_000), NOW)
    assert imported == ListImported(19_990, 10)


# --- reserving


async def test_reserve_writes_attempts_before_anything_is_dialed(
    book: CampaignStore,
) -> None:
    taken = await reserved(book, "camp", 3, pbx="pbx1", now=NOW)
    assert [attempt.number for attempt in taken] == [f"57{n:010}" for n in range(3)]
    for attempt in taken:
        assert attempt.id.startswith("attempt-")
        assert (attempt.ordinal, attempt.intended_at, attempt.pbx) == (1, NOW, "pbx1")
        assert attempt.ended_at is None
    assert await book.open_attempts("pbx1") == sorted(taken, key=lambda attempt: attempt.id)
    assert await book.open_attempts("pbx2") == []
    assert await book.lead_counts("camp", NOW) == LeadCounts(due=7, later=0, reserved=3, done=0)


async def test_those_due_longest_come_first(book: CampaignStore) -> None:
    first, second, *_ = await reserved(book, "camp", 10, pbx="pbx1", now=NOW)
    await book.end(result(first, retry_at=LATER))
    await book.end(result(second, retry_at=LATER - timedelta(minutes=1)))
    assert await reserved(book, "camp", 5, pbx="pbx1", now=NOW) == []
    again = await reserved(book, "camp", 5, pbx="pbx1", now=LATER)
    assert [attempt.lead_id for attempt in again] == [second.lead_id, first.lead_id]
    assert [attempt.ordinal for attempt in again] == [2, 2]


async def test_only_a_running_campaign_gives_leads(book: CampaignStore) -> None:
    for state in set(CampaignState) - {CampaignState.RUNNING}:
        await book.set_state("camp", state, NOW)
        assert await reserved(book, "camp", 5, pbx="pbx1", now=NOW) == []
    assert await reserved(book, "nowhere", 5, pbx="pbx1", now=NOW) == []
    await book.set_state("camp", CampaignState.RUNNING, NOW)
    assert await reserved(book, "camp", 0, pbx="pbx1", now=NOW) == []
    assert await reserved(book, "camp", -1, pbx="pbx1", now=NOW) == []
    assert len(await reserved(book, "camp", 50, pbx="pbx1", now=NOW)) == 10


async def test_many_who_reserve_at_once_share_the_leads(book: CampaignStore) -> None:
    await book.add_leads("camp", people(90, first=10), NOW)

    async def take(pbx: str) -> list[Attempt]:
        taken: list[Attempt] = []
        while some := await reserved(book, "camp", 3, pbx=pbx, now=NOW):
            taken += some
        return taken

    taken = [
        attempt
        for mine in await asyncio.gather(*(take(f"pbx{n}") for n in range(8)))
        for attempt in mine
    ]
    assert len(taken) == 100
    assert len({attempt.lead_id for attempt in taken}) == 100
    assert len({attempt.id for attempt in taken}) == 100


# --- ending


async def test_end_writes_the_attempt_and_the_leads_future(book: CampaignStore) -> None:
    retried, over = await reserved(book, "camp", 2, pbx="pbx1", now=NOW)
    assert await book.end(result(retried))
    talked = result(
        over,
        outcome=Outcome.CONNECTED,
        answered_at=NOW + timedelta(seconds=8),
        connected_at=NOW + timedelta(seconds=9),
        ended_at=NOW + timedelta(seconds=99),
        cause=16,
        sip_code=200,
        agent="201",
        retry_at=None,
    )
    assert await book.end(talked)
    page = await book.attempts("camp")
    stored = {attempt.id: attempt for attempt in page.attempts}
    assert stored[over.id] == replace(
        over,
        answered_at=talked.answered_at,
        connected_at=talked.connected_at,
        ended_at=talked.ended_at,
        outcome=Outcome.CONNECTED,
        cause=16,
        sip_code=200,
        agent="201",
    )
    assert await book.open_attempts("pbx1") == []
    done, waits = await book.lead(over.lead_id), await book.lead(retried.lead_id)
    assert done is not None
    assert waits is not None
    assert (done.state, done.last_outcome, done.next_at) == (
        LeadState.DONE,
        Outcome.CONNECTED,
        NOW,
    )
    assert (waits.state, waits.last_outcome, waits.next_at) == (
        LeadState.WAITING,
        Outcome.BUSY,
        LATER,
    )
    assert await book.lead_counts("camp", NOW) == LeadCounts(due=8, later=1, reserved=0, done=1)


async def test_attempt_ends_once(book: CampaignStore) -> None:
    (attempt,) = await reserved(book, "camp", 1, pbx="pbx1", now=NOW)
    assert await book.end(result(attempt))
    (again,) = [
        new
        for new in await reserved(book, "camp", 99, pbx="pbx1", now=LATER)
        if new.lead_id == attempt.lead_id
    ]
    # a late repetition of the first end must not touch the attempt that is under way now
    assert not await book.end(result(attempt, outcome=Outcome.CONNECTED, retry_at=None))
    lead = await book.lead(attempt.lead_id)
    assert lead is not None
    assert (lead.state, lead.attempts, lead.last_outcome) == (LeadState.RESERVED, 2, Outcome.BUSY)
    assert again in await book.open_attempts("pbx1")
    assert not await book.end(replace(result(attempt), attempt_id="attempt-unknown"))


async def test_several_end_in_one_transaction_or_none_does(book: CampaignStore) -> None:
    first, second, third = await reserved(book, "camp", 3, pbx="pbx1", now=NOW)
    naive = result(second, ended_at=NOW.replace(tzinfo=None))
    with pytest.raises(DatabaseRefusedError):
        await book.end_all([result(first), naive])
    assert len(await book.open_attempts("pbx1")) == 3
    assert await book.end_all([result(first), result(third), result(first)]) == [True, True, False]
    assert await book.open_attempts("pbx1") == [second]
    counts = await book.lead_counts("camp", NOW)
    assert (counts.due, counts.later, counts.reserved, counts.done) == (7, 2, 1, 0)
    assert await book.end_all([]) == []


async def test_end_told_by_many_at_once_counts_once(book: CampaignStore) -> None:
    (attempt,) = await reserved(book, "camp", 1, pbx="pbx1", now=NOW)
    told = await asyncio.gather(*(book.end(result(attempt)) for _ in range(8)))
    assert sorted(told) == [False] * 7 + [True]


async def test_database_itself_refuses_a_second_open_attempt(
    book: CampaignStore, database: Database
) -> None:
    (attempt,) = await reserved(book, "camp", 1, pbx="pbx1", now=NOW)
    row = {
        "pbx": "pbx1",
        "campaign_id": "camp",
        "lead_id": attempt.lead_id,
        "number": attempt.number,
        "intended_at": NOW,
        "agent": "",
        "caller_number": "",
        "wanted_agent": "",
        "disposition": "",
    }

    async def write(**more: object) -> None:
        statement = insert(tables.attempts).values(**row, **more)
        await database.write(lambda connection: connection.execute(statement))

    with pytest.raises(DatabaseRefusedError):
        await write(id="a", ordinal=2)
    with pytest.raises(DatabaseRefusedError):
        await write(id="b", ordinal=1, ended_at=NOW, outcome="busy")
    await write(id="c", ordinal=2, ended_at=NOW, outcome="busy")


async def test_reservation_that_fails_halfway_takes_nothing(
    book: CampaignStore, database: Database
) -> None:
    (attempt,) = await reserved(book, "camp", 1, pbx="pbx1", now=NOW)
    # as if the lead's row had been put back by hand while its attempt is open
    put_back = (
        update(tables.leads)
        .where(tables.leads.c.id == attempt.lead_id)
        .values(state=LeadState.READY)
    )
    await database.write(lambda connection: connection.execute(put_back))
    with pytest.raises(DatabaseRefusedError):
        await reserved(book, "camp", 5, pbx="pbx1", now=NOW)
    states = [row.state for row in await database.rows(select(tables.leads.c.state))]
    assert states == ["ready"] * 10
    assert len(await book.open_attempts("pbx1")) == 1


# --- lists of attempts


async def test_attempts_in_pages(book: CampaignStore) -> None:
    taken: list[Attempt] = []
    for minute in range(3):
        now = NOW + timedelta(minutes=minute)
        taken += await reserved(book, "camp", 3, pbx="pbx1", now=now)
    expected = sorted(taken, key=lambda attempt: (attempt.intended_at, attempt.id), reverse=True)
    for limit in (1, 2, 3, 8, 9, 10):
        found: list[Attempt] = []
        page = await book.attempts("camp", None, limit)
        found += page.attempts
        while page.next_cursor is not None:
            page = await book.attempts("camp", page.next_cursor, limit)
            found += page.attempts
        assert found == expected
    assert (await book.attempts("nowhere")).attempts == []
    with pytest.raises(CursorError):
        await book.attempts("camp", "AAAA")
    with pytest.raises(ValueError, match="1 to 1000"):
        await book.attempts("camp", None, 0)


async def test_attempt_counts(book: CampaignStore) -> None:
    first = await reserved(book, "camp", 4, pbx="pbx1", now=NOW)
    for attempt, outcome in zip(
        first, [Outcome.BUSY, Outcome.BUSY, Outcome.ABANDONED], strict=False
    ):
        await book.end(result(attempt, outcome=outcome))
    await reserved(book, "camp", 1, pbx="pbx1", now=LATER)
    counts = await book.attempt_counts("camp")
    assert counts.open == 2
    assert counts.by_outcome == {Outcome.BUSY: 2, Outcome.ABANDONED: 1}
    recent = await book.attempt_counts("camp", since=LATER)
    assert (recent.open, recent.by_outcome) == (1, {})
