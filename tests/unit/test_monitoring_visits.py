"""Each wait in a queue and what it came to: the edge cases that make reports differ."""

from __future__ import annotations

import pytest

from calls.call import AHEAD
from calls.events import (
    AgentConnected,
    AgentMissed,
    AgentOffered,
    AgentReleased,
    AttemptEnded,
    AttemptStarted,
    CallArrived,
    CallbackAsked,
    CallEnded,
    CallVanished,
    Fact,
    HoldEnded,
    HoldStarted,
    QueueGaveUp,
    QueueJoined,
    QueueLeft,
    WrapUpEnded,
    WrapUpStarted,
)
from monitoring.folding import fold, opened_by
from monitoring.record import CallRecord
from monitoring.visits import Ending, Visit, visits_of
from tests.unit.facts import CALL, arrived, at, fact, on_call

Q, AGENT = {"queue": "soporte"}, {"queue": "soporte", "agent": "1001"}


def record(*facts: Fact) -> CallRecord:
    made = opened_by(arrived(0))
    assert made is not None
    for each in facts:
        fold(made, each)
    return made


def visits(*facts: Fact) -> list[Visit]:
    return visits_of(record(*facts), finished=True)


def joined(seconds: float, queue: str = "soporte") -> QueueJoined:
    return on_call(QueueJoined, seconds, queue=queue, position=1)


def gave_up(seconds: float, status: str, queue: str = "soporte") -> QueueGaveUp:
    return on_call(QueueGaveUp, seconds, queue=queue, status=status)


def ended(seconds: float) -> CallEnded:
    return on_call(CallEnded, seconds, cause=16, sip_code=200)


def talk(begins: float, ends: float, by: str = "customer", queue: str = "soporte") -> list[Fact]:
    agent = {"queue": queue, "agent": "1001"}
    return [
        on_call(AgentOffered, begins - 1, **agent),
        on_call(AgentConnected, begins, **agent),
        on_call(AgentReleased, ends, **agent, ended_by=by),
    ]


def test_answered() -> None:
    (visit,) = visits(
        joined(10), *talk(30, 90), ended(90),
        fact(WrapUpStarted, 90, call_id=CALL, agent="1001", until=at(150)),
        fact(WrapUpEnded, 120, call_id=CALL, agent="1001", how="agent", disposition="sold"),
    )  # fmt: skip
    assert visit.ending is Ending.ANSWERED
    assert (visit.wait_ms, visit.talk_ms, visit.hold_ms) == (20_000, 60_000, 0)
    assert (visit.wrap_up_ms, visit.agent, visit.transferred) == (30_000, "1001", False)


def test_hold_is_no_talk() -> None:
    (visit,) = visits(
        joined(0), on_call(AgentConnected, 5, **AGENT), on_call(HoldStarted, 10),
        on_call(HoldEnded, 25.5), on_call(AgentReleased, 35, **AGENT, ended_by="agent"),
        ended(35),
    )  # fmt: skip
    assert (visit.talk_ms, visit.hold_ms) == (14_500, 15_500)


def test_given_up_at_second_zero() -> None:
    (visit,) = visits(joined(10), on_call(QueueLeft, 10, **Q), ended(10))
    assert (visit.ending, visit.wait_ms) == (Ending.ABANDONED, 0)


def test_given_up_while_an_agents_phone_rings() -> None:
    (visit,) = visits(
        joined(0), on_call(AgentOffered, 20, **AGENT), on_call(QueueLeft, 27, **Q), ended(27)
    )
    assert (visit.ending, visit.wait_ms, visit.agent) == (Ending.ABANDONED, 27_000, "")


def test_an_agent_who_missed_the_call_has_not_had_it() -> None:
    (visit,) = visits(
        joined(0), on_call(AgentOffered, 5, **AGENT), on_call(AgentMissed, 20, **AGENT),
        on_call(AgentConnected, 30, queue="soporte", agent="1002"), ended(40),
    )  # fmt: skip
    assert (visit.ending, visit.agent, visit.wait_ms) == (Ending.ANSWERED, "1002", 30_000)


def test_an_agent_who_hangs_up_within_three_seconds_has_answered() -> None:
    (visit,) = visits(joined(0), *talk(10, 12, by="agent"), ended(12))
    assert (visit.ending, visit.talk_ms) == (Ending.ANSWERED, 2_000)


def test_overflow_makes_two_visits_of_one_call() -> None:
    first, second = visits(
        joined(0), gave_up(60, "TIMEOUT"), joined(62, "ventas"), *talk(70, 90, queue="ventas"),
        ended(90),
    )  # fmt: skip
    assert (first.queue, first.ending, first.wait_ms) == ("soporte", Ending.TIMED_OUT, 60_000)
    assert (second.queue, second.ending, second.wait_ms) == ("ventas", Ending.ANSWERED, 8_000)
    assert first.call_id == second.call_id
    assert (first.talk_ms, second.talk_ms) == (0, 20_000)


def test_a_transfer_back_to_the_same_queue_is_another_visit() -> None:
    first, second = visits(
        joined(0), *talk(10, 60, by="transfer"), joined(60), *talk(75, 100), ended(100)
    )
    assert (first.transferred, first.talk_ms) == (True, 50_000)
    assert (second.ending, second.wait_ms, second.transferred) == (Ending.ANSWERED, 15_000, False)


@pytest.mark.parametrize("status", ["CALLBACK_KEY", "OVERFLOW", AHEAD])
def test_who_comes_back_to_the_same_place_has_waited_once(status: str) -> None:
    (visit,) = visits(joined(0), gave_up(40, status), joined(50), *talk(65, 80), ended(80))
    assert (visit.ending, visit.joined_at, visit.wait_ms) == (Ending.ANSWERED, at(0), 65_000)


@pytest.mark.parametrize(
    ("status", "ending"),
    [
        ("TIMEOUT", Ending.TIMED_OUT),
        ("LEAVEEMPTY", Ending.EMPTY_EXIT),
        ("LEAVEUNAVAIL", Ending.EMPTY_EXIT),
        ("WITHDRAW", Ending.WITHDRAWN),  # a supervisor, or a queue closed with callers inside
        ("MOVED", Ending.WITHDRAWN),
        ("CALLBACK", Ending.KEY_EXIT),
        ("CALLBACK_KEY", Ending.ABANDONED),  # thought about a callback, and hung up
        ("CONTINUE", Ending.FAILED),
    ],
)
def test_why_the_queue_let_go(status: str, ending: Ending) -> None:
    (visit,) = visits(joined(0), gave_up(30, status), ended(31))
    assert (visit.ending, visit.refused, visit.wait_ms) == (ending, "", 30_000)


@pytest.mark.parametrize("status", ["FULL", "JOINEMPTY", "JOINUNAVAIL", "CLOSED"])
def test_whom_the_queue_did_not_take_was_not_offered(status: str) -> None:
    (visit,) = visits(gave_up(5, status), ended(6))
    assert visit.refused == status


def test_a_callback_is_a_way_out_by_key() -> None:
    asked = on_call(CallbackAsked, 45, queue="soporte", number="573001234567", waiting_since=at(0))
    (visit,) = visits(joined(0), gave_up(40, "CALLBACK_KEY"), asked, ended(50))
    assert (visit.ending, visit.callback) == (Ending.KEY_EXIT, True)


def test_a_callback_after_a_talk_is_a_callback_all_the_same() -> None:
    """The call is handled, and so its outcome says nothing of what the second wait came to."""
    asked = on_call(CallbackAsked, 205, queue="ventas", number="57300", waiting_since=at(100))
    first, second = visits(
        joined(0), *talk(10, 100, by="transfer"), joined(100, "ventas"),
        gave_up(200, "CALLBACK_KEY", "ventas"), asked, ended(210),
    )  # fmt: skip
    assert (first.ending, first.callback) == (Ending.ANSWERED, False)
    assert (second.ending, second.callback, second.wait_ms) == (Ending.KEY_EXIT, True, 100_000)


def test_a_machine_that_is_hung_up_on_while_it_waits_gave_nothing_up() -> None:
    """Or the reports of a queue that is dialed for count its machines as callers who gave up."""
    dialed = opened_by(
        on_call(AttemptStarted, 0, campaign_id="c", lead_id=1, number_called="57300")
    )
    assert dialed is not None
    for each in (
        joined(1),
        on_call(QueueLeft, 4, **Q),
        ended(4),
        on_call(AttemptEnded, 4, campaign_id="c", lead_id=1, outcome="machine"),
    ):
        fold(dialed, each)
    (visit,) = visits_of(dialed, finished=True)
    assert visit.ending is Ending.WITHDRAWN
    dialed.outcome = "abandoned"
    (visit,) = visits_of(dialed, finished=True)
    assert visit.ending is Ending.ABANDONED


def test_a_clock_that_was_set_back_makes_no_time_that_is_less_than_none() -> None:
    made = record(
        joined(10), on_call(AgentConnected, 5, **AGENT), on_call(HoldStarted, 20),
        on_call(HoldEnded, 12), on_call(AgentReleased, 35, **AGENT, ended_by="agent"), ended(35),
    )  # fmt: skip
    (visit,) = visits_of(made, finished=True)
    assert (visit.wait_ms, visit.talk_ms, visit.hold_ms) == (0, 30_000, 0)
    assert (made.wait_seconds, made.talk_seconds, made.hold_seconds) == (0, 30, 0)


@pytest.mark.parametrize("reason", ["lost_sync", "switch_restarted"])
def test_a_wait_over_a_restart_is_lost(reason: str) -> None:
    vanished = on_call(CallVanished, 300, last_seen_at=at(40), reason=reason)
    (visit,) = visits(joined(0), vanished)
    assert visit.ending is Ending.LOST
    # nobody saw whether this one came back to the place that was kept
    (kept,) = visits(joined(0), gave_up(40, "CALLBACK_KEY"), vanished)
    assert kept.ending is Ending.LOST
    # and a talk was answered, however it ended
    (talked,) = visits(joined(0), on_call(AgentConnected, 9, **AGENT), vanished)
    assert talked.ending is Ending.ANSWERED


def test_nobody_has_given_up_as_long_as_the_call_lives() -> None:
    waiting = [joined(0)]
    left = [*waiting, on_call(QueueLeft, 20, **Q)]  # of an agent this is told a moment later
    for facts in (waiting, left, [*waiting, gave_up(20, "CALLBACK_KEY")]):
        (visit,) = visits(*facts)
        assert visit.ending is Ending.WAITING
    (visit,) = visits(*left, on_call(AgentConnected, 20.01, **AGENT))
    assert visit.ending is Ending.ANSWERED


def test_who_was_led_on_without_a_word_was_withdrawn() -> None:
    first, second = visits(joined(0), on_call(QueueLeft, 5, **Q), joined(6, "ventas"), ended(9))
    assert (first.ending, second.ending) == (Ending.WITHDRAWN, Ending.ABANDONED)


def test_facts_told_twice_and_late_make_the_same_visit() -> None:
    facts: list[Fact] = [joined(0), *talk(20, 50), ended(50)]
    plain = visits(*facts)
    assert visits(*[each for each in facts for _ in range(2)]) == plain
    late = visits(joined(0), *talk(20, 50), ended(50), on_call(QueueLeft, 20, **Q), joined(0))
    assert late[0] == plain[0]


def test_two_calls_of_a_customer_are_two() -> None:
    other = CallArrived(
        at=at(1), pbx="pbx1", call_id="other", number_called="0800", caller_number="573001234567"
    )
    second = opened_by(other)
    assert second is not None
    fold(second, QueueJoined(at=at(2), pbx="pbx1", call_id="other", queue="soporte", position=2))
    both = [*visits(joined(0)), *visits_of(second, finished=False)]
    assert len({visit.call_id for visit in both}) == 2
