"""Two textbook policies: a steady rate from queueing theory, and means of answers and agents."""

from __future__ import annotations

from math import exp, expm1

from dialer.pacing.baselines.observed import AnswerRates, ForgettingMean, paced, whole
from dialer.pacing.decision import Decision, Reason, Rules
from dialer.pacing.knobs import Knob, Knobs
from dialer.pacing.lessons import Lesson, PickedUp, Talked, WroteUp
from dialer.pacing.picture import Picture

ERLANG_KNOBS: Knobs = {"target_percent": Knob(3.0, 0.1, 20.0)}
EXPECTED_VALUE_KNOBS: Knobs = {"overdial": Knob(1.0, 0.3, 4.0)}
_LOOK_SECONDS = 0.5
#: a longer standstill is not made up for
_LONGEST_STEP_SECONDS = 1.0
#: shorter means than that are noise of the first calls
_LEAST_HANDLING_SECONDS = 5.0
#: the load is solved again when the mean handling moved by more
_STALE_SHARE = 0.02
#: a rate without feedback is as good as its means: a few percent off, and the limit is missed
_LONG_MEMORY = 2000
_GUESSED_TALK_SECONDS = 120.0


def abandonment(
    agents: int, load: float, handling_seconds: float, patience_seconds: float
) -> float:
    """Share of callers lost in M/M/N+D at `load` erlangs; Erlang B when the patience is 0."""
    if load <= 0:
        return 0.0
    inverse = 1.0  # of Erlang B with n agents, built up from none
    for n in range(1, agents):
        inverse = 1.0 + inverse * n / load
    arrivals, services = load / handling_seconds, agents / handling_seconds
    drift = arrivals - services
    growth = exp(drift * patience_seconds)
    integral = expm1(drift * patience_seconds) / drift if drift else patience_seconds
    integral += growth / services
    return (1.0 + drift * integral) / (inverse + arrivals * integral)


def load_at(share: float, agents: int, handling_seconds: float, patience_seconds: float) -> float:
    """The offered load, in erlangs, at which `share` of the callers is lost."""
    low, high = 0.0, agents / (1.0 - share)
    for _ in range(40):
        load = (low + high) / 2
        if abandonment(agents, load, handling_seconds, patience_seconds) < share:
            low = load
        else:
            high = load
    return low


def finished(seconds: float, talk_seconds: float, wrap_seconds: float) -> float:
    """Share of those talking now who will have talked and wrapped up; both exponential."""
    talk, wrap = max(talk_seconds, 0.1), max(wrap_seconds, 0.1)
    if abs(talk - wrap) < 0.01 * talk:
        return 1.0 - exp(-seconds / talk) * (1.0 + seconds / talk)
    return 1.0 - (talk * exp(-seconds / talk) - wrap * exp(-seconds / wrap)) / (talk - wrap)


class ErlangRate:
    """Launches at the steady rate whose load loses `target_percent` of the live answers.

    It sees how many agents there are for dialed calls, not what they do: the best that a dialer
    blind to the moment can do. The mean handling is all time spent on calls per talk that ended,
    as the mean of those that ended is too short while a large team is at its first calls.
    """

    def __init__(self, rules: Rules, *, target_percent: float = 3.0) -> None:
        self._share = target_percent / 100
        self._patience_seconds = rules.patience_seconds
        self._answers = AnswerRates(rules, memory=_LONG_MEMORY)
        self._handled = 5.0
        self._handled_seconds = self._handled * _GUESSED_TALK_SECONDS
        self._credit = 0.0
        self._last_at: float | None = None
        self._solved = (0, 1.0, 0.0)  # agents, handling seconds, load

    def learn(self, lesson: Lesson, now: float) -> None:
        """The answer rate, and how many talks there were."""
        self._answers.learn(lesson, now)
        if isinstance(lesson, Talked):
            if self._handled >= _LONG_MEMORY:
                self._handled_seconds -= self._handled_seconds / self._handled
            else:
                self._handled += 1.0

    def decide(self, picture: Picture, now: float) -> Decision:
        """The whole calls that the rate has brought since the last look."""
        step = 0.0 if self._last_at is None else max(0.0, now - self._last_at)
        step = min(step, _LONGEST_STEP_SECONDS)
        self._last_at = now
        agents = len(picture.ready) + len(picture.talking) + len(picture.wrapping_up)
        self._handled_seconds += step * (picture.at_work - len(picture.ready))
        handling = max(_LEAST_HANDLING_SECONDS, self._handled_seconds / self._handled)
        load = self._load(agents, handling)
        rate = load / handling / self._answers.of_attempts
        self._credit += rate * step
        wanted = whole(self._credit)
        # what lines or leads do not allow now is not saved up
        self._credit -= wanted
        return paced(
            wanted,
            picture,
            nothing=Reason.NOT_YET,
            look_again_at=now + _LOOK_SECONDS,
            evidence={"load": load, "launches_per_second": rate, "handling_seconds": handling},
        )

    def _load(self, agents: int, handling_seconds: float) -> float:
        if agents == 0:
            return 0.0
        solved_agents, solved_handling, load = self._solved
        if agents != solved_agents or abs(handling_seconds / solved_handling - 1.0) > _STALE_SHARE:
            load = load_at(self._share, agents, handling_seconds, self._patience_seconds)
            self._solved = (agents, handling_seconds, load)
        return load


class ExpectedValue:
    """Dials until the answers to expect equal the agents to expect a mean ring later."""

    def __init__(self, rules: Rules, *, overdial: float = 1.0) -> None:
        self._overdial = overdial
        self._answers = AnswerRates(rules)
        self._talk = ForgettingMean(_GUESSED_TALK_SECONDS)
        self._wrap = ForgettingMean(1.0, weight=1.0)
        self._ring = ForgettingMean(10.0)

    def learn(self, lesson: Lesson, now: float) -> None:
        """Ring, talk and wrap-up means, and the answer rate."""
        self._answers.learn(lesson, now)
        match lesson:
            case Talked(seconds):
                self._talk.add(seconds)
            case WroteUp(seconds):
                self._wrap.add(seconds)
            case PickedUp(ring_seconds):
                self._ring.add(ring_seconds)

    def decide(self, picture: Picture, now: float) -> Decision:
        """At every change; nothing in it moves with time alone."""
        leaving = picture.leaving
        ring, wrap = self._ring.value, max(self._wrap.value, 0.1)
        leave_talk = sum(agent in picture.talking or agent in picture.serving for agent in leaving)
        leave_wrap = sum(agent in picture.wrapping_up for agent in leaving)
        busy = len(picture.talking) + len(picture.serving) - leave_talk
        free = (
            len(picture.ready)
            + busy * finished(ring, self._talk.value, wrap)
            + (len(picture.wrapping_up) - leave_wrap) * (1.0 - exp(-ring / wrap))
        )
        answers = self._answers.expected(picture) + picture.asking
        wanted = whole((self._overdial * free - answers) / self._answers.of_attempts)
        return paced(
            wanted,
            picture,
            evidence={"expected_free": free, "expected_answers": answers, "ring_seconds": ring},
        )
