"""The last hour in points: what is kept, for how long, and when the next one is due."""

from __future__ import annotations

from datetime import timedelta

from monitoring.curves import POINTS, STEP_SECONDS, Curves, Load, Point, seconds_to_next
from tests.unit.facts import START, at


def _load(waiting: int, talking: int, answered: int) -> dict[str, Load]:
    return {"soporte": Load(waiting=waiting, talking=talking, answered=answered)}


def test_what_was_answered_is_counted_from_point_to_point() -> None:
    curves = Curves()
    told = [
        curves.note(at(15 * turn), _load(turn, 2, answered)).queues["soporte"]
        for turn, answered in enumerate((7, 7, 12))
    ]
    assert told == [
        Point(waiting=0, talking=2, answered=None),  # nobody knows since when the seven are
        Point(waiting=1, talking=2, answered=0),
        Point(waiting=2, talking=2, answered=5),
    ]


def test_an_hour_is_kept_and_no_more() -> None:
    assert POINTS * STEP_SECONDS == 3600
    curves = Curves()
    for turn in range(POINTS + 10):
        curves.note(at(STEP_SECONDS * turn), _load(turn, 0, 0))
    moments = curves.moments()
    assert len(moments) == POINTS
    assert moments[0].at == at(STEP_SECONDS * 10)
    assert moments[-1].queues["soporte"].waiting == POINTS + 9


def test_points_lie_on_whole_steps_of_the_clock() -> None:
    assert seconds_to_next(START) == STEP_SECONDS
    assert seconds_to_next(START + timedelta(seconds=14.5)) == 0.5
    assert seconds_to_next(START + timedelta(seconds=16)) == 14
