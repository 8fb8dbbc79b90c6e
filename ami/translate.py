"""From Asterisk's raw events to our facts: the only place that knows Asterisk's event names.

Pure. Whatever does not name one of our channels, or is damaged, gives no fact and is counted.
Customers' channels are those of the endpoint `trunk`; agents' are those of endpoints made of
digits; `Local/` halves are noise. Linked ids are never looked at (lab notes, trap 15).
"""

from __future__ import annotations

import logging
import re
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Protocol

from calls.events import (
    ATTEMPT_PREFIX,
    LINE_PREFIX,
    AgentCodeDialed,
    AgentConnected,
    AgentDeviceChanged,
    AgentKeyPressed,
    AgentLineDown,
    AgentLineUp,
    AgentMissed,
    AgentOffered,
    AgentReleased,
    CallAnswered,
    CallArrived,
    CallDialed,
    CallEnded,
    CallFellBack,
    CallRang,
    DialogueClosed,
    DialogueOffered,
    DialRefused,
    DigitPressed,
    Fact,
    HangUpAsked,
    HoldEnded,
    HoldStarted,
    QueueGaveUp,
    QueueJoined,
    QueueLeft,
    SafeHarbourPlayed,
)

log = logging.getLogger(__name__)

TRUNK_CONTEXT = "from-trunk"
_TRUNK_CHANNEL = "PJSIP/trunk-"
_AGENT_CHANNEL = re.compile(r"^PJSIP/([0-9]{3,6})-")
_CHANNEL_ID = re.compile(r"^[A-Za-z0-9._-]{1,80}$")
_NAME = re.compile(r"^[A-Za-z0-9_-]{1,40}$")
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufffd]")
_ENDED_BY = {"agent": "agent", "caller": "customer", "transfer": "transfer"}


class Raw(Protocol):
    """An event as the link delivers it."""

    def get(self, name: str, default: str = "") -> str:
        """The header's value, or the default."""


class _UnfitError(ValueError):
    """A header is missing or is not what it should be."""


def _channel_id(raw: Raw) -> str:
    value = raw.get("Uniqueid")
    if not _CHANNEL_ID.match(value):
        raise _UnfitError("Uniqueid")
    return value


def _name(raw: Raw, header: str) -> str:
    value = raw.get(header)
    if not _NAME.match(value):
        raise _UnfitError(header)
    return value


def _number(raw: Raw, header: str) -> int:
    value = raw.get(header, "0")
    if not (value.isascii() and value.isdigit() and len(value) < 10):
        raise _UnfitError(header)
    return int(value)


def phone_digits(value: str) -> str:
    """A number from outside as digits (with a leading plus kept), at most 32 characters."""
    kept = "".join(sign for sign in value if sign in "0123456789")[:32]
    return f"+{kept}" if value.startswith("+") and kept else kept


def person_name(value: str) -> str:
    """A name from outside without control and direction characters, at most 80 characters."""
    return "" if value == "<unknown>" else _UNPRINTABLE.sub("", value)[:80].strip()


def happened_at(raw: Raw) -> datetime | None:
    """Asterisk's own time of an event (`timestampevents = yes`), UTC."""
    try:
        return datetime.fromtimestamp(float(raw.get("Timestamp")), UTC)
    except (ValueError, OverflowError, OSError):
        return None


class Translator:
    """Raw events in, facts out. Remembers only which customer each agent talks to."""

    def __init__(self, pbx: str) -> None:
        self._pbx = pbx
        self._talking: dict[str, str] = {}
        #: events that named one of our subjects but could not be understood, by event name
        self.unfit: Counter[str] = Counter()

    def facts(self, raw: Raw, now: datetime) -> list[Fact]:
        """The facts an event tells; `now` is used when the event carries no time of its own."""
        name = raw.get("Event")
        translate = _TRANSLATIONS.get(name)
        if translate is None:
            return []
        try:
            fact = translate(self, raw, happened_at(raw) or now)
        except _UnfitError as error:
            self.unfit[name] += 1
            log.debug("%s of %s: %s is not understood", name, raw.get("Uniqueid"), error)
            return []
        return [fact] if fact is not None else []

    def knows_talk(self, agent: str, call_id: str) -> None:
        """A snapshot told who talks to whom."""
        self._talking[agent] = call_id

    # --- channels

    def _new_channel(self, raw: Raw, at: datetime) -> Fact | None:
        call_id = _channel_id(raw)
        if call_id.startswith(ATTEMPT_PREFIX):
            return CallDialed(at=at, pbx=self._pbx, call_id=call_id)
        if not _of_customer(raw) or raw.get("Context") != TRUNK_CONTEXT:
            return None
        return CallArrived(
            at=at,
            pbx=self._pbx,
            call_id=call_id,
            number_called=phone_digits(raw.get("Exten")),
            caller_number=phone_digits(raw.get("CallerIDNum")),
            caller_name=person_name(raw.get("CallerIDName")),
        )

    def _new_state(self, raw: Raw, at: datetime) -> Fact | None:
        if not _of_customer(raw):
            return None
        call_id = _channel_id(raw)
        match raw.get("ChannelState"):
            case "6":
                return CallAnswered(at=at, pbx=self._pbx, call_id=call_id)
            case "5":
                return CallRang(at=at, pbx=self._pbx, call_id=call_id)
            case _:
                return None

    def _hang_up_request(self, raw: Raw, at: datetime) -> Fact | None:
        if not _of_customer(raw):
            return None
        cause = _number(raw, "Cause")
        return HangUpAsked(at=at, pbx=self._pbx, call_id=_channel_id(raw), cause=cause)

    def _hang_up(self, raw: Raw, at: datetime) -> Fact | None:
        channel_id = _channel_id(raw)
        agent = _agent_of(raw)
        if agent is not None and channel_id.startswith(LINE_PREFIX):
            return AgentLineDown(at=at, pbx=self._pbx, agent=agent, reason="phone_hung_up")
        if not _of_customer(raw):
            return None
        tech = re.search(r"\b([1-6][0-9]{2})\b", raw.get("TechCause"))
        return CallEnded(
            at=at,
            pbx=self._pbx,
            call_id=channel_id,
            cause=_number(raw, "Cause"),
            sip_code=int(tech.group(1)) if tech else 0,
        )

    def _digit(self, raw: Raw, at: datetime) -> Fact | None:
        digit = raw.get("Digit")
        if raw.get("Direction") != "Received" or not re.fullmatch(r"[0-9*#A-D]", digit):
            return None
        agent = _agent_of(raw)
        if agent is not None:
            return AgentKeyPressed(at=at, pbx=self._pbx, agent=agent, digit=digit)
        if not _of_customer(raw):
            return None
        return DigitPressed(at=at, pbx=self._pbx, call_id=_channel_id(raw), digit=digit)

    def _hold(self, raw: Raw, at: datetime) -> Fact | None:
        call_id = self._talking.get(_agent_of(raw) or "")
        if call_id is None:
            return None
        kind = HoldStarted if raw.get("Event") == "Hold" else HoldEnded
        return kind(at=at, pbx=self._pbx, call_id=call_id)

    def _originate_response(self, raw: Raw, at: datetime) -> Fact | None:
        if raw.get("Response") != "Failure":
            return None
        order = raw.get("ActionID")
        reason = f"originate failed, reason {raw.get('Reason', '?')[:8]}"
        if order.startswith(ATTEMPT_PREFIX) and _CHANNEL_ID.match(order):
            return DialRefused(at=at, pbx=self._pbx, call_id=order, reason=reason)
        line = re.fullmatch(LINE_PREFIX + r"([0-9]{3,6})-[0-9a-f]+", order)
        if line:
            return AgentLineDown(
                at=at, pbx=self._pbx, agent=line.group(1), reason="phone_not_answered"
            )
        return None

    # --- the dialogue

    def _dialogue_start(self, raw: Raw, at: datetime) -> Fact | None:
        if not _of_customer(raw):
            return None
        number = phone_digits(raw.get("Exten"))
        return DialogueOffered(at=at, pbx=self._pbx, call_id=_channel_id(raw), number_called=number)

    def _dialogue_end(self, raw: Raw, at: datetime) -> Fact | None:
        if not _of_customer(raw):
            return None
        return DialogueClosed(at=at, pbx=self._pbx, call_id=_channel_id(raw))

    # --- queues

    def _queue_join(self, raw: Raw, at: datetime) -> Fact | None:
        return QueueJoined(
            at=at,
            pbx=self._pbx,
            call_id=_channel_id(raw),
            queue=_name(raw, "Queue"),
            position=_number(raw, "Position"),
        )

    def _queue_abandon(self, raw: Raw, at: datetime) -> Fact | None:
        queue = _name(raw, "Queue")
        return QueueLeft(at=at, pbx=self._pbx, call_id=_channel_id(raw), queue=queue)

    def _offered(self, raw: Raw, at: datetime) -> Fact | None:
        return AgentOffered(
            at=at, pbx=self._pbx, call_id=_channel_id(raw), queue=_name(raw, "Queue"),
            agent=_name(raw, "MemberName"),
        )  # fmt: skip

    def _missed(self, raw: Raw, at: datetime) -> Fact | None:
        return AgentMissed(
            at=at, pbx=self._pbx, call_id=_channel_id(raw), queue=_name(raw, "Queue"),
            agent=_name(raw, "MemberName"),
        )  # fmt: skip

    def _connected(self, raw: Raw, at: datetime) -> Fact | None:
        call_id, agent = _channel_id(raw), _name(raw, "MemberName")
        self._talking[agent] = call_id
        queue = _name(raw, "Queue")
        return AgentConnected(at=at, pbx=self._pbx, call_id=call_id, queue=queue, agent=agent)

    def _released(self, raw: Raw, at: datetime) -> Fact | None:
        agent = _name(raw, "MemberName")
        self._talking.pop(agent, None)
        return AgentReleased(
            at=at,
            pbx=self._pbx,
            call_id=_channel_id(raw),
            queue=_name(raw, "Queue"),
            agent=agent,
            ended_by=_ENDED_BY.get(raw.get("Reason").lower(), "unknown"),
        )

    # --- agents

    def _member_status(self, raw: Raw, at: datetime) -> Fact | None:
        return AgentDeviceChanged(
            at=at,
            pbx=self._pbx,
            agent=_name(raw, "MemberName"),
            queue=_name(raw, "Queue"),
            status=_number(raw, "Status"),
            paused=raw.get("Paused") == "1",
            pause_reason=raw.get("PausedReason")[:40],
        )

    def _agent_login(self, raw: Raw, at: datetime) -> Fact | None:
        return AgentLineUp(at=at, pbx=self._pbx, agent=_name(raw, "Agent"))

    def _agent_logoff(self, raw: Raw, at: datetime) -> Fact | None:
        agent = _name(raw, "Agent")
        return AgentLineDown(at=at, pbx=self._pbx, agent=agent, reason="line_released")

    # --- what our own dialplan says

    def _user_event(self, raw: Raw, at: datetime) -> Fact | None:
        match raw.get("UserEvent"):
            case "CallFellBack":
                reason = raw.get("Reason")[:40]
                return CallFellBack(at=at, pbx=self._pbx, call_id=_channel_id(raw), reason=reason)
            case "QueueGaveUp":
                return QueueGaveUp(
                    at=at, pbx=self._pbx, call_id=_channel_id(raw), queue=_name(raw, "Queue"),
                    status=raw.get("Status")[:40] or "UNKNOWN",
                )  # fmt: skip
            case "SafeHarbourPlayed":
                return SafeHarbourPlayed(at=at, pbx=self._pbx, call_id=_channel_id(raw))
            case "AgentCode":
                code = re.sub(r"[^0-9*]", "", raw.get("Code"))[:8]
                return AgentCodeDialed(
                    at=at, pbx=self._pbx, agent=_name(raw, "Agent"), code=code,
                    channel_id=_channel_id(raw),
                )  # fmt: skip
            case _:
                return None


def _of_customer(raw: Raw) -> bool:
    return raw.get("Channel").startswith(_TRUNK_CHANNEL)


def _agent_of(raw: Raw) -> str | None:
    match = _AGENT_CHANNEL.match(raw.get("Channel"))
    return match.group(1) if match else None


#: everything we listen to; what is not here is not even looked at
_TRANSLATIONS: dict[str, Callable[[Translator, Raw, datetime], Fact | None]] = {
    "Newchannel": Translator._new_channel,
    "Newstate": Translator._new_state,
    "HangupRequest": Translator._hang_up_request,
    "Hangup": Translator._hang_up,
    "DTMFEnd": Translator._digit,
    "Hold": Translator._hold,
    "Unhold": Translator._hold,
    "OriginateResponse": Translator._originate_response,
    "AsyncAGIStart": Translator._dialogue_start,
    "AsyncAGIEnd": Translator._dialogue_end,
    "QueueCallerJoin": Translator._queue_join,
    "QueueCallerAbandon": Translator._queue_abandon,
    "AgentCalled": Translator._offered,
    "AgentRingNoAnswer": Translator._missed,
    "AgentConnect": Translator._connected,
    "AgentComplete": Translator._released,
    "QueueMemberStatus": Translator._member_status,
    "QueueMemberPause": Translator._member_status,
    "QueueMemberAdded": Translator._member_status,
    "AgentLogin": Translator._agent_login,
    "AgentLogoff": Translator._agent_logoff,
    "UserEvent": Translator._user_event,
}
