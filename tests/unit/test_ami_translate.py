"""What Asterisk really sends (lab notes) becomes the right fact, or none, and never an error."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ami.message import RawMessage
from ami.translate import Translator, person_name, phone_digits
from calls.call import after, begin
from calls.events import (
    AgentConnected,
    AgentDeviceChanged,
    AgentKeyPressed,
    AgentLineDown,
    AgentLineUp,
    AgentReleased,
    AttemptStarted,
    CallAnswered,
    CallArrived,
    CallDialed,
    CallEnded,
    CallRang,
    DialRefused,
    DigitPressed,
    Fact,
    HoldEnded,
    HoldStarted,
    QueueJoined,
    QueueLeft,
)
from calls.states import CallState
from tests.unit.facts import at, fact

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
TRUNK = "PJSIP/trunk-00000001"
UNIQUE = "pbx1-1772366400.7"
ATTEMPT = "attempt-" + "a" * 32
STAMP = "1772366400.250000"


def _facts(event: str, translator: Translator | None = None, **headers: str) -> list[Fact]:
    fields = {"Event": event, "Timestamp": STAMP, **headers}
    raw = RawMessage([(name.replace("_", "-"), value) for name, value in fields.items()])
    return (translator or Translator("pbx1")).facts(raw, NOW)


def _fact(event: str, translator: Translator | None = None, **headers: str) -> Fact:
    (one,) = _facts(event, translator, **headers)
    return one


def test_a_subscribers_channel_arrives_with_numbers_and_name_made_harmless() -> None:
    told = _fact(
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
    assert _facts("Newchannel", Channel=channel, Uniqueid=UNIQUE, Context="from-trunk") == []
    assert _facts("Newstate", Channel=channel, Uniqueid=UNIQUE, ChannelState="6") == []
    assert _facts("Hangup", Channel=channel, Uniqueid=UNIQUE, Cause="16") == []


def test_an_attempts_channel_is_known_by_the_id_we_chose_not_by_its_linkedid() -> None:
    """Trap 15: the linked id of a call that meets a held agent is the agent's."""
    told = _fact("Newchannel", Channel=TRUNK, Uniqueid=ATTEMPT, Linkedid="line-1001-abc")
    assert isinstance(told, CallDialed)
    connected = _fact(
        "AgentConnect", Uniqueid=ATTEMPT, Linkedid="line-1001-abc", Queue="salida",
        MemberName="1001", Interface="Local/1001@agents", DestChannel="Local/1001@agents-1;1",
    )  # fmt: skip
    released = _fact(
        "AgentComplete", Uniqueid=ATTEMPT, Linkedid="line-1001-abc", Queue="salida",
        MemberName="1001", Interface="Local/1001@agents", DestChannel="PJSIP/1001-00000001",
        Reason="caller",
    )  # fmt: skip
    # trap 16: connect and complete name different channels for the agent
    assert isinstance(connected, AgentConnected)
    assert isinstance(released, AgentReleased)
    assert (connected.call_id, connected.agent) == (released.call_id, released.agent)
    assert released.ended_by == "customer"


def test_answer_and_ringing_come_from_the_channels_state() -> None:
    states = {"6": CallAnswered, "5": CallRang}
    for state, kind in states.items():
        assert isinstance(
            _fact("Newstate", Channel=TRUNK, Uniqueid=UNIQUE, ChannelState=state), kind
        )
    # trap 6: a 183 shows as progress only; there is no Newstate 6 for it
    assert _facts("DialState", Channel=TRUNK, Uniqueid=UNIQUE, DialStatus="PROGRESS") == []


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
    told = _fact("Hangup", Channel=TRUNK, Uniqueid=ATTEMPT, Cause=cause, TechCause=tech)
    assert isinstance(told, CallEnded)
    assert (told.cause, told.sip_code) == (int(cause), sip_code)


def test_an_originate_response_is_a_fact_in_either_order_with_the_hangup() -> None:
    """Traps 1 and 2: it is an event, and may come before or after the hang-up."""
    refused = _fact(
        "OriginateResponse", Response="Failure", ActionID=ATTEMPT, Reason="0", Uniqueid=ATTEMPT
    )
    ended = _fact("Hangup", Channel=TRUNK, Uniqueid=ATTEMPT, Cause="1", TechCause="404")
    dialed = _fact("Newchannel", Channel=TRUNK, Uniqueid=ATTEMPT)
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
    told = _fact("OriginateResponse", Response="Failure", ActionID=ATTEMPT, Uniqueid="<unknown>")
    assert isinstance(told, DialRefused)
    assert told.call_id == ATTEMPT
    assert _facts("OriginateResponse", Response="Success", ActionID=ATTEMPT) == []


def test_an_agent_whose_phone_does_not_answer_is_told_by_the_order_id() -> None:
    told = _fact("OriginateResponse", Response="Failure", ActionID="line-1001-0a1b2c", Reason="3")
    assert isinstance(told, AgentLineDown)
    assert (told.agent, told.reason) == ("1001", "phone_not_answered")


def test_keys_of_customers_and_of_agents_are_told_apart_and_only_once() -> None:
    customer = _fact("DTMFEnd", Channel=TRUNK, Uniqueid=UNIQUE, Digit="5", Direction="Received")
    agent = _fact("DTMFEnd", Channel="PJSIP/1001-01", Uniqueid="line-1001-a", Digit="*",
                  Direction="Received")  # fmt: skip
    assert isinstance(customer, DigitPressed)
    assert isinstance(agent, AgentKeyPressed)
    assert not customer.durable
    assert _facts("DTMFEnd", Channel=TRUNK, Uniqueid=UNIQUE, Digit="5", Direction="Sent") == []
    assert (
        _facts("DTMFBegin", Channel=TRUNK, Uniqueid=UNIQUE, Digit="5", Direction="Received") == []
    )


def test_hold_by_the_agents_phone_is_hold_of_the_customers_call() -> None:
    translator = Translator("pbx1")
    assert _facts("Hold", translator, Channel="PJSIP/1001-01", Uniqueid="line-1001-a") == []
    _fact("AgentConnect", translator, Uniqueid=UNIQUE, Queue="soporte", MemberName="1001")
    held = _fact("Hold", translator, Channel="PJSIP/1001-01", Uniqueid="line-1001-a")
    taken = _fact("Unhold", translator, Channel="PJSIP/1001-01", Uniqueid="line-1001-a")
    assert isinstance(held, HoldStarted)
    assert isinstance(taken, HoldEnded)
    assert held.call_id == taken.call_id == UNIQUE


def test_logging_in_is_not_being_available() -> None:
    """Trap 12: five seconds lie between; only the member's status makes an agent free."""
    assert isinstance(_fact("AgentLogin", Agent="1001", Channel="PJSIP/1001-01"), AgentLineUp)
    free = _fact("QueueMemberStatus", MemberName="1001", Queue="soporte", Status="1", Paused="0")
    assert isinstance(free, AgentDeviceChanged)
    assert (free.status, free.paused) == (1, False)


def test_leaving_a_queue_says_nothing_of_why() -> None:
    """Trap 19: giving up and running out of time look alike; the dialplan tells them apart."""
    told = _fact("QueueCallerAbandon", Uniqueid=UNIQUE, Queue="soporte", Position="1")
    assert isinstance(told, QueueLeft)
    gave_up = _facts(
        "UserEvent", UserEvent="QueueGaveUp", Uniqueid=UNIQUE, Queue="soporte", Status="TIMEOUT"
    )
    assert len(gave_up) == 1


def test_damaged_events_are_counted_and_lose_nothing_else() -> None:
    translator = Translator("pbx1")
    assert _facts("QueueCallerJoin", translator, Uniqueid="../../x y", Queue="soporte") == []
    assert _facts("QueueCallerJoin", translator, Uniqueid=UNIQUE, Queue="so\u0000porte") == []
    assert _facts("QueueCallerJoin", translator, Uniqueid=UNIQUE, Queue="s", Position="x") == []
    assert translator.unfit == {"QueueCallerJoin": 3}
    good = _fact("QueueCallerJoin", translator, Uniqueid=UNIQUE, Queue="soporte", Position="2")
    assert isinstance(good, QueueJoined)


HEADERS = [
    "Channel", "Uniqueid", "Context", "Exten", "CallerIDNum", "CallerIDName", "Queue", "MemberName",
    "Position", "Status", "Paused", "Agent", "Digit", "Direction", "Cause", "TechCause", "ActionID",
    "Response", "Reason", "UserEvent", "Code", "ChannelState", "Timestamp",
]  # fmt: skip
EVENTS = [
    "Newchannel", "Newstate", "Hangup", "HangupRequest", "DTMFEnd", "Hold", "OriginateResponse",
    "AsyncAGIStart", "AsyncAGIEnd", "QueueCallerJoin", "QueueCallerAbandon", "AgentCalled",
    "AgentConnect", "AgentComplete", "QueueMemberStatus", "AgentLogin", "AgentLogoff", "UserEvent",
]  # fmt: skip
VALUES = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        [TRUNK, UNIQUE, ATTEMPT, "PJSIP/1001-01", "soporte", "1", "QueueGaveUp", "9" * 40]
    ),
)


@given(
    st.sampled_from(EVENTS),
    st.dictionaries(st.sampled_from(HEADERS), VALUES, max_size=len(HEADERS)),
)
def test_nothing_asterisk_says_can_break_the_translator(
    event: str, headers: dict[str, str]
) -> None:
    raw = RawMessage([("Event", event), *headers.items()])
    for told in Translator("pbx1").facts(raw, at(0)):
        assert told.pbx == "pbx1"
        assert told.at.tzinfo is not None


@given(st.text(max_size=60))
def test_numbers_and_names_from_outside_are_tame(text: str) -> None:
    digits = phone_digits(text)
    assert len(digits) <= 33
    assert set(digits) <= set("+0123456789")
    assert "+" not in digits[1:]
    name = person_name(text)
    assert len(name) <= 80
    assert not set(name) & set("\r\n\x00\x1b\u202e\u2028")
