"""Whose figures are shown: those that were asked for, of the queues that the client sees."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from agents.floor import Floor
from api.metric_query import AgentQuery, CampaignQuery, MetricQuery
from dialer.campaign import Campaign
from storage.tokens import TokenOwner


def queues_seen(owner: TokenOwner, query: MetricQuery) -> list[str] | None:
    """Of which queues to ask; None: of all."""
    if query.queue:
        return [name for name in dict.fromkeys(query.queue) if owner.sees(name)]
    return None if owner.queues is None else sorted(owner.queues)


def agents_seen(floor: Floor, owner: TokenOwner, query: AgentQuery) -> list[str] | None:
    """Of which agents to ask; None: of all. Agents are seen with any of their queues."""
    queues = queues_seen(owner, query)
    if queues is None:
        return list(dict.fromkeys(query.agent)) or None
    serving = agents_of(floor, queues)
    return [number for number in serving if not query.agent or number in query.agent]


def agents_of(floor: Floor, queues: Collection[str]) -> list[str]:
    """The agents who serve any of these queues, as the floor is now."""
    return [agent.number for agent in floor.agents if not set(agent.queues).isdisjoint(queues)]


def campaigns_seen(
    campaigns: Sequence[Campaign], owner: TokenOwner, query: CampaignQuery
) -> list[Campaign]:
    """The campaigns to ask of; a campaign is seen with its queue."""
    return [
        campaign
        for campaign in campaigns
        if owner.sees(campaign.queue)
        and (not query.queue or campaign.queue in query.queue)
        and (not query.campaign or campaign.id in query.campaign)
    ]


def in_order(first: Sequence[str], others: Collection[str]) -> list[str]:
    """These names, and then the others that are none of them."""
    return [*first, *sorted(set(others) - set(first))]
