"""What can be said of a world without simulating it: progressive dialing, and a bound for all."""

from __future__ import annotations

import math

from bench.pacing.worlds import trunks_bind
from simulator.scenario import Scenario

_STEP_SECONDS = 60.0


def _normal_cdf(x: float) -> float:
    return 0.5 * math.erfc(-x / math.sqrt(2.0))


def mean_answered_ring(scenario: Scenario) -> float:
    """The mean of a lognormal that never exceeds the ring time; seconds."""
    mu, sigma = scenario.ring.log_moments
    limit = (math.log(scenario.ring_limit) - mu) / sigma
    return scenario.ring.mean * _normal_cdf(limit - sigma) / _normal_cdf(limit)


def mean_unanswered_ring(scenario: Scenario) -> float:
    """The mean over busy, failed and rung out; seconds."""
    early = (scenario.busy, scenario.failed)
    rung_out = 1.0 - sum(share for share, _ in early)
    return sum(share * seconds for share, seconds in early) + rung_out * scenario.ring_limit


def mean_ring(scenario: Scenario, picked_up: float) -> float:
    """Until an attempt is decided, a machine detection included; seconds."""
    answered = mean_answered_ring(scenario) + scenario.screening
    return picked_up * answered + (1.0 - picked_up) * mean_unanswered_ring(scenario)


def progressive_occupancy(scenario: Scenario) -> float | None:
    """One call per free agent: p B / (p B + R); None where agents also serve callers.

    Where the answer rate moves it is the mean over the shift's minutes, as if each were all there
    is: right as long as the rate moves more slowly than a call.
    """
    if scenario.inbound is not None:
        return None
    handling = scenario.talk.mean + scenario.wrap_up.mean
    steps = round(scenario.seconds / _STEP_SECONDS)
    total = 0.0
    for step in range(steps):
        picked_up = scenario.answered((step + 0.5) * _STEP_SECONDS)
        busy = picked_up * (1.0 - scenario.machines) * handling
        total += busy / (busy + mean_ring(scenario, picked_up))
    return total / steps


def bound(scenario: Scenario) -> float:
    """No dialer does better, whatever it knows of those it has dialed.

    Knowing when each one answers and each agent is free, it keeps everybody busy from the first
    ring on. Where trunks bind, each connection holds one for its talk and for the rings of all
    attempts it took: connections a second <= trunks / (talk + R / p).
    """
    if not trunks_bind(scenario):
        return 1.0
    picked_up = scenario.answered(0.0)
    live = picked_up * (1.0 - scenario.machines)
    held = scenario.talk.mean + mean_ring(scenario, picked_up) / live
    handling = scenario.talk.mean + scenario.wrap_up.mean
    return min(1.0, scenario.trunks / held * handling / scenario.agents)
