"""/campaigns/{id}/lists: the lists of a campaign, and how they take turns."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Depends
from pydantic import AwareDatetime, BaseModel, Field

from api.access import Needs
from api.campaign_path import KnownCampaign
from api.fields import Asked, IdPath, Label
from api.parts import Rooms
from api.problem_texts import Kind
from api.problems import ProblemError, invalid, told
from api.trail import Trailed
from storage.errors import DatabaseRefusedError
from storage.imports import LeadList
from storage.scopes import Scope

router = APIRouter(prefix="/campaigns", tags=["lists"])


class ListTold(BaseModel):
    """A list. With weight 2 it gives two leads for each one of a list with weight 1."""

    id: str
    name: str
    weight: float
    active: bool
    created_at: AwareDatetime
    leads: int


class Lists(BaseModel):
    """A campaign's lists, oldest first."""

    items: list[ListTold]


class ListChange(Asked):
    """What is to be changed; the rest stays."""

    name: Label | None = None
    weight: float | None = Field(default=None, ge=0.01, le=1000)
    active: bool | None = None


@router.get(
    "/{campaign_id}/lists",
    dependencies=[Depends(Needs(Scope.CAMPAIGNS_READ))],
    responses=told(Kind.NO_SUCH_CAMPAIGN),
)
async def lists(rooms: Rooms, campaign: KnownCampaign) -> Lists:
    """The campaign's lists and how many leads each has."""
    return Lists(items=[_told(each) for each in await rooms.imports.lists(campaign.id)])


@router.patch(
    "/{campaign_id}/lists/{list_id}",
    dependencies=[Depends(Needs(Scope.CAMPAIGNS_WRITE))],
    responses=told(Kind.NO_SUCH_CAMPAIGN, Kind.NO_SUCH_LIST),
)
async def change_list(
    rooms: Rooms, trail: Trailed, campaign: KnownCampaign, list_id: IdPath, asked: ListChange
) -> ListTold:
    """Name it, weigh it, or stop dialing it for a while."""
    changes: dict[str, Any] = asked.model_dump(exclude_none=True)
    if asked.active is not None:
        changes["active"] = int(asked.active)
    try:
        changed = await rooms.imports.change_list(campaign.id, list_id, **changes)
    except DatabaseRefusedError:
        raise invalid("body.name", "list_name_taken") from None
    if changed is None:
        raise ProblemError(Kind.NO_SUCH_LIST, list_id=list_id)
    before, after = changed
    rooms.dialing.leads_added(campaign.id)
    await trail.leave(
        "list.change", f"campaigns/{campaign.id}/lists/{list_id}",
        before=_plain(before, changes), after=_plain(after, changes),
    )  # fmt: skip
    return _told(after)


def _plain(found: LeadList, changes: dict[str, Any]) -> dict[str, Any]:
    return {name: getattr(found, name) for name in changes}


def _told(found: LeadList) -> ListTold:
    return ListTold.model_validate(found, from_attributes=True)
