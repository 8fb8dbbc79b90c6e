"""Calls that only one agent may have: whom an agent is owed to, and when the agent is kept for it.

An agent is kept as soon as the promised moment has come and the agent is free, or will be in this
very moment (`claim`); the call leaves when the fact of it has come round. Who is kept and was not
reached takes other calls again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Protocol

from agents.keeper import Claim
from agents.roster import Roster
from agents.states import AgentState
from calls.events import (
    AgentFreed,
    AgentReserved,
    CallEnded,
    CallVanished,
    DialRefused,
    QueueGaveUp,
)
from calls.tracker import Change
from dialer.attempt import Attempt
from dialer.callbacks import Promise
from dialer.campaign import CampaignState
from dialer.running import Running, Watch

#: until the call leaves: what is in between is one transaction
KEPT = timedelta(seconds=15)
#: beyond the ringing: the answer, the queue's two seconds, and the safe-harbour message
_AFTER_RINGING = timedelta(seconds=15)
_OVER = CallEnded | CallVanished | DialRefused | QueueGaveUp


class AgentKeeper(Protocol):
    """Who keeps agents for one lead: `agents.keeper.Keeper`."""

    async def reserve(
        self, number: str, *, campaign_id: str, lead_id: int, until: datetime
    ) -> bool:
        """Keep a free agent; False when the agent is not free."""

    async def expect(
        self, number: str, *, campaign_id: str, lead_id: int, attempt_id: str, until: datetime
    ) -> None:
        """The call to the lead is about to leave."""

    async def free(self, number: str, how: str) -> None:
        """The agent is kept no more."""

    async def pause(self, number: str, reason: str) -> None:
        """Who is kept and does not answer to it takes no calls."""


class OwnCalls:
    """Keeps agents for the calls that were promised in their name."""

    def __init__(
        self,
        campaigns: Mapping[str, Running],
        roster: Roster,
        keeper: AgentKeeper,
        watch: Watch,
        now: Callable[[], datetime],
    ) -> None:
        self._campaigns = campaigns
        self._roster = roster
        self._keeper = keeper
        self._watch = watch
        self._now = now
        self._not_reached: set[str] = set()
        # agents whose call is being made, until the fact of it has come round
        self._calling: set[str] = set()

    def claim(self, number: str) -> Claim | None:
        """Who is owed the agent who has just become free."""
        now = self._now()
        for running in self._campaigns.values():
            agent = self._roster.get(number)
            if agent is None or not agent.held or running.campaign.queue not in agent.queues:
                continue
            for promise in _due(running, now):
                if promise.agent == number:
                    return _claim(running, promise, now)
        return None

    def hear(self, change: Change) -> None:
        """A call that was one agent's is over: if they never talked, the agent is free again."""
        fact = change.fact
        if isinstance(fact, AgentFreed) or (isinstance(fact, AgentReserved) and fact.attempt_id):
            self._calling.discard(fact.agent)
        if not isinstance(fact, _OVER):
            return
        if change.after is not None and change.after.connected_at is not None:
            return
        for running in self._campaigns.values():
            attempt = running.attempts.get(fact.call_id)
            if attempt is not None and attempt.wanted_agent:
                self._not_reached.add(attempt.wanted_agent)

    async def look(self) -> list[tuple[Running, int, str]]:
        """Keep and free whom it is time for; the leads to be called now, each for its agent."""
        while self._not_reached:
            await self._keeper.free(self._not_reached.pop(), "no_talk")
        now = self._now()
        self._calling &= {number for _, _, number in self._waiting()}
        for running in self._campaigns.values():
            for promise in _due(running, now):
                if promise.agent and running.campaign.queue in self._queues_of(promise.agent):
                    claim = _claim(running, promise, now)
                    if await self._keeper.reserve(
                        promise.agent, campaign_id=claim.campaign_id, lead_id=claim.lead_id,
                        until=claim.until,
                    ):  # fmt: skip
                        self._watch.kept(self._campaigns.values(), promise.agent, now)
        return [kept for kept in self._waiting() if kept[2] not in self._calling]

    async def expect(self, running: Running, attempt: Attempt) -> None:
        """The call is about to leave."""
        self._calling.add(attempt.wanted_agent)
        rings = timedelta(seconds=running.campaign.ring_seconds)
        await self._keeper.expect(
            attempt.wanted_agent,
            campaign_id=attempt.campaign_id,
            lead_id=attempt.lead_id,
            attempt_id=attempt.id,
            until=self._now() + rings + _AFTER_RINGING,
        )

    async def give_up(self, agent: str) -> None:
        """The call is not made: the agent is free again."""
        self._calling.add(agent)
        await self._keeper.free(agent, "not_dialed")

    def _waiting(self) -> Iterator[tuple[Running, int, str]]:
        for agent in self._roster.all():
            if agent.state is not AgentState.RESERVED or agent.call_id or agent.lead_id is None:
                continue
            running = self._campaigns.get(agent.campaign_id)
            if running is not None and not running.campaign.previews:
                yield running, agent.lead_id, agent.number

    def _queues_of(self, number: str) -> tuple[str, ...]:
        agent = self._roster.get(number)
        return agent.queues if agent is not None and agent.held else ()


def _due(running: Running, now: datetime) -> Iterator[Promise]:
    """The promises whose moment has come, of a campaign that makes them without being asked."""
    campaign, blend = running.campaign, running.blend
    if campaign.state is not CampaignState.RUNNING or campaign.previews:
        return
    if blend is not None and blend.standing_back:
        return
    if running.owed_again_at is not None and now < running.owed_again_at:
        return
    yield from (one for one in running.owed or () if one.at <= now)


def _claim(running: Running, promise: Promise, now: datetime) -> Claim:
    return Claim(campaign_id=running.campaign.id, lead_id=promise.lead_id, until=now + KEPT)
