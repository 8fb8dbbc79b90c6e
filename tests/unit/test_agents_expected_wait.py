"""How long a caller waits: what is learned, and what is said when nobody is there."""

from __future__ import annotations

from typing import Any

import pytest

from agents.expected_wait import TALK_SECONDS, ExpectedWait
from agents.roster import Roster
from calls.events import (
    AgentConnected,
    AgentDeviceChanged,
    AgentOffered,
    AgentPaused,
    AgentReadied,
    AgentReleased,
    AgentReserved,
    AgentSignInAsked,
    CallArrived,
    CallEnded,
    Fact,
    PlacesKept,
    QueueJoined,
    QueueLeft,
    WrapUpEnded,
    WrapUpStarted,
)
from calls.tracker import Tracker
from tests.unit.facts import FLOOR, at, fact


class Line:
    """Callers and agents of the test's floor."""

    def __init__(self) -> None:
        self.tracker, self.roster = Tracker(), Roster(FLOOR)
        self.expected = ExpectedWait(FLOOR, self.roster)

    def put(self, kind: type[Fact], second: float, **fields: Any) -> None:
        """It happens."""
        change = self.tracker.apply(fact(kind, second, **fields))
        self.roster.fold(change)
        self.expected.fold(change)

    def at_work(self, *agents: str) -> None:
        """They sign in and are free."""
        for agent in agents:
            self.put(AgentSignInAsked, 0, agent=agent)
            self.put(AgentReadied, 0, agent=agent)
            self.put(AgentDeviceChanged, 0, agent=agent, queue="soporte", status=1, paused=False,
                     pause_reason="")  # fmt: skip

    def join(self, call: str, second: float, queue: str = "soporte", position: int = 1) -> None:
        """Somebody comes and waits."""
        self.put(CallArrived, second, call_id=call, number_called="0800", caller_number="1")
        self.put(QueueJoined, second, call_id=call, queue=queue, position=position)

    def talk(self, call: str, second: float, agent: str, queue: str = "soporte") -> None:
        """And is taken."""
        self.put(AgentConnected, second, call_id=call, queue=queue, agent=agent)

    def end(self, call: str, second: float, agent: str, wrap_up: float = 10) -> None:
        """And is done."""
        self.put(AgentReleased, second, call_id=call, queue="soporte", agent=agent, ended_by="")
        self.put(WrapUpStarted, second, call_id=call, agent=agent, until=at(second + wrap_up))
        self.put(CallEnded, second, call_id=call, cause=16, sip_code=0)
        self.put(WrapUpEnded, second + wrap_up, call_id=call, agent=agent, how="agent")

    def learn(self, agent: str, talk: float, times: int = 60, queue: str = "soporte") -> float:
        """Talks of that length, one after the other; when the last one is over."""
        second = 0.0
        for each in range(times):
            self.join(f"l{each}", second, queue)
            self.talk(f"l{each}", second, agent, queue)
            self.end(f"l{each}", second + talk, agent)
            second += talk + 10
        return second

    def estimate(self, position: int, second: float, **values: Any) -> float:
        """For a queue with agents."""
        found = self.expected.estimate("soporte", position, at(second), **values)
        assert found is not None
        return found


@pytest.fixture
def line() -> Line:
    return Line()


def test_nothing_is_said_when_nobody_takes_calls_or_the_queue_is_not_known(line: Line) -> None:
    assert line.expected.estimate("soporte", 1, at(0)) is None
    line.at_work("1001")
    line.put(AgentPaused, 1, agent="1001", reason="descanso")
    assert line.expected.estimate("soporte", 1, at(2)) is None
    line.put(AgentReadied, 3, agent="1001")
    assert line.expected.estimate("ventas", 1, at(4)) is None
    assert line.expected.estimate("soporte", 1, at(4)) == 0.0


def test_each_free_agent_takes_one_at_once(line: Line) -> None:
    line.at_work("1001", "1002")
    assert line.estimate(2, 1) == 0.0
    assert line.estimate(3, 1) > 10
    line.put(CallArrived, 1, call_id="a", number_called="0800", caller_number="1")
    line.put(QueueJoined, 1, call_id="a", queue="soporte", position=1)
    line.put(AgentOffered, 1, call_id="a", queue="soporte", agent="1001")
    assert line.estimate(2, 1) == 0.0, "a is still in the line, and taken"
    assert line.estimate(3, 1) > 10


def test_before_any_talk_was_heard_a_talk_is_believed_in(line: Line) -> None:
    line.at_work("1001")
    line.join("a", 0)
    line.talk("a", 0, "1001")
    assert line.estimate(1, 0) == pytest.approx((TALK_SECONDS + 10) / 0.5, rel=0.4)


def test_talks_of_one_length_are_known_by_how_long_they_last_already(line: Line) -> None:
    line.at_work("1001")
    now = line.learn("1001", 300)
    line.join("a", now)
    line.talk("a", now, "1001")
    early, late = line.estimate(1, now + 10), line.estimate(1, now + 250)
    assert early == pytest.approx(300, rel=0.15)
    assert late == pytest.approx(60, abs=25)
    assert line.estimate(2, now + 250) > late + 100


def test_the_more_agents_and_the_fewer_in_front_the_sooner(line: Line) -> None:
    line.at_work("1001")
    now = line.learn("1001", 120)
    line.at_work("1002", "1003")
    for number, agent in enumerate(("1001", "1002")):
        line.join(f"t{number}", now)
        line.talk(f"t{number}", now, agent)
    line.put(AgentPaused, now, agent="1003", reason="descanso")
    two = [line.estimate(place, now + 20) for place in (1, 2, 3)]
    assert two == sorted(two)
    line.put(AgentReadied, now + 20, agent="1003")
    line.join("t2", now + 20)
    line.talk("t2", now + 20, "1003")
    assert line.estimate(3, now + 20) < two[2]


def test_who_goes_to_a_pause_after_the_talk_is_not_reckoned_with(line: Line) -> None:
    line.at_work("1001")
    line.join("a", 1)
    line.talk("a", 1, "1001")
    line.put(AgentPaused, 2, agent="1001", reason="descanso")
    assert line.expected.estimate("soporte", 1, at(3)) is None
    assert line.expected.free_in("1001", at(3)) is None


def test_one_who_is_kept_for_somebody_takes_a_talk_first(line: Line) -> None:
    line.at_work("1001")
    line.put(AgentReserved, 1, agent="1001", campaign_id="c", lead_id=7, attempt_id="",
             until=at(30))  # fmt: skip
    assert line.estimate(1, 2) > 60


def test_callers_who_give_up_thin_the_line(line: Line) -> None:
    line.at_work("1001")
    now = line.learn("1001", 120)
    before = line.estimate(6, now + 1)
    for each in range(40):
        line.join(f"g{each}", now)
        line.put(QueueLeft, now + 30, call_id=f"g{each}", queue="soporte")
    assert line.estimate(6, now + 1) < before * 0.7


def test_kept_places_are_places(line: Line) -> None:
    line.at_work("1001")
    now = line.learn("1001", 120)
    before = line.estimate(1, now + 1)
    line.put(PlacesKept, now + 1, queue="soporte", places=2)
    assert line.estimate(1, now + 1) > before + 100


def test_those_with_a_priority_who_come_before_others_make_the_others_wait(line: Line) -> None:
    line.at_work("1001")
    now = line.learn("1001", 120)
    line.join("w", now + 1)
    for each in range(20):
        line.join(f"p{each}", now + each * 30, position=1)
        line.put(QueueLeft, now + each * 30, call_id=f"p{each}", queue="soporte")
    now += 600
    assert line.estimate(3, now) > line.estimate(3, now, priority=5)


def test_agents_of_two_queues_count_as_calls_went(line: Line) -> None:
    line.at_work("1001")
    now = line.learn("1001", 120)
    alone = line.estimate(2, now + 1)
    for each in range(30):
        # somebody waits here, and the agent is given to the other queue every time
        line.join(f"w{each}", now)
        line.join(f"o{each}", now, "salida")
        line.talk(f"o{each}", now + 5, "1001", "salida")
        line.end(f"o{each}", now + 125, "1001")
        line.put(QueueLeft, now + 130, call_id=f"w{each}", queue="soporte")
        now += 135
    assert line.estimate(2, now) > 2 * alone


def test_free_in(line: Line) -> None:
    line.at_work("1001")
    assert line.expected.free_in("1001", at(1)) == 0.0
    assert line.expected.free_in("1002", at(1)) is None
    assert line.expected.free_in("999", at(1)) is None
    now = line.learn("1001", 100)
    line.join("a", now)
    line.talk("a", now, "1001")
    left = line.expected.free_in("1001", at(now + 80))
    assert left == pytest.approx(30, abs=15)
    line.put(AgentReleased, now + 100, call_id="a", queue="soporte", agent="1001", ended_by="")
    line.put(WrapUpStarted, now + 100, call_id="a", agent="1001", until=at(now + 104))
    left = line.expected.free_in("1001", at(now + 101))
    assert left is not None
    assert 0 < left <= 3


def test_it_never_goes_on_for_ever(line: Line) -> None:
    line.at_work("1001")
    line.join("a", 0)
    line.talk("a", 0, "1001")
    assert line.estimate(5000, 1) <= 4 * 3600
