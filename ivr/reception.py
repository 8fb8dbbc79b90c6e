"""The reception: a session for every caller that Asterisk offers us, and none for anyone else."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import NamedTuple

from calls.call import CALLBACK_KEY, Call
from calls.errors import SwitchError
from calls.events import (
    CallEnded,
    CallFellBack,
    CallVanished,
    DialogueClosed,
    DialogueOffered,
    DigitPressed,
    Fact,
    LinkLost,
    SnapshotTaken,
)
from calls.feed import Listener
from calls.states import CallState
from calls.switch import CallerDialogue
from calls.tracker import Change, Tracker
from ivr.callback import NumberCheck
from ivr.line import InLine, place, position
from ivr.menu import Menu
from ivr.session import Session

log = logging.getLogger(__name__)

_BEFORE_THE_QUEUE = (CallState.ARRIVING, CallState.ANSWERED, CallState.IN_MENU)


class _Led(NamedTuple):
    """A caller whose dialogue we lead."""

    session: Session
    task: asyncio.Task[None]


class _SentOn(NamedTuple):
    """How a caller left us for a queue; a restart of ours forgets it."""

    language: str
    priority: int


_UNKNOWN = _SentOn("", 0)


class Reception:
    """Starts, feeds and ends sessions. `menus` maps a number called to its menu.

    `calls_back` tells which numbers are called back for those who wait in a queue; None: nobody
    does it now.
    """

    def __init__(
        self,
        pbx: str,
        menus: Mapping[str, Menu],
        switch: CallerDialogue,
        put: Callable[[Fact], None],
        tracker: Tracker,
        *,
        calls_back: Callable[[str], NumberCheck | None] = lambda _: None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._pbx = pbx
        self._menus = menus
        self._switch = switch
        self._put = put
        self._tracker = tracker
        self._calls_back = calls_back
        self._now = now
        self._led: dict[str, _Led] = {}
        self._sent_on: dict[str, _SentOn] = {}

    @property
    def callers(self) -> int:
        """How many callers are in a dialogue now."""
        return len(self._led)

    async def run(self, listener: Listener) -> None:
        """React to changes for ever; ending ends every session."""
        async with asyncio.TaskGroup() as group:
            async for change in listener:
                await self._react(change, group)

    async def _react(self, change: Change, group: asyncio.TaskGroup) -> None:
        fact = change.fact
        match fact:
            case DigitPressed():
                if fact.call_id in self._led:
                    self._led[fact.call_id].session.press(fact.digit)
            case DialogueOffered():
                self._receive(fact, group)
            case DialogueClosed():
                self._let_go(fact.call_id)
            case CallEnded() | CallVanished():
                self._let_go(fact.call_id)
                self._sent_on.pop(fact.call_id, None)
            case LinkLost():
                # results are lost with the link: the dialplan takes these callers to the queue
                for call_id in list(self._led):
                    self._let_go(call_id)
            case SnapshotTaken():
                await self._rescue_the_unled(fact)
            case _:
                pass

    def _receive(self, fact: DialogueOffered, group: asyncio.TaskGroup) -> None:
        call = self._tracker.get(fact.call_id)
        if fact.call_id in self._led or call is None or call.state is not CallState.IN_MENU:
            return  # led already, or gone on while the news of it was late
        waits = call.queue_status == CALLBACK_KEY
        number = call.number_called if waits else fact.number_called
        session = Session(
            fact.call_id,
            self._pbx,
            self._menus.get(number) or next(iter(self._menus.values())),
            self._switch,
            self._put,
            self,
            language=self._sent_on.get(fact.call_id, _UNKNOWN).language,
            from_queue=call.queue if waits else "",
        )
        task = group.create_task(session.run())
        self._led[fact.call_id] = _Led(session, task)
        task.add_done_callback(lambda _: self._remember(session, call, waits=waits))

    def _remember(self, session: Session, call: Call, *, waits: bool) -> None:
        """The session is over: how the caller goes on, if it went on to a queue."""
        self._led.pop(call.call_id, None)
        now = self._tracker.get(call.call_id)
        if now is not None and now.open:
            before = self._sent_on.get(call.call_id, _UNKNOWN)
            priority = before.priority if waits else session.priority
            self._sent_on[call.call_id] = _SentOn(session.language, priority)

    def _let_go(self, call_id: str) -> None:
        led = self._led.get(call_id)
        if led is not None:
            led.task.cancel()

    async def _rescue_the_unled(self, snapshot: SnapshotTaken) -> None:
        """Callers whose dialogue was led before a crash or a lost link: nobody leads it now."""
        for channel in snapshot.channels:
            if channel.application != "AGI" or channel.call_id in self._led:
                continue
            call = self._tracker.get(channel.call_id)
            if call is not None and call.state not in _BEFORE_THE_QUEUE:
                continue  # it went on since the question
            log.warning("call %s is in a dialogue nobody leads: to a person", channel.call_id)
            self._put(
                CallFellBack(
                    at=snapshot.at, pbx=self._pbx, call_id=channel.call_id, reason="dialogue_lost"
                )
            )
            try:
                await self._switch.rescue(channel.call_id)
            except SwitchError as error:
                log.warning("call %s: the dialplan will take it: %s", channel.call_id, error)

    # --- what sessions ask: `ivr.session.Surroundings`

    def waiting_in(self, queue: str) -> int:
        """As `Surroundings`."""
        return sum(
            1
            for call in self._tracker.open_calls()
            if call.queue == queue and call.state is CallState.QUEUED
        )

    def caller_number(self, call_id: str) -> str:
        """As `Surroundings`."""
        call = self._tracker.get(call_id)
        return call.caller_number if call is not None else ""

    def calls_back(self, queue: str) -> NumberCheck | None:
        """As `Surroundings`."""
        return self._calls_back(queue)

    def position_of(self, call_id: str, queue: str) -> int:
        """As `Surroundings`."""
        waiting = [one for one in self._line(queue) if self._is_waiting(one.call_id)]
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

    def _is_waiting(self, call_id: str) -> bool:
        call = self._tracker.get(call_id)
        return call is not None and call.state is CallState.QUEUED

    def _in_line(self, call_id: str, queue: str, priority: int = 0) -> InLine:
        """The caller's place; one who is in no line yet begins to wait now."""
        call = self._tracker.get(call_id)
        waits = call is not None and call.queue == queue and call.in_line
        since = call.waiting_since if call is not None and waits else None
        if waits:
            priority = self._sent_on.get(call_id, _UNKNOWN).priority
        return InLine(call_id=call_id, since=since or self._now(), priority=priority)
