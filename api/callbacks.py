"""/campaigns/{id}/callbacks: calls that were promised, how they are kept, making and cancelling."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from pydantic import AwareDatetime, BaseModel, Field, NaiveDatetime

from agents.floor import AgentNumber
from api.access import Needs, Owner
from api.campaign_path import KnownCampaign
from api.fields import Asked, IdPath, Label, Moment, PageQuery
from api.parts import Parts, Rooms
from api.persons import NameTold, PhoneTold, persons_shown
from api.problem_texts import Kind
from api.problems import ProblemError, invalid, told
from api.promises import must_be_promisable
from api.trail import Trailed
from dialer.callbacks import NOT_YET, PROMISED_LIST, CallbackState, CallbackSummary, Standing
from dialer.campaign import Campaign
from dialer.lead import Lead, NewLead
from dialer.lists.refusals import NumberRefusedError
from dialer.phone_rules import PhoneRules
from dialer.rules.place import UnknownZoneError, place_from, place_of
from dialer.rules.wall_clock import zoned
from storage.callbacks import CallbackOf, LeadBusyError
from storage.scopes import Scope

router = APIRouter(
    prefix="/campaigns/{campaign_id}/callbacks",
    tags=["campaigns"],
    responses=told(Kind.NO_SUCH_CAMPAIGN),
)
_READ = [Depends(Needs(Scope.CAMPAIGNS_READ))]
_WRITE = [Depends(Needs(Scope.CAMPAIGNS_WRITE))]


class NewCallback(Asked):
    """A call to be promised: to a lead of the campaign, or to a number."""

    lead_id: Annotated[int | None, Field(ge=1, description="This, or `number`")] = None
    number: Annotated[
        str | None,
        Field(
            pattern=r"^[+(0-9][0-9 ().-]{5,39}$",
            description="As +573001234567, or as the campaign's country writes it; one that is no "
            "lead yet becomes one",
        ),
    ] = None
    promised_at: Annotated[Moment | None, Field(description="This, or `local_time`")] = None
    local_time: Annotated[
        NaiveDatetime | None, Field(description="On the customer's clock, as 2026-03-02T15:30")
    ] = None
    zone: Annotated[
        str | None,
        Field(
            pattern=r"^[A-Za-z0-9_+/-]{1,60}$",
            description="Whose clock that is, as America/Bogota; by default the lead's",
        ),
    ] = None
    agent: Annotated[
        AgentNumber | None, Field(description="Only this agent; by default anybody")
    ] = None
    note: Label | None = None


class CallbackTold(BaseModel):
    """A promised call."""

    id: str
    lead_id: int
    number: PhoneTold
    name: NameTold
    state: Standing
    #: null: the turn of one who keeps a place in a queue has not come
    promised_at: AwareDatetime | None
    #: the same on the customer's clock; null when nobody knows which one that is
    promised_local: AwareDatetime | None
    zone: str
    #: how long after the promised moment it was tried, or has not been yet
    late_seconds: float
    #: the only one who may make it, for a time; "" anybody
    agent: str
    note: str
    made_by: str
    made_at: AwareDatetime
    attempt_id: str | None
    tried_at: AwareDatetime | None
    #: of a caller who gave up the line of this queue and keeps the place there, since when
    queue: str | None
    waiting_since: AwareDatetime | None
    #: how manieth in the line now, 1 is next; null: the call was made, or keeps no place
    place: int | None


class Callbacks(BaseModel):
    """A page of promises, the latest first; `next_cursor` null: there are no more."""

    items: list[CallbackTold]
    next_cursor: str | None


class CallbackQuery(PageQuery):
    """Which promises."""

    state: Annotated[
        CallbackState | None, Field(description="`open`: not tried yet, whether due or broken")
    ] = None


@router.get("", dependencies=_READ)
async def callbacks(
    rooms: Rooms, owner: Owner, campaign: KnownCampaign, query: Annotated[CallbackQuery, Query()]
) -> Callbacks:
    """The calls that were promised, the latest first."""
    page = await rooms.campaigns.callbacks(
        campaign.id, query.state, query.cursor, query.limit, owner.queues
    )
    now = rooms.now()
    return Callbacks(
        items=[_told(rooms, one, now) for one in page.callbacks], next_cursor=page.next_cursor
    )


@router.get("/summary", dependencies=_READ)
async def callback_summary(rooms: Rooms, owner: Owner, campaign: KnownCampaign) -> CallbackSummary:
    """How the campaign keeps its promises."""
    return await rooms.campaigns.callback_summary(campaign.id, rooms.now(), owner.queues)


@router.post("", dependencies=_WRITE, status_code=201, responses=told(Kind.LEAD_BUSY))
async def make_callback(
    rooms: Rooms, campaign: KnownCampaign, asked: NewCallback, owner: Owner, trail: Trailed
) -> CallbackTold:
    """Promise a call; it takes the place of one that was promised to the same person before."""
    _must_know_the_agent(rooms, campaign, asked.agent)
    lead = await _lead(rooms, campaign, asked)
    zone = _zone(lead, asked)
    at, place = _moment(asked, zone)
    await must_be_promisable(rooms, campaign, lead, at, zone, place)
    try:
        made = await rooms.campaigns.make_callback(
            lead.id, at=at, agent=asked.agent or "", zone=zone, made_by=owner.name,
            made_at=rooms.now(), note=asked.note or "",
        )  # fmt: skip
    except LeadBusyError as error:
        raise ProblemError(Kind.LEAD_BUSY, lead_id=lead.id) from error
    await rooms.dialing.callback_changed(campaign.id)
    said = _told(rooms, made, rooms.now())
    await trail.leave("callback.make", _subject(said), after=_row(said))
    return said


@router.delete(
    "/{callback_id}",
    dependencies=_WRITE,
    responses=told(Kind.NO_SUCH_CAMPAIGN, Kind.NO_SUCH_CALLBACK),
)
async def cancel_callback(
    rooms: Rooms, owner: Owner, campaign: KnownCampaign, callback_id: IdPath, trail: Trailed
) -> CallbackTold:
    """Take a promise back that was not tried yet."""
    cancelled = await rooms.campaigns.cancel_callback(
        campaign.id, callback_id, campaign.retry, rooms.now(), owner.queues
    )
    if cancelled is None:
        raise ProblemError(Kind.NO_SUCH_CALLBACK, callback_id=callback_id)
    await rooms.dialing.callback_changed(campaign.id)
    said = _told(rooms, cancelled, rooms.now())
    await trail.leave("callback.cancel", _subject(said), after=_row(said))
    return said


def _subject(said: CallbackTold) -> str:
    return f"callbacks/{said.id}"


def _row(said: CallbackTold) -> dict[str, Any]:
    """As the audit keeps it, whoever asked."""
    with persons_shown(True):
        return said.model_dump(mode="json")


def _must_know_the_agent(rooms: Parts, campaign: Campaign, number: str | None) -> None:
    agent = rooms.floor.agent(number) if number is not None else None
    if number is not None and (agent is None or campaign.queue not in agent.queues):
        raise invalid("body.agent", "no_agent_of_the_queue", queue=campaign.queue)


async def _lead(rooms: Parts, campaign: Campaign, asked: NewCallback) -> Lead:
    if (asked.lead_id is None) == (asked.number is None):
        raise invalid("body.lead_id", "one_of_two", other="number")
    lead_id = asked.lead_id
    if asked.number is not None:
        number = _dialable(campaign, asked.number)
        lead_id = await rooms.campaigns.lead_at(campaign.id, number)
        if lead_id is None:
            lead_id = await _new_lead(rooms, campaign, number)
    lead = await rooms.campaigns.lead(lead_id) if lead_id is not None else None
    if lead is None or lead.campaign_id != campaign.id:
        raise invalid("body.lead_id", "no_such_lead")
    return lead


def _dialable(campaign: Campaign, written: str) -> str:
    try:
        return PhoneRules(campaign.country).dialable(written)
    except NumberRefusedError as error:
        raise invalid("body.number", "not_dialable", fault=error.fault) from error


async def _new_lead(rooms: Parts, campaign: Campaign, number: str) -> int | None:
    async def batches() -> AsyncIterator[list[NewLead]]:
        yield [NewLead(number=number, name="", extra={}, zone=_place_key(number))]

    await rooms.campaigns.add_leads(campaign.id, batches(), rooms.now(), PROMISED_LIST)
    return await rooms.campaigns.lead_at(campaign.id, number)


def _place_key(number: str) -> str:
    try:
        return place_of(f"+{number}").key
    except UnknownZoneError:
        return ""


def _zone(lead: Lead, asked: NewCallback) -> str:
    """Whose clock counts: what is said, else what the lead or its number tells."""
    if asked.zone is None:
        return lead.zone or _place_key(lead.number)
    try:
        return place_from(asked.zone).key
    except UnknownZoneError as error:
        raise invalid("body.zone", "no_such_zone") from error


def _moment(asked: NewCallback, zone: str) -> tuple[datetime, str]:
    """The promised moment, and where in the request it stands."""
    if (asked.promised_at is None) == (asked.local_time is None):
        raise invalid("body.promised_at", "one_of_two", other="local_time")
    if asked.promised_at is not None:
        return asked.promised_at, "body.promised_at"
    zones = place_from(zone).zones if zone else ()
    if len(zones) != 1 or asked.local_time is None:
        raise invalid("body.zone", "missing")
    local = asked.local_time.replace(tzinfo=zoned(zones[0]))
    moment = local.astimezone(UTC)
    if moment.astimezone(local.tzinfo).replace(tzinfo=None) != asked.local_time:
        raise invalid("body.local_time", "no_such_local_time")
    return moment, "body.local_time"


def _told(rooms: Parts, one: CallbackOf, now: datetime) -> CallbackTold:
    callback = one.callback
    known = callback.promised_at != NOT_YET
    return CallbackTold(
        id=callback.id,
        lead_id=callback.lead_id,
        number=one.number,
        name=one.name,
        state=callback.standing(now),
        promised_at=callback.promised_at if known else None,
        promised_local=callback.local() if known else None,
        zone=callback.zone,
        late_seconds=callback.late_seconds(now),
        agent=callback.agent,
        note=callback.note,
        made_by=callback.made_by,
        made_at=callback.made_at,
        attempt_id=callback.attempt_id,
        tried_at=callback.tried_at,
        queue=callback.queue,
        waiting_since=callback.waiting_since,
        place=rooms.dialing.callbacks.number_of(callback.id),
    )
