"""Who a simulated switch reaches: drawn as a world says, or told what to do by whoever asks."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Protocol

from simulator.lines import BUSY, NO_SUCH_NUMBER, End
from simulator.people import Reply, fate
from simulator.scenario import Scenario


@dataclass(frozen=True, slots=True, kw_only=True)
class Reaction:
    """What the called side does with one call."""

    #: until it picks up or refuses; infinity when it never does
    seconds: float
    #: how it refuses; None when it picks up
    refusal: End | None = None
    #: whether it tells that it rings
    rings: bool = True


class CalledPeople(Protocol):
    """Everybody at the other end of the lines."""

    def called(self, number: str, second: float) -> Reaction:
        """What becomes of a call to this number, dialed at this second of the shift."""

    def talk_seconds(self, number: str) -> float:
        """How long this person talks before hanging up; infinity when they leave it to us."""

    def waits_seconds(self, number: str) -> float:
        """How long this subscriber waits for an agent; infinity: as long as it takes."""


class DrawnPeople:
    """`CalledPeople` as a `Scenario` draws them, whatever their number."""

    def __init__(self, scenario: Scenario, draw: random.Random) -> None:
        self._scenario = scenario
        self._draw = draw
        self._talk_moments = scenario.talk.log_moments

    def called(self, number: str, second: float) -> Reaction:
        """See `CalledPeople`."""
        reply, seconds = fate(self._scenario, second, self._draw)
        match reply:
            case Reply.BUSY:
                return Reaction(seconds=seconds, refusal=BUSY, rings=False)
            case Reply.FAILED:
                return Reaction(seconds=seconds, refusal=NO_SUCH_NUMBER, rings=False)
            case Reply.NO_ANSWER:
                return Reaction(seconds=float("inf"))
            case Reply.PICKED_UP:
                return Reaction(seconds=seconds)

    def talk_seconds(self, number: str) -> float:
        """See `CalledPeople`."""
        return self._draw.lognormvariate(*self._talk_moments)

    def waits_seconds(self, number: str) -> float:
        """See `CalledPeople`."""
        return float("inf")
