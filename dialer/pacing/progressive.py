"""One call per free agent."""

from __future__ import annotations

from dialer.pacing.decision import Decision, Reason, Rules, within
from dialer.pacing.lessons import Lesson
from dialer.pacing.picture import Picture


class Progressive:
    """Nobody who answers finds all agents taken by our own dialing."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules

    def learn(self, lesson: Lesson, now: float) -> None:
        """Nothing: it looks at the moment only."""

    def decide(self, picture: Picture, now: float) -> Decision:
        """Free agents less those a call already rings or waits for, within lines and leads."""
        free = len(picture.ready)
        nothing = Reason.AGENTS_SPOKEN_FOR if free else Reason.NO_AGENT_FREE
        wanted = free - picture.under_way - picture.asking
        return Decision(*within(wanted, picture, Reason.ONE_PER_FREE_AGENT, nothing))
