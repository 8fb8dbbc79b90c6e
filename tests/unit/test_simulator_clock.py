"""Virtual time: order, and that it never skips anything."""

from __future__ import annotations

import math

import pytest

from simulator.clock import VirtualClock
from tests.unit.facts import START, at


async def test_things_happen_in_order_of_time_and_then_as_they_were_put() -> None:
    clock, happened = VirtualClock(START), list[str]()

    async def later(name: str) -> None:
        happened.append(name)

    clock.after(2.0, happened.append, "third")
    clock.after(1.0, happened.append, "first")
    clock.after(1.0, later, "second")
    while clock.next_at < math.inf:
        await clock.play_next()
    assert happened == ["first", "second", "third"]
    assert clock.now() == at(2)


async def test_time_passes_only_up_to_the_next_thing() -> None:
    clock = VirtualClock(START)
    clock.at(5.0, print)
    clock.pass_to(3.0)
    assert clock.now() == at(3)
    for wrong in (2.0, 6.0):
        with pytest.raises(ValueError, match="something at 5"):
            clock.pass_to(wrong)
