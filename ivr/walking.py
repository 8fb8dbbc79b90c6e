"""A caller's way through a menu with no telephone and no clock: keys in, what is heard out.

Every decision is one of `ivr/dialogue.py` and `ivr/callback.py`, the steps of real calls. Prompts
are always heard to their end, unless keys are typed ahead.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol, TypeAlias

from agents.wait_bands import band
from ivr import callback, dialogue
from ivr.menu import Menu
from ivr.services import BUILT_IN, FAILED, OUTCOMES, Answer
from ivr.vocabulary import (
    Action,
    Answered,
    Ask,
    Asked,
    BackInLine,
    Event,
    GoToQueue,
    HangUp,
    Happened,
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
from ivr.world import QueueNow, World
from prompts.spoken import say_people_ahead, say_wait

#: a number as a caller might type it; a real call is held to the campaign that calls back
_TICKET = Answer("done", {"number": "26-000012-3", "due_on": "2026-12-14"})
_NUMBER = re.compile(r"\+?([0-9]{7,15})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who calls, and how things stand then."""

    language: str = ""
    #: "": hidden
    number: str = ""
    #: in the queue, whichever it is
    waiting: int = 0
    #: whether somebody calls back now
    called_back: bool = True
    #: the moment of the call; None: now
    at: datetime | None = None
    #: agents at work in the queue, whichever it is
    staffed: int = 1
    #: until somebody is free; None: nobody can say
    wait_seconds: float | None = None
    #: what services say; of those not named here nobody knows anything
    answers: Mapping[str, Answer] = field(default_factory=dict)
    #: what goes on, wherever the caller is
    incidents: tuple[str, ...] = ()
    #: how long the caller speaks when asked to
    speaks_seconds: float = 5.0
    #: with this the call begins at a node in the middle, as after a wait or a talk
    node: str = ""


@dataclass(frozen=True, slots=True)
class Heard:
    """A prompt was played to its end."""

    prompt: str
    language: str


@dataclass(frozen=True, slots=True)
class Queued:
    """The caller waits for a person."""

    queue: str
    priority: int = 0


@dataclass(frozen=True, slots=True)
class Transferred:
    """The caller was handed to somebody outside."""

    target: str


@dataclass(frozen=True, slots=True)
class CalledBack:
    """The caller hung up and will be called back."""

    queue: str
    number: str


@dataclass(frozen=True, slots=True)
class HungUp:
    """The call was ended by the menu."""


End: TypeAlias = Queued | CalledBack | Transferred | HungUp
#: what is told of one turn, in the order it happened
Told: TypeAlias = Heard | Happened | End


class _Step(Protocol):
    @property
    def actions(self) -> tuple[Action, ...]: ...
    @property
    def facts(self) -> tuple[Happened, ...]: ...


class Walk:
    """One caller. `turn` is what happened since the last key; `end` is None until it is over."""

    def __init__(self, menu: Menu, caller: Caller) -> None:
        """The call is answered, and the first prompts are heard."""
        self.language = ""
        self.turn: list[Told] = []
        self.end: End | None = None
        self._menu = menu
        self._caller = caller
        self._playing: list[str] | None = None
        self._asked: Asked | None = None
        self._next: Callable[[Event], None]
        self._ahead: list[Event] = []
        self._world = World(
            call_id="call-1",
            caller=caller.number,
            now=lambda: caller.at or datetime.now(UTC),
            queue=lambda _: QueueNow(
                waiting=caller.waiting, staffed=caller.staffed, wait_seconds=caller.wait_seconds
            ),
            incidents=lambda _: caller.incidents,
            recorded=lambda _: _EveryName(),
        )
        self._in_menu(dialogue.start(menu, caller.language, self._world, node=caller.node))
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
            case Ask(service=service):
                self._ahead.append(Answered(self._answer(service)))
            case OpenTicket():
                self._ahead.append(Answered(_TICKET))
            case OfferCallback():
                terms = self._terms(action)
                self._in_offer(terms, callback.start(terms))
            case GoToQueue(queue=queue, priority=priority):
                self._over(Queued(queue, priority))
            case BackInLine(queue=queue):
                self._over(Queued(queue))
            case Transfer(target=target):
                self._over(Transferred(target))
            case HangUp():
                asked = self._asked
                self._over(CalledBack(asked.queue, asked.number) if asked else HungUp())
            case _:
                pass  # the next key, or its absence, comes when it comes

    def _over(self, end: End) -> None:
        self.end = end
        self.turn.append(end)

    def _people_ahead(self) -> tuple[str, ...]:
        waiting = self._caller.waiting
        return say_people_ahead(waiting, self.language) if waiting else ()

    def _wait(self) -> tuple[str, ...]:
        told = band(self._caller.wait_seconds)
        said = say_wait(told.low_minutes, told.high_minutes, self.language) if told else ()
        return (*self._people_ahead(), *said)

    def _answer(self, service: str) -> Answer:
        """What was said beforehand; a customer nobody spoke of is not known."""
        known = BUILT_IN.get(service)
        nothing = Answer(OUTCOMES[known.kind][1] if known is not None else FAILED)
        return self._caller.answers.get(service, nothing)

    def _terms(self, offered: OfferCallback) -> callback.Terms:
        return callback.Terms(
            queue=offered.queue,
            language=self.language,
            caller_number=self._caller.number,
            check=_may_be_called if self._caller.called_back else None,
            otherwise=callback.otherwise(offered),
        )


class _EveryName(frozenset[str]):
    """Every first name is recorded."""

    def __contains__(self, _: object) -> bool:
        return True


def _may_be_called(number: str) -> callback.Reachable | None:
    found = _NUMBER.fullmatch(number)
    return None if found is None else callback.Reachable(number, found[1])
