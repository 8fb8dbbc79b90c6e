"""So many lines per free agent, whatever happens: what most dialers called predictive do."""

from __future__ import annotations

from dialer.pacing.baselines.observed import free_agents, paced
from dialer.pacing.decision import Decision, Rules
from dialer.pacing.knobs import Knob, Knobs
from dialer.pacing.lessons import Lesson
from dialer.pacing.picture import Picture

FIXED_RATIO_KNOBS: Knobs = {"level": Knob(2.0, 1.0, 10.0)}


class FixedRatio:
    """`level` lines for each free agent, less the calls under way."""

    def __init__(self, rules: Rules, *, level: float = 2.0) -> None:
        self._level = level

    def learn(self, lesson: Lesson, now: float) -> None:
        """Nothing: the ratio is a person's choice."""

    def decide(self, picture: Picture, now: float) -> Decision:
        """At every change."""
        wanted = round(self._level * free_agents(picture)) - picture.under_way
        return paced(wanted, picture, evidence={"level": self._level})
