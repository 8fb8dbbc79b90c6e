"""A dialer that calls back for the callers of a queue, and the line they gave up."""

from __future__ import annotations

from collections.abc import AsyncIterator

from agents.states import AgentState
from calls.events import (
    AgentConnected,
    AgentReleased,
    CallAnswered,
    CallArrived,
    CallbackAsked,
    CallDialed,
    CallEnded,
    QueueJoined,
    WrapUpEnded,
    WrapUpStarted,
)
from dialer.attempt import Outcome
from dialer.callbacks import Standing
from dialer.campaign import Campaign, CampaignState, RetryRule
from dialer.lead import NewLead
from dialer.options import Options
from storage.callbacks import CallbackOf
from tests.integration.test_dialing_callbacks import Shift
from tests.unit.facts import at, fact

AGAIN = RetryRule(max_attempts=5, minutes={Outcome.NO_ANSWER: 10.0})


class Hotline(Shift):
    """A dialer that calls back for the callers of `soporte`."""

    async def calls_back(self, leads: int = 0, *, queue: str = "soporte") -> None:
        """A running campaign that has so many leads of its own."""
        campaign = Campaign(
            id="c", name="c", queue="salida", country="CO", caller_number="5716001234",
            created_at=self.now, retry=AGAIN, options=Options(callbacks_of=(queue,)),
        )  # fmt: skip

        async def batches() -> AsyncIterator[list[NewLead]]:
            yield [NewLead(number=f"57300{index:07d}", name="", extra={}) for index in range(leads)]

        await self.store.create(campaign)
        await self.store.add_leads("c", batches(), self.now)
        await self.dialing.set_state("c", CampaignState.RUNNING, "test")

    def waits(self, call_id: str, second: float) -> None:
        """A caller joins the line of `soporte`."""
        self.put(
            fact(CallArrived, second, call_id=call_id, number_called="0800", caller_number="1"),
            fact(CallAnswered, second, call_id=call_id),
            fact(QueueJoined, second, call_id=call_id, queue="soporte", position=1),
        )

    def asks(
        self, call_id: str, since: float, second: float, number: str, queue: str = "soporte"
    ) -> None:
        """One who waits since then gives up the line."""
        self.put(
            fact(CallbackAsked, second, call_id=call_id, queue=queue, number=number,
                 waiting_since=at(since)),
            fact(CallEnded, second + 1, call_id=call_id, cause=16, sip_code=200),
        )  # fmt: skip

    def talks(self, call_id: str, queue: str, agent: str, second: float) -> None:
        """An agent has a call."""
        self.put(
            fact(CallDialed, second, call_id=call_id),
            fact(CallAnswered, second, call_id=call_id),
            fact(AgentConnected, second, call_id=call_id, queue=queue, agent=agent),
        )
        self._rings_until.pop(call_id, None)

    async def is_done(self, call_id: str, queue: str, agent: str, second: float) -> None:
        """The talk and its wrap-up are over; the desk asks whom the agent is owed to."""
        self.put(
            fact(AgentReleased, second, call_id=call_id, queue=queue, agent=agent,
                 ended_by="customer"),
            fact(CallEnded, second, call_id=call_id, cause=16, sip_code=200),
            fact(WrapUpStarted, second, call_id=call_id, agent=agent, until=at(second + 5)),
        )  # fmt: skip
        self.now = at(second + 5)
        status = self.roster.get(agent)
        assert status is not None
        self.put(fact(WrapUpEnded, second + 5, call_id=call_id, agent=agent, how="agent"))
        if not await self.keeper.claimed(status):
            self.phones.told.append((agent, "pause"))

    def state(self, agent: str) -> AgentState:
        """What the agent does."""
        status = self.roster.get(agent)
        assert status is not None
        return status.state

    async def kept(self) -> CallbackOf:
        """The one call back there is."""
        (one,) = (await self.store.callbacks("c")).callbacks
        return one

    async def standing(self) -> Standing:
        """How it stands."""
        return (await self.kept()).callback.standing(self.now)
