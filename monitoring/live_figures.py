"""The figures that targets watch, as they are now: folded from the feed, roster and open calls.

What a figure cannot be told from is None, never nought: a share without a denominator, anything of
a switch that is not connected, a name that the floor does not have.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime

from agents.floor import Floor
from agents.roster import AgentStatus, Roster
from agents.states import AgentState
from calls.events import LinkLost, LinkUp, MenuEntered
from calls.states import CallState
from calls.tracker import Change, Tracker
from monitoring.kpi_queues import QUEUE_KPIS, QueuePart
from monitoring.live_waits import LiveWaits
from monitoring.queue_setting import USUAL, QueueSetting
from monitoring.sliding import SlidingTimes
from monitoring.watched_figures import Figure, SubjectKind

#: the same definitions as in reports
_OF_WAITS = {
    Figure(kpi.id): kpi
    for kpi in QUEUE_KPIS
    if kpi.id in (Figure.SERVICE_LEVEL, Figure.ABANDONMENT_RATE, Figure.ASA)
}
#: what occupancy is made of, as in `kpi_agents`
_BUSY = {AgentState.TALKING: True, AgentState.WRAPPING_UP: True, AgentState.READY: False}
_STATES = {
    Figure.LONGEST_READY: AgentState.READY,
    Figure.LONGEST_OFFERED: AgentState.OFFERED,
    Figure.LONGEST_TALKING: AgentState.TALKING,
    Figure.LONGEST_WRAPPING_UP: AgentState.WRAPPING_UP,
    Figure.LONGEST_PAUSED: AgentState.PAUSED,
}


class LiveFigures:
    """Folds changes (`fold`) and agents' moves (`agent_moved`); tells a figure (`value`)."""

    def __init__(
        self,
        floor: Floor,
        roster: Roster,
        tracker: Tracker,
        *,
        setting: Callable[[str], QueueSetting] = lambda queue: USUAL,
        campaigns: Callable[[], Mapping[str, str]] = dict,
        of_cap: Callable[[str], float | None] = lambda campaign_id: None,
    ) -> None:
        """`setting` tells how a queue's figures are told, `campaigns` which there are, by queue.

        `of_cap` is a campaign's abandonment: 1 where it abandons as many as it may.
        """
        self._queues = [queue.name for queue in floor.queues]
        self._roster = roster
        self._tracker = tracker
        self._setting = setting
        self._campaigns = campaigns
        self._of_cap = of_cap
        self._waits = LiveWaits(self._queues)
        self._times = {agent.number: SlidingTimes() for agent in floor.agents}
        #: the menu that each open call is in
        self._menus: dict[str, str] = {}
        self._menus_seen: set[str] = set()
        self._up = False
        self._down_since: datetime | None = None

    def start(self, at: datetime) -> None:
        """The service starts: what was heard of the link before says nothing of now."""
        self._up, self._down_since = False, at

    def fold(self, change: Change) -> None:
        """Take a change in."""
        self._waits.fold(change)
        fact = change.fact
        match fact:
            case LinkUp():
                self._up, self._down_since = True, None
            case LinkLost():
                self._up, self._down_since = False, self._down_since or fact.at
            case _:
                pass
        call = change.after
        if call is not None and call.state is not CallState.IN_MENU:
            self._menus.pop(call.call_id, None)
        elif call is not None and isinstance(fact, MenuEntered):
            self._menus[call.call_id] = fact.menu
            self._menus_seen.add(fact.menu)

    def agent_moved(self, number: str, state: AgentState, at: datetime) -> None:
        """An agent is in this state from now on."""
        times = self._times.get(number)
        if times is not None:
            times.moved(at.timestamp(), _BUSY.get(state))

    def subjects(self, kind: SubjectKind, queues: Collection[str] | None) -> list[str]:
        """Each of a kind that there is now, by name; only those of some queues, unless None."""
        match kind:
            case SubjectKind.QUEUE:
                return [name for name in self._queues if queues is None or name in queues]
            case SubjectKind.AGENT:
                return [
                    agent.number
                    for agent in self._roster.all()
                    if queues is None or any(name in queues for name in agent.queues)
                ]
            case SubjectKind.CAMPAIGN:
                dialed = self._campaigns().items()
                return [one for one, queue in dialed if queues is None or queue in queues]
            case SubjectKind.MENU:
                return sorted(self._menus_seen) if queues is None else []
            case SubjectKind.SWITCH:
                return [""]

    def value(
        self, figure: Figure, kind: SubjectKind, subject: str, window_seconds: int, now: datetime
    ) -> float | None:
        """The figure of one subject, the switch is ""; shares are 0 to 1."""
        if figure is Figure.LINK_DOWN:
            since = self._down_since
            return 0.0 if self._up else _seconds(since, now) if since is not None else None
        if not self._up:
            return None
        match kind:
            case SubjectKind.QUEUE:
                if subject not in self._queues:
                    return None
                return self._of_queue(figure, subject, window_seconds, now)
            case SubjectKind.AGENT:
                one = self._roster.get(subject)
                agents = [] if one is None else [one]
                return self._of_agents(figure, agents, window_seconds, now)
            case SubjectKind.CAMPAIGN:
                return self._of_cap(subject)
            case SubjectKind.MENU:
                return float(sum(menu == subject for menu in self._menus.values()))
            case SubjectKind.SWITCH:
                return None

    def _of_queue(
        self, figure: Figure, queue: str, window_seconds: int, now: datetime
    ) -> float | None:
        if (kpi := _OF_WAITS.get(figure)) is not None:
            counts = self._waits.counts(queue, now, window_seconds)
            return kpi.value(kpi.ratio(QueuePart(counts, self._setting(queue))))
        match figure:
            case Figure.WAITING:
                return float(len(self._waiting_since(queue)))
            case Figure.OLDEST_WAIT:
                return max((_seconds(at, now) for at in self._waiting_since(queue)), default=0.0)
            case Figure.AGENTS_READY:
                return float(sum(agent.free for agent in self._agents_of(queue)))
            case _:
                return self._of_agents(figure, self._agents_of(queue), window_seconds, now)

    def _of_agents(
        self, figure: Figure, agents: list[AgentStatus], window_seconds: int, now: datetime
    ) -> float | None:
        if not agents:
            return None
        if figure is not Figure.OCCUPANCY:
            there = [agent.since for agent in agents if agent.state is _STATES.get(figure)]
            return max((_seconds(since, now) for since in there if since), default=0.0)
        times = [
            self._times[agent.number].over(now.timestamp(), window_seconds) for agent in agents
        ]
        busy, idle = (sum(column) for column in zip(*times, strict=True))
        return busy / (busy + idle) if busy + idle > 0 else None

    def _agents_of(self, queue: str) -> list[AgentStatus]:
        return [agent for agent in self._roster.all() if queue in agent.queues]

    def _waiting_since(self, queue: str) -> list[datetime]:
        return [
            call.waiting_since
            for call in self._tracker.open_calls()
            if call.state is CallState.QUEUED and call.queue == queue and call.waiting_since
        ]


def _seconds(since: datetime, now: datetime) -> float:
    return max(0.0, (now - since).total_seconds())
