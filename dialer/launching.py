"""From a decision to the orders: leads are reserved, attempts committed, told, and sent off.

The order of things is what keeps people from being dialed twice: the attempt's row is committed,
then its fact is told, then the order leaves, once. Whatever happens after that, the attempt counts.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from calls.events import Fact
from dialer.attempt import Attempt
from dialer.book import AttemptBook, BookError
from dialer.campaign import CampaignState
from dialer.deciding import Deciding
from dialer.open_attempts import OpenAttempts
from dialer.orders import Orders
from dialer.own_calls import OwnCalls
from dialer.pacing.decision import Decision, Reason
from dialer.running import Running
from dialer.telling import Teller

#: the rules, or a lead that is gone, keep a promised call from being made: it is tried again
PROMISED_AGAIN = timedelta(seconds=30)


class Launching:
    """Makes attempts of leads."""

    def __init__(
        self,
        pbx: str,
        book: AttemptBook,
        open_attempts: OpenAttempts,
        own_calls: OwnCalls,
        orders: Orders,
        deciding: Deciding,
        teller: Teller,
        put: Callable[[Fact], None],
        may_dial: Callable[[], bool],
        now: Callable[[], datetime],
    ) -> None:
        self._pbx = pbx
        self._book = book
        self._open = open_attempts
        self._own_calls = own_calls
        self._orders = orders
        self._deciding = deciding
        self._teller = teller
        self._put = put
        self._may_dial = may_dial
        self._now = now

    async def launch(self, running: Running, decision: Decision, now: datetime) -> None:
        """As many attempts as were decided, if so many leads may be called. Raises `BookError`."""
        reserved = await self._book.reserve(
            running.campaign.id,
            decision.dial,
            judge=running.judge,
            pbx=self._pbx,
            now=now,
            grace=running.grace,
            promised_only=decision.reason is Reason.PROMISED,
            why=self._deciding.note(running, decision, now),
        )
        if running.owed_now(now):
            running.owed = None  # they went first
        attempts = reserved.attempts
        if running.picture.leads_left is not None:
            running.picture.leads_left -= min(len(attempts), running.picture.leads_left)
        for attempt in attempts:
            self._open.own(attempt)
        for attempt in attempts:
            await self._dial(running, attempt)
        if len(attempts) < decision.dial and decision.reason is Reason.PROMISED:
            running.owed_again_at = reserved.next_at or now + PROMISED_AGAIN
        elif len(attempts) < decision.dial:
            running.dry = running.some_ended = True
            running.dry_until = reserved.next_at

    async def call_for(self, agent: str, running: Running, lead_id: int) -> None:
        """Dial a lead for the agent who is kept for it; else let the agent go.

        Raises `BookError`; the agent is free again then, too.
        """
        now = self._now()
        note = self._deciding.note(running, Decision(1, Reason.PROMISED), now)
        try:
            found = await self._book.reserve_one(
                lead_id, agent=agent, judge=running.judge, pbx=self._pbx, now=now, why=note
            )
        except BookError:
            await self._own_calls.give_up(agent)
            raise
        running.owed = None
        if isinstance(found, Attempt):
            await self.dial_for_its_agent(running, found)
        else:
            await self._own_calls.give_up(agent)

    async def dial_for_its_agent(self, running: Running, attempt: Attempt) -> None:
        """Send off a committed attempt that only the agent who is kept for it may have."""
        self._open.own(attempt)
        await self._own_calls.expect(running, attempt)
        await self._dial(running, attempt)

    async def _dial(self, running: Running, attempt: Attempt) -> None:
        campaign = running.campaign
        self._put(self._teller.started(attempt, self._now()))
        if campaign.state is not CampaignState.RUNNING or not self._may_dial():
            self._open.refuse(attempt, "stopped before it was dialed")
            return
        await self._orders.dial(campaign, attempt)
