"""Agents' states as intervals: no gap, no overlap, whatever is told twice or late."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest

from monitoring.record import AgentMove
from storage.agent_states import AgentInterval, AgentStateStore
from storage.database import Database

NOW = datetime(2025, 3, 4, 5, 6, 7, tzinfo=UTC)
DAY = timedelta(days=1)


def at(minutes: float) -> datetime:
    return NOW + timedelta(minutes=minutes)


@pytest.fixture
def store(database: Database) -> AgentStateStore:
    return AgentStateStore(database)


def move(
    agent: str, state: str, at: datetime, *, pbx: str = "pbx1", reason: str = "", call_id: str = ""
) -> AgentMove:
    return AgentMove(pbx=pbx, agent=agent, state=state, reason=reason, call_id=call_id, at=at)


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
    await store.moved([move("201", "ready", at(0))])
    await store.moved([move("201", "talking", at(5), call_id="c1")])
    await store.moved([move("202", "ready", at(6))])
    await store.moved([move("201", "paused", at(7), reason="lunch")])
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
            await store.moved([move(str(seed), state, at(minute))])
        assert await seen(store, str(seed)) == expected


async def test_many_at_once_leave_what_one_after_the_other_leave(store: AgentStateStore) -> None:
    """Any moves, in any order and any portions, some of them of one moment."""
    for seed in range(8):
        draw = random.Random(seed)
        one, other = f"one {seed}", f"other {seed}"
        told = [(draw.choice("abcd"), draw.randrange(20)) for _ in range(30)]
        for state, minute in told:
            await store.moved([move(one, state, at(minute))])
        while told:
            portion = draw.randint(1, 9)
            await store.moved(
                [move(other, state, at(minute)) for state, minute in told[:portion]]
                + [move(f"third {seed}", "ready", at(portion))]
            )
            del told[:portion]
        assert await seen(store, other) == await seen(store, one)
    await store.moved([])


async def test_two_changes_of_one_moment_leave_the_last(store: AgentStateStore) -> None:
    await store.moved([move("201", "ready", at(0))])
    await store.moved([move("201", "paused", at(0), reason="lunch")])
    assert await seen(store) == [("paused", 0, None)]


async def test_close_all_ends_one_switchs_intervals(store: AgentStateStore) -> None:
    await store.moved([move("201", "ready", at(0))])
    await store.moved([move("202", "ready", at(9))])  # later than the end that is told
    await store.moved([move("203", "ready", at(0), pbx="pbx2")])
    assert await store.close_all("pbx1", at(5)) == 2
    assert await store.close_all("pbx1", at(6)) == 0
    assert await seen(store) == [("ready", 0, 5)]
    assert await seen(store, "202") == [("ready", 9, 9)]
    assert await seen(store, "203") == [("ready", 0, None)]


async def test_repetition_does_not_open_what_was_closed(store: AgentStateStore) -> None:
    await store.moved([move("201", "ready", at(0))])
    await store.close_all("pbx1", at(5))
    await store.moved([move("201", "ready", at(0))])
    assert await seen(store) == [("ready", 0, 5)]
    await store.moved([move("201", "ready", at(8))])
    assert await seen(store) == [("ready", 0, 5), ("ready", 8, None)]


async def test_between_takes_what_touches_the_time(store: AgentStateStore) -> None:
    for minute, state in enumerate("abc"):
        await store.moved([move("201", state, at(minute))])
    touching = await store.between(at(1), at(2))
    assert [interval.state for interval in touching] == ["b"]
    assert len(await store.between(at(0.5), at(2.5))) == 3
    assert await store.between(at(-2), at(-1)) == []
