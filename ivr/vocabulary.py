"""The words of a dialogue: what the caller does, what is done for the caller, what became true.

The last kind lacks time and call; with them they are facts of `calls/events.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from ivr.services import Answer
from ivr.values import Values

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


@dataclass(frozen=True, slots=True)
class Answered:
    """Whoever was asked has answered, in time or not."""

    answer: Answer


@dataclass(frozen=True, slots=True)
class Recorded:
    """The caller is done speaking; how many seconds there are."""

    seconds: float


Event: TypeAlias = Pressed | Waited | Played | Answered | Recorded

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
class SayWait:
    """Say how long it takes until somebody of the queue is free; heard like a prompt."""

    queue: str
    priority: int


@dataclass(frozen=True, slots=True)
class PlayRecording:
    """Play what the caller said; heard like a prompt."""

    recording: str


@dataclass(frozen=True, slots=True)
class Record:
    """Beep, and record what the caller says: `Recorded` comes when it is over."""

    recording: str
    most_seconds: float
    silence_seconds: float


@dataclass(frozen=True, slots=True)
class Ask:
    """Ask a service: `Answered` comes in any case."""

    service: str
    arguments: Values
    #: the same for every try of this asking
    key: str


@dataclass(frozen=True, slots=True)
class OpenTicket:
    """Open a ticket: `Answered` comes, done or failed."""

    kind: str
    reason: str
    note: str
    working_days: int


@dataclass(frozen=True, slots=True)
class MuteRecorders:
    """Whoever records the call hears nothing from here on, or hears again."""

    muted: bool


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
    #: why the caller calls; "" was never said
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Transfer:
    """The dialogue is over: the caller is handed to somebody outside."""

    target: str


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


@dataclass(frozen=True, slots=True)
class Declined:
    """No call back was agreed on: the menu goes on as at a way to the queue."""

    queue: str
    priority: int
    say_position: bool = False


Leaving: TypeAlias = GoToQueue | OfferCallback | BackInLine | Transfer | HangUp
Action: TypeAlias = (
    Play
    | SayPosition
    | SayWait
    | PlayRecording
    | Record
    | Ask
    | OpenTicket
    | MuteRecorders
    | Listen
    | SetLanguage
    | Leaving
    | Declined
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


@dataclass(frozen=True, slots=True)
class Moved:
    """A task was started, done or failed: becomes `TaskMoved`."""

    task: str
    step: str


@dataclass(frozen=True, slots=True)
class Reasoned:
    """Why the caller calls: becomes `ReasonGiven`."""

    reason: str


@dataclass(frozen=True, slots=True)
class Known:
    """Who calls: becomes `CustomerKnown`."""

    customer_id: int
    account: str
    proven: bool


@dataclass(frozen=True, slots=True)
class Sent:
    """The caller sent a message: becomes `MessageRecorded`."""

    recording: str
    purpose: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Surveyed:
    """A question was put (no answer), or answered: becomes `SurveyAsked`, `SurveyAnswered`."""

    question: str
    answer: int | None
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class TurnedAway:
    """The queue takes nobody now (`closed`, `nobody`, `full`): becomes `QueueRefused`."""

    queue: str
    why: str


Happened: TypeAlias = (
    Entered | Chosen | Missed | Asked | Moved | Reasoned | Known | Sent | Surveyed | TurnedAway
)
