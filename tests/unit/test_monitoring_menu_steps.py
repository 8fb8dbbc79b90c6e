"""Stays at a menu's nodes: whatever the order of the facts, the same stays come out of them."""

from __future__ import annotations

import itertools
import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calls.events import (
    AgentConnected,
    AgentReleased,
    CallbackAsked,
    CallEnded,
    CallFellBack,
    CallTransferred,
    CallVanished,
    DialogueClosed,
    DialogueOffered,
    EndAsked,
    Fact,
    HangUpAsked,
    MenuChosen,
    MenuEntered,
    MenuMissed,
    QueueGaveUp,
    QueueJoined,
    QueueLeft,
    ReasonGiven,
    TaskMoved,
)
from monitoring.folding import fold, opened_by
from monitoring.menu_sessions import MenuSession, sessions_of
from monitoring.menu_steps import MenuStep, MenuTrail
from monitoring.record import CallRecord
from tests.unit.facts import arrived, at, on_call


def offered(seconds: float) -> Fact:
    return on_call(DialogueOffered, seconds, number_called="08001234567")


def entered(seconds: float, node: str, menu: str = "operator", language: str = "es") -> Fact:
    return on_call(
        MenuEntered, seconds, menu=menu, node=node, language=language, version="0123456789ab"
    )


def chose(seconds: float, node: str, choice: str) -> Fact:
    return on_call(MenuChosen, seconds, menu="operator", node=node, choice=choice)


def missed(seconds: float, node: str, kind: str) -> Fact:
    return on_call(MenuMissed, seconds, menu="operator", node=node, kind=kind)


def ended(seconds: float) -> Fact:
    return on_call(CallEnded, seconds, cause=16, sip_code=0)


def joined(seconds: float, queue: str = "soporte") -> Fact:
    return on_call(QueueJoined, seconds, queue=queue, position=1)


def connected(seconds: float, queue: str = "soporte") -> Fact:
    return on_call(AgentConnected, seconds, queue=queue, agent="1001")


def released(seconds: float, ended_by: str = "agent", queue: str = "soporte") -> Fact:
    return on_call(AgentReleased, seconds, queue=queue, agent="1001", ended_by=ended_by)


def folded(*facts: Fact) -> CallRecord:
    record = opened_by(arrived())
    assert record is not None
    for one in facts:
        fold(record, one)
    return record


def stays(*facts: Fact) -> list[tuple[str, str, float | None]]:
    """Node, how it was left and when."""
    return [
        (step.node, step.how, (step.left_at - at(0)).total_seconds() if step.left_at else None)
        for step in folded(*facts).menu_path
    ]


TO_MAIN = [offered(1), entered(1, "welcome"), entered(4, "main")]


def test_a_caller_who_is_there_still() -> None:
    assert stays(*TO_MAIN) == [("welcome", "on", 4), ("main", "", None)]


@pytest.mark.parametrize(
    ("facts", "how", "left"),
    [
        ([joined(9)], "queue", 9),
        ([on_call(QueueGaveUp, 9, queue="soporte", status="FULL")], "queue", 9),
        ([connected(9)], "queue", 9),
        ([on_call(CallbackAsked, 9, queue="q", number="57", waiting_since=at(1)), ended(10)],
         "callback", 9),
        ([on_call(CallTransferred, 9, target="emergencias"), ended(40)], "transfer", 9),
        ([on_call(HangUpAsked, 9, cause=16), on_call(DialogueClosed, 9), ended(9.1)], "hang_up", 9),
        ([ended(9)], "end", 9),
        ([on_call(EndAsked, 9, by="supervisor"), on_call(HangUpAsked, 9, cause=16)], "hang_up", 9),
        ([on_call(EndAsked, 8, by="supervisor"), on_call(HangUpAsked, 9, cause=16)], "end", 8),
        ([on_call(CallFellBack, 9, reason="dialogue_lost"), joined(9)], "lost", 9),
        ([on_call(CallVanished, 9, last_seen_at=at(5), reason="lost_sync")], "lost", 9),
        ([on_call(CallVanished, 9, last_seen_at=at(5), reason="lost_sync"), ended(8)], "end", 8),
    ],
)  # fmt: skip
def test_how_a_node_is_left(facts: list[Fact], how: str, left: float) -> None:
    for order in (facts, facts[::-1]):
        assert stays(*TO_MAIN, *order)[1:] == [("main", how, left)]


def test_what_happened_at_a_node() -> None:
    (step,) = folded(
        offered(1), entered(1, "main"), missed(6, "main", "no_input"),
        missed(11, "main", "no_match"), missed(12, "main", "no_input"),
        chose(13, "main", "repeat"), chose(20, "main", "support"), joined(21),
    ).menu_path  # fmt: skip
    assert step == MenuStep(
        at=at(1), node="main", menu="operator", version="0123456789ab", language="es",
        choice="support", no_input=2, no_match=1, left_at=at(21), how="queue",
    )  # fmt: skip


def test_back_from_a_talk_the_stays_go_on() -> None:
    survey = [offered(60), entered(60, "survey"), entered(65, "goodbye"), ended(70)]
    talk = [joined(9), connected(20), released(60)]
    expected = [("welcome", "on", 4), ("main", "queue", 9), ("survey", "on", 65),
                ("goodbye", "end", 70)]  # fmt: skip
    assert stays(*TO_MAIN, *talk, *survey) == expected
    assert stays(*TO_MAIN, *talk, *survey[1:]) == expected, "the offer itself went unseen"


def test_a_caller_taken_out_of_a_queue_and_a_transfer_that_failed() -> None:
    assert stays(
        *TO_MAIN, joined(9), on_call(QueueLeft, 40, queue="soporte"), offered(40),
        entered(40, "offer"), on_call(CallTransferred, 50, target="x"), offered(50.5),
        entered(50.5, "sorry"), on_call(HangUpAsked, 55, cause=16), ended(55),
    ) == [("welcome", "on", 4), ("main", "queue", 9), ("offer", "transfer", 50),
          ("sorry", "hang_up", 55)]  # fmt: skip


def test_two_clocks_may_differ() -> None:
    """The switch's clock is late: it put the caller in the queue before the last node began."""
    assert stays(*TO_MAIN, entered(9.02, "wait"), entered(9.03, "person"), joined(9)) == [
        ("welcome", "on", 4), ("main", "on", 9.02), ("wait", "on", 9.03),
        ("person", "queue", 9.03),
    ]  # fmt: skip
    assert folded(*TO_MAIN, chose(9.02, "main", "person"), joined(9)).menu_path[1].choice


def test_a_beginning_that_went_unseen() -> None:
    record = folded(offered(1), entered(1, "welcome"), chose(8, "main", "support"), joined(9))
    last = record.menu_path[-1]
    assert (last.node, last.choice, last.how, last.language) == ("main", "support", "queue", "es")
    fold(record, entered(4, "main"))
    assert [step.node for step in record.menu_path] == ["welcome", "main"]
    assert (record.menu, record.language) == ("operator", "es")


WHOLE: list[Fact] = [
    *TO_MAIN, missed(9, "main", "no_input"), missed(14, "main", "no_match"),
    chose(15, "main", "english"), entered(15, "main", language="en"),
    chose(18, "main", "balance"), on_call(ReasonGiven, 18, reason="billing"),
    on_call(TaskMoved, 18, task="balance", step="started"), entered(18, "balance"),
    on_call(TaskMoved, 25, task="balance", step="failed"),
    on_call(TaskMoved, 26, task="balance", step="started"),
    on_call(TaskMoved, 30, task="balance", step="done"), entered(31, "main"),
    chose(35, "main", "person"), joined(36), connected(50), released(62, "transfer"),
    joined(62, "ventas"), connected(70, "ventas"), released(90, "customer", "ventas"),
    offered(90), entered(90, "survey", menu="after"), on_call(CallFellBack, 95, reason="lost"),
    on_call(HangUpAsked, 99, cause=16), on_call(DialogueClosed, 99), ended(99),
]  # fmt: skip


def _known(record: CallRecord) -> Any:
    return record.menu_path, record.tasks, record.menu, record.language


KNOWN = _known(folded(*WHOLE))


@settings(max_examples=50)
@given(st.lists(st.sampled_from(WHOLE), max_size=20), st.randoms())
def test_in_any_order_and_twice_it_is_the_same(again: list[Fact], chance: random.Random) -> None:
    told = [*WHOLE, *again]
    chance.shuffle(told)
    assert _known(folded(*told)) == KNOWN


@settings(max_examples=50)
@given(st.lists(st.sampled_from(WHOLE), max_size=40))
def test_whatever_is_missing_the_stays_follow_each_other(facts: list[Fact]) -> None:
    path = folded(*facts).menu_path
    for step, following in itertools.pairwise(path):
        assert step.left_at is not None
        assert step.at <= step.left_at <= following.at
        assert step.how
    for step in path:
        assert (step.left_at is None) == (step.how == "")
    told = {(fact.at, fact.kind) for fact in facts if isinstance(fact, MenuMissed)}
    assert sum(step.no_input + step.no_match for step in path) == len(told)


def test_the_sessions_of_the_whole_call() -> None:
    record = folded(*WHOLE)
    after, operator = sessions_of(record)
    assert operator == MenuSession(
        menu="operator", version="0123456789ab", language="es", began_at=at(1), left_at=at(36),
        how="queue", asked_person=True, reason="billing", done_at=at(30), queued_at=at(36),
        talked=True, passed_on=True,
    )  # fmt: skip
    assert (after.how, after.began_at) == ("queue", at(90)), "the talk before it decides"


@pytest.mark.parametrize(
    ("facts", "how"),
    [
        ([], ""),
        ([ended(9)], "end"),
        ([on_call(HangUpAsked, 9, cause=16)], "hang_up"),
        ([on_call(CallFellBack, 9, reason="x"), joined(9), ended(20)], "lost"),
        ([joined(9), connected(20), released(30), offered(30), entered(30, "survey"), ended(40)],
         "queue"),
        ([on_call(CallTransferred, 9, target="x"), ended(30)], "transfer"),
        ([on_call(CallTransferred, 9, target="x"), offered(9.5), entered(9.5, "sorry"), ended(12)],
         "end"),
        ([on_call(CallbackAsked, 9, queue="q", number="57", waiting_since=at(1)), ended(10)],
         "callback"),
        ([entered(9, "other", menu="other")], ""),
    ],
)  # fmt: skip
def test_what_a_session_comes_to(facts: list[Fact], how: str) -> None:
    sessions = {each.menu: each.how for each in sessions_of(folded(*TO_MAIN, *facts))}
    assert sessions["operator"] == how


@pytest.mark.parametrize(
    ("seconds", "ended_by", "elsewhere", "passed_on"),
    [
        (30, "transfer", None, True),
        (30.1, "transfer", None, False),
        (30, "agent", None, False),
        (20, "agent", "ventas", True),
        (20, "agent", "soporte", False),
        (30.5, "agent", "ventas", False),
    ],
)
def test_what_is_passed_on(
    seconds: float, ended_by: str, elsewhere: str | None, passed_on: bool
) -> None:
    facts = [joined(9), connected(20), released(20 + seconds, ended_by)]
    if elsewhere:
        facts.append(joined(20 + seconds, elsewhere))
    (session,) = sessions_of(folded(*TO_MAIN, *facts))
    assert (session.talked, session.passed_on) == (True, passed_on)


def test_nobody_was_in_a_menu() -> None:
    record = folded(joined(9))
    assert sessions_of(record) == []
    assert MenuTrail().take(arrived()) is False
