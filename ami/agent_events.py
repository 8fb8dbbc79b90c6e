"""What Asterisk's events tell of agents, their phones and their talks: one reader for each fact.

Pure. A reader answers None when the event speaks of something else, and raises `UnfitError` when
it speaks of an agent and cannot be understood.
"""

from __future__ import annotations

import re

from ami.headers import AsteriskEvent, UnfitError
from calls.events import (
    LINE_PREFIX,
    LISTEN_PREFIX,
    AgentCodeDialed,
    AgentConnected,
    AgentDeviceChanged,
    AgentKeyPressed,
    AgentLineDown,
    AgentLineUp,
    AgentMissed,
    AgentOffered,
    AgentReleased,
    Fact,
    HoldEnded,
    HoldStarted,
)

_LINE_ORDER = re.compile(LINE_PREFIX + r"([0-9]{3,6})-[0-9a-f]+")
#: who ended the talk, by Asterisk's word for it (`Reason`)
_ENDED_BY = {"agent": "agent", "caller": "customer", "transfer": "transfer"}
_PASSED_TO = re.compile(r"(queue|target)_[a-z][a-z0-9_]{0,30}")

# --- the phone --------------------------------------------------------------------------------


def line_up(event: AsteriskEvent) -> Fact | None:
    """`AgentLogin`."""
    return AgentLineUp(
        at=event.at, pbx=event.pbx, agent=event.name("Agent"), line_id=_line_of(event)
    )


def line_released(event: AsteriskEvent) -> Fact | None:
    """`AgentLogoff`."""
    return AgentLineDown(
        at=event.at, pbx=event.pbx, agent=event.name("Agent"), reason="line_released",
        line_id=_line_of(event),
    )  # fmt: skip


def line_hung_up(event: AsteriskEvent) -> Fact | None:
    """`Hangup` of the phone that was held."""
    agent = event.phone_of
    if agent is None or not event.channel_id.startswith(LINE_PREFIX):
        return None
    return AgentLineDown(
        at=event.at, pbx=event.pbx, agent=agent, reason="phone_hung_up", line_id=event.channel_id
    )


def line_not_answered(event: AsteriskEvent) -> Fact | None:
    """`OriginateResponse` for a phone that we called; the order's id names the agent."""
    order = _LINE_ORDER.fullmatch(event.text("ActionID"))
    if order is None or event.text("Response") != "Failure":
        return None
    return AgentLineDown(
        at=event.at, pbx=event.pbx, agent=order.group(1), reason="phone_not_answered",
        line_id=order.group(),
    )  # fmt: skip


def _line_of(event: AsteriskEvent) -> str:
    return event.channel_id if event.text("Uniqueid") else ""


def device_changed(event: AsteriskEvent) -> Fact | None:
    """`QueueMemberStatus`, `QueueMemberPause`, `QueueMemberAdded`: once for each queue."""
    return AgentDeviceChanged(
        at=event.at,
        pbx=event.pbx,
        agent=event.name("MemberName"),
        queue=event.name("Queue"),
        status=event.number("Status"),
        paused=event.text("Paused") == "1",
        pause_reason=event.text("PausedReason")[:40],
    )


# --- keys and codes ---------------------------------------------------------------------------


def key_pressed(event: AsteriskEvent) -> Fact | None:
    """`DTMFEnd` of an agent's phone; of one that a supervisor listens with it means nothing."""
    digit, agent = event.received_key, event.phone_of
    if digit is None or agent is None or event.channel_id.startswith(LISTEN_PREFIX):
        return None
    return AgentKeyPressed(at=event.at, pbx=event.pbx, agent=agent, digit=digit)


def code_dialed(event: AsteriskEvent) -> Fact | None:
    """The dialplan's `AgentCode`."""
    return AgentCodeDialed(
        at=event.at,
        pbx=event.pbx,
        agent=event.name("Agent"),
        code=re.sub(r"[^0-9*]", "", event.text("Code"))[:8],
        channel_id=event.channel_id,
    )


# --- the talk ---------------------------------------------------------------------------------


def offered(event: AsteriskEvent) -> Fact | None:
    """`AgentCalled`."""
    return _meeting(AgentOffered, event)


def missed(event: AsteriskEvent) -> Fact | None:
    """`AgentRingNoAnswer`."""
    return _meeting(AgentMissed, event)


def connected(event: AsteriskEvent) -> Fact | None:
    """`AgentConnect`."""
    return _meeting(AgentConnected, event)


def released(event: AsteriskEvent) -> Fact | None:
    """`AgentComplete`, and the dialplan's `AgentReleased` of a caller who stays."""
    passed_to = event.text("PassedTo")
    if passed_to and not _PASSED_TO.fullmatch(passed_to):
        raise UnfitError("PassedTo")
    return AgentReleased(
        at=event.at,
        pbx=event.pbx,
        call_id=event.channel_id,
        queue=event.name("Queue"),
        agent=event.name("MemberName"),
        ended_by=_ENDED_BY.get(event.text("Reason").lower(), "unknown"),
        passed_to=passed_to,
    )


def hold_started(event: AsteriskEvent) -> Fact | None:
    """`Hold` of an agent's phone: the customer hears music."""
    return _hold(HoldStarted, event)


def hold_ended(event: AsteriskEvent) -> Fact | None:
    """`Unhold` of an agent's phone."""
    return _hold(HoldEnded, event)


def _meeting(kind: type[AgentOffered | AgentMissed | AgentConnected], event: AsteriskEvent) -> Fact:
    return kind(
        at=event.at,
        pbx=event.pbx,
        call_id=event.channel_id,
        queue=event.name("Queue"),
        agent=event.name("MemberName"),
    )


def _hold(kind: type[HoldStarted | HoldEnded], event: AsteriskEvent) -> Fact | None:
    call_id = event.talking.get(event.phone_of or "")
    return kind(at=event.at, pbx=event.pbx, call_id=call_id) if call_id is not None else None
