"""The last hour of each queue in points of 15 s: a ring that forgets what is older. Pure."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

STEP_SECONDS = 15
#: an hour of them
POINTS = 240


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """A queue at a moment; `answered` is the count of all so far."""

    waiting: int
    talking: int
    answered: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A queue at a moment; `answered` since the point before, None for the first one."""

    waiting: int
    talking: int
    answered: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """Every queue at a moment."""

    at: datetime
    queues: Mapping[str, Point]


class Curves:
    """The moments of the last hour, oldest first."""

    def __init__(self) -> None:
        self._moments: deque[Moment] = deque(maxlen=POINTS)
        self._answered: dict[str, int] = {}

    def note(self, at: datetime, loads: Mapping[str, Load]) -> Moment:
        """Keep how the queues are; answers the point made of it."""
        points = {
            queue: Point(
                waiting=load.waiting,
                talking=load.talking,
                answered=self._since_before(queue, load.answered),
            )
            for queue, load in loads.items()
        }
        self._answered = {queue: load.answered for queue, load in loads.items()}
        moment = Moment(at=at, queues=points)
        self._moments.append(moment)
        return moment

    def moments(self) -> list[Moment]:
        """What is kept."""
        return list(self._moments)

    def _since_before(self, queue: str, answered: int) -> int | None:
        before = self._answered.get(queue)
        return answered - before if before is not None else None


def seconds_to_next(now: datetime) -> float:
    """How long until the next point: they lie on whole steps of the clock."""
    return STEP_SECONDS - now.timestamp() % STEP_SECONDS
