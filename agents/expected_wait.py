"""How long a caller waits for an agent, reckoned from what calls took lately. Pure.

Every agent of the queue ends what they are at once in so long, and from then on once per call; the
caller's turn comes with so many ends as there are places, fewer as those in front give up. The
formula, and how far it is off, are in `docs/explanation/expected-wait.md`.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from datetime import datetime

from agents.becoming_free import Server, Share, seconds_to
from agents.durations import MOST, Durations
from agents.floor import Floor
from agents.roster import AgentStatus, Roster
from agents.states import AgentState
from calls.call import Call
from calls.events import AgentConnected, PlacesKept, WrapUpEnded, WrapUpStarted
from calls.states import CallState
from calls.tracker import Change

#: a talk, before any was heard
TALK_SECONDS = 180.0
#: who gives up, before anybody was seen to wait: one in a quarter of an hour of waiting
_GAVE_UP, _WAITED_SECONDS = 1.0, 900.0
#: as much as so many of those counts which part a queue has of all calls, whether somebody waited
_PARTS = 4.0
#: an agent who takes a call this soon after it came was there already
_AT_ONCE_SECONDS = 1.0


class _Line:
    """What is known of one queue."""

    def __init__(self, wrap_up_seconds: float) -> None:
        self.talks = Durations(TALK_SECONDS)
        self.wrap_ups = Durations(wrap_up_seconds)
        self.waiting: set[str] = set()
        self.places = 0
        #: of those who left the line: how long they had waited, and whether without an agent
        self.stays: deque[tuple[float, bool]] = deque(maxlen=MOST)
        #: of those who joined it: when, and whether before others who waited
        self.joins: deque[tuple[datetime, bool]] = deque(maxlen=MOST)

    @property
    def handling(self) -> float:
        """Talk and wrap-up of one call, in seconds."""
        return self.talks.mean + self.wrap_ups.mean

    @property
    def giving_up(self) -> float:
        """How many give up in one second of one caller's waiting."""
        gave_up = sum(left for _, left in self.stays)
        waited = sum(seconds for seconds, _ in self.stays)
        return (gave_up + _GAVE_UP) / (waited + _WAITED_SECONDS)

    def overtaking(self, now: datetime) -> float:
        """How many with a priority join before others, in a second."""
        overtook = sum(before for _, before in self.joins)
        if not overtook:
            return 0.0
        return overtook / max(1.0, (now - self.joins[0][0]).total_seconds())


@dataclass(frozen=True, slots=True)
class _Talk:
    """What an agent is at: a call of this queue, or writing it up."""

    call_id: str
    queue: str
    since: datetime
    wraps_up: bool = False


class ExpectedWait:
    """Folds what happens to callers and agents; answers how long the next one waits.

    To be folded after the roster, whose statuses it reads.
    """

    def __init__(self, floor: Floor, roster: Roster) -> None:
        self._roster = roster
        self._lines = {queue.name: _Line(queue.wrap_up_seconds) for queue in floor.queues}
        # of agents' own queues: what is known of one serves for all
        self._own = _Line(max((queue.wrap_up_seconds for queue in floor.queues), default=0.0))
        self._talks: dict[str, _Talk] = {}
        #: of agents who became free while somebody waited: whether that queue got them
        self._won: dict[tuple[tuple[str, ...], str], deque[bool]] = {}
        #: the queues of the calls that agents of these queues took, whoever waited
        self._taken: dict[tuple[str, ...], deque[str]] = {}

    def estimate(self, queue: str, position: int, now: datetime, priority: int = 0) -> float | None:
        """Seconds until an agent takes the caller at `position` (1: next); 0 when one is free.

        None: nobody is there to take calls, or the queue is not one of the floor. `priority` above
        0: no caller to come goes before this one.
        """
        line = self._lines.get(queue)
        if line is None:
            return None
        servers = self._servers(queue, now)
        if not servers:
            return None
        return seconds_to(
            position + line.places,
            servers,
            giving_up=line.giving_up,
            overtaking=line.overtaking(now) if priority <= 0 else 0.0,
        )

    def free_in(self, number: str, now: datetime) -> float | None:
        """Seconds until the agent has done with what they are at; None: away, or about to be."""
        agent = self._roster.get(number)
        if agent is None or agent.pause_next:
            return None
        share = self._share(agent.queues, agent.queues[0])
        server = self._server(agent, agent.queues[0], share, now)
        return server.free_in if server is not None else None

    # --- what happens

    def fold(self, change: Change) -> None:
        """Take a change in."""
        self._follow_line(change)
        fact = change.fact
        match fact:
            case PlacesKept() if fact.queue in self._lines:
                self._lines[fact.queue].places = fact.places
            case AgentConnected():
                self._count_parts(fact, change.before)
                self._talks[fact.agent] = _Talk(fact.call_id, fact.queue, fact.at)
            case WrapUpStarted():
                talk = self._talks.get(fact.agent)
                if talk is not None and talk.call_id == fact.call_id and not talk.wraps_up:
                    taken = (fact.at - talk.since).total_seconds()
                    self._line(talk.queue).talks.add(fact.at, taken)
                    self._talks[fact.agent] = _Talk(fact.call_id, talk.queue, fact.at, True)
            case WrapUpEnded():
                talk = self._talks.get(fact.agent)
                if talk is not None and talk.call_id == fact.call_id:
                    del self._talks[fact.agent]
                    if talk.wraps_up:
                        taken = (fact.at - talk.since).total_seconds()
                        self._line(talk.queue).wrap_ups.add(fact.at, taken)
            case _:
                pass

    def _follow_line(self, change: Change) -> None:
        """Who waits where, for how long they did, and how it ended."""
        before, after, at = change.before, change.after, change.fact.at
        was, now = _waits_in(before), _waits_in(after)
        if was == now:
            return
        if before is not None and was in self._lines:
            line = self._lines[was]
            line.waiting.discard(before.call_id)
            waited = (at - (before.queued_at or at)).total_seconds()
            line.stays.append((max(0.0, waited), not isinstance(change.fact, AgentConnected)))
        if after is not None and now in self._lines:
            line = self._lines[now]
            position = getattr(change.fact, "position", 0)
            line.joins.append((at, 0 < position <= len(line.waiting)))
            line.waiting.add(after.call_id)

    def _count_parts(self, fact: AgentConnected, before: Call | None) -> None:
        """Which of those who waited for this agent got them."""
        agent = self._roster.get(fact.agent)
        if agent is None:
            return
        self._taken.setdefault(agent.queues, deque(maxlen=MOST)).append(fact.queue)
        since = before.queued_at if before is not None else None
        waited = since is not None and (fact.at - since).total_seconds() > _AT_ONCE_SECONDS
        for queue in agent.queues:
            if self._lines[queue].waiting or (queue == fact.queue and waited):
                won = self._won.setdefault((agent.queues, queue), deque(maxlen=MOST))
                won.append(queue == fact.queue)

    # --- what is read from it

    def _servers(self, queue: str, now: datetime) -> list[Server]:
        shares: dict[tuple[str, ...], Share] = {}
        servers = []
        for agent in self._roster.all():
            if queue not in agent.queues or agent.pause_next:
                continue
            if agent.queues not in shares:
                shares[agent.queues] = self._share(agent.queues, queue)
            server = self._server(agent, queue, shares[agent.queues], now)
            if server is not None:
                servers.append(server)
        return servers

    def _server(self, agent: AgentStatus, queue: str, share: Share, now: datetime) -> Server | None:
        """The agent as this queue's line sees them; None: takes no calls."""
        lasted = (now - agent.since).total_seconds() if agent.since is not None else 0.0
        line = self._line(agent.queue)
        match agent.state:
            case AgentState.READY if agent.free:
                return Server(at=None, share=share)
            case AgentState.OFFERED if agent.queue == queue:
                return Server(at=None, share=share)  # to one who still has a place in this line
            case AgentState.OFFERED | AgentState.RESERVED:
                return Server(at=line.talks, then_seconds=line.wrap_ups.mean, share=share)
            case AgentState.TALKING:
                then = line.wrap_ups.mean
                return Server(at=line.talks, lasted_seconds=lasted, then_seconds=then, share=share)
            case AgentState.WRAPPING_UP:
                until = agent.wrap_up_until
                latest = (until - now).total_seconds() if until is not None else None
                return Server(
                    at=line.wrap_ups, lasted_seconds=lasted, latest_seconds=latest, share=share
                )
            case _:
                return None

    def _share(self, queues: tuple[str, ...], queue: str) -> Share:
        """What a queue has of the agents of these queues."""
        parts = {each: self._part(queues, each) for each in queues}
        handling = sum(part * self._lines[each].handling for each, part in parts.items())
        line = self._lines[queue]
        return Share(
            part=parts[queue],
            cycle_seconds=max(1.0, handling / sum(parts.values())),
            talks=line.talks,
            wrap_up_seconds=line.wrap_ups.mean,
        )

    def _part(self, queues: tuple[str, ...], queue: str) -> float:
        """How often an agent of these queues, once free, is this queue's when somebody waits."""
        taken, won = self._taken.get(queues, ()), self._won.get((queues, queue), ())
        of_all = (sum(each == queue for each in taken) + 1.0) / (len(taken) + len(queues))
        return (sum(won) + _PARTS * of_all) / (len(won) + _PARTS)

    def _line(self, queue: str) -> _Line:
        return self._lines.get(queue, self._own)


def _waits_in(call: Call | None) -> str:
    return call.queue if call is not None and call.state is CallState.QUEUED else ""
