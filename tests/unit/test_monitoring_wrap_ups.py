"""A call of two talks: each agent writes up, and the end of the first is told when it is told."""

from __future__ import annotations

from calls.events import (
    AgentConnected,
    AgentReleased,
    CallEnded,
    Fact,
    HangUpAsked,
    QueueJoined,
    QueueLeft,
    WrapUpEnded,
    WrapUpStarted,
)
from monitoring.folding import finished, fold, opened_by
from monitoring.record import CallRecord
from monitoring.visits import visits_of
from tests.unit.facts import CALL, arrived, at, fact, on_call


def record(*facts: Fact) -> CallRecord:
    made = opened_by(arrived(0))
    assert made is not None
    for each in facts:
        fold(made, each)
    return made


def starts(agent: str, seconds: float) -> WrapUpStarted:
    return fact(WrapUpStarted, seconds, call_id=CALL, agent=agent, until=at(seconds + 30))


def ends(agent: str, seconds: float, disposition: str = "") -> WrapUpEnded:
    return fact(
        WrapUpEnded, seconds, call_id=CALL, agent=agent, how="agent", disposition=disposition
    )


FIRST, SECOND = {"queue": "soporte", "agent": "1001"}, {"queue": "ventas", "agent": "1002"}
RELEASED = on_call(AgentReleased, 60, **FIRST, ended_by="transfer")
ELSEWHERE = on_call(QueueJoined, 60, queue="ventas", position=1)
TALKED = (
    on_call(QueueJoined, 2, queue="soporte", position=1),
    on_call(AgentConnected, 10, **FIRST),
)
THEN = (
    on_call(AgentConnected, 80, **SECOND), on_call(AgentReleased, 100, **SECOND, ended_by="agent"),
    on_call(CallEnded, 100, cause=16, sip_code=200),
)  # fmt: skip


def test_both_write_up_and_both_count() -> None:
    first = (*TALKED, RELEASED, ELSEWHERE, starts("1001", 60), ends("1001", 75, "resuelto"), *THEN)
    made = record(*first)
    assert not finished(made, at(101)), "the second agent has not written up"
    fold(made, starts("1002", 100))
    assert not finished(made, at(101))
    fold(made, ends("1002", 107, "other"))
    assert finished(made, at(108))
    assert (made.wrap_up_seconds, made.disposition) == (22.0, "resuelto")
    assert (made.wrap_up_started_at, made.wrap_up_ended_at) == (at(60), at(107))
    assert [visit.wrap_up_ms for visit in visits_of(made, finished=True)] == [0, 22_000]


def test_who_writes_long_about_the_first_talk_is_waited_for() -> None:
    made = record(
        *TALKED, RELEASED, ELSEWHERE, starts("1001", 60), *THEN, starts("1002", 100),
        ends("1002", 101),
    )  # fmt: skip
    assert not finished(made, at(102))
    fold(made, ends("1001", 110))
    fold(made, ends("1001", 112))  # told again
    assert finished(made, at(113))
    assert made.wrap_up_seconds == 51.0


def test_the_end_of_a_talk_that_is_told_after_the_next_wait_began() -> None:
    in_order = record(*TALKED, RELEASED, ELSEWHERE, *THEN)
    crossed = record(*TALKED, ELSEWHERE, RELEASED, *THEN)
    assert crossed.stays == in_order.stays
    assert [stay.ended_by for stay in crossed.stays] == ["transfer", "agent"]


def test_a_transfer_is_one_even_if_the_caller_was_gone_before_it_was_told() -> None:
    gone = (
        on_call(HangUpAsked, 60, cause=0), on_call(QueueLeft, 60, queue="ventas"),
        on_call(CallEnded, 60, cause=16, sip_code=0),
    )  # fmt: skip
    (stay, _) = record(*TALKED, ELSEWHERE, *gone, RELEASED).stays
    assert (stay.ended_by, stay.released_at) == ("transfer", at(60))
