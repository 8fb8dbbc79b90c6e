"""Supervisors who hear talks: one for each call, by a phone of the floor whose owner is signed out.

A phone that listens is on a short lease, which is renewed for as long as the talk lasts and we are
here to see it. What Asterisk tells of it becomes durable facts; here is only what is going on now.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from agents.roster import Roster
from agents.states import AgentState
from calls.call import Call
from calls.errors import CallGoneError, CommandRefusedError, Linea800Error, SwitchError
from calls.events import (
    LISTEN_PREFIX,
    AgentConnected,
    AgentReleased,
    AgentSignInAsked,
    CallEnded,
    CallVanished,
    DialogueOffered,
    Fact,
    QueueJoined,
    SupervisionEnded,
    SupervisionStarted,
    SupervisorUnreached,
)
from calls.states import CallState
from calls.switch import ListenIn, Mode, SupervisorPhones
from calls.tracker import Change, Tracker

log = logging.getLogger(__name__)

#: without a sign of ours for so long Asterisk hangs the supervisor's phone up
LEASE_SECONDS = 15
RENEW_SECONDS = 4.0
#: a phone that rings for longer than this is not going to answer
_RING_PATIENCE = timedelta(seconds=40)
_TALKS = (CallState.TALKING, CallState.ON_HOLD)


class NoTalkError(Linea800Error):
    """Nobody talks in this call now."""


class ListenedAlreadyError(Linea800Error):
    """Another supervisor hears this call."""


class PhoneInUseError(Linea800Error):
    """The phone is its agent's at work, or listens elsewhere."""


class NobodyListensError(Linea800Error):
    """No supervisor hears this call."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listener:
    """One supervisor on one call; `since` is None while the phone rings."""

    order: ListenIn
    asked_at: datetime
    since: datetime | None = None
    #: Asterisk did not know the phone's call when it was last spoken of
    missed: bool = False


class Listening:
    """Lets supervisors hear talks, and ends it with the talk. To be folded after the tracker."""

    def __init__(
        self,
        roster: Roster,
        tracker: Tracker,
        phones: SupervisorPhones,
        put: Callable[[Fact], None],
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        signs_in: Callable[[str], bool] = lambda _: False,
    ) -> None:
        """`signs_in`: whether an agent has asked to, and the roster has not heard of it yet."""
        self._signs_in = signs_in
        self._roster = roster
        self._tracker = tracker
        self._phones = phones
        self._put = put
        self._now = now
        self._listeners: dict[str, Listener] = {}
        #: phones whose talk is over
        self._to_end: set[str] = set()
        self._changed = asyncio.Event()

    def of(self, call_id: str) -> Listener | None:
        """Who hears this call."""
        return self._listeners.get(call_id)

    def uses(self, phone: str) -> bool:
        """Whether this phone hears a talk, or rings in order to."""
        return any(each.order.phone == phone for each in self._listeners.values())

    async def begin(self, call_id: str, phone: str, mode: Mode, by: str) -> Listener:
        """Ring the phone, or change the mode of the one that hears the call already.

        Raises `NoTalkError`, `ListenedAlreadyError`, `PhoneInUseError`, `SwitchError`.
        """
        call = self._talk(call_id)
        known = self._listeners.get(call_id)
        if known is not None:
            return await self._change(known, phone, mode)
        self._must_be_idle(phone)
        order = ListenIn(
            channel_id=f"{LISTEN_PREFIX}{phone}-{uuid.uuid4().hex[:12]}",
            call_id=call_id, agent=call.agent, phone=phone, mode=mode, by=by,
        )  # fmt: skip
        listener = self._listeners[call_id] = Listener(order=order, asked_at=self._now())
        try:
            await self._phones.listen_in(order)
        except SwitchError:
            self._drop(order.channel_id)
            raise
        self._changed.set()
        return self._listeners.get(call_id, listener)

    async def end(self, call_id: str) -> Listener:
        """Hang the supervisor's phone up. Raises `NobodyListensError`, `SwitchError`."""
        listener = self._listeners.get(call_id)
        if listener is None:
            raise NobodyListensError(f"nobody hears {call_id}")
        await self._phones.hang_up(listener.order.channel_id)
        return listener

    # --- what happens

    def fold(self, change: Change) -> None:
        """Note what became of a talk, or of a phone that listens."""
        fact = change.fact
        match fact:
            case SupervisionStarted():
                self._heard(fact)
            case SupervisionEnded():
                if fact.call_id in self._listeners:
                    self._drop(self._listeners[fact.call_id].order.channel_id)
            case SupervisorUnreached():
                self._drop(fact.channel_id)
            case AgentSignInAsked() | AgentConnected():
                # nobody who could have been refused asked for it: Asterisk shows the agent at work
                self._end(
                    each for each in self._listeners.values() if each.order.phone == fact.agent
                )
            case AgentReleased() | CallEnded() | CallVanished() | QueueJoined() | DialogueOffered():
                self._end(
                    each for each in self._listeners.values() if each.order.call_id == fact.call_id
                )
            case _:
                pass

    def _heard(self, fact: SupervisionStarted) -> None:
        listener = self._listeners.get(fact.call_id)
        if listener is None:
            return  # of a service before us: its lease runs out
        order = replace(listener.order, mode=Mode(fact.mode))
        since = listener.since or fact.at
        self._listeners[fact.call_id] = replace(listener, order=order, since=since)
        call = self._tracker.get(fact.call_id)
        if call is None or call.state not in _TALKS:
            self._end([self._listeners[fact.call_id]])

    def _end(self, listeners: Iterable[Listener]) -> None:
        over = {each.order.channel_id for each in listeners}
        if over:
            self._to_end |= over
            self._changed.set()

    async def run(self) -> None:
        """Renew the leases of those who listen, and end what has outlived its talk, for ever."""
        loop = asyncio.get_running_loop()
        renew_at = loop.time() + RENEW_SECONDS
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout_at(renew_at):
                    await self._changed.wait()
            if loop.time() >= renew_at:  # also when somebody comes or goes all the time
                await self._renew()
                renew_at = loop.time() + RENEW_SECONDS
            self._changed.clear()
            await self._end_what_is_over()

    async def _end_what_is_over(self) -> None:
        over, self._to_end = self._to_end, set()
        for channel_id in over:
            try:
                await self._phones.hang_up(channel_id)
            except SwitchError as error:
                # nobody renews it: the lease ends it
                log.warning("%s hears on for some seconds: %s", channel_id, error)
                self._drop(channel_id)

    async def _renew(self) -> None:
        for listener in list(self._listeners.values()):
            channel_id = listener.order.channel_id
            if listener.since is None:
                if self._now() - listener.asked_at > _RING_PATIENCE:
                    self._drop(channel_id)
                continue
            try:
                await self._phones.keep(channel_id, LEASE_SECONDS)
            except (CallGoneError, CommandRefusedError):
                self._is_missed(listener)
            except SwitchError as error:
                log.debug("%s was not kept: %s", channel_id, error)

    def _is_missed(self, listener: Listener) -> None:
        """Its end was not heard, or is on its way."""
        order = listener.order
        if self._listeners.get(order.call_id) is not listener:
            return
        if not listener.missed:
            self._listeners[order.call_id] = replace(listener, missed=True)
            return
        self._drop(order.channel_id)
        self._put(
            SupervisionEnded(
                at=self._now(), pbx=self._tracker_pbx(order.call_id), call_id=order.call_id,
                agent=order.agent, phone=order.phone, mode=order.mode, by=order.by,
            )
        )  # fmt: skip

    def _tracker_pbx(self, call_id: str) -> str:
        call = self._tracker.get(call_id)
        return call.pbx if call is not None else ""

    # --- what must be

    def _talk(self, call_id: str) -> Call:
        call = self._tracker.get(call_id)
        if call is None or call.state not in _TALKS or not call.agent:
            raise NoTalkError(f"nobody talks in {call_id}")
        return call

    async def _change(self, known: Listener, phone: str, mode: Mode) -> Listener:
        if known.order.phone != phone:
            raise ListenedAlreadyError(f"{known.order.phone} hears {known.order.call_id}")
        if known.since is None:
            raise PhoneInUseError(f"{phone} rings for this call already")
        if known.order.mode is mode:
            return known
        await self._phones.listen_otherwise(known.order.channel_id, mode)
        return replace(known, order=replace(known.order, mode=mode))

    def _must_be_idle(self, phone: str) -> None:
        agent = self._roster.get(phone)
        if agent is None or agent.state is not AgentState.SIGNED_OUT or self._signs_in(phone):
            raise PhoneInUseError(f"agent {phone} is at work with that phone")
        if self.uses(phone):
            raise PhoneInUseError(f"{phone} hears another call")

    def _drop(self, channel_id: str) -> None:
        for call_id, listener in list(self._listeners.items()):
            if listener.order.channel_id == channel_id:
                del self._listeners[call_id]
