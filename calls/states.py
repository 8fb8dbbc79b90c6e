"""The life of a customer's call as a table: state -> fact -> next state.

Rules of this file: everything that moves a call's state is here; every state has a row; a fact that
a row does not name leaves the state as it was. `ENDED` is final. Facts may come late, twice or out
of order (lab notes, traps 2 to 5), so a row also takes what would only come later in a calm world.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from calls.events import (
    AgentConnected,
    AgentReleased,
    CallAnswered,
    CallDialed,
    CallEnded,
    CallFact,
    CallRang,
    CallVanished,
    DialogueClosed,
    DialogueOffered,
    DialRefused,
    HoldEnded,
    HoldStarted,
    QueueGaveUp,
    QueueJoined,
    QueueLeft,
)


class CallState(StrEnum):
    """Where a call is."""

    ARRIVING = "arriving"  # a subscriber's call, not answered yet
    PLACED = "placed"  # ours, sent or about to be; no channel seen yet
    DIALING = "dialing"  # ours, nothing heard from the far end
    RINGING = "ringing"  # ours, the far end rings
    ANSWERED = "answered"  # up; between dialogue, queue and agent
    IN_MENU = "in_menu"
    QUEUED = "queued"
    TALKING = "talking"
    ON_HOLD = "on_hold"
    ENDED = "ended"


Row = Mapping[type[CallFact], CallState]

_END: Row = {
    CallEnded: CallState.ENDED,
    CallVanished: CallState.ENDED,
}
_UP: Row = {
    DialogueOffered: CallState.IN_MENU,
    QueueJoined: CallState.QUEUED,
    AgentConnected: CallState.TALKING,
    **_END,
}

TRANSITIONS: Mapping[CallState, Row] = {
    CallState.ARRIVING: {CallAnswered: CallState.ANSWERED, **_UP},
    # only here does a refusal end the call: once there is a channel its hang-up tells the cause
    CallState.PLACED: {
        CallDialed: CallState.DIALING,
        CallRang: CallState.RINGING,
        CallAnswered: CallState.ANSWERED,
        DialRefused: CallState.ENDED,
        **_UP,
    },
    CallState.DIALING: {
        CallRang: CallState.RINGING,
        CallAnswered: CallState.ANSWERED,
        **_UP,
    },
    CallState.RINGING: {CallAnswered: CallState.ANSWERED, **_UP},
    CallState.ANSWERED: _UP,
    CallState.IN_MENU: {DialogueClosed: CallState.ANSWERED, **_UP},
    CallState.QUEUED: {
        QueueLeft: CallState.ANSWERED,
        QueueGaveUp: CallState.ANSWERED,
        **_UP,
    },
    CallState.TALKING: {
        HoldStarted: CallState.ON_HOLD,
        AgentReleased: CallState.ANSWERED,
        # after the talk; that it is over comes a moment later
        DialogueOffered: CallState.IN_MENU,
        QueueJoined: CallState.QUEUED,
        **_END,
    },
    CallState.ON_HOLD: {
        HoldEnded: CallState.TALKING,
        AgentReleased: CallState.ANSWERED,
        DialogueOffered: CallState.IN_MENU,
        QueueJoined: CallState.QUEUED,
        **_END,
    },
    CallState.ENDED: {},
}


def next_state(state: CallState, fact: CallFact) -> CallState:
    """The state after the fact; the same state when the row does not name it."""
    return TRANSITIONS[state].get(type(fact), state)


def diagram() -> str:
    """The table as a mermaid state diagram; `docs/call-states.md` is made from it."""
    lines = ["stateDiagram-v2"]
    lines += [f"    [*] --> {state}" for state in (CallState.ARRIVING, CallState.PLACED)]
    for state, row in TRANSITIONS.items():
        for kind, target in row.items():
            if target is not state and target is not CallState.ENDED:
                lines.append(f"    {state} --> {target}: {kind.__name__}")
    lines += [
        f"    {state} --> {CallState.ENDED}: CallEnded"
        for state in CallState
        if state is not CallState.ENDED
    ]
    lines.append(f"    {CallState.ENDED} --> [*]")
    return "\n".join(lines) + "\n"
