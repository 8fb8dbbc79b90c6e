"""A shift whose dialer may hang up what rings: the line is free at once, the person is due later.

Shifts of policies that never hang up are the same as without.
"""

from __future__ import annotations

from collections.abc import Callable

from dialer.pacing.decision import Decision, Pacing
from dialer.pacing.lessons import Lesson
from dialer.pacing.picture import Picture, Stage
from simulator.scenario import Scenario
from simulator.shift import Shift

#: a person who was hung up on is due again so much later, as a campaign has it
DUE_AGAIN_SECONDS = 1800.0


class CancellingShift(Shift):
    """Hangs up what the policy wants hung up; everything rings from the moment it is launched."""

    def __init__(self, scenario: Scenario, pacing: Pacing, seed: int) -> None:
        super().__init__(scenario, _Obeyed(pacing, self._hang_up_ringing), seed)
        #: attempts hung up, and how many of them would have been answered
        self.cancelled = 0
        self.would_have_answered = 0
        self._over: set[str] = set()

    def _attempt_is(self, attempt: str, stage: Stage) -> None:
        super()._attempt_is(attempt, stage)
        if stage is Stage.RINGING:
            self.picture.rings(attempt, self._now)

    def _hang_up_ringing(self, attempt: str) -> None:
        self.cancelled += 1
        self._lines_used -= 1
        self._over.add(attempt)
        self._attempt_is(attempt, Stage.HUNG_UP)
        self._attempt_is(attempt, Stage.UNANSWERED)
        self._after(DUE_AGAIN_SECONDS, self._due_again)

    def _due_again(self) -> None:
        self.picture.leads_due += 1

    def _unanswered(self, attempt: str) -> None:
        if attempt in self._over:
            self._over.discard(attempt)
            return
        super()._unanswered(attempt)

    def _picked_up(self, attempt: str) -> None:
        if attempt in self._over:
            self._over.discard(attempt)
            self.would_have_answered += 1
            return
        super()._picked_up(attempt)


class _Obeyed:
    """A policy whose wish to hang up is fulfilled at once."""

    def __init__(self, pacing: Pacing, hang_up: Callable[[str], None]) -> None:
        self._pacing = pacing
        self._hang_up = hang_up

    def learn(self, lesson: Lesson, now: float) -> None:
        """As the policy learns."""
        self._pacing.learn(lesson, now)

    def decide(self, picture: Picture, now: float) -> Decision:
        """As the policy decides."""
        decision = self._pacing.decide(picture, now)
        for attempt in decision.cancel:
            self._hang_up(attempt)
        return decision
