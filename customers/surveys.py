"""Surveys after the call: which question is asked in turn, and what the answers come to. Pure.

Four questions have a measure of their own: `csat` (1 to 5, the share of 4 and 5), `nps` (0 to 10,
the share of 9 and 10 less that of 0 to 6, from -1 to 1), `resolved` (1 is yes; the share of it)
and `ces` (1 to 7, the mean). Whatever else a menu asks is counted answer by answer.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

CSAT = "csat"
NPS = "nps"
RESOLVED = "resolved"
CES = "ces"
#: yes, where a question is answered by yes or no
YES = 1
#: the scales by which a known question may be answered; by another it has no measure
SCALES: Mapping[str, frozenset[tuple[int, int]]] = {
    CSAT: frozenset({(1, 5)}),
    NPS: frozenset({(0, 10)}),
    RESOLVED: frozenset({(1, 2), (0, 1)}),
    CES: frozenset({(1, 7)}),
}
_SCORES: Mapping[str, Callable[[int], int]] = {
    CSAT: lambda answer: int(answer >= 4),
    NPS: lambda answer: int(answer >= 9) - int(answer <= 6),
    RESOLVED: lambda answer: int(answer == YES),
    CES: lambda answer: answer,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """So many callers were asked a question and gave this answer (None: none)."""

    question: str
    answer: int | None
    low: int | None
    high: int | None
    callers: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """What the answers to one question come to; every value goes with how many there are."""

    question: str
    asked: int
    answered: int
    #: answered of asked; None: nobody was asked
    response_rate: float | None
    #: as the question is measured; None: nobody answered, or it has no measure
    value: float | None
    #: how often each answer was given
    answers: Mapping[int, int] = field(default_factory=dict)


def in_turn(call_id: str, weights: Mapping[str, int]) -> str:
    """The one question of a call: the same whenever it is asked, each as often as it weighs.

    Raises `ValueError` without a question, and for a weight below 1.
    """
    if not weights or min(weights.values()) < 1:
        raise ValueError("give questions, each with a weight of 1 or more")
    total = sum(weights.values())
    digest = hashlib.sha256(call_id.encode("utf-8", "replace")).digest()
    place = int.from_bytes(digest[:8], "big") * total >> 64
    for question, weight in weights.items():
        place -= weight
        if place < 0:
            return question
    raise AssertionError("a place below the total of the weights is in one of them")


def measured(question: str, counted: Iterable[Counted]) -> Measure:
    """What these rows say of a question; rows of others are left out."""
    asked = 0
    answers: dict[int, int] = {}
    counts: dict[int, int] = {}
    for row in counted:
        if row.question != question:
            continue
        asked += row.callers
        if row.answer is None:
            continue
        answers[row.answer] = answers.get(row.answer, 0) + row.callers
        if on_scale(row):
            counts[row.answer] = counts.get(row.answer, 0) + row.callers
    answered = sum(answers.values())
    return Measure(
        question=question,
        asked=asked,
        answered=answered,
        response_rate=answered / asked if asked else None,
        value=_value(question, counts),
        answers=dict(sorted(answers.items())),
    )


def on_scale(row: Counted) -> bool:
    """Whether these answers are measured: the question has a measure, and this is its scale."""
    return row.answer is not None and (row.low, row.high) in SCALES.get(row.question, ())


def score(question: str, answer: int) -> int:
    """What one answer on the scale adds to the sum whose mean is the question's measure."""
    return _SCORES[question](answer)


def _value(question: str, counts: Mapping[int, int]) -> float | None:
    answered = sum(counts.values())
    if not answered:
        return None
    return sum(score(question, answer) * callers for answer, callers in counts.items()) / answered
