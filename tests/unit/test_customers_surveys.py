"""Surveys: whose turn a question is, and what the answers come to."""

from __future__ import annotations

from collections import Counter

import pytest

from customers.surveys import CES, CSAT, NPS, RESOLVED, Counted, in_turn, measured


def rows(question: str, low: int, high: int, **answers: int) -> list[Counted]:
    """`none=3, a4=2`: three did not answer, two said 4."""
    return [
        Counted(
            question=question,
            answer=None if name == "none" else int(name[1:]),
            low=None if name == "none" else low,
            high=None if name == "none" else high,
            callers=callers,
        )
        for name, callers in answers.items()
    ]


def test_one_call_has_one_question_and_each_comes_as_often_as_it_weighs() -> None:
    weights = {CSAT: 2, RESOLVED: 1, NPS: 1}
    calls = [f"pbx1-177236{number}.{number}" for number in range(20_000)]
    asked = Counter(in_turn(call, weights) for call in calls)
    assert asked == Counter(in_turn(call, weights) for call in calls)
    assert {name: round(count / 20_000, 2) for name, count in asked.items()} == {
        CSAT: 0.5, RESOLVED: 0.25, NPS: 0.25,
    }  # fmt: skip
    assert in_turn("x", {CSAT: 7}) == CSAT


@pytest.mark.parametrize("weights", [{}, {CSAT: 0}, {CSAT: 1, NPS: -1}])
def test_questions_weigh_something(weights: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="weight"):
        in_turn("x", weights)


def test_csat_is_the_share_of_four_and_five() -> None:
    one = measured(CSAT, rows(CSAT, 1, 5, none=10, a1=1, a3=2, a4=3, a5=4))
    assert (one.asked, one.answered, one.response_rate) == (20, 10, 0.5)
    assert one.value == pytest.approx(0.7)
    assert one.answers == {1: 1, 3: 2, 4: 3, 5: 4}


def test_nps_is_promoters_less_detractors() -> None:
    one = measured(NPS, rows(NPS, 0, 10, a0=1, a6=1, a7=3, a8=1, a9=2, a10=2))
    assert one.value == pytest.approx(0.2)
    assert measured(NPS, rows(NPS, 0, 10, a0=1, a6=4)).value == -1.0


@pytest.mark.parametrize(("low", "no"), [(1, "a2"), (0, "a0")])
def test_resolved_is_the_share_of_yes(low: int, no: str) -> None:
    one = measured(RESOLVED, rows(RESOLVED, low, low + 1, a1=3, **{no: 1}))
    assert one.value == 0.75


def test_effort_is_a_mean() -> None:
    one = measured(CES, rows(CES, 1, 7, none=1, a2=1, a6=2, a7=1) + rows(CES, 1, 5, a5=4))
    assert (one.answered, one.value) == (8, 5.25)


def test_nothing_is_no_zero() -> None:
    nobody = measured(CSAT, [])
    assert (nobody.asked, nobody.answered, nobody.response_rate, nobody.value) == (0, 0, None, None)
    silent = measured(CSAT, rows(CSAT, 1, 5, none=4))
    assert (silent.asked, silent.answered, silent.response_rate, silent.value) == (4, 0, 0.0, None)


def test_another_scale_or_another_question_is_counted_and_not_measured() -> None:
    mixed = rows(CSAT, 1, 10, a9=5) + rows(CSAT, 1, 5, a1=1) + rows("wait", 1, 3, a2=6)
    one = measured(CSAT, mixed)
    assert (one.answered, one.value, one.answers) == (6, 0.0, {1: 1, 9: 5})
    other = measured("wait", mixed)
    assert (other.asked, other.answered, other.value) == (6, 6, None)
