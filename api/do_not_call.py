"""/do-not-call: the people whom nobody calls, or whom one campaign does not."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Response
from pydantic import AwareDatetime, BaseModel, Field

from api.access import Needs, Owner
from api.fields import Asked, PageQuery
from api.parts import Parts, Rooms
from api.persons import PhoneTold
from api.problem_texts import Kind
from api.problems import ProblemError, invalid, told
from api.trail import Trailed
from dialer.campaign import Campaign
from dialer.lists.refusals import NumberRefusedError
from dialer.registers.numbers import listed_number
from storage.do_not_call import OWN, Listing, Source
from storage.scopes import Scope
from storage.tokens import TokenOwner

router = APIRouter(prefix="/do-not-call", tags=["do-not-call"])
_READ = [Depends(Needs(Scope.COMPLIANCE_READ))]
_WRITE = [Depends(Needs(Scope.DO_NOT_CALL_WRITE))]

_CampaignId = Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,80}$")]
_Country = Annotated[
    str | None,
    Field(pattern=r"^[A-Z]{2}$", description="ISO 3166, of a number that is written nationally"),
]
_Written = Annotated[
    str, Field(pattern=r"^[+(0-9][0-9 ().-]{5,39}$", description="As +573001234567, or nationally")
]


class NumberAsked(Asked):
    """A phone number."""

    number: _Written
    country: _Country = None


class NewListing(NumberAsked):
    """Somebody who is not to be called any more."""

    campaign_id: Annotated[
        _CampaignId | None, Field(description="Only this campaign's list; by default our own")
    ] = None
    reason: Annotated[str, Field(pattern=r"^[^\x00-\x1f\x7f-\x9f]{0,200}$")] = ""


class ListingQuery(PageQuery):
    """Which of the lists."""

    campaign_id: Annotated[
        _CampaignId | None, Field(description="Only this campaign's list; by default all lists")
    ] = None
    removed: Annotated[bool, Field(description="Also those that are in force no more")] = False


class ListingTold(BaseModel):
    """A number on a list."""

    number: PhoneTold
    #: null: our own list, which counts for every campaign
    campaign_id: str | None
    source: str
    reason: str
    added_by: str
    added_at: AwareDatetime
    removed_by: str | None
    removed_at: AwareDatetime | None


class Listings(BaseModel):
    """A page of listings, newest first; `next_cursor` null: there are no more."""

    items: list[ListingTold]
    next_cursor: str | None


class InRegister(BaseModel):
    """What a register says of a number, as it was loaded last."""

    name: str
    as_of: AwareDatetime
    listed: bool


class Checked(BaseModel):
    """Whether a number is listed, where, and of when that is."""

    number: PhoneTold
    #: somewhere, in force
    listed: bool
    #: on our own list and campaigns', also what is in force no more
    listings: list[ListingTold]
    registers: list[InRegister]


@router.get("", dependencies=_READ)
async def listings(rooms: Rooms, owner: Owner, query: Annotated[ListingQuery, Query()]) -> Listings:
    """Our own list and campaigns', newest first."""
    page = await rooms.do_not_call.page(**query.model_dump(), seen_queues=owner.queues)
    return Listings(items=[_told(each) for each in page.listings], next_cursor=page.next_cursor)


@router.post(
    "",
    dependencies=_WRITE,
    status_code=201,
    responses={
        200: {"model": ListingTold, "description": "Was listed already"},
        **told(Kind.NO_SUCH_CAMPAIGN),
    },
)
async def add(
    rooms: Rooms, owner: Owner, trail: Trailed, asked: NewListing, response: Response
) -> ListingTold:
    """List a number at once: the next reservation refuses it. Listing it twice changes nothing."""
    country = asked.country
    if asked.campaign_id is not None:
        campaign = await _campaign(rooms, owner, asked.campaign_id)
        if campaign is None:
            raise ProblemError(Kind.NO_SUCH_CAMPAIGN, campaign_id=asked.campaign_id)
        country = country or campaign.country
    number = _number(asked.number, country)
    listed, new = await rooms.do_not_call.add(
        number, asked.campaign_id or OWN,
        source=Source.API, reason=asked.reason, who=trail.who, now=rooms.now(),
    )  # fmt: skip
    if not new:
        response.status_code = 200
        return _told(listed)
    await trail.leave("do_not_call.add", f"do-not-call/{number}", after=_plain(listed))
    return _told(listed)


@router.delete("/{number}", dependencies=_WRITE, status_code=204, responses=told(Kind.NOT_LISTED))
async def remove(
    rooms: Rooms,
    owner: Owner,
    trail: Trailed,
    number: Annotated[str, Path(pattern=r"^\+?[1-9][0-9]{6,14}$")],
    campaign_id: Annotated[_CampaignId | None, Query()] = None,
) -> None:
    """End a listing of ours; it is kept, with who ended it and when."""
    plain = number.removeprefix("+")
    if campaign_id is not None and await _campaign(rooms, owner, campaign_id) is None:
        raise ProblemError(Kind.NOT_LISTED, number=plain)
    ended = await rooms.do_not_call.remove(
        plain, campaign_id or OWN, who=trail.who, now=rooms.now()
    )
    if ended is None:
        raise ProblemError(Kind.NOT_LISTED, number=plain)
    await trail.leave("do_not_call.remove", f"do-not-call/{plain}", before=_plain(ended))


@router.post("/check", dependencies=_READ)
async def check(rooms: Rooms, owner: Owner, asked: NumberAsked) -> Checked:
    """Whether a number is listed, on which list, and of when that is."""
    return await _checked(rooms, owner, _number(asked.number, asked.country))


async def _campaign(rooms: Parts, owner: TokenOwner, campaign_id: str) -> Campaign | None:
    campaign = await rooms.campaigns.get(campaign_id)
    return campaign if campaign is not None and owner.sees(campaign.queue) else None


async def _checked(rooms: Parts, owner: TokenOwner, number: str) -> Checked:
    found = await rooms.do_not_call.look_up(number, owner.queues)
    registers = [
        InRegister(name=each.name, as_of=each.as_of, listed=each.listed) for each in found.registers
    ]
    ours = [_told(each) for each in found.listings]
    listed = any(each.removed_at is None for each in ours) or any(one.listed for one in registers)
    return Checked(number=number, listed=listed, listings=ours, registers=registers)


def _number(written: str, country: str | None) -> str:
    try:
        return listed_number(written, country)
    except NumberRefusedError as error:
        raise invalid("body.number", "no_such_number") from error


def _plain(listed: Listing) -> dict[str, str]:
    return {
        "campaign_id": listed.campaign_id,
        "source": listed.source,
        "reason": listed.reason,
        "added_by": listed.added_by,
        "added_at": listed.added_at.isoformat(),
    }


def _told(listed: Listing) -> ListingTold:
    return ListingTold(
        number=listed.number,
        campaign_id=listed.campaign_id or None,
        source=listed.source,
        reason=listed.reason,
        added_by=listed.added_by,
        added_at=listed.added_at,
        removed_by=listed.removed_by,
        removed_at=listed.removed_at,
    )
