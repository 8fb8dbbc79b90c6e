"""A caller who waits for one agent: the agent is kept for the call, and the caller goes on in time.

The caller is in the agent's own queue, as a dialed call is that one agent may have (decision
0014). Whatever keeps the two apart - the time is over, the agent leaves or does not answer - the
caller is sent on to the others: nobody is left in a queue that has no agent.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from agents.floor import own_queue
from agents.keeper import Claim, Keeper
from agents.roster import Roster
from agents.states import AgentState
from calls.call import Direction
from calls.errors import SwitchError
from calls.events import (
    AgentConnected,
    AgentFreed,
    AgentMissed,
    AgentPaused,
    AgentReserved,
    AgentSignedOut,
    CallEnded,
    CallVanished,
    QueueGaveUp,
    QueueJoined,
    QueueLeft,
    SnapshotTaken,
)
from calls.states import CallState
from calls.tracker import Change, Tracker

log = logging.getLogger(__name__)

_BUSY = (AgentState.OFFERED, AgentState.TALKING, AgentState.WRAPPING_UP)
_LET_GO = AgentFreed | AgentPaused | AgentSignedOut


@dataclass(slots=True, kw_only=True)
class _Offer:
    """One caller, and the agent they wait for."""

    call_id: str
    agent: str
    until: datetime
    #: nobody else gets the agent
    kept: bool = False
    #: and is in the own queue
    expected: bool = False


class Preferred:
    """Keeps agents for callers. `send_on` takes a caller out of an own queue, to the others.

    To be folded after the tracker and the roster; `claim` is for `Keeper.claim`.
    """

    def __init__(
        self,
        keeper: Keeper,
        roster: Roster,
        tracker: Tracker,
        send_on: Callable[[str], Awaitable[None]],
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._keeper = keeper
        self._roster = roster
        self._tracker = tracker
        self._send_on = send_on
        self._now = now
        self._offers: dict[str, _Offer] = {}
        self._to_free: list[_Offer] = []
        self._to_send_on: set[str] = set()
        self._changed = asyncio.Event()

    async def offer(self, call_id: str, number: str, until: datetime) -> bool:
        """Keep the agent for the caller, now or as soon as they have done with another.

        True: send the caller to the agent's own queue, now. False: the agent is away, or kept for
        somebody else; nothing is done.
        """
        agent = self._roster.get(number)
        if agent is None or agent.pause_next or call_id in self._offers:
            return False
        if any(offer.agent == number for offer in self._offers.values()):
            return False
        offer = _Offer(call_id=call_id, agent=number, until=until)
        if agent.free:
            self._offers[call_id] = offer
            try:
                kept = await self._keep(offer)
            except asyncio.CancelledError:  # the caller hung up: it may have been told already
                self._offers.pop(call_id, None)
                self._to_free.append(offer)
                self._changed.set()
                raise
            if not kept:
                self._offers.pop(call_id, None)
                return False
        elif agent.state in _BUSY:
            self._offers[call_id] = offer
        else:
            return False
        self._changed.set()
        return True

    def claim(self, number: str) -> Claim | None:
        """The agent has done with what kept them from calls: for whom they are kept, if anybody."""
        for offer in self._offers.values():
            if offer.agent == number and not offer.kept and offer.until > self._now():
                return Claim(campaign_id="", lead_id=0, until=offer.until)
        return None

    def fold(self, change: Change) -> None:
        """Note what became of a caller, or of an agent."""
        fact = change.fact
        match fact:
            case CallEnded() | CallVanished():
                self._over(fact.call_id)
            case QueueLeft() | QueueGaveUp():
                offer = self._offers.get(fact.call_id)
                if offer is not None and fact.queue == own_queue(offer.agent):
                    self._over(fact.call_id)
            case AgentConnected():
                offer = self._offers.get(fact.call_id)
                if offer is not None and fact.agent == offer.agent:
                    del self._offers[fact.call_id]
                else:
                    self._over(fact.call_id)
            case AgentMissed():
                self._part(fact.call_id)
            case AgentReserved() | AgentFreed() | AgentPaused() | AgentSignedOut():
                self._hear_of_agent(fact)
            case QueueJoined() if fact.call_id not in self._offers:
                self._to_send_on.add(fact.call_id)
            case SnapshotTaken():
                # a restart of ours forgot for whom they wait
                self._to_send_on |= {one for _, one, _ in fact.waiting if one not in self._offers}
            case _:
                pass
        self._changed.set()

    async def run(self) -> None:
        """Do what follows, and look at the clock, for ever."""
        while True:
            self._changed.clear()
            await self.look()
            now = self._now()
            waits = [(offer.until - now).total_seconds() for offer in self._offers.values()]
            try:
                # one whose agent's phone rings in this very moment is looked at when that is over
                async with asyncio.timeout(min((one for one in waits if one > 0), default=None)):
                    await self._changed.wait()
            except TimeoutError:
                continue

    async def look(self) -> None:
        """Keep whom it is time for, part those whose time is over."""
        now = self._now()
        for offer in list(self._offers.values()):
            agent = self._roster.get(offer.agent)
            if offer.until <= now:
                rings = agent is not None and agent.state is AgentState.OFFERED
                if not (rings and agent is not None and agent.call_id == offer.call_id):
                    self._part(offer.call_id)
            elif not offer.kept and agent is not None and agent.free:
                await self._keep(offer)
            elif offer.kept and not offer.expected:
                await self._expect(offer)
        while self._to_free:
            await self._free(self._to_free.pop())
        while self._to_send_on:
            await self._take_on(self._to_send_on.pop())

    def _hear_of_agent(self, fact: AgentReserved | _LET_GO) -> None:
        for offer in list(self._offers.values()):
            if offer.agent != fact.agent:
                continue
            if not isinstance(fact, AgentReserved):
                offer.kept = False  # by nobody any more
                self._part(offer.call_id)
            elif fact.campaign_id == "" and fact.attempt_id == "":
                offer.kept = True

    async def _keep(self, offer: _Offer) -> bool:
        if not await self._keeper.reserve(
            offer.agent, campaign_id="", lead_id=0, until=offer.until
        ):
            return False
        offer.kept = True
        await self._expect(offer)
        return True

    async def _expect(self, offer: _Offer) -> None:
        if offer.expected:
            return
        offer.expected = True
        await self._keeper.expect(
            offer.agent, campaign_id="", lead_id=0, attempt_id=offer.call_id, until=offer.until
        )
        if offer.call_id not in self._offers:
            self._to_free.append(offer)  # over while the agent was brought in

    def _over(self, call_id: str) -> None:
        """The caller needs the agent no more."""
        offer = self._offers.pop(call_id, None)
        if offer is not None and offer.kept:
            self._to_free.append(offer)

    async def _free(self, offer: _Offer) -> None:
        agent = self._roster.get(offer.agent)
        if agent is None or agent.campaign_id:
            return  # kept for a lead by now
        if agent.call_id in ("", offer.call_id):
            await self._keeper.free(offer.agent, "no_talk")

    def _part(self, call_id: str) -> None:
        """The agent does not come: the caller goes on."""
        if call_id in self._offers:
            self._to_send_on.add(call_id)
        self._over(call_id)

    async def _take_on(self, call_id: str) -> None:
        call = self._tracker.get(call_id)
        if call is None or call.direction is not Direction.INBOUND:
            return
        if call.state is not CallState.QUEUED or not self._is_own(call.queue):
            return
        try:
            await self._send_on(call_id)
        except SwitchError as error:
            log.warning("call %s waits for an agent who does not come: %s", call_id, error)

    def _is_own(self, queue: str) -> bool:
        return any(queue == own_queue(agent.number) for agent in self._roster.all())
