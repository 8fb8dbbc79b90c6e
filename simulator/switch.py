"""A telephone switch in virtual time: it takes the orders Asterisk takes and tells what it tells.

Whom it reaches is for `CalledPeople` to say; who waits gets the agent who has been free longest,
callers before called people. Facts are those the AMI connector makes of Asterisk's events.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from calls.call import Verdict
from calls.errors import CallGoneError
from calls.events import (
    AgentConnected,
    AgentOffered,
    AgentReleased,
    CallAnswered,
    CallArrived,
    CallDialed,
    CallEnded,
    CallFact,
    CallRang,
    DialRefused,
    HangUpAsked,
    MachineJudged,
    MessageLeft,
    QueueGaveUp,
    QueueJoined,
    QueueLeft,
    SafeHarbourPlayed,
    SnapshotTaken,
)
from calls.switch import Dial
from simulator.called import CalledPeople
from simulator.clock import VirtualClock
from simulator.lines import NO_TRUNK, NORMAL, RANG_OUT, End, Line, Place
from simulator.phones import FREE, IN_USE, SimulatedPhones
from simulator.scenario import Scenario
from simulator.wire import Wire

SNAPSHOT_SECONDS = 60.0
#: subscribers are served before called people
_INBOUND_PRIORITY = 1
#: from an answer in one word to the verdict that it was a person's
_VERDICT_SECONDS = 2.2
#: what Asterisk says of an Originate that came to nothing
_REFUSED, _RANG_OUT = "originate failed, reason 0", "originate failed, reason 3"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delays:
    """How long the switch itself takes, in seconds; the defaults were measured on Asterisk 22.

    `python -m bench.simulated_against_asterisk` measures them again.
    """

    #: from an offered call to the talk: the median from a 200 OK to AgentConnect
    connect: float = 0.021
    #: who waits is looked after so often; 0: as soon as an agent is free
    recheck: float = 1.0
    #: an agent's phone is on the line so long before it counts as free
    line: float = 5.0


AT_ONCE = Delays(connect=0.0, recheck=0.0, line=0.0)


class SimulatedSwitch(SimulatedPhones):
    """`calls.switch.CallPlacer` and `AgentPhones`, with the people at the other end."""

    def __init__(
        self,
        scenario: Scenario,
        clock: VirtualClock,
        wire: Wire,
        people: CalledPeople,
        *,
        delays: Delays,
        inbound_queue: str,
        inbound_number: str,
    ) -> None:
        super().__init__(wire, clock, delays.line)
        self._scenario = scenario
        self._people = people
        self._delays = delays
        self._inbound_queue = inbound_queue
        self._inbound_number = inbound_number
        self._lines: dict[str, Line] = {}
        self._waiting: list[Line] = []
        self._callers = 0
        self.on_free = self._serve_at_once

    @property
    def quiet(self) -> bool:
        """Whether nobody is on any line."""
        return not self._lines

    def begin(self, callers: Iterable[float]) -> None:
        """The link comes up; subscribers will call at these seconds, and outages happen."""
        self._connect()
        self._clock.after(SNAPSHOT_SECONDS, self._look_around)
        for second in callers:
            self._clock.at(second, self._called)
        for begins, ends in self._scenario.outages:
            self._clock.at(begins, self._wire.lose)
            self._clock.at(ends, self._connect)

    def _connect(self) -> None:
        self._wire.connect()
        self._snapshot(first=True)

    def _look_around(self) -> None:
        self._snapshot(first=False)
        self._clock.after(SNAPSHOT_SECONDS, self._look_around)

    def _snapshot(self, *, first: bool) -> None:
        lines = self._lines.values()
        self._wire.tell(
            SnapshotTaken,
            asked_at=self._clock.now(),
            first_after_connect=first,
            channels=tuple(line.seen() for line in lines),
            members=self.members(),
            waiting=tuple(
                (line.queue, line.call_id, index)
                for index, line in enumerate(self._waiting, start=1)
            ),
            lines_up=self.lines_up(),
            talking=tuple(
                (line.agent, line.call_id) for line in lines if line.place is Place.TALKING
            ),
        )

    # --- orders

    async def dial(self, order: Dial) -> None:
        """See `calls.switch.CallPlacer`."""
        self._wire.carry_order()
        line = Line(
            call_id=order.attempt_id, queue=order.queue, number_called=order.number,
            caller_number=order.caller_number, number=order.number, began_at=self._clock.now(),
            judged=order.judged,
        )  # fmt: skip
        full = len(self._lines) >= self._scenario.trunks
        self._lines[line.call_id] = line
        self._tell(CallDialed, line)
        if full:
            self._refuse(line, NO_TRUNK)
            return
        reaction = self._people.called(order.number, self._clock.seconds)
        if reaction.rings:
            self._tell(CallRang, line)
        if reaction.refusal is not None:
            self._clock.after(reaction.seconds, self._refuse, line, reaction.refusal)
        elif reaction.seconds <= order.ring_seconds:
            self._clock.after(reaction.seconds, self._pick_up, line)
        else:
            self._clock.after(order.ring_seconds, self._ring_out, line)

    async def leave_message(self, call_id: str, prompt: str) -> None:
        """See `calls.switch.CallPlacer`."""
        self._wire.carry_order()
        line = self._lines.get(call_id)
        if line is None:
            raise CallGoneError(f"there is no channel {call_id}")
        if line.place is Place.WAITING:
            self._waiting.remove(line)
            self._tell(QueueLeft, line, queue=line.queue)
        was, line.place = line.place, Place.RECORDING
        if was in (Place.OFFERED, Place.TALKING):
            self.set_device(line.agent, FREE)
        self._clock.after(self._scenario.message, self._message_left, line)

    def _message_left(self, line: Line) -> None:
        if line.place is Place.RECORDING:
            self._tell(MessageLeft, line)
            self._end(line, NORMAL)

    async def hang_up(self, channel_id: str) -> None:
        """See `calls.switch.CallPlacer`. Raises `CallGoneError`."""
        self._wire.carry_order()
        line = self._lines.get(channel_id)
        if line is None:
            raise CallGoneError(f"there is no channel {channel_id}")
        self._let_go(line)

    async def end_talk(self, call_id: str) -> None:
        """See `calls.switch.AgentPhones`; nobody here is asked anything after a call."""
        await self.hang_up(call_id)

    # --- the person at the other end

    def _refuse(self, line: Line, end: End) -> None:
        if line.place is Place.RINGING:
            self._tell(HangUpAsked, line, cause=end.cause)
            self._tell(DialRefused, line, reason=_REFUSED)
            self._end(line, end)

    def _ring_out(self, line: Line) -> None:
        if line.place is Place.RINGING:
            self._tell(DialRefused, line, reason=_RANG_OUT)
            self._end(line, RANG_OUT)

    def _pick_up(self, line: Line) -> None:
        if line.place is Place.RINGING:
            self._tell(CallAnswered, line)
            self._clock.after(self._scenario.patience, self._give_up, line)
            if line.judged:
                self._clock.after(_VERDICT_SECONDS, self._judge, line)
            self._wait(line)

    def _judge(self, line: Line) -> None:
        """Whoever listened says what answered: everybody here is a person."""
        if line.place is not Place.GONE:
            self._tell(MachineJudged, line, verdict=Verdict.HUMAN, cause="")

    def _called(self) -> None:
        """A subscriber calls, and waits for an agent."""
        self._callers += 1
        number = f"57310{self._callers:07d}"
        line = Line(
            call_id=f"inbound-{self._callers}", queue=self._inbound_queue,
            number_called=self._inbound_number, caller_number=number, number=number,
            began_at=self._clock.now(), priority=_INBOUND_PRIORITY,
        )  # fmt: skip
        self._lines[line.call_id] = line
        self._tell(
            CallArrived, line, number_called=line.number_called, caller_number=line.caller_number
        )
        self._tell(CallAnswered, line)
        waits = self._people.waits_seconds(number)
        if waits < math.inf:
            self._clock.after(waits, self._hang_up_waiting, line)
        self._wait(line)

    # --- the queue

    def _wait(self, line: Line) -> None:
        line.place = Place.WAITING
        index = sum(other.priority >= line.priority for other in self._waiting)
        self._waiting.insert(index, line)
        position = sum(other.queue == line.queue for other in self._waiting[: index + 1])
        self._tell(QueueJoined, line, queue=line.queue, position=position)
        self._look_after(line)

    def _look_after(self, line: Line) -> None:
        """Whoever waits meets an agent if it is their turn."""
        if line.place is not Place.WAITING:
            return
        if self._waiting.index(line) < self.free_count:
            self._offer(line)
        elif self._delays.recheck:
            self._clock.after(self._delays.recheck, self._look_after, line)

    def _serve_at_once(self) -> None:
        if self._waiting and not self._delays.recheck:
            self._look_after(self._waiting[0])

    def _give_up(self, line: Line) -> None:
        """Nobody came in time: the dialplan plays its message."""
        if line.place is Place.WAITING:
            self._waiting.remove(line)
            line.place = Place.MESSAGE
            self._tell(QueueLeft, line, queue=line.queue)
            self._tell(QueueGaveUp, line, queue=line.queue, status="TIMEOUT")
            self._clock.after(self._scenario.message, self._message_ends, line)

    def _message_ends(self, line: Line) -> None:
        if line.place is Place.MESSAGE:
            self._tell(SafeHarbourPlayed, line)
            self._end(line, NORMAL)

    def _hang_up_waiting(self, line: Line) -> None:
        """A subscriber had enough of waiting."""
        if line.place is Place.WAITING:
            self._tell(HangUpAsked, line, cause=0)
            self._tell(QueueLeft, line, queue=line.queue)
            self._let_go(line)

    # --- the talk

    def _offer(self, line: Line) -> None:
        self._waiting.remove(line)
        line.place, line.agent = Place.OFFERED, self.longest_free()
        self._tell(AgentOffered, line, queue=line.queue, agent=line.agent)
        self.set_device(line.agent, IN_USE)
        if self._delays.connect:
            self._clock.after(self._delays.connect, self._talk, line)
        else:
            self._talk(line)

    def _talk(self, line: Line) -> None:
        if line.place is Place.OFFERED:
            line.place = Place.TALKING
            self._tell(AgentConnected, line, queue=line.queue, agent=line.agent)
            self._clock.after(self._people.talk_seconds(line.number), self._say_goodbye, line)

    def _say_goodbye(self, line: Line) -> None:
        if line.place is Place.TALKING:
            self._tell(HangUpAsked, line, cause=0)
            self._let_go(line)

    def _let_go(self, line: Line) -> None:
        """End a call wherever it is, from the customer's side as Asterisk sees it."""
        was, agent = line.place, line.agent
        if was is Place.WAITING:
            self._waiting.remove(line)
        if was is Place.TALKING:
            self._tell(AgentReleased, line, queue=line.queue, agent=agent, ended_by="customer")
        self._end(line, NORMAL)
        if was in (Place.OFFERED, Place.TALKING):
            self.set_device(agent, FREE)

    def _end(self, line: Line, end: End) -> None:
        line.place = Place.GONE
        del self._lines[line.call_id]
        self._tell(CallEnded, line, cause=end.cause, sip_code=end.sip_code)

    def _tell(self, kind: type[CallFact], line: Line, **what: object) -> None:
        self._wire.tell(kind, call_id=line.call_id, **what)
