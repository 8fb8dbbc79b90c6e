"""How many more calls the outlook bears.

The risk of one more attempt is the chance that, answered live, it would meet no agent in time:

    risk(n) = average over the moments t of  the highest, over t and all later moments u, of
              P( answers by u, with n more launched before it
                 - agents freed by u + patience  >=  spare agents )

The chance of an answer is itself only known so well: all answers are off together by that doubt.
Later moments count, because an early answer takes the agent that a later one was launched for.

The marginal attempt's own risk decides, one threshold for every state: in the Markov twin of the
problem such a rule is known to be within 0.7 points of the exact optimum (decision 0010). The sum
of independent yes-and-nos is taken as normal with a correction for its skewness (first Edgeworth
term): that holds from five agents to five hundred and costs the same for both.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from dialer.pacing.outlook import Outlook

_HALF_ROOT = math.sqrt(0.5)
_SIXTH = 1.0 / (6.0 * math.sqrt(2.0 * math.pi))
#: nothing is ever quite certain: a floor under the variance, in agents squared
_LEAST_VARIANCE = 1e-4
#: a launch of so many at once has its risks summed at this many places
_SUMMED = 5


@dataclass(frozen=True, slots=True)
class Choice:
    """How many to launch, what the last one risks, the first one left out, and all together."""

    dial: int
    last_risk: float
    next_risk: float
    #: expected abandoned calls of all that are launched
    expected_abandoned: float


class Risk:
    """The risk as a function of how many are launched now."""

    def __init__(self, outlook: Outlook) -> None:
        answering, freeing, inbound = outlook.answering, outlook.freeing, outlook.inbound
        self._live = outlook.live
        need = outlook.spare - 0.5
        # callers of ours come as a Poisson stream: all its cumulants are its mean
        slack = need - (answering.mean - freeing.mean + inbound)
        variance = answering.variance + freeing.variance + inbound + _LEAST_VARIANCE
        third = answering.third - freeing.third + inbound
        self._doubt = outlook.doubt
        # the latest first; plain numbers: for a handful they are ten times as fast as arrays
        self._moments = list(
            zip(
                slack.tolist(),
                variance.tolist(),
                third.tolist(),
                outlook.new.tolist(),
                answering.mean.tolist(),
                strict=True,
            )
        )[::-1]

    def of(self, launched: int) -> float:
        """The chance that the next one meets no agent when so many are launched before it."""
        total = worst = 0.0
        for slack, variance, third, new, answers in self._moments:
            spread = launched * new * (1.0 - new)
            doubted = self._doubt * (answers + launched * new) ** 2
            variance += spread + doubted
            third += spread * (1.0 - 2.0 * new)
            worst = max(worst, _tail(slack - launched * new, variance, third))
            total += worst
        return total / len(self._moments)

    def at_once(self) -> float:
        """The chance that one who answered now, or one displaced by it, meets no agent."""
        worst = 0.0
        for slack, variance, third, _, answers in self._moments:
            doubted = variance + self._doubt * answers**2
            worst = max(worst, _tail(slack, doubted, third))
        return worst

    def most(self, price: float, limit: int) -> Choice:
        """As many as cost no more than the price each, `limit` at most."""
        count = self._largest(price, limit)
        expected = self._live * self._summed(count)
        last = self.of(count - 1) if count else 0.0
        return Choice(count, last, self.of(count), expected)

    def _largest(self, price: float, limit: int) -> int:
        if limit <= 0 or self.of(0) > price:
            return 0
        low, high = 1, 1  # `low` are bearable
        while high < limit and self.of(high) <= price:
            low, high = high + 1, min(2 * high + 1, limit)
        if high == limit and self.of(high - 1) <= price:
            return limit
        while low < high:
            middle = (low + high + 1) // 2
            if self.of(middle - 1) <= price:
                low = middle
            else:
                high = middle - 1
        return low

    def _summed(self, count: int) -> float:
        if count <= _SUMMED:
            return sum(self.of(index) for index in range(count))
        places = np.linspace(0, count - 1, _SUMMED).round().astype(int)
        return count * sum(self.of(int(index)) for index in places) / _SUMMED


def _tail(slack: float, variance: float, third: float) -> float:
    """The chance that a sum with these cumulants is above its mean by `slack`."""
    deviation = math.sqrt(variance)
    x = slack / deviation
    tail = 0.5 * math.erfc(x * _HALF_ROOT)
    tail += third / (variance * deviation) * (x * x - 1.0) * math.exp(-0.5 * x * x) * _SIXTH
    return min(tail, 1.0)
