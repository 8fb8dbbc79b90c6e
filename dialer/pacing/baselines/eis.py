"""EIS's call pacing (US 5,640,445, expired 2015): who will be free soon, given what they do since.

Each engaged agent weighs the chance to become idle within a window, learned from how long talks
and wrap-ups took; the calls under way count by the answer rate alone. The window is lengthened
while fewer are abandoned than allowed, and shortened while more are.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet

import numpy as np
from numpy.typing import NDArray

from dialer.pacing.baselines.observed import AnswerRates, ForgettingMean, Ticks, paced, whole
from dialer.pacing.decision import Decision, Rules
from dialer.pacing.knobs import Knob, Knobs
from dialer.pacing.lessons import Abandoned, Connected, Lesson, Talked, WroteUp
from dialer.pacing.picture import Picture

EIS_WINDOW_KNOBS: Knobs = {"target_percent": Knob(3.0, 0.2, 10.0)}
_REMEMBERED = 500
#: with fewer talks known, or fewer than agents, the engaged weigh nothing
_LEAST_TALKS = 20
#: an elapsed time that fewer survived weighs as the longest one that enough did
_LEAST_SURVIVORS = 10
_STEPS = 100
_LOOK_SECONDS = 1.0
_WEIGHING_SECONDS = 30.0
_ADJUSTING_SECONDS = 60.0
#: at most so much longer or shorter per adjustment
_LARGEST_STEP_SECONDS = 1.0
#: below zero, agents count only when idle, and calls as surer answers: at the end as sure ones
_SHORTEST_SECONDS, _LONGEST_SECONDS = -30.0, 120.0
_RECENT_ANSWERS = 150


class Weights:
    """The chance to be idle within a window, by time elapsed in steps up to the longest known."""

    def __init__(self, chances: NDArray[np.float64], step_seconds: float) -> None:
        self._chances = chances
        self._step_seconds = step_seconds

    @classmethod
    def learned(
        cls, ends: NDArray[np.float64], idles: NDArray[np.float64], window_seconds: float
    ) -> Weights:
        """From when each phase ended and when its agent was idle, both since the phase began."""
        if not len(ends):
            return _NOTHING_KNOWN
        step = max(float(ends.max()) / _STEPS, 0.1)
        elapsed = np.arange(_STEPS) * step
        lasting = ends[None, :] > elapsed[:, None]
        survivors = lasting.sum(axis=1)
        idle = (lasting & (idles[None, :] <= elapsed[:, None] + window_seconds)).sum(axis=1)
        enough = np.flatnonzero(survivors >= min(_LEAST_SURVIVORS, survivors[0]))
        return cls(idle[enough] / np.maximum(survivors[enough], 1), step)

    def summed(self, engaged: Mapping[str, float], leaving: AbstractSet[str], now: float) -> float:
        """Of agents engaged since those moments, without the ones who are leaving."""
        since: Iterable[float] = engaged.values()
        if leaving:
            since = [at for agent, at in engaged.items() if agent not in leaving]
        steps = (now - np.fromiter(since, np.float64)) / self._step_seconds
        return float(self._chances.take(steps.astype(np.int64), mode="clip").sum())


_NOTHING_KNOWN = Weights(np.zeros(1), 1.0)


class EisWindow:
    """Dials until the answers to expect equal the idle agents plus the weights of the engaged.

    The published method compares the abandonment ratio with its limit from time to time. Ours is
    how: each minute the window moves by up to 1 s, in proportion to how far off the ratio is, half
    of it the ledger's and half that of the last 150 or so answers. Ours is also what small teams
    need, a window shorter than none, which ends at one call per idle agent.
    """

    def __init__(self, rules: Rules, *, target_percent: float = 3.0) -> None:
        self._target = target_percent / 100
        self._answers = AnswerRates(rules)
        self._talks: deque[float] = deque(maxlen=_REMEMBERED)
        self._wraps: deque[float] = deque(maxlen=_REMEMBERED)
        self._adjusting = Ticks(_ADJUSTING_SECONDS, at_once=False)
        self._weighing = Ticks(_WEIGHING_SECONDS)
        self._abandoned = ForgettingMean(self._target, weight=20.0, memory=_RECENT_ANSWERS)
        self._live_before = 0
        #: within so long an engaged agent is to be idle
        self.window_seconds = 0.0
        self._talking = self._wrapping_up = _NOTHING_KNOWN

    def learn(self, lesson: Lesson, now: float) -> None:
        """The answer rate, who was abandoned, and the lengths of talks and wrap-ups."""
        self._answers.learn(lesson, now)
        match lesson:
            case Connected():
                self._abandoned.add(0.0)
            case Abandoned():
                self._abandoned.add(1.0)
            case Talked(seconds):
                self._talks.append(seconds)
            case WroteUp(seconds):
                self._wraps.append(seconds)

    def decide(self, picture: Picture, now: float) -> Decision:
        """At every change, and each second, as elapsed times alone change the weights."""
        # the first talks to end are the short ones: not before everybody may have had one
        if len(self._talks) >= min(max(_LEAST_TALKS, picture.at_work), _REMEMBERED):
            if self._adjusting.due(now):
                self._adjust(picture)
            if self._weighing.due(now):
                self._weigh()
        free, sureness = float(len(picture.ready)), 1.0
        if self.window_seconds > 0:
            free += self._to_be_free(picture, now)
        else:
            sureness = 1.0 - self.window_seconds / _SHORTEST_SECONDS
        rate = float(self._answers.of_attempts**sureness)
        answers = self._answers.expected(picture, sureness) + picture.asking
        return paced(
            whole((free - answers) / rate),
            picture,
            look_again_at=now + _LOOK_SECONDS,
            evidence={
                "window_seconds": self.window_seconds,
                "expected_free": free,
                "expected_answers": answers,
                "answer_rate": rate,
            },
        )

    def _to_be_free(self, picture: Picture, now: float) -> float:
        return (
            self._talking.summed(picture.talking, picture.leaving, now)
            + self._talking.summed(picture.serving, picture.leaving, now)
            + self._wrapping_up.summed(picture.wrapping_up, picture.leaving, now)
        )

    def _weigh(self) -> None:
        talks, wraps = np.array(self._talks), np.array(self._wraps)
        # any talk is followed by any wrap-up: lessons do not say whose they were
        idles = talks + np.resize(wraps, len(talks)) if len(wraps) else talks
        self._talking = Weights.learned(talks, idles, self.window_seconds)
        self._wrapping_up = Weights.learned(wraps, wraps, self.window_seconds)

    def _adjust(self, picture: Picture) -> None:
        live = picture.ledger.live
        if live == self._live_before:
            return
        self._live_before = live
        share = (picture.ledger.share + self._abandoned.value) / 2
        off = max(-1.0, 1.0 - share / self._target)
        window = self.window_seconds + _LARGEST_STEP_SECONDS * off
        self.window_seconds = min(max(window, _SHORTEST_SECONDS), _LONGEST_SECONDS)
