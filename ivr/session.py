"""One caller's dialogue: a coroutine that does what the pure steps of `dialogue.py` decide."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol, TypeVar

from calls.errors import CallGoneError, LinkDownError, PlaybackFailedError, SwitchError
from calls.events import CallbackAsked, Fact, MenuChosen, MenuEntered, MenuMissed
from calls.switch import CallerDialogue
from ivr import callback, dialogue
from ivr.menu import Menu
from ivr.player import Player
from ivr.vocabulary import (
    Action,
    Asked,
    BackInLine,
    Chosen,
    Entered,
    Event,
    GoToQueue,
    HangUp,
    Happened,
    Listen,
    Missed,
    OfferCallback,
    Play,
    Played,
    Pressed,
    SayPosition,
    SetLanguage,
    Waited,
)
from prompts.spoken import say_people_ahead

log = logging.getLogger(__name__)

#: without a sign of ours for so long the dialplan takes the caller to the queue
KEEP_SECONDS = 10
RENEW_SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class _Failed:
    """A prompt could not be played."""

    error: BaseException


class Surroundings(Protocol):
    """What a session knows of its caller and of those who wait. `ivr/reception.py` tells it."""

    def waiting_in(self, queue: str) -> int:
        """How many wait there."""

    def caller_number(self, call_id: str) -> str:
        """As the switch shows it; "" for one who hides it."""

    def calls_back(self, queue: str) -> callback.NumberCheck | None:
        """Which numbers are called back for those who wait there; None: nobody does it now."""

    def position_of(self, call_id: str, queue: str) -> int:
        """The caller's place in the line, 1 at the head."""

    def place_of(self, call_id: str, queue: str, priority: int) -> datetime:
        """The same as a moment: whoever began to wait before it is served before."""


class _Step(Protocol):
    @property
    def actions(self) -> tuple[Action, ...]: ...
    @property
    def facts(self) -> tuple[Happened, ...]: ...


_S = TypeVar("_S", bound=_Step)


class Session:
    """Leads one caller from the first prompt to a queue, to the end, or to a hang-up.

    With `from_queue` the caller waits there already and asked for a call back.
    """

    def __init__(
        self,
        call_id: str,
        pbx: str,
        menu: Menu,
        switch: CallerDialogue,
        put: Callable[[Fact], None],
        surroundings: Surroundings,
        *,
        language: str = "",
        from_queue: str = "",
    ) -> None:
        self.call_id = call_id
        #: as the caller chose it
        self.language = language if language in menu.languages else menu.language
        #: of the queue that the caller was sent to
        self.priority = 0
        self._pbx = pbx
        self._menu = menu
        self._switch = switch
        self._put = put
        self._surroundings = surroundings
        self._from_queue = from_queue
        self._offered: OfferCallback | None = None
        self._mail: asyncio.Queue[Event | _Failed] = asyncio.Queue()
        self._player = Player(switch, call_id, self._play_ended)
        self._listen_until: float | None = None
        self._keeper: asyncio.Task[None] | None = None

    def press(self, digit: str) -> None:
        """The caller pressed a key."""
        self._mail.put_nowait(Pressed(digit))

    async def run(self) -> None:
        """The whole dialogue. Ends quietly when the caller or the link is gone."""
        self._keeper = asyncio.create_task(self._keep())
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
            await self._stop_keeping()
            await self._player.close()

    async def _stop_keeping(self) -> None:
        """Before the caller leaves: a renewal that came after would hang up a waiting caller."""
        keeper, self._keeper = self._keeper, None
        if keeper is not None:
            keeper.cancel()
            await asyncio.wait({keeper})

    async def _lead(self) -> None:
        if not self._from_queue:
            menu = self._menu
            await self._through(
                dialogue.start(menu), lambda last, event: dialogue.step(menu, last.state, event)
            )
        if self._from_queue or self._offered is not None:
            terms = self._terms(self._offered)
            await self._through(
                callback.start(terms), lambda last, event: callback.step(terms, last.state, event)
            )

    def _terms(self, offered: OfferCallback | None) -> callback.Terms:
        """What is offered: to who is in the menu, or (None) to who waits already."""
        otherwise: tuple[Play | SayPosition | GoToQueue | BackInLine, ...]
        if offered is None:
            queue = self._from_queue
            otherwise = (Play(("callback_back",), barge_in=False), BackInLine(queue))
        else:
            queue, self.priority = offered.queue, offered.priority
            otherwise = callback.otherwise(offered)
        return callback.Terms(
            queue=queue,
            language=self.language,
            caller_number=self._surroundings.caller_number(self.call_id),
            check=self._surroundings.calls_back(queue),
            otherwise=otherwise,
        )

    async def _through(self, step: _S, go_on: Callable[[_S, Event], _S]) -> None:
        """From a first step to the one with which the caller leaves."""
        while True:
            self._tell(step.facts)
            if step.actions:
                await self._player.stop()
                self._listen_until = None
                self._drop_played()
                if await self._do(step.actions):
                    return
            event = await self._next()
            if isinstance(event, _Failed):
                raise event.error
            step = go_on(step, event)

    async def _next(self) -> Event | _Failed:
        """What happens next; `Waited` when the time to listen is over before anything does."""
        try:
            async with asyncio.timeout_at(self._listen_until):
                return await self._mail.get()
        except TimeoutError:
            self._listen_until = None
            return Waited()

    def _drop_played(self) -> None:
        """What was stopped has not been heard: a `Played` that just came in is void."""
        kept = [mail for mail in _emptied(self._mail) if not isinstance(mail, Played)]
        for mail in kept:
            self._mail.put_nowait(mail)

    async def _do(self, actions: Sequence[Action]) -> bool:
        """Carry out a step's actions in order; True when the dialogue is over."""
        heard: list[str] = []
        for action in actions:
            match action:
                case Play(prompts=prompts):
                    heard += prompts
                case SayPosition(queue=queue):
                    heard += self._people_ahead(queue)
                case SetLanguage(language=language):
                    self.language = language
                    await self._switch.speak_language(self.call_id, language)
                case Listen(seconds=seconds):
                    self._listen_until = asyncio.get_running_loop().time() + seconds
                case GoToQueue(queue=queue, priority=priority):
                    self.priority = priority
                    await self._stop_keeping()
                    await self._switch.send_to_queue(self.call_id, queue, priority)
                    return True
                case BackInLine(queue=queue):
                    await self._stop_keeping()
                    position = self._surroundings.position_of(self.call_id, queue)
                    await self._switch.send_back_to_queue(self.call_id, queue, position)
                    return True
                case OfferCallback():
                    self._offered = action
                    return True
                case HangUp():
                    await self._stop_keeping()
                    await self._switch.hang_up(self.call_id)
                    return True
        if heard:
            self._player.play(self.language, heard)
        elif any(isinstance(action, SayPosition) for action in actions):
            self._mail.put_nowait(Played())  # nobody waits: there was nothing to say
        return False

    def _people_ahead(self, queue: str) -> tuple[str, ...]:
        waiting = self._surroundings.waiting_in(queue)
        return say_people_ahead(waiting, self.language) if waiting else ()

    def _play_ended(self, error: BaseException | None) -> None:
        self._mail.put_nowait(Played() if error is None else _Failed(error))

    def _tell(self, facts: Sequence[Happened]) -> None:
        for fact in facts:
            self._put(self._fact(fact))

    def _fact(self, happened: Happened) -> Fact:
        at, pbx, call_id, menu = datetime.now(UTC), self._pbx, self.call_id, self._menu.name
        match happened:
            case Entered(node=node, language=language):
                return MenuEntered(
                    at=at, pbx=pbx, call_id=call_id, menu=menu, node=node, language=language
                )
            case Chosen(node=node, choice=choice):
                return MenuChosen(
                    at=at, pbx=pbx, call_id=call_id, menu=menu, node=node, choice=choice
                )
            case Missed(node=node, kind=kind):
                return MenuMissed(at=at, pbx=pbx, call_id=call_id, menu=menu, node=node, kind=kind)
            case Asked(queue=queue, number=number):
                since = self._surroundings.place_of(call_id, queue, self.priority)
                return CallbackAsked(
                    at=at, pbx=pbx, call_id=call_id, queue=queue, number=number,
                    waiting_since=since,
                )  # fmt: skip

    async def _keep(self) -> None:
        """Renew the dead man's switch while we live."""
        while True:
            try:
                await self._switch.keep(self.call_id, KEEP_SECONDS)
            except SwitchError as error:
                log.debug("call %s was not kept: %s", self.call_id, error)
            await asyncio.sleep(RENEW_SECONDS)

    async def _rescue(self) -> None:
        await self._stop_keeping()
        try:
            await self._switch.rescue(self.call_id)
        except CallGoneError:
            return
        except SwitchError as error:
            log.warning("call %s: the dialplan will take it: %s", self.call_id, error)


def _emptied(queue: asyncio.Queue[Event | _Failed]) -> list[Event | _Failed]:
    mails = []
    while not queue.empty():
        mails.append(queue.get_nowait())
    return mails
