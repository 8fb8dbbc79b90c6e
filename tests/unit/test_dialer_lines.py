"""How many calls may leave now: lines that are free, and the carrier's calls per second."""

from __future__ import annotations

from agents.floor import Trunk
from dialer.attempt import Outcome
from dialer.lines import Lines


def _lines(**given: float) -> Lines:
    return Lines(
        Trunk.model_validate(
            {"to": {"port": 5060}, "caller_number": "5716001234", "max_calls": 10, **given}
        )
    )


def test_a_carrier_that_never_said_how_fast_leaves_the_lines_alone() -> None:
    lines = _lines()
    for _ in range(50):
        lines.launched(100.0)
    assert lines.free(3, 100.0) == 7
    assert lines.look_again_at(100.0) is None


def test_a_second_never_sees_more_launches_than_the_carrier_takes() -> None:
    lines = _lines(calls_per_second=4.0)
    launched = []
    for step in range(400):
        now = 1000.0 + step * 0.05
        for _ in range(lines.free(0, now)):
            lines.launched(now)
            launched.append(now)
    for start in launched:
        # the bucket holds a second's worth: a window may see it full and refilled once
        assert sum(start <= at < start + 1.0 for at in launched) <= 8
    assert 80 <= len(launched) <= 84  # twenty seconds at four a second


def test_what_was_not_used_is_not_saved_up() -> None:
    lines = _lines(calls_per_second=2.0)
    assert lines.free(0, 1_000_000.0) == 2


def test_it_says_when_the_next_call_may_leave() -> None:
    lines = _lines(calls_per_second=2.0)
    lines.free(0, 50.0)
    lines.launched(50.0)
    lines.launched(50.0)
    assert lines.free(0, 50.0) == 0
    assert lines.look_again_at(50.0) == 50.5
    assert lines.free(0, 50.5) == 1
    assert lines.look_again_at(50.5) is None


def test_a_rate_below_one_a_second_still_lets_a_call_leave() -> None:
    lines = _lines(calls_per_second=0.5)
    assert lines.free(0, 10.0) == 1
    lines.launched(10.0)
    assert lines.look_again_at(10.0) == 12.0


def test_fewer_lines_than_the_rate_count() -> None:
    assert _lines(calls_per_second=8.0).free(9, 5.0) == 1
    assert _lines(calls_per_second=8.0).free(12, 5.0) == -2


def test_a_carrier_in_trouble_gets_fewer_calls_a_second_until_it_is_well() -> None:
    lines = _lines()
    now = 1000.0
    for number in range(80):
        lines.launched(now - 20.0 + (number + 0.5) / 4)
    told = [lines.ended(Outcome.CONGESTION, now) for _ in range(8)]
    assert told[-1] is not None
    assert told[-1].calls_per_second == 2.0
    assert lines.free(0, now) == 2
    lines.launched(now)
    lines.launched(now)
    assert lines.free(0, now) == 0
    assert lines.look_again_at(now) == now + 0.5
    for _ in range(4):
        now += 10.0
        assert lines.looked_at(now) is not None
    assert lines.calls_per_second is None
    assert lines.free(0, now) == 10
    assert lines.look_again_at(now) is None


def test_the_slower_of_trunk_and_carrier_counts() -> None:
    lines = _lines(calls_per_second=1.5)
    for number in range(200):
        lines.launched(980.0 + number / 10)
    for _ in range(8):
        lines.ended(Outcome.CONGESTION, 1000.0)
    assert lines.calls_per_second == 1.5, "half of ten a second is more"
