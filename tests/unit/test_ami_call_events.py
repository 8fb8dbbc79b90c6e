"""What Asterisk really sends about customers' calls (lab notes) becomes the right fact, or none."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from calls.call import after, begin
from calls.events import (
    AttemptStarted,
    CallAnswered,
    CallArrived,
    CallDialed,
    CallEnded,
    CallRang,
    DialogueOffered,
    DialRefused,
    DigitPressed,
    Fact,
    MachineJudged,
    MessageLeft,
    QueueGaveUp,
    QueueLeft,
    TransferFailed,
)
from calls.states import CallState
from tests.unit.asterisk_events import ATTEMPT, TRUNK, UNIQUE, fact_of
from tests.unit.facts import fact


def test_a_subscribers_channel_arrives_with_numbers_and_name_made_harmless() -> None:
    told = fact_of(
        "Newchannel", Channel=TRUNK, Uniqueid=UNIQUE, Context="from-trunk", Exten="08001234567",
        CallerIDNum="+57 300-123", CallerIDName="Jos\u00e9 \u202e<script>\x1b[31m",
    )  # fmt: skip
    assert isinstance(told, CallArrived)
    assert told.number_called == "08001234567"
    assert told.caller_number == "+57300123"
    assert told.caller_name == "José <script>[31m"
    assert told.at == datetime.fromtimestamp(1772366400.25, UTC)


@pytest.mark.parametrize(
    "channel", ["Local/1001@agents-00000001;1", "PJSIP/1001-00000002", "OutgoingSpoolFailed", ""]
)
def test_channels_that_are_no_customers_are_noise(channel: str) -> None:
    assert fact_of("Newchannel", Channel=channel, Uniqueid=UNIQUE, Context="from-trunk") is None
    assert fact_of("Newstate", Channel=channel, Uniqueid=UNIQUE, ChannelState="6") is None
    assert fact_of("Hangup", Channel=channel, Uniqueid=UNIQUE, Cause="16") is None


def test_answer_and_ringing_come_from_the_channels_state() -> None:
    states = {"6": CallAnswered, "5": CallRang}
    for state, kind in states.items():
        assert isinstance(
            fact_of("Newstate", Channel=TRUNK, Uniqueid=UNIQUE, ChannelState=state), kind
        )
    # trap 6: a 183 shows as progress only; there is no Newstate 6 for it
    assert fact_of("DialState", Channel=TRUNK, Uniqueid=UNIQUE, DialStatus="PROGRESS") is None


@pytest.mark.parametrize(
    ("cause", "tech", "sip_code"),
    [
        ("17", "486", 486),
        ("1", "SIP 404 Not Found", 404),
        ("0", "", 0),
        ("16", "", 0),
        ("19", "480", 480),
    ],
)
def test_the_end_of_a_call_carries_both_witnesses(cause: str, tech: str, sip_code: int) -> None:
    """Traps 3, 4 and 5: neither DialEnd nor Reason is asked, and cause 0 is no error."""
    told = fact_of("Hangup", Channel=TRUNK, Uniqueid=ATTEMPT, Cause=cause, TechCause=tech)
    assert isinstance(told, CallEnded)
    assert (told.cause, told.sip_code) == (int(cause), sip_code)


def test_an_originate_response_is_a_fact_in_either_order_with_the_hangup() -> None:
    """Traps 1 and 2: it is an event, and may come before or after the hang-up."""
    refused = fact_of(
        "OriginateResponse", Response="Failure", ActionID=ATTEMPT, Reason="0", Uniqueid=ATTEMPT
    )
    ended = fact_of("Hangup", Channel=TRUNK, Uniqueid=ATTEMPT, Cause="1", TechCause="404")
    dialed = fact_of("Newchannel", Channel=TRUNK, Uniqueid=ATTEMPT)
    assert isinstance(refused, DialRefused)
    assert isinstance(ended, CallEnded)
    assert isinstance(dialed, CallDialed)
    started = begin(
        fact(AttemptStarted, 0, call_id=ATTEMPT, campaign_id="c", lead_id=1, number_called="57")
    )
    for order in ((dialed, refused, ended), (dialed, ended, refused)):
        call = started
        for one in order:
            call = after(call, one)
        assert (call.state, call.cause, call.sip_code) == (CallState.ENDED, 1, 404)
        assert call.refused == ""


def test_an_originate_without_a_channel_is_refused_and_success_tells_nothing() -> None:
    told = fact_of("OriginateResponse", Response="Failure", ActionID=ATTEMPT, Uniqueid="<unknown>")
    assert isinstance(told, DialRefused)
    assert told.call_id == ATTEMPT
    assert fact_of("OriginateResponse", Response="Success", ActionID=ATTEMPT) is None


@pytest.mark.parametrize(
    ("context", "exten", "number", "reason"),
    [
        ("from-trunk", "08001234567", "08001234567", ""),
        ("queue-left", "left_callback_key", "", "callback_key"),
        ("queue-left", "left_overflow", "", "overflow"),
        ("target-failed", "transfer_failed", "", "transfer_failed"),
        ("after-talk", "after_call", "", "after_call"),
    ],
)
def test_an_offered_dialogue_says_whether_and_from_where_the_caller_comes_back(
    context: str, exten: str, number: str, reason: str
) -> None:
    told = fact_of("AsyncAGIStart", Channel=TRUNK, Uniqueid=UNIQUE, Context=context, Exten=exten)
    assert isinstance(told, DialogueOffered)
    assert (told.number_called, told.reason) == (number, reason)


def test_the_key_that_only_we_press_is_no_key_of_the_caller() -> None:
    for digit, kind in (("D", type(None)), ("A", DigitPressed), ("7", DigitPressed)):
        told = fact_of("DTMFEnd", Channel=TRUNK, Uniqueid=UNIQUE, Direction="Received", Digit=digit)
        assert isinstance(told, kind)


def test_a_target_that_did_not_take_the_caller_says_why() -> None:
    told = fact_of("UserEvent", UserEvent="TransferFailed", Uniqueid=UNIQUE, Target="gerencia",
                   Status="BUSY")  # fmt: skip
    assert isinstance(told, TransferFailed)
    assert (told.call_id, told.target, told.status) == (UNIQUE, "gerencia", "BUSY")


def test_leaving_a_queue_says_nothing_of_why() -> None:
    """Trap 19: giving up and running out of time look alike; the dialplan tells them apart."""
    told = fact_of("QueueCallerAbandon", Uniqueid=UNIQUE, Queue="soporte", Position="1")
    assert isinstance(told, QueueLeft)
    gave_up = fact_of(
        "UserEvent", UserEvent="QueueGaveUp", Uniqueid=UNIQUE, Queue="soporte", Status="TIMEOUT"
    )
    assert isinstance(gave_up, QueueGaveUp)


#: the helper that listens beside an answered call
JUDGE = "Local/judge_attempt-a@machine-judge-00000001;2"


@pytest.mark.parametrize(
    ("status", "verdict"), [("MACHINE", "machine"), ("HUMAN", "human"), ("NOTSURE", "unsure")]
)
def test_a_verdict_is_of_the_call_that_was_listened_to(status: str, verdict: str) -> None:
    told = fact_of(
        "UserEvent", UserEvent="MachineJudged", Channel=JUDGE, Uniqueid=UNIQUE, Of=ATTEMPT,
        Status=status, Cause="LONGGREETING-2820-2800\u202e",
    )  # fmt: skip
    assert isinstance(told, MachineJudged)
    assert (told.call_id, told.verdict) == (ATTEMPT, verdict)
    assert told.cause == "LONGGREETING-2820-2800"


def test_who_hung_up_meanwhile_was_not_judged_and_strangers_are_not_either() -> None:
    def told(of: str, status: str) -> Fact | None:
        return fact_of(
            "UserEvent", UserEvent="MachineJudged", Channel=JUDGE, Uniqueid=UNIQUE, Of=of,
            Status=status,
        )  # fmt: skip

    assert [told(ATTEMPT, status) for status in ("HANGUP", "", "x")] == [None] * 3
    strangers = ("", UNIQUE, "attempt-x y", "line-1001-abc")
    assert [told(of, "MACHINE") for of in strangers] == [None] * 4


def test_a_helpers_channels_are_noise() -> None:
    """Also when Asterisk names the called number or the attempt in them."""
    for end in ("1", "2"):
        channel = f"{JUDGE[:-1]}{end}"
        for event in ("Newchannel", "Newstate", "HangupRequest", "Hangup"):
            told = fact_of(
                event, Channel=channel, Uniqueid=UNIQUE, Context="machine-judge",
                Exten=f"judge_{ATTEMPT}", ChannelState="6", Cause="16",
            )  # fmt: skip
            assert told is None


def test_a_message_was_left() -> None:
    told = fact_of("UserEvent", UserEvent="MessageLeft", Channel=TRUNK, Uniqueid=ATTEMPT)
    assert isinstance(told, MessageLeft)
    assert told.call_id == ATTEMPT
