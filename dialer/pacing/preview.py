"""Agents look at a lead and decide: nobody is dialed because a policy says so."""

from __future__ import annotations

from dialer.pacing.decision import Decision, Reason, Rules
from dialer.pacing.lessons import Lesson
from dialer.pacing.picture import Picture


class Preview:
    """Says whether leads may be shown now; `dialer/previews.py` shows them."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules

    def learn(self, lesson: Lesson, now: float) -> None:
        """Nothing: it looks at the moment only."""

    def decide(self, picture: Picture, now: float) -> Decision:
        """`AGENTS_DECIDE` while there are leads, and lines for them."""
        if picture.leads_due <= 0:
            return Decision(0, Reason.NO_LEADS_DUE)
        return Decision(0, Reason.AGENTS_DECIDE if picture.lines_free > 0 else Reason.NO_LINE_FREE)
