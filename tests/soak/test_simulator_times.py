"""One campaign on a real Asterisk and in virtual time: it takes as long as the simulator says.

Times may differ by what a machine adds that does nothing else: the bounds are several times what
was measured, and no more.
"""

from __future__ import annotations

from pathlib import Path
from statistics import median, quantiles

import pytest

from bench.course import furthest_apart
from dialer.attempt import Outcome
from tests.system.honest_campaign import LEADS, played_twice
from tests.system.scene import Scene


async def test_two_hundred_leads_take_as_long(scene: Scene, tmp_path: Path) -> None:
    """Rings, connecting, and the course of the whole."""
    real, told = await played_twice(scene, tmp_path)
    apart = [
        abs(seconds - told.ring_seconds(*Outcome)[number])
        for number, seconds in real.ring_seconds(*Outcome).items()
    ]
    assert len(apart) == LEADS
    assert median(apart) < 0.15, sorted(apart)
    assert quantiles(apart, n=20)[-1] < 0.5, sorted(apart)

    waited, said = real.connect_seconds, told.connect_seconds
    assert waited.keys() == said.keys()
    assert median(waited.values()) == pytest.approx(median(said.values()), abs=0.04)
    assert quantiles(waited.values(), n=20)[-1] < max(said.values()) + 0.15

    assert real.seconds == pytest.approx(told.seconds, rel=0.15)
    assert furthest_apart(real, told) < 0.15 * told.seconds
    (mean, most), (mean_said, most_said) = real.in_flight, told.in_flight
    assert mean == pytest.approx(mean_said, rel=0.1)
    assert most == pytest.approx(most_said, abs=1)
    assert real.occupancy == pytest.approx(told.occupancy, abs=0.08)
