"""Issabel's call-center dialer: agents who talk longer than almost anybody count as free."""

from __future__ import annotations

from collections import deque
from math import exp

from dialer.pacing.baselines.observed import Recent, Ticks, not_yet, paced, pick_up_share, whole
from dialer.pacing.decision import Decision, Rules
from dialer.pacing.knobs import Knob, Knobs
from dialer.pacing.lessons import Lesson, PickedUp, Talked
from dialer.pacing.picture import Picture

ISSABEL_KNOBS: Knobs = {
    "qos": Knob(0.97, 0.3, 0.999),
    "overcommit": Knob(0.0, 0.0, 1.0),
    "over_place": Knob(0.0, 0.0, 20.0),
}
_CYCLE_SECONDS = 5.0
_LEARNING_CALLS = 10
_GUESSED_ANSWER_SECONDS = 8.0
_OVERCOMMIT_SECONDS = 1800.0
_LEAST_ANSWERED = 0.20


class Issabel:
    """Every 5 s: free agents, and those about to be, less who waits and what is under way.

    About to be free is who has talked so long that 1 - exp(-(answer delay + talk) / mean talk)
    reaches `qos`: at 0.97 three and a half mean talks, so as it ships it dials one to one. The
    mean never forgets, and wrap-up, drops and machines are unknown to it.
    """

    def __init__(
        self,
        rules: Rules,
        *,
        qos: float = 0.97,
        overcommit: float = 0.0,
        over_place: float = 0.0,
    ) -> None:
        self._qos = qos
        self._overcommit = overcommit >= 0.5
        self._over_place = round(over_place)
        self._cycle = Ticks(_CYCLE_SECONDS)
        self._answer_seconds = deque([_GUESSED_ANSWER_SECONDS] * 20, maxlen=20)
        self._talks = 0
        self._talked_seconds = 0.0
        self._ended = Recent(_OVERCOMMIT_SECONDS)

    def learn(self, lesson: Lesson, now: float) -> None:
        """Answer delays, talks, and how many attempts were answered in the last half hour."""
        answered = pick_up_share(lesson)
        if answered is not None:
            self._ended.add(answered, now)
        match lesson:
            case PickedUp(ring_seconds):
                self._answer_seconds.append(ring_seconds)
            case Talked(seconds, dialed=True):
                self._talks += 1
                self._talked_seconds += seconds

    def decide(self, picture: Picture, now: float) -> Decision:
        """Once per cycle, all calls at once."""
        if not self._cycle.due(now):
            return not_yet(self._cycle.next_at)
        about_to = self._about_to_be_free(picture, now)
        wanted = max(0, len(picture.ready) + about_to - picture.asking)
        wanted = min(wanted, max(0, picture.lines_free))
        if wanted > 0:
            wanted += self._over_place
        wanted = max(0, wanted - picture.under_way)
        ended, answered = self._ended.count_and_total(now)
        if self._overcommit and ended >= _LEARNING_CALLS:
            wanted = whole(wanted / max(_LEAST_ANSWERED, answered / ended) + 0.5)
        return paced(
            wanted,
            picture,
            look_again_at=self._cycle.next_at,
            evidence={"about_to_be_free": about_to, "over_place": self._over_place},
        )

    def _about_to_be_free(self, picture: Picture, now: float) -> int:
        if self._talks < _LEARNING_CALLS or self._talked_seconds <= 0:
            return 0
        mean = self._talked_seconds / self._talks
        delay = sum(self._answer_seconds) / len(self._answer_seconds)
        return sum(
            1 - exp(-(delay + now - since) / mean) >= self._qos
            for talks in (picture.talking, picture.serving)
            for since in talks.values()
        )
