"""The campaign that a path names."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends

from api.access import Owner
from api.fields import IdPath
from api.parts import Parts, Rooms
from api.problem_texts import Kind
from api.problems import ProblemError
from api.row_filter import QueueOf
from dialer.campaign import Campaign


async def _known(rooms: Rooms, owner: Owner, campaign_id: IdPath) -> Campaign:
    campaign = await rooms.campaigns.get(campaign_id)
    if campaign is None or not owner.sees(campaign.queue):
        raise ProblemError(Kind.NO_SUCH_CAMPAIGN, campaign_id=campaign_id)
    return campaign


#: ends the request with 404 when there is none that is shown to who asks
KnownCampaign = Annotated[Campaign, Depends(_known)]


def queue_of(rooms: Parts) -> QueueOf:
    """The queue of a campaign by its id, for somebody who asks again and again."""
    known: dict[str, str] = {}

    async def of(campaign_id: str) -> str:
        if campaign_id not in known:
            campaign = await rooms.campaigns.get(campaign_id)
            if campaign is None:
                return ""
            known[campaign_id] = campaign.queue  # a campaign keeps its queue
        return known[campaign_id]

    return of
