"""What a phone world is like: people, trunks, agents. Plain data; every length is in seconds."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from dataclasses import dataclass, field

HOUR = 3600.0
#: of trunks or of leads: more than any floor could use
PLENTY = 1_000_000


@dataclass(frozen=True, slots=True)
class Lengths:
    """Lognormal lengths, told by their mean and their coefficient of variation."""

    mean: float
    cv: float

    @property
    def log_moments(self) -> tuple[float, float]:
        """Mean and standard deviation of the logarithm."""
        variance = math.log(1.0 + self.cv**2)
        return math.log(self.mean) - variance / 2.0, math.sqrt(variance)


@dataclass(frozen=True, slots=True)
class Presence:
    """An agent at work from one moment of the shift to another."""

    agent: str
    begins: float
    ends: float


#: chance that an attempt launched at this second of the shift is picked up
AnswerRate = Callable[[float], float]


def always(chance: float) -> AnswerRate:
    """An answer rate that never changes."""
    return lambda _: chance


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """One world. What is not answered is busy, fails, or rings until the ring time is over."""

    name: str
    agents: int
    hours: float
    answered: AnswerRate = field(default_factory=lambda: always(0.3))
    talk: Lengths = Lengths(120.0, 1.0)
    wrap_up: Lengths = Lengths(20.0, 0.5)
    ring: Lengths = Lengths(12.0, 0.5)
    ring_limit: float = 25.0
    busy: tuple[float, float] = (0.1, 3.0)  # share of the unanswered, seconds
    failed: tuple[float, float] = (0.1, 2.0)
    trunks: int = PLENTY
    #: people on the list; each is dialed once
    leads: int = PLENTY
    #: share of the pick-ups that are machines, and how long a detection listens
    machines: float = 0.0
    screening: float = 0.0
    #: a live answer waits so long for an agent, and an abandoned one holds its line so much longer
    patience: float = 2.0
    message: float = 8.0
    #: who is at work when; None: all agents all the time
    presences: Callable[[random.Random], list[Presence]] | None = None
    #: moments at which subscribers call the same agents
    inbound: Callable[[random.Random], list[float]] | None = None
    #: from when to when nothing can be dialed: the link is lost
    outages: tuple[tuple[float, float], ...] = ()

    @property
    def seconds(self) -> float:
        """The shift's length."""
        return self.hours * HOUR

    def working(self, draw: random.Random) -> list[Presence]:
        """Who is at work when."""
        if self.presences is not None:
            return self.presences(draw)
        return [Presence(f"{1001 + index}", 0.0, self.seconds) for index in range(self.agents)]
