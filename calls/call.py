"""A customer's call as it stands now. Immutable: each fact makes a new one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from calls.events import (
    AgentConnected,
    AgentReleased,
    AttemptEnded,
    AttemptStarted,
    CallAnswered,
    CallArrived,
    CallbackAsked,
    CallEnded,
    CallFact,
    CallRecordingPaused,
    CallRecordingResumed,
    CallTransferred,
    CallVanished,
    CustomerKnown,
    DialRefused,
    EndAsked,
    EndNotTaken,
    HangUpAsked,
    MachineJudged,
    MenuChosen,
    MenuEntered,
    MenuMissed,
    MessageLeft,
    MessageRecorded,
    QueueGaveUp,
    QueueJoined,
    QueueLeft,
    ReasonGiven,
    SupervisionEnded,
    SupervisionStarted,
    SurveyAnswered,
    SurveyAsked,
    TaskMoved,
    TicketOpened,
    WaitTold,
)
from calls.states import CallState, next_state

#: facts of our own rooms: they say nothing of whether the call still lives
_OURS = (
    AttemptEnded
    | CallbackAsked
    | CallRecordingPaused
    | CallRecordingResumed
    | CallTransferred
    | CustomerKnown
    | EndAsked
    | EndNotTaken
    | MenuChosen
    | MenuEntered
    | MenuMissed
    | MessageRecorded
    | ReasonGiven
    | SupervisionEnded
    | SupervisionStarted
    | SurveyAnswered
    | SurveyAsked
    | TaskMoved
    | TicketOpened
    | WaitTold
)

#: why a queue let go of a caller who may come back to the same place (`Call.queue_status`): the
#: caller asked to be called back, or we took the caller out of the queue
CALLBACK_KEY = "CALLBACK_KEY"
OVERFLOW = "OVERFLOW"
#: or a supervisor put the caller to another place of the same line
AHEAD = "AHEAD"
KEEPING_THE_PLACE = frozenset({CALLBACK_KEY, OVERFLOW, AHEAD})
#: and of one who is to be called back instead
CALLBACK = "CALLBACK"
#: who ends a call that no person of ours ends (`EndAsked.by`)
BY_SERVICE = "service"


class Direction(StrEnum):
    """Who called whom."""

    INBOUND = "inbound"
    DIALED = "dialed"


class Verdict(StrEnum):
    """What answered a dialed call, by whoever listened beside it."""

    HUMAN = "human"
    MACHINE = "machine"
    UNSURE = "unsure"


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One customer's call: state, where it waits, with whom it talks, how it ended."""

    pbx: str
    call_id: str
    direction: Direction
    state: CallState
    number_called: str
    caller_number: str = ""
    began_at: datetime
    answered_at: datetime | None = None
    queue: str = ""
    queued_at: datetime | None = None
    #: the place in the line: since when, whatever was pressed in between
    waiting_since: datetime | None = None
    queue_status: str = ""  # why the last queue let go without an agent
    agent: str = ""
    connected_at: datetime | None = None
    #: the first verdict on what answered; "": nobody listened, or not long enough
    machine: str = ""
    #: a machine answered, and we hung up or left our message for it
    ended_as_machine: bool = False
    #: the customer's side asked to hang up, before the end
    asked_to_end: bool = False
    ended_at: datetime | None = None
    cause: int | None = None
    sip_code: int | None = None
    refused: str = ""  # the switch never made a channel
    vanished: bool = False
    #: the last word of the switch
    last_fact_at: datetime
    #: the dialer has said how the attempt ended
    outcome_told: bool = False

    @property
    def open(self) -> bool:
        """Whether the call still exists."""
        return self.state is not CallState.ENDED

    @property
    def in_line(self) -> bool:
        """Whether the caller waits, or may come back to wait at the same place."""
        return self.state is CallState.QUEUED or self.keeps_place

    @property
    def keeps_place(self) -> bool:
        """Whether the caller left the queue for a dialogue and may come back to the same place."""
        return self.open and self.queue_status in KEEPING_THE_PLACE


def begin(fact: CallArrived | AttemptStarted) -> Call:
    """The call that a first fact opens."""
    inbound = isinstance(fact, CallArrived)
    return Call(
        pbx=fact.pbx,
        call_id=fact.call_id,
        direction=Direction.INBOUND if inbound else Direction.DIALED,
        state=CallState.ARRIVING if inbound else CallState.PLACED,
        number_called=fact.number_called,
        caller_number=fact.caller_number if isinstance(fact, CallArrived) else "",
        began_at=fact.at,
        last_fact_at=fact.at,
    )


def after(call: Call, fact: CallFact) -> Call:
    """The call after a fact. Never raises: a fact that does not fit changes only `last_fact_at`."""
    state = next_state(call.state, fact)
    ends = call.open and state is CallState.ENDED
    heard_at = call.last_fact_at
    if not isinstance(fact, _OURS):
        heard_at = max(heard_at, fact.at)
    return replace(call, state=state, last_fact_at=heard_at, **_learned(call, fact, ends=ends))


def _learned(call: Call, fact: CallFact, *, ends: bool) -> dict[str, Any]:
    """What else a fact tells: the first word on a moment stands, later ones do not move it."""
    match fact:
        case CallAnswered():
            return {"answered_at": call.answered_at or fact.at}
        case QueueJoined():
            came_back = call.keeps_place and call.queue == fact.queue
            since = call.waiting_since if came_back else None
            return {
                "queue": fact.queue, "queued_at": fact.at, "waiting_since": since or fact.at,
                "queue_status": "", "agent": "",
            }  # fmt: skip
        case QueueLeft() | AgentReleased():
            return {"queued_at": None}
        case QueueGaveUp():
            return {"queued_at": None, "queue_status": fact.status}
        case AgentConnected():
            first = call.connected_at or fact.at
            return {
                "agent": fact.agent, "queue": fact.queue, "queued_at": None, "connected_at": first
            }  # fmt: skip
        case CallbackAsked():
            return {"queue_status": CALLBACK}
        case CallTransferred():
            return {"queue_status": ""}  # gone from the line
        case MachineJudged():
            return {"machine": call.machine or fact.verdict}
        case _:
            return _learned_of_the_end(call, fact, ends=ends)


def _learned_of_the_end(call: Call, fact: CallFact, *, ends: bool) -> dict[str, Any]:
    match fact:
        case AttemptEnded():
            return {"outcome_told": True}
        case HangUpAsked():
            return {"asked_to_end": True}
        case EndAsked() if fact.by == BY_SERVICE and call.machine == Verdict.MACHINE:
            return {"ended_as_machine": True}
        case EndNotTaken() if fact.by == BY_SERVICE:
            return {"ended_as_machine": False}
        case MessageLeft():
            return {"ended_as_machine": True}
        case CallEnded():
            # a cause may still come after the end was concluded otherwise
            known = call.cause is not None
            return {
                "ended_at": call.ended_at or fact.at,
                "cause": call.cause if known else fact.cause,
                "sip_code": call.sip_code if known else fact.sip_code,
            }
        case CallVanished() if ends:
            return {"ended_at": fact.at, "vanished": True}
        case DialRefused() if ends:
            return {"ended_at": fact.at, "refused": fact.reason or "refused"}
        case _:
            return {}
