"""Waits that are too long: the caller is led on, and never cut off."""

from __future__ import annotations

import asyncio
import logging

from calls.errors import CallGoneError, SwitchError
from calls.events import QueueJoined
from calls.states import CallState
from calls.switch import CallerDialogue
from calls.tracker import Tracker
from ivr.menu import Menu

log = logging.getLogger(__name__)


class LongWaits:
    """One clock for each caller who waits where something follows a long wait."""

    def __init__(self, switch: CallerDialogue, tracker: Tracker) -> None:
        self._switch = switch
        self._tracker = tracker
        self._clocks: dict[str, asyncio.Task[None]] = {}

    def begin(self, fact: QueueJoined, menu: Menu, group: asyncio.TaskGroup) -> None:
        """The caller waits from now on."""
        self.over(fact.call_id)
        terms = menu.queues.get(fact.queue)
        if terms is None or terms.too_long_seconds is None:
            return
        seconds = terms.too_long_seconds
        clock = group.create_task(self._after(seconds, fact.call_id, fact.queue))
        self._clocks[fact.call_id] = clock

    def over(self, call_id: str) -> None:
        """The caller waits no more."""
        clock = self._clocks.pop(call_id, None)
        if clock is not None:
            clock.cancel()

    async def _after(self, seconds: float, call_id: str, queue: str) -> None:
        try:
            await asyncio.sleep(seconds)
            call = self._tracker.get(call_id)
            if call is None or call.queue != queue or call.state is not CallState.QUEUED:
                return
            # from here on the news of what it does must not end it
            self._clocks.pop(call_id, None)
            await self._switch.back_to_dialogue(call_id)
        except CallGoneError:
            return
        except SwitchError as error:
            log.warning("call %s goes on waiting in %s: %s", call_id, queue, error)
