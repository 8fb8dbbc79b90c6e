"""When a lead may be dialed again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialer.attempt import Outcome
from dialer.campaign import RetryRule
from dialer.retry import MOST_FORGIVEN, counted_attempts, next_attempt_at

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def test_waits_as_long_as_the_rule_says_for_the_outcome() -> None:
    rule = RetryRule()
    assert next_attempt_at(rule, Outcome.BUSY, 1, NOON) == NOON + timedelta(minutes=10)
    assert next_attempt_at(rule, Outcome.ABANDONED, 2, NOON) == NOON + timedelta(hours=72)
    assert next_attempt_at(rule, Outcome.UNKNOWN, 1, NOON) == NOON + timedelta(hours=1)


def test_an_outcome_that_the_rule_does_not_name_ends_the_lead() -> None:
    assert next_attempt_at(RetryRule(), Outcome.INVALID, 1, NOON) is None
    assert next_attempt_at(RetryRule(minutes={}), Outcome.BUSY, 1, NOON) is None


def test_a_lead_that_talked_to_an_agent_is_done_whatever_the_rule_says() -> None:
    rule = RetryRule(minutes={Outcome.CONNECTED: 1.0})
    assert next_attempt_at(rule, Outcome.CONNECTED, 1, NOON) is None


def test_the_last_allowed_attempt_is_the_last() -> None:
    rule = RetryRule(max_attempts=2)
    assert next_attempt_at(rule, Outcome.BUSY, 1, NOON) is not None
    assert next_attempt_at(rule, Outcome.BUSY, 2, NOON) is None
    assert next_attempt_at(rule, Outcome.BUSY, 3, NOON) is None


@given(
    outcome=st.sampled_from(list(Outcome)),
    attempts=st.integers(1, 10),
    most=st.integers(1, 10),
    minutes=st.floats(0, 60 * 24 * 365),
)
def test_never_before_the_end_and_never_beyond_the_attempts(
    outcome: Outcome, attempts: int, most: int, minutes: float
) -> None:
    rule = RetryRule(max_attempts=most, minutes={outcome: minutes})
    again = next_attempt_at(rule, outcome, attempts, NOON)
    if again is None:
        assert outcome is Outcome.CONNECTED or attempts >= most
    else:
        assert again >= NOON
        assert attempts < most
        assert again.utcoffset() == timedelta(0)


def test_the_time_zone_of_the_end_is_kept() -> None:
    ended_at = datetime(2026, 3, 2, 7, tzinfo=timezone(timedelta(hours=-5)))
    assert next_attempt_at(RetryRule(), Outcome.BUSY, 1, ended_at) == NOON + timedelta(minutes=10)


@pytest.mark.parametrize("minutes", [-1.0, float("nan"), float("inf")])
def test_a_waiting_time_that_is_none_is_refused(minutes: float) -> None:
    with pytest.raises(ValueError, match=r"retry rule, busy: .* not a number of minutes"):
        next_attempt_at(RetryRule(minutes={Outcome.BUSY: minutes}), Outcome.BUSY, 1, NOON)


def test_an_end_without_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="give it a time zone"):
        next_attempt_at(RetryRule(), Outcome.BUSY, 1, NOON.replace(tzinfo=None))


def test_congestion_is_not_held_against_a_lead_but_not_for_ever() -> None:
    assert counted_attempts(3, 0) == 3
    assert counted_attempts(3, 2) == 1
    assert counted_attempts(15, 15) == 15 - MOST_FORGIVEN
