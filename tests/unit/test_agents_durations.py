"""How long things took, and how much longer they take: the newest, a belief, and a long memory."""

from __future__ import annotations

import math

import pytest

from agents.durations import BELIEF, LEAST, MOST, Durations
from tests.unit.facts import at


def _seen(*seconds: float, believed: float = 100.0) -> Durations:
    known = Durations(believed)
    for each in seconds:
        known.add(at(0), each)
    return known


def test_before_anything_is_seen_it_is_the_belief_and_knows_no_age() -> None:
    known = Durations(100.0)
    assert known.mean == known.left(0) == known.left(500) == pytest.approx(100.0)
    over, since = known.over_by(30, 100)
    assert over == pytest.approx(1 - math.exp(-1))
    assert since == pytest.approx(100 * math.exp(-1))


def test_the_belief_weighs_as_much_as_a_few() -> None:
    known = _seen(*[200.0] * 7)
    assert known.mean == pytest.approx((7 * 200 + BELIEF * 100) / (7 + BELIEF))


def test_what_lasts_long_already_lasts_as_those_did_that_lasted_longer() -> None:
    known = _seen(*[10.0] * 90, *[400.0] * 90, believed=205.0)
    assert known.left(0) == pytest.approx(205, abs=5)
    assert known.left(100) == pytest.approx(300, abs=10)
    assert known.left(390) == pytest.approx(10, abs=10)
    assert known.left(500) == pytest.approx(known.mean)


def test_over_by_tells_share_and_time_since() -> None:
    known = _seen(*[50.0] * 100, *[150.0] * 100, believed=100.0)
    over, since = known.over_by(0, 100)
    assert over == pytest.approx(0.5, abs=0.01)
    assert since == pytest.approx(25, abs=1)
    over, _ = known.over_by(60, 95)
    assert over == pytest.approx(1.0, abs=0.02)
    assert known.over_by(60, 0) == (0.0, 0.0)


def test_nothing_takes_no_time() -> None:
    known = _seen(*[0.0] * 5, believed=0.0)
    assert known.mean == known.left(0) == 0.0
    assert known.over_by(0, 1) == pytest.approx((1.0, 1.0), abs=0.7)


def test_old_ones_are_forgotten_but_for_a_few_and_never_more_than_most_count() -> None:
    known = Durations(100.0)
    for each in range(MOST):
        known.add(at(each), 10.0)
    for each in range(LEAST):
        known.add(at(3 * 3600 + each), 1000.0)
    assert known.mean > 850
    quiet = Durations(100.0)
    for each in range(LEAST):
        quiet.add(at(each * 7200), 10.0)
    assert quiet.mean < 25
