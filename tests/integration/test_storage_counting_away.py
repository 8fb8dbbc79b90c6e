"""What is counted after the service or the database was away, and of ends that were only feared."""

from __future__ import annotations

from dataclasses import replace

from monitoring.agent_counts import AgentCounts
from monitoring.queue_counts import Basis
from monitoring.record import AgentMove, QueueStay
from storage.agent_states import AgentStateStore
from storage.calls import CallStore
from storage.database import Database
from storage.measure_rows import Kind
from storage.measures import MeasureStore
from tests.integration.test_storage_recounting import DAY, NOON, PBX, Clock, at, call, counted


async def test_an_end_that_was_only_feared_is_an_ordinary_one_once_it_is_heard_of(
    database: Database,
) -> None:
    calls, store = CallStore(database), MeasureStore(database, Clock(NOON + DAY))
    waited = QueueStay(queue="soporte", joined_at=at(1), left_at=at(3))
    feared = call("c1", 1, ended_at=at(3), end_reason="lost_sync", stays=[waited])
    await calls.save([feared], [])
    await calls.save([replace(feared, end_reason="", cause=16, sip_code=200)], [])
    await counted(store)
    counts = (await store.queue_counts(PBX, None, NOON, NOON + DAY, Basis.OFFERED))["soporte"]
    assert (counts.abandoned, counts.lost) == (1, 0)


async def test_what_was_open_when_the_service_was_away_for_days_becomes_final(
    database: Database,
) -> None:
    calls, clock = CallStore(database), Clock(at(10))
    before = MeasureStore(database, clock)
    await calls.save([call("c1", 1)], [])
    await counted(before)
    await before.look(PBX)
    clock.now = NOON + 3 * DAY
    after = MeasureStore(database, clock)
    await after.look(PBX)
    series = await after.queue_series(PBX, None, NOON, NOON + DAY, Basis.OFFERED)
    assert [row.final for row in series] == [True]
    standing = await after.standing(Kind.QUEUE, PBX, None, NOON, NOON + DAY, clock.now)
    assert standing.final


async def test_nobodys_time_is_left_out_when_the_database_was_away_for_days(
    database: Database,
) -> None:
    states, clock = AgentStateStore(database), Clock(at(3))
    store = MeasureStore(database, clock)
    ready = AgentMove(pbx=PBX, agent="201", state="ready", reason="", call_id="", at=at(0))
    await states.moved([ready])
    await store.look(PBX)
    clock.now = NOON + 3 * DAY
    await store.look(PBX)
    assert await store.agent_counts(PBX, None, NOON, NOON + 4 * DAY) == {
        "201": AgentCounts(ready_ms=3 * 24 * 3_600_000)
    }


async def test_it_is_known_when_those_at_work_were_seen_last(database: Database) -> None:
    """However long the service was away: nobody worked while nobody looked."""
    states, clock = AgentStateStore(database), Clock(at(3))
    store = MeasureStore(database, clock)
    await store.look(PBX)
    assert await store.looked_at(PBX) is None, "nobody is at work"
    ready = AgentMove(pbx=PBX, agent="201", state="ready", reason="", call_id="", at=at(0))
    await states.moved([ready])
    await store.look(PBX)
    clock.now = at(20)
    await store.look(PBX)
    clock.now = NOON + 3 * DAY
    again = MeasureStore(database, clock)
    seen = await again.looked_at(PBX)
    assert seen == at(20)
    assert await again.looked_at("pbx2") is None
    await states.close_all(PBX, seen)
    await again.look(PBX)
    await counted(again)
    assert await again.agent_counts(PBX, None, NOON, NOON + 4 * DAY) == {
        "201": AgentCounts(ready_ms=20 * 60_000)
    }
