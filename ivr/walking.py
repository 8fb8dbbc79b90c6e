"""A caller's way through a menu with no telephone and no clock: keys in, what is heard out.

Every decision is one of `ivr/dialogue.py` and `ivr/callback.py`, the steps of real calls. Prompts
are always heard to their end, unless keys are typed ahead.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Protocol, TypeAlias
from zoneinfo import ZoneInfo

from agents.wait_bands import band
from customers.tickets import due
from ivr import callback, dialogue
from ivr.menu import Menu
from ivr.services import BUILT_IN, FAILED, OUTCOMES, Answer
from ivr.values import Values
from ivr.vocabulary import (
    Action,
    Answered,
    Ask,
    Asked,
    BackInLine,
    Declined,
    Event,
    GoToQueue,
    HangUp,
    Happened,
    Moved,
    OfferCallback,
    OpenTicket,
    Play,
    Played,
    PlayRecording,
    Pressed,
    Record,
    Recorded,
    SayPosition,
    SayWait,
    SetLanguage,
    Transfer,
    Waited,
)
from ivr.walked import (
    CalledBack,
    Caller,
    Consulted,
    End,
    Heard,
    HungUp,
    Queued,
    Ticketed,
    Told,
    Transferred,
)
from ivr.world import QueueNow, World
from prompts.spoken import say_people_ahead, say_wait

#: every ticket has this number here
TICKET_NUMBER = "26-000012-3"
#: a shorter wait is not worth a word
_AT_ONCE_SECONDS = 10.0
#: country, what a caller typed or is shown as, when -> a number that may be promised; None: none
Promises: TypeAlias = Callable[[str, str, datetime], callback.Reachable | None]
#: a number as a caller might type it
_NUMBER = re.compile(r"\+?([0-9]{7,15})")


class _Step(Protocol):
    @property
    def actions(self) -> tuple[Action, ...]: ...
    @property
    def facts(self) -> tuple[Happened, ...]: ...


class Walk:
    """One caller. `turn` is what happened since the last key; `end` is None until it is over.

    `tasks` is how each task stands that was begun: `started`, `done` or `failed`. `promises` says
    who may be called back, as the dialer does on a real call.
    """

    def __init__(self, menu: Menu, caller: Caller, promises: Promises | None = None) -> None:
        """The call is answered, and the first prompts are heard."""
        self.language = ""
        self.turn: list[Told] = []
        self.end: End | None = None
        self.tasks: dict[str, str] = {}
        self._menu = menu
        self._caller = caller
        self._playing: list[str] | None = None
        self._asked: Asked | None = None
        self._promises = promises or any_number
        self._spoken: dict[str, str] = {}
        self._consulted: dict[str, int] = {}
        now = caller.at or datetime.now(UTC)
        self._now = now if now.tzinfo else now.replace(tzinfo=ZoneInfo(menu.zone))
        self._next: Callable[[Event], None]
        self._ahead: list[Event] = []
        self._world = World(
            call_id="call-1",
            caller=caller.number,
            now=lambda: self._now,
            queue=lambda _: QueueNow(
                waiting=caller.waiting, staffed=caller.staffed, wait_seconds=caller.wait_seconds
            ),
            incidents=lambda _: caller.incidents,
            recorded=lambda _: _EveryName(),
        )
        begin = dialogue.start(
            menu, caller.language, self._world,
            node=caller.node, values=_learned(caller), waits_in=caller.waits_in,
        )  # fmt: skip
        self._in_menu(begin)
        self._listen()

    def press(self, keys: Iterable[str]) -> None:
        """Keys in quick succession, then the prompts that follow, to their end."""
        self.turn = []
        for key in keys:
            self._next(Pressed(key))
        self._listen()

    def wait(self) -> None:
        """Nothing is pressed until the time to listen is over."""
        self.turn = []
        self._next(Waited())
        self._listen()

    @property
    def heard(self) -> tuple[str, ...]:
        """The prompts of the last turn."""
        return tuple(each.prompt for each in self.turn if isinstance(each, Heard))

    # --- from step to step

    def _in_menu(self, step: dialogue.Step) -> None:
        self._state = step.state
        self._next = lambda event: self._in_menu(
            dialogue.step(self._menu, step.state, event, self._world)
        )
        self._do(step)

    def _in_offer(self, terms: callback.Terms, step: callback.Step) -> None:
        self._next = lambda event: self._in_offer(terms, callback.step(terms, step.state, event))
        self._do(step)

    def _listen(self) -> None:
        """Whatever is being played is heard to its end."""
        while self._playing is not None or self._ahead:
            if self._ahead:
                self._next(self._ahead.pop(0))
            elif self._playing is not None:
                playing, self._playing = self._playing, None
                self.turn += [Heard(prompt, self.language) for prompt in playing]
                self._next(Played())

    def _do(self, step: _Step) -> None:
        self.turn += step.facts
        self.tasks |= {each.task: each.step for each in step.facts if isinstance(each, Moved)}
        self._asked = next((each for each in step.facts if isinstance(each, Asked)), self._asked)
        if step.actions:
            self._playing = None  # what a key stopped has not been heard
        for action in step.actions:
            sounds = self._sounds(action)
            if sounds is not None:
                self._playing = [*(self._playing or ()), *sounds]
            else:
                self._carry_out(action)

    def _sounds(self, action: Action) -> tuple[str, ...] | None:
        """What an action wants heard; None when it is no such action."""
        match action:
            case Play(prompts=prompts):
                return prompts
            case PlayRecording(recording=recording):
                return (recording,)
            case SayPosition():
                return self._people_ahead()
            case SayWait():
                return self._wait()
            case _:
                return None

    def _carry_out(self, action: Action) -> None:
        match action:
            case SetLanguage(language=language):
                self.language = language
            case Record():
                self._ahead.append(Recorded(self._caller.speaks_seconds))
            case Ask(service=service, arguments=arguments):
                answer = self._answer(service)
                self.turn.append(Consulted(service, arguments, answer))
                self._ahead.append(Answered(answer))
            case OpenTicket(kind=kind, reason=reason):
                ticket = self._ticket(action)
                self.turn.append(Ticketed(kind, reason, ticket))
                self._ahead.append(Answered(ticket))
            case OfferCallback():
                terms = self._terms(action)
                self._in_offer(terms, callback.start(terms))
            case Declined():
                self._in_menu(dialogue.go_on(self._menu, self._state, action, self._world))
            case GoToQueue(queue=queue, priority=priority):
                self._over(Queued(queue, priority))
            case BackInLine(queue=queue):
                self._over(Queued(queue))
            case Transfer(target=target):
                self._over(Transferred(target))
            case HangUp():
                asked = self._asked
                self._over(self._called_back(asked) if asked is not None else HungUp())
            case _:
                pass  # the next key, or its absence, comes when it comes

    def _over(self, end: End) -> None:
        self.end = end
        self.turn.append(end)

    def _people_ahead(self) -> tuple[str, ...]:
        waiting = self._caller.waiting
        return say_people_ahead(waiting, self.language) if waiting else ()

    def _wait(self) -> tuple[str, ...]:
        seconds = self._caller.wait_seconds
        if seconds is not None and seconds < _AT_ONCE_SECONDS and not self._caller.waiting:
            return ()
        told = band(seconds)
        said = say_wait(told.low_minutes, told.high_minutes, self.language) if told else ()
        return (*self._people_ahead(), *said)

    def _answer(self, service: str) -> Answer:
        """What was said beforehand; a customer nobody spoke of is not known."""
        known = BUILT_IN.get(service)
        nothing = Answer(OUTCOMES[known.kind][1] if known is not None else FAILED)
        answers = self._caller.answers.get(service, ()) or (nothing,)
        before = self._consulted.get(service, 0)
        self._consulted[service] = before + 1
        return answers[min(before, len(answers) - 1)]

    def _ticket(self, wanted: OpenTicket) -> Answer:
        if not self._caller.tickets:
            return Answer(FAILED)
        menu = self._menu
        until = due(self._now, wanted.working_days, menu.zone, menu.country)
        due_on = until.astimezone(ZoneInfo(menu.zone)).date().isoformat()
        return Answer("done", {"number": TICKET_NUMBER, "due_on": due_on})

    def _terms(self, offered: OfferCallback) -> callback.Terms:
        return callback.Terms(
            queue=offered.queue,
            language=self.language,
            caller_number=self._caller.number,
            check=self._may_be_called if self._caller.called_back else None,
            otherwise=callback.otherwise(offered),
        )

    def _may_be_called(self, written: str) -> callback.Reachable | None:
        found = self._promises(self._menu.country, written, self._now)
        if found is not None:
            self._spoken[found.number] = found.spoken
        return found

    def _called_back(self, asked: Asked) -> CalledBack:
        return CalledBack(asked.queue, asked.number, self._spoken.get(asked.number, ""))


class _EveryName(frozenset[str]):
    """Every first name is recorded."""

    def __contains__(self, _: object) -> bool:
        return True


def _learned(caller: Caller) -> Values:
    """Who comes back from a wait or a talk is known already."""
    answers = caller.answers.get("customer_by_number", ())
    return {"customer": answers[0].values} if caller.node and answers else {}


def any_number(_country: str, written: str, _now: datetime) -> callback.Reachable | None:
    """Whatever looks like a number, at any hour: for who has no calling rules at hand."""
    found = _NUMBER.fullmatch(written)
    return None if found is None else callback.Reachable(written, found[1])
