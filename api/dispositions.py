"""/campaigns/{id}/dispositions: what can be said of a campaign's talks, and what was."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel

from api.access import Needs
from api.campaign_path import KnownCampaign
from api.parts import Rooms
from api.problem_texts import Kind
from api.problems import language_of, told
from storage.scopes import Scope

router = APIRouter(
    prefix="/campaigns/{campaign_id}/dispositions",
    tags=["campaigns"],
    responses=told(Kind.NO_SUCH_CAMPAIGN),
)


class DispositionTold(BaseModel):
    """One word for how a talk went."""

    code: str
    #: in the language of the request
    name: str
    contact: bool
    success: bool
    do_not_call: bool
    #: needs `promised_at`
    callback: bool
    again_minutes: float | None


class Dispositions(BaseModel):
    """All of a campaign, in its order."""

    items: list[DispositionTold]


class DispositionSaid(BaseModel):
    """How often it was said."""

    code: str
    name: str
    success: bool
    talks: int
    #: of those, talks with the person who was wanted
    contacts: int


class DispositionCounts(BaseModel):
    """What agents said of a campaign's talks, the most frequent first."""

    items: list[DispositionSaid]


@router.get("", dependencies=[Depends(Needs(Scope.OWN, Scope.CAMPAIGNS_READ))])
async def dispositions(campaign: KnownCampaign, request: Request) -> Dispositions:
    """What an agent may say of a talk of this campaign."""
    language = language_of(request)
    return Dispositions(
        items=[
            DispositionTold(
                code=one.code,
                name=one.name(language),
                contact=one.contact,
                success=one.success,
                do_not_call=one.do_not_call,
                callback=one.callback,
                again_minutes=one.again_minutes,
            )
            for one in campaign.options.dispositions
        ]
    )


@router.get("/counts", dependencies=[Depends(Needs(Scope.CAMPAIGNS_READ))])
async def disposition_counts(
    rooms: Rooms, campaign: KnownCampaign, request: Request
) -> DispositionCounts:
    """What was said of this campaign's talks."""
    language = language_of(request)
    known = {one.code: one for one in campaign.options.dispositions}
    return DispositionCounts(
        items=[
            DispositionSaid(
                code=count.code,
                name=known[count.code].name(language) if count.code in known else count.code,
                success=count.code in known and known[count.code].success,
                talks=count.talks,
                contacts=count.contacts,
            )
            for count in await rooms.campaigns.disposition_counts(campaign.id)
        ]
    )
