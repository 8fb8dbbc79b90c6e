"""Every fact that can happen in linea800, in the past tense: the table of contents of the system.

A fact is immutable, says when (`at`, UTC) and on which switch (`pbx`). Facts come from Asterisk
(translated in `ami/translate.py`) or from our own rooms, and all travel one road: journal, tracker,
feed. `call_id` is the unique id of the *customer's* channel; for a dialed call it is the attempt's
id, because we choose it before dialing. Linked ids are never used: they change when a customer
meets an agent who is held on the line.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

ATTEMPT_PREFIX = "attempt-"
LINE_PREFIX = "line-"
LISTEN_PREFIX = "listen-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """Something that happened."""

    at: datetime
    pbx: str
    #: transient facts are told to everyone but never written down
    durable: ClassVar[bool] = True


@dataclass(frozen=True, slots=True, kw_only=True)
class CallFact(Fact):
    """Something that happened to one customer's call."""

    call_id: str


# --- the link to the switch -------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkUp(Fact):
    """We are logged in; `booted_at` tells a restart of Asterisk from a mere reconnection."""

    booted_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkLost(Fact):
    """The connection to Asterisk is gone, or its far end went mute."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelSeen:
    """One customer's channel as a snapshot showed it."""

    call_id: str
    application: str
    state: str
    number_called: str
    caller_number: str
    in_bridge: bool
    began_at: datetime
    queue: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberSeen:
    """One agent's membership of one queue as a snapshot showed it."""

    agent: str
    queue: str
    status: int
    paused: bool
    pause_reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OverNote:
    """What the dialplan noted when a subscriber's call was over; times are whole seconds.

    `queue` is the last one, joined at `queued_at`; `agent` "" when nobody took the call there.
    """

    call_id: str
    number_called: str
    caller_number: str
    began_at: datetime
    answered_at: datetime | None
    queue: str
    queued_at: datetime | None
    agent: str
    connected_at: datetime | None
    ended_at: datetime
    cause: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SnapshotTaken(Fact):
    """Asterisk told what exists right now; asked after every connect and every minute.

    `talking` maps an agent held on the line to the call id it talks to ("" when not known).
    """

    durable: ClassVar[bool] = False
    #: when the question was put: only calls older than this may be declared vanished
    asked_at: datetime
    first_after_connect: bool
    channels: tuple[ChannelSeen, ...]
    members: tuple[MemberSeen, ...]
    waiting: tuple[tuple[str, str, int], ...]  # (queue, call_id, position)
    lines_up: frozenset[str]
    talking: tuple[tuple[str, str], ...]
    #: calls that ended while there was no link, at the first snapshot after it
    over: tuple[OverNote, ...] = ()


# --- a customer's call ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class CallArrived(CallFact):
    """A subscriber's call reached one of our numbers."""

    number_called: str
    caller_number: str
    caller_name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptStarted(CallFact):
    """An attempt is about to be sent to the switch; its row is already committed."""

    campaign_id: str
    lead_id: int
    number_called: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptEnded(CallFact):
    """An attempt has its final outcome."""

    campaign_id: str
    lead_id: int
    outcome: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallDialed(CallFact):
    """A channel exists for an attempt of ours; the far end has not rung yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRang(CallFact):
    """The called person's phone rings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallAnswered(CallFact):
    """The call is up: we answered the subscriber, or the called person answered us."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DigitPressed(CallFact):
    """The customer pressed a key. Never written down."""

    durable: ClassVar[bool] = False
    digit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldStarted(CallFact):
    """The agent's phone put the customer on hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldEnded(CallFact):
    """The customer was taken back from hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HangUpAsked(CallFact):
    """The customer's own side asked to end the call (a BYE, a reject)."""

    cause: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EndAsked(CallFact):
    """Somebody of ours asked to end the call; Asterisk alone would blame the customer."""

    by: str  # agent, supervisor, service


@dataclass(frozen=True, slots=True, kw_only=True)
class EndNotTaken(CallFact):
    """The switch did not take the order of an `EndAsked`: whoever ends the call, it is not them."""

    by: str  # as in `EndAsked`


@dataclass(frozen=True, slots=True, kw_only=True)
class CallEnded(CallFact):
    """The customer's channel is gone. `cause` is Q.850; `sip_code` 0 when there was none."""

    cause: int
    sip_code: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CallVanished(CallFact):
    """A snapshot no longer shows the call; it ended unseen between `last_seen_at` and `at`."""

    last_seen_at: datetime
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallNoted(CallFact):
    """Asterisk's own note of a call whose end nobody heard; `at` is the end, `CallEnded` follows.

    Times are whole seconds; `queue` "" when none was reached, `agent` "" when nobody took the call.
    """

    answered_at: datetime | None
    queue: str
    queued_at: datetime | None
    agent: str
    connected_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DialRefused(CallFact):
    """The attempt failed at the switch; when no channel was made this is all that will come."""

    reason: str


# --- the dialogue (IVR) -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class DialogueOffered(CallFact):
    """Asterisk holds the caller and waits for us to say what is played.

    `reason` is "" for a caller who has just called. Of one who comes back, and then without
    `number_called`: `callback_key` and `overflow` from a queue (`QueueGaveUp` says which; the place
    is kept), `transfer_failed` (`TransferFailed` says why), `after_call` from an agent who ended
    the talk.
    """

    number_called: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DialogueClosed(CallFact):
    """Asterisk took the caller back from us: hang-up, redirect or a fault."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MenuEntered(CallFact):
    """The caller reached a node of a menu; `version` is made of the menu's content."""

    menu: str
    node: str
    language: str
    version: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MenuChosen(CallFact):
    """The caller's choice at a node, by key; `choice` is the name of what was chosen."""

    menu: str
    node: str
    choice: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MenuMissed(CallFact):
    """Nothing was pressed in time (`no_input`) or a key that means nothing (`no_match`)."""

    menu: str
    node: str
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskMoved(CallFact):
    """What the caller wants to get done went on: `step` is started, done or failed."""

    task: str
    step: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonGiven(CallFact):
    """Why the customer calls, by a word of the menu; the last one counts."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerKnown(CallFact):
    """Who calls. `proven`: by more than the number that calls, such as digits of a document."""

    customer_id: int
    account: str = ""
    proven: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageRecorded(CallFact):
    """The caller left a spoken message and sent it; `recording` is the name of its file."""

    recording: str
    purpose: str
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketOpened(CallFact):
    """The caller has a ticket; its number was told, and is nobody else's, ever."""

    number: str
    kind: str
    reason: str
    due_at: datetime
    account: str = ""
    customer_id: int | None = None
    #: the number that calls
    phone: str = ""
    #: a message of the caller that belongs to it; "": none
    recording: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyAsked(CallFact):
    """A question was put to the caller."""

    question: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyAnswered(CallFact):
    """The caller's answer, `low` to `high`."""

    question: str
    answer: int
    low: int
    high: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitTold(CallFact):
    """The caller was told how long it takes: between so many seconds; 0 to 0: nothing was said.

    `expected_seconds` is what was reckoned with, from here to an agent.
    """

    queue: str
    position: int
    expected_seconds: float
    low_seconds: float
    high_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueRefused(CallFact):
    """The caller was not let into a queue: it is `closed`, `full`, or `nobody` is at work."""

    queue: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallTransferred(CallFact):
    """The dialogue handed the caller to a target outside, by the name it has in the floor."""

    target: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferFailed(CallFact):
    """The target did not take the caller; `status` is DIALSTATUS (BUSY, NOANSWER, CONGESTION …)."""

    target: str
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallFellBack(CallFact):
    """The dialplan itself took the caller to a queue, because nobody led the dialogue."""

    reason: str


# --- queues and agents, as the switch reports them --------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueJoined(CallFact):
    """The call waits in a queue."""

    queue: str
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueLeft(CallFact):
    """The call left the queue without an agent: the caller gave up or the wait was over."""

    queue: str


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueGaveUp(CallFact):
    """The dialplan went on after a queue without an agent; `status` is QUEUESTATUS.

    Or `CALLBACK_KEY`: the caller pressed the key for being called back, or `OVERFLOW`: we took the
    caller back into a dialogue. Both keep the place. Or what a supervisor did: `AHEAD` is another
    place in the same line, `MOVED` another queue, `WITHDRAW` the end of the wait.
    """

    queue: str
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentOffered(CallFact):
    """The call is being offered to an agent."""

    queue: str
    agent: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentMissed(CallFact):
    """The agent did not take the offered call."""

    queue: str
    agent: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentConnected(CallFact):
    """Customer and agent talk."""

    queue: str
    agent: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentReleased(CallFact):
    """Customer and agent no longer talk. `ended_by` is agent, customer, transfer or unknown.

    `passed_to` of a transfer: `queue_` and the queue's name, or `target_` and the target's.
    """

    queue: str
    agent: str
    ended_by: str
    passed_to: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SupervisionStarted(CallFact):
    """A supervisor hears the talk: `mode` is listen, whisper (the agent hears the supervisor) or
    barge (both do). Told again when the mode changes; `by` is the id of the token that asked.
    """

    agent: str
    phone: str
    mode: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SupervisionEnded(CallFact):
    """The supervisor hears the talk no more; `mode` was the last."""

    agent: str
    phone: str
    mode: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SupervisorUnreached(Fact):
    """The supervisor's phone did not take our call."""

    durable: ClassVar[bool] = False
    phone: str
    channel_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRecordingStarted(CallFact):
    """What customer and agent will say to each other is recorded; `recording` names the file.

    It begins with the talk and ends with it, or with the wait. `announced` says who tells the
    customer: `caller` who heard the sentence before the wait, `agent` who has to say it.
    """

    recording: str
    queue: str
    announced: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRecordingPaused(CallFact):
    """The recording holds silence from here on; `by` is an agent's number or a token's id."""

    recording: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRecordingResumed(CallFact):
    """The recording holds what is said again."""

    recording: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OptedOut(CallFact):
    """The called person asked by key to be called no more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineJudged(CallFact):
    """Somebody listened beside the answered call: `verdict` is human, machine or unsure."""

    verdict: str
    cause: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageLeft(CallFact):
    """An answering machine took the campaign's message, after its beep."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackAsked(CallFact):
    """A caller gives up the line and keeps the place: is to be called back at `number`.

    `waiting_since` is the place: whoever began to wait in the queue before is served before.
    """

    queue: str
    number: str
    waiting_since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueClosed(Fact):
    """A supervisor closed a queue: nobody comes in, who waits there is served."""

    queue: str
    reason: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueOpened(Fact):
    """A supervisor opened a queue that was closed by hand."""

    queue: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacesKept(Fact):
    """So many callers of a queue gave up the line and are to be called back in their turn."""

    durable: ClassVar[bool] = False
    queue: str
    places: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SafeHarbourPlayed(CallFact):
    """Nobody was free for a called person: the recorded message was played."""


# --- agents -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentFact(Fact):
    """Something that happened to one agent."""

    agent: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentSignInAsked(AgentFact):
    """The agent wants to work; the phone is being called, or calls us."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentLineUp(AgentFact):
    """The agent's phone is held on the line (not yet available: Asterisk waits 5 s)."""

    #: the phone's channel; "" in facts of before it was told, and of a line only seen
    line_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentLineDown(AgentFact):
    """The agent's phone left the line, or a ring of it came to nothing."""

    reason: str
    #: the phone's channel, as in `AgentLineUp`: a phone may ring beside the line that it is on
    line_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentDeviceChanged(AgentFact):
    """Asterisk's view of the agent in one queue: 1 free, 2 in use, 5 unavailable, 6 ringing."""

    durable: ClassVar[bool] = False
    queue: str
    status: int
    paused: bool
    pause_reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentPaused(AgentFact):
    """The agent takes no calls, for a reason of the list."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentReadied(AgentFact):
    """The agent takes calls again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentReserved(AgentFact):
    """The agent is kept for one lead until then: to look at it, or for the call to it.

    `attempt_id` is "" while the lead is only looked at. Told again when the call leaves.
    """

    campaign_id: str
    lead_id: int
    attempt_id: str
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentFreed(AgentFact):
    """The agent is kept for nobody any more. `how` says why: the call did not come to a talk
    (`no_talk`) or was not made (`not_dialed`), the lead was passed over (`skipped`), the rules
    forbid it by now (`refused`), it was taken back (`returned`), or the time was over (`clock`).
    """

    how: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentSignedOut(AgentFact):
    """The agent's work is over."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WrapUpStarted(AgentFact):
    """After the talk the agent writes up; ends at `until` unless ended before."""

    call_id: str
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class WrapUpEnded(AgentFact):
    """The agent is done with the call; `how` is agent, clock or signed_out."""

    call_id: str
    how: str
    disposition: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TalkDisposed(AgentFact):
    """What the agent said of a dialed talk, by a code of its campaign.

    Told just before the wrap-up ends. `promised_at` is when the person was promised a call,
    `only_me` that this agent will make it.
    """

    call_id: str
    disposition: str
    promised_at: datetime | None = None
    only_me: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentKeyPressed(AgentFact):
    """The agent pressed a key on the held line; short codes are made of these."""

    durable: ClassVar[bool] = False
    digit: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentCodeDialed(AgentFact):
    """The agent's idle phone dialed a short code; its channel waits for our answer."""

    durable: ClassVar[bool] = False
    code: str
    channel_id: str


# --- campaigns --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignFact(Fact):
    """Something that happened to one campaign."""

    campaign_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignStateChanged(CampaignFact):
    """A campaign was started, paused, stopped, or finished its leads."""

    state: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PacingDecided(CampaignFact):
    """How many were dialed and why; told when it differs from the last decision."""

    durable: ClassVar[bool] = False
    dial: int
    reason: str


# --- the carrier ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class CarrierSlowed(Fact):
    """The carrier does not put calls through: dialing keeps to so many a second, or goes on freely.

    `calls_per_second` is None once dialing is as fast as the trunk takes; `congested_share` is of
    the attempts that ended last.
    """

    durable: ClassVar[bool] = False
    calls_per_second: float | None
    congested_share: float


def _every_kind(base: type[Fact]) -> dict[str, type[Fact]]:
    kinds: dict[str, type[Fact]] = {}
    for kind in base.__subclasses__():
        kinds[kind.__name__] = kind
        kinds.update(_every_kind(kind))
    return kinds


#: every concrete kind of fact by its name
KINDS: dict[str, type[Fact]] = {
    name: kind for name, kind in _every_kind(Fact).items() if not kind.__subclasses__()
}


def to_body(fact: Fact) -> dict[str, Any]:
    """The fact as plain data: times as ISO 8601 text. Only durable facts have to survive this."""
    body: dict[str, Any] = {}
    for field in dataclasses.fields(fact):
        value = getattr(fact, field.name)
        body[field.name] = value.isoformat() if isinstance(value, datetime) else value
    return body


def from_body(kind: str, body: dict[str, Any]) -> Fact:
    """The fact that `to_body` wrote; raises `KeyError` for a kind this version does not know."""
    cls = KINDS[kind]
    values: dict[str, Any] = {}
    for field in dataclasses.fields(cls):
        if field.name not in body:
            continue
        value = body[field.name]
        moment = value is not None and field.type in ("datetime", "datetime | None")
        values[field.name] = datetime.fromisoformat(value) if moment else value
    return cls(**values)
