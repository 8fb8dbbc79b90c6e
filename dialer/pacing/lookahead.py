"""Our own policy: dial as many as the outlook bears at the price that the limit allows."""

from __future__ import annotations

from dialer.pacing.decision import Decision, Reason, Rules, within
from dialer.pacing.estimates import Estimates
from dialer.pacing.evidence import LookaheadEvidence, counts
from dialer.pacing.lessons import Lesson
from dialer.pacing.outlook import Chances
from dialer.pacing.picture import Picture
from dialer.pacing.price import Price
from dialer.pacing.risk import Risk

#: talks grow older without any news: look again
LOOK_AGAIN_SECONDS = 1.0
#: lessons after which the tables are made anew
_STALE_AFTER = 20
#: after so many lessons they are made anew this often at most
_NEW = 1000
_STALE_SECONDS = 3.0


class Lookahead:
    """Predicts live answers and free agents, and launches what pays.

    It never launches fewer than one attempt per free agent: such an attempt takes no risk.
    """

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._estimates = Estimates(rules)
        self._price = Price(rules)
        self._chances: Chances | None = None
        self._version = 0
        self._made_at = 0.0

    def learn(self, lesson: Lesson, now: float) -> None:
        """Take in what came to its end."""
        self._estimates.learn(lesson, now)

    def decide(self, picture: Picture, now: float) -> Decision:
        """How many to dial at `now` (epoch seconds)."""
        if not picture.at_work:
            return Decision(0, Reason.NOBODY_AT_WORK)
        again = now + LOOK_AGAIN_SECONDS
        limit = min(picture.lines_free, picture.leads_due)
        if limit <= 0:
            return Decision(*within(1, picture, Reason.PACED, Reason.PACED), again)
        chances = self._tables(picture, now)
        outlook = chances.outlook(picture, now)
        risk = Risk(outlook)
        budget = self._price.budget(picture, chances.calls, now)
        price = self._price.at(budget)
        choice = risk.most(price, limit)
        if choice.dial:
            self._price.paid(choice.dial, choice.expected_abandoned, outlook.live, picture, budget)
        safe = min(outlook.spare - picture.under_way, limit)
        wanted = max(choice.dial, safe)
        reason = Reason.PACED if choice.dial >= safe else Reason.ONE_PER_FREE_AGENT
        if choice.dial == limit:
            wanted = limit + 1  # it would have dialed more
        nothing = Reason.RISK_TOO_HIGH if budget.share > 0.0 else Reason.LIMIT_REACHED
        evidence = LookaheadEvidence(
            outlook=outlook, calls=chances.calls, budget=budget, price=price, limit=limit,
            choice=choice, counts=counts(picture),
        )  # fmt: skip
        return Decision(*within(wanted, picture, reason, nothing), again, evidence)

    def _tables(self, picture: Picture, now: float) -> Chances:
        learned = self._estimates.version - self._version
        # a large floor learns twenty things in a moment: once it knows enough, moments count
        soon = self._estimates.version < _NEW or now - self._made_at >= _STALE_SECONDS
        enough = min(_STALE_AFTER, self._version / 5.0)
        if self._chances is None or (learned > enough and soon):
            self._chances = Chances(self._estimates.calls(now, picture), self._rules)
            self._version, self._made_at = self._estimates.version, now
        return self._chances
