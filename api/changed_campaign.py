"""PATCH /campaigns/{id}: a campaign as it is to be from now on; what is not said stays."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from fastapi.exceptions import RequestValidationError
from pydantic import Field, ValidationError

from api.access import Needs
from api.campaign_path import KnownCampaign
from api.fields import Label
from api.new_campaign import CampaignSettings, NewCampaign, made_of, what_does_not_fit
from api.parts import Parts, Rooms
from api.problem_texts import Kind
from api.problems import ProblemError, told
from api.trail import Trailed
from dialer.campaign import Campaign
from storage.scopes import Scope

router = APIRouter(
    prefix="/campaigns", tags=["campaigns"], dependencies=[Depends(Needs(Scope.CAMPAIGNS_WRITE))]
)
#: what a campaign is, and stays
_FIXED = ("id", "queue", "country", "state", "created_at")


class CampaignChange(CampaignSettings):
    """Only what is given is changed; of `options` and `retry`, too, the parts that are given."""

    name: Annotated[Label, Field(default="")]


@router.patch("/{campaign_id}", responses=told(Kind.NO_SUCH_CAMPAIGN))
async def change_campaign(
    rooms: Rooms, trail: Trailed, campaign: KnownCampaign, asked: CampaignChange
) -> Campaign:
    """Change a campaign, running or not. It holds from the next call on; what rings goes on."""
    wanted = _wanted(rooms, campaign, asked)
    changed = [
        field.name
        for field in fields(Campaign)
        if field.name not in _FIXED and getattr(wanted, field.name) != getattr(campaign, field.name)
    ]
    if not changed:
        return campaign
    after = await rooms.dialing.change(wanted, changed)
    await trail.leave(
        "campaign.change",
        f"campaigns/{campaign.id}",
        before=_plain(campaign, changed),
        after=_plain(after, changed),
    )
    return after


def _wanted(rooms: Parts, campaign: Campaign, asked: CampaignChange) -> Campaign:
    """The campaign as asked for; raises what a new one of that kind would be refused with."""
    before = _as_asked(campaign)
    said = asked.model_dump(mode="json", exclude_unset=True)
    for name in ("options", "retry"):
        said[name] = before[name] | said.get(name, {})
    try:
        whole = NewCampaign.model_validate(before | said)
    except ValidationError as error:
        told_so = [{**one, "loc": ("body", *one["loc"])} for one in error.errors()]
        raise RequestValidationError(told_so) from error
    faults = what_does_not_fit(rooms, whole)
    if faults:
        raise ProblemError(Kind.INVALID, faults=faults)
    kept = {name: getattr(campaign, name) for name in _FIXED}
    return replace(made_of(whole, rooms), **kept)


def _as_asked(campaign: Campaign) -> dict[str, Any]:
    """The campaign as a request would describe it."""
    asked = {name: getattr(campaign, name) for name in NewCampaign.model_fields}
    asked["options"] = campaign.options.model_dump(mode="json")
    asked["retry"] = {
        "max_attempts": campaign.retry.max_attempts,
        "other_number": sorted(campaign.retry.other_number),
        "minutes": dict(campaign.retry.minutes),
    }
    return asked


def _plain(campaign: Campaign, names: list[str]) -> dict[str, Any]:
    asked = _as_asked(campaign)
    return {name: asked[name] for name in names}
