"""The table of a call's life: complete, final at its end, and drawn as the docs show it."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents import states as agent_states
from calls import states
from calls.call import Call, after, begin
from calls.events import (
    AgentConnected,
    AgentReleased,
    AttemptStarted,
    CallAnswered,
    CallDialed,
    CallEnded,
    CallFact,
    CallRang,
    CallTransferred,
    CallVanished,
    DialogueClosed,
    DialogueOffered,
    DialRefused,
    HangUpAsked,
    HoldStarted,
    QueueGaveUp,
    QueueJoined,
    QueueLeft,
)
from calls.states import CallState
from tests.unit.facts import arrived, on_call

DOCS = Path(__file__).parents[2] / "docs"


def _lived(*facts: CallFact) -> Call:
    call = begin(arrived())
    for fact in facts:
        call = after(call, fact)
    return call


def _attempt() -> Call:
    return begin(
        on_call(AttemptStarted, 0, campaign_id="c", lead_id=1, number_called="573001234567")
    )


def test_every_state_has_a_row_and_the_end_is_final() -> None:
    assert set(states.TRANSITIONS) == set(CallState)
    assert states.TRANSITIONS[CallState.ENDED] == {}


@pytest.mark.parametrize("state", [state for state in CallState if state is not CallState.ENDED])
def test_every_living_state_can_end(state: CallState) -> None:
    for kind in (CallEnded, CallVanished):
        assert states.TRANSITIONS[state][kind] is CallState.ENDED


def test_a_subscriber_is_led_queued_connected_and_released() -> None:
    call = begin(arrived())
    seen = [call.state]
    for fact in (
        on_call(CallAnswered, 1),
        on_call(DialogueOffered, 1, number_called="08001234567"),
        on_call(DialogueClosed, 9),
        on_call(QueueJoined, 9, queue="soporte", position=1),
        on_call(AgentConnected, 12, queue="soporte", agent="1001"),
        on_call(AgentReleased, 60, queue="soporte", agent="1001", ended_by="customer"),
        on_call(CallEnded, 60, cause=16, sip_code=0),
    ):
        call = after(call, fact)
        seen.append(call.state)
    assert [state.value for state in seen] == [
        "arriving", "answered", "in_menu", "answered", "queued", "talking", "answered", "ended",
    ]  # fmt: skip
    assert (call.agent, call.queue) == ("1001", "soporte")


@pytest.mark.parametrize("late", [False, True])
def test_after_a_talk_the_caller_is_in_a_dialogue_whichever_is_told_first(late: bool) -> None:
    released = on_call(AgentReleased, 60, queue="soporte", agent="1001", ended_by="agent")
    offered = on_call(DialogueOffered, 60, number_called="", reason="after_call")
    talking = after(begin(arrived()), on_call(AgentConnected, 12, queue="soporte", agent="1001"))
    call = talking
    for fact in (offered, released) if late else (released, offered):
        call = after(call, fact)
    assert call.state is CallState.IN_MENU
    held = after(talking, on_call(HoldStarted, 20))
    assert after(held, offered).state is CallState.IN_MENU


@pytest.mark.parametrize("status", ["CALLBACK_KEY", "OVERFLOW"])
def test_who_leaves_a_queue_for_a_dialogue_keeps_the_place_there_and_nowhere_else(
    status: str,
) -> None:
    waiting = after(begin(arrived()), on_call(QueueJoined, 9, queue="soporte", position=4))
    away = after(waiting, on_call(QueueGaveUp, 40, queue="soporte", status=status))
    thinks = after(away, on_call(DialogueOffered, 40, number_called=""))
    assert thinks.in_line
    assert thinks.keeps_place
    same = after(thinks, on_call(QueueJoined, 50, queue="soporte", position=2))
    assert same.waiting_since == waiting.waiting_since
    other = after(thinks, on_call(QueueJoined, 50, queue="ventas", position=1))
    assert other.waiting_since == other.queued_at != waiting.waiting_since
    assert not after(thinks, on_call(CallTransferred, 50, target="gerencia")).in_line
    timed_out = after(waiting, on_call(QueueGaveUp, 40, queue="soporte", status="TIMEOUT"))
    assert not timed_out.in_line


def test_a_refusal_ends_an_attempt_only_while_it_has_no_channel() -> None:
    refused = on_call(DialRefused, 1, reason="originate failed, reason 0")
    assert after(_attempt(), refused).state is CallState.ENDED
    with_channel = after(_attempt(), on_call(CallDialed, 1))
    still = after(with_channel, refused)
    assert still.state is CallState.DIALING
    ended = after(still, on_call(CallEnded, 2, cause=1, sip_code=404))
    assert (ended.state, ended.cause, ended.sip_code) == (CallState.ENDED, 1, 404)


def test_a_cause_that_comes_after_the_end_is_still_learned() -> None:
    ended = after(_attempt(), on_call(DialRefused, 1, reason="failed"))
    late = after(ended, on_call(CallEnded, 2, cause=17, sip_code=486))
    assert late.cause == 17
    assert late.ended_at == ended.ended_at


def test_a_vanished_call_is_not_revived() -> None:
    gone = _lived(on_call(CallVanished, 5, last_seen_at=arrived().at, reason="lost_sync"))
    again = after(gone, on_call(AgentConnected, 6, queue="soporte", agent="1001"))
    assert again.state is CallState.ENDED
    assert again.vanished


ANY_FACT = st.sampled_from(
    [
        on_call(CallAnswered, 1),
        on_call(CallRang, 1),
        on_call(DialogueOffered, 2, number_called="0800"),
        on_call(DialogueClosed, 3),
        on_call(QueueJoined, 4, queue="soporte", position=1),
        on_call(QueueLeft, 5, queue="soporte"),
        on_call(QueueGaveUp, 5, queue="soporte", status="TIMEOUT"),
        on_call(AgentConnected, 6, queue="soporte", agent="1001"),
        on_call(AgentReleased, 7, queue="soporte", agent="1001", ended_by="agent"),
        on_call(HangUpAsked, 8, cause=16),
        on_call(CallEnded, 9, cause=16, sip_code=0),
        on_call(CallVanished, 9, last_seen_at=arrived().at, reason="lost_sync"),
        on_call(DialRefused, 9, reason="failed"),
    ]
)


@given(st.lists(ANY_FACT, max_size=12))
def test_no_order_of_facts_breaks_a_call_and_an_end_stays(facts: list[CallFact]) -> None:
    call, ended = begin(arrived()), False
    for fact in facts:
        call = after(call, fact)
        assert not (ended and call.open)
        ended = not call.open
    assert (call.ended_at is not None) == ended


@given(st.lists(ANY_FACT, max_size=8))
def test_telling_every_fact_twice_changes_nothing(facts: list[CallFact]) -> None:
    once = _lived(*facts)
    twice = _lived(*itertools.chain.from_iterable((fact, fact) for fact in facts))
    assert once == twice


@pytest.mark.parametrize(
    ("page", "diagram"),
    [("call-states.md", states.diagram()), ("agent-states.md", agent_states.diagram())],
)
def test_the_picture_in_the_docs_is_the_table(page: str, diagram: str) -> None:
    text = (DOCS / page).read_text()
    assert f"```mermaid\n{diagram}```" in text, (
        f"docs/{page} is stale: run `python -m docs.pictures`"
    )
