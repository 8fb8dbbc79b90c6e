"""What is counted when: marks that outlive a crash, people at work, campaigns, what is final."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection, delete, func, insert, select

from dialer.attempt import AttemptResult, Outcome
from dialer.campaign import Campaign, CampaignState
from dialer.dispositions import USUAL, TalkResult, after_talk
from dialer.lead import NewLead
from dialer.options import Options
from monitoring.agent_counts import AgentCounts
from monitoring.campaign_counts import CampaignCounts
from monitoring.queue_counts import Basis
from monitoring.record import AgentMove, CallRecord, QueueStay
from storage import counting, recounting, tables
from storage.agent_states import AgentStateStore
from storage.calls import CallStore
from storage.campaigns import CampaignStore
from storage.database import Database
from storage.errors import DatabaseUnavailableError
from storage.measure_rows import Kind
from storage.measures import MeasureStore
from tests.unit.judges import reserved

PBX = "pbx1"
NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)


class Clock:
    """A clock that stands where it is put."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


def at(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


def call(call_id: str, minutes: float, **changes: object) -> CallRecord:
    """A call that talked for five minutes, two after it came."""
    stay = QueueStay(
        queue="soporte", joined_at=at(minutes), left_at=at(minutes + 2),
        connected_at=at(minutes + 2), released_at=at(minutes + 7), agent="201",
        ended_by="customer",
    )  # fmt: skip
    record = CallRecord(
        pbx=PBX, call_id=call_id, direction="inbound", number_called="0800",
        caller_number="573001234567", arrived_at=at(minutes), ended_at=at(minutes + 7),
        wrap_up_started_at=at(minutes + 7), wrap_up_ended_at=at(minutes + 8),
        wrap_up_seconds=60.0, outcome="handled", stays=[stay],
    )  # fmt: skip
    return replace(record, **changes)  # type: ignore[arg-type]  # names come as words


async def marks(database: Database) -> int:
    (row,) = await database.rows(select(func.count()).select_from(tables.stale_quarters))
    return int(row[0])


async def counted(store: MeasureStore) -> None:
    while await store.recount(100):
        pass


async def offered(store: MeasureStore) -> int:
    found = await store.queue_counts(PBX, None, NOON - DAY, NOON + DAY, Basis.OFFERED)
    return sum(one.offered for one in found.values())


# --- marks


async def test_a_crash_while_counting_loses_nothing(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = MeasureStore(database, Clock(at(600)))
    await CallStore(database).save([call("c1", 1), call("c2", 50)], [])
    before = await marks(database)

    def crash(*_: object) -> None:
        raise DatabaseUnavailableError("gone")

    with monkeypatch.context() as patched:
        patched.setitem(recounting._COUNT, Kind.QUEUE, crash)
        with pytest.raises(DatabaseUnavailableError):
            await store.recount(100)
    assert await marks(database) == before
    assert await store.recount(1) == 1  # and between two batches
    again = MeasureStore(database, Clock(at(600)))
    await counted(again)
    assert await offered(again) == 2
    assert await marks(database) == 0


async def test_what_is_written_while_it_is_counted_is_counted_again(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A mark that came after the count began is not the count's to take away."""
    store, calls = MeasureStore(database, Clock(at(600))), CallStore(database)
    await calls.save([call("c1", 1)], [])
    count = recounting._COUNT[Kind.QUEUE]

    def meanwhile(connection: Connection, *about: object) -> object:
        found = list(count(connection, *about))  # type: ignore[arg-type]  # as it was called
        mark = {"pbx": PBX, "kind": Kind.QUEUE, "subject": "soporte", "quarter": NOON}
        connection.execute(insert(tables.stale_quarters), {**mark, "marked_at": at(600)})
        return found

    with monkeypatch.context() as patched:
        patched.setitem(recounting._COUNT, Kind.QUEUE, meanwhile)
        await store.recount(100)
    assert await marks(database) == 1
    await counted(store)
    assert await offered(store) == 1


async def test_a_mark_that_is_not_committed_yet_outlives_the_count(postgres_url: str) -> None:
    """Two writers of one PostgreSQL: neither waits for the other, and nothing is missed."""
    async with await Database.open(postgres_url) as database:
        store, calls = MeasureStore(database, Clock(at(600))), CallStore(database)
        await calls.save([call("c1", 1)], [])
        async with database.writing() as other:
            await other.run_sync(lambda c: calls._save_records(c, [call("c2", 2)]))
            await other.execute(
                insert(tables.stale_quarters),
                {"pbx": PBX, "kind": "queue", "subject": "soporte", "quarter": NOON,
                 "marked_at": NOON},
            )  # fmt: skip
            await counted(store)
            assert await offered(store) == 1
        assert await marks(database) == 1
        await counted(store)
        assert await offered(store) == 2


async def test_a_quarter_that_has_nothing_has_no_row(database: Database) -> None:
    store = MeasureStore(database, Clock(at(600)))
    await CallStore(database).save([call("c1", 1)], [])
    await counted(store)
    assert await offered(store) == 1
    await database.write(lambda c: c.execute(delete(tables.calls)).rowcount)
    assert await store.rebuild(PBX, NOON, at(60)) > 0
    for table in (tables.queue_quarters, tables.agent_quarters):
        assert await database.rows(select(table)) == []


async def test_what_was_recorded_before_there_were_measures_is_counted(database: Database) -> None:
    store = MeasureStore(database, Clock(at(60 * 24 * 3)))
    await CallStore(database).save([call(f"c{day}", day * 60 * 24) for day in range(3)], [])
    await AgentStateStore(database).moved(
        [
            AgentMove(pbx=PBX, agent="201", state="ready", reason="", call_id="", at=at(0)),
            AgentMove(pbx=PBX, agent="201", state="signed_out", reason="", call_id="", at=at(60)),
        ]
    )
    await database.write(lambda c: c.execute(delete(tables.stale_quarters)).rowcount)
    assert await store.first_at(PBX) == NOON
    steps = 1
    while await store.mark_past(PBX):
        steps += 1
        await counted(store)
    await counted(store)
    assert steps == 4
    found = await store.queue_counts(PBX, None, NOON, NOON + 3 * DAY, Basis.OFFERED)
    assert found["soporte"].offered == 3
    agents = await store.agent_counts(PBX, None, NOON, NOON + 3 * DAY)
    assert agents == {"201": AgentCounts(ready_ms=3_600_000, handled_inbound=3)}
    assert not await store.mark_past(PBX)
    assert await marks(database) == 0


# --- people at work


async def test_time_at_work_is_counted_as_it_goes_on(database: Database) -> None:
    clock, states = Clock(at(5)), AgentStateStore(database)
    store = MeasureStore(database, clock)

    async def ready() -> list[tuple[int, bool]]:
        await counted(store)
        await store.look(PBX)
        series = await store.agent_series(PBX, None, NOON, NOON + DAY)
        return [(one.counts.ready_ms // 60_000, one.final) for one in series]

    start = AgentMove(pbx=PBX, agent="201", state="ready", reason="", call_id="", at=at(0))
    await states.moved([start])
    await database.write(lambda c: c.execute(delete(tables.stale_quarters)).rowcount)
    assert await ready() == [(5, False)]
    clock.now = at(14)
    assert await ready() == [(14, False)]
    clock.now = at(50)  # the service, or the database, was away for two quarters
    assert await ready() == [(15, True), (15, True), (15, True), (5, False)]
    # it turns out that the service ended earlier: nobody was at work since
    assert await states.close_all(PBX, at(20)) == 1
    assert await ready() == [(15, True), (5, True)]


async def test_who_works_in_two_queues_works_once(database: Database) -> None:
    """The time is the agent's, the talks are the queues'."""
    store, states = MeasureStore(database, Clock(at(600))), AgentStateStore(database)
    other = call("c2", 8)
    other.stays[0].queue = "ventas"
    await CallStore(database).save([call("c1", 0), other], [])
    moves = [("ready", 0), ("talking", 2), ("ready", 7), ("talking", 10), ("signed_out", 15)]
    await states.moved(
        [
            AgentMove(pbx=PBX, agent="201", state=state, reason="", call_id="", at=at(minutes))
            for state, minutes in moves
        ]
    )
    await counted(store)
    queues = await store.queue_counts(PBX, None, NOON, NOON + DAY, Basis.OFFERED)
    assert {name: one.talk_ms for name, one in queues.items()} == {
        "soporte": 300_000, "ventas": 300_000,
    }  # fmt: skip
    (agent,) = (await store.agent_counts(PBX, None, NOON, NOON + DAY)).values()
    assert (agent.talking_ms, agent.ready_ms, agent.handled_inbound) == (600_000, 300_000, 2)


# --- what is final


async def test_a_row_is_final_once_nothing_is_expected(database: Database) -> None:
    clock = Clock(at(9))
    store, calls = MeasureStore(database, clock), CallStore(database)
    waiting = call("c1", 8, ended_at=None, outcome="", wrap_up_started_at=None,
                   wrap_up_ended_at=None, wrap_up_seconds=0.0)  # fmt: skip
    waiting.stays[0] = QueueStay(queue="soporte", joined_at=at(8))

    async def final() -> tuple[bool, bool]:
        await counted(store)
        await store.look(PBX)
        found = [
            await store.standing(Kind.QUEUE, PBX, ["soporte"], NOON, at(15), clock.now, basis)
            for basis in Basis
        ]
        assert {one.as_of for one in found} == {clock.now}
        return found[0].final, found[1].final

    await calls.save([waiting], [])
    assert await final() == (False, False)
    clock.now = at(16)  # the quarter is over, the caller waits still
    assert await final() == (False, False)
    talking = replace(waiting, stays=[replace(waiting.stays[0], agent="201", left_at=at(16),
                                              connected_at=at(16))])  # fmt: skip
    await calls.save([talking], [])
    clock.now = at(17)  # by event the quarter has the joining, and that is all
    assert await final() == (False, True)
    await calls.save([call("c1", 8, wrap_up_ended_at=None, wrap_up_seconds=0.0)], [])
    clock.now = at(18)  # a talk, and nobody knows yet how long the agent writes up
    assert (await final())[0] is False
    clock.now = at(8 + 7 + 121)
    assert await final() == (True, True)


async def test_as_of_is_the_oldest_mark(database: Database) -> None:
    store = MeasureStore(database)
    await CallStore(database).save([call("c1", 1)], [])
    asked = datetime.now(UTC)
    of = (Kind.QUEUE, PBX, None, NOON, at(15), asked)
    standing = await store.standing(*of)
    assert standing.as_of < asked
    assert not standing.final
    await counted(store)
    assert (await store.standing(*of)).as_of == asked
    assert (await store.standing(*of)).final


# --- campaigns


async def test_a_campaign_is_counted_as_it_goes(database: Database) -> None:
    clock = Clock(at(1))
    store, book = MeasureStore(database, clock), CampaignStore(database)
    campaign = Campaign(
        id="camp", name="", queue="ventas", country="CO", caller_number="5716001234",
        state=CampaignState.RUNNING, created_at=NOON,
    )  # fmt: skip
    await book.create(campaign)

    async def people() -> AsyncIterator[list[NewLead]]:
        yield [NewLead(number=f"57300000000{n}", name="", extra={}) for n in range(3)]

    await book.add_leads("camp", people(), NOON)

    async def now() -> CampaignCounts:
        await counted(store)
        found = await store.campaign_counts(PBX, ["camp"], NOON, NOON + DAY)
        return found.get("camp", CampaignCounts())

    attempts = await reserved(book, "camp", 3, pbx=PBX, now=NOON)
    assert await now() == CampaignCounts(attempts=3)
    busy = AttemptResult(
        attempt_id=attempts[0].id, outcome=Outcome.BUSY, ended_at=at(0.5), answered_at=None,
        connected_at=None, cause=17, sip_code=486, agent="", retry_at=None,
    )  # fmt: skip
    talked = replace(busy, attempt_id=attempts[1].id, outcome=Outcome.CONNECTED, agent="201",
                     answered_at=at(0.25), connected_at=at(0.5), ended_at=at(20))  # fmt: skip
    machine = replace(busy, attempt_id=attempts[2].id, outcome=Outcome.MACHINE, machine="machine",
                      answered_at=at(0.25))  # fmt: skip
    assert await book.end_all([busy, talked, machine]) == [True] * 3
    outcomes = {"busy": 1, "connected": 1, "machine": 1}
    seen = CampaignCounts(
        attempts=3, answered=2, contacts=1, machines=1, talk_ms=1_170_000, wait_ms=15_000,
        line_ms=1_200_000, undisposed=1, outcomes=outcomes,
    )  # fmt: skip
    assert await now() == seen
    said = TalkResult(
        attempt_id=talked.attempt_id, agent="201", said_at=at(21),
        after=after_talk(USUAL, "sold", at(20)),
    )  # fmt: skip
    clock.now = at(22)
    await store.look(PBX)
    (row,) = await store.campaign_series(PBX, None, NOON, NOON + DAY)
    assert not row.final
    assert await book.dispose(said)
    assert await now() == replace(seen, right_party=1, successes=1, undisposed=0)
    (row,) = await store.campaign_series(PBX, None, NOON, NOON + DAY)
    assert row.final
    # what counts as a success is the campaign's to say
    none = tuple(one.model_copy(update={"success": False}) for one in USUAL)
    await book.change(replace(campaign, options=Options(dispositions=none)), ["options"])
    told = replace(seen, right_party=1, undisposed=0)
    assert await now() == told
    assert told.results["no_success"] == 1
    # and of one that it does not know any more the talk says whether it was the right person
    await book.change(replace(campaign, options=Options(dispositions=none[1:])), ["options"])
    assert await now() == told
    before = await database.rows(select(tables.campaign_quarters))
    await database.write(lambda c: c.execute(delete(tables.campaign_quarters)).rowcount)
    await store.rebuild(PBX, NOON, at(60))
    assert await database.rows(select(tables.campaign_quarters)) == before


def test_every_kind_has_its_count() -> None:
    assert set(recounting._COUNT) == set(Kind)
    assert recounting._COUNT[Kind.QUEUE] is counting.of_queues
