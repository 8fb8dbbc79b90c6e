"""One shift of one policy: the job handed to a process, and the small outcome it returns."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from pydantic import BaseModel, ConfigDict

from bench.pacing.told import TOLD, ToldShift
from bench.pacing.worlds import CAP, rules, world
from dialer.pacing.policies import policy
from simulator.shift import Account, Shift

_MINUTE = 60.0
WINDOW_MINUTES = 30
#: a window's share says something where so many a minute answered
LEAST_LIVE_A_MINUTE = 5


class Job(BaseModel):
    """A world, a policy with its settings, and a seed."""

    model_config = ConfigDict(frozen=True)

    world: str
    policy: str
    knobs: dict[str, float] = {}
    cap: float = CAP
    seed: int
    #: the shift cut to so many hours
    hours: float | None = None
    #: whether the outcome tells each minute
    by_minute: bool = False


class Minute(NamedTuple):
    """Agents' time at work on calls in a minute of the shift, and what was answered in it."""

    busy_seconds: float
    live: int
    abandoned: int


class Outcome(BaseModel):
    """What came of a job."""

    model_config = ConfigDict(frozen=True)

    busy_seconds: float
    signed_in_seconds: float
    attempts: int
    live: int
    abandoned: int
    #: the worst share abandoned within 30 minutes, where enough answered to say
    worst_half_hour: float | None
    decisions: int
    cpu_seconds: float
    minutes: list[Minute] = []


def play(job: Job) -> Outcome:
    """Run the shift."""
    scenario = world(job.world, job.hours)
    told = rules(scenario, job.cap)
    if job.policy == TOLD:
        shift: Shift = ToldShift(scenario, told, job.seed)
    else:
        shift = Shift(scenario, policy(job.policy, told, job.knobs), job.seed)
    began = time.process_time()
    account = shift.run()
    return Outcome(
        busy_seconds=round(account.busy_seconds, 1),
        signed_in_seconds=round(account.signed_in_seconds, 1),
        attempts=account.attempts,
        live=len(account.live_at),
        abandoned=len(account.abandoned_at),
        worst_half_hour=worst_half_hour(account.live_at, account.abandoned_at, scenario.seconds),
        decisions=account.decisions,
        cpu_seconds=round(time.process_time() - began, 2),
        minutes=by_minute(account, scenario.seconds) if job.by_minute else [],
    )


def worst_half_hour(
    live_at: Sequence[float], abandoned_at: Sequence[float], seconds: float
) -> float | None:
    """The highest share abandoned in any 30 minutes, begun at full minutes; None: too few calls."""
    live, abandoned = _within(live_at, seconds), _within(abandoned_at, seconds)
    enough = live >= LEAST_LIVE_A_MINUTE * WINDOW_MINUTES
    if not enough.any():
        return None
    return round(float((abandoned[enough] / live[enough]).max()), 5)


def _within(moments: Sequence[float], seconds: float) -> np.ndarray[tuple[int], np.dtype[np.intp]]:
    """How many moments lie in each window of 30 minutes."""
    total = np.concatenate([[0], np.cumsum(_counts(moments, seconds))])
    whole: np.ndarray[tuple[int], np.dtype[np.intp]] = (
        total[WINDOW_MINUTES:] - total[:-WINDOW_MINUTES]
    )
    return whole


def _counts(moments: Sequence[float], seconds: float) -> np.ndarray[tuple[int], np.dtype[np.intp]]:
    """How many moments lie in each minute."""
    minutes = (np.asarray(moments, dtype=np.float64) / _MINUTE).astype(np.intp)
    size = int(np.ceil(seconds / _MINUTE))
    return np.bincount(np.minimum(minutes, size - 1), minlength=size)


def by_minute(account: Account, seconds: float) -> list[Minute]:
    """The shift minute by minute."""
    live, abandoned = _counts(account.live_at, seconds), _counts(account.abandoned_at, seconds)
    busy = [0.0] * len(live)
    for ended, length in account.worked:
        begun = ended - length
        for minute in range(int(begun / _MINUTE), min(int(ended / _MINUTE) + 1, len(busy))):
            begins = minute * _MINUTE
            busy[minute] += max(0.0, min(ended, begins + _MINUTE) - max(begun, begins))
    return [
        Minute(round(work, 2), int(answers), int(lost))
        for work, answers, lost in zip(busy, live, abandoned, strict=True)
    ]
