"""The reception: a session for every caller that Asterisk offers us, and none for anyone else."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from typing import NamedTuple

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
from ivr.menu import Menu
from ivr.session import Session

log = logging.getLogger(__name__)

_BEFORE_THE_QUEUE = (CallState.ARRIVING, CallState.ANSWERED, CallState.IN_MENU)


class _Led(NamedTuple):
    """A caller whose dialogue we lead."""

    session: Session
    task: asyncio.Task[None]


class Reception:
    """Starts, feeds and ends sessions. `menus` maps a number called to its menu."""

    def __init__(
        self,
        pbx: str,
        menus: Mapping[str, Menu],
        switch: CallerDialogue,
        put: Callable[[Fact], None],
        tracker: Tracker,
    ) -> None:
        self._pbx = pbx
        self._menus = menus
        self._switch = switch
        self._put = put
        self._tracker = tracker
        self._led: dict[str, _Led] = {}

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
            case DialogueClosed() | CallEnded() | CallVanished():
                self._let_go(fact.call_id)
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
        menu = self._menus.get(fact.number_called) or next(iter(self._menus.values()))
        session = Session(fact.call_id, self._pbx, menu, self._switch, self._put, self._waiting_in)
        task = group.create_task(session.run())
        self._led[fact.call_id] = _Led(session, task)
        task.add_done_callback(lambda _: self._led.pop(fact.call_id, None))

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

    def _waiting_in(self, queue: str) -> int:
        return sum(
            1
            for call in self._tracker.open_calls()
            if call.queue == queue and call.state is CallState.QUEUED
        )
