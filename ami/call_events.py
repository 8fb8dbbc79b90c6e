"""What Asterisk's events tell of customers' calls: one reader for each fact. Pure.

A reader answers None when the event speaks of something else, and raises `UnfitError` when it
speaks of a customer's call and cannot be understood.
"""

from __future__ import annotations

import re

from ami.headers import (
    CHANNEL_ID,
    LEAVE_KEY,
    TRUNK_CONTEXT,
    AsteriskEvent,
    UnfitError,
    person_name,
    phone_digits,
)
from calls.call import Verdict
from calls.events import (
    ATTEMPT_PREFIX,
    CallAnswered,
    CallArrived,
    CallDialed,
    CallEnded,
    CallFellBack,
    CallRang,
    CallRecordingStarted,
    DialogueClosed,
    DialogueOffered,
    DialRefused,
    DigitPressed,
    Fact,
    HangUpAsked,
    MachineJudged,
    MessageLeft,
    OptedOut,
    QueueGaveUp,
    QueueJoined,
    QueueLeft,
    SafeHarbourPlayed,
    TransferFailed,
)

_SIP_CODE = re.compile(r"\b([1-6][0-9]{2})\b")
#: Asterisk's channel states (`ChannelState`)
_RINGING, _UP = "5", "6"
#: AMDSTATUS; a call that ended while somebody listened (HANGUP) was not judged
_VERDICTS = {"MACHINE": Verdict.MACHINE, "HUMAN": Verdict.HUMAN, "NOTSURE": Verdict.UNSURE}
#: the contexts that lead a caller back into a dialogue; the extension there says why
_COMES_BACK = ("queue-left", "after-talk", "target-failed")

# --- the channel ------------------------------------------------------------------------------


def call_dialed(event: AsteriskEvent) -> Fact | None:
    """`Newchannel` under an id that we chose (lab notes, trap 15)."""
    if not event.channel_id.startswith(ATTEMPT_PREFIX):
        return None
    return CallDialed(at=event.at, pbx=event.pbx, call_id=event.channel_id)


def call_arrived(event: AsteriskEvent) -> Fact | None:
    """`Newchannel` from the carrier."""
    if not event.of_customer or event.text("Context") != TRUNK_CONTEXT:
        return None
    return CallArrived(
        at=event.at,
        pbx=event.pbx,
        call_id=event.channel_id,
        number_called=phone_digits(event.text("Exten")),
        caller_number=phone_digits(event.text("CallerIDNum")),
        caller_name=person_name(event.text("CallerIDName")),
    )


def call_rang(event: AsteriskEvent) -> Fact | None:
    """`Newstate`; a 183 is progress and no ringing (lab notes, trap 6)."""
    if not event.of_customer or event.text("ChannelState") != _RINGING:
        return None
    return CallRang(at=event.at, pbx=event.pbx, call_id=event.channel_id)


def call_answered(event: AsteriskEvent) -> Fact | None:
    """`Newstate`."""
    if not event.of_customer or event.text("ChannelState") != _UP:
        return None
    return CallAnswered(at=event.at, pbx=event.pbx, call_id=event.channel_id)


def digit_pressed(event: AsteriskEvent) -> Fact | None:
    """`DTMFEnd` of a customer; the key that only we press is none."""
    digit = event.received_key
    if digit is None or digit == LEAVE_KEY or not event.of_customer:
        return None
    return DigitPressed(at=event.at, pbx=event.pbx, call_id=event.channel_id, digit=digit)


def hang_up_asked(event: AsteriskEvent) -> Fact | None:
    """`HangupRequest`."""
    if not event.of_customer:
        return None
    return HangUpAsked(
        at=event.at, pbx=event.pbx, call_id=event.channel_id, cause=event.number("Cause")
    )


def call_ended(event: AsteriskEvent) -> Fact | None:
    """`Hangup` of a customer's channel: Q.850 cause and SIP code, the two witnesses."""
    if not event.of_customer:
        return None
    sip_code = _SIP_CODE.search(event.text("TechCause"))
    return CallEnded(
        at=event.at,
        pbx=event.pbx,
        call_id=event.channel_id,
        cause=event.number("Cause"),
        sip_code=int(sip_code.group(1)) if sip_code else 0,
    )


def dial_refused(event: AsteriskEvent) -> Fact | None:
    """`OriginateResponse` for an attempt; success is told by the channel itself."""
    attempt_id = event.order_id(ATTEMPT_PREFIX)
    if attempt_id is None or event.text("Response") != "Failure":
        return None
    reason = f"originate failed, reason {event.text('Reason', '?')[:8]}"
    return DialRefused(at=event.at, pbx=event.pbx, call_id=attempt_id, reason=reason)


# --- the dialogue -----------------------------------------------------------------------------


def dialogue_offered(event: AsteriskEvent) -> Fact | None:
    """`AsyncAGIStart`."""
    if not event.of_customer:
        return None
    comes_back = event.text("Context") in _COMES_BACK
    return DialogueOffered(
        at=event.at,
        pbx=event.pbx,
        call_id=event.channel_id,
        number_called="" if comes_back else phone_digits(event.text("Exten")),
        reason=event.name("Exten").removeprefix("left_") if comes_back else "",
    )


def dialogue_closed(event: AsteriskEvent) -> Fact | None:
    """`AsyncAGIEnd`."""
    if not event.of_customer:
        return None
    return DialogueClosed(at=event.at, pbx=event.pbx, call_id=event.channel_id)


def call_fell_back(event: AsteriskEvent) -> Fact | None:
    """The dialplan's `CallFellBack`."""
    return CallFellBack(
        at=event.at, pbx=event.pbx, call_id=event.channel_id, reason=event.text("Reason")[:40]
    )


def transfer_failed(event: AsteriskEvent) -> Fact | None:
    """The dialplan's `TransferFailed`."""
    return TransferFailed(
        at=event.at,
        pbx=event.pbx,
        call_id=event.channel_id,
        target=event.name("Target"),
        status=event.text("Status")[:40] or "UNKNOWN",
    )


# --- the wait in a queue ----------------------------------------------------------------------


def queue_joined(event: AsteriskEvent) -> Fact | None:
    """`QueueCallerJoin`."""
    return QueueJoined(
        at=event.at,
        pbx=event.pbx,
        call_id=event.channel_id,
        queue=event.name("Queue"),
        position=event.number("Position"),
    )


def queue_left(event: AsteriskEvent) -> Fact | None:
    """`QueueCallerAbandon`, which also comes when the wait was over (lab notes, trap 19)."""
    return QueueLeft(
        at=event.at, pbx=event.pbx, call_id=event.channel_id, queue=event.name("Queue")
    )


def queue_gave_up(event: AsteriskEvent) -> Fact | None:
    """The dialplan's `QueueGaveUp`."""
    return QueueGaveUp(
        at=event.at,
        pbx=event.pbx,
        call_id=event.channel_id,
        queue=event.name("Queue"),
        status=event.text("Status")[:40] or "UNKNOWN",
    )


def safe_harbour_played(event: AsteriskEvent) -> Fact | None:
    """The dialplan's `SafeHarbourPlayed`: the message begins."""
    return SafeHarbourPlayed(at=event.at, pbx=event.pbx, call_id=event.channel_id)


def opted_out(event: AsteriskEvent) -> Fact | None:
    """The dialplan's `OptedOut`."""
    return OptedOut(at=event.at, pbx=event.pbx, call_id=event.channel_id)


def call_recording_started(event: AsteriskEvent) -> Fact | None:
    """The dialplan's `CallRecordingStarted`: as soon as there is a talk it is recorded."""
    recording, announced = event.text("Recording"), event.text("Announced")
    if not CHANNEL_ID.fullmatch(recording):
        raise UnfitError("Recording")
    if announced not in ("caller", "agent"):
        raise UnfitError("Announced")
    return CallRecordingStarted(
        at=event.at,
        pbx=event.pbx,
        call_id=event.channel_id,
        recording=recording,
        queue=event.name("Queue"),
        announced=announced,
    )


# --- who answered -----------------------------------------------------------------------------


def machine_judged(event: AsteriskEvent) -> Fact | None:
    """The dialplan's `MachineJudged`: it comes from the channel of who listened."""
    verdict = _VERDICTS.get(event.text("Status"))
    if verdict is None:
        return None
    cause = re.sub(r"[^A-Z0-9-]", "", event.text("Cause"))[:40]
    return MachineJudged(
        at=event.at, pbx=event.pbx, call_id=event.attempt_in("Of"), verdict=verdict, cause=cause
    )


def message_left(event: AsteriskEvent) -> Fact | None:
    """The dialplan's `MessageLeft`: the message was played to its end."""
    return MessageLeft(at=event.at, pbx=event.pbx, call_id=event.channel_id)
