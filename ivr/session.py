"""One caller's dialogue: a coroutine that does what the pure steps of `dialogue.py` decide."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol, TypeVar

from calls.errors import CallGoneError, LinkDownError, PlaybackFailedError, SwitchError
from calls.events import Fact
from calls.switch import CallerDialogue
from ivr import callback, dialogue
from ivr.becoming import Told
from ivr.carrying_out import CarryingOut, Left, Surroundings
from ivr.hung_up import ticket_left
from ivr.menu import Menu
from ivr.player import Player
from ivr.values import Values
from ivr.vocabulary import (
    Action,
    BackInLine,
    Declined,
    Event,
    Happened,
    OfferCallback,
    Play,
    Played,
    PlayRecording,
    Pressed,
    Waited,
)

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Failed:
    """Something that was to be heard, or said, could not be."""

    error: BaseException


@dataclass(frozen=True, slots=True, kw_only=True)
class Begin:
    """How a caller comes into the dialogue: new, or back from a queue, a talk, a transfer."""

    language: str = ""
    #: "" is the menu's start
    node: str = ""
    #: where the caller waits, and has a place
    queue: str = ""
    #: of the caller who waits there
    priority: int = 0
    #: the key for being called back was pressed there
    calls_back: bool = False
    reason: str = ""
    values: Values = field(default_factory=dict)
    #: how often each node was entered before, in this call
    visits: Mapping[str, int] = field(default_factory=dict)


class _Step(Protocol):
    @property
    def actions(self) -> tuple[Action, ...]: ...
    @property
    def facts(self) -> tuple[Happened, ...]: ...


_S = TypeVar("_S", bound=_Step)


class Session:
    """Leads one caller from the first prompt to a queue, to the end, or to a hang-up."""

    def __init__(
        self,
        call_id: str,
        pbx: str,
        menu: Menu,
        switch: CallerDialogue,
        put: Callable[[Fact], None],
        surroundings: Surroundings,
        begin: Begin | None = None,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.call_id = call_id
        self._begin = begin or Begin()
        self.menu = menu
        self._switch = switch
        self._put = put
        self._surroundings = surroundings
        self._world = surroundings.world(call_id)
        self._told = Told(
            pbx=pbx, call_id=call_id, menu=menu.name, version=menu.version, now=now,
            place=lambda queue: surroundings.place_of(call_id, queue, self._carrying.left.priority),
        )  # fmt: skip
        self._mail: asyncio.Queue[Event | Failed] = asyncio.Queue()
        self._player = Player(switch, call_id, self._play_ended)
        wanted = self._begin.language
        language = wanted if wanted in menu.languages else menu.language
        self._carrying = CarryingOut(
            call_id, menu, switch, surroundings, put, self._told, self._mail.put_nowait,
            Left(
                language=language, queue=self._begin.queue, priority=self._begin.priority,
                reason=self._begin.reason, values=self._begin.values, visits=self._begin.visits,
            ),
        )  # fmt: skip
        self._offered: OfferCallback | None = None
        self._declined: Declined | None = None
        #: of the menu; of an offer there is nothing to keep
        self._state: dialogue.State | None = None

    @property
    def left(self) -> Left:
        """How the caller goes on, as far as it is known."""
        return self._carrying.left

    def press(self, digit: str) -> None:
        """The caller pressed a key."""
        self._mail.put_nowait(Pressed(digit))

    async def run(self) -> None:
        """The whole dialogue. Ends quietly when the caller or the link is gone."""
        self._carrying.begin()
        try:
            await self._lead()
        except (CallGoneError, LinkDownError, PlaybackFailedError) as error:
            # a prompt that fails ends the dialogue in Asterisk too: the dialplan has the caller
            log.debug("call %s left its dialogue: %s", self.call_id, error)
        except SwitchError as error:
            log.error("call %s goes to a person, its dialogue failed: %s", self.call_id, error)
            await self._rescue()
        except Exception:  # whatever is wrong with us, the caller reaches a person
            log.exception("call %s goes to a person, its dialogue broke", self.call_id)
            await self._rescue()
        finally:
            self._keep_message()
            await self._carrying.close()
            await self._player.close()

    async def _lead(self) -> None:
        begin, menu, world = self._begin, self.menu, self._world

        def on(last: dialogue.Step, event: Event) -> dialogue.Step:
            return dialogue.step(menu, last.state, event, world)

        if not begin.calls_back:
            first = dialogue.start(
                menu, self._carrying.left.language, world, node=begin.node, values=begin.values,
                reason=begin.reason, waits_in=begin.queue, visits=begin.visits,
            )  # fmt: skip
            await self._through(first, on)
        if begin.calls_back:
            await self._offer(None)
        while self._offered is not None:
            offered, self._offered = self._offered, None
            await self._offer(offered)
            if self._declined is not None and self._state is not None:
                declined, self._declined = self._declined, None
                await self._through(dialogue.go_on(menu, self._state, declined, world), on)

    async def _offer(self, offered: OfferCallback | None) -> None:
        terms = self._terms(offered)
        await self._through(
            callback.start(terms), lambda last, event: callback.step(terms, last.state, event)
        )

    def _terms(self, offered: OfferCallback | None) -> callback.Terms:
        """What is offered: to who is in the menu, or (None) to who waits and pressed the key.

        Who waits in that queue already comes back to the same place.
        """
        otherwise: tuple[Play | BackInLine | Declined, ...]
        if offered is None or offered.queue == self._begin.queue:
            queue = self._begin.queue
            otherwise = (Play(("callback_back",), barge_in=False), BackInLine(queue))
        else:
            queue = offered.queue
            self._carrying.left.priority = offered.priority
            otherwise = callback.otherwise(offered)
        return callback.Terms(
            queue=queue,
            language=self._carrying.left.language,
            caller_number=self._world.caller,
            check=self._surroundings.calls_back(queue),
            otherwise=otherwise,
        )

    async def _through(self, step: _S, go_on: Callable[[_S, Event], _S]) -> None:
        """From a first step to the one with which the caller leaves."""
        while True:
            if isinstance(step, dialogue.Step):
                self._state = state = step.state
                self._carrying.left = self._carrying.left.learned(state)
            for happened in step.facts:
                self._put(self._told.fact(happened))
            if step.actions:
                await self._player.stop()
                self._carrying.listen_until = None
                self._drop_played()
                if await self._do(step.actions):
                    return
            event = await self._next()
            if isinstance(event, Failed):
                raise event.error
            step = go_on(step, event)

    async def _next(self) -> Event | Failed:
        """What happens next; `Waited` when the time to listen is over before anything does."""
        try:
            async with asyncio.timeout_at(self._carrying.listen_until):
                return await self._mail.get()
        except TimeoutError:
            self._carrying.listen_until = None
            return Waited()

    def _drop_played(self) -> None:
        """What was stopped has not been heard: a `Played` that just came in is void."""
        kept = [mail for mail in _emptied(self._mail) if not isinstance(mail, Played)]
        for mail in kept:
            self._mail.put_nowait(mail)

    async def _do(self, actions: Sequence[Action]) -> bool:
        """Carry out a step's actions in order; True when the dialogue is over."""
        heard: list[str | PlayRecording] = []
        silent = False
        for action in actions:
            sounds = self._carrying.sounds(action)
            if sounds is not None:
                heard += sounds
                silent = silent or not sounds
            elif isinstance(action, OfferCallback):
                self._offered = action
                return True
            elif isinstance(action, Declined):
                self._declined = action
                return True
            elif await self._carrying.out(action):
                return True
        if heard:
            self._player.play(self._carrying.left.language, heard)
        elif silent:
            self._mail.put_nowait(Played())  # nobody waits: there was nothing to say
        return False

    def _play_ended(self, error: BaseException | None) -> None:
        self._mail.put_nowait(Played() if error is None else Failed(error))

    def _keep_message(self) -> None:
        """Who speaks and hangs up meant to leave the message, and the complaint it is."""
        sent = self._carrying.unsent(self._state)
        if sent is not None:
            self._put(self._told.fact(sent))
        if self._state is not None:
            ticket = ticket_left(self.menu, self._state, sent.recording if sent is not None else "")
            if ticket is not None:
                self._carrying.open_ticket(ticket)

    async def _rescue(self) -> None:
        await self._carrying.stop_keeping()
        try:
            if self._state is not None and self._state.muted:
                await self._switch.mute_recorders(self.call_id, muted=False)
        except SwitchError as error:
            log.warning("call %s: its recorders stay deaf: %s", self.call_id, error)
        try:
            await self._switch.rescue(self.call_id)
        except CallGoneError:
            return
        except SwitchError as error:
            log.warning("call %s: the dialplan will take it: %s", self.call_id, error)


def _emptied(queue: asyncio.Queue[Event | Failed]) -> list[Event | Failed]:
    mails = []
    while not queue.empty():
        mails.append(queue.get_nowait())
    return mails
