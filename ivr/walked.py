"""Who walks through a menu with no telephone, and what becomes of them there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias

from ivr.services import Answer
from ivr.values import Values
from ivr.vocabulary import Happened


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
    #: the moment of the call, by the menu's clock if it has no zone; None: now
    at: datetime | None = None
    #: agents at work in the queue, whichever it is
    staffed: int = 1
    #: until somebody is free; None: nobody can say
    wait_seconds: float | None = None
    #: what services say, asked once, twice and so on (the last answer stays); of those not named
    #: here nobody knows anything
    answers: Mapping[str, tuple[Answer, ...]] = field(default_factory=dict)
    #: whether tickets can be opened
    tickets: bool = True
    #: what goes on, wherever the caller is
    incidents: tuple[str, ...] = ()
    #: how long the caller speaks when asked to
    speaks_seconds: float = 5.0
    #: with this the call begins at a node in the middle, as after a wait or a talk
    node: str = ""
    #: the queue the caller comes from then, and may go back to
    waits_in: str = ""


@dataclass(frozen=True, slots=True)
class Heard:
    """A prompt was played to its end."""

    prompt: str
    language: str


@dataclass(frozen=True, slots=True)
class Consulted:
    """A service was asked, and answered."""

    service: str
    arguments: Values
    answer: Answer


@dataclass(frozen=True, slots=True)
class Ticketed:
    """A ticket was to be opened."""

    kind: str
    reason: str
    answer: Answer


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
    #: the same as people there say it; "": nobody knows
    spoken: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class HungUp:
    """The call was ended by the menu."""


End: TypeAlias = Queued | CalledBack | Transferred | HungUp
#: what is told of one turn, in the order it happened
Told: TypeAlias = Heard | Consulted | Ticketed | Happened | End
