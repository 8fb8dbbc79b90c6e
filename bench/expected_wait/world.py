"""A floor of callers and agents, simulated event by event and told as facts.

Who gives up leaves the line, and a shade of them stays in it: when its turn comes it is known how
long they would have waited. So every caller who had to wait has a true wait.
"""

from __future__ import annotations

import heapq
import math
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from agents.expected_wait import ExpectedWait
from agents.floor import Floor
from agents.roster import Roster
from calls.events import (
    AgentConnected,
    AgentDeviceChanged,
    AgentPaused,
    AgentReadied,
    AgentReleased,
    AgentSignInAsked,
    CallArrived,
    CallEnded,
    Fact,
    QueueJoined,
    QueueLeft,
    WrapUpEnded,
    WrapUpStarted,
)
from calls.tracker import Tracker

START = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
PBX = "pbx1"


@dataclass(frozen=True, kw_only=True)
class World:
    """One floor. Times are in seconds."""

    name: str
    agents: int
    load: float  # work that comes over what the agents can do, at the middle of a wave
    hours: float
    talk: float = 220.0
    talk_spread: float = 0.9  # standard deviation over mean, log-normal
    wrap_up: float = 20.0
    patience: float | None = 300.0  # mean
    patience_spread: float | None = None  # None: exponential
    wave: float = 0.3  # the load goes up and down by so much, in two hours
    priority_share: float = 0.0
    #: a second queue of the same agents: its weight (the first one's is 5) and its part of the work
    other_weight: int | None = None
    other_part: float = 0.5
    other_talk: float = 220.0
    #: agents of the second queue; the others have the first one only
    shared: float = 1.0
    #: pauses: mean seconds at work in between, and mean length
    pause_every: float | None = None
    pause: float = 600.0


@dataclass
class Caller:
    """One call, and who they are to the line."""

    call_id: str
    queue: str
    joined: float
    priority: int
    gone: bool = False
    served: bool = False
    #: once known; the shade's too
    waited: float | None = None
    told: dict[str, float | None] = field(default_factory=dict)


class Street:
    """The simulation. `tell` is asked about each caller of the first queue who has to wait."""

    def __init__(self, world: World, seed: int) -> None:
        self.world = world
        self.random = random.Random(seed)
        self.floor = _floor(world)
        self.tracker, self.roster = Tracker(), Roster(self.floor)
        self.expected = ExpectedWait(self.floor, self.roster)
        self.now = 0.0
        self.lines: dict[str, list[Caller]] = {queue.name: [] for queue in self.floor.queues}
        self.free: list[str] = []
        self.asked: list[Caller] = []
        self.heard: list[Callable[[Caller, str, float], None]] = []
        self.tell: Callable[[Caller, int], None] = lambda caller, position: None
        self._heap: list[tuple[float, int, Callable[[], None]]] = []
        self._count = 0
        self._pause_next: set[str] = set()

    def at(self) -> datetime:
        """Now, as facts have it."""
        return START + timedelta(seconds=self.now)

    def staffed(self, queue: str) -> int:
        """Agents of the queue who work and are in no pause."""
        return sum(
            queue in agent.queues and agent.state.value in ("ready", "talking", "wrapping_up")
            for agent in self.roster.all()
        )

    def waiting(self, queue: str) -> list[Caller]:
        """Those on the line."""
        return [one for one in self.lines[queue] if not one.gone]

    def run(self) -> None:
        """The whole time."""
        for agent in self.floor.agents:
            self._put(AgentSignInAsked, agent=agent.number)
            self._put(AgentReadied, agent=agent.number)
            self._put(AgentDeviceChanged, agent=agent.number, queue=agent.queues[0], status=1,
                      paused=False, pause_reason="")  # fmt: skip
            self.free.append(agent.number)
            if self.world.pause_every is not None:
                self._later(
                    self._exponential(self.world.pause_every),
                    partial(self._wants_pause, agent.number),
                )
        for name, rate in self._rates():
            self._next_arrival(name, rate)
        end = self.world.hours * 3600.0
        while self._heap and self._heap[0][0] < end:
            self.now, _, happens = heapq.heappop(self._heap)
            happens()

    # --- callers

    def _rates(self) -> Iterator[tuple[str, float]]:
        world = self.world
        capacity = world.agents * world.load
        part = 1.0 if world.other_weight is None else 1.0 - world.other_part
        yield "first", capacity * part / (world.talk + world.wrap_up)
        if world.other_weight is not None:
            yield "second", capacity * world.other_part / (world.other_talk + world.wrap_up)

    def _next_arrival(self, queue: str, rate: float) -> None:
        peak = rate * (1 + self.world.wave)
        wait = self._exponential(1 / peak)
        self._later(wait, lambda: self._arrives(queue, rate, peak))

    def _arrives(self, queue: str, rate: float, peak: float) -> None:
        wave = 1 + self.world.wave * math.sin(2 * math.pi * self.now / 7200.0)
        if self.random.random() * peak < rate * wave:
            self._comes(queue)
        self._next_arrival(queue, rate)

    def _comes(self, queue: str) -> None:
        self._count += 1
        before = self.random.random() < self.world.priority_share
        caller = Caller(f"c{self._count}", queue, self.now, 1 if before else 0)
        line = self.lines[queue]
        place = sum(one.priority >= caller.priority for one in line)
        position = 1 + sum(not one.gone for one in line[:place])
        self._put(CallArrived, call_id=caller.call_id, number_called="0800", caller_number="1")
        for number in self.free:
            agent = self.floor.agent(number)
            if agent is not None and queue in agent.queues:
                self._put(QueueJoined, call_id=caller.call_id, queue=queue, position=1)
                self.free.remove(number)
                self._connect(caller, number)
                return
        self.tell(caller, position)
        self._put(QueueJoined, call_id=caller.call_id, queue=queue, position=position)
        line.insert(place, caller)
        if queue == "first":
            self.asked.append(caller)
        if self.world.patience is not None:
            self._later(self._patience(), lambda: self._gives_up(caller))

    def _gives_up(self, caller: Caller) -> None:
        if caller.served or caller.waited is not None:
            return
        caller.gone = True
        self._put(QueueLeft, call_id=caller.call_id, queue=caller.queue)
        self._put(CallEnded, call_id=caller.call_id, cause=16, sip_code=0)

    # --- agents

    def _connect(self, caller: Caller, number: str) -> None:
        caller.served, caller.waited = True, self.now - caller.joined
        self._put(AgentConnected, call_id=caller.call_id, queue=caller.queue, agent=number)
        mean = self.world.talk if caller.queue == "first" else self.world.other_talk
        talk, wrap_up = self._lognormal(mean, self.world.talk_spread), 0.0
        for hears in self.heard:
            hears(caller, number, talk)
        wrap_up = self._lognormal(self.world.wrap_up, 0.5)
        self._later(talk, lambda: self._talked(caller, number, wrap_up))

    def _talked(self, caller: Caller, number: str, wrap_up: float) -> None:
        call = {"call_id": caller.call_id, "agent": number}
        self._put(AgentReleased, **call, queue=caller.queue, ended_by="customer")
        self._put(WrapUpStarted, **call, until=self.at() + timedelta(seconds=60))
        self._put(CallEnded, call_id=caller.call_id, cause=16, sip_code=200)
        self._later(wrap_up, lambda: self._wrapped_up(caller, number))

    def _wrapped_up(self, caller: Caller, number: str) -> None:
        self._put(WrapUpEnded, call_id=caller.call_id, agent=number, how="agent")
        self.tracker.forget_ended(self.at())
        if number in self._pause_next:
            self._pause_next.discard(number)
            self._pauses(number)
        else:
            self._is_free(number)

    def _is_free(self, number: str) -> None:
        agent = self.floor.agent(number)
        assert agent is not None
        queues = [queue for queue in self.floor.queues if queue.name in agent.queues]
        self.random.shuffle(queues)
        for queue in sorted(queues, key=lambda one: -one.weight):
            line = self.lines[queue.name]
            while line and line[0].gone:
                shade = line.pop(0)
                shade.waited = self.now - shade.joined
            if line:
                self._connect(line.pop(0), number)
                return
        self.free.append(number)

    def _wants_pause(self, number: str) -> None:
        if number in self.free:
            self.free.remove(number)
            self._pauses(number)
        else:
            self._pause_next.add(number)

    def _pauses(self, number: str) -> None:
        self._put(AgentPaused, agent=number, reason="descanso")
        self._later(self._exponential(self.world.pause), lambda: self._is_back(number))

    def _is_back(self, number: str) -> None:
        self._put(AgentReadied, agent=number)
        every = self.world.pause_every
        assert every is not None
        self._later(self._exponential(every), lambda: self._wants_pause(number))
        self._is_free(number)

    # --- chance and time

    def _put(self, kind: type[Fact], **fields: Any) -> None:
        change = self.tracker.apply(kind(at=self.at(), pbx=PBX, **fields))
        self.roster.fold(change)
        self.expected.fold(change)

    def _later(self, seconds: float, happens: Callable[[], None]) -> None:
        self._count += 1
        heapq.heappush(self._heap, (self.now + seconds, self._count, happens))

    def _exponential(self, mean: float) -> float:
        return self.random.expovariate(1 / mean)

    def _lognormal(self, mean: float, spread: float) -> float:
        sigma = math.sqrt(math.log(1 + spread**2))
        return self.random.lognormvariate(math.log(mean) - sigma**2 / 2, sigma)

    def _patience(self) -> float:
        mean, spread = self.world.patience, self.world.patience_spread
        assert mean is not None
        return self._exponential(mean) if spread is None else self._lognormal(mean, spread)


def _floor(world: World) -> Floor:
    queues = [{"name": "first", "weight": 5, "wrap_up_seconds": 60}]
    if world.other_weight is not None:
        queues.append({"name": "second", "weight": world.other_weight, "wrap_up_seconds": 60})
    names = [str(queue["name"]) for queue in queues]
    shared = round(world.agents * world.shared)
    return Floor.model_validate(
        {
            "trunk": {"to": {"port": 5060}, "caller_number": "123456"},
            "numbers": [{"number": "0800", "menu": "m.yaml"}],
            "queues": queues,
            "fallback_queue": "first",
            "agents": [
                {
                    "number": str(1001 + each),
                    "name": f"A{each}",
                    "queues": names if each < shared else ["first"],
                    "phone": {"port": 6000},
                }
                for each in range(world.agents)
            ],
            "pause_reasons": [{"code": "1", "name": "descanso"}],
        }
    )
