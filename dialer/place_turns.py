"""Agents for those who keep a place in a line: each in their turn, before whoever came later.

The agent is kept for the call by `agents.keeper.Keeper`; `dialer/own_calls.py` has it dialed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from agents.floor import Floor
from agents.keeper import Claim
from agents.roster import AgentStatus, Roster
from agents.states import AgentState
from calls.tracker import Tracker
from dialer.campaign import CampaignState
from dialer.own_calls import KEPT, AgentKeeper
from dialer.places import Place, PlaceBook, next_of, number_in_line
from dialer.promising import opening
from dialer.running import Running

#: who could not be called though it was their turn is called no sooner again
PUT_OFF = timedelta(seconds=30)
#: the hours of the rules may be changed under us
ASKED_AGAIN = timedelta(minutes=10)
#: the fact that keeps an agent has come round after so long, or there is none
_TOLD = timedelta(seconds=2)


@dataclass(slots=True)
class _Given:
    """An agent for a place, until the call is made."""

    agent: str
    at: datetime
    written: bool = False


@dataclass(frozen=True, slots=True)
class Looked:
    """What came of a look: an agent who was free is `kept` now, or somebody's place is `gone`."""

    kept: bool = False
    gone: bool = False


class PlaceTurns:
    """Whose turn it is, and with which agent."""

    def __init__(
        self,
        floor: Floor,
        campaigns: Mapping[str, Running],
        roster: Roster,
        tracker: Tracker,
        keeper: AgentKeeper,
    ) -> None:
        self._floor = floor
        self._campaigns = campaigns
        self._roster = roster
        self._tracker = tracker
        self._keeper = keeper
        #: every place that is kept
        self.places: Sequence[Place] = ()
        self._given: dict[int, _Given] = {}  # by lead
        self._put_off: dict[int, datetime] = {}  # by lead

    def can_serve(self, queue: str) -> bool:
        """Whether the queue has an agent who can be kept for a call."""
        return any(agent.held and queue in agent.queues for agent in self._roster.all())

    def number_of(self, callback_id: str) -> int | None:
        """How manieth in the line of its queue a call back is; None: it keeps no place."""
        for place in self.places:
            if place.callback_id == callback_id:
                return number_in_line(place, self._line(place.queue), self.places)
        return None

    def claim(self, number: str, now: datetime) -> Claim | None:
        """Who is owed the agent who has just become free."""
        agent = self._roster.get(number)
        place = self._next_for(agent, now) if agent is not None else None
        if place is None:
            return None
        self._given[place.lead_id] = _Given(number, now)
        return _claim(place, now)

    async def look(self, book: PlaceBook, now: datetime) -> Looked:
        """Keep free agents for those whose turn has come, and have them be called."""
        if not (self.places or self._given):
            return Looked()
        await self._forget(book, now)
        kept = gone = False
        for agent in self._roster.all():
            place = self._next_for(agent, now) if agent.free else None
            if place is not None and await self._reserve(agent.number, _claim(place, now)):
                self._given[place.lead_id] = _Given(agent.number, now)
                kept = True
        for place in self.places:
            given = self._given.get(place.lead_id)
            if given is not None and not given.written:
                given.written = True
                gone = not await book.turn_came(place, given.agent, now) or gone
                self._look_up_again(place)
        return Looked(kept, gone)

    async def _reserve(self, agent: str, claim: Claim) -> bool:
        return await self._keeper.reserve(
            agent, campaign_id=claim.campaign_id, lead_id=claim.lead_id, until=claim.until
        )

    async def _forget(self, book: PlaceBook, now: datetime) -> None:
        """Agents who are kept no more for those whom they were given to."""
        owed = {place.lead_id: place for place in self.places}
        for lead_id, given in list(self._given.items()):
            agent = self._roster.get(given.agent)
            kept = agent is not None and _is_kept_for(agent, lead_id)
            if kept or now - given.at < _TOLD:
                continue
            del self._given[lead_id]
            if lead_id in owed and given.written:
                until = await book.wait_on(owed[lead_id])
                self._look_up_again(owed[lead_id])
                self._put_off[lead_id] = max(until or now, now + PUT_OFF)

    def _look_up_again(self, place: Place) -> None:
        """What its campaign owes has changed in the database."""
        running = self._campaigns.get(place.campaign_id)
        if running is not None:
            running.owed = None

    def _next_for(self, agent: AgentStatus, now: datetime) -> Place | None:
        """Who is owed one more free agent; of several queues, who has waited longest."""
        if not agent.held or agent.pause_next:
            return None
        found = []
        for queue in agent.queues:
            places = list(self._open(queue, now))
            if places and not self._heavier_wait(agent, queue):
                place = self._next_of(places, self._line(queue), self._others(agent, queue), now)
                found += [place] if place is not None else []
        return min(found, key=lambda place: place.since, default=None)

    def _next_of(
        self, places: Sequence[Place], line: list[datetime], others: int, now: datetime
    ) -> Place | None:
        """Whom the rules forbid at this hour keeps the place, and no agent, until they allow it."""
        while (place := next_of(line, places, others, now)) is not None:
            judge = self._campaigns[place.campaign_id].judge
            opens = opening(judge, place.number, place.zone, now)
            if opens is None or opens <= now:
                return place  # for whom there is no such hour, the attempt is refused and written
            self._put_off[place.lead_id] = min(opens, now + ASKED_AGAIN)
            places = [other for other in places if other is not place]
        return None

    def _open(self, queue: str, now: datetime) -> Iterator[Place]:
        """Places for which no agent is kept yet, of campaigns that run."""
        for place in self.places:
            if place.queue != queue or place.lead_id in self._given:
                continue
            running = self._campaigns.get(place.campaign_id)
            runs = running is not None and running.campaign.state is CampaignState.RUNNING
            if runs and self._put_off.get(place.lead_id, now) <= now:
                yield place

    def _line(self, queue: str) -> list[datetime]:
        """Since when those wait who are on the line."""
        return [
            call.waiting_since
            for call in self._tracker.open_calls()
            if call.queue == queue and call.in_line and call.waiting_since is not None
        ]

    def _others(self, agent: AgentStatus, queue: str) -> int:
        """Other agents of the queue who are about to take the first of its line."""
        return sum(
            other.free or (other.state is AgentState.OFFERED and other.queue == queue)
            for other in self._roster.all()
            if other.number != agent.number and queue in other.queues
        )

    def _heavier_wait(self, agent: AgentStatus, queue: str) -> bool:
        """Whether somebody waits for the agent in a queue that is served before this one."""
        known = self._floor.queue(queue)
        weight = known.weight if known is not None else 0
        return any(
            other.weight > weight and len(self._line(other.name)) > self._others(agent, other.name)
            for other in self._floor.queues
            if other.name in agent.queues
        )


def _claim(place: Place, now: datetime) -> Claim:
    return Claim(campaign_id=place.campaign_id, lead_id=place.lead_id, until=now + KEPT)


def _is_kept_for(agent: AgentStatus, lead_id: int) -> bool:
    return agent.state is AgentState.RESERVED and agent.lead_id == lead_id
