"""Traffic for tests of measures: calls as facts, and beside them what they have to come to.

What is expected is added up from the plan of each call, never from the record folded of it.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias

from calls.events import (
    AgentConnected,
    AgentMissed,
    AgentOffered,
    AgentReleased,
    CallArrived,
    CallEnded,
    CallVanished,
    Fact,
    HoldEnded,
    HoldStarted,
    QueueGaveUp,
    QueueJoined,
    WrapUpEnded,
    WrapUpStarted,
)
from monitoring.folding import fold, opened_by
from monitoring.queue_counts import Basis, QueueCounts
from monitoring.record import AgentMove, CallRecord
from monitoring.wait_histogram import EDGES_SECONDS

PBX = "pbx1"
#: an hour before midnight: waits and talks go over it
BEGAN = datetime(2026, 3, 1, 23, 0, tzinfo=UTC)
QUEUES = ("soporte", "ventas")
AGENTS = ("201", "202", "203")
Key: TypeAlias = tuple[str, Basis, datetime]


def floor_of(moment: datetime) -> datetime:
    """The quarter, by the clock."""
    return moment.replace(minute=moment.minute // 15 * 15, second=0, microsecond=0)


@dataclass
class Traffic:
    """Calls as they were told, and what they have to come to."""

    facts: list[list[Fact]] = field(default_factory=list)
    #: of agents who did not take a call
    moves: list[AgentMove] = field(default_factory=list)
    queues: dict[Key, QueueCounts] = field(default_factory=lambda: defaultdict(QueueCounts))
    #: by agent and quarter: handled, transferred, missed, milliseconds on hold
    talks: dict[tuple[str, datetime], list[int]] = field(
        default_factory=lambda: defaultdict(lambda: [0, 0, 0, 0])
    )

    def versions(self, chance: random.Random) -> list[CallRecord]:
        """Some versions of each call's record, the last always among them."""
        return [version for facts in self.facts for version in _versions(facts, chance)]


def traffic(seed: int, calls: int) -> Traffic:
    """Random calls of some hours."""
    chance, made = random.Random(seed), Traffic()
    for number in range(calls):
        began = BEGAN + timedelta(milliseconds=chance.randrange(3 * 3600 * 1000))
        made.facts.append(list(_Caller(made, chance, f"c{number:04}", began).call()))
    return made


def _versions(facts: list[Fact], chance: random.Random) -> Iterator[CallRecord]:
    record = opened_by(facts[0])
    assert record is not None
    for place, fact in enumerate(facts):
        fold(record, fact)
        if place == len(facts) - 1 or chance.random() < 0.4:
            yield deepcopy(record)


@dataclass
class _Caller:
    """One call as it goes; each step says at once what it counts as."""

    made: Traffic
    chance: random.Random
    call_id: str
    now: datetime

    def call(self) -> Iterator[Fact]:
        """The facts of the call, in order."""
        yield self._fact(CallArrived, number_called="0800", caller_number="573001234567")
        queue = self.chance.choice(QUEUES)
        how = self.chance.choice(
            ["answered"] * 6 + ["abandoned"] * 2 + ["overflow", "full", "lost", "waiting", "kept"]
        )
        match how:
            case "full":
                yield self._fact(QueueGaveUp, queue=queue, status="FULL")
                self._count(queue, self.now, received=1, refused=1)
            case "overflow":
                yield from self._wait(queue, "timed_out", self._seconds(60))
                self._pass(2)
                other = QUEUES[QUEUES[0] == queue]
                yield from self._wait(other, "answered", self._seconds(400))
            case _:
                yield from self._wait(queue, how, self._seconds(400))
        if how not in ("lost", "waiting"):
            yield self._fact(CallEnded, cause=16, sip_code=200)

    def _wait(self, queue: str, how: str, seconds: float) -> Iterator[Fact]:
        joined = self.now
        yield self._fact(QueueJoined, queue=queue, position=1)
        if how == "kept":  # presses a key, thinks again and comes back to the same place
            self._pass(seconds)
            yield self._fact(QueueGaveUp, queue=queue, status="CALLBACK_KEY")
            self._pass(7)
            yield self._fact(QueueJoined, queue=queue, position=1)
        elif how == "answered" and self.chance.random() < 0.15:
            agent = f"not there for {self.call_id}"
            yield self._fact(AgentOffered, queue=queue, agent=agent)
            self._move(agent, "offered")
            self._pass(seconds + 1)
            yield self._fact(AgentMissed, queue=queue, agent=agent)
            self._move(agent, "signed_out")
            self.made.talks[agent, floor_of(self.now)][2] += 1
        else:
            self._pass(seconds)
        came = {"received": 1, "offered": 1}
        self._count(queue, joined, **came)
        waited = _ms(self.now - joined)
        if how == "waiting":
            self._both(queue, joined, joined, waiting=1)
            return
        ending = "answered" if how == "kept" else how
        # nobody saw when a lost one ended
        longest = 0 if ending == "lost" else waited
        self._both(queue, joined, self.now, **{ending: 1}, longest_wait_ms=longest)
        if ending in ("answered", "abandoned"):
            self._both(queue, joined, self.now, **{f"{ending}_wait_ms": waited})
            for at, basis in ((joined, Basis.OFFERED), (self.now, Basis.EVENT)):
                bands = getattr(self._of(queue, basis, at), f"{ending}_bands")
                bands[sum(waited > edge * 1000 for edge in EDGES_SECONDS)] += 1
        if ending == "answered":
            yield from self._talk(queue, joined)
        elif how == "timed_out":
            yield self._fact(QueueGaveUp, queue=queue, status="TIMEOUT")
        elif how == "lost":
            yield self._fact(CallVanished, last_seen_at=joined, reason="lost_sync")

    def _talk(self, queue: str, joined: datetime) -> Iterator[Fact]:
        agent, held, wrapped = self.chance.choice(AGENTS), 0.0, self._seconds(60)
        yield self._fact(AgentOffered, queue=queue, agent=agent)
        yield self._fact(AgentConnected, queue=queue, agent=agent)
        began = self.now
        self._pass(self._seconds(600))
        if self.chance.random() < 0.3:
            held = self._seconds(30)
            yield self._fact(HoldStarted)
            self._pass(held)
            yield self._fact(HoldEnded)
        self._pass(1)
        by = self.chance.choice(["agent", "customer", "transfer"])
        yield self._fact(AgentReleased, queue=queue, agent=agent, ended_by=by)
        moved, held_ms = int(by == "transfer"), round(held * 1000)
        talked = _ms(self.now - began) - held_ms
        self._both(
            queue, joined, self.now, transferred=moved, talk_ms=talked, hold_ms=held_ms,
            wrap_up_ms=round(wrapped * 1000),
        )  # fmt: skip
        told = self.made.talks[agent, floor_of(self.now)]
        told[0], told[1], told[3] = told[0] + 1, told[1] + moved, told[3] + held_ms
        released = self.now
        yield self._fact(WrapUpStarted, agent=agent, until=released + timedelta(minutes=2))
        self._pass(wrapped)
        yield self._fact(WrapUpEnded, agent=agent, how="agent", disposition="solved")

    def _move(self, agent: str, state: str) -> None:
        self.made.moves.append(
            AgentMove(
                pbx=PBX, agent=agent, state=state, reason="", call_id=self.call_id, at=self.now
            )
        )

    # --- what is counted

    def _count(self, queue: str, at: datetime, **counts: int) -> None:
        """Of the same quarter by both bases."""
        self._both(queue, at, at, **counts)

    def _both(self, queue: str, joined: datetime, happened: datetime, **counts: int) -> None:
        for at, basis in ((joined, Basis.OFFERED), (happened, Basis.EVENT)):
            self._of(queue, basis, at).add(QueueCounts(**counts))  # type: ignore[arg-type]  # ints

    def _of(self, queue: str, basis: Basis, at: datetime) -> QueueCounts:
        return self.made.queues[queue, basis, floor_of(at)]

    # --- the clock

    def _fact(self, kind: Any, **fields: Any) -> Fact:
        fact = kind(at=self.now, pbx=PBX, call_id=self.call_id, **fields)
        assert isinstance(fact, Fact)
        return fact

    def _seconds(self, most: int) -> float:
        """Whole milliseconds, now and then exactly an edge of the bands."""
        if self.chance.random() < 0.2:
            return self.chance.choice([edge for edge in EDGES_SECONDS if edge <= most])
        return self.chance.randrange(most * 1000) / 1000

    def _pass(self, seconds: float) -> None:
        self.now += timedelta(milliseconds=round(seconds * 1000))


def _ms(length: timedelta) -> int:
    return length // timedelta(milliseconds=1)
