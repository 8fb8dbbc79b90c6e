"""The price of an abandoned call: how much risk the next attempt may carry.

Two things set it. The *budget* is what the limit still leaves for each live answer expected until
the shift's account is closed: abandoned calls so far are paid back over all that is left, never at
once, because a dialer that answers each one by braking is idle in between. The *rate of exchange*
is learned: how much threshold gives how much abandonment in this campaign. It is steered by the
risk the forecast itself saw in what was launched, which is known at once and has little noise; the
forecast in turn is corrected by the abandoned calls that really came. The setpoint never moves.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from dialer.pacing.decision import Rules
from dialer.pacing.estimates import Calls
from dialer.pacing.picture import Picture

_FIRST = 0.10
_LOWEST, _HIGHEST = 0.002, 0.8
#: the forecast sees only a part of what comes: attempts launched later displace earlier ones
_UNSEEN = 1.2
#: abandoned calls the guess above is worth
_UNSEEN_WORTH = 30.0
#: how fast the rate of exchange moves, per live answer launched
GAIN = 0.02
#: live answers over which the forecast risk is averaged
_AVERAGED = 60.0
#: a part of a call kept back, so that the account ends below the limit and not around it
RESERVE = 0.6
#: without an end of the shift: as many live answers ahead as this
_ALWAYS_AHEAD = 400.0


@dataclass(frozen=True, slots=True)
class Budget:
    """What may still be abandoned: a share of the live answers expected, and how many those are."""

    share: float
    live_ahead: float


class Price:
    """Steers the threshold of one campaign."""

    def __init__(self, rules: Rules) -> None:
        self._cap = rules.abandonment_cap
        self._log_rate = math.log(_FIRST / self._cap)
        self._foreseen = 0.0
        self._risk_now: float | None = None

    def budget(self, picture: Picture, calls: Calls, now: float) -> Budget:
        """What is left of the limit for the rest of the shift."""
        ledger = picture.ledger
        ahead = _ALWAYS_AHEAD
        if picture.ends_at is not None:
            per_second = picture.at_work / max(calls.talk.mean + calls.wrap_up.mean, 1.0)
            ahead = max((picture.ends_at - now) * per_second * 0.95, 1.0)
        if picture.leads_left is not None:
            ahead = max(min(ahead, picture.leads_left * calls.live), 1.0)
        # what is on its way may still be abandoned: it is as good as spent
        on_its_way = picture.under_way * calls.live * (self._risk_now or 0.0) * self._seen(picture)
        spent = ledger.abandoned_estimated + on_its_way
        left = self._cap * (ledger.live_estimated + ahead) - spent - RESERVE
        return Budget(min(max(left / ahead, 0.0), 2.0 * self._cap), ahead)

    def at(self, budget: Budget) -> float:
        """The highest risk an attempt may carry now."""
        return min(math.exp(self._log_rate) * budget.share, _HIGHEST)

    def paid(
        self,
        launched: int,
        expected_abandoned: float,
        live: float,
        picture: Picture,
        budget: Budget,
    ) -> None:
        """Learn the rate of exchange from what was launched. `live` is the chance of an answer."""
        answers = launched * live
        if answers <= 0.0:
            return
        self._foreseen += expected_abandoned
        risk = expected_abandoned / answers
        if self._risk_now is None:
            self._risk_now = risk
        self._risk_now += (risk - self._risk_now) * min(answers / _AVERAGED, 0.5)
        risk_seen = self._risk_now * self._seen(picture)
        error = (budget.share - risk_seen) / max(budget.share, 0.005)
        self._log_rate += GAIN * answers * min(max(error, -1.0), 1.0)
        low, high = math.log(_LOWEST / self._cap), math.log(_HIGHEST / self._cap)
        self._log_rate = min(max(self._log_rate, low), high)

    def spared(self, expected_abandoned: float) -> None:
        """Learn that so much of what was foreseen will not come: it was hung up."""
        self._foreseen = max(self._foreseen - expected_abandoned, 0.0)
        self._risk_now = max((self._risk_now or 0.0) - expected_abandoned / _AVERAGED, 0.0)

    def _seen(self, picture: Picture) -> float:
        """Abandoned calls that came, per one that the forecast saw coming."""
        return (picture.ledger.abandoned + _UNSEEN_WORTH * _UNSEEN) / (
            self._foreseen + _UNSEEN_WORTH
        )
