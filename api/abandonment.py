"""/campaigns/{campaign_id}/abandonment: the share of abandoned calls, by every rule in force."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from pydantic import AwareDatetime, BaseModel, Field

from api.access import Needs
from api.campaign_path import KnownCampaign
from api.fields import Asked, Moment
from api.parts import Rooms
from api.problem_texts import Kind
from api.problems import language_of, told
from dialer.campaign import Campaign
from dialer.rules.abandonment_words import rule_sentence
from dialer.rules.catalog import PresetCatalog
from dialer.rules.place import whole_country
from dialer.rules.sections import AbandonmentRule
from storage.abandonment import AbandonmentStore, Figures, Ledger
from storage.scopes import Scope

router = APIRouter(tags=["campaigns"], dependencies=[Depends(Needs(Scope.COMPLIANCE_READ))])


class LedgerQuery(Asked):
    """How much of the history."""

    before: Annotated[
        Moment | None, Field(description="Only periods that began before; `earlier` of an answer")
    ] = None
    limit: Annotated[int, Field(ge=1, le=400, description="Periods of each rule")] = 31


class FiguresTold(BaseModel):
    """One period; `until` is not included. Counts that are estimated need not be whole."""

    since: AwareDatetime
    until: AwareDatetime
    attempts: int
    #: without an end yet: not in the figures below
    under_way: int
    answered: int
    machines_joined: int
    machines_hung_up: int
    #: of these, people at most, by the detector's measurement
    people_taken_for_machines: float
    #: an agent came, too late
    late: int
    #: among the abandoned: nobody saw the end
    unproven: int
    live: float
    abandoned: float
    #: null: nobody answered
    rate: float | None
    #: null: there is no cap, or too few answered for the share to say anything
    within_cap: bool | None


class LedgerTold(BaseModel):
    """One rule, how it stands now, and its periods, newest first."""

    definition: AbandonmentRule
    #: the definition in the language of the request
    sentence: str
    current: FiguresTold
    history: list[FiguresTold]
    #: ask with it as `before` for earlier periods; null: there are none
    earlier: AwareDatetime | None


class Abandonment(BaseModel):
    """Every abandonment rule that the campaign is held to."""

    campaign_id: str
    as_of: AwareDatetime
    preset: str
    version: str
    #: whose calendar days count
    zone: str
    rules: list[LedgerTold]


@router.get("/campaigns/{campaign_id}/abandonment", responses=told(Kind.NO_SUCH_CAMPAIGN))
async def abandonment(
    rooms: Rooms,
    campaign: KnownCampaign,
    query: Annotated[LedgerQuery, Query()],
    request: Request,
) -> Abandonment:
    """How many who answered met no agent, as each rule counts it: now and in each period before."""
    return await abandonment_of(
        rooms.abandonment, campaign, rooms.presets, rooms.now(), language_of(request),
        before=query.before, limit=query.limit,
    )  # fmt: skip


async def abandonment_of(
    store: AbandonmentStore,
    campaign: Campaign,
    presets: PresetCatalog,
    now: datetime,
    language: str,
    *,
    before: datetime | None = None,
    limit: int = 31,
) -> Abandonment:
    """The same for whoever has the database; see `AbandonmentStore.ledgers`."""
    choice = campaign.options.rules
    rules = presets.in_force(choice.preset)
    zone = whole_country(campaign.country).zones[0]
    ledgers = await store.ledgers(
        campaign.id, rules.held(choice.purpose).abandonment,
        begun=campaign.created_at, zone=zone, now=now, before=before, limit=limit,
    )  # fmt: skip
    return Abandonment(
        campaign_id=campaign.id,
        as_of=now,
        preset=rules.preset.id,
        version=rules.preset.version,
        zone=zone,
        rules=[_ledger(each, language) for each in ledgers],
    )


def _ledger(ledger: Ledger, language: str) -> LedgerTold:
    return LedgerTold(
        definition=ledger.rule,
        sentence=rule_sentence(ledger.rule, language),
        current=_figures(ledger.current, ledger.rule),
        history=[_figures(each, ledger.rule) for each in ledger.history],
        earlier=ledger.earlier,
    )


def _figures(figures: Figures, rule: AbandonmentRule) -> FiguresTold:
    within = None
    if rule.cap is not None and figures.live >= rule.minimum_sample:
        within = figures.abandoned <= rule.cap * figures.live
    return FiguresTold(**asdict(figures), within_cap=within)
