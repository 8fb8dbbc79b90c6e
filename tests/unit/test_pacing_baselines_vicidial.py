"""VICIdial's two loops against its published source."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dialer.pacing.baselines.vicidial import (
    VicidialAdapt,
    adapted,
    halved,
    tapered,
    to_one,
    vicidial_average,
    vicidial_hard,
    vicidial_tapered,
)
from dialer.pacing.decision import Reason, Rules
from dialer.pacing.lessons import Abandoned, Launched
from dialer.pacing.picture import Picture
from tests.unit.pacing_floor import floor, told, watched

NOW = 1_800_000_000.0
RULES = Rules()


def hard(*, available_only: float = 0.0) -> VicidialAdapt:
    return vicidial_hard(RULES, available_only=available_only)


def test_all_idle_doubles_each_15_seconds_up_to_the_maximum() -> None:
    pacing, picture = hard(), floor(ready=10)
    levels = []
    for second in range(61):
        pacing.decide(picture, NOW + second)
        levels.append(pacing.level)
    assert levels == [1.0] * 15 + [2.0] * 15 + [3.0] * 31


def test_paused_agents_damp_the_level() -> None:
    pacing = hard()
    watched(pacing, floor(ready=10, paused=10), NOW, NOW + 15.0)
    assert pacing.level == 1.5


def test_people_waiting_bring_the_level_down() -> None:
    pacing = hard()
    pacing.level = 3.0
    watched(pacing, floor(talking=10, waiting=2), NOW, NOW + 15.0)
    assert pacing.level == pytest.approx(2.4)


@pytest.mark.parametrize(
    ("free", "intensity", "level"),
    [(1.0, 0.0, 2.2), (1.0, 50.0, 2.3), (-1.0, 0.0, 1.8), (-1.0, 50.0, 1.9), (0.0, 99.0, 2.0)],
)
def test_one_step_of_the_level(free: float, intensity: float, level: float) -> None:
    assert adapted(2.0, free, 10, intensity, 3.0) == pytest.approx(level)


def test_the_level_stays_between_one_and_the_maximum() -> None:
    assert adapted(1.0, -10, 10, 0.0, 3.0) == 1.0
    assert adapted(2.0, 10, 10, 0.0, 3.0) == 3.0


@pytest.mark.parametrize(
    ("picture", "available_only", "dial"),
    [
        (floor(talking=10), 0.0, 20),  # 30 lines, ten of them talk
        (floor(ready=2, talking=8), 1.0, 6),  # 2 x 3 and 8 who talk, less those 8
        (floor(ready=2, wrapping_up=8), 0.0, 6),  # wrap-up is a pause there
        (floor(ready=4, ringing=5, screened=2, waiting=1), 0.0, 4),
        (floor(ready=1, serving=3, inbound_waiting=0), 0.0, 9),  # 12, three lines are callers'
        (floor(serving=4, inbound_waiting=2), 0.0, 6),  # 12 less 4 and 2
        (floor(ready=1, serving=3, inbound_waiting=1), 0.0, 12),  # somebody is ready for them
    ],
)
def test_the_goal_is_level_times_agents_less_existing_calls(
    picture: Picture, available_only: float, dial: int
) -> None:
    pacing = hard(available_only=available_only)
    pacing.level = 3.0
    assert pacing.decide(picture, NOW).dial == dial


def test_it_dials_2_5_seconds_after_each_pass_and_samples_each_second() -> None:
    pacing, picture = hard(), floor(ready=3)
    first, *between, last = watched(pacing, picture, NOW, NOW + 2.5)
    assert (first.dial, last.dial) == (3, 3)
    assert first.look_again_at == NOW + 1.0
    assert [(decision.dial, decision.reason) for decision in between] == [
        (0, Reason.NOT_YET),
        (0, Reason.NOT_YET),
    ]
    assert pacing.decide(picture, NOW + 2.6).reason is Reason.NOT_YET


def test_over_the_limit_the_level_is_eased() -> None:
    assert to_one(2.8, 5.0) == 1.0
    assert halved(2.8, 5.0) == 1.4
    assert [tapered(3.0, hours) for hours in (12.0, 10.0, 5.0, 1.0, -0.1)] == pytest.approx(
        [3.0, 3.0, 1.5, 0.3, 1.0]
    )


@pytest.mark.parametrize(("calls", "level"), [(50, 3.0), (51, 1.0)])
def test_the_first_fifty_calls_are_exempt(calls: int, level: float) -> None:
    pacing = hard()
    pacing.level = 3.0
    told(pacing, Launched(), calls, NOW)
    watched(pacing, floor(ready=10, live=20, abandoned=2), NOW, NOW + 15.0)
    assert pacing.level == level


def test_over_the_limit_it_says_so() -> None:
    pacing = hard()
    told(pacing, Launched(), 51, NOW)
    picture = floor(talking=10, live=20, abandoned=2)
    assert pacing.decide(picture, NOW).reason is Reason.LIMIT_REACHED


@pytest.mark.parametrize(
    ("maker", "level"), [(vicidial_hard, 1.0), (vicidial_average, 1.5), (vicidial_tapered, 2.4)]
)
def test_what_each_mode_does_over_the_limit(
    maker: Callable[..., VicidialAdapt], level: float
) -> None:
    pacing = maker(RULES)
    pacing.level = 3.0
    told(pacing, Launched(), 51, NOW)
    watched(pacing, floor(ready=10, live=20, abandoned=2), NOW, NOW + 15.0)
    assert pacing.level == pytest.approx(level, abs=0.01)  # the taper: a shift of 8 h


def test_the_taper_knows_when_the_shift_ends() -> None:
    pacing = vicidial_tapered(RULES)
    pacing.level = 3.0
    told(pacing, Launched(), 51, NOW)
    picture = floor(ready=10, live=20, abandoned=2, ends_at=NOW + 15.0 + 5 * 3600)
    watched(pacing, picture, NOW, NOW + 15.0)
    assert pacing.level == pytest.approx(1.5)


def test_a_minute_with_half_of_all_calls_dropped_halves_the_level() -> None:
    pacing = hard()
    pacing.level = 3.0
    told(pacing, Launched(), 21, NOW)
    told(pacing, Abandoned(), 11, NOW)
    watched(pacing, floor(ready=10), NOW, NOW + 15.0)
    assert pacing.level == 1.5
