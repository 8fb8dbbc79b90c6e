"""How a dialed call ended, judged from whatever is known of it: pure, and blind to arrival order.

Two witnesses speak of a call that was not answered: the SIP code of the carrier and the Q.850
cause that Asterisk derives from it (or takes from the carrier's own Reason header). A SIP code
that has one clear meaning is believed first, because Asterisk folds different codes into one
cause: 403 (the carrier forbids) and 603 (the person declines) both become 21, 483 (a loop at the
carrier) becomes 19. Codes that say nothing by themselves, such as 480, leave the word to the cause.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from dialer.attempt import Outcome

NORMAL_CLEARING = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class DialedCall:
    """What is known of an attempt that is over; nothing here says in which order it came."""

    answered_at: datetime | None = None
    connected_at: datetime | None = None
    #: Q.850; None when nobody heard the switch end the call
    cause: int | None = None
    #: the carrier's last word; 0 or None when there was none
    sip_code: int | None = None
    #: we ourselves asked the switch to hang up
    cancelled: bool = False
    #: the switch never made a channel, or never got the order
    refused: bool = False
    #: a snapshot no longer showed the call
    vanished: bool = False
    safe_harbour: bool = False
    #: whoever listened heard a machine
    judged_machine: bool = False
    #: and we ended the call for that
    ended_as_machine: bool = False


#: SIP codes whose meaning is clear, and that the cause would blur or merely repeat
SIP_MEANINGS: dict[int, Outcome] = {
    486: Outcome.BUSY,
    600: Outcome.BUSY,
    404: Outcome.INVALID,
    410: Outcome.INVALID,
    484: Outcome.INVALID,
    604: Outcome.INVALID,
    603: Outcome.REJECTED,
    607: Outcome.REJECTED,
    608: Outcome.REJECTED,
    # The carrier refuses us, not the person: credentials, credit, caller number, destination.
    401: Outcome.CONGESTION,
    402: Outcome.CONGESTION,
    403: Outcome.CONGESTION,
    407: Outcome.CONGESTION,
    483: Outcome.CONGESTION,
}

#: Q.850 causes that say something about a call that was not answered; the others say nothing
CAUSE_MEANINGS: dict[int, Outcome] = {
    1: Outcome.INVALID,  # unallocated
    5: Outcome.INVALID,  # misdialed trunk prefix
    22: Outcome.INVALID,  # number changed
    28: Outcome.INVALID,  # address incomplete
    17: Outcome.BUSY,
    18: Outcome.NO_ANSWER,  # no user responding
    19: Outcome.NO_ANSWER,  # our ring time was over (Asterisk gives it with SIP 480)
    20: Outcome.NO_ANSWER,  # subscriber absent
    21: Outcome.REJECTED,
    2: Outcome.CONGESTION,  # no route to the transit network
    3: Outcome.CONGESTION,  # no route to the destination
    25: Outcome.CONGESTION,  # exchange routing error
    27: Outcome.CONGESTION,  # destination out of order
    29: Outcome.CONGESTION,  # facility rejected
    # The classes "resource unavailable" up to "protocol error": always the network.
    **dict.fromkeys(range(32, 112), Outcome.CONGESTION),
}

#: SIP codes that get the word when the cause says nothing
VAGUE_SIP_MEANINGS: dict[int, Outcome] = {
    408: Outcome.NO_ANSWER,
    480: Outcome.NO_ANSWER,
    487: Outcome.NO_ANSWER,  # the far side ended the ringing: our own cancel carries no SIP code
}


def outcome_of(call: DialedCall) -> Outcome:
    """How the call ended.

    What was judged a machine is one, unless an agent was left to talk to it. Else who was there
    counts before why it ended: a person who answered is connected or abandoned, also when our own
    hang-up crossed the answer on its way. A call that vanished after the answer is unknown, not
    abandoned: an agent may have come on unseen.
    """
    if call.ended_as_machine or (call.judged_machine and call.connected_at is None):
        return Outcome.MACHINE
    if call.connected_at is not None:
        return Outcome.CONNECTED
    if call.safe_harbour:
        return Outcome.ABANDONED
    if call.cause is not None:
        if call.answered_at is not None:
            return Outcome.ABANDONED
        return _unanswered(call.cause, call.sip_code or 0, cancelled=call.cancelled)
    if call.vanished:
        return Outcome.UNKNOWN
    if call.answered_at is not None:
        return Outcome.ABANDONED
    return Outcome.FAILED if call.refused else Outcome.UNKNOWN


def _unanswered(cause: int, sip_code: int, *, cancelled: bool) -> Outcome:
    told = SIP_MEANINGS.get(sip_code) or CAUSE_MEANINGS.get(cause)
    if told is not None:
        return told
    if cancelled:
        return Outcome.CANCELLED
    if 200 <= sip_code < 300:
        return Outcome.UNKNOWN  # it was answered, and we did not hear of it
    if sip_code >= 300:
        return VAGUE_SIP_MEANINGS.get(sip_code, Outcome.CONGESTION)
    if cause == NORMAL_CLEARING:
        return Outcome.CANCELLED  # only our own side ends a ringing call this way
    # Cause 0 and the like: a channel existed, so the phone may have rung. "Failed" would claim
    # that nothing left our switch, and would dial the person again within minutes.
    return Outcome.UNKNOWN
