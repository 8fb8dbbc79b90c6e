"""The words of a dialogue: what the caller does, what is done for the caller, what became true.

The last kind lacks time and call; with them they are facts of `calls/events.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

# --- what happened ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Pressed:
    """The caller pressed a key."""

    digit: str


@dataclass(frozen=True, slots=True)
class Waited:
    """The time to listen is over and nothing was pressed."""


@dataclass(frozen=True, slots=True)
class Played:
    """Everything that was to be heard has been heard to its end."""


Event: TypeAlias = Pressed | Waited | Played

# --- what to do -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Play:
    """Play the prompts one after the other; `barge_in` tells whether a key will stop them."""

    prompts: tuple[str, ...]
    barge_in: bool


@dataclass(frozen=True, slots=True)
class SayPosition:
    """Say how many wait in the queue; heard like a prompt."""

    queue: str


@dataclass(frozen=True, slots=True)
class Listen:
    """Wait for a key so many seconds."""

    seconds: float


@dataclass(frozen=True, slots=True)
class SetLanguage:
    """Everything from now on is said in this language."""

    language: str


@dataclass(frozen=True, slots=True)
class GoToQueue:
    """The dialogue is over: the caller waits for a person."""

    queue: str
    priority: int


@dataclass(frozen=True, slots=True)
class HangUp:
    """The dialogue is over: end the call."""


@dataclass(frozen=True, slots=True)
class OfferCallback:
    """The menu is over: a call back is offered, and else the caller waits for a person."""

    queue: str
    priority: int
    say_position: bool = False


@dataclass(frozen=True, slots=True)
class BackInLine:
    """The dialogue is over: the caller waits on, at the place there was before it."""

    queue: str


Action: TypeAlias = (
    Play | SayPosition | Listen | SetLanguage | GoToQueue | HangUp | OfferCallback | BackInLine
)

# --- what became true -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Entered:
    """The caller came to a node: becomes `MenuEntered`."""

    node: str
    language: str


@dataclass(frozen=True, slots=True)
class Chosen:
    """A key meant this choice: becomes `MenuChosen`."""

    node: str
    choice: str


@dataclass(frozen=True, slots=True)
class Missed:
    """`no_input` or `no_match`: becomes `MenuMissed`."""

    node: str
    kind: str


@dataclass(frozen=True, slots=True)
class Asked:
    """The caller is to be called back at this number: becomes `CallbackAsked`."""

    queue: str
    number: str


Happened: TypeAlias = Entered | Chosen | Missed | Asked
