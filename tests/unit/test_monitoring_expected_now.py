"""What is told of an expected wait, and when it is worth telling anew."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import pytest

from monitoring.expected_now import ExpectedNow
from tests.unit.facts import at


def told(*reckoned: float | None) -> list[float | None]:
    """What is told after each of these."""
    found = iter(reckoned)
    asked: list[tuple[str, int, datetime]] = []

    def estimate(queue: str, place: int, now: datetime) -> float | None:
        asked.append((queue, place, now))
        return next(found)

    now = ExpectedNow(estimate)
    answers = []
    for second in range(len(reckoned)):
        now.look("soporte", 3, at(second))
        answers.append(now.of("soporte"))
    assert asked == [("soporte", 4, at(second)) for second in range(len(reckoned))]
    return answers


@pytest.mark.parametrize(
    ("reckoned", "answers"),
    [
        ((62.4,), [62.0]),
        ((62.4, None, 62.4), [62.0, None, 62.0]),
        # a few seconds are nothing
        ((20.0, 24.4, 15.6, 25.0), [20.0, 20.0, 20.0, 25.0]),
        # and of a long wait a tenth
        ((600.0, 655.0, 545.0, 660.0, 600.0), [600.0, 600.0, 600.0, 660.0, 660.0]),
        # somebody is free, or nobody any more
        ((3.0, 0.0, 0.4, 3.0), [3.0, 0.0, 0.0, 3.0]),
    ],
)
def test_it_is_told_anew_when_it_is_noticeably_otherwise(
    reckoned: Sequence[float | None], answers: Sequence[float | None]
) -> None:
    assert told(*reckoned) == answers


def test_what_drifts_slowly_is_followed() -> None:
    answers = told(*map(float, range(100, 200)))
    assert len(set(answers)) < 10
    assert all(
        shown is not None and abs(shown - (100 + second)) <= max(5, shown * 0.1)
        for second, shown in enumerate(answers)
    )


def test_what_cannot_be_told_is_forgotten() -> None:
    now = ExpectedNow(lambda queue, place, now: 60.0)
    for queue in ("soporte", "ventas"):
        now.look(queue, 0, at(0))
    now.forget(["soporte", "never told"])
    assert (now.of("soporte"), now.of("ventas"), now.of("never told")) == (None, 60.0, None)
