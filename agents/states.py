"""The working day of an agent as a table: state -> fact -> next state.

A fact that a row does not name leaves the state as it was. A pause asked for during an offer or a
talk is kept by the roster and taken when the agent is free of it. Call facts that end a talk stand
here too: a talk must also end when the release itself was never seen.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from calls.events import (
    AgentConnected,
    AgentFreed,
    AgentMissed,
    AgentOffered,
    AgentPaused,
    AgentReadied,
    AgentReleased,
    AgentReserved,
    AgentSignedOut,
    AgentSignInAsked,
    CallEnded,
    CallVanished,
    Fact,
    QueueGaveUp,
    QueueLeft,
    WrapUpEnded,
    WrapUpStarted,
)


class AgentState(StrEnum):
    """What an agent is doing."""

    SIGNED_OUT = "signed_out"
    SIGNING_IN = "signing_in"
    READY = "ready"
    RESERVED = "reserved"
    OFFERED = "offered"
    TALKING = "talking"
    WRAPPING_UP = "wrapping_up"
    PAUSED = "paused"


Row = Mapping[type[Fact], AgentState]

_ANY: Row = {
    AgentConnected: AgentState.TALKING,
    AgentSignedOut: AgentState.SIGNED_OUT,
}
_OFFER_OVER: Row = {
    AgentMissed: AgentState.READY,
    QueueLeft: AgentState.READY,
    QueueGaveUp: AgentState.READY,
    CallEnded: AgentState.READY,
    CallVanished: AgentState.READY,
}
_TALK_OVER: Row = {
    AgentReleased: AgentState.WRAPPING_UP,
    CallEnded: AgentState.WRAPPING_UP,
    CallVanished: AgentState.WRAPPING_UP,
    WrapUpStarted: AgentState.WRAPPING_UP,
}

TRANSITIONS: Mapping[AgentState, Row] = {
    AgentState.SIGNED_OUT: {
        AgentSignInAsked: AgentState.SIGNING_IN,
        AgentConnected: AgentState.TALKING,
    },
    AgentState.SIGNING_IN: {
        AgentReadied: AgentState.READY,
        AgentPaused: AgentState.PAUSED,
        **_ANY,
    },
    AgentState.READY: {
        AgentOffered: AgentState.OFFERED,
        AgentReserved: AgentState.RESERVED,
        AgentPaused: AgentState.PAUSED,
        AgentSignInAsked: AgentState.SIGNING_IN,
        **_ANY,
    },
    AgentState.RESERVED: {
        AgentOffered: AgentState.OFFERED,
        AgentFreed: AgentState.READY,
        AgentPaused: AgentState.PAUSED,
        **_ANY,
    },
    AgentState.OFFERED: {**_OFFER_OVER, **_ANY},
    AgentState.TALKING: {**_TALK_OVER, **_ANY},
    AgentState.WRAPPING_UP: {
        WrapUpEnded: AgentState.READY,
        AgentPaused: AgentState.PAUSED,
        **_ANY,
    },
    AgentState.PAUSED: {
        AgentReadied: AgentState.READY,
        AgentPaused: AgentState.PAUSED,
        **_ANY,
    },
}


def next_state(state: AgentState, fact: Fact) -> AgentState:
    """The state after the fact; the same state when the row does not name it."""
    return TRANSITIONS[state].get(type(fact), state)


def diagram() -> str:
    """The table as a mermaid state diagram; `docs/agent-states.md` is made from it."""
    lines = ["stateDiagram-v2", f"    [*] --> {AgentState.SIGNED_OUT}"]
    lines += [
        f"    {state} --> {target}: {kind.__name__}"
        for state, row in TRANSITIONS.items()
        for kind, target in row.items()
        if target is not state
    ]
    return "\n".join(lines) + "\n"
