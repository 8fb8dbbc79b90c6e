"""What a supervisor does with a caller who waits: to another queue, ahead, away, or told something.

An order is given again while nobody takes notice of it: Asterisk does not, while it announces the
caller's place. Its answer is what the facts tell.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection
from datetime import UTC, datetime
from functools import partial

from calls.call import Direction
from calls.errors import CallGoneError, CommandRefusedError, Linea800Error
from calls.events import AgentConnected, CallEnded, CallVanished, EndAsked, Fact, QueueGaveUp
from calls.states import CallState
from calls.switch import WaitingLine
from calls.tracker import Change, Tracker

_TRIES = 3


class NotInLineError(Linea800Error):
    """The call does not wait in a queue that callers are taken out of."""


class TakingOut:
    """Takes waiting callers out of the line. To be folded after the tracker."""

    def __init__(
        self,
        queues: Collection[str],
        tracker: Tracker,
        switch: WaitingLine,
        put: Callable[[Fact], None],
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        patience_seconds: float = 1.0,
    ) -> None:
        self._queues = queues
        self._tracker = tracker
        self._switch = switch
        self._put = put
        self._now = now
        self._patience_seconds = patience_seconds
        self._watched: dict[str, asyncio.Future[bool]] = {}

    async def move(self, call_id: str, queue: str) -> None:
        """To the end of another queue's line.

        As all of these raises `NotInLineError`, `CallGoneError`, `SwitchError`.
        """
        await self._until_noticed(call_id, partial(self._switch.send_elsewhere, call_id, queue))

    async def prioritize(self, call_id: str, position: int) -> None:
        """To this place in the same line, 1 is its head."""
        self._must_wait(call_id)
        call = self._tracker.get(call_id)
        queue = call.queue if call is not None else ""
        ahead = partial(self._switch.send_ahead, call_id, queue, position)
        await self._until_noticed(call_id, ahead)

    async def to_menu(self, call_id: str) -> None:
        """Back into the dialogue, from where the caller may come back to the same place."""
        await self._until_noticed(call_id, partial(self._switch.back_to_dialogue, call_id))

    async def away(self, call_id: str) -> None:
        """Told that nobody is available, and hung up."""
        await self._until_noticed(call_id, partial(self._switch.send_away, call_id))
        call = self._tracker.get(call_id)
        if call is not None and call.open:
            self._put(EndAsked(at=self._now(), pbx=call.pbx, call_id=call_id, by="supervisor"))

    async def tell(self, call_id: str, language: str, prompt: str) -> None:
        """Something, while the caller waits on. Raises `PromptMissingError`, `SwitchError`."""
        await self._switch.announce(call_id, language, prompt)

    def fold(self, change: Change) -> None:
        """Note how a caller left the line."""
        fact = change.fact
        if isinstance(fact, QueueGaveUp | AgentConnected | CallEnded | CallVanished):
            left = self._watched.get(fact.call_id)
            if left is not None and not left.done():
                left.set_result(isinstance(fact, QueueGaveUp))

    async def _until_noticed(self, call_id: str, order: Callable[[], Awaitable[None]]) -> None:
        if call_id in self._watched:
            raise NotInLineError(f"{call_id} is being taken out already")
        self._must_wait(call_id)
        left = asyncio.get_running_loop().create_future()
        self._watched[call_id] = left
        try:
            for _ in range(_TRIES):
                await order()
                await asyncio.wait({left}, timeout=self._patience_seconds)
                if left.done():
                    break
                self._must_wait(call_id)
        finally:
            del self._watched[call_id]
        if not left.done():
            raise CommandRefusedError(f"{call_id} stays in its queue")
        if not left.result():
            self._must_wait(call_id)
            raise NotInLineError(f"{call_id} got an agent first")

    def _must_wait(self, call_id: str) -> None:
        """One that waits for a single agent is looked after by `agents.preferred`."""
        call = self._tracker.get(call_id)
        if call is None or not call.open:
            raise CallGoneError(f"{call_id} is over")
        inbound = call.direction is Direction.INBOUND
        if call.state is not CallState.QUEUED or not inbound or call.queue not in self._queues:
            raise NotInLineError(f"{call_id} does not wait in a line ({call.state})")
