"""A dialer of a campaign whose agents look at each lead first, in virtual time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

from agents.floor import own_queue
from agents.states import AgentState
from calls.errors import Linea800Error
from calls.events import (
    AgentConnected,
    AgentOffered,
    CallAnswered,
    CallDialed,
    QueueJoined,
)
from dialer.campaign import Campaign, CampaignState, RetryRule
from dialer.lead import NewLead
from dialer.options import Options
from dialer.showing import Decision, PreviewRule, PreviewSummary, WhenOver
from storage.previews import LeadShown
from tests.integration.test_dialing import Office
from tests.unit.facts import PBX, at, fact


class Bench(Office):
    """Agents who look at leads."""

    async def begin(
        self,
        leads: int = 5,
        *,
        when_over: WhenOver = WhenOver.PAUSE,
        most_skips: int = 3,
        **values: object,
    ) -> None:
        """A running campaign whose agents decide within 30 s."""
        rule = PreviewRule(when_over=when_over, most_skips=most_skips, skip_minutes=10)
        plain = Campaign(
            id="c", name="c", queue="salida", country="CO", caller_number="5716001234",
            created_at=self.now, pacing="preview", options=Options(preview=rule),
            retry=RetryRule(max_attempts=1),
        )  # fmt: skip

        async def batches() -> AsyncIterator[list[NewLead]]:
            yield [NewLead(number=f"57300{index:07d}", name="", extra={}) for index in range(leads)]

        await self.store.create(replace(plain, **values))  # type: ignore[arg-type]  # by name
        await self.store.add_leads("c", batches(), self.now)
        await self.dialing.set_state("c", CampaignState.RUNNING, "test")

    async def look(self, second: float | None = None) -> None:
        """Time passes, and the dialer looks."""
        if second is not None:
            self.now = at(second)
        await self.dialing.turn()

    async def decide(
        self, agent: str, decision: Decision, reason: str = ""
    ) -> Linea800Error | None:
        """The agent decides; what went wrong."""
        asking = asyncio.create_task(self.dialing.previews.decide(agent, decision, reason))
        await asyncio.sleep(0)
        await self.dialing.turn()
        try:
            await asking
        except Linea800Error as error:
            return error
        return None

    async def shown_to(self, agent: str) -> LeadShown | None:
        """What the agent looks at."""
        return await self.showings.shown_to(PBX, agent)

    async def number_shown_to(self, agent: str) -> str:
        """The number of it, without what all have in common."""
        shown = await self.shown_to(agent)
        return "" if shown is None else shown.lead.number[-2:]

    async def summary(self) -> PreviewSummary:
        """How leads were looked at."""
        return await self.showings.summary("c")

    def state(self, agent: str) -> AgentState:
        """What the agent does."""
        known = self.roster.get(agent)
        assert known is not None
        return known.state

    async def campaign_state(self) -> CampaignState:
        """What the campaign does."""
        campaign = await self.store.get("c")
        assert campaign is not None
        return campaign.state

    def answer(self, call_id: str, agent: str, second: float) -> None:
        """The called person answers, and talks to the agent."""
        queue = own_queue(agent)
        self.put(
            fact(CallDialed, second, call_id=call_id),
            fact(CallAnswered, second, call_id=call_id),
            fact(QueueJoined, second, call_id=call_id, queue=queue, position=1),
            fact(AgentOffered, second, call_id=call_id, queue=queue, agent=agent),
            fact(AgentConnected, second, call_id=call_id, queue=queue, agent=agent),
        )
