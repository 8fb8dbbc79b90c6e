"""What came of the line and of the campaign between two moments, read from SQL."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from bench.predictive_asterisk import occupancy
from dialer.attempt import Attempt, Outcome
from monitoring.record import CallRecord, QueueStay
from storage.agent_states import AgentInterval, AgentStateStore
from storage.call_list import CallFilter
from storage.calls import CallStore
from storage.campaigns import CampaignStore

#: who is answered within so many seconds was served in time
IN_TIME_SECONDS = 20.0
_PAGE = 1000
_HOUR = timedelta(hours=1)


class Window(NamedTuple):
    """From when to when; the end does not belong to it."""

    since: datetime
    until: datetime

    def has(self, moment: datetime) -> bool:
        """Whether a moment lies in it."""
        return self.since <= moment < self.until

    def meets(self, interval: AgentInterval) -> bool:
        """Whether some of an agent's time in a state lies in it."""
        ended_at = interval.ended_at
        return interval.began_at < self.until and (ended_at is None or ended_at > self.since)

    def length_within(self, begins: datetime, ends: datetime) -> timedelta:
        """How much of a stretch of time lies in it."""
        return max(min(ends, self.until) - max(begins, self.since), timedelta())


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Of one window; lengths in seconds unless they say hours."""

    #: callers who came into the line's queue
    offered: int
    in_time: int
    gave_up: int
    #: until an agent came or the caller gave up, all callers together and the longest
    waited: float
    longest_wait: float
    #: of agents with people whom the campaign dialed
    talk_hours: float
    occupancy: float
    attempts: int
    live: int
    abandoned: int

    @property
    def service_level(self) -> float:
        """Answered in time per call offered."""
        return self.in_time / self.offered if self.offered else 1.0

    @property
    def mean_wait(self) -> float:
        """Of all who were offered, those who gave up too."""
        return self.waited / self.offered if self.offered else 0.0

    @property
    def abandoned_share(self) -> float:
        """Called people who met no agent in time, per live answer."""
        return self.abandoned / self.live if self.live else 0.0


@dataclass(frozen=True, slots=True)
class Shift:
    """Everything SQL has of one shift."""

    calls: Sequence[CallRecord]
    attempts: Sequence[Attempt]
    states: Sequence[AgentInterval]

    def figures(self, window: Window) -> Figures:
        """What came of callers who came, and of attempts that were made, in the window."""
        waits = list(self._waits(window))
        answered = [seconds for seconds, served in waits if served]
        made = [attempt for attempt in self.attempts if window.has(attempt.intended_at)]
        return Figures(
            offered=len(waits),
            in_time=sum(seconds <= IN_TIME_SECONDS for seconds in answered),
            gave_up=len(waits) - len(answered),
            waited=sum(seconds for seconds, _ in waits),
            longest_wait=max((seconds for seconds, _ in waits), default=0.0),
            talk_hours=sum(self._talks(window), timedelta()) / _HOUR,
            occupancy=occupancy([one for one in self.states if window.meets(one)], *window),
            attempts=len(made),
            live=sum(attempt.answered_at is not None for attempt in made),
            abandoned=sum(attempt.outcome is Outcome.ABANDONED for attempt in made),
        )

    def _waits(self, window: Window) -> Iterable[tuple[float, bool]]:
        """How long each caller waited, and whether an agent came."""
        for call in self.calls:
            if call.direction == "inbound" and call.stays and window.has(call.stays[0].joined_at):
                stay = call.stays[-1]
                over = stay.connected_at or stay.left_at or call.ended_at or window.until
                waited = (over - call.stays[0].joined_at).total_seconds()
                yield waited, stay.connected_at is not None

    def _talks(self, window: Window) -> Iterable[timedelta]:
        for call in self.calls:
            if call.direction == "dialed":
                yield from (_talk(call, stay, window) for stay in call.stays)


def _talk(call: CallRecord, stay: QueueStay, window: Window) -> timedelta:
    if stay.connected_at is None:
        return timedelta()
    over = stay.released_at or call.ended_at or window.until
    return window.length_within(stay.connected_at, over)


async def shift_of(
    campaign_id: str,
    window: Window,
    campaigns: CampaignStore,
    calls: CallStore,
    agent_states: AgentStateStore,
) -> Shift:
    """Read it all; the recorder has shipped."""
    attempts: list[Attempt] = []
    records: list[CallRecord] = []
    cursor: str | None = None
    while True:
        page = await campaigns.attempts(campaign_id, cursor, _PAGE)
        attempts += page.attempts
        if (cursor := page.next_cursor) is None:
            break
    while True:
        found = await calls.find(CallFilter(), cursor, _PAGE)
        records += found.calls
        if (cursor := found.next_cursor) is None:
            break
    return Shift(records, attempts, await agent_states.between(*window))
