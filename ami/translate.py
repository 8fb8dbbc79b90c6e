"""From Asterisk's raw events to our facts: every event we listen to, and what each may tell.

Pure. An event that does not speak of our customers or agents gives no fact; one that does and is
damaged gives none either and is counted.
"""

from __future__ import annotations

import logging
from collections import Counter, deque
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import TypeAlias

from ami import agent_events, call_events, supervision_events
from ami.headers import AsteriskEvent, UnfitError
from ami.message import RawMessage
from calls.events import AgentConnected, AgentReleased, Fact

log = logging.getLogger(__name__)

_Reader: TypeAlias = Callable[[AsteriskEvent], Fact | None]

#: what is not here is not even looked at; of several readers the first that has a fact tells it
FROM_ASTERISK: Mapping[str, tuple[_Reader, ...]] = {
    "Newchannel": (call_events.call_dialed, call_events.call_arrived),
    "Newstate": (call_events.call_rang, call_events.call_answered),
    "DTMFEnd": (call_events.digit_pressed, agent_events.key_pressed),
    "HangupRequest": (call_events.hang_up_asked,),
    "Hangup": (call_events.call_ended, agent_events.line_hung_up),
    "OriginateResponse": (
        call_events.dial_refused,
        agent_events.line_not_answered,
        supervision_events.supervisor_unreached,
    ),
    "AsyncAGIStart": (call_events.dialogue_offered,),
    "AsyncAGIEnd": (call_events.dialogue_closed,),
    "QueueCallerJoin": (call_events.queue_joined,),
    "QueueCallerAbandon": (call_events.queue_left,),
    "AgentCalled": (agent_events.offered,),
    "AgentRingNoAnswer": (agent_events.missed,),
    "AgentConnect": (agent_events.connected,),
    "AgentComplete": (agent_events.released,),
    "Hold": (agent_events.hold_started,),
    "Unhold": (agent_events.hold_ended,),
    "QueueMemberStatus": (agent_events.device_changed,),
    "QueueMemberPause": (agent_events.device_changed,),
    "QueueMemberAdded": (agent_events.device_changed,),
    "AgentLogin": (agent_events.line_up,),
    "AgentLogoff": (agent_events.line_released,),
}

#: what our own dialplan says, each a `UserEvent` of Asterisk
FROM_OUR_DIALPLAN: Mapping[str, tuple[_Reader, ...]] = {
    "CallFellBack": (call_events.call_fell_back,),
    "QueueGaveUp": (call_events.queue_gave_up,),
    "TransferFailed": (call_events.transfer_failed,),
    "SafeHarbourPlayed": (call_events.safe_harbour_played,),
    "CallRecordingStarted": (call_events.call_recording_started,),
    "OptedOut": (call_events.opted_out,),
    "MachineJudged": (call_events.machine_judged,),
    "MessageLeft": (call_events.message_left,),
    "AgentCode": (agent_events.code_dialed,),
    "AgentReleased": (agent_events.released,),
    "SupervisionStarted": (supervision_events.supervision_started,),
    "SupervisionEnded": (supervision_events.supervision_ended,),
}


#: of so many talks we remember that their end has been told
_RELEASES = 1000


class Translator:
    """Raw events in, facts out. Remembers only who talks to whom, and whose talk has ended."""

    def __init__(self, pbx: str) -> None:
        self._pbx = pbx
        self._talking: dict[str, str] = {}
        self._released: deque[tuple[str, str]] = deque(maxlen=_RELEASES)
        #: events that named one of our subjects but could not be understood, by event name
        self.unfit: Counter[str] = Counter()

    def fact(self, message: RawMessage, now: datetime) -> Fact | None:
        """The fact an event tells; `now` is used when the event carries no time of its own."""
        readers = _readers(message)
        if not readers:
            return None
        at = _happened_at(message) or now
        event = AsteriskEvent(message, at, self._pbx, self._talking)
        try:
            fact = _first_fact(readers, event)
        except UnfitError as error:
            self.unfit[message.event] += 1
            unique_id = message.get("Uniqueid")
            log.debug("%s of %s: %s is not understood", message.event, unique_id, error)
            return None
        match fact:
            case AgentConnected():
                self._talking[fact.agent] = fact.call_id
            case AgentReleased():
                return self._first_release(fact)
        return fact

    def _first_release(self, fact: AgentReleased) -> Fact | None:
        """The dialplan tells the end of a talk at once, Asterisk when the caller goes."""
        talk = (fact.agent, fact.call_id)
        if self._talking.get(fact.agent) == fact.call_id:
            # a call that was taken from the agent tells its end when another is on the line
            del self._talking[fact.agent]
        elif talk in self._released:
            return None
        self._released.append(talk)
        return fact

    def knows_talk(self, agent: str, call_id: str) -> None:
        """A snapshot told who talks to whom."""
        self._talking[agent] = call_id


def _readers(message: RawMessage) -> tuple[_Reader, ...]:
    if message.event == "UserEvent":
        return FROM_OUR_DIALPLAN.get(message.get("UserEvent"), ())
    return FROM_ASTERISK.get(message.event, ())


def _first_fact(readers: tuple[_Reader, ...], event: AsteriskEvent) -> Fact | None:
    facts = (read(event) for read in readers)
    return next((fact for fact in facts if fact is not None), None)


def _happened_at(message: RawMessage) -> datetime | None:
    """Asterisk's own time of an event, UTC; None for one that no calendar has."""
    try:
        return None if message.timestamp is None else datetime.fromtimestamp(message.timestamp, UTC)
    except (ValueError, OverflowError, OSError):
        return None
