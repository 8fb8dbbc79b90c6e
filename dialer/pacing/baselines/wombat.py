"""WombatDialer's queue end-point: free agents times a boost that a person sets."""

from __future__ import annotations

from dialer.pacing.baselines.observed import paced, whole
from dialer.pacing.decision import Decision, Rules
from dialer.pacing.knobs import Knob, Knobs
from dialer.pacing.lessons import Lesson
from dialer.pacing.picture import Picture

WOMBAT_KNOBS: Knobs = {"boost": Knob(1.3, 1.0, 10.0), "maximum_waiting": Knob(0.0, 0.0, 50.0)}


class Wombat:
    """Slots = free agents x boost, rounded down; stops while more callers wait than allowed.

    Free is published as signed in, not paused and not in conversation. An agent in wrap-up is
    taken as paused here, as the queue would not give them a call.
    """

    def __init__(self, rules: Rules, *, boost: float = 1.3, maximum_waiting: float = 0.0) -> None:
        self._boost = boost
        self._maximum_waiting = maximum_waiting

    def learn(self, lesson: Lesson, now: float) -> None:
        """Nothing: the boost is a person's choice."""

    def decide(self, picture: Picture, now: float) -> Decision:
        """At every change."""
        slots = whole(len(picture.ready) * self._boost)
        if picture.asking > self._maximum_waiting:
            slots = 0
        wanted = slots - picture.under_way - len(picture.waiting)
        return paced(wanted, picture, evidence={"boost": self._boost, "slots": slots})
