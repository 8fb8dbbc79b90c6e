"""The offer of a call back as pure decisions: which number, agreed or not.

Steps are told as in `ivr/dialogue.py`. One key means yes, the others begin a number: whoever
presses 1 and nothing more for a moment has agreed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import NamedTuple, TypeAlias

from ivr.vocabulary import (
    Action,
    Asked,
    BackInLine,
    Declined,
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
    Waited,
)
from prompts.spoken import say_digits, say_from_day

#: what is said here, in every language a caller may have chosen
CALLBACK_PROMPTS = (
    "callback_number_is",
    "callback_confirm",
    "callback_enter",
    "callback_bad_number",
    "callback_promised",
    "callback_not_now",
    "callback_back",
)
YES, END, AGAIN = "1", "#", "*"
#: until the first key, after a lone 1, and between the keys of a number
FIRST_KEY_SECONDS, YES_SECONDS, NEXT_KEY_SECONDS = 6.0, 1.5, 4.0
#: misses, of whatever kind, until the caller is left to wait
MOST_MISSES = 2
#: E.164 and a few keys more
_LONGEST = 20


class Later(NamedTuple):
    """From which day on a number may be called, and which day it is, both by the clock there."""

    day: date
    today: date


class Reachable(NamedTuple):
    """A number that may be promised: as it is dialed, and as people there say it."""

    number: str
    spoken: str
    #: None: it may be called at this hour
    later: Later | None = None


#: what somebody wrote or was shown as -> a number that may be called; None: none
NumberCheck: TypeAlias = Callable[[str], Reachable | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What is offered, to whom, and what happens when nothing is agreed."""

    queue: str
    language: str
    #: as the switch showed it; "" for one who hides it
    caller_number: str
    #: None: nobody calls back now
    check: NumberCheck | None
    #: what is said before, and where the caller goes then
    otherwise: tuple[Play | SayPosition | GoToQueue | BackInLine | Declined, ...]


def otherwise(offered: OfferCallback) -> tuple[Declined]:
    """What follows when a caller of a menu agrees on nothing."""
    return (Declined(offered.queue, offered.priority, offered.say_position),)


class Phase(StrEnum):
    """What the caller is living through."""

    SPEAKING = "speaking"  # a key stops it
    LISTENING = "listening"
    LEAVING = "leaving"
    DONE = "done"


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """Where the offer is. `number` is the one that was read out."""

    phase: Phase
    number: Reachable | None = None
    typed: str = ""
    misses: int = 0
    leaving: GoToQueue | BackInLine | Declined | HangUp | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """What one event led to."""

    state: State
    actions: tuple[Action, ...] = ()
    facts: tuple[Happened, ...] = ()


def start(terms: Terms) -> Step:
    """The first step: the caller's own number is read out, or one is asked for."""
    if terms.check is None:
        return _decline(terms, State(phase=Phase.SPEAKING), "callback_not_now")
    number = terms.check(terms.caller_number) if terms.caller_number else None
    return _speak(terms, State(phase=Phase.SPEAKING, number=number))


def step(terms: Terms, state: State, event: Event) -> Step:
    """What the event leads to; an event that means nothing in the state changes nothing."""
    match state.phase, event:
        case ((Phase.SPEAKING | Phase.LISTENING), Pressed(digit=digit)):
            return _key(terms, state, digit)
        case Phase.SPEAKING, Played():
            return _listen(state, FIRST_KEY_SECONDS)
        case Phase.LISTENING, Waited():
            return _typed(terms, state)
        case Phase.LEAVING, Played() if state.leaving is not None:
            return Step(replace(state, phase=Phase.DONE), (state.leaving,))
        case _:
            return Step(state)


def _key(terms: Terms, state: State, digit: str) -> Step:
    if digit == END:
        return _typed(terms, state)
    if digit == AGAIN:
        return _listen(replace(state, typed=""), FIRST_KEY_SECONDS)
    state = replace(state, typed=(state.typed + digit)[:_LONGEST])
    return _listen(state, YES_SECONDS if _agrees(state) else NEXT_KEY_SECONDS)


def _agrees(state: State) -> bool:
    return state.number is not None and state.typed == YES


def _typed(terms: Terms, state: State) -> Step:
    """The caller is done with keys."""
    if _agrees(state) and state.number is not None:
        leaving = replace(state, phase=Phase.LEAVING, leaving=HangUp())
        asked = Asked(terms.queue, state.number.number)
        return Step(leaving, (Play(("callback_promised",), barge_in=False),), (asked,))
    if not state.typed:
        return _miss(terms, state)
    number = terms.check(state.typed) if terms.check is not None else None
    if number is None:
        return _miss(terms, state, "callback_bad_number")
    return _speak(terms, replace(state, number=number, typed=""))


def _miss(terms: Terms, state: State, *said: str) -> Step:
    state = replace(state, typed="", misses=state.misses + 1)
    if state.misses >= MOST_MISSES:
        return _decline(terms, state, *said)
    return _speak(terms, state, *said)


def _speak(terms: Terms, state: State, *before: str) -> Step:
    prompts: tuple[str, ...] = ("callback_enter",)
    if state.number is not None:
        digits = say_digits(state.number.spoken, terms.language)
        prompts = ("callback_number_is", *digits, *_when(state.number, terms), "callback_confirm")
    said = Play((*before, *prompts), barge_in=True)
    return Step(replace(state, phase=Phase.SPEAKING), (said,))


def _when(number: Reachable, terms: Terms) -> tuple[str, ...]:
    """Who agrees knows for when."""
    later = number.later
    return say_from_day(later.day, later.today, terms.language) if later is not None else ()


def _listen(state: State, seconds: float) -> Step:
    return Step(replace(state, phase=Phase.LISTENING), (Listen(seconds),))


def _decline(terms: Terms, state: State, *said: str) -> Step:
    """Nothing was agreed: the caller waits for a person."""
    heard: list[Action] = [Play(said, barge_in=False)] if said else []
    *before, leaving = terms.otherwise
    heard += before
    if not isinstance(leaving, GoToQueue | BackInLine | Declined):
        raise TypeError(f"otherwise ends in {leaving}: end it in a queue")
    if not heard:
        return Step(replace(state, phase=Phase.DONE), (leaving,))
    return Step(replace(state, phase=Phase.LEAVING, leaving=leaving), tuple(heard))
