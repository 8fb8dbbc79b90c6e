"""The floor live: one picture, kept by folding, and what changed in it since a client last looked.

Times are timestamps, never ages.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncGenerator, Callable, Iterable, Mapping
from dataclasses import asdict
from datetime import UTC, datetime

from agents.floor import Floor
from agents.roster import Roster
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
from monitoring.board_queues import BoardQueues
from monitoring.board_things import (
    NO_CARD,
    OfCampaign,
    Thing,
    agent_thing,
    call_thing,
    campaign_thing,
    carrier_thing,
    heard_after,
    time_told,
)
from monitoring.board_viewer import Things as Things
from monitoring.board_viewer import Update as Update
from monitoring.board_viewer import Viewer
from monitoring.curves import Curves, Moment, seconds_to_next
from monitoring.expected_now import Estimate, nobody_reckons
from monitoring.menu_places import MenuPlaces

#: what the dialer knows of a campaign, by its id
CardOf = Callable[[str], Thing]

#: what changes by itself is looked at this often
LOOK_SECONDS = 5.0
_UNSEEN: Thing = {"caller_name": "", "heard": None, "place": None}


class Board:
    """The live picture: link, queues, agents, campaigns, menus and open calls."""

    def __init__(
        self,
        floor: Floor,
        tracker: Tracker,
        roster: Roster,
        *,
        estimate: Estimate = nobody_reckons,
        card_of: CardOf = lambda _: NO_CARD,
    ) -> None:
        """`estimate` reckons with a queue's wait, `card_of` tells of a campaign what no fact does.

        Both are asked every few seconds.
        """
        self._roster = roster
        self._card_of = card_of
        self._viewers: set[Viewer] = set()
        self._things: Things = {}
        self._queues = BoardQueues(floor, tracker, roster, estimate)
        self._shown_with_call: dict[str, str] = {}
        self._menus = MenuPlaces()
        self._curves = Curves()
        self.seq = 0
        self._things["link"] = {"up": False, "since": None, "reason": "not connected yet"}
        self._things["carrier"] = carrier_thing(None)
        for agent in roster.all():
            self._things[f"agents/{agent.number}"] = agent_thing(agent)
        for queue in floor.queues:
            self._things[f"queues/{queue.name}"] = self._queues.thing(queue.name)

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
        """Draw a point of the curves every 15 s, and look at each queue every 5 s, for ever."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._draw_on(now))
            group.create_task(self._look_on(now))

    async def _draw_on(self, now: Callable[[], datetime]) -> None:
        while True:
            await asyncio.sleep(seconds_to_next(now()))
            self.draw(now())

    async def _look_on(self, now: Callable[[], datetime]) -> None:
        names = self._queues.names()
        # one queue after the other: to reckon with hundreds of agents takes a while
        for name in itertools.cycle(names):
            self.look(now(), [name])
            await asyncio.sleep(LOOK_SECONDS / len(names))

    def look(self, at: datetime, queues: Iterable[str] | None = None) -> None:
        """Show what changes though nothing happens: what campaigns are near to, and how long who
        joins these queues would wait; of None all.
        """
        things: Things = {
            path: {**thing, **self._card_of(thing["id"])}
            for path, thing in self._things.items()
            if path.startswith("campaigns/") and thing is not None
        }
        link = self._things["link"]
        if link is not None and link["up"]:
            names = self._queues.names() if queues is None else queues
            for name in names:
                self._queues.reckon(name, at)
                things[f"queues/{name}"] = self._queues.thing(name)
        self.show(things)

    def draw(self, at: datetime) -> None:
        """Draw the next point of the curves, and show it."""
        moment = self._curves.note(
            at, {name: self._queues.load(name) for name in self._queues.names()}
        )
        points = {name: asdict(point) for name, point in moment.queues.items()}
        self.show({"curves": {"at": time_told(at), "queues": points}})

    def curves(self) -> list[Moment]:
        """The last hour, oldest first."""
        return self._curves.moments()

    def fold(self, change: Change) -> None:
        """Take a change in and tell the viewers what looks different."""
        moved = self._queues.fold(change)
        things = self._touched(change)
        for name in moved:
            things.update(self._line(name, things))
        self.show(things)

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
        if queue in self._queues.names():
            self._queues.close(queue, since, reason)
            self.show({f"queues/{queue}": self._queues.thing(queue)})

    def show_today(self, today: Mapping[str, Thing | None]) -> None:
        """What is counted of each queue's day so far; None: nobody can tell."""
        self._queues.learn_today(today)
        self.show(self._every_queue())

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
            case PlacesKept() | QueueClosed() | QueueOpened() if fact.queue in self._queues.names():
                things[f"queues/{fact.queue}"] = self._queues.thing(fact.queue)
            case AgentFact():
                known = self._roster.get(fact.agent)
                if known is not None:
                    things[f"agents/{known.number}"] = agent_thing(known)
                    for name in known.queues:
                        things[f"queues/{name}"] = self._queues.thing(name)
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
        queues = {call.queue for call in calls if call.queue in self._queues.names()}
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
            things[f"queues/{name}"] = self._queues.thing(name)
        return things

    def _everyone(self) -> Things:
        things: Things = {
            f"agents/{agent.number}": agent_thing(agent) for agent in self._roster.all()
        }
        return things | self._every_queue()

    def _every_queue(self) -> Things:
        return {f"queues/{name}": self._queues.thing(name) for name in self._queues.names()}

    def _line(self, name: str, news: Things) -> Things:
        """Who waits in the queue, each at the place of by now."""
        things: Things = {}
        for place, call in enumerate(self._queues.line(name), start=1):
            path = f"calls/{call.call_id}"
            thing = news.get(path) or self._things.get(path)
            if thing is not None:
                things[path] = {**thing, "place": place}
        return things

    def _campaign(self, fact: OfCampaign) -> Thing:
        old = self._things.get(f"campaigns/{fact.campaign_id}")
        return campaign_thing(old, fact) | self._card_of(fact.campaign_id)

    def _call(self, call: Call, fact: Fact) -> Thing | None:
        """An open call; its caller's name is told once, at the beginning."""
        if not call.open:
            return None
        if isinstance(fact, CallArrived):
            return call_thing(call, fact.caller_name)
        shown = self._things.get(f"calls/{call.call_id}") or _UNSEEN
        place = shown["place"] if call.state is CallState.QUEUED else None
        return call_thing(call, shown["caller_name"], heard_after(fact, shown["heard"]), place)
