"""What may be asked of a campaign in which state, as a table. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from agents.floor import Floor
from api.problem_texts import Kind
from api.problems import ProblemError
from dialer.book import LeadCounts
from dialer.campaign import Campaign, CampaignState
from dialer.pacing.policies import policy_names


class Order(StrEnum):
    """What a supervisor asks of a campaign."""

    START = "start"
    PAUSE = "pause"
    STOP = "stop"

    @property
    def leads_to(self) -> CampaignState:
        """The state of the campaign once it is obeyed."""
        return _LEADS_TO[self]


_LEADS_TO: Mapping[Order, CampaignState] = {
    Order.START: CampaignState.RUNNING,
    Order.PAUSE: CampaignState.PAUSED,
    Order.STOP: CampaignState.STOPPED,
}
POSSIBLE_IN: Mapping[Order, tuple[CampaignState, ...]] = {
    Order.START: (
        CampaignState.DRAFT,
        CampaignState.PAUSED,
        CampaignState.STOPPED,
        CampaignState.FINISHED,
    ),
    Order.PAUSE: (CampaignState.RUNNING,),
    Order.STOP: (CampaignState.RUNNING, CampaignState.PAUSED),
}


def must_be_possible(order: Order, campaign: Campaign, leads: LeadCounts, floor: Floor) -> None:
    """Raise `ProblemError` when the campaign cannot obey now."""
    if campaign.state not in POSSIBLE_IN[order]:
        allowed = ", ".join(POSSIBLE_IN[order])
        raise ProblemError(Kind.CAMPAIGN_NOT_NOW, state=campaign.state, allowed=allowed)
    if order is not Order.START:
        return
    # the floor may have changed since the campaign was made
    if not floor.may_dial_for(campaign.queue) or campaign.pacing not in policy_names():
        raise ProblemError(Kind.CAMPAIGN_UNFIT, queue=campaign.queue, pacing=campaign.pacing)
    callers_give_some = bool(campaign.options.callbacks_of)
    if leads.due + leads.later + leads.reserved == 0 and not callers_give_some:
        raise ProblemError(Kind.CAMPAIGN_WITHOUT_LEADS)
