"""A caller's way through a menu with no telephone and no clock: keys in, what is heard out.

Every decision is one of `ivr/dialogue.py` and `ivr/callback.py`, the steps of real calls. Prompts
are always heard to their end, unless keys are typed ahead.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from ivr import callback, dialogue
from ivr.menu import Menu
from ivr.vocabulary import (
    Action,
    Asked,
    BackInLine,
    Event,
    GoToQueue,
    HangUp,
    Happened,
    Listen,
    OfferCallback,
    Play,
    Played,
    Pressed,
    SayPosition,
    SetLanguage,
    Waited,
)
from prompts.spoken import say_people_ahead

#: a number as a caller might type it; a real call is held to the campaign that calls back
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
class CalledBack:
    """The caller hung up and will be called back."""

    queue: str
    number: str


@dataclass(frozen=True, slots=True)
class HungUp:
    """The call was ended by the menu."""


End: TypeAlias = Queued | CalledBack | HungUp
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
        self._in_menu(dialogue.start(menu, caller.language))
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
        self._next = lambda event: self._in_menu(dialogue.step(self._menu, step.state, event))
        self._do(step)

    def _in_offer(self, terms: callback.Terms, step: callback.Step) -> None:
        self._next = lambda event: self._in_offer(terms, callback.step(terms, step.state, event))
        self._do(step)

    def _listen(self) -> None:
        """Whatever is being played is heard to its end."""
        while self._playing is not None:
            playing, self._playing = self._playing, None
            self.turn += [Heard(prompt, self.language) for prompt in playing]
            self._next(Played())

    def _do(self, step: _Step) -> None:
        self.turn += step.facts
        self._asked = next((each for each in step.facts if isinstance(each, Asked)), self._asked)
        if step.actions:
            self._playing = None  # what a key stopped has not been heard
        for action in step.actions:
            match action:
                case Play(prompts=prompts):
                    self._playing = [*(self._playing or ()), *prompts]
                case SayPosition():
                    self._playing = [*(self._playing or ()), *self._people_ahead()]
                case SetLanguage(language=language):
                    self.language = language
                case OfferCallback():
                    terms = self._terms(action)
                    self._in_offer(terms, callback.start(terms))
                case GoToQueue(queue=queue, priority=priority):
                    self._over(Queued(queue, priority))
                case BackInLine(queue=queue):
                    self._over(Queued(queue))
                case HangUp():
                    asked = self._asked
                    self._over(CalledBack(asked.queue, asked.number) if asked else HungUp())
                case Listen():
                    pass  # the next key, or its absence, comes when it comes

    def _over(self, end: End) -> None:
        self.end = end
        self.turn.append(end)

    def _people_ahead(self) -> tuple[str, ...]:
        waiting = self._caller.waiting
        return say_people_ahead(waiting, self.language) if waiting else ()

    def _terms(self, offered: OfferCallback) -> callback.Terms:
        return callback.Terms(
            queue=offered.queue,
            language=self.language,
            caller_number=self._caller.number,
            check=_may_be_called if self._caller.called_back else None,
            otherwise=callback.otherwise(offered),
        )


def _may_be_called(number: str) -> callback.Reachable | None:
    found = _NUMBER.fullmatch(number)
    return None if found is None else callback.Reachable(number, found[1])
