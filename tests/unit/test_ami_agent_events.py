"""What Asterisk really sends about agents (lab notes) becomes the right fact, or none."""

from __future__ import annotations

from typing import Any

from ami.translate import Translator
from calls.events import (
    AgentConnected,
    AgentDeviceChanged,
    AgentKeyPressed,
    AgentLineDown,
    AgentLineUp,
    AgentReleased,
    CallDialed,
    DigitPressed,
    HoldEnded,
    HoldStarted,
)
from tests.unit.asterisk_events import ATTEMPT, TRUNK, UNIQUE, fact_of


def test_an_attempts_channel_is_known_by_the_id_we_chose_not_by_its_linkedid() -> None:
    """Trap 15: the linked id of a call that meets a held agent is the agent's."""
    told = fact_of("Newchannel", Channel=TRUNK, Uniqueid=ATTEMPT, Linkedid="line-1001-abc")
    assert isinstance(told, CallDialed)
    connected = fact_of(
        "AgentConnect", Uniqueid=ATTEMPT, Linkedid="line-1001-abc", Queue="salida",
        MemberName="1001", Interface="Local/1001@agents", DestChannel="Local/1001@agents-1;1",
    )  # fmt: skip
    released = fact_of(
        "AgentComplete", Uniqueid=ATTEMPT, Linkedid="line-1001-abc", Queue="salida",
        MemberName="1001", Interface="Local/1001@agents", DestChannel="PJSIP/1001-00000001",
        Reason="caller",
    )  # fmt: skip
    # trap 16: connect and complete name different channels for the agent
    assert isinstance(connected, AgentConnected)
    assert isinstance(released, AgentReleased)
    assert (connected.call_id, connected.agent) == (released.call_id, released.agent)
    assert released.ended_by == "customer"


def test_a_talk_that_was_passed_on_says_where_to() -> None:
    said: dict[str, str] = {
        "UserEvent": "AgentReleased", "Uniqueid": UNIQUE, "Queue": "soporte", "MemberName": "1001",
        "Reason": "transfer",
    }  # fmt: skip
    for passed_to in ("queue_ventas", "target_gerencia_2", ""):
        told = fact_of("UserEvent", None, **said, PassedTo=passed_to)
        assert isinstance(told, AgentReleased)
        assert (told.ended_by, told.passed_to) == ("transfer", passed_to)
    for wrong in ("ventas", "queue_", "queue_a|b", "own_1001"):
        assert fact_of("UserEvent", None, **said, PassedTo=wrong) is None


def test_an_agent_whose_phone_does_not_answer_is_told_by_the_order_id() -> None:
    told = fact_of("OriginateResponse", Response="Failure", ActionID="line-1001-0a1b2c", Reason="3")
    assert isinstance(told, AgentLineDown)
    assert (told.agent, told.reason) == ("1001", "phone_not_answered")
    assert told.line_id == "line-1001-0a1b2c"


def test_of_which_channel_a_line_is_and_which_one_is_left() -> None:
    """A phone that rings for the line can get on it by dialing: those are two channels."""
    dialed: dict[str, Any] = {
        "Agent": "1001", "Channel": "PJSIP/1001-02", "Uniqueid": UNIQUE,
    }  # fmt: skip
    up, off = fact_of("AgentLogin", **dialed), fact_of("AgentLogoff", **dialed)
    rung = fact_of("Hangup", Channel="PJSIP/1001-01", Uniqueid="line-1001-0a1b2c", Cause="17")
    assert isinstance(up, AgentLineUp)
    assert isinstance(off, AgentLineDown)
    assert isinstance(rung, AgentLineDown)
    assert (up.line_id, off.line_id, rung.line_id) == (UNIQUE, UNIQUE, "line-1001-0a1b2c")


def test_keys_of_customers_and_of_agents_are_told_apart_and_only_once() -> None:
    customer = fact_of("DTMFEnd", Channel=TRUNK, Uniqueid=UNIQUE, Digit="5", Direction="Received")
    agent = fact_of(
        "DTMFEnd", Channel="PJSIP/1001-01", Uniqueid="line-1001-a", Digit="*", Direction="Received"
    )
    assert isinstance(customer, DigitPressed)
    assert isinstance(agent, AgentKeyPressed)
    assert not customer.durable
    assert fact_of("DTMFEnd", Channel=TRUNK, Uniqueid=UNIQUE, Digit="5", Direction="Sent") is None
    begun = fact_of("DTMFBegin", Channel=TRUNK, Uniqueid=UNIQUE, Digit="5", Direction="Received")
    assert begun is None


def test_hold_by_the_agents_phone_is_hold_of_the_customers_call() -> None:
    translator = Translator("pbx1")
    assert fact_of("Hold", translator, Channel="PJSIP/1001-01", Uniqueid="line-1001-a") is None
    fact_of("AgentConnect", translator, Uniqueid=UNIQUE, Queue="soporte", MemberName="1001")
    held = fact_of("Hold", translator, Channel="PJSIP/1001-01", Uniqueid="line-1001-a")
    taken = fact_of("Unhold", translator, Channel="PJSIP/1001-01", Uniqueid="line-1001-a")
    assert isinstance(held, HoldStarted)
    assert isinstance(taken, HoldEnded)
    assert held.call_id == taken.call_id == UNIQUE


def test_logging_in_is_not_being_available() -> None:
    """Trap 12: five seconds lie between; only the member's status makes an agent free."""
    assert isinstance(fact_of("AgentLogin", Agent="1001", Channel="PJSIP/1001-01"), AgentLineUp)
    free = fact_of("QueueMemberStatus", MemberName="1001", Queue="soporte", Status="1", Paused="0")
    assert isinstance(free, AgentDeviceChanged)
    assert (free.status, free.paused) == (1, False)
