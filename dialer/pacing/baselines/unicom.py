"""UNICOM Intelligence's telephone-survey dialer: over-dial by what lately failed per answer."""

from __future__ import annotations

from dialer.pacing.baselines.observed import Recent, Ticks, free_agents, not_yet, paced, whole
from dialer.pacing.decision import Decision, Rules
from dialer.pacing.knobs import Knob, Knobs
from dialer.pacing.lessons import (
    Lesson,
    LiveAnswer,
    MachineAnswer,
    Talked,
    Unanswered,
    WroteUp,
)
from dialer.pacing.picture import Picture

_MOST_ADJUST = 1000.0
_DEFAULT_ADJUST = 150.0
UNICOM_KNOBS: Knobs = {"adjust": Knob(_DEFAULT_ADJUST, 0.0, _MOST_ADJUST)}
UNICOM_PI_KNOBS: Knobs = {"target_percent": Knob(2.8, 0.1, 10.0)}
_LOOK_SECONDS = 0.5
_STATISTICS_SECONDS = 900.0
_LEAST_ANSWERED = 10
#: of the predict adjust, per percent point of abandonment
_PROPORTIONAL = 40.0
#: the same, each second
_INTEGRAL = 40.0 / 600.0


class UnicomPredict:
    """Predict1: waiting interviewers W, and W x adjust % x failed / answered of the last 900 s.

    It looks when an interviewer asks for a call, when a dial fails, and every 0.5 s. How many
    answers it must have seen before it over-dials is not published: 10 here.
    """

    def __init__(self, rules: Rules, *, adjust: float = _DEFAULT_ADJUST) -> None:
        self.adjust = adjust
        self._looking = Ticks(_LOOK_SECONDS)
        self._called = False
        self._answered = Recent(_STATISTICS_SECONDS)
        self._failed = Recent(_STATISTICS_SECONDS)

    def learn(self, lesson: Lesson, now: float) -> None:
        """Dials that answered and failed, and what makes it look at once."""
        match lesson:
            case LiveAnswer():
                self._answered.add(1.0, now)
            case Unanswered() | MachineAnswer():
                self._failed.add(1.0, now)
                self._called = True
            case Talked() | WroteUp():
                self._called = True

    def decide(self, picture: Picture, now: float) -> Decision:
        """What should be in dial, less what is."""
        ticked = self._looking.due(now)
        if ticked:
            self._tick(picture)
        if not ticked and not self._called:
            return not_yet(self._looking.next_at)
        self._called = False
        answered, _ = self._answered.count_and_total(now)
        failed, _ = self._failed.count_and_total(now)
        waiting = free_agents(picture)
        in_dial = float(waiting)
        if answered >= _LEAST_ANSWERED:
            in_dial += waiting * self.adjust / 100 * failed / answered
        return paced(
            whole(in_dial) - picture.under_way,
            picture,
            look_again_at=self._looking.next_at,
            evidence={"adjust": self.adjust, "answered": answered, "failed": failed},
        )

    def _tick(self, picture: Picture) -> None:
        """Nothing: here the adjust is a person's choice."""


class UnicomPi(UnicomPredict):
    """Predict1PI: the adjust is moved to hold the ledger's abandonment at `target_percent`.

    Its gains are not published. Here a percent point moves the adjust by 40 at once and by as
    much again every 10 minutes, about the time in which a mid-sized team's share tells anything.
    """

    def __init__(self, rules: Rules, *, target_percent: float = 2.8) -> None:
        super().__init__(rules)
        self._target_percent = target_percent
        self._resting = _DEFAULT_ADJUST

    def _tick(self, picture: Picture) -> None:
        if picture.ledger.live < _LEAST_ANSWERED:
            return
        missing = self._target_percent - 100 * picture.ledger.share
        resting = self._resting + _INTEGRAL * _LOOK_SECONDS * missing
        self._resting = min(max(resting, 0.0), _MOST_ADJUST)
        self.adjust = min(max(self._resting + _PROPORTIONAL * missing, 0.0), _MOST_ADJUST)
