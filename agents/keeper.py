"""Keeps an agent for one lead: to look at it, or because nobody else may have the call to it.

Who is kept is paused in every queue, so that no other call gets there first. For the time of the
call the agent is the only one in a queue of their own, and the call is dialed into that queue.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from agents.floor import own_queue
from agents.phone_orders import PhoneOrders
from agents.roster import AgentStatus, Roster
from agents.settle import RESERVED
from agents.states import AgentState
from agents.under_way import UnderWay
from calls.events import AgentFreed, AgentPaused, AgentReserved, Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """Somebody who is owed this agent, and until when the agent is kept for them."""

    campaign_id: str
    lead_id: int
    until: datetime


class Keeper:
    """What can be asked for a call that is one agent's. Orders the switch does not take are logged.

    `claim` is asked when an agent has done with what kept them from calls: whom they are owed to.
    """

    def __init__(
        self,
        pbx: str,
        roster: Roster,
        orders: PhoneOrders,
        put: Callable[[Fact], None],
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._pbx = pbx
        self._roster = roster
        self._orders = orders
        self._put = put
        self._now = now
        self._under_way = UnderWay()
        self.claim: Callable[[str], Claim | None] = lambda _: None

    async def reserve(
        self, number: str, *, campaign_id: str, lead_id: int, until: datetime
    ) -> bool:
        """Keep a free agent for a lead; False when the agent is not free, and nothing is done."""
        agent = self._roster.get(number)
        if agent is None or not agent.free or agent.pause_next:
            return False
        return await self._keep(agent, Claim(campaign_id=campaign_id, lead_id=lead_id, until=until))

    async def claimed(self, agent: AgentStatus) -> bool:
        """Keep the agent, whose pause or wrap-up just ended, for whom they are owed to, if any."""
        claim = self.claim(agent.number)
        return claim is not None and await self._keep(agent, claim)

    async def expect(
        self, number: str, *, campaign_id: str, lead_id: int, attempt_id: str, until: datetime
    ) -> None:
        """The call to the lead is about to leave; the kept agent is alone in the own queue."""
        agent = self._roster.get(number)
        if agent is None:
            return
        self._tell(
            AgentReserved(
                at=self._now(), pbx=self._pbx, agent=number, campaign_id=campaign_id,
                lead_id=lead_id, attempt_id=attempt_id, until=until,
            )
        )  # fmt: skip
        own = (own_queue(number),)
        # one who is left in it from before may be paused in it, too
        await self._orders.leave(agent, own)
        await self._orders.join(agent, own, pause="")

    async def free(self, number: str, how: str) -> None:
        """The agent is kept no more, and takes calls again; one who talks or is away stays so."""
        agent = self._roster.get(number)
        if agent is None:
            return
        ready = agent.state is AgentState.READY
        coming = ready and self._under_way.told_of(AgentReserved, number)
        if agent.state is AgentState.RESERVED or coming:
            freed = AgentFreed(at=self._now(), pbx=self._pbx, agent=number, how=how)
            if self._under_way.has(freed):
                return
            self._tell(freed)
        elif not ready:
            return
        await self._orders.leave(agent, (own_queue(number),))
        await self._orders.pause(agent, "")

    async def pause(self, number: str, reason: str) -> None:
        """Who is kept for a lead and does not answer to it: no calls, until they are ready."""
        agent = self._roster.get(number)
        if agent is None or agent.state is not AgentState.RESERVED:
            return
        self._tell(AgentPaused(at=self._now(), pbx=self._pbx, agent=number, reason=reason))
        await self._orders.pause(agent, reason)

    def heard(self, fact: Fact) -> None:
        """Everyone knows the fact by now."""
        self._under_way.heard(fact)

    async def _keep(self, agent: AgentStatus, claim: Claim) -> bool:
        reserved = AgentReserved(
            at=self._now(), pbx=self._pbx, agent=agent.number, campaign_id=claim.campaign_id,
            lead_id=claim.lead_id, attempt_id="", until=claim.until,
        )  # fmt: skip
        if self._under_way.has(reserved):
            return False
        self._tell(reserved)
        await self._orders.pause(agent, RESERVED)
        return True

    def _tell(self, fact: AgentReserved | AgentFreed | AgentPaused) -> None:
        self._under_way.told(fact)
        self._put(fact)
