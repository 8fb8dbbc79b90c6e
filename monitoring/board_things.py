"""What each thing on the board shows: plain data, made of what is known of it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from agents.roster import AgentStatus
from calls.call import Call
from calls.events import (
    AgentReleased,
    AttemptEnded,
    AttemptStarted,
    CampaignStateChanged,
    CarrierSlowed,
    Fact,
    PacingDecided,
    SupervisionEnded,
    SupervisionStarted,
)

Thing = dict[str, Any]
OfCampaign = CampaignStateChanged | PacingDecided | AttemptStarted | AttemptEnded
#: what is shown of a campaign that nobody dials for
NO_CARD: Thing = {
    "name": "",
    "policy": "",
    "why": None,
    "max_lines": None,
    "agents_at_work": None,
    "abandonment": None,
}


def time_told(at: datetime | None) -> str | None:
    """A moment as it is sent; ages are for whoever looks."""
    return at.isoformat() if at is not None else None


def carrier_thing(fact: CarrierSlowed | None) -> Thing:
    """How the carrier takes our calls; before the first fact nothing is known of trouble."""
    if fact is None:
        return {"calls_per_second": None, "congested_share": 0.0, "since": None}
    return {
        "calls_per_second": fact.calls_per_second,
        "congested_share": fact.congested_share,
        "since": time_told(fact.at),
    }


def agent_thing(agent: AgentStatus) -> Thing:
    """One agent."""
    return {
        "number": agent.number,
        "name": agent.name,
        "queues": list(agent.queues),
        "line": "held" if agent.held else "rung",
        "state": agent.state.value,
        "since": time_told(agent.since),
        "reason": agent.reason,
        "free": agent.free,
        "call_id": agent.call_id,
        "pause_next": agent.pause_next,
        "wrap_up_until": time_told(agent.wrap_up_until),
        "campaign_id": agent.campaign_id,
        "reserved_until": time_told(agent.reserved_until),
    }


def call_thing(
    call: Call, caller_name: str, heard: Thing | None = None, place: int | None = None
) -> Thing:
    """One open call; `caller_name` is whatever the caller's side says, `heard` by which phone of
    a supervisor the talk is heard, and in which mode, `place` where in the line the caller stands.
    """
    return {
        "call_id": call.call_id,
        "direction": call.direction.value,
        "state": call.state.value,
        "number_called": call.number_called,
        "caller_number": call.caller_number,
        "caller_name": caller_name,
        "began_at": time_told(call.began_at),
        "queue": call.queue,
        "queued_at": time_told(call.queued_at),
        "waiting_since": time_told(call.waiting_since if call.in_line else None),
        "place": place,
        "agent": call.agent,
        "connected_at": time_told(call.connected_at),
        "machine": call.machine,
        "heard": heard,
    }


def heard_after(fact: Fact, before: Thing | None) -> Thing | None:
    """By which phone the talk is heard after this fact; it ends with the talk."""
    match fact:
        case SupervisionStarted():
            return {"phone": fact.phone, "mode": fact.mode}
        case SupervisionEnded() | AgentReleased():
            return None
        case _:
            return before


def campaign_thing(old: Mapping[str, Any] | None, fact: OfCampaign) -> Thing:
    """One campaign after a fact of it; `old` is how it was shown."""
    new: Thing = dict(
        old
        or {
            "id": fact.campaign_id,
            "state": "running",
            "reason": "",
            "open_attempts": 0,
            "outcomes": {},
            "pacing": "",
        }
    )
    match fact:
        case CampaignStateChanged():
            new["state"], new["reason"] = fact.state, fact.reason
        case PacingDecided():
            new["pacing"] = fact.reason
        case AttemptStarted():
            new["open_attempts"] += 1
        case AttemptEnded():
            new["open_attempts"] = max(0, new["open_attempts"] - 1)
            outcomes = dict(new["outcomes"])
            outcomes[fact.outcome] = outcomes.get(fact.outcome, 0) + 1
            new["outcomes"] = outcomes
    return new
