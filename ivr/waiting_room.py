"""Those who wait, as a dialogue sees them: how many, how long, and at which place a caller is."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from datetime import datetime
from typing import Any

from agents.wait_bands import band
from calls.call import Call
from calls.states import CallState
from calls.tracker import Tracker
from customers.routing import Route, route
from ivr.callback import NumberCheck
from ivr.carrying_out import Wait, Way
from ivr.line import InLine, place, position
from ivr.menu import Menu
from ivr.neighbours import Neighbours
from ivr.services import Answer
from ivr.terms import QueueTerms
from ivr.values import Value, Values
from ivr.vocabulary import GoToQueue
from ivr.world import World


class WaitingRoom:
    """What sessions ask: `ivr.carrying_out.Surroundings`."""

    def __init__(
        self,
        tracker: Tracker,
        neighbours: Neighbours,
        priority_of: Callable[[str], int],
        now: Callable[[], datetime],
    ) -> None:
        self.neighbours = neighbours
        self._tracker = tracker
        self._priority_of = priority_of
        self._now = now
        self._under_way: set[asyncio.Task[Answer]] = set()

    def world(self, call_id: str) -> World:
        """As `Surroundings`."""
        call = self._tracker.get(call_id)
        return World(
            call_id=call_id,
            caller=call.caller_number if call is not None else "",
            called=call.number_called if call is not None else "",
            now=self._now,
            queue=lambda queue: self.neighbours.queue_now(queue, self.waiting_in(queue)),
            incidents=self.neighbours.incidents,
            recorded=self.neighbours.recorded,
        )

    def see_through(self, work: Coroutine[Any, Any, Answer]) -> asyncio.Task[Answer]:
        """As `Surroundings`."""
        task = asyncio.create_task(work)
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        return task

    def waiting_in(self, queue: str) -> int:
        """As `Surroundings`."""
        return sum(self._is_waiting(call, queue) for call in self._tracker.open_calls())

    def wait_of(self, call_id: str, wanted: GoToQueue, menu: Menu, values: Values) -> Wait:
        """As `Surroundings`. Who is waited for an agent of their own has nobody before them."""
        queue, found = wanted.queue, self._route(wanted, menu, values)
        if found.agent:
            return Wait(0, found.free_in_seconds, band(found.free_in_seconds))
        priority = min(found.priority, _HIGHEST)
        waiting = [one for one in self._line(queue) if one.call_id != call_id]
        ahead = position(self._in_line(call_id, queue, priority), waiting) - 1
        seconds = self.neighbours.expected_wait(queue, ahead + 1, priority)
        return Wait(ahead, seconds, band(seconds))

    async def way_of(self, call_id: str, wanted: GoToQueue, menu: Menu, values: Values) -> Way:
        """As `Surroundings`."""
        found = self._route(wanted, menu, values)
        priority = min(found.priority, _HIGHEST)
        if found.agent:
            own = await self.neighbours.prefer(call_id, found.agent, found.hold_seconds)
            if own:
                return Way(own, priority, wanted.queue)
        return Way(wanted.queue, priority)

    def _route(self, wanted: GoToQueue, menu: Menu, values: Values) -> Route:
        terms = menu.queues.get(wanted.queue, _NO_TERMS)
        customer = values.get("customer")
        known = customer if isinstance(customer, dict) else {}
        return route(
            wanted.queue,
            owner=self.neighbours.owner(_text(known.get("owner"))),
            owner_seconds=terms.owner_seconds,
            reason=wanted.reason,
            reasons=_texts(known.get("reasons")),
            priority=wanted.priority,
            repeat_priority=terms.repeat_priority,
        )

    def calls_back(self, queue: str) -> NumberCheck | None:
        """As `Surroundings`."""
        return self.neighbours.calls_back(queue)

    def position_of(self, call_id: str, queue: str) -> int:
        """As `Surroundings`."""
        waiting = [one for one in self._line(queue) if self._waits_now(one.call_id, queue)]
        return position(self._in_line(call_id, queue), waiting)

    def place_of(self, call_id: str, queue: str, priority: int) -> datetime:
        """As `Surroundings`."""
        return place(self._in_line(call_id, queue, priority), self._line(queue))

    def _line(self, queue: str) -> list[InLine]:
        """Everybody who waits, or may come back to wait at a place of their own."""
        return [
            self._in_line(call.call_id, queue)
            for call in self._tracker.open_calls()
            if call.queue == queue and call.in_line
        ]

    def _waits_now(self, call_id: str, queue: str) -> bool:
        call = self._tracker.get(call_id)
        return call is not None and self._is_waiting(call, queue)

    def _is_waiting(self, call: Call, queue: str) -> bool:
        return call.queue == queue and call.state is CallState.QUEUED

    def _in_line(self, call_id: str, queue: str, priority: int = 0) -> InLine:
        """The caller's place; one who is in no line yet begins to wait now."""
        call = self._tracker.get(call_id)
        waits = call is not None and call.queue == queue and call.in_line
        since = call.waiting_since if call is not None and waits else None
        if waits:
            priority = self._priority_of(call_id)
        return InLine(call_id=call_id, since=since or self._now(), priority=priority)


_NO_TERMS = QueueTerms()
_HIGHEST = 1000


def _text(value: Value) -> str:
    return value if isinstance(value, str) else ""


def _texts(value: Value) -> tuple[str, ...]:
    return tuple(map(_text, value)) if isinstance(value, tuple | list) else ()
