"""The simulated switch tells what the AMI connector tells of an Asterisk that does the same."""

from __future__ import annotations

import math
import random
from dataclasses import replace

import pytest

from calls.errors import CallGoneError, LinkDownError
from calls.events import (
    AgentConnected,
    AgentDeviceChanged,
    AgentFact,
    AgentLineDown,
    AgentLineUp,
    AgentOffered,
    AgentReleased,
    CallAnswered,
    CallArrived,
    CallDialed,
    CallEnded,
    CallFact,
    CallRang,
    DialRefused,
    Fact,
    HangUpAsked,
    LinkLost,
    LinkUp,
    MachineJudged,
    MessageLeft,
    QueueGaveUp,
    QueueJoined,
    QueueLeft,
    SafeHarbourPlayed,
    SnapshotTaken,
)
from calls.switch import Dial
from simulator.called import CalledPeople, DrawnPeople, Reaction
from simulator.clock import VirtualClock
from simulator.lines import DECLINED
from simulator.scenario import Lengths, Scenario, always
from simulator.switch import AT_ONCE, Delays, SimulatedSwitch
from simulator.wire import Wire
from tests.unit.facts import PBX, START

#: everybody answers after ten seconds and talks for a minute
ANSWERED = Scenario(
    name="", agents=2, hours=1, answered=always(1.0), ring=Lengths(10.0, 0.0),
    talk=Lengths(60.0, 0.0),
)  # fmt: skip


class Exchange:
    """A switch, and everything it said, by the second."""

    def __init__(
        self,
        scenario: Scenario = ANSWERED,
        delays: Delays = AT_ONCE,
        called: CalledPeople | None = None,
    ) -> None:
        self.clock = VirtualClock(START)
        self.facts: list[Fact] = []
        self.switch = SimulatedSwitch(
            scenario, self.clock, Wire(self.clock, self.facts.append, PBX),
            called or DrawnPeople(scenario, random.Random(1)), delays=delays,
            inbound_queue="soporte", inbound_number="08001234567",
        )  # fmt: skip

    async def until(self, second: float) -> None:
        """Let time pass."""
        while self.clock.next_at <= second:
            await self.clock.play_next()
        self.clock.pass_to(second)

    async def sign_in(self, *agents: str) -> None:
        """Phones on the line, members of both queues."""
        for agent in agents:
            for queue in ("soporte", "salida"):
                await self.switch.join_queue(agent, queue, held=True, paused="")
            await self.switch.ring_agent(agent)

    async def dial(
        self,
        *attempts: str,
        number: str = "573001234567",
        ring_seconds: float = 25.0,
        judged: bool = False,
    ) -> None:
        """Order attempts."""
        for attempt in attempts:
            order = Dial(
                attempt_id=attempt, number=number, caller_number="5716001234",
                queue="salida", ring_seconds=ring_seconds, judged=judged,
            )  # fmt: skip
            await self.switch.dial(order)

    def told(self, call_id: str) -> list[tuple[float, type[CallFact]]]:
        """What was said of a call, and when."""
        return [
            (round((fact.at - START).total_seconds(), 3), type(fact))
            for fact in self.facts
            if isinstance(fact, CallFact) and fact.call_id == call_id
        ]

    def last(self, kind: type[Fact]) -> Fact:
        """The last fact of a kind."""
        return next(fact for fact in reversed(self.facts) if isinstance(fact, kind))


async def _begun(
    scenario: Scenario = ANSWERED, delays: Delays = AT_ONCE, called: CalledPeople | None = None
) -> Exchange:
    exchange = Exchange(scenario, delays, called)
    exchange.switch.begin([])
    return exchange


async def test_an_answered_attempt_meets_the_agent_who_has_been_free_longest() -> None:
    exchange = await _begun()
    await exchange.sign_in("1002", "1001")
    await exchange.until(1)
    await exchange.dial("a1")
    await exchange.until(100)
    assert exchange.told("a1") == [
        (1, CallDialed), (1, CallRang), (11, CallAnswered), (11, QueueJoined), (11, AgentOffered),
        (11, AgentConnected), (71, HangUpAsked), (71, AgentReleased), (71, CallEnded),
    ]  # fmt: skip
    connected, ended = exchange.last(AgentConnected), exchange.last(CallEnded)
    assert isinstance(connected, AgentConnected)
    assert (connected.agent, connected.queue) == ("1002", "salida")
    assert isinstance(ended, CallEnded)
    assert (ended.cause, ended.sip_code) == (16, 0)


async def test_with_nobody_there_the_message_is_played_after_two_seconds() -> None:
    exchange = await _begun()
    await exchange.dial("a1")
    await exchange.until(60)
    assert exchange.told("a1") == [
        (0, CallDialed), (0, CallRang), (10, CallAnswered), (10, QueueJoined), (12, QueueLeft),
        (12, QueueGaveUp), (20, SafeHarbourPlayed), (20, CallEnded),
    ]  # fmt: skip
    assert exchange.switch.quiet


async def test_who_is_listened_to_is_found_to_be_a_person() -> None:
    exchange = await _begun()
    await exchange.dial("a1", judged=True)
    await exchange.dial("a2")
    await exchange.until(15)
    assert (12.2, MachineJudged) in exchange.told("a1")
    assert MachineJudged not in [kind for _, kind in exchange.told("a2")]


async def test_a_message_is_left_and_the_agent_is_free_at_once() -> None:
    exchange = await _begun()
    await exchange.sign_in("1001")
    await exchange.until(1)
    await exchange.dial("a1", "a2")
    await exchange.until(11.5)
    assert exchange.told("a1")[-1][1] is AgentConnected
    await exchange.switch.leave_message("a1", "machine_message")
    assert exchange.told("a2")[-1][1] is AgentConnected, "whoever waits has the agent now"
    await exchange.until(30)
    assert [kind for _, kind in exchange.told("a1")][-2:] == [MessageLeft, CallEnded]
    with pytest.raises(CallGoneError):
        await exchange.switch.leave_message("a1", "machine_message")


@pytest.mark.parametrize(
    ("unanswered", "end", "told"),
    [
        ({"busy": (1.0, 3.0)}, (17, 486), [CallDialed, HangUpAsked, DialRefused, CallEnded]),
        (
            {"failed": (1.0, 2.0), "busy": (0.0, 3.0)},
            (1, 404),
            [CallDialed, HangUpAsked, DialRefused, CallEnded],
        ),
        (
            {"failed": (0.0, 2.0), "busy": (0.0, 3.0)},
            (19, 480),
            [CallDialed, CallRang, DialRefused, CallEnded],
        ),
    ],
)
async def test_what_is_not_answered_ends_with_the_cause_asterisk_gives(
    unanswered: dict[str, tuple[float, float]], end: tuple[int, int], told: list[type[CallFact]]
) -> None:
    busy, failed = unanswered.get("busy", (0.0, 3.0)), unanswered.get("failed", (0.0, 2.0))
    scenario = replace(ANSWERED, answered=always(0.0), busy=busy, failed=failed)
    exchange = await _begun(scenario)
    await exchange.dial("a1")
    await exchange.until(30)
    assert [kind for _, kind in exchange.told("a1")] == told
    ended = exchange.last(CallEnded)
    assert isinstance(ended, CallEnded)
    assert (ended.cause, ended.sip_code) == end


class Scripted:
    """People of a script, each by the end of their number."""

    def called(self, number: str, second: float) -> Reaction:
        """See `CalledPeople`."""
        return {
            "1": Reaction(seconds=4.0),
            "2": Reaction(seconds=1.5, refusal=DECLINED, rings=False),
            "3": Reaction(seconds=math.inf),
        }[number[-1]]

    def talk_seconds(self, number: str) -> float:
        """See `CalledPeople`."""
        return math.inf

    def waits_seconds(self, number: str) -> float:
        """See `CalledPeople`."""
        return 7.0


async def test_people_may_be_told_what_to_do_by_their_number() -> None:
    exchange = await _begun(called=Scripted())
    await exchange.sign_in("1001")
    for attempt in ("1", "2", "3"):
        await exchange.dial(attempt, number=f"57300123456{attempt}", ring_seconds=8.0)
    await exchange.until(500)
    assert exchange.told("2")[-1] == (1.5, CallEnded)
    declined = next(fact for fact in exchange.facts if isinstance(fact, CallEnded))
    assert (declined.cause, declined.sip_code) == DECLINED
    assert exchange.told("3")[-1] == (8, CallEnded)
    # who leaves the end of the talk to us is still there
    assert exchange.told("1")[-1] == (4, AgentConnected)
    await exchange.switch.hang_up("1")
    assert exchange.told("1")[-1] == (500, CallEnded)


async def test_ringing_ends_when_the_order_says_so() -> None:
    exchange = await _begun()
    await exchange.dial("a1", ring_seconds=8.0)
    await exchange.until(30)
    assert exchange.told("a1")[-1] == (8, CallEnded)


async def test_no_trunk_is_left_for_one_call_too_many() -> None:
    exchange = await _begun(replace(ANSWERED, trunks=1))
    await exchange.dial("a1", "a2")
    ended = exchange.last(CallEnded)
    assert isinstance(ended, CallEnded)
    assert (ended.call_id, ended.cause, ended.sip_code) == ("a2", 34, 503)


async def test_a_phone_counts_as_free_some_seconds_after_it_is_on_the_line() -> None:
    exchange = await _begun(delays=Delays())
    await exchange.sign_in("1001")
    await exchange.until(10)
    told = [
        (
            round((fact.at - START).total_seconds(), 3),
            fact.status if isinstance(fact, AgentDeviceChanged) else type(fact),
        )
        for fact in exchange.facts
        if isinstance(fact, AgentFact)
    ]
    assert told == [(0, 5), (0, 5), (0, 5), (0, AgentLineUp), (5, 1), (5, 1)]


async def test_who_waits_is_looked_after_once_a_second_as_asterisk_does() -> None:
    """So a called person who waits two seconds is looked after once."""
    for pause_ends, served in ((10.6, True), (11.4, False)):
        exchange = await _begun(delays=Delays())
        await exchange.sign_in("1001")
        await exchange.switch.pause("1001", "descanso", held=True)
        await exchange.dial("a1")
        await exchange.until(pause_ends)
        await exchange.switch.pause("1001", "", held=True)
        await exchange.until(60)
        connected = [second for second, kind in exchange.told("a1") if kind is AgentConnected]
        assert connected == ([11.021] if served else [])


async def test_at_once_means_the_moment_the_pause_ends() -> None:
    exchange = await _begun()
    await exchange.sign_in("1001")
    await exchange.switch.pause("1001", "descanso", held=True)
    await exchange.dial("a1")
    await exchange.until(11.4)
    await exchange.switch.pause("1001", "", held=True)
    assert exchange.told("a1")[-1] == (11.4, AgentConnected)


async def test_callers_come_before_called_people_and_wait_as_long_as_it_takes() -> None:
    exchange = Exchange()
    exchange.switch.begin([0.5, 200.0])
    await exchange.dial("a1")
    await exchange.until(10.5)
    await exchange.sign_in("1001")
    await exchange.until(30)
    assert [kind for _, kind in exchange.told("inbound-1")] == [
        CallArrived, CallAnswered, QueueJoined, AgentOffered, AgentConnected,
    ]  # fmt: skip
    assert exchange.told("a1")[-1] == (20, CallEnded)
    assert (20, SafeHarbourPlayed) in exchange.told("a1")


async def test_a_caller_who_has_had_enough_of_waiting_hangs_up() -> None:
    exchange = Exchange(called=Scripted())
    exchange.switch.begin([0.5, 6.0])
    await exchange.until(10)
    await exchange.sign_in("1001")
    await exchange.until(20)
    assert exchange.told("inbound-1")[2:] == [
        (0.5, QueueJoined), (7.5, HangUpAsked), (7.5, QueueLeft), (7.5, CallEnded),
    ]  # fmt: skip
    assert exchange.told("inbound-2")[-1] == (10, AgentConnected), "and nobody who is served"


async def test_hanging_up_ends_a_call_wherever_it_is_and_frees_its_agent() -> None:
    exchange = await _begun()
    await exchange.sign_in("1001")
    await exchange.dial("a1", "a2")
    await exchange.until(5)
    await exchange.switch.hang_up("a2")
    assert exchange.told("a2")[-1] == (5, CallEnded)
    await exchange.until(20)
    await exchange.switch.hang_up("a1")
    assert [kind for _, kind in exchange.told("a1")[-2:]] == [AgentReleased, CallEnded]
    await exchange.dial("a3")
    await exchange.until(31)
    assert exchange.told("a3")[-1] == (30, AgentConnected)
    with pytest.raises(CallGoneError):
        await exchange.switch.hang_up("a1")


async def test_while_the_link_is_down_nothing_passes_and_then_a_snapshot_tells_all() -> None:
    scenario = replace(ANSWERED, outages=((5.0, 21.0),))
    exchange = await _begun(scenario)
    await exchange.sign_in("1001")
    await exchange.dial("a1", "a2")
    await exchange.until(6)
    assert type(exchange.facts[-1]) is LinkLost
    with pytest.raises(LinkDownError):
        await exchange.dial("a3")
    with pytest.raises(LinkDownError):
        await exchange.switch.pause("1001", "wrap_up", held=True)
    await exchange.until(21)
    assert [type(fact) for fact in exchange.facts[-2:]] == [LinkUp, SnapshotTaken]
    snapshot = exchange.last(SnapshotTaken)
    assert isinstance(snapshot, SnapshotTaken)
    assert snapshot.first_after_connect
    assert [channel.call_id for channel in snapshot.channels] == ["a1"]
    assert snapshot.talking == (("1001", "a1"),)
    assert snapshot.lines_up == {"1001"}
    assert {(member.queue, member.status) for member in snapshot.members} == {
        ("soporte", 2), ("salida", 2),
    }  # fmt: skip


async def test_an_agent_who_goes_leaves_queue_and_line() -> None:
    exchange = await _begun(delays=Delays())
    await exchange.sign_in("1001")
    await exchange.until(2)  # before the line counts as free
    await exchange.switch.release_agent("1001")
    await exchange.switch.release_agent("1001")  # once is enough
    assert sum(isinstance(fact, AgentLineDown) for fact in exchange.facts) == 1
    await exchange.until(10)
    for queue in ("soporte", "salida"):
        await exchange.switch.leave_queue("1001", queue, held=True)
    await exchange.until(60)
    snapshot = exchange.last(SnapshotTaken)
    assert isinstance(snapshot, SnapshotTaken)
    assert (snapshot.lines_up, snapshot.members) == (frozenset(), ())
    assert AgentOffered not in map(type, exchange.facts)
