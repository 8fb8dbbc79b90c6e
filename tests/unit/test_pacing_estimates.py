"""What is learned of calls, and how fast a change is noticed."""

from __future__ import annotations

import math
import random

import numpy as np
import pytest

from dialer.pacing.decision import Rules
from dialer.pacing.estimates import Chance, Estimates
from dialer.pacing.lessons import (
    InboundCame,
    Launched,
    LiveAnswer,
    MachineAnswer,
    PickedUp,
    Talked,
    Unanswered,
    WroteUp,
)
from dialer.pacing.lognormal import LearnedLogNormal, normal_cdf


def test_the_normal_distribution() -> None:
    points = np.array([-9.0, -1.96, 0.0, 1.0, 9.0])
    expected = [0.0, 0.025, 0.5, 0.8413, 1.0]
    assert normal_cdf(points) == pytest.approx(expected, abs=0.001)


def test_a_lognormal_is_what_its_mean_and_spread_say() -> None:
    shape = LearnedLogNormal(120.0, 1.0, prior=10.0, memory=100.0).now
    assert shape.mean == pytest.approx(120.0)
    assert shape.sigma == pytest.approx(math.sqrt(math.log(2.0)))
    middle = shape.quantiles(1)
    assert shape.cdf(middle) == pytest.approx([0.5], abs=0.002)
    assert list(shape.quantiles(8)) == sorted(shape.quantiles(8))


def test_lengths_are_learned_and_old_ones_forgotten() -> None:
    draw = random.Random(7)
    learned = LearnedLogNormal(120.0, 1.0, prior=5.0, memory=200.0)
    for _ in range(2000):
        learned.learn(draw.lognormvariate(3.0, 0.5))
    assert learned.now.mu == pytest.approx(3.0, abs=0.15)
    assert learned.now.sigma == pytest.approx(0.5, abs=0.1)
    for _ in range(1000):
        learned.learn(draw.lognormvariate(5.0, 0.5))
    assert learned.now.mu == pytest.approx(5.0, abs=0.2)


def test_one_length_over_and_over_leaves_a_spread() -> None:
    learned = LearnedLogNormal(10.0, 0.5, prior=1.0, memory=10.0)
    for _ in range(1000):
        learned.learn(0.0)
    assert learned.now.mu == pytest.approx(math.log(0.05))
    assert learned.now.sigma == 0.1


def test_the_short_ones_end_first_and_that_is_known() -> None:
    """Five hundred talks begun at once: what has ended by a minute is no picture of them all."""
    draw = random.Random(11)
    lengths = sorted(draw.lognormvariate(4.44, 0.83) for _ in range(500))  # mean 120 s
    learned = LearnedLogNormal(120.0, 1.0, prior=5.0, memory=300.0)
    for length in lengths:
        if length < 60.0:
            learned.learn(length, ended_at=length)
    began = np.zeros(sum(length >= 60.0 for length in lengths))
    assert learned.now.mean < 50.0
    for _ in range(5):
        found = learned.with_unfinished(began, 60.0)
    assert found.mean == pytest.approx(120.0, rel=0.3)


def test_a_chance_that_jumps_is_believed_within_a_hundred_attempts() -> None:
    draw = random.Random(3)
    chance = Chance(0.3, prior=30.0, memory=300.0)
    for _ in range(2000):
        chance.learn(yes=draw.random() < 0.15)
    assert chance.value == pytest.approx(0.15, abs=0.06)
    for _ in range(100):
        chance.learn(yes=draw.random() < 0.45)
    assert chance.value > 0.3


def test_a_steady_chance_is_not_shaken() -> None:
    draw = random.Random(5)
    chance = Chance(0.3, prior=30.0, memory=300.0)
    seen = []
    for _ in range(5000):
        chance.learn(yes=draw.random() < 0.3)
        seen.append(chance.value)
    assert max(seen) - min(seen) < 0.25
    assert sum(seen) / len(seen) == pytest.approx(0.3, abs=0.02)


def test_a_chance_is_never_sure() -> None:
    chance = Chance(0.3, prior=1.0, memory=20.0)
    for yes, bound in ((False, 0.005), (True, 0.98)):
        for _ in range(500):
            chance.learn(yes=yes)
        assert chance.value == bound


def test_lessons_find_their_estimate() -> None:
    estimates = Estimates(Rules(ring_seconds=25.0))
    before = estimates.calls(0.0)
    for launched in range(0, 3000, 10):
        for seconds, lesson in (
            (0.0, Launched()), (3.0, Unanswered(3.0)), (6.0, PickedUp(6.0)), (6.0, LiveAnswer()),
            (25.0, Unanswered(25.0)), (66.0, Talked(60.0, dialed=True)), (71.0, WroteUp(5.0)),
        ):  # fmt: skip
            estimates.learn(lesson, launched + seconds)
    estimates.learn(Launched(), 3100.0)
    after = estimates.calls(3100.0)
    assert after.picked_up == pytest.approx(1 / 3, abs=0.08)
    assert after.human == before.human == 1.0  # nobody is screened: all are people
    assert after.early_failure == pytest.approx(0.5, abs=0.1)
    assert after.ring.mean == pytest.approx(6.0, abs=1.0)
    assert after.talk.mean == pytest.approx(60.0, rel=0.1)
    assert after.wrap_up.mean == pytest.approx(5.0, rel=0.2)


def test_machines_are_counted_where_pick_ups_are_screened() -> None:
    estimates = Estimates(Rules(screening_seconds=2.0))
    for _ in range(200):
        for lesson in (PickedUp(6.0), LiveAnswer(), PickedUp(6.0), MachineAnswer()):
            estimates.learn(lesson, 0.0)
    assert estimates.calls(0.0).human == pytest.approx(0.5, abs=0.08)


def test_callers_of_ours_are_a_rate_that_fades() -> None:
    estimates = Estimates(Rules())
    for second in range(0, 3600, 20):
        estimates.learn(InboundCame(), float(second))
    assert estimates.calls(3600.0).inbound_rate == pytest.approx(1 / 20, rel=0.1)
    assert estimates.calls(3600.0 + 900.0).inbound_rate < 0.01


def test_a_floor_that_launches_all_at_once_is_not_misled_by_what_shows_first() -> None:
    """Failures show first, answers next, the unanswered last: none counts before the ring time."""
    estimates = Estimates(Rules(ring_seconds=25.0))
    guess = estimates.calls(0.0).picked_up
    for _ in range(200):
        estimates.learn(Unanswered(2.0), 2.0)
    for _ in range(300):
        estimates.learn(PickedUp(10.0), 10.0)
    assert estimates.calls(10.0).picked_up == guess
    for _ in range(500):
        estimates.learn(Unanswered(25.0), 25.0)
    estimates.learn(Launched(), 28.0)
    assert estimates.calls(28.0).picked_up == pytest.approx(0.3, abs=0.06)
