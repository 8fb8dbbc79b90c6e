"""What a campaign's calls are like, learned from what a dialer can observe. Pure."""

from __future__ import annotations

import heapq
import math
from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from dialer.pacing.decision import Rules
from dialer.pacing.lessons import (
    Cancelled,
    InboundCame,
    Lesson,
    LiveAnswer,
    MachineAnswer,
    PickedUp,
    Talked,
    Unanswered,
    WroteUp,
)
from dialer.pacing.lognormal import Floats, LearnedLogNormal, LogNormal
from dialer.pacing.picture import Picture

#: an attempt that ends sooner than this share of the ring time was busy or failed
EARLY = 0.8
#: the last of those launched at one moment are heard of so long after the ring time
_LATE_SECONDS = 2.0
#: steps of this share of a circle never fall into a pattern
_GOLDEN = 0.618034
#: attempts that count: twenty minutes of a middling floor; a jump is noticed within a minute
_ATTEMPTS_KEPT = 1000.0
#: callers of ours are counted over so many seconds
INBOUND_MEMORY_SECONDS = 300.0


class Chance:
    """The chance of a yes, forgotten slowly, and at once when the recent ones contradict it.

    The test is of the last forty or so against the long run, at 3.5 standard deviations: a false
    alarm costs a little noise, a jump that goes unseen costs abandoned calls.
    """

    _RECENT = 40.0
    _ALARM = 3.5

    def __init__(self, guess: float, *, prior: float, memory: float) -> None:
        self._yes, self._all = guess * prior, prior
        self._keep = 1.0 - 1.0 / memory
        self._recent_yes = self._recent_all = 0.0

    @property
    def doubt(self) -> float:
        """The variance of `value` relative to its square: how far it may be off, squared."""
        return (1.0 - self.value) / (self.value * self._all)

    @property
    def value(self) -> float:
        """Between 0.005 and 0.98: never sure."""
        return min(max(self._yes / self._all, 0.005), 0.98)

    def learn(self, *, yes: float) -> None:
        """Take one case in: 1 is a yes, 0 a no, and what is between is the chance of a yes."""
        keep = 1.0 - 1.0 / self._RECENT
        self._yes, self._all = self._yes * self._keep + yes, self._all * self._keep + 1.0
        self._recent_yes = self._recent_yes * keep + yes
        self._recent_all = self._recent_all * keep + 1.0
        if self._recent_all < self._RECENT / 2.0:
            return
        # a sum that forgets at this speed varies half as much as a plain one of its weight
        spread = math.sqrt(self._recent_all / 2.0 * self.value * (1.0 - self.value))
        if abs(self._recent_yes - self._recent_all * self.value) > self._ALARM * spread:
            self._yes, self._all = self._recent_yes, self._recent_all


@dataclass(frozen=True, slots=True, kw_only=True)
class Calls:
    """What a campaign's calls are like now: chances and lengths in seconds."""

    picked_up: float
    picked_up_doubt: float  # relative variance of that chance
    human: float  # persons among the pick-ups
    early_failure: float  # busy or failed among the unanswered, and when that shows
    failure_seconds: float
    ring: LogNormal
    talk: LogNormal
    wrap_up: LogNormal
    inbound_rate: float  # callers of ours per second who take one of these agents

    @property
    def live(self) -> float:
        """The chance that an attempt becomes a live answer."""
        return self.picked_up * self.human


class Estimates:
    """Learns from every lesson; `version` grows with what was learned."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self.picked_up = Chance(0.3, prior=30.0, memory=_ATTEMPTS_KEPT)
        self.human = Chance(0.7, prior=20.0, memory=200.0)
        self.early_failure = Chance(0.2, prior=10.0, memory=200.0)
        self.ring = LearnedLogNormal(12.0, 0.5, prior=10.0, memory=200.0)
        self.failure = LearnedLogNormal(2.5, 0.3, prior=5.0, memory=100.0)
        self.talk = LearnedLogNormal(120.0, 1.0, prior=5.0, memory=300.0)
        self.wrap_up = LearnedLogNormal(20.0, 0.5, prior=5.0, memory=200.0)
        self._maturing: list[tuple[float, float, float, bool | None]] = []
        self._shuffle = 0.0
        self._inbound = 0.0
        self._inbound_at = 0.0
        self.version = 0

    def calls(self, now: float, picture: Picture | None = None) -> Calls:
        """What was learned so far, as plain numbers; with a picture, of unfinished talks too."""
        talk, wrap_up = self.talk.now, self.wrap_up.now
        if picture is not None:
            talking = (*picture.talking.values(), *picture.serving.values())
            talk = self.talk.with_unfinished(_listed(talking), now)
            wrap_up = self.wrap_up.with_unfinished(_listed(picture.wrapping_up.values()), now)
        return Calls(
            picked_up=self.picked_up.value,
            picked_up_doubt=self.picked_up.doubt,
            human=self.human.value if self._rules.screening_seconds else 1.0,
            early_failure=self.early_failure.value,
            failure_seconds=self.failure.now.mean,
            ring=self.ring.now,
            talk=talk,
            wrap_up=wrap_up,
            inbound_rate=self.inbound_rate(now),
        )

    def inbound_rate(self, now: float) -> float:
        """Callers of ours per second who take one of these agents."""
        return self._inbound * math.exp(-(now - self._inbound_at) / INBOUND_MEMORY_SECONDS)

    def _matures(self, now: float, ring_seconds: float, *, answered: bool | None) -> None:
        """Count an attempt when the ring time of all launched with it is over, and not before.

        `answered` is None for one that we hung up.

        Failures show first, answers next, and who does not answer last: counted as they come,
        the first seconds of a large floor look dead, then alive, and neither is true.
        """
        due = now - ring_seconds + self._rules.ring_seconds + _LATE_SECONDS
        # those launched at one moment mature at one moment: in no order of their fates
        self._shuffle = (self._shuffle + _GOLDEN) % 1.0
        heapq.heappush(self._maturing, (due, self._shuffle, ring_seconds, answered))

    def _learn_attempt(self, ring_seconds: float, *, answered: bool | None) -> None:
        if answered is None:
            self.picked_up.learn(yes=self._would_have_answered(ring_seconds))
            return
        self.picked_up.learn(yes=answered)
        if answered:
            self.ring.learn(ring_seconds)
            return
        early = ring_seconds < EARLY * self._rules.ring_seconds
        self.early_failure.learn(yes=early)
        if early:
            self.failure.learn(ring_seconds)

    def _would_have_answered(self, ring_seconds: float) -> float:
        """The chance of an answer of one that was hung up after so much ringing."""
        ring, most = self.ring.now, self._rules.ring_seconds
        by_now, ever = ring.cdf(np.array([min(ring_seconds, most), most]))
        late = self.picked_up.value * (1.0 - by_now / max(ever, 1e-6))
        never = (1.0 - self.picked_up.value) * (1.0 - self.early_failure.value)
        return float(late / (late + never))

    def learn(self, lesson: Lesson, now: float) -> None:
        """Take a lesson in."""
        self.version += 1
        while self._maturing and self._maturing[0][0] <= now:
            _, _, ring_seconds, answered = heapq.heappop(self._maturing)
            self._learn_attempt(ring_seconds, answered=answered)
        match lesson:
            case PickedUp(ring_seconds):
                self._matures(now, ring_seconds, answered=True)
            case Unanswered(ring_seconds):
                self._matures(now, ring_seconds, answered=False)
            case Cancelled(ring_seconds):
                self._matures(now, ring_seconds, answered=None)
            case LiveAnswer() if self._rules.screening_seconds:
                self.human.learn(yes=True)
            case MachineAnswer():
                self.human.learn(yes=False)
            case Talked(seconds):
                self.talk.learn(seconds, now)
            case WroteUp(seconds):
                self.wrap_up.learn(seconds, now)
            case InboundCame():
                self._inbound = self.inbound_rate(now) + 1.0 / INBOUND_MEMORY_SECONDS
                self._inbound_at = now
            case _:
                self.version -= 1


def _listed(since: Collection[float]) -> Floats:
    return np.fromiter(since, np.float64, len(since))
