from __future__ import annotations

from api.throttle import Throttle
from tests.unit.facts import at


def _throttle(remembered: int = 100) -> Throttle:
    return Throttle(at_once=3, seconds_each=10, remembered=remembered)


def test_so_many_failures_at_once_then_one_each_time() -> None:
    throttle = _throttle()
    for _ in range(3):
        assert throttle.wait_seconds("10.0.0.1", at(0)) == 0
        throttle.failed("10.0.0.1", at(0))
    assert throttle.wait_seconds("10.0.0.1", at(0)) == 10
    assert throttle.wait_seconds("10.0.0.1", at(4)) == 6
    assert throttle.wait_seconds("10.0.0.1", at(10)) == 0
    throttle.failed("10.0.0.1", at(10))
    assert throttle.wait_seconds("10.0.0.1", at(10)) == 10


def test_an_address_that_rests_is_as_good_as_new() -> None:
    throttle = _throttle()
    for _ in range(3):
        throttle.failed("10.0.0.1", at(0))
    for _ in range(3):
        assert throttle.wait_seconds("10.0.0.1", at(60)) == 0
        throttle.failed("10.0.0.1", at(60))
    assert throttle.wait_seconds("10.0.0.1", at(60)) == 10


def test_addresses_do_not_pay_for_each_other() -> None:
    throttle = _throttle()
    for _ in range(9):
        throttle.failed("10.0.0.1", at(0))
    assert throttle.wait_seconds("10.0.0.2", at(0)) == 0


def test_a_network_of_ipv6_is_one_source() -> None:
    throttle = _throttle()
    for last in range(3):
        throttle.failed(f"2001:db8::{last}", at(0))
    assert throttle.wait_seconds("2001:db8::ffff", at(0)) == 10
    assert throttle.wait_seconds("2001:db8:0:1::1", at(0)) == 0


def test_memory_is_bounded_whoever_comes() -> None:
    throttle = _throttle(remembered=5)
    for number in range(1000):
        throttle.failed(f"10.0.{number // 250}.{number % 250}", at(0))
        throttle.failed("unix:" + "x" * number, at(0))
    assert len(throttle) == 5
