"""The campaign that a path names."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends

from api.access import Owner
from api.fields import IdPath
from api.parts import Rooms
from api.problem_texts import Kind
from api.problems import ProblemError
from dialer.campaign import Campaign


async def _known(rooms: Rooms, owner: Owner, campaign_id: IdPath) -> Campaign:
    campaign = await rooms.campaigns.get(campaign_id)
    if campaign is None or not owner.sees(campaign.queue):
        raise ProblemError(Kind.NO_SUCH_CAMPAIGN, campaign_id=campaign_id)
    return campaign


#: ends the request with 404 when there is none that is shown to who asks
KnownCampaign = Annotated[Campaign, Depends(_known)]
