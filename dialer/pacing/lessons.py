"""What a pacing policy learns from: each thing that came to its end on the floor, with its length.

All lengths are in seconds. Lessons carry no names of people, leads or agents.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Launched:
    """An attempt left for the carrier."""


@dataclass(frozen=True, slots=True)
class PickedUp:
    """Someone or something answered after so much ringing."""

    ring_seconds: float


@dataclass(frozen=True, slots=True)
class Unanswered:
    """An attempt came to its end without an answer: busy, failed, rejected, or rung out."""

    ring_seconds: float


@dataclass(frozen=True, slots=True)
class Cancelled:
    """We hung up after so much ringing: nobody knows whether it would have been answered."""

    ring_seconds: float


@dataclass(frozen=True, slots=True)
class LiveAnswer:
    """A person is on the line; follows a pick-up at once, or when the screening says so."""


@dataclass(frozen=True, slots=True)
class MachineAnswer:
    """A pick-up that the screening found to be an answering machine."""


@dataclass(frozen=True, slots=True)
class Connected:
    """A live answer reached an agent."""

    waited_seconds: float


@dataclass(frozen=True, slots=True)
class Abandoned:
    """A live answer met no agent in time."""


@dataclass(frozen=True, slots=True)
class Talked:
    """An agent's talk is over."""

    seconds: float
    dialed: bool


@dataclass(frozen=True, slots=True)
class WroteUp:
    """An agent's wrap-up is over."""

    seconds: float


@dataclass(frozen=True, slots=True)
class InboundCame:
    """A caller of ours asks for one of these agents."""


@dataclass(frozen=True, slots=True)
class AgentLeft:
    """An agent paused or signed out."""


Lesson = (
    Launched
    | PickedUp
    | Unanswered
    | Cancelled
    | LiveAnswer
    | MachineAnswer
    | Connected
    | Abandoned
    | Talked
    | WroteUp
    | InboundCame
    | AgentLeft
)
