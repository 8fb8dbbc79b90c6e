"""Sliding sums and times against counting everything again, and how much they remember."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from monitoring.sliding import (
    LONGEST_SECONDS,
    SLOT_SECONDS,
    SlidingSums,
    SlidingTimes,
)

START = 1_772_366_400.0
_steps = st.floats(0, 400, allow_nan=False)


@settings(max_examples=50)
@given(
    st.lists(st.tuples(_steps, st.integers(0, 5), st.integers(0, 1000)), max_size=60),
    _steps,
    st.integers(60, LONGEST_SECONDS),
)
def test_sums(events: list[tuple[float, int, int]], wait: float, window: int) -> None:
    sums, now, told = SlidingSums(2), START, []
    for step, one, other in events:
        now += step
        sums.add(now, (one, other))
        told.append((now, one, other))
    now += wait
    first = int((now - window) // SLOT_SECONDS) + 1
    kept = [(one, other) for at, one, other in told if at // SLOT_SECONDS >= first]
    expected = (sum(one for one, _ in kept), sum(other for _, other in kept))
    assert sums.over(now, window) == expected


def test_nothing_was_added() -> None:
    assert SlidingSums(3).over(START, 60) == (0, 0, 0)


def test_what_is_told_late_counts_when_it_is_told() -> None:
    sums = SlidingSums(1)
    sums.add(START, (1,))
    sums.add(START - 3600, (1,))
    assert sums.over(START + 1, 60) == (2,)


def test_sums_of_a_week_are_no_more_than_those_of_some_hours() -> None:
    sums = SlidingSums(1)
    now = START
    for _ in range(7 * 24 * 3600 // 60):
        now += 60
        sums.add(now, (1,))
    assert len(sums._slots) <= 3 * LONGEST_SECONDS // SLOT_SECONDS
    assert sums.over(now, LONGEST_SECONDS) == (LONGEST_SECONDS // 60,)


@settings(max_examples=50)
@given(
    st.lists(st.tuples(_steps, st.sampled_from([True, False, None])), max_size=40),
    _steps,
    st.integers(60, LONGEST_SECONDS),
)
def test_times(moves: list[tuple[float, bool | None]], wait: float, window: int) -> None:
    times, now, told = SlidingTimes(), START, []
    for step, busy in moves:
        now += step
        times.moved(now, busy)
        told.append((now, busy))
    now += wait
    expected = {True: 0.0, False: 0.0, None: 0.0}
    ends = [*(at for at, _ in told[1:]), now][: len(told)]
    for (at, busy), end in zip(told, ends, strict=True):
        expected[busy] += max(0.0, end - max(at, now - window))
    found = times.over(now, window)
    assert abs(found[0] - expected[True]) < 1e-3
    assert abs(found[1] - expected[False]) < 1e-3


def test_times_of_an_agent_who_moves_every_second_are_bounded() -> None:
    times = SlidingTimes()
    for second in range(20_000):
        times.moved(START + second, second % 2 == 0)
    assert len(times._moments) <= 10_000
    busy, idle = times.over(START + 20_000, 3600)
    assert (round(busy), round(idle)) == (1800, 1800)


def test_times_of_a_week() -> None:
    times = SlidingTimes()
    for minute in range(7 * 24 * 60):
        times.moved(START + minute * 60, minute % 2 == 0)
    assert len(times._moments) <= 3 * LONGEST_SECONDS // 60
    busy, idle = times.over(START + 7 * 24 * 3600, 3600)
    assert (round(busy), round(idle)) == (1800, 1800)
