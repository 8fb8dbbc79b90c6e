"""Targets: a figure at its bound is one alert, and what nobody can tell begins and ends nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitoring.target_words import target_sentence
from monitoring.targets import (
    AFTER_A_WHILE,
    TRANSITIONS,
    Ended,
    Seen,
    State,
    Target,
    Watched,
    look,
)
from monitoring.watched_figures import ABOUT, Figure, SubjectKind
from tests.unit.facts import START

LEVEL = Target(
    id="t1",
    kpi=Figure.SERVICE_LEVEL,
    subject_kind=SubjectKind.QUEUE,
    subject="soporte",
    low=0.8,
    high=None,
    window_seconds=60,
    out_seconds=10,
    in_seconds=20,
    margin=0.05,
    created_by="Ana",
    created_at=START,
)


def walked(
    values: Sequence[float | None], target: Target = LEVEL, step: float = 5
) -> list[Watched]:
    """The target after each of these values, one every so many seconds."""
    seen, watched = [], Watched(since=1000.0)
    for place, value in enumerate(values):
        watched = look(target, watched, value, 1000.0 + place * step)
        seen.append(watched)
    return seen


def states(values: list[float | None], target: Target = LEVEL) -> str:
    """The first letters of the states."""
    return "".join(watched.state[0] for watched in walked(values, target))


def test_every_state_knows_what_to_do_with_everything_that_is_seen() -> None:
    assert set(TRANSITIONS) == set(State)
    for row in TRANSITIONS.values():
        assert set(row) == set(Seen)
    assert set(AFTER_A_WHILE) == {State.LEAVING, State.RETURNING}


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([0.9, 0.9], "ii"),
        ([0.7, 0.7, 0.7], "llo"),
        ([0.7, 0.7, 0.9, 0.7, 0.7], "llill"),  # it was never out for long enough
        ([0.7, 0.8, 0.7, 0.7, 0.7], "lillo"),  # at its bound it is within
        ([0.7] * 3 + [0.9] * 5, "llorrrri"),
        ([0.7] * 3 + [0.9, 0.7, 0.9, 0.9, 0.9, 0.9, 0.9], "llororrrri"),
        ([0.7] * 3 + [0.82] * 9, "llo" + "o" * 9),  # within, but not by the margin
        ([0.7] * 3 + [0.9, 0.82, 0.9], "lloror"),
        ([0.7, None, 0.7, None], "lili"),  # nothing begins an alert
        ([0.7] * 3 + [0.9, 0.9, None, 0.9, 0.9], "llorrorr"),  # and nothing ends one
        ([None] * 40, "i" * 40),
        ([0.7] * 3 + [None] * 13, "llo" + "o" * 13),
        ([0.7] * 3 + [None] * 14, "llo" + "o" * 13 + "i"),  # for longer than its window
        ([0.7] * 3 + ([None] * 12 + [0.7]) * 3, "llo" + "o" * 39),
    ],
)
def test_walks(values: list[float | None], expected: str) -> None:
    assert states(values) == expected


def test_how_and_when_an_alert_ended() -> None:
    back = walked([0.7] * 3 + [0.9] * 5)[-1]
    assert (back.ended, back.ended_at, back.alert) == (Ended.BACK, 1015.0, False)
    unknown = walked([0.7] * 3 + [None] * 14)[-1]
    assert (unknown.ended, unknown.ended_at) == (Ended.UNKNOWN, 1015.0)
    anew = look(LEVEL, unknown, 0.7, 2000.0)
    assert (anew.state, anew.since) == (State.LEAVING, 2000.0)


def test_without_any_waiting_it_is_told_at_once() -> None:
    at_once = replace(LEVEL, out_seconds=0, in_seconds=0, margin=0.0)
    assert states([0.9, 0.7, 0.8, 0.7], at_once) == "ioio"


def test_a_range_has_two_bounds() -> None:
    between = replace(LEVEL, low=2.0, high=5.0, margin=1.0, out_seconds=0, in_seconds=0)
    assert states([3, 1, 2, 3, 6, 5, 4], between) == "iooiooi"
    assert [between.bound_left(value) for value in (1.0, 2.0, 5.0, 6.0)] == [2.0, None, None, 5.0]


@given(
    st.lists(st.sampled_from([0.7, 0.82, 0.9, None]), max_size=60),
    st.integers(0, 30),
    st.integers(0, 30),
)
def test_an_alert_begins_after_being_out_and_ends_after_being_in(
    values: list[float | None], out_seconds: int, in_seconds: int
) -> None:
    """Against the rules said once more, without states."""
    target = replace(LEVEL, out_seconds=out_seconds, in_seconds=in_seconds)
    alert = False
    for place, watched in enumerate(walked(values, target)):
        needed_out, needed_in = out_seconds / 5 + 1, in_seconds / 5 + 1
        past = values[: place + 1]
        if not alert:
            outs = _run_at_the_end(past, lambda value: value is not None and value < 0.8)
            alert = outs >= needed_out
        else:
            ins = _run_at_the_end(past, lambda value: value is not None and value >= 0.85)
            unseen = _run_at_the_end(past, lambda value: value is None)
            alert = not (ins >= needed_in or (unseen - 1) * 5 > target.window_seconds)
        assert watched.alert == alert


def _run_at_the_end(values: Sequence[float | None], holds: Callable[[float | None], bool]) -> int:
    count = 0
    for value in reversed(values):
        if not holds(value):
            break
        count += 1
    return count


@pytest.mark.parametrize("figure", Figure)
@pytest.mark.parametrize(("low", "high"), [(0.5, None), (None, 0.5), (0.2, 0.5)])
def test_each_is_told_in_both_languages(
    figure: Figure, low: float | None, high: float | None
) -> None:
    for kind in ABOUT[figure].of:
        for subject in ("x", ""):
            details = {
                "kpi": figure.value, "subject_kind": kind.value, "subject": subject,
                "value": 0.123, "low": low, "high": high,
            }  # fmt: skip
            spanish, english = (target_sentence(details, language) for language in ("es", "en"))
            assert spanish != english
            for told in (spanish, english):
                assert told.endswith(").")
                assert "{" not in told
                assert "None" not in told


def test_a_sentence() -> None:
    details = {
        "kpi": "service_level", "subject_kind": "queue", "subject": "soporte",
        "value": 0.6667, "low": 0.8, "high": None,
    }  # fmt: skip
    assert target_sentence(details, "es") == (
        "Nivel de servicio (la cola soporte): 66.67 %, fuera de su objetivo (80 % o más)."
    )
