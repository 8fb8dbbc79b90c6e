"""The floor live: one picture, kept by folding, and what changed in it since a client last looked.

Each client has one slot that conflates: a client that does not read gets, when it reads again, the
newest picture of each thing, and never holds anyone up. Times are timestamps, never ages.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from agents.floor import Floor
from agents.roster import AgentStatus, Roster
from agents.states import AgentState
from calls.call import Call, Verdict
from calls.events import (
    AgentConnected,
    AgentFact,
    AttemptEnded,
    AttemptStarted,
    CallEnded,
    CampaignStateChanged,
    CarrierSlowed,
    LinkLost,
    LinkUp,
    PacingDecided,
    PlacesKept,
    QueueJoined,
    QueueLeft,
    SafeHarbourPlayed,
    SnapshotTaken,
)
from calls.states import CallState
from calls.tracker import Change, Tracker

#: a thing on the board by its path ("agents/1001"); None: it is gone
Things = dict[str, dict[str, Any] | None]

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
    """The live picture: link, queues, agents, campaigns and open calls."""

    def __init__(self, floor: Floor, tracker: Tracker, roster: Roster) -> None:
        self._floor = floor
        self._tracker = tracker
        self._roster = roster
        self._viewers: set[Viewer] = set()
        self._things: Things = {}
        self._counts: dict[str, Counter[str]] = {queue.name: Counter() for queue in floor.queues}
        self._campaigns: dict[str, dict[str, Any]] = {}
        self._places: dict[str, int] = {}
        self._shown_with_call: dict[str, str] = {}
        self.seq = 0
        self._things["link"] = {"up": False, "since": None, "reason": "not connected yet"}
        self._things["carrier"] = _carrier(None)
        for agent in roster.all():
            self._things[f"agents/{agent.number}"] = _agent(agent)
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

    def fold(self, change: Change) -> None:
        """Take a change in and tell the viewers what looks different."""
        self._count(change)
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

    def _touched(self, change: Change) -> Things:
        fact, call = change.fact, change.after
        things: Things = {}
        match fact:
            case LinkUp():
                things["link"] = {"up": True, "since": _time(fact.at), "reason": ""}
            case LinkLost():
                things["link"] = {"up": False, "since": _time(fact.at), "reason": fact.reason}
                things.update(self._everyone())
            case CarrierSlowed():
                things["carrier"] = _carrier(fact)
            case SnapshotTaken():
                things.update(self._everyone())
            case PlacesKept() if fact.queue in self._counts:
                self._places[fact.queue] = fact.places
                things[f"queues/{fact.queue}"] = self._queue(fact.queue)
            case AgentFact():
                known = self._roster.get(fact.agent)
                if known is not None:
                    things[f"agents/{known.number}"] = _agent(known)
                    for name in known.queues:
                        things[f"queues/{name}"] = self._queue(name)
            case CampaignStateChanged() | PacingDecided() | AttemptStarted() | AttemptEnded():
                things[f"campaigns/{fact.campaign_id}"] = self._campaign(fact)
            case _:
                pass
        if call is not None:
            things[f"calls/{call.call_id}"] = _call(call) if call.open else None
            things.update(self._around(change))
        return things

    def _around(self, change: Change) -> Things:
        """The queues and agents that a change of a call may have touched."""
        calls = [call for call in (change.before, change.after) if call is not None]
        queues = {call.queue for call in calls if call.queue in self._counts}
        ids = {call.call_id for call in calls}
        numbers = {call.agent for call in calls} | {getattr(change.fact, "agent", "")}
        # an offer that came to nothing names no agent: whoever shows this call may have moved
        numbers |= {number for number, shown in self._shown_with_call.items() if shown in ids}
        things: Things = {}
        for number in numbers:
            agent = self._roster.get(number)
            if agent is not None:
                things[f"agents/{number}"] = _agent(agent)
                queues.update(agent.queues)
        for name in queues:
            things[f"queues/{name}"] = self._queue(name)
        return things

    def _everyone(self) -> Things:
        things: Things = {f"agents/{agent.number}": _agent(agent) for agent in self._roster.all()}
        return things | {f"queues/{name}": self._queue(name) for name in self._counts}

    def _count(self, change: Change) -> None:
        fact, before = change.fact, change.before
        queue = getattr(fact, "queue", "") or (before.queue if before is not None else "")
        counts = self._counts.get(queue)
        if counts is None:
            return
        match fact:
            case QueueJoined() if before is None or not _waits(before, queue):
                counts["offered"] += 1
            case AgentConnected() if before is None or before.state is not CallState.TALKING:
                counts["answered"] += 1
            case QueueLeft() if before is not None and _gives_up(before):
                counts["abandoned"] += 1
            case CallEnded() if before is not None and _gives_up_the_key(before):
                counts["abandoned"] += 1
            case SafeHarbourPlayed():
                counts["safe_harbour"] += 1
            case _:
                pass

    def _queue(self, name: str) -> dict[str, Any]:
        waiting = [
            call.waiting_since
            for call in self._tracker.open_calls()
            if call.state is CallState.QUEUED
            and call.queue == name
            and call.waiting_since is not None
        ]
        states = dict.fromkeys(_STATES, 0)
        free = 0
        for agent in self._roster.all():
            if name in agent.queues:
                states[agent.state] += 1
                free += agent.free
        counts = self._counts[name]
        return {
            "name": name,
            "waiting": len(waiting),
            "oldest_waiting_since": _time(min(waiting)) if waiting else None,
            "places_kept": self._places.get(name, 0),
            "agents_free": free,
            "agents": states,
            "offered": counts["offered"],
            "answered": counts["answered"],
            "abandoned": counts["abandoned"],
            "safe_harbour": counts["safe_harbour"],
        }

    def _campaign(
        self, fact: CampaignStateChanged | PacingDecided | AttemptStarted | AttemptEnded
    ) -> dict[str, Any]:
        old = self._campaigns.get(fact.campaign_id)
        new: dict[str, Any] = dict(
            old
            or {
                "id": fact.campaign_id,
                "state": "running",
                "reason": "",
                "open_attempts": 0,
                "outcomes": {},
                "pacing": "",
            }
        )
        match fact:
            case CampaignStateChanged():
                new["state"], new["reason"] = fact.state, fact.reason
            case PacingDecided():
                new["pacing"] = fact.reason
            case AttemptStarted():
                new["open_attempts"] += 1
            case AttemptEnded():
                new["open_attempts"] = max(0, new["open_attempts"] - 1)
                outcomes = dict(new["outcomes"])
                outcomes[fact.outcome] = outcomes.get(fact.outcome, 0) + 1
                new["outcomes"] = outcomes
        self._campaigns[fact.campaign_id] = new
        return new


def _waits(call: Call, queue: str) -> bool:
    """Whether the call has been offered to the queue before: who comes back to it has."""
    return call.in_line and call.queue == queue


def _gives_up_the_key(call: Call) -> bool:
    """Whether one who hangs up in a dialogue still had a place in the line."""
    return call.keeps_place


def _gives_up(call: Call) -> bool:
    """Whether one who leaves the queue is a person who waited in it."""
    return call.state is CallState.QUEUED and call.machine != Verdict.MACHINE


def _time(at: datetime | None) -> str | None:
    return at.isoformat() if at is not None else None


def _carrier(fact: CarrierSlowed | None) -> dict[str, Any]:
    """How the carrier takes our calls; before the first fact nothing is known of trouble."""
    if fact is None:
        return {"calls_per_second": None, "congested_share": 0.0, "since": None}
    return {
        "calls_per_second": fact.calls_per_second,
        "congested_share": fact.congested_share,
        "since": _time(fact.at),
    }


def _agent(agent: AgentStatus) -> dict[str, Any]:
    return {
        "number": agent.number,
        "name": agent.name,
        "queues": list(agent.queues),
        "line": "held" if agent.held else "rung",
        "state": agent.state.value,
        "since": _time(agent.since),
        "reason": agent.reason,
        "free": agent.free,
        "call_id": agent.call_id,
        "pause_next": agent.pause_next,
        "wrap_up_until": _time(agent.wrap_up_until),
        "campaign_id": agent.campaign_id,
        "reserved_until": _time(agent.reserved_until),
    }


def _call(call: Call) -> dict[str, Any]:
    return {
        "call_id": call.call_id,
        "direction": call.direction.value,
        "state": call.state.value,
        "number_called": call.number_called,
        "caller_number": call.caller_number,
        "began_at": _time(call.began_at),
        "queue": call.queue,
        "queued_at": _time(call.queued_at),
        "agent": call.agent,
        "connected_at": _time(call.connected_at),
        "machine": call.machine,
    }
