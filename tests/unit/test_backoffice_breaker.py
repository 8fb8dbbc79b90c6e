"""The breaker's table, and what it lets through as time goes by."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backoffice.breaker import MOVES, Breaker, BreakerRule, BreakerState, Event

RULE = BreakerRule(failures=3, of_last=5, rest_seconds=10, rest_at_most_seconds=35)


def after(breaker: Breaker, *events: Event, now: float = 0.0) -> Breaker:
    for event in events:
        breaker = breaker.after(event, now)
    return breaker


def opened(now: float = 0.0) -> Breaker:
    return after(Breaker(RULE), *[Event.FAILED] * 3, now=now)


def test_every_state_has_a_row_with_what_can_happen_in_it() -> None:
    assert set(MOVES) == set(BreakerState)
    always = {Event.ANSWERED, Event.FAILED, Event.WITHDRAWN}
    assert {state: set(row) - always for state, row in MOVES.items()} == {
        BreakerState.CLOSED: {Event.TRIPPED},
        BreakerState.OPEN: {Event.RESTED},
        BreakerState.HALF_OPEN: set(),
    }


@pytest.mark.parametrize(
    ("events", "state"),
    [
        ("", BreakerState.CLOSED),
        ("ff", BreakerState.CLOSED),
        ("fff", BreakerState.OPEN),
        ("faafaaf", BreakerState.CLOSED),  # never three of five
        ("fafaf", BreakerState.OPEN),
        ("ffaaaff", BreakerState.CLOSED),  # the first two are long ago
        ("fwfwwf", BreakerState.OPEN),  # who did not wait says nothing
        ("wwwww", BreakerState.CLOSED),
    ],
)
def test_it_opens_at_so_many_failures_of_the_last(events: str, state: BreakerState) -> None:
    names = {"f": Event.FAILED, "a": Event.ANSWERED, "w": Event.WITHDRAWN}
    assert after(Breaker(RULE), *[names[each] for each in events]).state is state


def test_open_lets_nobody_through_until_it_rested() -> None:
    breaker = opened(now=100)
    assert (breaker.since, breaker.rest_seconds) == (100, 10)
    assert breaker.asked(109.9) == (breaker, False)
    trial, may_ask = breaker.asked(110)
    assert may_ask
    assert (trial.state, trial.since) == (BreakerState.HALF_OPEN, 110)


def test_half_open_lets_one_through() -> None:
    trial, _ = opened().asked(10)
    assert not trial.asked(10)[1]
    assert not trial.asked(999)[1]
    again, may_ask = trial.after(Event.WITHDRAWN, 11).asked(11)
    assert may_ask
    assert again.state is BreakerState.HALF_OPEN


def test_a_good_trial_closes_and_forgets() -> None:
    closed = opened().asked(10)[0].after(Event.ANSWERED, 11)
    assert (closed.state, closed.since, closed.failed) == (BreakerState.CLOSED, 11, ())
    assert after(closed, *[Event.FAILED] * 3, now=12).rest_seconds == 10


def test_a_bad_trial_makes_the_rest_longer_up_to_a_limit() -> None:
    breaker, now, rests = opened(), 0.0, []
    for _ in range(4):
        rests.append(breaker.rest_seconds)
        now += breaker.rest_seconds
        breaker, may_ask = breaker.asked(now)
        assert may_ask
        breaker = breaker.after(Event.FAILED, now)
    assert rests == [10, 20, 35, 35]


def test_late_answers_change_nothing_while_it_rests() -> None:
    breaker = opened(now=5)
    assert after(breaker, Event.ANSWERED, Event.FAILED, Event.WITHDRAWN, now=6) == breaker


@given(st.lists(st.tuples(st.sampled_from(["ask", "a", "f", "w"]), st.floats(0, 20))))
def test_it_never_rests_for_ever_and_never_lets_two_try(steps: list[tuple[str, float]]) -> None:
    breaker, now, trials = Breaker(RULE), 0.0, 0
    ends = {"a": Event.ANSWERED, "f": Event.FAILED, "w": Event.WITHDRAWN}
    for step, passed in steps:
        now += passed
        if step == "ask":
            breaker, may_ask = breaker.asked(now)
            trials += may_ask and breaker.state is BreakerState.HALF_OPEN
            assert trials <= 1
        elif breaker.state is BreakerState.HALF_OPEN or step in ends:
            breaker = breaker.after(ends[step], now)
            trials = 0
    assert breaker.rest_seconds <= RULE.rest_at_most_seconds
    assert breaker.trying or breaker.asked(now + 36)[1]
