"""Supervisors as Asterisk tells of them: facts, whose channel is spied on, and places in a line."""

from __future__ import annotations

import pytest

from ami.message import RawMessage
from ami.supervision import priority_at, talking_channel
from ami.translate import Translator
from calls.events import (
    AgentKeyPressed,
    SupervisionEnded,
    SupervisionStarted,
    SupervisorUnreached,
)
from tests.unit.asterisk_events import TRUNK, UNIQUE, fact_of

LISTENING = "listen-1011-0123456789ab"
TOLD = {
    "Channel": "PJSIP/1011-00000009", "Uniqueid": LISTENING, "Call": UNIQUE, "Agent": "1001",
    "Phone": "1011", "Mode": "whisper", "By": "0f" * 16,
}  # fmt: skip


@pytest.mark.parametrize("kind", [SupervisionStarted, SupervisionEnded])
def test_who_hears_whom_is_told(kind: type[SupervisionStarted | SupervisionEnded]) -> None:
    told = fact_of("UserEvent", None, UserEvent=kind.__name__, **TOLD)
    assert isinstance(told, kind)
    assert (told.call_id, told.agent, told.phone) == (UNIQUE, "1001", "1011")
    assert (told.mode, told.by) == ("whisper", "0f" * 16)


@pytest.mark.parametrize(
    "damage", [{"Call": "a b"}, {"Mode": "shout"}, {"By": ""}, {"Agent": "../1"}, {"Phone": "\n"}]
)
def test_what_is_damaged_is_counted(damage: dict[str, str]) -> None:
    translator = Translator("pbx1")
    told = fact_of("UserEvent", translator, UserEvent="SupervisionStarted", **{**TOLD, **damage})
    assert told is None
    assert translator.unfit == {"UserEvent": 1}


def test_a_phone_that_did_not_answer() -> None:
    told = fact_of("OriginateResponse", ActionID=LISTENING, Response="Failure", Reason="3")
    assert isinstance(told, SupervisorUnreached)
    assert (told.phone, told.channel_id) == ("1011", LISTENING)
    assert fact_of("OriginateResponse", ActionID=LISTENING, Response="Success") is None


def test_a_phone_that_listens_is_no_call_and_no_agent() -> None:
    of_it = {"Channel": "PJSIP/1011-00000009", "Uniqueid": LISTENING}
    for event, more in (
        ("Newchannel", {"Context": "from-agent", "Exten": ""}),
        ("Newstate", {"ChannelState": "6"}),
        ("HangupRequest", {"Cause": "16"}),
        ("Hangup", {"Cause": "16"}),
        ("DTMFEnd", {"Digit": "5", "Direction": "Received"}),
        ("Hold", {}),
    ):
        assert fact_of(event, None, **of_it, **more) is None, event
    at_work = {"Channel": "PJSIP/1011-00000008", "Uniqueid": "line-1011-0123456789ab"}
    pressed = fact_of("DTMFEnd", None, **at_work, Digit="5", Direction="Received")
    assert isinstance(pressed, AgentKeyPressed)


def _channel(name: str, unique: str, bridge: str) -> RawMessage:
    return RawMessage([("Channel", name), ("Uniqueid", unique), ("BridgeId", bridge)])


CUSTOMER = _channel(TRUNK, UNIQUE, "b1")


def test_the_agents_channel_in_the_talk_is_heard() -> None:
    other = _channel("PJSIP/1001-00000002", "pbx1-1.2", "b2")
    line = _channel("PJSIP/1001-00000003", "line-1001-0123456789ab", "b1")
    spy = _channel("PJSIP/1001-00000004", "listen-1001-0123456789ab", "b1")
    assert talking_channel([spy, other, line, CUSTOMER], "1001", UNIQUE) == line.get("Uniqueid")
    # the way through the queue's helper is not shortened yet
    assert talking_channel([other, CUSTOMER], "1001", UNIQUE) == "pbx1-1.2"


def test_who_does_not_talk_is_not_heard() -> None:
    idle = _channel("PJSIP/1001-00000003", "line-1001-0123456789ab", "")
    longer = _channel("PJSIP/10015-00000003", "line-10015-0123456789ab", "b1")
    assert talking_channel([idle, longer, CUSTOMER], "1001", UNIQUE) is None
    line = _channel("PJSIP/1001-00000003", "line-1001-0123456789ab", "b1")
    assert talking_channel([line], "1001", UNIQUE) is None, "the customer is gone"
    waiting = _channel(TRUNK, UNIQUE, "")
    assert talking_channel([line, waiting], "1001", UNIQUE) is None


def _entry(position: int, unique: str, priority: int) -> RawMessage:
    return RawMessage(
        [("Event", "QueueEntry"), ("Position", str(position)), ("Uniqueid", unique),
         ("Priority", str(priority))]
    )  # fmt: skip


LINE = [_entry(1, "a", 9), _entry(2, "b", 5), _entry(3, "c", 5), _entry(4, "d", 0)]


@pytest.mark.parametrize(
    ("who", "position", "priority"),
    [
        ("d", 1, 9), ("d", 2, 5), ("d", 3, 5), ("d", 4, 5),
        ("a", 1, 5), ("a", 2, 5), ("a", 3, 0), ("a", 99, 0), ("x", 1, None),
    ],
)  # fmt: skip
def test_who_gets_a_place_gets_the_priority_of_whoever_has_it(
    who: str, position: int, priority: int | None
) -> None:
    assert priority_at(LINE, who, position) == priority


def test_who_is_alone_in_the_line_keeps_the_priority() -> None:
    assert priority_at([_entry(1, "a", 7)], "a", 1) == 7
