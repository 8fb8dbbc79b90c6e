"""/campaigns: what is dialed, how it goes, and starting, pausing and stopping it."""

from __future__ import annotations

import uuid
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from agents.floor import PhoneDigits, QueueName
from api.access import Needs
from api.campaign_orders import Order, must_be_possible
from api.campaign_path import KnownCampaign
from api.faults import Fault
from api.fields import Cursor, Label, Moment, PageSize
from api.parts import Parts, Rooms
from api.problem_texts import Kind
from api.problems import ProblemError, language_of, told
from dialer.book import LeadCounts
from dialer.campaign import Attempt, Campaign, Outcome, RetryRule
from dialer.explaining import sentence
from dialer.pacing.knobs import KnobError, settled
from dialer.pacing.policies import POLICIES, policy_names
from dialer.phone_rules import PhoneRules
from storage.attempts import AttemptCounts
from storage.tokens import Role

router = APIRouter(
    prefix="/campaigns", tags=["campaigns"], dependencies=[Depends(Needs(Role.SUPERVISOR))]
)
_UNKNOWN = told(Kind.NO_SUCH_CAMPAIGN)
_REFUSED = told(
    Kind.NO_SUCH_CAMPAIGN, Kind.CAMPAIGN_NOT_NOW, Kind.CAMPAIGN_WITHOUT_LEADS, Kind.CAMPAIGN_UNFIT
)
_MOST_MINUTES = 60 * 24 * 60.0


class _Asked(BaseModel):
    model_config = ConfigDict(extra="forbid")


class NewRetryRule(_Asked):
    """When a lead may be dialed again: minutes to wait by outcome; an absent outcome: never."""

    max_attempts: int = Field(default=3, ge=1, le=20)
    minutes: dict[Outcome, Annotated[float, Field(ge=1, le=_MOST_MINUTES)]] = Field(
        default_factory=lambda: dict(RetryRule().minutes)
    )


class NewCampaign(_Asked):
    """A campaign to be made; it is a draft until it is started."""

    name: Label
    queue: QueueName
    country: str = Field(
        pattern=r"^[A-Z]{2}$", description="ISO 3166; only numbers of this country are dialed"
    )
    caller_number: PhoneDigits | None = Field(
        default=None, description="What the called person sees; by default the trunk's"
    )
    pacing: str = Field(default="progressive", pattern=r"^[a-z][a-z0-9_]{0,30}$")
    pacing_settings: dict[str, float] = Field(
        default_factory=dict, description="Settings of that policy; the rest is its own default"
    )
    abandonment_cap: float = Field(
        default=0.03, ge=0.001, le=0.2,
        description="Abandoned per live answer of a day that pacing may reach and not pass",
    )  # fmt: skip
    ring_seconds: float = Field(default=25.0, ge=15, le=120)
    max_lines: int | None = Field(
        default=None, ge=1, le=2000, description="By default, and at most, the trunk's"
    )
    retry: NewRetryRule = Field(default_factory=NewRetryRule)


class Campaigns(BaseModel):
    """Every campaign, oldest first."""

    items: list[Campaign]


class CampaignNow(BaseModel):
    """A campaign and how far it is."""

    campaign: Campaign
    leads: LeadCounts
    attempts: AttemptCounts


class AttemptQuery(BaseModel):
    """Which page."""

    model_config = ConfigDict(extra="forbid")

    cursor: Cursor = None
    limit: PageSize = 50


class Attempts(BaseModel):
    """A page of attempts, newest first; `next_cursor` null: there are no more."""

    items: list[Attempt]
    next_cursor: str | None


class DecisionQuery(AttemptQuery):
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


@router.post("", status_code=201)
async def make_campaign(rooms: Rooms, asked: NewCampaign, response: Response) -> Campaign:
    """Make a campaign. It dials nobody before it has leads and is started."""
    faults = _faults(rooms, asked)
    if faults:
        raise ProblemError(Kind.INVALID, faults=faults)
    campaign = Campaign(
        id=uuid.uuid4().hex,
        name=asked.name,
        queue=asked.queue,
        country=asked.country,
        caller_number=asked.caller_number or rooms.floor.trunk.caller_number,
        pacing=asked.pacing,
        pacing_settings=asked.pacing_settings,
        abandonment_cap=asked.abandonment_cap,
        ring_seconds=asked.ring_seconds,
        max_lines=asked.max_lines or rooms.floor.trunk.max_calls,
        retry=RetryRule(max_attempts=asked.retry.max_attempts, minutes=asked.retry.minutes),
        created_at=rooms.now(),
    )
    await rooms.campaigns.create(campaign)
    response.headers["location"] = f"/campaigns/{campaign.id}"
    return campaign


def _faults(rooms: Parts, asked: NewCampaign) -> list[Fault]:
    """What only this floor can tell."""
    faults = []
    if rooms.floor.queue(asked.queue) is None:
        known = ", ".join(queue.name for queue in rooms.floor.queues)
        faults.append(Fault("body.queue", "no_such_queue", {"known": known}))
    elif not rooms.floor.may_dial_for(asked.queue):
        faults.append(Fault("body.queue", "queue_announces"))
    try:
        PhoneRules(asked.country)
    except ValueError:
        faults.append(Fault("body.country", "no_such_country"))
    if asked.pacing not in policy_names():
        known = ", ".join(policy_names())
        faults.append(Fault("body.pacing", "no_such_pacing", {"known": known}))
    else:
        faults += _setting_faults(asked)
    max_calls = rooms.floor.trunk.max_calls
    if asked.max_lines is not None and asked.max_lines > max_calls:
        faults.append(Fault("body.max_lines", "more_than_the_trunk", {"max_calls": max_calls}))
    return faults


def _setting_faults(asked: NewCampaign) -> list[Fault]:
    """Settings that the policy does not have, or not with this value."""
    try:
        settled(asked.pacing, POLICIES[asked.pacing].knobs, asked.pacing_settings)
    except KnobError as error:
        return [Fault("body.pacing_settings", "unfit_pacing_settings", {"fault": str(error)})]
    return []


@router.get("")
async def every_campaign(rooms: Rooms) -> Campaigns:
    """Every campaign."""
    return Campaigns(items=await rooms.campaigns.campaigns())


@router.get("/{campaign_id}", responses=_UNKNOWN)
async def one_campaign(rooms: Rooms, campaign: KnownCampaign) -> CampaignNow:
    """One campaign, its leads by what can be done with them, its attempts by outcome."""
    return CampaignNow(
        campaign=campaign,
        leads=await rooms.campaigns.lead_counts(campaign.id, rooms.now()),
        attempts=await rooms.campaigns.attempt_counts(campaign.id),
    )


@router.post("/{campaign_id}/start", responses=_REFUSED)
async def start(rooms: Rooms, campaign: KnownCampaign) -> Campaign:
    """Dial. A stopped campaign goes on where it was; a finished one needs new leads first."""
    return await _ordered(rooms, campaign, Order.START)


@router.post("/{campaign_id}/pause", responses=_REFUSED)
async def pause(rooms: Rooms, campaign: KnownCampaign) -> Campaign:
    """Dial no more; what rings already may be answered and gets its agent."""
    return await _ordered(rooms, campaign, Order.PAUSE)


@router.post("/{campaign_id}/stop", responses=_REFUSED)
async def stop(rooms: Rooms, campaign: KnownCampaign) -> Campaign:
    """Dial no more, and end what rings unanswered."""
    return await _ordered(rooms, campaign, Order.STOP)


async def _ordered(rooms: Parts, campaign: Campaign, order: Order) -> Campaign:
    if campaign.state is order.leads_to:
        return campaign  # asked for twice
    leads = await rooms.campaigns.lead_counts(campaign.id, rooms.now())
    must_be_possible(order, campaign, leads, rooms.floor)
    return await rooms.dialing.set_state(campaign.id, order.leads_to, "asked")


@router.get("/{campaign_id}/attempts", responses=_UNKNOWN)
async def attempts(
    rooms: Rooms, campaign: KnownCampaign, query: Annotated[AttemptQuery, Query()]
) -> Attempts:
    """Who was dialed, newest first."""
    page = await rooms.campaigns.attempts(campaign.id, query.cursor, query.limit)
    return Attempts(items=page.attempts, next_cursor=page.next_cursor)


@router.get("/{campaign_id}/decisions", responses=_UNKNOWN)
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
