"""/metrics/campaigns: the KPIs of campaigns in intervals, and of their leads as they are now."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel

from api.access import Needs, Owner
from api.metric_answers import (
    Answer,
    Item,
    KpiTold,
    answer_told,
    behind,
    counts_told,
    grouped,
    kpis_told,
)
from api.metric_query import CampaignQuery, Report, must_be_few, report_of
from api.metric_subjects import agents_of, campaigns_seen
from api.parts import Parts, Rooms
from dialer.campaign import Campaign
from monitoring.campaign_cost import CostPart, Rates, changes, cost_of, in_force
from monitoring.campaign_counts import CampaignCounts
from monitoring.intervals import Stretch, cut
from monitoring.kpi_agents import signed_in_ms
from monitoring.kpi_campaigns import LEAD_KPIS, CampaignPart, LeadCounts
from monitoring.kpis import Subject
from monitoring.queue_counts import Basis
from storage.attempts_behind import AttemptCount
from storage.measure_rows import Kind
from storage.reports import Subjects
from storage.scopes import Scope

router = APIRouter(prefix="/metrics/campaigns", tags=["metrics"])


class CampaignCountsTold(BaseModel):
    """What is counted of a campaign; `abandoned` is no legal figure, see `abandonment`."""

    attempts: int
    answered: int
    contacts: int
    right_party: int
    successes: int
    machines: int
    abandoned: int
    talk_seconds: float
    wait_seconds: float
    line_seconds: float
    callbacks: int
    do_not_call: int
    no_contact: int
    undisposed: int
    outcomes: dict[str, int]


class ResultsTold(BaseModel):
    """Contacts by the category of what the agent said; together they are `contacts`."""

    success: int
    no_success: int
    callback: int
    do_not_call: int
    no_contact: int
    not_told: int


class CostTold(BaseModel):
    """What was paid, exact to four decimals, as text."""

    currency: str
    attempts: Decimal
    line: Decimal
    agents: Decimal
    total: Decimal
    #: null: there was none
    per_contact: Decimal | None
    per_conversion: Decimal | None


class CampaignItem(Item):
    """One campaign in one interval."""

    campaign_id: str | None
    counts: CampaignCountsTold
    results: ResultsTold
    #: null: nobody has said what the calls cost, or they were paid in two currencies
    cost: CostTold | None
    #: the legal figures of abandoned calls
    abandonment: str | None
    #: the attempts that it counts; null: of several campaigns
    calls: str | None


class LeadsTold(BaseModel):
    """A campaign's leads as they are now, whatever the period."""

    campaign_id: str
    leads: int
    tried: int
    attempts: int
    kpis: dict[str, KpiTold]


class CampaignMetrics(Answer):
    """Campaigns by interval, and their leads now."""

    items: list[CampaignItem]
    leads: list[LeadsTold]


@router.get("", dependencies=[Depends(Needs(Scope.REPORTS_READ))])
async def campaign_metrics(
    rooms: Rooms, owner: Owner, query: Annotated[CampaignQuery, Query()]
) -> CampaignMetrics:
    """Campaigns by interval, an attempt counted with all its ends when it was meant to be made."""
    now = rooms.now()
    report = report_of(query, Subject.CAMPAIGNS, now)
    campaigns = campaigns_seen(await rooms.campaigns.campaigns(), owner, query)
    of = Subjects(rooms.floor.pbx, [campaign.id for campaign in campaigns])
    book = await _read(rooms, of, campaigns, report)
    if not query.campaign:
        dialed = {campaign_id for piece in book for campaign_id in piece.counts}
        campaigns = [campaign for campaign in campaigns if campaign.id in dialed]
    queues = {campaign.id: campaign.queue for campaign in campaigns}
    names = list(queues)
    must_be_few(len(names), report)
    finality = await rooms.reports.finality(Kind.CAMPAIGN, of, report.intervals, now)
    items = []
    for interval, final in zip(report.intervals, finality.final, strict=True):
        pieces = [piece for piece in book if piece.stretch.since in interval]
        for campaign_id, theirs in grouped(query.by, names, {name: [name] for name in names}):
            agents = agents_of(rooms.floor, {queues[name] for name in theirs})
            part = CampaignPart(
                _total(piece.counts_of(name) for piece in pieces for name in theirs),
                sum(piece.signed_in_ms(agents) for piece in pieces),
            )
            cost = cost_of(
                CostPart(
                    counts=piece.counts_of(name),
                    signed_in_ms=piece.signed_in_ms(agents_of(rooms.floor, {queues[name]})),
                    rates=piece.rates[name],
                )
                for piece in pieces
                for name in theirs
            )
            items.append(
                CampaignItem(
                    campaign_id=campaign_id,
                    since=interval.since,
                    until=interval.until,
                    final=final,
                    counts=CampaignCountsTold(**counts_told(part.counts)),
                    results=ResultsTold(**part.counts.results),
                    cost=CostTold(**asdict(cost)) if cost is not None else None,
                    kpis=kpis_told(report.kpis, [part]),
                    abandonment=campaign_id and f"/campaigns/{campaign_id}/abandonment",
                    calls=campaign_id and _calls(campaign_id, interval),
                )
            )
    return CampaignMetrics(
        **answer_told(query, report, Basis.OFFERED),
        as_of=finality.as_of,
        final=all(finality.final),
        items=items,
        leads=await _leads(rooms, names),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Piece:
    """An interval, or a part of one in which no campaign's costs were changed."""

    stretch: Stretch
    counts: dict[str, CampaignCounts]
    #: by agent
    signed_in: dict[str, int]
    #: by campaign
    rates: dict[str, Rates | None]

    def counts_of(self, campaign_id: str) -> CampaignCounts:
        """What the campaign has in it."""
        return self.counts.get(campaign_id) or CampaignCounts()

    def signed_in_ms(self, agents: Iterable[str]) -> int:
        """How long these were signed in, together."""
        return sum(self.signed_in.get(agent, 0) for agent in agents)


async def _read(
    rooms: Parts, of: Subjects, campaigns: list[Campaign], report: Report
) -> list[_Piece]:
    """The intervals of the report, cut where costs were changed."""
    names = [campaign.id for campaign in campaigns]
    rates = await rooms.reports.rates(names)
    moments = changes(rates.values())
    pieces = [piece for each in report.intervals for piece in cut(each, moments)]
    counts = await rooms.reports.campaigns(of, pieces)
    agents = agents_of(rooms.floor, {campaign.queue for campaign in campaigns})
    at_work = await rooms.reports.agents(Subjects(rooms.floor.pbx, agents), pieces)
    return [
        _Piece(
            stretch=piece,
            counts=theirs,
            signed_in={agent: signed_in_ms(one) for agent, one in meanwhile.items()},
            rates={name: in_force(rates.get(name, ()), piece.since) for name in names},
        )
        for piece, theirs, meanwhile in zip(pieces, counts, at_work, strict=True)
    ]


def _calls(campaign_id: str, interval: Stretch) -> str:
    return behind(f"/campaigns/{campaign_id}/attempts", interval, count=AttemptCount.ATTEMPTS)


def _total(counts: Iterable[CampaignCounts]) -> CampaignCounts:
    total = CampaignCounts()
    for one in counts:
        total.add(one)
    return total


async def _leads(rooms: Parts, campaigns: list[str]) -> list[LeadsTold]:
    found = await rooms.reports.leads(campaigns)
    told = []
    for campaign_id in campaigns:
        counts = found.get(campaign_id, LeadCounts())
        told.append(
            LeadsTold(
                campaign_id=campaign_id,
                kpis=kpis_told(LEAD_KPIS, [counts]),
                **counts_told(counts),
            )
        )
    return told
