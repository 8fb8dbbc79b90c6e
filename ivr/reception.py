"""The reception: a session for every caller that Asterisk offers us, and none for anyone else."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import UTC, datetime
from typing import NamedTuple

from calls.errors import SwitchError
from calls.events import (
    AgentConnected,
    AgentReleased,
    CallEnded,
    CallFellBack,
    CallVanished,
    DialogueClosed,
    DialogueOffered,
    DigitPressed,
    Fact,
    LinkLost,
    QueueJoined,
    SnapshotTaken,
)
from calls.feed import Listener
from calls.states import CallState
from calls.switch import CallerDialogue
from calls.tracker import Change, Tracker
from ivr.carrying_out import Left
from ivr.menu import Menu
from ivr.neighbours import Neighbours
from ivr.patience import LongWaits
from ivr.returning import beginning
from ivr.session import Session
from ivr.shelf import MenuShelf
from ivr.waiting_room import WaitingRoom

log = logging.getLogger(__name__)

_BEFORE_THE_QUEUE = (CallState.ARRIVING, CallState.ANSWERED, CallState.IN_MENU)


class _Led(NamedTuple):
    """A caller whose dialogue we lead."""

    session: Session
    task: asyncio.Task[None]


class _SentOn(NamedTuple):
    """A caller who left us, and may come back: into the menu they left, whatever it is by then."""

    menu: Menu
    left: Left


class Reception:
    """Starts, feeds and ends sessions."""

    def __init__(
        self,
        pbx: str,
        menus: MenuShelf,
        switch: CallerDialogue,
        put: Callable[[Fact], None],
        tracker: Tracker,
        neighbours: Neighbours | None = None,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._pbx = pbx
        self._menus = menus
        self._switch = switch
        self._put = put
        self._tracker = tracker
        self._now = now
        self._led: dict[str, _Led] = {}
        self._sent_on: dict[str, _SentOn] = {}
        self._room = WaitingRoom(tracker, neighbours or Neighbours(), self._priority_of, now)
        self._long_waits = LongWaits(switch, tracker)

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
                self._long_waits.over(fact.call_id)
                self._receive(fact, group)
            case DialogueClosed():
                self._let_go(fact.call_id)
            case QueueJoined():
                self._begin_wait(fact, group)
            case AgentConnected():
                self._long_waits.over(fact.call_id)
            case AgentReleased() if fact.passed_to.startswith("queue_"):
                self._goes_to_the_end(fact.call_id)
            case CallEnded() | CallVanished():
                self._let_go(fact.call_id)
                self._long_waits.over(fact.call_id)
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
        sent_on = self._sent_on.get(fact.call_id)
        number = call.number_called or fact.number_called
        menu = sent_on.menu if sent_on is not None else self._menus.of(number)
        begin = beginning(fact, call, sent_on.left if sent_on is not None else None, menu)
        if begin is None:
            group.create_task(self._end(fact.call_id))
            return
        session = Session(
            fact.call_id,
            self._pbx,
            menu,
            self._switch,
            self._put,
            self._room,
            begin,
            now=self._now,
        )
        task = group.create_task(session.run())
        self._led[fact.call_id] = _Led(session, task)
        task.add_done_callback(lambda _: self._over(session))

    def _over(self, session: Session) -> None:
        """The session is over: how the caller goes on, if the caller does."""
        led = self._led.get(session.call_id)
        if led is None or led.session is not session:
            return  # let go before
        del self._led[session.call_id]
        call = self._tracker.get(session.call_id)
        if call is not None and call.open:
            self._sent_on[session.call_id] = _SentOn(session.menu, session.left)

    def _begin_wait(self, fact: QueueJoined, group: asyncio.TaskGroup) -> None:
        sent_on = self._sent_on.get(fact.call_id) or self._leaving(fact.call_id)
        if sent_on is not None:
            left = sent_on.left
            if fact.queue not in (left.queue, left.then_queue):
                # a supervisor's doing, or the dialplan's own: what holds there is what counts
                left.queue, left.then_queue, left.priority = fact.queue, "", 0
            self._long_waits.begin(fact, sent_on.menu, group)

    def _leaving(self, call_id: str) -> _SentOn | None:
        """The news of the queue may come before the session knows that it is over."""
        led = self._led.get(call_id)
        return None if led is None else _SentOn(led.session.menu, led.session.left)

    def _goes_to_the_end(self, call_id: str) -> None:
        """Of a line, and may be of the same one: whatever priority led ahead before."""
        if call_id in self._sent_on:
            self._sent_on[call_id].left.priority = 0

    async def send_on(self, call_id: str) -> None:
        """The agent a caller waits for does not come: to the queue they asked for.

        Raises `SwitchError`.
        """
        sent_on = self._leaving(call_id) or self._sent_on.get(call_id)
        if sent_on is not None and sent_on.left.then_queue:
            queue, priority = sent_on.left.then_queue, sent_on.left.priority
            sent_on.left.queue, sent_on.left.then_queue = queue, ""
        else:
            call = self._tracker.get(call_id)
            person = self._menus.of(call.number_called if call is not None else "").person
            queue, priority = person.queue, person.priority
        await self._switch.send_to_queue(call_id, queue, priority)

    def _priority_of(self, call_id: str) -> int:
        sent_on = self._sent_on.get(call_id)
        return 0 if sent_on is None else sent_on.left.priority

    async def _end(self, call_id: str) -> None:
        try:
            await self._switch.hang_up(call_id)
        except SwitchError as error:
            log.warning("call %s: the dialplan will end it: %s", call_id, error)

    def _let_go(self, call_id: str) -> None:
        led = self._led.get(call_id)
        if led is not None:
            led.task.cancel()
            # now, not when it has ended: the next dialogue may be offered at once
            self._over(led.session)

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
