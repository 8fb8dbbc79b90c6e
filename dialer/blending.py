"""Agents between the 0800 line and a campaign: when dialing stands back, and when it may go on.

The queue's own weight serves a waiting subscriber first, but nobody who is dialed already can be
taken back: what keeps subscribers from waiting is to stop dialing early, and to keep some agents
free. Pure; moments in epoch seconds.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from itertools import islice

from pydantic import BaseModel, ConfigDict, Field

from agents.floor import QueueName
from dialer.pacing.picture import Picture


class BlendRule(BaseModel):
    """When the campaign stands back for the queues that share its agents."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    #: of which queues; empty: every queue whose agents are this campaign's, too
    queues: tuple[QueueName, ...] = ()
    #: stop when so many wait
    stop_at_waiting: int | None = Field(default=None, ge=1, le=1000)
    #: stop when somebody has waited so long
    stop_at_wait_seconds: float | None = Field(default=None, ge=0, le=3600)
    #: go on when nobody was over a threshold for so long
    calm_seconds: float = Field(default=10.0, ge=0, le=600)
    #: agents never dialed for: the next caller finds one of them at once
    keep_free: int = Field(default=0, ge=0, le=500)


class Blend:
    """One campaign's thresholds, with the memory that keeps them from flapping."""

    def __init__(self, rule: BlendRule) -> None:
        self.rule = rule
        self._over_at: float | None = None
        self.standing_back = False

    def look(self, waiting_since: Collection[float], now: float) -> bool:
        """Whether dialing stands back, given since when each caller waits."""
        if self._over(waiting_since, now):
            self._over_at = now
            self.standing_back = True
        elif self._over_at is None or now >= self._over_at + self.rule.calm_seconds:
            self.standing_back = False
        return self.standing_back

    def look_again_at(self, waiting_since: Collection[float], now: float) -> float | None:
        """When time alone changes the answer; None: only who comes or goes does."""
        if self.standing_back and self._over_at is not None and not self._over(waiting_since, now):
            return self._over_at + self.rule.calm_seconds
        limit = self.rule.stop_at_wait_seconds
        if limit is None or not waiting_since or self.standing_back:
            return None
        return min(waiting_since) + limit

    def _over(self, waiting_since: Collection[float], now: float) -> bool:
        rule = self.rule
        if rule.stop_at_waiting is not None and len(waiting_since) >= rule.stop_at_waiting:
            return True
        if rule.stop_at_wait_seconds is None or not waiting_since:
            return False
        return now - min(waiting_since) >= rule.stop_at_wait_seconds


def left_waiting(
    callers: Iterable[tuple[float, str]], free: Iterable[Collection[str]]
) -> list[float]:
    """Since when those wait for whom no free agent is about to pick up.

    `callers` are since when and in which queue each waits, `free` each free agent's queues. Who
    called a moment ago counts as waiting nowhere else, but an agent has them in an instant: a
    campaign that stood back for each of them would stand back all day.
    """
    agents = list(free)
    left = []
    for since, queue in sorted(callers):
        agent = next((queues for queues in agents if queue in queues), None)
        if agent is None:
            left.append(since)
        else:
            agents.remove(agent)
    return left


def with_kept_free(picture: Picture, count: int, now: float) -> Picture:
    """What a policy may count on when so many agents are never dialed for.

    They are taken off those who are ready; for as many as are not, a caller is taken to wait who
    will have the next agents. The picture itself stays as it is.
    """
    if not count:
        return picture
    missing = max(count - len(picture.ready), 0)
    kept = {f"kept free {number}": now for number in range(missing)}
    return replace(
        picture,
        ready=dict(islice(picture.ready.items(), count, None)),
        inbound_waiting=picture.inbound_waiting | kept,
    )
