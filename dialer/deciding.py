"""How many a campaign dials now: what its policy looks at, what it says, what is kept of it.

A policy paces strangers. Two things stand above it: subscribers who wait (`dialer/blending.py`),
and a call that was promised for this moment and whose agent is free.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from calls.events import Fact
from dialer.blending import with_kept_free
from dialer.book import AttemptBook
from dialer.campaign import PacingNote
from dialer.memory import MOST_ATTEMPTS, REMEMBERED, teach
from dialer.pacing.decision import Decision, Reason
from dialer.pacing.picture import Ledger, Picture
from dialer.rules.abandonment import TAKEN_FOR_MACHINES
from dialer.running import Running, Watch
from dialer.telling import Teller

#: the list is counted this often; in between the attempts made are taken off
COUNT_AGAIN = timedelta(seconds=60)
_NO_AGENT = (Reason.NO_AGENT_FREE, Reason.NOBODY_AT_WORK)


class Deciding:
    """Asks the policies of the campaigns in hand."""

    def __init__(
        self,
        pbx: str,
        book: AttemptBook,
        watch: Watch,
        teller: Teller,
        put: Callable[[Fact], None],
    ) -> None:
        self._pbx = pbx
        self._book = book
        self._watch = watch
        self._teller = teller
        self._put = put
        #: when somebody wants to look again though nothing happens, epoch seconds
        self.look_at = math.inf

    def look_again(self, at: float | None) -> None:
        """Look again at that moment at the latest; None: no wish."""
        if at is not None:
            self.look_at = min(self.look_at, at)

    async def decide(self, running: Running, now: datetime) -> Decision:
        """How many to dial at `now`, or whom to hang up; told and kept when it is news."""
        await self._load_ledger(running, now)
        await self._count_leads(running, now)
        self._watch.count_lines(running, now)
        decision = self._decided(running, now)
        self.look_again(decision.look_again_at)
        if decision.reason is Reason.NOT_YET:
            return decision
        told, running.told = running.told, decision
        if told is None or _news(told) != _news(decision):
            self._put(self._teller.decided(running.campaign.id, decision, now))
        if decision.dial > 0:
            running.noted = (now, decision.reason)
        elif decision.cancel or running.should_note(now, decision.reason):
            running.noted = (now, decision.reason)
            await self._book.note(self.note(running, decision, now))
        return decision

    def note(self, running: Running, decision: Decision, now: datetime) -> PacingNote:
        """The decision as it is kept."""
        return PacingNote(
            campaign_id=running.campaign.id,
            pbx=self._pbx,
            decided_at=now,
            policy=running.policy,
            dial=decision.dial,
            reason=decision.reason,
            evidence=decision.evidence.plain() if decision.evidence is not None else {},
        )

    def _decided(self, running: Running, now: datetime) -> Decision:
        moment, picture, blend = now.timestamp(), running.picture, running.blend
        if blend is not None:
            waiting = self._watch.waiting_since(running, blend.rule.queues)
            stands_back = blend.look(waiting, moment)
            self.look_again(blend.look_again_at(waiting, moment))
            if stands_back:
                return self._standing_back(running, moment)
            picture = with_kept_free(picture, blend.rule.keep_free, moment)
        decision = running.pacing.decide(picture, moment)
        decision = self._with_promised(running, picture, decision, now)
        if decision.reason in _NO_AGENT and running.picture.ready:
            return replace(decision, reason=Reason.INBOUND_FIRST)
        return decision

    def _standing_back(self, running: Running, moment: float) -> Decision:
        """Nobody is dialed; what rings too long is hung up now more than ever."""
        if running.campaign.cancel_after_seconds is None:
            return Decision(0, Reason.INBOUND_FIRST)
        decision = running.pacing.decide(replace(running.picture, lines_free=0), moment)
        if decision.cancel:
            return replace(decision, dial=0)
        return Decision(0, Reason.INBOUND_FIRST, decision.look_again_at)

    def _with_promised(
        self, running: Running, picture: Picture, decision: Decision, now: datetime
    ) -> Decision:
        """Whatever the policy says: a free agent makes the call that is promised for now."""
        self.look_again(running.next_owed_at(now))
        if decision.dial > 0 or decision.cancel or running.campaign.previews:
            return decision
        free = len(picture.ready) - picture.under_way - picture.asking
        dial = min(running.owed_now(now), free, picture.lines_free)
        if dial <= 0:
            return decision
        return Decision(dial, Reason.PROMISED, decision.look_again_at)

    async def _load_ledger(self, running: Running, now: datetime) -> None:
        """Nothing is paced before the live answers and abandoned calls of the period are known."""
        begun = running.judge.ledger_since(now)
        if running.ledger_of == begun:
            return
        if running.ledger_of is None:
            since = now - REMEMBERED
            past = await self._book.past(running.campaign.id, since, now, MOST_ATTEMPTS)
            teach(running.pacing, past)
        answered = await self._book.answered_since(running.campaign.id, begun)
        running.picture.ledger = Ledger(
            live=answered.live,
            abandoned=answered.abandoned,
            machines=answered.machines,
            mistaken=TAKEN_FOR_MACHINES if _people_estimated(running) else 0.0,
        )
        running.ledger_of = begun

    async def _count_leads(self, running: Running, now: datetime) -> None:
        """How much of the list is left: what is abandoned must be paid back while there is any."""
        if running.counted_at is None or now - running.counted_at >= COUNT_AGAIN:
            leads = await self._book.lead_counts(running.campaign.id, now)
            running.picture.leads_left = leads.due + leads.later
            running.counted_at, running.owed = now, None
        if running.owed is None:
            running.owed = await self._book.owed(running.campaign.id)


def _people_estimated(running: Running) -> bool:
    """Whether calls are ended by a verdict, and the rules want the mistakes counted."""
    machines = running.campaign.options.machines
    return machines is not None and machines.ends_calls and running.judge.estimates_people


def _news(decision: Decision) -> tuple[int, Reason, int]:
    return decision.dial, decision.reason, len(decision.cancel)
