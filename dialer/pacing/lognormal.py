"""Lognormal lengths, learned as they come and slowly forgotten.

Telephone talk, wrap-up and ringing times are skewed with heavy tails; a lognormal fits them well
(Brown et al., Statistical Analysis of a Telephone Call Center, JASA 100, 2005) and is learned from
two sums. Works on numpy arrays; lengths in seconds.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

#: the normal distribution as a table: numpy has none, and a step of 0.004 is finer than any need
_LIMIT, _STEPS = 8.0, 4000
_X = np.linspace(-_LIMIT, _LIMIT, _STEPS + 1)
_NORMAL = np.array([0.5 * math.erfc(-x / math.sqrt(2.0)) for x in _X])
_SHORTEST = 0.05


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

    def learn(self, seconds: float) -> None:
        """Take one length in."""
        value = math.log(max(seconds, _SHORTEST))
        self._weight = self._weight * self._keep + 1.0
        self._sum = self._sum * self._keep + value
        self._squares = self._squares * self._keep + value * value

    @property
    def now(self) -> LogNormal:
        """What was learned so far; a standard deviation is never below 0.1."""
        mu = self._sum / self._weight
        return LogNormal(mu, math.sqrt(max(self._squares / self._weight - mu * mu, 0.01)))
