"""What is said of an expected wait."""

from __future__ import annotations

import math

import pytest

from agents.wait_bands import OPEN_SECONDS, Band, band


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (-5, (0, 1)), (0, (0, 1)), (59, (0, 1)), (60, (1, 3)), (179, (1, 3)), (180, (3, 5)),
        (300, (5, 10)), (599, (5, 10)), (600, (10, 15)), (1199, (15, 20)), (1200, (20, None)),
        (86_400, (20, None)),
    ],
)  # fmt: skip
def test_bands(seconds: float, said: tuple[int, int | None]) -> None:
    assert band(seconds) == said


@pytest.mark.parametrize("seconds", [None, math.nan, math.inf])
def test_nothing_is_said_of_what_nobody_knows(seconds: float | None) -> None:
    assert band(seconds) is None


def test_never_below_what_was_waited_already() -> None:
    assert band(30, waited_seconds=250) == (3, 5)
    assert band(400, waited_seconds=30) == (5, 10)


def test_as_facts_have_it() -> None:
    assert (Band(1, 3).low_seconds, Band(1, 3).high_seconds) == (60.0, 180.0)
    assert Band(20, None).high_seconds == OPEN_SECONDS
    assert Band(20, None).holds(5000)
    assert not Band(1, 3).holds(59)
    assert Band(1, 3).holds(180)
