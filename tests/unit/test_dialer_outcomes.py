"""How a dialed call ended: the measured ends of the lab, the precedence, the tables."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialer.attempt import Outcome
from dialer.outcomes import CAUSE_MEANINGS, SIP_MEANINGS, DialedCall, outcome_of

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)

moments = st.none() | st.just(NOON)
known = st.builds(
    DialedCall,
    answered_at=moments,
    connected_at=moments,
    cause=st.none() | st.integers(0, 127),
    sip_code=st.none() | st.integers(0, 699),
    cancelled=st.booleans(),
    refused=st.booleans(),
    vanished=st.booleans(),
    safe_harbour=st.booleans(),
    judged_machine=st.booleans(),
    ended_as_machine=st.booleans(),
)


@pytest.mark.parametrize(
    ("cause", "sip_code", "outcome"),
    [
        (17, 486, Outcome.BUSY),
        (1, 404, Outcome.INVALID),
        (34, 503, Outcome.CONGESTION),
        (21, 603, Outcome.REJECTED),
        (19, 480, Outcome.NO_ANSWER),
        (16, 0, Outcome.CANCELLED),
        (0, 0, Outcome.UNKNOWN),
    ],
)
def test_every_unanswered_end_that_was_measured(
    cause: int, sip_code: int, outcome: Outcome
) -> None:
    assert outcome_of(DialedCall(cause=cause, sip_code=sip_code)) is outcome


@pytest.mark.parametrize(
    ("cause", "sip_code", "outcome"),
    [
        (21, 403, Outcome.CONGESTION),  # the carrier, not the person
        (21, 401, Outcome.CONGESTION),
        (19, 483, Outcome.CONGESTION),
        (17, 600, Outcome.BUSY),
        (28, 484, Outcome.INVALID),
        (1, 604, Outcome.INVALID),
        (22, 410, Outcome.INVALID),
        (127, 607, Outcome.REJECTED),
        (18, 408, Outcome.NO_ANSWER),
        (127, 487, Outcome.NO_ANSWER),
        (27, 502, Outcome.CONGESTION),
        (127, 415, Outcome.CONGESTION),
        (0, 500, Outcome.CONGESTION),
    ],
)
def test_codes_that_asterisk_folds_together_are_told_apart(
    cause: int, sip_code: int, outcome: Outcome
) -> None:
    assert outcome_of(DialedCall(cause=cause, sip_code=sip_code)) is outcome


@pytest.mark.parametrize(
    ("cause", "outcome"),
    [(17, Outcome.BUSY), (20, Outcome.NO_ANSWER), (1, Outcome.INVALID), (34, Outcome.CONGESTION)],
)
def test_a_vague_sip_code_leaves_the_word_to_the_cause(cause: int, outcome: Outcome) -> None:
    assert outcome_of(DialedCall(cause=cause, sip_code=480)) is outcome
    assert outcome_of(DialedCall(cause=cause, sip_code=183)) is outcome
    assert outcome_of(DialedCall(cause=cause)) is outcome


def test_answered_and_never_connected_is_abandoned() -> None:
    assert outcome_of(DialedCall(answered_at=NOON, cause=0)) is Outcome.ABANDONED
    assert outcome_of(DialedCall(answered_at=NOON, cause=16, sip_code=200)) is Outcome.ABANDONED


def test_an_answer_that_crossed_our_hang_up_is_abandoned() -> None:
    assert outcome_of(DialedCall(answered_at=NOON, cause=16, cancelled=True)) is Outcome.ABANDONED


def test_the_safe_harbour_message_alone_tells_of_an_answer() -> None:
    assert outcome_of(DialedCall(safe_harbour=True, vanished=True)) is Outcome.ABANDONED


def test_cancelled_by_us_unless_the_far_end_was_quicker() -> None:
    assert outcome_of(DialedCall(cause=16, cancelled=True)) is Outcome.CANCELLED
    assert outcome_of(DialedCall(cause=0, cancelled=True)) is Outcome.CANCELLED
    assert outcome_of(DialedCall(cause=17, sip_code=486, cancelled=True)) is Outcome.BUSY


def test_an_answer_nobody_heard_of_is_unknown() -> None:
    assert outcome_of(DialedCall(cause=16, sip_code=200)) is Outcome.UNKNOWN


def test_what_vanished_is_unknown_whether_answered_or_not() -> None:
    assert outcome_of(DialedCall(vanished=True)) is Outcome.UNKNOWN
    assert outcome_of(DialedCall(vanished=True, cancelled=True)) is Outcome.UNKNOWN
    assert outcome_of(DialedCall(vanished=True, answered_at=NOON)) is Outcome.UNKNOWN


def test_a_cause_that_came_late_is_believed_over_vanishing() -> None:
    assert outcome_of(DialedCall(vanished=True, cause=17, sip_code=486)) is Outcome.BUSY


def test_refused_without_a_channel_failed_and_silence_is_unknown() -> None:
    assert outcome_of(DialedCall(refused=True)) is Outcome.FAILED
    assert outcome_of(DialedCall(refused=True, cause=1, sip_code=404)) is Outcome.INVALID
    assert outcome_of(DialedCall()) is Outcome.UNKNOWN


@given(known)
def test_only_an_agent_makes_connected(call: DialedCall) -> None:
    talked = call.connected_at is not None and not call.ended_as_machine
    assert (outcome_of(call) is Outcome.CONNECTED) == talked


@given(known)
def test_an_answered_call_is_never_told_as_unanswered(call: DialedCall) -> None:
    if call.answered_at is not None:
        told = outcome_of(call)
        reached = {Outcome.CONNECTED, Outcome.ABANDONED, Outcome.MACHINE}
        assert told in reached | {Outcome.UNKNOWN}


@given(known)
def test_failed_only_when_the_switch_never_dialed(call: DialedCall) -> None:
    if outcome_of(call) is Outcome.FAILED:
        assert call.refused
        assert call.cause is None
        assert not call.vanished


def test_the_tables_hold_only_ends_of_unanswered_calls() -> None:
    said = {*CAUSE_MEANINGS.values(), *SIP_MEANINGS.values()}
    assert said == {
        Outcome.BUSY,
        Outcome.INVALID,
        Outcome.NO_ANSWER,
        Outcome.REJECTED,
        Outcome.CONGESTION,
    }
    assert not {0, 16, 31, 127} & CAUSE_MEANINGS.keys()
