"""The floor live: one picture, kept by folding, and what changed in it since a client last looked.

Each client has one slot that conflates: a client that does not read gets, when it reads again, the
newest picture of each thing, and never holds anyone up. Times are timestamps, never ages.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from agents.floor import Floor
from agents.roster import Roster
from agents.states import AgentState
from calls.call import Call
from calls.events import (
    AgentFact,
    AttemptEnded,
    AttemptStarted,
    CallArrived,
    CampaignStateChanged,
    CarrierSlowed,
    Fact,
    LinkLost,
    LinkUp,
    PacingDecided,
    PlacesKept,
    QueueClosed,
    QueueOpened,
    SnapshotTaken,
)
from calls.states import CallState
from calls.tracker import Change, Tracker
from monitoring.board_tally import BoardTally
from monitoring.board_things import (
    OfCampaign,
    Thing,
    agent_thing,
    call_thing,
    campaign_thing,
    carrier_thing,
    heard_after,
    time_told,
)
from monitoring.curves import Curves, Load, Moment, seconds_to_next
from monitoring.menu_places import MenuPlaces

#: a thing on the board by its path ("agents/1001"); None: it is gone
Things = dict[str, Thing | None]

_STATES = tuple(state.value for state in AgentState)


@dataclass(frozen=True, slots=True)
class Update:
    """What is new. With `whole` it is everything, and replaces what the client had."""

    seq: int
    whole: bool
    things: Things


class Viewer:
    """One client's slot."""

    def __init__(self) -> None:
        self._things: Things = {}
        self._seq = 0
        self._changed = asyncio.Event()

    def offer(self, seq: int, things: Things) -> None:
        """Merge news into the slot."""
        self._things.update(things)
        self._seq = seq
        self._changed.set()

    async def next(self) -> Update:
        """Everything new since the last call; waits until there is something."""
        await self._changed.wait()
        self._changed.clear()
        things, self._things = self._things, {}
        return Update(self._seq, whole=False, things=things)


class Board:
    """The live picture: link, queues, agents, campaigns, menus and open calls."""

    def __init__(self, floor: Floor, tracker: Tracker, roster: Roster) -> None:
        self._floor = floor
        self._tracker = tracker
        self._roster = roster
        self._viewers: set[Viewer] = set()
        self._things: Things = {}
        self._tally = BoardTally(queue.name for queue in floor.queues)
        self._campaigns: dict[str, dict[str, Any]] = {}
        self._places: dict[str, int] = {}
        self._closed: dict[str, tuple[datetime | None, str]] = {}
        self._today: Mapping[str, Thing | None] = {}
        self._shown_with_call: dict[str, str] = {}
        self._menus = MenuPlaces()
        self._curves = Curves()
        self.seq = 0
        self._things["link"] = {"up": False, "since": None, "reason": "not connected yet"}
        self._things["carrier"] = carrier_thing(None)
        for agent in roster.all():
            self._things[f"agents/{agent.number}"] = agent_thing(agent)
        for queue in floor.queues:
            self._things[f"queues/{queue.name}"] = self._queue(queue.name)

    def snapshot(self) -> Update:
        """Everything, as it is now."""
        return Update(self.seq, whole=True, things=dict(self._things))

    async def watch(self) -> AsyncGenerator[Update, None]:
        """The whole picture, then what changes, for ever."""
        viewer = Viewer()
        self._viewers.add(viewer)
        try:
            yield self.snapshot()
            while True:
                yield await viewer.next()
        finally:
            self._viewers.discard(viewer)

    async def run(self, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        """Draw a point of the curves every 15 s, for ever."""
        while True:
            await asyncio.sleep(seconds_to_next(now()))
            self.draw(now())

    def draw(self, at: datetime) -> None:
        """Draw the next point of the curves, and show it."""
        moment = self._curves.note(at, {name: self._load(name) for name in self._tally.queues()})
        points = {name: asdict(point) for name, point in moment.queues.items()}
        self.show({"curves": {"at": time_told(at), "queues": points}})

    def curves(self) -> list[Moment]:
        """The last hour, oldest first."""
        return self._curves.moments()

    def fold(self, change: Change) -> None:
        """Take a change in and tell the viewers what looks different."""
        self._tally.fold(change)
        if isinstance(change.fact, QueueClosed):
            self.show_closed(change.fact.queue, change.fact.at, change.fact.reason)
        elif isinstance(change.fact, QueueOpened):
            self.show_closed(change.fact.queue, None, "")
        self.show(self._touched(change))

    def show(self, things: Things) -> None:
        """Put things on the board, or take them off, and tell the viewers what looks different."""
        news = {path: thing for path, thing in things.items() if self._things.get(path) != thing}
        if not news:
            return
        self.seq += 1
        for path, thing in news.items():
            if thing is None:
                self._things.pop(path, None)
            else:
                self._things[path] = thing
                if path.startswith("agents/"):
                    self._shown_with_call[thing["number"]] = thing["call_id"]
        for viewer in self._viewers:
            viewer.offer(self.seq, news)

    def show_closed(self, queue: str, since: datetime | None, reason: str) -> None:
        """A supervisor closed the queue, or (None) opened it again."""
        if queue in self._tally.queues():
            self._closed[queue] = (since, reason)
            self.show({f"queues/{queue}": self._queue(queue)})

    def show_today(self, today: Mapping[str, Thing | None]) -> None:
        """What is counted of each queue's day so far; None: nobody can tell."""
        self._today = today
        self.show({f"queues/{name}": self._queue(name) for name in self._tally.queues()})

    def _touched(self, change: Change) -> Things:
        fact, call = change.fact, change.after
        things: Things = {}
        match fact:
            case LinkUp():
                things["link"] = {"up": True, "since": time_told(fact.at), "reason": ""}
            case LinkLost():
                things["link"] = {"up": False, "since": time_told(fact.at), "reason": fact.reason}
                things.update(self._everyone())
            case CarrierSlowed():
                things["carrier"] = carrier_thing(fact)
            case SnapshotTaken():
                things.update(self._everyone())
            case PlacesKept() if fact.queue in self._tally.queues():
                self._places[fact.queue] = fact.places
                things[f"queues/{fact.queue}"] = self._queue(fact.queue)
            case AgentFact():
                known = self._roster.get(fact.agent)
                if known is not None:
                    things[f"agents/{known.number}"] = agent_thing(known)
                    for name in known.queues:
                        things[f"queues/{name}"] = self._queue(name)
            case CampaignStateChanged() | PacingDecided() | AttemptStarted() | AttemptEnded():
                things[f"campaigns/{fact.campaign_id}"] = self._campaign(fact)
            case _:
                pass
        if call is not None:
            things[f"calls/{call.call_id}"] = self._call(call, fact)
            things.update(self._around(change))
        for name in self._menus.fold(change):
            things[f"menus/{name}"] = self._menus.thing(name)
        return things

    def _around(self, change: Change) -> Things:
        """The queues and agents that a change of a call may have touched."""
        calls = [call for call in (change.before, change.after) if call is not None]
        queues = {call.queue for call in calls if call.queue in self._tally.queues()}
        ids = {call.call_id for call in calls}
        numbers = {call.agent for call in calls} | {getattr(change.fact, "agent", "")}
        # an offer that came to nothing names no agent: whoever shows this call may have moved
        numbers |= {number for number, shown in self._shown_with_call.items() if shown in ids}
        things: Things = {}
        for number in numbers:
            agent = self._roster.get(number)
            if agent is not None:
                things[f"agents/{number}"] = agent_thing(agent)
                queues.update(agent.queues)
        for name in queues:
            things[f"queues/{name}"] = self._queue(name)
        return things

    def _everyone(self) -> Things:
        things: Things = {
            f"agents/{agent.number}": agent_thing(agent) for agent in self._roster.all()
        }
        return things | {f"queues/{name}": self._queue(name) for name in self._tally.queues()}

    def _waiting(self, name: str) -> list[datetime]:
        """Since when each caller of the queue waits."""
        return [
            call.waiting_since
            for call in self._tracker.open_calls()
            if call.state is CallState.QUEUED
            and call.queue == name
            and call.waiting_since is not None
        ]

    def _load(self, name: str) -> Load:
        talking = sum(
            agent.state is AgentState.TALKING and agent.queue == name
            for agent in self._roster.all()
        )
        answered = self._tally.of(name)["answered"]
        return Load(waiting=len(self._waiting(name)), talking=talking, answered=answered)

    def _queue(self, name: str) -> dict[str, Any]:
        waiting = self._waiting(name)
        states = dict.fromkeys(_STATES, 0)
        free = 0
        for agent in self._roster.all():
            if name in agent.queues:
                states[agent.state] += 1
                free += agent.free
        counts = self._tally.of(name)
        closed_since, closed_reason = self._closed.get(name, (None, ""))
        return {
            "name": name,
            "waiting": len(waiting),
            "oldest_waiting_since": time_told(min(waiting)) if waiting else None,
            "places_kept": self._places.get(name, 0),
            "closed_since": time_told(closed_since),
            "closed_reason": closed_reason,
            "agents_free": free,
            "agents": states,
            "offered": counts["offered"],
            "answered": counts["answered"],
            "abandoned": counts["abandoned"],
            "safe_harbour": counts["safe_harbour"],
            "today": self._today.get(name),
        }

    def _campaign(self, fact: OfCampaign) -> Thing:
        new = campaign_thing(self._campaigns.get(fact.campaign_id), fact)
        self._campaigns[fact.campaign_id] = new
        return new

    def _call(self, call: Call, fact: Fact) -> Thing | None:
        """An open call; its caller's name is told once, at the beginning."""
        if not call.open:
            return None
        if isinstance(fact, CallArrived):
            return call_thing(call, fact.caller_name)
        shown = self._things.get(f"calls/{call.call_id}") or {"caller_name": "", "heard": None}
        return call_thing(call, shown["caller_name"], heard_after(fact, shown["heard"]))
