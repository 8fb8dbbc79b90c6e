"""Erlang, expected value, the EIS window and Impact's simulation against hand-made cases."""

from __future__ import annotations

import random
from dataclasses import replace
from math import exp, lgamma, log

import numpy as np
import pytest

from dialer.pacing.baselines.eis import EisWindow, Weights
from dialer.pacing.baselines.erlang import (
    ErlangRate,
    ExpectedValue,
    abandonment,
    finished,
    load_at,
)
from dialer.pacing.baselines.impact import (
    Floor,
    ImpactSimulation,
    Trace,
    best_ratio,
    simulated,
)
from dialer.pacing.decision import Reason, Rules
from dialer.pacing.lessons import Launched, LiveAnswer, PickedUp, Talked, Unanswered, WroteUp
from tests.unit.pacing_floor import evidence_of, floor, told, watched

NOW = 1_800_000_000.0
RULES = Rules()


def erlang_b(agents: int, load: float) -> float:
    terms = [exp(n * log(load) - lgamma(n + 1)) for n in range(agents + 1)]
    return terms[-1] / sum(terms)


@pytest.mark.parametrize("agents", [1, 5, 100])
def test_without_patience_it_is_erlang_b(agents: int) -> None:
    assert abandonment(agents, 0.9 * agents, 140.0, 0.0) == pytest.approx(
        erlang_b(agents, 0.9 * agents)
    )


def test_a_hundred_agents_at_three_percent() -> None:
    load = load_at(0.03, 100, 140.0, 0.0)
    assert load == pytest.approx(90.79, abs=0.01)
    assert erlang_b(100, load) == pytest.approx(0.03)


def test_patience_carries_more_and_overload_loses_the_rest() -> None:
    assert load_at(0.03, 100, 140.0, 2.0) > 92.0
    assert abandonment(10, 20.0, 100.0, 1000.0) == pytest.approx(0.5)
    assert abandonment(10, 10.0, 100.0, 2.0) < abandonment(10, 10.0, 100.0, 0.0)


def test_erlang_launches_at_its_rate_whatever_the_agents_do() -> None:
    pacing = ErlangRate(replace(RULES, patience_seconds=0.0))
    decisions = watched(pacing, floor(ready=100), NOW, NOW + 100.0)
    rate = load_at(0.03, 100, 120.0, 0.0) / 120.0  # one call per answer: nothing learned yet
    assert sum(decision.dial for decision in decisions) == pytest.approx(100 * rate, abs=1.0)
    assert decisions[0].reason is Reason.NOT_YET
    assert decisions[0].look_again_at == NOW + 0.5


def test_erlang_makes_up_for_no_standstill() -> None:
    pacing = ErlangRate(RULES)
    pacing.decide(floor(ready=100), NOW)
    assert pacing.decide(floor(ready=100), NOW + 3600.0).dial <= 1


def test_erlang_counts_the_time_of_talks_under_way() -> None:
    pacing = ErlangRate(RULES)
    picture = floor(talking=10)
    for half in range(201):
        pacing.decide(picture, NOW + half / 2)
    told(pacing, Talked(10.0, dialed=True), 5, NOW + 100.0)
    evidence = evidence_of(pacing.decide(picture, NOW + 100.0))
    assert evidence["handling_seconds"] == pytest.approx((600.0 + 1000.0) / 10)


def test_who_talks_is_free_after_talk_and_wrap_up() -> None:
    assert finished(12.0, 120.0, 20.0) == pytest.approx(0.0239, abs=0.0001)
    assert finished(12.0, 20.0, 20.0) == pytest.approx(1 - 1.6 * exp(-0.6), abs=1e-9)
    assert finished(1e6, 120.0, 20.0) == pytest.approx(1.0)


def test_expected_value_matches_answers_to_agents() -> None:
    pacing = ExpectedValue(RULES)
    told(pacing, LiveAnswer(), 45, NOW)
    told(pacing, Unanswered(25.0), 50, NOW)
    told(pacing, Launched(), 1, NOW)  # the unanswered count by now: half are live
    assert pacing.decide(floor(ready=4), NOW).dial == 8
    assert pacing.decide(floor(ready=4, ringing=4, waiting=1), NOW).dial == 2


def test_expected_value_counts_who_comes_free_within_a_ring() -> None:
    pacing = ExpectedValue(RULES)
    told(pacing, WroteUp(5.0), 500)
    told(pacing, PickedUp(10.0), 500)
    picture = floor(wrapping_up=10)
    assert pacing.decide(picture, NOW).dial == 8  # 10 x (1 - exp(-2)) = 8.6
    picture.leaving.update(["w0", "w1", "w2"])
    assert pacing.decide(picture, NOW).dial == 6  # 7 x 0.865


def test_weights_know_who_has_talked_for_how_long() -> None:
    ends = np.array([20.0] * 50 + [100.0] * 50)
    weights = Weights.learned(ends, ends, 10.0)
    elapsed = {5.0: 0.0, 15.0: 0.5, 50.0: 0.0, 95.0: 1.0, 500.0: 1.0}
    for seconds, chance in elapsed.items():
        assert weights.summed({"a": NOW - seconds}, set(), NOW) == pytest.approx(chance)


def test_weights_are_summed_without_those_who_leave() -> None:
    ends = np.full(50, 30.0)
    weights = Weights.learned(ends, ends + 5.0, 10.0)  # a wrap-up of 5 s
    engaged = {"a": NOW - 26.0, "b": NOW - 27.0, "c": NOW - 10.0}
    assert weights.summed(engaged, set(), NOW) == 2.0
    assert weights.summed(engaged, {"b"}, NOW) == 1.0


def eis() -> EisWindow:
    pacing = EisWindow(RULES)
    told(pacing, Talked(100.0, dialed=True), 50, NOW)
    told(pacing, WroteUp(10.0), 50, NOW)
    return pacing


def test_eis_dials_for_those_who_will_be_idle_within_the_window() -> None:
    pacing = eis()
    pacing.window_seconds = 20.0
    picture = floor(ready=1, talking=5, since=NOW - 95.0)  # 15 s more, wrap-up and all
    assert pacing.decide(picture, NOW).dial == 6
    told(pacing, LiveAnswer(), 10, NOW)
    told(pacing, Unanswered(25.0), 15, NOW)
    told(pacing, Launched(), 1, NOW)  # half are live
    assert pacing.decide(picture, NOW).dial == 12
    picture.ringing.update(a=NOW, b=NOW)
    assert pacing.decide(picture, NOW).dial == 10


def test_eis_weighs_nobody_before_all_may_have_talked() -> None:
    pacing = EisWindow(RULES)
    told(pacing, Talked(100.0, dialed=True), 29, NOW)
    pacing.window_seconds = 20.0
    assert pacing.decide(floor(talking=30, since=NOW - 95.0), NOW).dial == 0
    told(pacing, Talked(100.0, dialed=True), 1, NOW)
    assert pacing.decide(floor(talking=30, since=NOW - 95.0), NOW).dial == 30


@pytest.mark.parametrize(("abandoned", "windows"), [(0, (0.5, 1.0)), (60, (-0.5, -1.0))])
def test_eis_moves_the_window_each_minute(abandoned: int, windows: tuple[float, float]) -> None:
    pacing = eis()
    seen = []
    for minute in range(3):
        picture = floor(ready=1, live=1000 + minute, abandoned=abandoned)
        pacing.decide(picture, NOW + 60.0 * minute)
        seen.append(pacing.window_seconds)
    # the last 150 answers stand at the target: half of the error is the ledger's
    assert seen == pytest.approx([0.0, *windows], abs=0.01)


def test_eis_leaves_the_window_when_nobody_answered() -> None:
    pacing = eis()
    for minute in range(3):
        pacing.decide(floor(ready=1), NOW + 60.0 * minute)
    assert pacing.window_seconds == 0.0


def test_eis_at_its_shortest_is_one_call_per_idle_agent() -> None:
    pacing = eis()
    told(pacing, Unanswered(25.0), 95, NOW)
    told(pacing, Launched(), 1, NOW)
    pacing.window_seconds = -30.0
    assert pacing.decide(floor(ready=4, ringing=1, talking=9, since=NOW - 95.0), NOW).dial == 3


def test_a_simulation_at_one_to_one_of_sure_answers_loses_nobody() -> None:
    floor_now, trace = Floor(10, (), 0), Trace(1.0, (50,))
    utilisation, abandoned = simulated(1.0, floor_now, trace, random.Random(1))
    # rings 10 s, talks 50 s and wraps up 5 s: 55 of 65 s, over 240 s from all idle
    assert abandoned == 0.0
    assert utilisation == pytest.approx(1 - 40 / 240)


def test_a_simulation_of_three_sure_answers_per_agent_loses_two() -> None:
    _, abandoned = simulated(3.0, Floor(10, (), 0), Trace(1.0, (500,)), random.Random(1))
    assert abandoned == pytest.approx(2 / 3)


def test_a_simulation_starts_from_who_talks_now() -> None:
    busy, _ = simulated(1.0, Floor(0, (0,) * 10, 0), Trace(1.0, (500,)), random.Random(1))
    assert busy == 1.0


def test_the_best_ratio_is_the_busiest_within_the_target() -> None:
    floor_now, trace = Floor(20, (), 0), Trace(0.3, (60, 90, 120, 200))
    strict = best_ratio(0.0001, floor_now, trace, random.Random(3))
    lax = best_ratio(0.9, floor_now, trace, random.Random(3))
    assert 1.0 <= strict < lax <= 1 / 0.3 + 1e-9
    assert lax == best_ratio(0.9, floor_now, trace, random.Random(3))


def impact() -> ImpactSimulation:
    pacing = ImpactSimulation(RULES, target_percent=10.0)
    told(pacing, Launched(), 1, NOW)
    told(pacing, Talked(120.0, dialed=True), 30, NOW)
    told(pacing, LiveAnswer(), 20, NOW)
    told(pacing, Unanswered(25.0), 80, NOW)
    return pacing


def test_impact_over_dials_what_the_simulation_found() -> None:
    assert impact().decide(floor(ready=10), NOW).dial > 10


def test_impact_is_one_to_one_for_few_agents_or_attempts_or_after_a_standstill() -> None:
    assert impact().decide(floor(ready=4), NOW).dial == 4
    assert ImpactSimulation(RULES).decide(floor(ready=10), NOW).dial == 10
    assert impact().decide(floor(ready=10), NOW + 601.0).dial == 10


def test_impact_over_its_target_takes_three_quarters() -> None:
    fine, over = impact(), impact()
    ratio = evidence_of(fine.decide(floor(ready=10, live=100, abandoned=9), NOW))["ratio"]
    assert isinstance(ratio, float)
    eased = evidence_of(over.decide(floor(ready=10, live=100, abandoned=11), NOW))["ratio"]
    assert eased == pytest.approx(max(1.0, 0.75 * ratio))


def test_impact_works_every_3_seconds() -> None:
    pacing = impact()
    assert pacing.decide(floor(ready=10), NOW).look_again_at == NOW + 3.0
    assert pacing.decide(floor(ready=10), NOW + 2.9).reason is Reason.NOT_YET
    assert pacing.decide(floor(ready=10), NOW + 3.0).dial > 10
