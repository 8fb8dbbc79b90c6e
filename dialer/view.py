"""The floor as one campaign's agents and lines make it: what a pacing policy decides from. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from agents.floor import Floor
from agents.roster import Roster
from agents.states import AgentState
from calls.call import Call, Direction
from calls.states import CallState
from calls.tracker import Tracker
from dialer.campaign import Attempt, Campaign
from dialer.pacing import Decision, FloorView, Pacing

#: told to a policy while the list has not run dry: more than any floor could use at once
PLENTY = 1_000_000


@dataclass(slots=True)
class Running:
    """A campaign in hand: its policy, and its attempts that have no end yet."""

    campaign: Campaign
    pacing: Pacing
    attempts: dict[str, Attempt] = field(default_factory=dict)
    cancelled: set[str] = field(default_factory=set)
    told: Decision | None = None
    #: the last reservation found fewer leads than asked for; more may come due at `dry_until`
    dry: bool = False
    dry_until: datetime | None = None
    #: an attempt ended since it was last asked whether any lead is left
    some_ended: bool = False


def floor_view(
    floor: Floor,
    roster: Roster,
    tracker: Tracker,
    campaigns: Mapping[str, Running],
    running: Running,
) -> FloorView:
    """What `running` may count on now. Campaigns share agents through the agents' queues."""
    queue = running.campaign.queue
    agents = [agent for agent in roster.all() if queue in agent.queues]
    shared = {name for agent in agents for name in agent.queues}
    open_calls = tracker.open_calls()
    waiting = [
        call for call in open_calls if call.queue in shared and call.state is CallState.QUEUED
    ]
    dialed_waiting = sum(1 for call in waiting if call.direction is Direction.DIALED)
    attempts = [
        (other.campaign.queue, tracker.get(attempt_id))
        for other in campaigns.values()
        for attempt_id in other.attempts
    ]
    unseen = sum(1 for _, call in attempts if call is None)
    return FloorView(
        # a phone that has to be rung first cannot be there within two seconds
        agents_free=sum(1 for agent in agents if agent.free and agent.held),
        agents_talking=sum(1 for agent in agents if agent.state is AgentState.TALKING),
        agents_wrapping_up=sum(1 for agent in agents if agent.state is AgentState.WRAPPING_UP),
        attempts_ringing=sum(
            1 for name, call in attempts if name in shared and _may_still_ask(call)
        ),
        waiting_inbound=len(waiting) - dialed_waiting,
        waiting_dialed=dialed_waiting,
        lines_free=min(
            floor.trunk.max_calls - len(open_calls) - unseen,
            running.campaign.max_lines - len(running.attempts),
        ),
        leads_due=0 if running.dry else PLENTY,
    )


def _may_still_ask(call: Call | None) -> bool:
    """Whether an attempt may still ask for an agent; one in the queue is counted there."""
    if call is None:
        return True
    past = call.connected_at is not None or bool(call.queue_status)
    return call.open and not past and call.state is not CallState.QUEUED
