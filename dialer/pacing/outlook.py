"""What may come: who of those ringing will answer, and who of those busy will be free by then.

Looked at in `POINTS` moments, at which an attempt launched now would be answered: quantiles of the
ring time, each as likely as the others. For each moment every attempt under way has a chance to
have become a live answer, given how long it has rung, and every busy agent a chance to be free
before that answer's patience is over, given how long the talk or the wrap-up has lasted.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dialer.pacing.decision import Rules
from dialer.pacing.estimates import Calls
from dialer.pacing.lognormal import Floats
from dialer.pacing.picture import Picture

Rows = NDArray[np.intp]

POINTS = 8
_AGE_STEP = 0.5
_WRAP_UPS = 5
#: a talk that lasts sixty times the mean is a line somebody forgot: nobody waits for it
_FORGOTTEN = 60.0


@dataclass(frozen=True, slots=True)
class Sum:
    """How many of some independent things happen by each moment: the sum's first cumulants."""

    mean: Floats
    variance: Floats
    third: Floats

    @staticmethod
    def of(cumulants: Floats) -> Sum:
        """From the three after one another, as `_cumulants` lays them out."""
        return Sum(*cumulants.reshape(3, POINTS))


@dataclass(frozen=True, slots=True)
class Outlook:
    """What may come by each moment, and the agents free now beyond those asked for."""

    spare: int
    answering: Sum
    freeing: Sum
    #: callers of ours who will come until then, each taking an agent; (moment,)
    inbound: Floats
    #: the chance that a new attempt is a live answer by then; (moment,)
    new: Floats
    #: the chance that a new attempt becomes a live answer at all
    live: float
    #: the relative variance of that chance: all answers are off by it together
    doubt: float


class Chances:
    """Tables of chances by age, made once for what is known of the calls and used many times."""

    def __init__(self, calls: Calls, rules: Rules) -> None:
        self.calls = calls
        limit = rules.ring_seconds
        moments = np.minimum(calls.ring.quantiles(POINTS), limit)
        self._moments = moments
        # a person who is screened first meets an agent that much later
        self._patience = rules.screening_seconds + rules.patience_seconds
        all_rings = max(float(calls.ring.cdf(np.array([limit]))[0]), 1e-6)

        def answered(seconds: Floats) -> Floats:
            share: Floats = np.minimum(calls.ring.cdf(seconds) / all_rings, 1.0)
            return share

        ages = np.arange(0.0, limit + 5.0, _AGE_STEP)[:, None]
        failed = np.clip(ages / calls.failure_seconds - 0.5, 0.0, 1.0) * calls.early_failure
        still = 1.0 - calls.picked_up * answered(ages) - (1.0 - calls.picked_up) * failed
        gain = np.maximum(answered(ages + moments) - answered(ages), 0.0)
        ringing = calls.live * gain / np.maximum(still, 0.01)
        ringing[ages[:, 0] > limit] = 0.0
        self._ringing = _cumulants(ringing)
        self._screened = _cumulants(np.full((1, POINTS), calls.human))[0]
        self._new = calls.live * answered(moments)

        self._ages = np.concatenate([np.arange(0.0, 120.0, 2.0), np.geomspace(120.0, 7200.0, 80)])
        by = self._ages[:, None] + moments + self._patience
        wrap_ups = calls.wrap_up.quantiles(_WRAP_UPS)
        talk_over = calls.talk.cdf(by[:, :, None] - wrap_ups)
        talking = _given(talk_over, calls.talk.cdf(self._ages)[:, None, None]).mean(axis=2)
        talking[self._ages > _FORGOTTEN * calls.talk.mean] = 0.0
        self._talking = _cumulants(talking)
        wrapping_up = _given(calls.wrap_up.cdf(by), calls.wrap_up.cdf(self._ages)[:, None])
        self._wrapping_up = _cumulants(wrapping_up)

    def outlook(self, picture: Picture, now: float) -> Outlook:
        """What may come, seen from `now` (epoch seconds)."""
        calls, moments = self.calls, self._moments
        answering = _summed(self._ringing, self._rings(picture.ringing.values(), now))
        answering += len(picture.screened) * self._screened
        busy = [
            since
            for place in (picture.talking, picture.serving)
            for agent, since in place.items()
            if agent not in picture.leaving
        ]
        writing = [
            since for agent, since in picture.wrapping_up.items() if agent not in picture.leaving
        ]
        freeing = _summed(self._talking, self._rows(busy, now))
        freeing += _summed(self._wrapping_up, self._rows(writing, now))
        inbound = calls.inbound_rate * (moments + self._patience)
        spare = len(picture.ready) - picture.asking
        return Outlook(
            spare,
            Sum.of(answering),
            Sum.of(freeing),
            inbound,
            self._new,
            calls.live,
            calls.picked_up_doubt,
        )

    def answering(self, since: Collection[float], now: float) -> Floats:
        """The chances of each of those who ring since then to have answered; (attempt, moment)."""
        rows = self._rings(since, now)
        chances: Floats = self._ringing[rows, :POINTS]
        return chances

    def _rings(self, since: Collection[float], now: float) -> Rows:
        rows = (_since(since, now) / _AGE_STEP + 0.5).astype(np.intp)
        return np.minimum(rows, len(self._ringing) - 1)

    def _rows(self, since: Collection[float], now: float) -> Rows:
        return np.maximum(np.searchsorted(self._ages, _since(since, now)) - 1, 0)


def _since(moments: Collection[float], now: float) -> Floats:
    return np.maximum(now - np.fromiter(moments, np.float64, len(moments)), 0.0)


def _given(by: Floats, already: Floats) -> Floats:
    """The chance of an end by then, given that there was none until now."""
    chance: Floats = np.clip((by - already) / np.maximum(1.0 - already, 1e-6), 0.0, 1.0)
    return chance


def _cumulants(chances: Floats) -> Floats:
    """Mean, variance and third cumulant of each yes-or-no, after one another in a row."""
    spread = chances * (1.0 - chances)
    return np.concatenate([chances, spread, spread * (1.0 - 2.0 * chances)], axis=1)


def _summed(table: Floats, rows: Rows) -> Floats:
    """The sum of the table's rows; hundreds of calls stand in few rows, so they are counted."""
    total: Floats = np.bincount(rows, minlength=len(table)).astype(np.float64) @ table
    return total
