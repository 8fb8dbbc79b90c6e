"""A call's record, folded from its facts: the ordinary call, and facts late, twice or missing."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calls.events import (
    AgentConnected,
    AgentReleased,
    AttemptEnded,
    AttemptStarted,
    CallAnswered,
    CallbackAsked,
    CallEnded,
    CallFellBack,
    CallNoted,
    CallRang,
    CallVanished,
    DialogueOffered,
    DialRefused,
    EndAsked,
    EndNotTaken,
    Fact,
    HangUpAsked,
    HoldEnded,
    HoldStarted,
    MenuChosen,
    MenuEntered,
    MenuMissed,
    QueueGaveUp,
    QueueJoined,
    QueueLeft,
    SafeHarbourPlayed,
    WrapUpEnded,
    WrapUpStarted,
)
from monitoring.folding import LATEST_WRAP_UP, call_of, finished, fold, opened_by
from monitoring.record import CallRecord
from tests.unit.facts import CALL, arrived, at, fact, on_call

MENU = {"menu": "operator", "language": "es"}


def _record(facts: Iterable[Fact], first: Fact | None = None) -> CallRecord:
    record = opened_by(first or arrived())
    assert record is not None
    for one in facts:
        fold(record, one)
    return record


WHOLE_CALL: list[Fact] = [
    on_call(CallAnswered, 1),
    on_call(DialogueOffered, 1, number_called="08001234567"),
    on_call(MenuEntered, 1, node="main", **MENU),
    on_call(MenuMissed, 6, menu="operator", node="main", kind="no_input"),
    on_call(MenuChosen, 9, menu="operator", node="main", choice="support"),
    on_call(QueueJoined, 10, queue="soporte", position=2),
    on_call(AgentConnected, 25, queue="soporte", agent="1001"),
    on_call(HoldStarted, 40),
    on_call(HoldEnded, 50),
    on_call(HangUpAsked, 85, cause=16),
    on_call(AgentReleased, 85, queue="soporte", agent="1001", ended_by="customer"),
    on_call(CallEnded, 85.1, cause=16, sip_code=0),
    fact(WrapUpStarted, 85, agent="1001", call_id=CALL, until=at(95)),
    fact(WrapUpEnded, 92, agent="1001", call_id=CALL, how="agent", disposition="resuelto"),
]


def test_a_whole_call_adds_up() -> None:
    record = _record(WHOLE_CALL)
    assert record.outcome == "handled"
    assert record.ended_by == "customer"
    assert record.wait_seconds == 15
    assert record.hold_seconds == 10
    assert record.talk_seconds == 50
    assert record.wrap_up_seconds == 7
    assert record.handle_seconds == 50 + 10 + 7
    (step,) = record.menu_path
    assert (step.node, step.no_input, step.choice, step.how) == ("main", 1, "support", "queue")
    assert finished(record, at(93))


@pytest.mark.parametrize("missing", range(len(WHOLE_CALL)))
def test_no_single_fact_is_needed_for_a_sane_record(missing: int) -> None:
    facts = [one for index, one in enumerate(WHOLE_CALL) if index != missing]
    record = _record(facts)
    for seconds in (record.wait_seconds, record.talk_seconds, record.hold_seconds):
        assert 0 <= seconds <= 85.2
    assert record.ended_at is not None or missing == 11
    assert finished(record, at(85) + LATEST_WRAP_UP * 2) or missing == 11


@given(st.lists(st.sampled_from(WHOLE_CALL), max_size=20))
def test_facts_in_any_order_and_number_give_a_sane_record(facts: list[Fact]) -> None:
    record = _record(facts)
    assert min(record.wait_seconds, record.talk_seconds, record.hold_seconds) >= 0
    assert record.handle_seconds >= record.talk_seconds
    if record.ended_at is not None:
        assert record.outcome


def test_facts_told_twice_change_nothing() -> None:
    doubled = list(itertools.chain.from_iterable((one, one) for one in WHOLE_CALL[:3]))
    once = _record(WHOLE_CALL[:3])
    twice = _record(doubled)
    assert once == twice


def test_who_leaves_while_waiting_has_abandoned_and_who_is_let_go_has_not() -> None:
    joined = on_call(QueueJoined, 10, queue="soporte", position=1)
    left = on_call(QueueLeft, 40, queue="soporte")
    ended = on_call(CallEnded, 40, cause=16, sip_code=0)
    assert _record([joined, left, ended]).outcome == "abandoned"
    assert _record([joined, left, ended]).wait_seconds == 30
    gave_up = on_call(QueueGaveUp, 40, queue="soporte", status="FULL")
    assert _record([joined, left, gave_up, ended]).outcome == "unserved"
    assert _record([ended]).outcome == "unanswered"
    entered = on_call(MenuEntered, 2, node="main", **MENU)
    assert _record([entered, ended]).outcome == "self_service"


def test_who_asked_to_be_called_back_has_not_abandoned() -> None:
    joined = on_call(QueueJoined, 10, queue="soporte", position=1)
    key = on_call(QueueGaveUp, 30, queue="soporte", status="CALLBACK_KEY")
    asked = on_call(CallbackAsked, 40, queue="soporte", number="573001234567", waiting_since=at(10))
    ended = on_call(CallEnded, 45, cause=16, sip_code=200)
    record = _record([joined, key, asked, ended])
    assert (record.outcome, record.wait_seconds) == ("callback", 20)
    assert _record([asked, ended]).outcome == "callback", "in a menu"
    assert _record([joined, key, ended]).outcome == "abandoned", "hung up while thinking"
    back = on_call(QueueJoined, 40, queue="soporte", position=1)
    record = _record([joined, key, back, ended])
    assert (record.outcome, len(record.stays), record.wait_seconds) == ("abandoned", 2, 25)


def test_who_is_taken_out_of_a_queue_and_hangs_up_has_abandoned() -> None:
    joined = on_call(QueueJoined, 10, queue="soporte", position=1)
    left = on_call(QueueGaveUp, 30, queue="soporte", status="OVERFLOW")
    other = on_call(QueueJoined, 40, queue="ventas", position=1)
    ended = on_call(CallEnded, 45, cause=16, sip_code=200)
    assert _record([joined, left, ended]).outcome == "abandoned"
    record = _record([joined, left, other, ended])
    assert [(stay.queue, stay.status) for stay in record.stays] == [
        ("soporte", "OVERFLOW"), ("ventas", ""),
    ]  # fmt: skip
    assert record.wait_seconds == 25


def test_a_call_can_wait_and_talk_twice() -> None:
    record = _record(
        [
            on_call(QueueJoined, 10, queue="soporte", position=1),
            on_call(AgentConnected, 20, queue="soporte", agent="1001"),
            on_call(AgentReleased, 30, queue="soporte", agent="1001", ended_by="transfer"),
            on_call(QueueJoined, 30, queue="ventas", position=1),
            on_call(AgentConnected, 35, queue="ventas", agent="1002"),
            on_call(AgentReleased, 65, queue="ventas", agent="1002", ended_by="agent"),
            on_call(CallEnded, 65, cause=16, sip_code=0),
        ]
    )
    assert [(stay.queue, stay.agent) for stay in record.stays] == [
        ("soporte", "1001"), ("ventas", "1002"),
    ]  # fmt: skip
    assert (record.wait_seconds, record.talk_seconds) == (15, 40)


def test_an_end_that_nobody_saw_is_an_interval() -> None:
    vanished = on_call(CallVanished, 100, last_seen_at=at(60), reason="lost_sync")
    record = _record([on_call(CallAnswered, 1), vanished])
    assert (record.ended_at, record.last_seen_at) == (at(100), at(60))
    assert (record.end_reason, record.ended_by) == ("lost_sync", "unknown")
    known = on_call(CallEnded, 70, cause=16, sip_code=0)
    assert _record([known, vanished]).end_reason == ""


def _noted(**fields: Any) -> list[Fact]:
    values: dict[str, Any] = {
        "answered_at": at(1), "queue": "", "queued_at": None, "agent": "", "connected_at": None,
        **fields,
    }  # fmt: skip
    return [on_call(CallNoted, 60, **values), on_call(CallEnded, 60, cause=16, sip_code=0)]


def test_a_call_that_nobody_heard_is_told_by_its_note() -> None:
    record = _record(_noted())
    assert (record.answered_at, record.ended_at) == (at(1), at(60))
    assert (record.end_reason, record.ended_by, record.outcome) == (
        "unheard", "unknown", "unanswered",
    )  # fmt: skip
    waited = _record(_noted(queue="soporte", queued_at=at(5)))
    assert (waited.outcome, waited.wait_seconds) == ("abandoned", 55)
    talked = _record(_noted(queue="soporte", queued_at=at(5), agent="1001", connected_at=at(20)))
    assert (talked.outcome, talked.wait_seconds, talked.talk_seconds) == ("handled", 15, 40)
    assert [(stay.queue, stay.agent) for stay in talked.stays] == [("soporte", "1001")]


def test_a_note_adds_to_what_was_heard_and_changes_none_of_it() -> None:
    heard = [on_call(CallAnswered, 0.4), on_call(QueueJoined, 5.3, queue="soporte", position=1)]
    noted = _noted(queue="soporte", queued_at=at(5), agent="1001", connected_at=at(20))
    (stay,) = _record([*heard, *noted]).stays
    assert (stay.joined_at, stay.connected_at, stay.agent) == (at(5.3), at(20), "1001")
    moved = _noted(queue="ventas", queued_at=at(30), agent="1002", connected_at=at(40))
    record = _record([*heard, *moved])
    assert [(stay.queue, stay.left_at, stay.agent) for stay in record.stays] == [
        ("soporte", at(30), ""), ("ventas", at(40), "1002"),
    ]  # fmt: skip
    assert record.answered_at == at(0.4)


ATTEMPT = on_call(AttemptStarted, 0, campaign_id="c", lead_id=7, number_called="573001234567")


def test_a_dialed_calls_outcome_comes_with_its_attempt() -> None:
    record = _record(
        [
            on_call(DialRefused, 2, reason="originate failed, reason 0"),
            on_call(CallRang, 1),
            on_call(CallEnded, 2, cause=17, sip_code=486),
        ],
        ATTEMPT,
    )
    assert not finished(record, at(3))
    assert record.end_reason == ""
    fold(record, on_call(AttemptEnded, 2, campaign_id="c", lead_id=7, outcome="busy"))
    assert finished(record, at(3))
    assert (record.outcome, record.cause, record.campaign_id, record.lead_id) == (
        "busy",
        17,
        "c",
        7,
    )


def test_a_called_person_nobody_was_there_for() -> None:
    record = _record(
        [
            on_call(CallAnswered, 5),
            on_call(QueueJoined, 5, queue="salida", position=1),
            on_call(QueueLeft, 7, queue="salida"),
            on_call(QueueGaveUp, 7, queue="salida", status="TIMEOUT"),
            on_call(SafeHarbourPlayed, 14),
            on_call(CallEnded, 14, cause=16, sip_code=0),
            on_call(AttemptEnded, 14, campaign_id="c", lead_id=7, outcome="abandoned"),
        ],
        ATTEMPT,
    )
    assert record.outcome == "abandoned"
    assert record.safe_harbour_at == at(14)
    assert record.stays[0].status == "TIMEOUT"
    assert record.ended_by == "service"


def test_who_of_ours_ended_the_call_is_told_before_asterisk_blames_the_customer() -> None:
    record = _record(
        [
            on_call(AgentConnected, 5, queue="salida", agent="1001"),
            on_call(EndAsked, 20, by="agent"),
            on_call(AgentReleased, 20, queue="salida", agent="1001", ended_by="customer"),
            on_call(CallEnded, 20, cause=16, sip_code=0),
        ]
    )
    assert record.ended_by == "agent"
    assert record.stays[0].ended_by == "agent"


def test_who_asked_for_an_end_that_the_switch_did_not_take_did_not_end_the_call() -> None:
    talk = on_call(AgentConnected, 5, queue="salida", agent="1001")
    asked, refused = on_call(EndAsked, 20, by="agent"), on_call(EndNotTaken, 20, by="agent")
    by_customer = [
        on_call(HangUpAsked, 60, cause=16),
        on_call(AgentReleased, 60, queue="salida", agent="1001", ended_by="customer"),
        on_call(CallEnded, 60, cause=16, sip_code=0),
    ]
    record = _record([talk, asked, refused, *by_customer])
    assert (record.ended_by, record.stays[0].ended_by) == ("customer", "customer")
    again = _record([talk, asked, refused, on_call(EndAsked, 30, by="supervisor"), *by_customer])
    assert again.ended_by == "supervisor"
    assert _record([talk, asked, *by_customer, refused]).ended_by == "agent", "told after the end"


def test_the_reason_the_dialplan_took_over_is_kept() -> None:
    record = _record([on_call(CallFellBack, 5, reason="nobody_there")])
    assert record.fell_back == "nobody_there"


def test_facts_that_are_of_no_call_open_nothing() -> None:
    signed = fact(WrapUpEnded, 1, agent="1001", call_id="", how="clock")
    assert call_of(signed) == ""
    assert opened_by(on_call(CallAnswered, 1)) is None
