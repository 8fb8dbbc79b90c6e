"""Congestion slows the dialer, and calm lets it go again."""

from __future__ import annotations

from dialer.attempt import Outcome
from dialer.carrier import Carrier, Slowed


def _launched(carrier: Carrier, a_second: int, until: float) -> None:
    for number in range(int(a_second * 20)):
        carrier.launched(until - 20.0 + (number + 0.5) / a_second)


def _ended(carrier: Carrier, outcomes: list[Outcome], now: float) -> list[Slowed]:
    told = [carrier.ended(outcome, now) for outcome in outcomes]
    return [one for one in told if one is not None]


def test_a_spike_halves_the_speed_that_there_was() -> None:
    carrier = Carrier()
    _launched(carrier, 10, 1000.0)
    (slowed,) = _ended(carrier, [Outcome.NO_ANSWER] * 5 + [Outcome.CONGESTION] * 3, 1000.0)
    assert slowed.calls_per_second == carrier.calls_per_second == 5.0
    assert slowed.congested_share == 0.375


def test_a_few_congested_calls_are_no_spike() -> None:
    carrier = Carrier()
    _launched(carrier, 10, 1000.0)
    assert _ended(carrier, [Outcome.CONGESTION] * 7, 1000.0) == [], "too few to tell"
    carrier = Carrier()
    outcomes = [Outcome.BUSY] * 16 + [Outcome.CONGESTION] * 4
    assert _ended(carrier, outcomes, 1000.0) == [], "a share that is usual"
    assert _ended(carrier, [Outcome.CONGESTION], 1061.0) == [], "what is older than a minute"


def test_trouble_that_lasts_slows_it_on_but_never_stops_it() -> None:
    carrier, now = Carrier(), 1000.0
    _launched(carrier, 4, now)
    speeds = []
    for _ in range(8):
        speeds += [one.calls_per_second for one in _ended(carrier, [Outcome.CONGESTION] * 10, now)]
        now += 10.0
    assert speeds == [2.0, 1.0, 0.5, 0.25, 0.2, 0.2, 0.2, 0.2]


def test_calm_gives_the_speed_back_step_by_step() -> None:
    carrier, now = Carrier(), 1000.0
    _launched(carrier, 4, now)
    _ended(carrier, [Outcome.CONGESTION] * 8, now)
    assert carrier.look_again_at() == 1010.0
    assert carrier.looked_at(1009.0) is None, "what the change did is not seen yet"
    told = []
    while carrier.calls_per_second is not None:
        now += 10.0
        slowed = carrier.looked_at(now)
        assert slowed is not None
        told.append(slowed.calls_per_second)
    assert told == [2.5, 3.125, 3.90625, None]
    assert carrier.look_again_at() is None
    assert carrier.looked_at(now + 100.0) is None


def test_it_does_not_go_faster_while_calls_fail() -> None:
    carrier = Carrier()
    _launched(carrier, 4, 1000.0)
    _ended(carrier, [Outcome.CONGESTION] * 8, 1000.0)
    _ended(carrier, [Outcome.CONGESTION] * 3, 1011.0)
    assert carrier.looked_at(1012.0) is None
    assert carrier.calls_per_second == 2.0


def test_launches_of_long_ago_are_not_kept() -> None:
    carrier = Carrier()
    for second in range(10_000):
        carrier.launched(float(second))
    assert len(carrier._launches) <= 20
