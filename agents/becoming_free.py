"""When a caller's turn comes, by how soon each agent becomes free. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from agents.durations import Durations

#: a turn is looked for in this many steps of what it would take were all talks just begun
_STEPS = 8
#: the mean of when a turn comes is a little before the count of those served is, on average, the
#: turn: measured with 1 to 50 agents (`bench/expected_wait`)
_EARLIER = 0.15
#: nobody waits longer than this for the one who answers: beyond it all is the same
_LONGEST_SECONDS = 4 * 3600.0
#: of more agents than so many neighbours are taken together: each would take a tenth of a second
_APART = 60
#: those who go before others never take more of the agents than leaves so much
_LEAST_LEFT = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """What a line has of an agent who serves others, too."""

    #: of the calls taken while this line has callers: how many are this line's
    part: float
    #: one call of theirs, whichever it is, with the wrap-up
    cycle_seconds: float
    #: the talk with this line's next caller, and the wrap-up after it
    talks: Durations
    wrap_up_seconds: float

    @property
    def pace(self) -> float:
        """Callers of this line taken in a second."""
        return self.part / self.cycle_seconds

    def ended_in(self, seconds: float) -> float:
        """Calls begun and ended in so many seconds, one after the other, on average."""
        over, since = self.talks.over_by(0.0, seconds - self.wrap_up_seconds)
        return over + since / self.cycle_seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """One agent as a line sees them."""

    #: what the agent is at, and for how long already; None: free
    at: Durations | None
    lasted_seconds: float = 0.0
    #: what still follows it
    then_seconds: float = 0.0
    #: it is over by then, whatever happens
    latest_seconds: float | None = None
    share: Share

    @property
    def free_in(self) -> float:
        """Seconds until the agent is free, on average."""
        if self.at is None:
            return 0.0
        left = self.at.left(self.lasted_seconds) + self.then_seconds
        return left if self.latest_seconds is None else max(0.0, min(left, self.latest_seconds))

    def taken_in(self, seconds: float) -> float:
        """Callers of this line taken in so many seconds, on average.

        The one for whom the agent becomes free, and those after that.
        """
        if self.at is None:
            return 1.0 + self.share.part * self.share.ended_in(seconds)
        if self.latest_seconds is not None and seconds >= self.latest_seconds:
            over, since = 1.0, seconds - self.free_in
        else:
            over, since = self.at.over_by(self.lasted_seconds, seconds - self.then_seconds)
        if over <= 0.0:
            return 0.0
        return self.share.part * over * (1.0 + self.share.ended_in(since / over))


def seconds_to(
    turn: int, servers: Sequence[Server], *, giving_up: float = 0.0, overtaking: float = 0.0
) -> float:
    """Seconds until the turn has come (1: the next one), on average.

    Each second a part `giving_up` of those in front leaves, and `overtaking` callers come who go
    before everyone. There is at least one server.
    """
    to_come = float(turn) - sum(server.at is None for server in servers)
    if to_come <= 0.0:
        return 0.0
    alike = _alike(servers)
    to_come -= _EARLIER
    pace = sum(server.share.pace for server in servers)
    step = turn / pace / _STEPS
    elapsed, taken = 0.0, sum(many * server.taken_in(0.0) for server, many in alike)
    while elapsed < _LONGEST_SECONDS:
        by_then = sum(many * server.taken_in(elapsed + step) for server, many in alike)
        served = by_then - taken
        moved = max(served - overtaking * step, _LEAST_LEFT * served)
        moved += max(0.0, to_come - 1.0) * giving_up * step
        if moved >= to_come:
            return elapsed + step * to_come / moved
        to_come -= moved
        elapsed, taken = elapsed + step, by_then
    return _LONGEST_SECONDS


def _alike(servers: Sequence[Server]) -> list[tuple[Server, int]]:
    """Servers, and for how many each stands.

    Of many, those who are at the same since about the same time are taken for the middle one.
    """
    if len(servers) <= _APART:
        return [(server, 1) for server in servers]
    kinds: dict[tuple[object, ...], list[Server]] = {}
    for server in servers:
        limited = server.latest_seconds is not None
        kind = (id(server.at), id(server.share), server.then_seconds, limited)
        kinds.setdefault(kind, []).append(server)
    most = math.ceil(len(servers) / _APART)
    found = []
    for same in kinds.values():
        same.sort(key=lambda server: server.lasted_seconds)
        for begin in range(0, len(same), most):
            some = same[begin : begin + most]
            found.append((some[len(some) // 2], len(some)))
    return found
