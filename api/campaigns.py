"""/campaigns: what is dialed, how it goes, and starting, pausing and stopping it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import AwareDatetime, BaseModel, Field

from api.access import Needs, Owner
from api.campaign_orders import Order, must_be_possible
from api.campaign_path import KnownCampaign
from api.fields import Moment, PageQuery
from api.new_campaign import NewCampaign, made_of, what_does_not_fit
from api.parts import Parts, Rooms
from api.persons import AttemptTold
from api.problem_texts import Kind
from api.problems import ProblemError, invalid, language_of, told
from api.trail import Trail, Trailed
from dialer.attempt import Outcome
from dialer.book import LeadCounts
from dialer.campaign import Campaign
from dialer.dispositions import Code
from dialer.explaining import sentence
from storage.attempts import AttemptCounts
from storage.attempts_behind import AttemptCount, AttemptFilter
from storage.scopes import Scope

router = APIRouter(prefix="/campaigns", tags=["campaigns"])
_READ = [Depends(Needs(Scope.CAMPAIGNS_READ))]
_RUN = [Depends(Needs(Scope.CAMPAIGNS_RUN))]
_WRITE = [Depends(Needs(Scope.CAMPAIGNS_WRITE))]
_UNKNOWN = told(Kind.NO_SUCH_CAMPAIGN)
_REFUSED = told(
    Kind.NO_SUCH_CAMPAIGN, Kind.CAMPAIGN_NOT_NOW, Kind.CAMPAIGN_WITHOUT_LEADS, Kind.CAMPAIGN_UNFIT
)


class Campaigns(BaseModel):
    """Every campaign, oldest first."""

    items: list[Campaign]


class CampaignNow(BaseModel):
    """A campaign and how far it is."""

    campaign: Campaign
    leads: LeadCounts
    attempts: AttemptCounts


class AttemptQuery(PageQuery):
    """Which attempts, newest first: those that everything given here is true of."""

    since: Annotated[
        Moment | None, Field(alias="from", description="When they were meant to be made")
    ] = None
    until: Annotated[Moment | None, Field(description="Itself not included")] = None
    count: Annotated[
        AttemptCount | None, Field(description="The count of this name in `/metrics/campaigns`")
    ] = None
    outcome: Outcome | None = None
    disposition: Annotated[Code | None, Field(description="What the agent said")] = None


class Attempts(BaseModel):
    """A page of attempts, newest first; the call of each is `/calls/{id}`.

    `next_cursor` null: there are no more. Of a count a page may be short and go on.
    """

    items: list[AttemptTold]
    next_cursor: str | None


class DecisionQuery(PageQuery):
    """Which page of what was decided."""

    at: Annotated[Moment | None, Field(description="Itself included, nothing later")] = None


class DecisionKept(BaseModel):
    """How many were to be dialed at a moment, why, and the numbers it was decided from."""

    decided_at: AwareDatetime
    policy: str
    dial: int
    reason: str
    #: the reason, in the language of the request
    sentence: str
    evidence: dict[str, float | list[float]]


class Decisions(BaseModel):
    """A page of decisions, newest first; `next_cursor` null: there are no more."""

    items: list[DecisionKept]
    next_cursor: str | None


@router.post("", dependencies=_WRITE, status_code=201)
async def make_campaign(
    rooms: Rooms, owner: Owner, trail: Trailed, asked: NewCampaign, response: Response
) -> Campaign:
    """Make a campaign. It dials nobody before it has leads and is started."""
    if not owner.sees(asked.queue):
        raise invalid("body.queue", "no_such_queue", known=", ".join(sorted(owner.queues or ())))
    faults = what_does_not_fit(rooms, asked)
    if faults:
        raise ProblemError(Kind.INVALID, faults=faults)
    campaign = made_of(asked, rooms)
    await rooms.campaigns.create(campaign)
    subject = f"campaigns/{campaign.id}"
    await trail.leave("campaign.make", subject, after=asked.model_dump(mode="json"))
    response.headers["location"] = f"/campaigns/{campaign.id}"
    return campaign


@router.get("", dependencies=_READ)
async def every_campaign(rooms: Rooms, owner: Owner) -> Campaigns:
    """Every campaign."""
    return Campaigns(
        items=[each for each in await rooms.campaigns.campaigns() if owner.sees(each.queue)]
    )


@router.get("/{campaign_id}", dependencies=_READ, responses=_UNKNOWN)
async def one_campaign(rooms: Rooms, campaign: KnownCampaign) -> CampaignNow:
    """One campaign, its leads by what can be done with them, its attempts by outcome."""
    return CampaignNow(
        campaign=campaign,
        leads=await rooms.campaigns.lead_counts(campaign.id, rooms.now()),
        attempts=await rooms.campaigns.attempt_counts(campaign.id),
    )


@router.post("/{campaign_id}/start", dependencies=_RUN, responses=_REFUSED)
async def start(rooms: Rooms, trail: Trailed, campaign: KnownCampaign) -> Campaign:
    """Dial. A stopped campaign goes on where it was; a finished one needs new leads first."""
    return await _ordered(rooms, trail, campaign, Order.START)


@router.post("/{campaign_id}/pause", dependencies=_RUN, responses=_REFUSED)
async def pause(rooms: Rooms, trail: Trailed, campaign: KnownCampaign) -> Campaign:
    """Dial no more; what rings already may be answered and gets its agent."""
    return await _ordered(rooms, trail, campaign, Order.PAUSE)


@router.post("/{campaign_id}/stop", dependencies=_RUN, responses=_REFUSED)
async def stop(rooms: Rooms, trail: Trailed, campaign: KnownCampaign) -> Campaign:
    """Dial no more, and end what rings unanswered."""
    return await _ordered(rooms, trail, campaign, Order.STOP)


async def _ordered(rooms: Parts, trail: Trail, campaign: Campaign, order: Order) -> Campaign:
    if campaign.state is order.leads_to:
        return campaign  # asked for twice
    leads = await rooms.campaigns.lead_counts(campaign.id, rooms.now())
    must_be_possible(order, campaign, leads, rooms.floor)
    ordered = await rooms.dialing.set_state(campaign.id, order.leads_to, "asked")
    await trail.leave(
        f"campaign.{order}",
        f"campaigns/{campaign.id}",
        before={"state": campaign.state},
        after={"state": ordered.state},
    )
    return ordered


@router.get("/{campaign_id}/attempts", dependencies=_READ, responses=_UNKNOWN)
async def attempts(
    rooms: Rooms, campaign: KnownCampaign, query: Annotated[AttemptQuery, Query()]
) -> Attempts:
    """Who was dialed, newest first; or the attempts that a count is made of."""
    # reports are of this switch
    pbx = rooms.floor.pbx if query.count is not None else None
    words = query.model_dump(exclude=set(PageQuery.model_fields))
    wanted = AttemptFilter(**words, pbx=pbx)
    page = await rooms.campaigns.attempts(campaign.id, query.cursor, query.limit, wanted)
    return Attempts(items=page.attempts, next_cursor=page.next_cursor)


@router.get("/{campaign_id}/decisions", dependencies=_READ, responses=_UNKNOWN)
async def decisions(
    rooms: Rooms,
    campaign: KnownCampaign,
    query: Annotated[DecisionQuery, Query()],
    request: Request,
) -> Decisions:
    """Why so many were dialed, or nobody, newest first."""
    page = await rooms.campaigns.notes(campaign.id, query.at, query.cursor, query.limit)
    language = language_of(request)
    kept = [
        DecisionKept(
            decided_at=note.decided_at,
            policy=note.policy,
            dial=note.dial,
            reason=note.reason,
            sentence=sentence(note, language),
            evidence=note.evidence,
        )
        for note in page.notes
    ]
    return Decisions(items=kept, next_cursor=page.next_cursor)
