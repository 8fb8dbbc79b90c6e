"""Our own policy: dial as many as the outlook bears at the price that the limit allows.

Where the rules let it, what rings too long is hung up when more may answer than agents can take.
"""

from __future__ import annotations

import numpy as np

from dialer.pacing.cancelling import MOST_AT_ONCE, bearable, risks
from dialer.pacing.decision import Decision, Reason, Rules, within
from dialer.pacing.estimates import Estimates
from dialer.pacing.evidence import CancellingEvidence, LookaheadEvidence, Seen, counts
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


def at_least_one_per_free_agent(chosen: int, *, free: int, limit: int) -> int:
    """How many are dialed when the price allows `chosen`: a free agent's own attempt risks nothing.

    `free` are the agents whom nobody waits for or rings for, `limit` the lines and leads there are.
    """
    return max(chosen, min(free, limit), 0)


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
        """How many to dial at `now` (epoch seconds), or whom to hang up."""
        old = self._may_hang_up(picture, now)
        cannot = self._cannot_dial(picture, now)
        if cannot is not None and not old:
            return cannot
        chances = self._tables(picture, now)
        seen = self._seen(picture, chances, now)
        if old:
            hung_up = self._hung_up(old, picture, chances, seen, now)
            if hung_up is not None:
                return hung_up
        return cannot or self._dialed(picture, seen, now)

    def _cannot_dial(self, picture: Picture, now: float) -> Decision | None:
        again = now + LOOK_AGAIN_SECONDS
        if not picture.at_work:
            rings = picture.rang and self._rules.cancel_after_seconds is not None
            return Decision(0, Reason.NOBODY_AT_WORK, again if rings else None)
        if min(picture.lines_free, picture.leads_due) <= 0:
            return Decision(*within(1, picture, Reason.PACED, Reason.PACED), again)
        return None

    def _seen(self, picture: Picture, chances: Chances, now: float) -> Seen:
        budget = self._price.budget(picture, chances.calls, now)
        return Seen(
            outlook=chances.outlook(picture, now), calls=chances.calls, budget=budget,
            price=self._price.at(budget), counts=counts(picture),
        )  # fmt: skip

    def _dialed(self, picture: Picture, seen: Seen, now: float) -> Decision:
        outlook, budget = seen.outlook, seen.budget
        limit = min(picture.lines_free, picture.leads_due)
        choice = Risk(outlook).most(seen.price, limit)
        if choice.dial:
            self._price.paid(choice.dial, choice.expected_abandoned, outlook.live, picture, budget)
        wanted = at_least_one_per_free_agent(
            choice.dial, free=outlook.spare - picture.under_way, limit=limit
        )
        reason = Reason.PACED if wanted == choice.dial else Reason.ONE_PER_FREE_AGENT
        if choice.dial == limit:
            wanted = limit + 1  # it would have dialed more
        nothing = Reason.RISK_TOO_HIGH if budget.share > 0.0 else Reason.LIMIT_REACHED
        evidence = LookaheadEvidence(seen, limit, choice)
        again = now + LOOK_AGAIN_SECONDS
        return Decision(*within(wanted, picture, reason, nothing), again, evidence)

    def _may_hang_up(self, picture: Picture, now: float) -> list[str]:
        """The longest ringing first; never so many that a free agent has none."""
        after = self._rules.cancel_after_seconds
        if after is None:
            return []
        beyond = picture.under_way - max(len(picture.ready) - picture.asking, 0)
        old = [attempt for attempt, since in picture.rang.items() if now - since >= after]
        count = min(max(beyond, 0), MOST_AT_ONCE)
        return sorted(old, key=picture.rang.__getitem__)[:count]

    def _hung_up(
        self, old: list[str], picture: Picture, chances: Chances, seen: Seen, now: float
    ) -> Decision | None:
        answering = chances.answering([picture.ringing[attempt] for attempt in old], now)
        most = bearable(seen.price, self._rules.abandonment_cap)
        found = risks(seen.outlook, answering, most)
        count = len(found) - 1
        if not count:
            return None
        self._price.spared(float(answering[:count, -1] @ np.array(found[:count])))
        evidence = CancellingEvidence(seen, answering, most, found)
        again = now + LOOK_AGAIN_SECONDS
        return Decision(0, Reason.TOO_MANY_RINGING, again, evidence, tuple(old[:count]))

    def _tables(self, picture: Picture, now: float) -> Chances:
        learned = self._estimates.version - self._version
        # a large floor learns twenty things in a moment: once it knows enough, moments count
        soon = self._estimates.version < _NEW or now - self._made_at >= _STALE_SECONDS
        enough = min(_STALE_AFTER, self._version / 5.0)
        if self._chances is None or (learned > enough and soon):
            self._chances = Chances(self._estimates.calls(now, picture), self._rules)
            self._version, self._made_at = self._estimates.version, now
        return self._chances
