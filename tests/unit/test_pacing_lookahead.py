"""Our policy: what it expects, what it risks, what it pays, and that it can say so again."""

from __future__ import annotations

import math
import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialer.pacing.decision import Reason, Rules
from dialer.pacing.estimates import Estimates
from dialer.pacing.evidence import replay
from dialer.pacing.lookahead import Lookahead
from dialer.pacing.outlook import POINTS, Chances, Outlook, Sum
from dialer.pacing.picture import Ledger, Picture
from dialer.pacing.price import Price
from dialer.pacing.risk import Risk
from tests.unit.pacing_floor import evidence_of, floor

NOW = 1_772_452_800.0
RULES = Rules()
CALLS = Estimates(RULES).calls(NOW)


def outlook(picture: Picture, rules: Rules = RULES) -> Outlook:
    return Chances(CALLS, rules).outlook(picture, NOW)


def test_one_who_just_began_to_ring_answers_as_often_as_a_new_one() -> None:
    seen = outlook(floor(ringing=1, since=NOW))
    assert seen.answering.mean == pytest.approx(seen.new, rel=0.02)
    assert seen.new[-1] <= seen.live == pytest.approx(0.3)


def test_one_who_has_rung_for_long_is_given_up() -> None:
    fresh, old = (outlook(floor(ringing=1, since=NOW - age)).answering.mean[-1] for age in (5, 24))
    assert fresh > 0.2
    assert old < fresh
    assert outlook(floor(ringing=1, since=NOW - 60)).answering.mean[-1] == 0.0


def test_a_wrap_up_ends_sooner_than_a_talk_and_who_leaves_is_not_counted() -> None:
    talk = outlook(floor(talking=1, since=NOW - 10)).freeing.mean
    wrap_up = outlook(floor(wrapping_up=1, since=NOW - 10)).freeing.mean
    assert (wrap_up > talk).all()
    leaving = floor(wrapping_up=1, since=NOW - 10)
    leaving.leaving.update(leaving.wrapping_up)
    assert (outlook(leaving).freeing.mean == 0.0).all()


def test_the_sums_are_those_of_independent_people() -> None:
    one, many = (outlook(floor(ringing=count, since=NOW - 4)) for count in (1, 50))
    assert many.answering.mean == pytest.approx(50 * one.answering.mean)
    chance = one.answering.mean
    assert many.answering.variance == pytest.approx(50 * chance * (1 - chance))


def test_the_risk_is_the_chance_of_too_many_answers() -> None:
    """Against a simulation of the same yes-and-nos: within three points, in the last moment."""
    picture = floor(ready=3, talking=16, ringing=9, since=NOW - 6)
    seen = outlook(picture)
    draw = random.Random(1)
    ringing = outlook(floor(ringing=1, since=NOW - 6)).answering.mean
    talking = outlook(floor(talking=1, since=NOW - 6)).freeing.mean
    for launched in (0, 6):
        missed = 0
        rounds = 4000
        for _ in range(rounds):
            point = POINTS - 1  # where the most have answered: the others risk no more
            answers = sum(draw.random() < ringing[point] for _ in range(9))
            answers += sum(draw.random() < seen.new[point] for _ in range(launched))
            freed = sum(draw.random() < talking[point] for _ in range(16))
            missed += answers - freed >= 3
        last = replace(
            seen,
            answering=_last(seen.answering), freeing=_last(seen.freeing),
            inbound=seen.inbound[-1:], doubt=0.0, new=seen.new[-1:],
        )  # fmt: skip
        assert Risk(last).of(launched) == pytest.approx(missed / rounds, abs=0.03)


def _last(total: Sum) -> Sum:
    return Sum(total.mean[-1:], total.variance[-1:], total.third[-1:])


def test_a_herd_that_rings_is_seen_by_who_would_answer_before_it() -> None:
    """An early answer takes the agent that a later one was launched for."""
    herd = outlook(floor(ready=100, ringing=400, since=NOW - 1))
    assert Risk(herd).of(0) > 0.5


def test_more_launched_is_more_risk_and_more_price_allows_more() -> None:
    risk = Risk(outlook(floor(ready=4, talking=16, ringing=5, since=NOW - 6)))
    risks = [risk.of(count) for count in range(60)]
    assert risks == sorted(risks)
    chosen = [risk.most(price, 1000).dial for price in (0.001, 0.02, 0.1, 0.3)]
    assert chosen == sorted(chosen)
    choice = risk.most(0.1, 1000)
    assert choice.last_risk <= 0.1 < choice.next_risk
    assert risk.most(0.1, 2).dial == 2
    assert risk.most(0.1, 0).dial == 0


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 8, 100])
def test_the_largest_number_is_found_at_any_limit(limit: int) -> None:
    risk = Risk(outlook(floor(ready=4, talking=16, since=NOW - 6)))
    for price in (0.0005, 0.01, 0.05, 0.5):
        plain = 0
        while plain < limit and risk.of(plain) <= price:
            plain += 1
        assert risk.most(price, limit).dial == plain


def test_at_least_one_per_free_agent_and_nobody_when_nobody_works() -> None:
    policy = Lookahead(RULES)
    assert policy.decide(floor(), NOW).reason is Reason.NOBODY_AT_WORK
    over = floor(ready=5, live=100, abandoned=30)
    assert policy.decide(over, NOW).dial >= 5
    none = policy.decide(floor(talking=5, live=100, abandoned=30, since=NOW), NOW)
    assert (none.dial, none.reason) == (0, Reason.LIMIT_REACHED)


def test_lines_and_leads_hold_it_down() -> None:
    assert Lookahead(RULES).decide(floor(ready=20, lines_free=7), NOW).reason is Reason.FEW_LINES
    assert Lookahead(RULES).decide(floor(ready=20, leads_due=3), NOW).dial == 3
    assert Lookahead(RULES).decide(floor(ready=2, lines_free=-3), NOW).dial == 0


def test_it_dials_ahead_of_agents_who_will_be_free() -> None:
    busy = floor(talking=60, wrapping_up=40, since=NOW - 20)
    assert Lookahead(RULES).decide(busy, NOW).dial > 0
    assert Lookahead(RULES).decide(floor(talking=100, since=NOW - 1), NOW).dial < 60


def test_the_budget_pays_back_over_what_is_left_of_the_shift() -> None:
    price = Price(RULES)
    picture = floor(talking=20, live=1000, abandoned=30, ends_at=NOW + 14_000)
    even = price.budget(picture, CALLS, NOW)
    assert even.live_ahead == pytest.approx(20 / 140 * 14_000 * 0.95, rel=0.01)
    assert even.share == pytest.approx(0.03, abs=0.001)
    over = replace(picture, ledger=Ledger(1000, 45))
    assert 0.02 < price.budget(over, CALLS, NOW).share < even.share
    late = replace(over, ends_at=NOW + 100)
    assert price.budget(late, CALLS, NOW).share == 0.0
    under = replace(picture, ledger=Ledger(1000, 0))
    assert even.share < price.budget(under, CALLS, NOW).share <= 0.06


def test_the_price_falls_while_the_forecast_risk_is_above_the_budget() -> None:
    price = Price(RULES)
    picture = floor(talking=20)
    budget = price.budget(picture, CALLS, NOW)
    first = price.at(budget)
    for _ in range(50):
        price.paid(10, 10 * 0.3 * 0.2, 0.3, picture, budget)
    low = price.at(budget)
    for _ in range(200):
        price.paid(10, 10 * 0.3 * 0.001, 0.3, picture, budget)
    assert low < first
    assert price.at(budget) > low


@given(
    ready=st.integers(0, 30), talking=st.integers(0, 60), wrapping_up=st.integers(0, 20),
    ringing=st.integers(0, 80), waiting=st.integers(0, 3), inbound_waiting=st.integers(0, 5),
    live=st.integers(0, 500), age=st.floats(0.0, 90.0), lines_free=st.integers(-3, 200),
)  # fmt: skip
@settings(max_examples=60, deadline=None)
def test_a_kept_decision_is_made_again(
    ready: int, talking: int, wrapping_up: int, ringing: int, waiting: int,
    inbound_waiting: int, live: int, age: float, lines_free: int,
) -> None:  # fmt: skip
    picture = floor(
        ready=ready, talking=talking, wrapping_up=wrapping_up, ringing=ringing, waiting=waiting,
        inbound_waiting=inbound_waiting, live=live, lines_free=lines_free, since=NOW - age,
    )  # fmt: skip
    decision = Lookahead(RULES).decide(picture, NOW)
    assert 0 <= decision.dial <= max(lines_free, 0)
    if decision.evidence is None:
        return
    again = replay(evidence_of(decision))
    assert again.dial == again.was
    assert all(math.isfinite(risk) for risk in again.risks)
