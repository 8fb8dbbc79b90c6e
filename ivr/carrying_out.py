"""What a dialogue decided, done: the orders to the switch, and what is asked of other rooms."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, NamedTuple, Protocol
from zoneinfo import ZoneInfo

from agents.wait_bands import Band
from calls.errors import CallGoneError, LinkDownError, SwitchError
from calls.events import CallTransferred, Fact, WaitTold
from calls.switch import CallerDialogue
from customers import ticket_numbers
from ivr import callback
from ivr.becoming import Told
from ivr.menu import Menu
from ivr.neighbours import Neighbours, TicketWanted
from ivr.services import FAILED, Answer, Question
from ivr.turn import Phase, State
from ivr.values import Values
from ivr.vocabulary import (
    Action,
    Answered,
    Ask,
    BackInLine,
    Event,
    GoToQueue,
    HangUp,
    Listen,
    MuteRecorders,
    OpenTicket,
    Play,
    PlayRecording,
    Record,
    Recorded,
    SayPosition,
    SayWait,
    Sent,
    SetLanguage,
    Transfer,
)
from ivr.world import World
from prompts.spoken import say_people_ahead, say_wait

log = logging.getLogger(__name__)


#: without a sign of ours for so long the dialplan takes the caller to the queue
KEEP_SECONDS = 10
RENEW_SECONDS = 3.0
#: an answer that is later than its service promised is none
_GRACE_SECONDS = 0.5
#: a wait of less is not worth a word
_AT_ONCE_SECONDS = 10.0
#: two events of one key are no further apart
_KEY_SECONDS = 0.15
#: who hangs up sooner after the beep than this has said nothing
_SHORTEST_KEPT_SECONDS = 3.0


@dataclass(slots=True, kw_only=True)
class Left:
    """How a caller goes on who leaves the dialogue: what is remembered until they come back."""

    language: str
    queue: str = ""
    priority: int = 0
    reason: str = ""
    values: Values = field(default_factory=dict)
    #: the node the caller left from
    node: str = ""
    #: how often each node was entered in this call
    visits: Mapping[str, int] = field(default_factory=dict)
    #: who waits for one agent goes on to this queue, if that agent does not come
    then_queue: str = ""

    def learned(self, state: State) -> Left:
        """The same, with what the menu learned."""
        return replace(
            self, values=state.values, reason=state.reason, node=state.node, visits=state.visits
        )


class Wait(NamedTuple):
    """What a caller may be told before the wait."""

    ahead: int
    #: None: nobody can say
    seconds: float | None
    #: None: better say nothing
    band: Band | None


class Way(NamedTuple):
    """Where a caller who wants a person really waits."""

    queue: str
    priority: int
    then_queue: str = ""


class Surroundings(Protocol):
    """What a session knows of its caller and of those who wait. `ivr/reception.py` tells it."""

    neighbours: Neighbours

    def world(self, call_id: str) -> World:
        """How things stand for the caller."""

    def see_through(self, work: Coroutine[Any, Any, Answer]) -> asyncio.Task[Answer]:
        """Begin something that goes on to its end, whatever becomes of the caller."""

    def waiting_in(self, queue: str) -> int:
        """How many wait there."""

    def wait_of(self, call_id: str, wanted: GoToQueue, menu: Menu, values: Values) -> Wait:
        """How long the caller would wait, with what is known of them taken into account."""

    async def way_of(self, call_id: str, wanted: GoToQueue, menu: Menu, values: Values) -> Way:
        """The queue and the priority, with what is known of the caller taken into account."""

    def calls_back(self, queue: str) -> callback.NumberCheck | None:
        """Which numbers are called back for those who wait there; None: nobody does it now."""

    def position_of(self, call_id: str, queue: str) -> int:
        """The caller's place in the line, 1 at the head."""

    def place_of(self, call_id: str, queue: str, priority: int) -> datetime:
        """The same as a moment: whoever began to wait before it is served before."""


class CarryingOut:
    """The hands of one session. What takes time comes back as mail."""

    def __init__(
        self,
        call_id: str,
        menu: Menu,
        switch: CallerDialogue,
        surroundings: Surroundings,
        put: Callable[[Fact], None],
        told: Told,
        mail: Callable[[Event], None],
        left: Left,
    ) -> None:
        self.left = left
        #: by the loop's clock; None: nothing is listened for
        self.listen_until: float | None = None
        self._call_id = call_id
        self._menu = menu
        self._switch = switch
        self._surroundings = surroundings
        self._put = put
        self._told = told
        self._mail = mail
        self._keeper: asyncio.Task[None] | None = None
        self._errands: set[asyncio.Task[None]] = set()
        #: asked for a caller who must still be there to hear it
        self._idle: set[asyncio.Task[Answer]] = set()
        self._recording_since: float | None = None

    def begin(self) -> None:
        """From now on the caller is kept from the dialplan's own way out."""
        self._keeper = asyncio.create_task(self._keep())

    async def close(self) -> None:
        """Nothing more is done for this caller here."""
        await self.stop_keeping()
        for idle in self._idle:
            idle.cancel()
        errands = set(self._errands)
        for errand in errands:
            errand.cancel()
        if errands:
            await asyncio.wait(errands)

    async def stop_keeping(self) -> None:
        """Before the caller leaves: a renewal that came after would hang up a waiting caller."""
        keeper, self._keeper = self._keeper, None
        if keeper is not None:
            keeper.cancel()
            await asyncio.wait({keeper})

    # --- what is heard

    def sounds(self, action: Action) -> Sequence[str | PlayRecording] | None:
        """What an action wants heard, () for nothing; None when it is no such action."""
        match action:
            case Play(prompts=prompts):
                return prompts
            case PlayRecording():
                return (action,)
            case SayPosition(queue=queue):
                waiting = self._surroundings.waiting_in(queue)
                return say_people_ahead(waiting, self.left.language) if waiting else ()
            case SayWait(queue=queue, priority=priority):
                return self._wait(queue, priority)
            case _:
                return None

    def _wait(self, queue: str, priority: int) -> Sequence[str]:
        left = self.left
        wanted = GoToQueue(queue, priority, left.reason)
        wait = self._surroundings.wait_of(self._call_id, wanted, self._menu, left.values)
        if wait.seconds is None or wait.band is None:
            return say_people_ahead(wait.ahead, self.left.language) if wait.ahead else ()
        if not wait.ahead and wait.seconds < _AT_ONCE_SECONDS:
            return ()  # said before, it would be over before it was said
        self._put(
            WaitTold(
                at=self._told.now(), pbx=self._told.pbx, call_id=self._call_id, queue=queue,
                position=wait.ahead + 1, expected_seconds=wait.seconds,
                low_seconds=wait.band.low_seconds, high_seconds=wait.band.high_seconds,
            )
        )  # fmt: skip
        ahead = say_people_ahead(wait.ahead, self.left.language) if wait.ahead else ()
        return (
            *ahead,
            *say_wait(wait.band.low_minutes, wait.band.high_minutes, self.left.language),
        )

    # --- what is done

    async def out(self, action: Action) -> bool:
        """Do it; True when the caller has left."""
        match action:
            case SetLanguage(language=language):
                self.left.language = language
                await self._switch.speak_language(self._call_id, language)
            case Listen(seconds=seconds):
                self.listen_until = asyncio.get_running_loop().time() + seconds
            case Record():
                self._recording_since = asyncio.get_running_loop().time()
                self._send_for(self._record(action))
            case Ask():
                self._send_for(self._ask(action))
            case OpenTicket():
                self._mail(Answered(self.open_ticket(action)))
            case MuteRecorders(muted=muted):
                await self._switch.mute_recorders(self._call_id, muted=muted)
            case GoToQueue() | BackInLine() | Transfer() | HangUp():
                await self._leave(action)
                return True
        return False

    async def _leave(self, action: GoToQueue | BackInLine | Transfer | HangUp) -> None:
        switch, call_id, left = self._switch, self._call_id, self.left
        match action:
            case GoToQueue():
                # who declined a call back says no reason with it
                wanted = replace(action, reason=action.reason or left.reason)
                way = await self._surroundings.way_of(call_id, wanted, self._menu, left.values)
                left.queue, left.priority = way.queue, way.priority
                left.then_queue = way.then_queue
                await self.stop_keeping()
                terms = self._menu.queues.get(action.queue)
                if terms is not None and terms.after_call is not None:
                    await switch.ask_after_call(call_id)
                await switch.send_to_queue(call_id, way.queue, way.priority)
            case BackInLine():
                await self.stop_keeping()
                position = self._surroundings.position_of(call_id, action.queue)
                await switch.send_back_to_queue(call_id, action.queue, position)
            case Transfer(target=target):
                await self.stop_keeping()
                self._put(
                    CallTransferred(
                        at=self._told.now(), pbx=self._told.pbx, call_id=call_id, target=target
                    )
                )
                await switch.transfer(call_id, target)
            case HangUp():
                await self.stop_keeping()
                await switch.hang_up(call_id)

    # --- what takes time

    def _send_for(self, errand: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(errand)
        self._errands.add(task)
        task.add_done_callback(self._errands.discard)

    async def _ask(self, ask: Ask) -> None:
        office = self._surroundings.neighbours.office
        service = office.services().get(ask.service)
        answer = Answer(FAILED)
        if service is not None:
            question = Question(
                call_id=self._call_id, service=ask.service, arguments=ask.arguments, key=ask.key
            )
            # what is done for a caller is done to its end, though the caller hangs up meanwhile
            asked = self._surroundings.see_through(office.ask(question))
            if service.kind == "look_up":
                self._idle.add(asked)
            try:
                async with asyncio.timeout(service.most_seconds + _GRACE_SECONDS):
                    answer = await asyncio.shield(asked)
            except TimeoutError:
                log.warning("service %s is later than it promised", ask.service)
            except Exception:  # whatever is wrong there, the caller goes on here
                log.exception("service %s broke", ask.service)
        self._mail(Answered(answer))

    async def _record(self, wanted: Record) -> None:
        seconds = 0.0
        try:
            seconds = await self._switch.record(
                self._call_id, wanted.recording, most_seconds=wanted.most_seconds,
                silence_seconds=wanted.silence_seconds,
            )  # fmt: skip
        except (CallGoneError, LinkDownError) as error:
            log.debug("call %s: recording ended: %s", self._call_id, error)
            return
        except SwitchError as error:
            log.warning("call %s: nothing was recorded: %s", self._call_id, error)
        self._recording_since = None
        # the key that ended it is told by an event of its own, sometimes a moment later: it has to
        # come while it means nothing yet, else it would be taken for an answer
        await asyncio.sleep(_KEY_SECONDS)
        self._mail(Recorded(seconds))

    def open_ticket(self, wanted: OpenTicket) -> Answer:
        """Open it, with what is known of the caller; failed when there is no number for it."""
        customer = self.left.values.get("customer")
        known = customer if isinstance(customer, Mapping) else {}
        who = known.get("id")
        asked = TicketWanted(
            kind=wanted.kind,
            reason=wanted.reason,
            working_days=wanted.working_days,
            zone=self._menu.zone,
            country=self._menu.country,
            account=str(known.get("account") or ""),
            customer_id=who if isinstance(who, int) else None,
            phone=self._surroundings.world(self._call_id).caller,
            recording=wanted.note,
        )
        ticket = self._surroundings.neighbours.tickets.open(self._call_id, asked)
        if ticket is None:
            return Answer(FAILED)
        self._put(ticket)
        due_on = ticket.due_at.astimezone(ZoneInfo(self._menu.zone)).date().isoformat()
        number = ticket_numbers.spoken(ticket.number)
        return Answer("done", {"number": number, "due_on": due_on})

    def unsent(self, state: State | None) -> Sent | None:
        """What a caller said who hung up before sending it: it is kept all the same."""
        if state is None or not state.recording:
            return None
        node = self._menu.nodes[state.node]
        seconds = state.recorded_seconds if state.stage else 0.0
        if state.phase is Phase.RECORDING and self._recording_since is not None:
            seconds = asyncio.get_running_loop().time() - self._recording_since
        if seconds < _SHORTEST_KEPT_SECONDS or state.phase is Phase.DONE:
            return None
        return Sent(state.recording, getattr(node, "purpose", ""), round(seconds, 1))

    async def _keep(self) -> None:
        """Renew the dead man's switch while we live."""
        while True:
            try:
                await self._switch.keep(self._call_id, KEEP_SECONDS)
            except SwitchError as error:
                log.debug("call %s was not kept: %s", self._call_id, error)
            await asyncio.sleep(RENEW_SECONDS)
