"""What a decision costs: processor time of each one in a running shift, the learning beside it.

Processor time, not the clock: what other programs take from a shared machine is not the policy's,
nor is the collection of the simulated world's garbage.
"""

from __future__ import annotations

import gc
import time
from dataclasses import replace

import numpy as np

from bench.pacing.measuring import OURS
from bench.pacing.results import Cost
from bench.pacing.worlds import CAP, rules
from dialer.pacing.decision import Decision, Pacing
from dialer.pacing.lessons import Lesson
from dialer.pacing.picture import Picture
from dialer.pacing.policies import policy
from simulator.scenario import Scenario, always
from simulator.shift import Shift

#: so long the floor fills; decisions until then are not counted
_WARM_UP_SECONDS = 240.0
#: agents, answer rate, hours, and how many attempts are kept under way whatever the policy wants
SIZES = (
    (5, 0.3, 2.0, None),
    (50, 0.3, 0.5, None),
    (500, 0.3, 0.12, None),
    (500, 0.031, 0.1, 2000),
)


class Timed:
    """A policy with a stop watch. With `kept` it is only asked, and so many are kept under way."""

    def __init__(self, pacing: Pacing, kept: int | None = None) -> None:
        self._pacing = pacing
        self._kept = kept
        #: nanoseconds, and how many were under way
        self.decisions: list[tuple[int, int]] = []

    def learn(self, lesson: Lesson, now: float) -> None:
        """Not timed: a few additions."""
        self._pacing.learn(lesson, now)

    def decide(self, picture: Picture, now: float) -> Decision:
        """The policy's decision, and how long it took (shift time)."""
        began = time.thread_time_ns()
        decision = self._pacing.decide(picture, now)
        if now >= _WARM_UP_SECONDS:
            self.decisions.append((time.thread_time_ns() - began, picture.under_way))
        if self._kept is None:
            return decision
        return replace(decision, dial=max(0, self._kept - picture.under_way))


def cost(agents: int, answered: float, hours: float, kept: int | None = None) -> Cost:
    """Measure one size."""
    scenario = Scenario(name="cost", agents=agents, hours=hours, answered=always(answered))
    timed = Timed(policy(OURS, rules(scenario, CAP)), kept)
    gc.disable()
    try:
        Shift(scenario, timed, 1).run()
    finally:
        gc.enable()
    taken, under_way = np.array(timed.decisions).T
    return Cost(
        agents=agents,
        under_way=int(np.median(under_way)),
        decisions=len(taken),
        mean=round(float(taken.mean()) / 1e3, 1),
        median=round(float(np.median(taken)) / 1e3, 1),
        p99=round(float(np.percentile(taken, 99)) / 1e3, 1),
        highest=round(float(taken.max()) / 1e3, 1),
    )
