"""The people who are called: what becomes of an attempt is drawn once, when it is launched."""

from __future__ import annotations

import random
from enum import StrEnum
from typing import NamedTuple

from simulator.scenario import Scenario


class Reply(StrEnum):
    """What the called side does."""

    PICKED_UP = "picked_up"
    BUSY = "busy"
    FAILED = "failed"
    NO_ANSWER = "no_answer"


class Fate(NamedTuple):
    """What the called side does, and after how long."""

    reply: Reply
    seconds: float


def fate(scenario: Scenario, at: float, draw: random.Random) -> Fate:
    """What becomes of an attempt launched at this second of the shift."""
    if draw.random() < scenario.answered(at):
        mean, spread = scenario.ring.log_moments
        ring = draw.lognormvariate(mean, spread)
        while ring > scenario.ring_limit:
            ring = draw.lognormvariate(mean, spread)
        return Fate(Reply.PICKED_UP, ring)
    kind = draw.random()
    for reply, (share, seconds) in ((Reply.BUSY, scenario.busy), (Reply.FAILED, scenario.failed)):
        if kind < share:
            return Fate(reply, seconds * draw.uniform(0.7, 1.3))
        kind -= share
    return Fate(Reply.NO_ANSWER, scenario.ring_limit)
