"""What the board shows of each queue: its line in order, its agents, what became of its callers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from agents.floor import Floor
from agents.roster import Roster
from agents.states import AgentState
from calls.call import Call
from calls.events import LinkLost, PlacesKept, QueueClosed, QueueOpened
from calls.states import CallState
from calls.tracker import Change, Tracker
from monitoring.board_tally import BoardTally
from monitoring.board_things import Thing, time_told
from monitoring.curves import Load
from monitoring.expected_now import Estimate, ExpectedNow
from monitoring.line_order import WaitingLines

_STATES = tuple(state.value for state in AgentState)


class BoardQueues:
    """Keeps what no call and no agent knows; the rest is read from tracker and roster."""

    def __init__(self, floor: Floor, tracker: Tracker, roster: Roster, estimate: Estimate) -> None:
        self._tracker = tracker
        self._roster = roster
        self._tally = BoardTally(queue.name for queue in floor.queues)
        self._lines = WaitingLines()
        self._expected = ExpectedNow(estimate)
        self._places: dict[str, int] = {}
        self._closed: dict[str, tuple[datetime, str]] = {}
        self._today: Mapping[str, Thing | None] = {}

    def names(self) -> list[str]:
        """The queues of the floor, in its order."""
        return self._tally.queues()

    def fold(self, change: Change) -> set[str]:
        """Take a change in; the queues, agents' own as well, whose line may have another order."""
        self._tally.fold(change)
        match change.fact:
            case QueueClosed(queue=queue, at=at, reason=reason):
                self.close(queue, at, reason)
            case QueueOpened(queue=queue):
                self.close(queue, None, "")
            case PlacesKept(queue=queue, places=places):
                self._places[queue] = places
            case LinkLost():
                self._expected.forget(self.names())
            case _:
                pass
        return self._lines.fold(change)

    def close(self, queue: str, since: datetime | None, reason: str) -> None:
        """A supervisor closed the queue, or (None) opened it again."""
        if since is None:
            self._closed.pop(queue, None)
            return
        self._closed[queue] = (since, reason)
        self._expected.forget([queue])  # nobody joins it

    def learn_today(self, today: Mapping[str, Thing | None]) -> None:
        """What is counted of each queue's day so far; None: nobody can tell."""
        self._today = today

    def reckon(self, name: str, now: datetime) -> None:
        """How long who joined the queue now would wait."""
        if name not in self._closed:
            self._expected.look(name, len(self.line(name)), now)

    def line(self, name: str) -> list[Call]:
        """Who waits there, the head first."""
        found = (self._tracker.get(call_id) for call_id in self._lines.of(name))
        return [
            call
            for call in found
            if call is not None and call.state is CallState.QUEUED and call.queue == name
        ]

    def load(self, name: str) -> Load:
        """How much there is to do, for the curves."""
        talking = sum(
            agent.state is AgentState.TALKING and agent.queue == name
            for agent in self._roster.all()
        )
        answered = self._tally.of(name)["answered"]
        return Load(waiting=len(self.line(name)), talking=talking, answered=answered)

    def thing(self, name: str) -> dict[str, Any]:
        """One queue."""
        waiting = [call.waiting_since for call in self.line(name) if call.waiting_since]
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
            "expected_wait_seconds": self._expected.of(name),
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
