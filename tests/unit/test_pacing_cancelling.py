"""Our policy hangs up what rings too long when more may answer than agents can take; only then."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialer.pacing.cancelling import MOST_AT_ONCE, bearable, risks
from dialer.pacing.decision import Decision, Reason, Rules
from dialer.pacing.estimates import Estimates
from dialer.pacing.lessons import Cancelled, PickedUp, Unanswered
from dialer.pacing.lookahead import Lookahead, at_least_one_per_free_agent
from dialer.pacing.outlook import Chances
from dialer.pacing.picture import Picture
from dialer.pacing.risk import Risk
from tests.unit.pacing_floor import evidence_of, floor

NOW = 1_772_452_800.0
RULES = Rules(cancel_after_seconds=15.0)


def decided(picture: Picture, rules: Rules = RULES) -> Decision:
    return Lookahead(rules).decide(picture, NOW)


def over_full(*, ready: int = 0, ringing: int = 12, rang: int = 12, age: float = 16.0) -> Picture:
    """Four agents have just begun to talk, and others ring for so long."""
    picture = floor(ready=ready, talking=4, ringing=ringing, rang=rang, since=NOW - age)
    picture.talking = dict.fromkeys(picture.talking, NOW)
    return picture


def test_the_longest_ringing_are_hung_up_until_the_risk_is_bearable() -> None:
    picture = over_full()
    picture.ringing["c7"] = picture.rang["c7"] = NOW - 20.0
    decision = decided(picture)
    assert decision.reason is Reason.TOO_MANY_RINGING
    assert decision.dial == 0
    assert decision.cancel[0] == "c7"
    assert decision.look_again_at == NOW + 1.0
    kept = evidence_of(decision)
    assert kept["cancelled"] == len(decision.cancel)
    assert kept["risk_ringing"] > kept["bearable"]  # type: ignore[operator]  # both are numbers


def test_without_the_rule_nobody_is_hung_up() -> None:
    decision = decided(over_full(), Rules())
    assert (decision.dial, decision.cancel, decision.reason) == (0, (), Reason.RISK_TOO_HIGH)


@pytest.mark.parametrize(
    "picture",
    [
        pytest.param(over_full(age=14.9), id="not long enough"),
        pytest.param(over_full(rang=0), id="another campaign's, or not known to ring"),
        pytest.param(over_full(ready=12), id="one for each free agent"),
    ],
)
def test_who_is_let_ring(picture: Picture) -> None:
    assert decided(picture).cancel == ()


def test_of_those_who_ring_only_the_own_are_hung_up() -> None:
    assert set(decided(over_full(ringing=30, rang=3)).cancel) == {"c0", "c1", "c2"}


def test_of_very_many_the_next_decision_hangs_up_the_rest() -> None:
    decision = decided(over_full(ringing=200, rang=200))
    assert len(decision.cancel) == MOST_AT_ONCE


def test_when_everybody_has_left_all_that_may_be_are_hung_up() -> None:
    picture = floor(ringing=5, rang=4, since=NOW - 16.0)
    assert len(decided(picture).cancel) == 4
    young = floor(ringing=5, rang=5, since=NOW - 10.0)
    decision = decided(young)
    assert (decision.reason, decision.cancel) == (Reason.NOBODY_AT_WORK, ())
    assert decision.look_again_at == NOW + 1.0
    assert decided(young, Rules()).look_again_at is None


def test_lines_all_in_use_do_not_keep_it_from_hanging_up() -> None:
    full = over_full()
    full.lines_free = 0
    assert decided(full).cancel
    calm = floor(ready=4, talking=20, ringing=3, rang=3, since=NOW - 16.0, lines_free=0)
    assert decided(calm).reason is Reason.NO_LINE_FREE


@given(
    ready=st.integers(0, 8), talking=st.integers(0, 40), ringing=st.integers(0, 60),
    age=st.floats(0.0, 26.0), live=st.integers(0, 500), abandoned=st.integers(0, 20),
)  # fmt: skip
@settings(max_examples=80, deadline=None)
def test_never_both_at_once_and_not_twice_for_the_same(
    ready: int, talking: int, ringing: int, age: float, live: int, abandoned: int
) -> None:
    picture = floor(
        ready=ready, talking=talking, ringing=ringing, rang=ringing, since=NOW - age,
        live=live, abandoned=abandoned,
    )  # fmt: skip
    policy = Lookahead(RULES)
    decision = policy.decide(picture, NOW)
    assert decision.dial == 0 or not decision.cancel
    assert ringing - len(decision.cancel) >= min(ready, ringing)
    gone = dict.fromkeys(decision.cancel)
    left = {attempt: at for attempt, at in picture.ringing.items() if attempt not in gone}
    after = replace(picture, ringing=left, rang=dict(left))
    if len(decision.cancel) < MOST_AT_ONCE:
        assert policy.decide(after, NOW).cancel == ()


def test_what_is_bearable_lies_above_the_price_and_the_cap_and_below_certainty() -> None:
    assert bearable(0.05, 0.03) > 2 * 0.05
    assert bearable(0.0, 0.03) == 0.03
    assert 0.8 < bearable(0.8, 0.03) < 1.0


def test_each_one_less_is_less_risk_and_the_same_as_if_it_had_never_rung() -> None:
    chances = Chances(Estimates(RULES).calls(NOW), RULES)
    picture = over_full(ready=2)
    seen = chances.outlook(picture, NOW)
    old = chances.answering(list(picture.ringing.values()), NOW)
    found = risks(seen, old, 0.0)
    assert found == sorted(found, reverse=True)
    assert len(found) == 13
    fewer = chances.outlook(over_full(ready=2, ringing=9, rang=9), NOW)
    assert found[3] == pytest.approx(Risk(fewer).at_once())


def test_who_was_hung_up_does_not_spoil_the_answer_rate() -> None:
    """Of those who still ring at 15 s half are hung up: 30 % would answer, and 30 % is learned."""
    draw = random.Random(4)
    estimates = Estimates(RULES)
    now = 0.0
    for _ in range(4000):
        now += 1.0
        ring = draw.lognormvariate(2.4, 0.45)
        answered = draw.random() < 0.3 and ring < 25.0
        rings = ring if answered else draw.choice((2.5, 25.0, 25.0, 25.0, 25.0))
        if rings > 15.0 and draw.random() < 0.5:
            estimates.learn(Cancelled(15.0), now)
        else:
            estimates.learn((PickedUp if answered else Unanswered)(rings), now)
    assert estimates.calls(now).picked_up == pytest.approx(0.3 * 0.96, abs=0.03)


@pytest.mark.parametrize(
    ("chosen", "free", "limit", "dialed"),
    [(0, 3, 10, 3), (5, 3, 10, 5), (0, 3, 2, 2), (0, -4, 10, 0), (2, 2, 2, 2)],
)
def test_a_free_agent_gets_an_attempt_whatever_the_price(
    chosen: int, free: int, limit: int, dialed: int
) -> None:
    assert at_least_one_per_free_agent(chosen, free=free, limit=limit) == dialed
