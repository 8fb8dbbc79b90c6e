"""Agents' states as intervals: no gap, no overlap, whatever is told twice or late."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest

from storage.agent_states import AgentInterval, AgentStateStore
from storage.database import Database

NOW = datetime(2025, 3, 4, 5, 6, 7, tzinfo=UTC)
DAY = timedelta(days=1)


def at(minutes: float) -> datetime:
    return NOW + timedelta(minutes=minutes)


@pytest.fixture
def store(database: Database) -> AgentStateStore:
    return AgentStateStore(database)


async def seen(store: AgentStateStore, agent: str = "201") -> list[tuple[str, float, float | None]]:
    """Each interval's state, and its minutes from and to."""
    return [
        (
            interval.state,
            (interval.began_at - NOW) / timedelta(minutes=1),
            None if interval.ended_at is None else (interval.ended_at - NOW) / timedelta(minutes=1),
        )
        for interval in await store.between(NOW - DAY, NOW + DAY, agent=agent)
    ]


async def test_a_change_ends_what_was_before(store: AgentStateStore) -> None:
    await store.changed("pbx1", "201", "ready", "", "", at(0))
    await store.changed("pbx1", "201", "talking", "", "c1", at(5))
    await store.changed("pbx1", "202", "ready", "", "", at(6))
    await store.changed("pbx1", "201", "paused", "lunch", "", at(7))
    assert await seen(store) == [("ready", 0, 5), ("talking", 5, 7), ("paused", 7, None)]
    assert await seen(store, "202") == [("ready", 6, None)]
    (talking,) = await store.between(at(5.5), at(6), agent="201")
    assert talking == AgentInterval(
        pbx="pbx1",
        agent="201",
        state="talking",
        reason="",
        call_id="c1",
        began_at=at(5),
        ended_at=at(7),
    )


async def test_order_and_repetition_do_not_matter(store: AgentStateStore) -> None:
    changes = [(state, minute * 3) for minute, state in enumerate("abcdefgh")]
    ends = [minute for _, minute in changes[1:]]
    expected = [(*change, end) for change, end in zip(changes, [*ends, None], strict=True)]
    for seed in range(5):
        told = changes * 2
        random.Random(seed).shuffle(told)
        for state, minute in told:
            await store.changed("pbx1", str(seed), state, "", "", at(minute))
        assert await seen(store, str(seed)) == expected


async def test_two_changes_of_one_moment_leave_the_last(store: AgentStateStore) -> None:
    await store.changed("pbx1", "201", "ready", "", "", at(0))
    await store.changed("pbx1", "201", "paused", "lunch", "", at(0))
    assert await seen(store) == [("paused", 0, None)]


async def test_close_all_ends_one_switchs_intervals(store: AgentStateStore) -> None:
    await store.changed("pbx1", "201", "ready", "", "", at(0))
    await store.changed("pbx1", "202", "ready", "", "", at(9))  # later than the end that is told
    await store.changed("pbx2", "203", "ready", "", "", at(0))
    assert await store.close_all("pbx1", at(5)) == 2
    assert await store.close_all("pbx1", at(6)) == 0
    assert await seen(store) == [("ready", 0, 5)]
    assert await seen(store, "202") == [("ready", 9, 9)]
    assert await seen(store, "203") == [("ready", 0, None)]


async def test_repetition_does_not_open_what_was_closed(store: AgentStateStore) -> None:
    await store.changed("pbx1", "201", "ready", "", "", at(0))
    await store.close_all("pbx1", at(5))
    await store.changed("pbx1", "201", "ready", "", "", at(0))
    assert await seen(store) == [("ready", 0, 5)]
    await store.changed("pbx1", "201", "ready", "", "", at(8))
    assert await seen(store) == [("ready", 0, 5), ("ready", 8, None)]


async def test_between_takes_what_touches_the_time(store: AgentStateStore) -> None:
    for minute, state in enumerate("abc"):
        await store.changed("pbx1", "201", state, "", "", at(minute))
    touching = await store.between(at(1), at(2))
    assert [interval.state for interval in touching] == ["b"]
    assert len(await store.between(at(0.5), at(2.5))) == 3
    assert await store.between(at(-2), at(-1)) == []
