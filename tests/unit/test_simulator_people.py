"""What becomes of attempts: shares and times are those of the scenario."""

from __future__ import annotations

import random
from collections import defaultdict

import pytest

from simulator.people import Reply, fate
from simulator.scenario import Scenario, always


def test_replies_come_as_often_and_as_late_as_the_scenario_says() -> None:
    scenario = Scenario(name="", agents=1, hours=1, answered=always(0.4))
    draw, seconds = random.Random(1), defaultdict[Reply, list[float]](list)
    for _ in range(20_000):
        reply, length = fate(scenario, 0.0, draw)
        seconds[reply].append(length)
    shares = {reply: len(lengths) / 20_000 for reply, lengths in seconds.items()}
    expected = {
        Reply.PICKED_UP: 0.4, Reply.BUSY: 0.06, Reply.FAILED: 0.06, Reply.NO_ANSWER: 0.48
    }  # fmt: skip
    assert shares == {reply: pytest.approx(share, abs=0.012) for reply, share in expected.items()}
    assert max(seconds[Reply.PICKED_UP]) <= scenario.ring_limit
    assert set(seconds[Reply.NO_ANSWER]) == {scenario.ring_limit}
    for reply, mean in ((Reply.BUSY, 3.0), (Reply.FAILED, 2.0)):
        assert min(seconds[reply]) >= 0.7 * mean
        assert max(seconds[reply]) <= 1.3 * mean
        assert sum(seconds[reply]) / len(seconds[reply]) == pytest.approx(mean, rel=0.03)


def test_the_answer_rate_is_that_of_the_moment_of_the_launch() -> None:
    scenario = Scenario(name="", agents=1, hours=2, answered=lambda second: float(second >= 3600.0))
    draw = random.Random(1)
    assert all(fate(scenario, 3599.0, draw).reply is not Reply.PICKED_UP for _ in range(50))
    assert all(fate(scenario, 3600.0, draw).reply is Reply.PICKED_UP for _ in range(50))
