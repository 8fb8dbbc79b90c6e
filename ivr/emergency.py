"""Tells those who wait in a queue something again and again, until a supervisor ends it.

Nothing of it is in the dialplan: each time is an announcement into what the caller hears, who keeps
the place. With linea800 away nobody is told, and goes on waiting.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Protocol

from calls.call import Call, Direction
from calls.errors import SwitchError
from calls.states import CallState
from calls.tracker import Tracker

log = logging.getLogger(__name__)

LOOK_SECONDS = 1.0
#: who has just come hears the queue's own greeting first
SETTLED_SECONDS = 3.0
#: so many callers are spoken to at once
_AT_ONCE = 20


class Repeated(Protocol):
    """What is told in a queue."""

    @property
    def id(self) -> int:
        """Which message; another one is told at once."""

    @property
    def prompt(self) -> str:
        """By its name in the catalog."""

    @property
    def every_seconds(self) -> int:
        """So long after it was told last."""


class EmergencyRounds:
    """Tells what is on (by queue) to whoever waits there.

    `tell` takes a call's id, a language and a prompt, and raises `SwitchError`.
    """

    def __init__(
        self,
        on: Callable[[], Mapping[str, Repeated]],
        tracker: Tracker,
        tell: Callable[[str, str, str], Awaitable[None]],
        language_of: Callable[[str], str],
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._on = on
        self._tracker = tracker
        self._tell = tell
        self._language_of = language_of
        self._now = now
        #: which message each waiting call was told last, in which queue, and when
        self._told: dict[str, tuple[tuple[str, int], datetime]] = {}

    async def run(self) -> None:
        """Tell whoever is due, for ever."""
        while True:
            await self.look()
            await asyncio.sleep(LOOK_SECONDS)

    async def look(self) -> None:
        """Tell whoever is due now, each once."""
        on, now = self._on(), self._now()
        waiting = [call for call in self._tracker.open_calls() if _waits(call)] if on else []
        here = {call.call_id for call in waiting if call.queue in on}
        self._told = {call_id: told for call_id, told in self._told.items() if call_id in here}
        limit = asyncio.Semaphore(_AT_ONCE)
        async with asyncio.TaskGroup() as group:
            for call in waiting:
                repeated = on.get(call.queue)
                if repeated is not None and self._is_due(call, repeated, now):
                    self._told[call.call_id] = ((call.queue, repeated.id), now)
                    group.create_task(self._speak(limit, call.call_id, repeated.prompt))

    def _is_due(self, call: Call, repeated: Repeated, now: datetime) -> bool:
        what, at = self._told.get(call.call_id, (None, None))
        if at is None or what != (call.queue, repeated.id):
            since = call.queued_at or call.began_at
            return now - since >= timedelta(seconds=SETTLED_SECONDS)
        return now - at >= timedelta(seconds=repeated.every_seconds)

    async def _speak(self, limit: asyncio.Semaphore, call_id: str, prompt: str) -> None:
        async with limit:
            try:
                await self._tell(call_id, self._language_of(call_id), prompt)
            except SwitchError as error:
                log.warning("call %s was not told %s: %s", call_id, prompt, error)


def _waits(call: Call) -> bool:
    return call.direction is Direction.INBOUND and call.state is CallState.QUEUED
