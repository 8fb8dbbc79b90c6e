"""The campaign that a path names."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Path

from api.parts import Rooms
from api.problem_texts import Kind
from api.problems import ProblemError
from dialer.campaign import Campaign


async def _known(
    rooms: Rooms, campaign_id: Annotated[str, Path(pattern=r"^[A-Za-z0-9._-]{1,80}$")]
) -> Campaign:
    campaign = await rooms.campaigns.get(campaign_id)
    if campaign is None:
        raise ProblemError(Kind.NO_SUCH_CAMPAIGN, campaign_id=campaign_id)
    return campaign


#: ends the request with 404 when there is none
KnownCampaign = Annotated[Campaign, Depends(_known)]
