"""Lognormal lengths, learned as they come and slowly forgotten.

Telephone talk, wrap-up and ringing times are skewed with heavy tails; a lognormal fits them well
(Brown et al., Statistical Analysis of a Telephone Call Center, JASA 100, 2005) and is learned from
two sums. Works on numpy arrays; lengths in seconds.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

#: the normal distribution as a table: numpy has none, and a step of 0.004 is finer than any need
_LIMIT, _STEPS = 8.0, 4000
_X = np.linspace(-_LIMIT, _LIMIT, _STEPS + 1)
_NORMAL = np.array([0.5 * math.erfc(-x / math.sqrt(2.0)) for x in _X])
_SHORTEST = 0.05
_EM_STEPS = 4
#: ends remembered: what began before them all has faded anyway
_ENDS_KEPT = 2000


def normal_cdf(x: Floats) -> Floats:
    """The chance that a standard normal variable is below `x`; exact to 0.001."""
    inside = np.clip(x, -_LIMIT, _LIMIT)
    index = ((inside + _LIMIT) * (_STEPS / (2.0 * _LIMIT)) + 0.5).astype(np.int64)
    table: Floats = _NORMAL[index]
    return table


@dataclass(frozen=True, slots=True)
class LogNormal:
    """A lognormal by the mean and standard deviation of its logarithm."""

    mu: float
    sigma: float

    @property
    def mean(self) -> float:
        """The mean length in seconds."""
        return math.exp(self.mu + self.sigma**2 / 2.0)

    def cdf(self, seconds: Floats) -> Floats:
        """The chance of a length below `seconds`."""
        return normal_cdf((np.log(np.maximum(seconds, 1e-3)) - self.mu) / self.sigma)

    def quantiles(self, count: int) -> Floats:
        """`count` lengths that stand for equal shares of all."""
        shares = (np.arange(count) + 0.5) / count
        points: Floats = np.exp(self.mu + self.sigma * np.interp(shares, _NORMAL, _X))
        return points


class LearnedLogNormal:
    """Learns from each length; older ones count less and less.

    `prior` is what the first guess is worth, in lengths; `memory` is how many lengths count.
    """

    def __init__(self, mean: float, cv: float, *, prior: float, memory: float) -> None:
        variance = math.log(1.0 + cv * cv)
        mu = math.log(mean) - variance / 2.0
        self._keep = 1.0 - 1.0 / memory
        self._weight = prior
        self._sum = prior * mu
        self._squares = prior * (mu * mu + variance)
        self._ends: deque[float] = deque(maxlen=_ENDS_KEPT)
        self._found = self.now

    def learn(self, seconds: float, ended_at: float = 0.0) -> None:
        """Take one length in; `ended_at` in seconds, if unfinished ones are to be counted."""
        self._ends.append(ended_at)
        value = math.log(max(seconds, _SHORTEST))
        self._weight = self._weight * self._keep + 1.0
        self._sum = self._sum * self._keep + value
        self._squares = self._squares * self._keep + value * value

    @property
    def now(self) -> LogNormal:
        """What was learned so far; a standard deviation is never below 0.1."""
        return _fitted(self._weight, self._sum, self._squares)

    def with_unfinished(self, began: Floats, now: float) -> LogNormal:
        """The same, counting those who are still at it: the short ones end first.

        Each unfinished length is taken at its expectation given its age (some steps of the EM
        algorithm for right-censored lengths, going on from what was found before), and fades with
        every length that has ended since it began, as those do that began with it.
        """
        if not len(began):
            self._found = self.now
            return self._found
        shape = self._found
        ends = np.fromiter(self._ends, np.float64, len(self._ends))
        weight = self._keep ** (len(ends) - np.searchsorted(ends, began))
        ages = np.maximum(now - began, 0.0)
        logs = np.log(np.maximum(ages, _SHORTEST))
        for _ in range(_EM_STEPS):
            z = np.clip((logs - shape.mu) / shape.sigma, -_LIMIT, 4.0)
            ahead = np.exp(-0.5 * z * z) / (math.sqrt(2.0 * math.pi) * (1.0 - normal_cdf(z)))
            mean = shape.mu + shape.sigma * ahead
            square = mean * shape.mu + shape.sigma**2 + shape.sigma * ahead * logs
            shape = _fitted(
                self._weight + float(weight.sum()),
                self._sum + float(weight @ mean),
                self._squares + float(weight @ square),
            )
        self._found = shape
        return shape


def _fitted(weight: float, total: float, squares: float) -> LogNormal:
    mu = total / weight
    return LogNormal(mu, math.sqrt(max(squares / weight - mu * mu, 0.01)))
