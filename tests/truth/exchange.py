"""A made Asterisk with several queues: who waits gets who is free, and everything is written down.

It tells what Asterisk tells, and writes into its own book what it did.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random
from typing import Any

from calls.events import (
    AgentConnected,
    AgentMissed,
    AgentOffered,
    AgentReleased,
    CallEnded,
    CallFact,
    HangUpAsked,
    HoldEnded,
    HoldStarted,
    QueueGaveUp,
    QueueJoined,
    QueueLeft,
    SnapshotTaken,
)
from calls.switch import Dial
from tests.truth.ledger import Came, Ledger, Talk, Wait
from tests.truth.lines import Line, seen
from tests.truth.phones import Phone, Phones
from tests.truth.time import WorldClock
from tests.unit.facts import PBX

#: how long Asterisk takes to give a free agent the next caller, and to join the two
LOOKS_SECONDS, JOINS_SECONDS = 0.02, 0.021
RINGS_SECONDS = (2.0, 9.0)
_MISSED = 0.25
SNAPSHOT_SECONDS = 60.0
_OWN_WEIGHT = 1000


class Exchange(Phones):
    """Queues, and talks."""

    def __init__(
        self, clock: WorldClock, ledger: Ledger, weights: Mapping[str, int],
        rung: frozenset[str], draw: Random,
    ) -> None:  # fmt: skip
        super().__init__(clock, ledger, rung)
        self.draw = draw
        self._weights = weights
        self.lines: dict[str, Line] = {}
        self._waiting: list[Line] = []
        self._looks = False
        self._talked_last: dict[str, Came] = {}
        self.on_free = self._look_soon
        #: told of each talk that begins, each wrap-up that begins, each call that ends or is dialed
        self.on_talk: Callable[[Line], None] = lambda _: None
        self.on_wrap_up: Callable[[str, Came], None] = lambda _agent, _call: None
        self.on_end: Callable[[Line], None] = lambda _: None
        self.on_dial: Callable[[Dial], None] = lambda _: None

    def say(self, kind: type[CallFact], line: Line, **what: Any) -> None:
        """Asterisk, or the dialogue, tells something of a call."""
        self.tell(kind(at=self.clock(), pbx=PBX, call_id=line.call.call_id, **what))

    def looked_at(self, phone: Phone) -> None:
        """And whose wrap-up began or ended by it."""
        before = phone.spell
        super().looked_at(phone)
        if before is phone.spell:
            return
        call = self._talked_last.get(phone.agent)
        if call is not None and before is not None and before.state == "wrapping_up":
            assert before.ended_at is not None
            call.wrap_ups.append((before.began_at, before.ended_at))
        if call is not None and phone.spell is not None and phone.spell.state == "wrapping_up":
            self.on_wrap_up(phone.agent, call)

    # --- waiting

    def join(self, line: Line, queue: str, *, priority: int = 0, same_place: bool = False) -> None:
        """Into the line of a queue; to the same place, and then it is the same wait."""
        line.place, line.priority = "waiting", priority
        if not same_place or line.wait is None:
            line.wait = Wait(queue=queue, joined_at=self.clock())
            line.since = self.clock()
            line.call.waits.append(line.wait)
        else:
            line.wait.ended, line.wait.left_at = "waiting", None
        self._waiting.append(line)
        position = sum(self._queue(each) == queue for each in self._waiting)
        self.say(QueueJoined, line, queue=queue, position=position)
        self._look_soon()

    def leave(self, line: Line, ended: str, status: str, *, hung_up: bool = True) -> None:
        """Out of the line without an agent; the dialplan says why."""
        wait = self._out(line, ended)
        line.place = "menu"
        if hung_up:
            self.say(QueueLeft, line, queue=wait.queue)
        self.say(QueueGaveUp, line, queue=wait.queue, status=status)

    def turned_away(self, line: Line, queue: str, status: str) -> None:
        """The queue does not take the caller: it is full, or nobody is at work."""
        at = self.clock()
        refused = Wait(queue=queue, joined_at=at, left_at=at, ended="refused")
        line.call.waits.append(refused)
        self.say(QueueGaveUp, line, queue=queue, status=status)

    def hang_up_in_line(self, line: Line) -> None:
        """The customer had enough, wherever they are."""
        self.say(HangUpAsked, line, cause=0)
        if line.place in ("waiting", "offered"):
            wait = self._out(line, "abandoned")
            self.say(QueueLeft, line, queue=wait.queue)
        elif line.place == "talking":
            self.release(line, "customer")
        self.end(line)

    def _out(self, line: Line, ended: str) -> Wait:
        assert line.wait is not None
        self._waiting.remove(line)
        line.wait.ended, line.wait.left_at = ended, self.clock()
        if line.place == "offered":
            self._let_ring_no_more(line)
        return line.wait

    def _let_ring_no_more(self, line: Line) -> None:
        phone = self.phone(line.agent)
        phone.busy, line.agent = "", ""
        self.looked_at(phone)

    def _queue(self, line: Line) -> str:
        assert line.wait is not None
        return line.wait.queue

    # --- agents

    def _look_soon(self) -> None:
        if not self._looks:
            self._looks = True
            self.clock.after(LOOKS_SECONDS, self._look)

    def _look(self) -> None:
        """Heavier queues first, in them who has the higher priority, then who came first."""
        self._looks = False
        self._waiting.sort(
            key=lambda line: (
                -self._weights.get(self._queue(line), _OWN_WEIGHT), -line.priority, line.since
            )
        )  # fmt: skip
        for line in list(self._waiting):
            free = [one for one in self.phones.values() if one.takes(self._queue(line))]
            if line.place == "waiting" and free:
                self._offer(line, min(free, key=lambda one: one.free_since))

    def _offer(self, line: Line, phone: Phone) -> None:
        line.place, line.agent, phone.busy = "offered", phone.agent, "rings"
        self.say(AgentOffered, line, queue=self._queue(line), agent=phone.agent)
        self.looked_at(phone)
        if phone.agent not in self._rung:
            self.clock.after(JOINS_SECONDS, self._join_two, line, line.wait, phone)
        elif self.draw.random() < _MISSED:
            self.clock.after(self.draw.uniform(*RINGS_SECONDS), self._miss, line, line.wait, phone)
        else:
            seconds = self.draw.uniform(*RINGS_SECONDS)
            self.clock.after(seconds, self._join_two, line, line.wait, phone)

    def _rings(self, line: Line, wait: Wait, phone: Phone) -> bool:
        return line.wait is wait and line.place == "offered" and line.agent == phone.agent

    def _miss(self, line: Line, wait: Wait, phone: Phone) -> None:
        if self._rings(line, wait, phone):
            line.place = "waiting"
            self.ledger.missed.append((phone.agent, self.clock()))
            self.say(AgentMissed, line, queue=wait.queue, agent=phone.agent)
            self._let_ring_no_more(line)
            self._look_soon()

    def _join_two(self, line: Line, wait: Wait, phone: Phone) -> None:
        if not self._rings(line, wait, phone):
            return
        self._waiting.remove(line)
        now = self.clock()
        wait.ended, wait.left_at = "answered", now
        wait.talk = Talk(agent=phone.agent, began_at=now)
        self._talked_last[phone.agent] = line.call
        line.place, phone.busy = "talking", "talks"
        self.say(AgentConnected, line, queue=wait.queue, agent=phone.agent)
        self.looked_at(phone)
        self.on_talk(line)

    # --- talks

    def hold(self, line: Line) -> None:
        """Music."""
        line.held_since = self.clock()
        self.say(HoldStarted, line)

    def unhold(self, line: Line) -> None:
        """And back."""
        self._music_ends(line)
        self.say(HoldEnded, line)

    def _music_ends(self, line: Line) -> None:
        if line.held_since is not None:
            line.call.holds.append((line.held_since, self.clock()))
            line.held_since = None

    def release(self, line: Line, by: str, *, told: bool = True) -> None:
        """The two are parted; `told`: Asterisk says so."""
        assert line.wait is not None
        talk = line.wait.talk
        assert talk is not None
        self._music_ends(line)
        talk.ended_at, talk.transferred = self.clock(), by == "transfer"
        phone, line.place = self.phone(line.agent), "menu"
        if told:
            self.say(
                AgentReleased, line, queue=line.wait.queue, agent=line.agent, ended_by=by
            )  # fmt: skip
        phone.busy = ""
        self.looked_at(phone)

    def end(self, line: Line, cause: int = 16, sip_code: int = 0) -> None:
        """The channel is gone."""
        line.place, line.call.ended_at = "gone", self.clock()
        del self.lines[line.call.call_id]
        self.on_end(line)
        self.say(CallEnded, line, cause=cause, sip_code=sip_code)

    async def end_talk(self, call_id: str) -> None:
        """The agent ends the talk."""
        line = self.lines.get(call_id)
        if line is not None and line.place == "talking":
            self.release(line, "agent")
            self.end(line)

    async def dial(self, order: Dial) -> None:
        """An attempt leaves."""
        self.on_dial(order)

    async def hang_up(self, channel_id: str) -> None:
        """As `CallPlacer`."""
        line = self.lines.get(channel_id)
        if line is None:
            return
        if line.place == "talking":
            self.release(line, "agent")
        elif line.place in ("waiting", "offered"):
            wait = self._out(line, "abandoned")
            self.say(QueueLeft, line, queue=wait.queue)
        self.end(line)

    # --- snapshots

    def look_around(self, *, first: bool = False) -> None:
        """What there is right now, every minute."""
        lines = list(self.lines.values())
        self.tell(
            SnapshotTaken(
                at=self.clock(), pbx=PBX, asked_at=self.clock(), first_after_connect=first,
                channels=tuple(map(seen, lines)),
                members=self.members(),
                waiting=tuple(
                    (self._queue(line), line.call.call_id, place)
                    for place, line in enumerate(self._waiting, 1)
                    if line.place == "waiting"
                ),
                lines_up=frozenset(one.agent for one in self.phones.values() if one.line_up),
                talking=tuple(
                    (line.agent, line.call.call_id) for line in lines if line.place == "talking"
                ),
            )
        )  # fmt: skip
        self.clock.after(SNAPSHOT_SECONDS, self.look_around)
