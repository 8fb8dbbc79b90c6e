"""The phone world against what is known without it: accounts that add up, and closed forms.

Tolerances are some three standard errors of runs of the length used here.
"""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import pytest

from dialer.pacing.decision import Decision, Pacing, Reason, Rules
from dialer.pacing.lessons import (
    Abandoned,
    Connected,
    Launched,
    Lesson,
    MachineAnswer,
    Talked,
    Unanswered,
)
from dialer.pacing.picture import Picture
from dialer.pacing.policies import policy
from simulator.scenario import HOUR, Lengths, Scenario, always
from simulator.scenarios import NAMED
from simulator.shift import Account, Shift


class Nobody:
    """Dials nobody."""

    def learn(self, lesson: Lesson, now: float) -> None:
        """Nothing."""

    def decide(self, picture: Picture, now: float) -> Decision:
        """Nobody, and nothing to look at again."""
        return Decision(0, Reason.RISK_TOO_HIGH)


class OpenLoop(Nobody):
    """Dials at the moments of a Poisson process, whatever it sees."""

    def __init__(self, rate: float, seed: int) -> None:
        self._rate = rate
        self._draw = random.Random(seed)
        self._next_at = self._draw.expovariate(rate)

    def decide(self, picture: Picture, now: float) -> Decision:
        """As many as were due."""
        due = 0
        while self._next_at <= now:
            due += 1
            self._next_at += self._draw.expovariate(self._rate)
        return Decision(due, Reason.PACED, look_again_at=self._next_at)


class Witness:
    """Lets another policy decide, and notes what it is told."""

    def __init__(self, pacing: Pacing) -> None:
        self._pacing = pacing
        self.told: Counter[type[Lesson]] = Counter()
        self.talked = 0.0
        self.fewest_lines = math.inf

    def learn(self, lesson: Lesson, now: float) -> None:
        """Note it and pass it on."""
        self.told[type(lesson)] += 1
        self.talked += lesson.seconds if isinstance(lesson, Talked) else 0.0
        self._pacing.learn(lesson, now)

    def decide(self, picture: Picture, now: float) -> Decision:
        """As the other one."""
        self.fewest_lines = min(self.fewest_lines, picture.lines_free)
        return self._pacing.decide(picture, now)


def _played(scenario: Scenario, pacing: Pacing | str = "progressive", seed: int = 1) -> Account:
    rules = Rules(patience_seconds=scenario.patience, screening_seconds=scenario.screening)
    return Shift(scenario, policy(pacing, rules) if isinstance(pacing, str) else pacing, seed).run()


# --- accounts add up --------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["medium20", "waves40", "trunk28", "amd30", "blended", "faults"])
@pytest.mark.parametrize("paced", ["progressive", "ratio"])
def test_every_attempt_ends_once_and_agents_time_adds_up(name: str, paced: str) -> None:
    scenario = NAMED[name]
    witness = Witness(policy(paced, Rules()))
    shift = Shift(scenario, witness, 3)
    account, picture, told = shift.run(), shift.picture, witness.told

    ended = told[Unanswered] + told[MachineAnswer] + told[Connected] + told[Abandoned]
    under_way = len(picture.ringing) + len(picture.screened) + len(picture.waiting)
    assert account.attempts == told[Launched] == ended + under_way
    assert account.attempts == account.answered + account.unanswered + len(picture.ringing)
    live, lost = len(account.live_at), len(account.abandoned_at)
    assert account.answered == live + account.machines + len(picture.screened)
    assert live == account.connected + lost + len(picture.waiting)
    assert (picture.ledger.live, picture.ledger.abandoned) == (live, lost)
    assert witness.fewest_lines >= 0

    busy = account.busy_seconds
    assert account.ready_seconds + busy == pytest.approx(account.signed_in_seconds)
    assert sum(length for _, length in account.worked) == pytest.approx(busy)
    last = [scenario.seconds - at for at in (*picture.talking.values(), *picture.serving.values())]
    assert witness.talked + sum(last) == pytest.approx(account.talk_seconds)
    longest = sum(one.ends - one.begins for one in scenario.working(random.Random("agents 3")))
    assert account.signed_in_seconds >= longest - scenario.agents * scenario.talk.mean


def test_the_same_seed_plays_the_same_shift_and_another_one_another() -> None:
    scenario = replace(NAMED["blended"], hours=2)
    assert _played(scenario, "ratio") == _played(scenario, "ratio")
    assert _played(scenario, "ratio") != _played(scenario, "ratio", seed=2)


def test_a_list_is_dialed_once_and_then_nobody_is() -> None:
    scenario = replace(NAMED["medium20"], hours=1, leads=300)
    account = _played(scenario)
    assert account.attempts == 300
    assert account.used_up_at is not None
    assert account.live_at[-1] <= account.used_up_at + scenario.ring_limit
    assert _played(replace(scenario, leads=100_000)).used_up_at is None


# --- closed forms -----------------------------------------------------------------------------


def _normal_below(x: float) -> float:
    return 0.5 * math.erfc(-x / math.sqrt(2.0))


def _mean_ring(scenario: Scenario, picked_up: float) -> float:
    """Over all outcomes; of a lognormal cut at the ring time the mean is known."""
    mean, spread = scenario.ring.log_moments
    cut = (math.log(scenario.ring_limit) - mean) / spread
    answered = scenario.ring.mean * _normal_below(cut - spread) / _normal_below(cut)
    early = scenario.busy[0] * scenario.busy[1] + scenario.failed[0] * scenario.failed[1]
    rung_out = (1.0 - scenario.busy[0] - scenario.failed[0]) * scenario.ring_limit
    return picked_up * answered + (1.0 - picked_up) * (early + rung_out)


@pytest.mark.parametrize("picked_up", [0.15, 0.3, 0.5])
def test_progressive_occupancy_is_what_the_closed_form_says(picked_up: float) -> None:
    """One call per free agent: an agent is busy B, then free R/p: p B / (p B + R)."""
    scenario = Scenario(name="", agents=60, hours=8, answered=always(picked_up))
    handling = scenario.talk.mean + scenario.wrap_up.mean
    expected = picked_up * handling / (picked_up * handling + _mean_ring(scenario, picked_up))
    assert _played(scenario).occupancy == pytest.approx(expected, abs=0.007)


def _calls(rate: float, hours: float) -> Callable[[random.Random], list[float]]:
    def moments(draw: random.Random) -> list[float]:
        at, out = 0.0, []
        while (at := at + draw.expovariate(rate)) < hours * HOUR:
            out.append(at)
        return out

    return moments


@pytest.mark.parametrize("variation", [0.0, 1.0])
def test_one_agent_and_callers_who_wait_are_pollaczek_and_khinchine(variation: float) -> None:
    """M/G/1: P(wait) = rho, mean wait = lambda E[S^2] / (2 (1 - rho)); S is talk and wrap-up."""
    rate, hours = 1 / 200.0, 3000.0
    talk, wrap_up = Lengths(100.0, variation), Lengths(20.0, 0.5)
    scenario = Scenario(
        name="", agents=1, hours=hours, talk=talk, wrap_up=wrap_up, inbound=_calls(rate, hours)
    )
    account = _played(scenario, Nobody())
    load = rate * (talk.mean + wrap_up.mean)
    square = (talk.mean + wrap_up.mean) ** 2 + (talk.mean * talk.cv) ** 2 + (wrap_up.mean / 2) ** 2
    waits = account.inbound_waited
    assert len(waits) > 50_000
    assert account.occupancy == pytest.approx(load, abs=0.01)
    assert sum(wait > 0 for wait in waits) / len(waits) == pytest.approx(load, abs=0.01)
    expected = rate * square / (2 * (1 - load))
    assert sum(waits) / len(waits) == pytest.approx(expected, rel=0.06)


def _erlang_b(agents: int, load: float) -> float:
    blocked = 1.0
    for count in range(1, agents + 1):
        blocked = load * blocked / (count + load * blocked)
    return blocked


@pytest.mark.parametrize("variation", [0.3, 1.0, 2.0])
def test_people_who_do_not_wait_are_lost_as_erlang_b_says(variation: float) -> None:
    """M/G/n/n: the loss asks only for the mean of the service, not for its distribution."""
    agents, load = 10, 8.0
    talk, wrap_up = Lengths(80.0, variation), Lengths(20.0, 0.5)
    scenario = Scenario(
        name="", agents=agents, hours=120, answered=always(1.0), talk=talk, wrap_up=wrap_up,
        patience=0.0,
    )  # fmt: skip
    account = _played(scenario, OpenLoop(load / (talk.mean + wrap_up.mean), seed=4))
    lost = _erlang_b(agents, load)
    assert len(account.live_at) > 30_000
    assert account.abandoned_share == pytest.approx(lost, abs=0.007)
    assert account.occupancy == pytest.approx(load * (1 - lost) / agents, abs=0.01)


def test_where_trunks_are_fewer_than_agents_no_more_is_talked_than_they_carry() -> None:
    scenario = Scenario(name="", agents=30, hours=2, answered=always(0.9), trunks=10)
    account = _played(scenario, "ratio")
    assert account.talk_seconds <= 10 * scenario.seconds
    assert account.talk_seconds > 0.8 * 10 * scenario.seconds
