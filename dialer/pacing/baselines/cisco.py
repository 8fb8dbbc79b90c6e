"""Cisco's outbound option: lines per agent, corrected after each hundred live answers."""

from __future__ import annotations

from dialer.pacing.baselines.observed import free_agents, paced, whole
from dialer.pacing.decision import Decision, Rules
from dialer.pacing.knobs import Knob, Knobs
from dialer.pacing.lessons import Abandoned, Lesson, LiveAnswer
from dialer.pacing.picture import Picture

CISCO_KNOBS: Knobs = {"maximum_lines": Knob(3.0, 1.0, 10.0), "gain": Knob(1.0, 0.0, 1.0)}
_ANSWERS_PER_CORRECTION = 100
#: lines per agent that a hundred answers without an abandonment earn at full gain
_LARGEST_STEP = 0.5


class CiscoLines:
    """An integral controller in batches: from one line per free agent up to `maximum_lines`.

    The settings are published, the size of a correction is not: here half a line at full gain
    when nobody was abandoned, none at the limit, half a line down at twice the limit or above.
    """

    def __init__(self, rules: Rules, *, maximum_lines: float = 3.0, gain: float = 1.0) -> None:
        self._limit = rules.abandonment_cap
        self._maximum_lines = maximum_lines
        self._gain = gain
        self._live = self._abandoned = 0
        self.lines = 1.0

    def learn(self, lesson: Lesson, now: float) -> None:
        """Count the batch, and correct at its end."""
        if isinstance(lesson, Abandoned):
            self._abandoned += 1
        elif isinstance(lesson, LiveAnswer):
            self._live += 1
            if self._live == _ANSWERS_PER_CORRECTION:
                self._correct()

    def _correct(self) -> None:
        share = self._abandoned / self._live
        step = self._gain * _LARGEST_STEP * max(-1.0, 1.0 - share / self._limit)
        self.lines = min(max(self.lines + step, 1.0), self._maximum_lines)
        self._live = self._abandoned = 0

    def decide(self, picture: Picture, now: float) -> Decision:
        """At every change."""
        wanted = whole(self.lines * free_agents(picture)) - picture.under_way
        return paced(wanted, picture, evidence={"lines": self.lines})
