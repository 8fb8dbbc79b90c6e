"""What is added up of customers: who called again, what agents and callers said of the outcome.

A call is counted where it arrived, a question where it was asked, a wait where it was told. Only
calls that came and ended count, of callers whose number or name is known. Who called again is
known by the name where there is one, else by the number; a call that came while the first went on
is no call again.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Self

from customers.surveys import SCALES, Counted, on_scale, score

AGAIN_SECONDS = 24 * 60 * 60
RESOLVED_SECONDS = 7 * AGAIN_SECONDS


@dataclass(slots=True, kw_only=True)
class Answers:
    """A question: how often it was asked and answered, and what its KPI is made of."""

    asked: int = 0
    answered: int = 0
    #: answered on the scale that is measured
    scored: int = 0
    #: the sum of `customers.surveys.score`
    score: int = 0

    def take(self, row: Counted) -> None:
        """Count callers who were asked."""
        self.asked += row.callers
        if row.answer is None:
            return
        self.answered += row.callers
        if on_scale(row):
            self.scored += row.callers
            self.score += score(row.question, row.answer) * row.callers


def _questions() -> dict[str, Answers]:
    return {question: Answers() for question in SCALES}


@dataclass(slots=True, kw_only=True)
class CustomerCounts:
    """The additive counts of one queue's customers; the queue is that of the call's last talk."""

    calls: int = 0
    #: of these, after which the same customer called within 24 h
    called_again: int = 0
    #: calls in which an agent talked to the caller
    contacts: int = 0
    #: of these, after which the same customer called for the same reason within 7 days
    came_back: int = 0
    said_resolved: int = 0
    said_unresolved: int = 0
    #: callers who were told of their wait, and those of them whom an agent came to
    told: int = 0
    reached: int = 0
    #: how much longer it took than was told, summed up; below zero: less long
    wait_error_ms: int = 0
    wait_absolute_error_ms: int = 0
    #: reached within what was told, and no later
    within: int = 0
    not_later: int = 0
    #: by question, those that have a measure
    surveys: dict[str, Answers] = field(default_factory=_questions)

    def add(self, other: Self) -> None:
        """Take another's counts in."""
        for one in fields(self):
            if one.name != "surveys":
                setattr(self, one.name, getattr(self, one.name) + getattr(other, one.name))
        for question, theirs in other.surveys.items():
            mine = self.surveys[question]
            for one in fields(theirs):
                setattr(mine, one.name, getattr(mine, one.name) + getattr(theirs, one.name))
