"""Spending guards."""

from __future__ import annotations

from agents.floor import Guard
from dialer.guards import Guards


def test_a_full_guard_stops_its_destination_and_no_other() -> None:
    guards = Guards([Guard(digits=2, calls=2, seconds=60)])
    for moment in (100.0, 130.0):
        assert guards.stops("573001234567", moment) is None
        guards.counted("573001234567", moment)
    tripped = guards.stops("573009999999", 140.0)
    assert tripped is not None
    assert (tripped.destination, tripped.until, tripped.code) == ("57", 160.0, "guard_2_2_60")
    assert guards.stops("5215512345678", 140.0) is None
    assert guards.stops("573009999999", 160.0) is None, "the first call is a minute ago"


def test_the_guard_that_lasts_longest_is_told() -> None:
    guards = Guards([Guard(calls=1, seconds=60), Guard(digits=4, calls=1, seconds=3600)])
    guards.counted("573001234567", 0.0)
    tripped = guards.stops("573009999999", 10.0)
    assert tripped is not None
    assert (tripped.guard.digits, tripped.until) == (4, 3600.0)
    other = guards.stops("571234567", 10.0)
    assert other is not None
    assert other.destination == "", "all calls together"


def test_what_the_records_say_counts_after_a_restart() -> None:
    guards = Guards([Guard(calls=2, seconds=60)])
    guards.load([("573001", 0.0), ("573002", 50.0)])
    assert guards.stops("573003", 55.0) is not None
    guards.load([])
    assert guards.stops("573003", 55.0) is None
    assert (guards.longest_seconds, Guards([]).longest_seconds) == (60.0, 0.0)


def test_everything_that_is_stopped_now() -> None:
    guards = Guards([Guard(calls=1, seconds=60), Guard(digits=2, calls=1, seconds=600)])
    guards.counted("573001", 0.0)
    assert guards.full(10.0) == {"": 60.0, "57": 600.0}
    assert guards.full(61.0) == {"57": 600.0}
    assert guards.full(600.0) == {}
