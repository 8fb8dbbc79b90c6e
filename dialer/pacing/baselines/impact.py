"""Impact Dialing's simulation: the dial ratio that kept agents busiest on the recent calls."""

from __future__ import annotations

import random
from collections import deque
from dataclasses import dataclass

from dialer.pacing.baselines.observed import Ticks, not_yet, paced, whole
from dialer.pacing.decision import Decision, Rules
from dialer.pacing.knobs import Knob, Knobs
from dialer.pacing.lessons import Launched, Lesson, LiveAnswer, MachineAnswer, Talked, Unanswered
from dialer.pacing.picture import Picture

IMPACT_KNOBS: Knobs = {"target_percent": Knob(3.0, 0.2, 10.0)}
_LOOP_SECONDS = 3.0
#: the original simulates in each loop; here less often, to bound what it costs
_SIMULATING_SECONDS = 30.0
_RECENT_SECONDS = 1800.0
_RECENT_ATTEMPTS = 100
_LEAST_ATTEMPTS = 50
_LEAST_AGENTS = 5
_TRIED = 6
_LARGEST_RATIO = 4.0
_STANDSTILL_SECONDS = 600.0
_OVER_TARGET = 0.75

_HORIZON = 240
_ANSWERED_RING, _UNANSWERED_RING = 10, 15
_WRAP = 5


@dataclass(frozen=True, slots=True)
class Floor:
    """What a simulation starts from: idle agents, how long each other one talks, what rings."""

    idle: int
    talking_since: tuple[int, ...]
    ringing: int


@dataclass(frozen=True, slots=True)
class Trace:
    """The recent calls that a simulation draws from: share answered, and talk lengths."""

    answered: float
    talks: tuple[int, ...]


def simulated(
    ratio: float, floor: Floor, trace: Trace, draws: random.Random
) -> tuple[float, float]:
    """Utilisation of the agents and share abandoned over 240 s of one-second steps at `ratio`."""
    draw, talks = draws.random, trace.talks
    answers = [0] * (_HORIZON + _UNANSWERED_RING + 1)
    ends = list(answers)
    freed = list(answers)

    def dial(calls: int, now: int) -> None:
        for _ in range(calls):
            if draw() < trace.answered:
                answers[now + _ANSWERED_RING] += 1
                ends[now + _ANSWERED_RING] += 1
            else:
                ends[now + _UNANSWERED_RING] += 1

    def talk(now: int, elapsed: int = 0) -> None:
        free_at = now + max(0, talks[int(draw() * len(talks))] - elapsed) + _WRAP
        if free_at < _HORIZON:
            freed[free_at] += 1

    for elapsed in floor.talking_since:
        talk(0, elapsed)
    dial(floor.ringing, 0)
    agents = floor.idle + len(floor.talking_since)
    idle, ringing = floor.idle, floor.ringing
    idled = live = abandoned = 0
    for now in range(_HORIZON):
        idle += freed[now]
        ringing -= ends[now]
        met = min(answers[now], idle)
        idle -= met
        live += answers[now]
        abandoned += answers[now] - met
        for _ in range(met):
            talk(now)
        calls = max(0, int(idle * ratio - ringing))
        dial(calls, now)
        ringing += calls
        idled += idle
    return 1.0 - idled / (agents * _HORIZON), abandoned / live if live else 0.0


def best_ratio(target: float, floor: Floor, trace: Trace, draws: random.Random) -> float:
    """Of six ratios up to one answer per agent, the busiest that abandons less than `target`."""
    best, best_utilisation = 1.0, -1.0
    for sixths in range(1, _TRIED + 1):
        # the original caps only what is dialed; capped here too, a dead trace costs no time
        ratio = min(max(1.0, sixths / _TRIED / trace.answered), _LARGEST_RATIO)
        utilisation, abandoned = simulated(ratio, floor, trace, draws)
        if abandoned < target and utilisation > best_utilisation:
            best, best_utilisation = ratio, utilisation
    return best


class ImpactSimulation:
    """Every 3 s: simulated ratio x free agents, less what rings and what already waits.

    The ratio is 1 with under 5 agents, under 50 recent attempts or after 10 minutes without a
    call; never above 4; and three quarters of itself while the ledger is over `target_percent`.
    """

    def __init__(self, rules: Rules, *, target_percent: float = 3.0) -> None:
        self._target = target_percent / 100
        self._draws = random.Random(0)  # noqa: S311 - a simulation, no secret
        self._loop = Ticks(_LOOP_SECONDS)
        self._simulating = Ticks(_SIMULATING_SECONDS)
        #: when each attempt ended, and whether a person answered
        self._attempts: deque[tuple[float, bool]] = deque(maxlen=_RECENT_ATTEMPTS)
        self._talks: deque[tuple[float, int]] = deque(maxlen=_RECENT_ATTEMPTS)
        self._launched_at: float | None = None
        self._simulated_ratio = 1.0

    def learn(self, lesson: Lesson, now: float) -> None:
        """The recent attempts and talks."""
        match lesson:
            case Launched():
                self._launched_at = now
            case LiveAnswer():
                self._attempts.append((now, True))
            case Unanswered() | MachineAnswer():
                self._attempts.append((now, False))
            case Talked(seconds, dialed=True):
                self._talks.append((now, round(seconds)))

    def decide(self, picture: Picture, now: float) -> Decision:
        """Once per loop."""
        if not self._loop.due(now):
            return not_yet(self._loop.next_at)
        if self._simulating.due(now):
            self._simulated_ratio = self._simulate(picture, now)
        ratio = self._ratio(picture, now)
        wanted = whole(ratio * len(picture.ready)) - picture.under_way - picture.asking
        return paced(wanted, picture, look_again_at=self._loop.next_at, evidence={"ratio": ratio})

    def _ratio(self, picture: Picture, now: float) -> float:
        if picture.at_work < _LEAST_AGENTS:
            return 1.0
        if self._launched_at is None or now - self._launched_at > _STANDSTILL_SECONDS:
            return 1.0
        ratio = self._simulated_ratio
        if picture.ledger.share > self._target:
            ratio = max(1.0, _OVER_TARGET * ratio)
        return ratio

    def _simulate(self, picture: Picture, now: float) -> float:
        since = now - _RECENT_SECONDS
        attempts = [live for at, live in self._attempts if at > since]
        talks = tuple(seconds for at, seconds in self._talks if at > since)
        if (
            picture.at_work < _LEAST_AGENTS
            or len(attempts) < _LEAST_ATTEMPTS
            or not talks
            or not any(attempts)
        ):
            return 1.0
        engaged = (*picture.talking.values(), *picture.serving.values())
        floor = Floor(
            idle=len(picture.ready),
            # who wraps up has talked for longer than anybody
            talking_since=(
                *(max(0, int(now - at)) for at in engaged),
                *(max(talks) for _ in picture.wrapping_up),
            ),
            ringing=picture.under_way,
        )
        trace = Trace(sum(attempts) / len(attempts), talks)
        return best_ratio(self._target, floor, trace, self._draws)
