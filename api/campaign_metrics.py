"""/metrics/campaigns: the KPIs of campaigns in intervals, and of their leads as they are now."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel

from api.access import Needs, Owner
from api.metric_answers import Answer, Item, KpiTold, answer_told, counts_told, grouped, kpis_told
from api.metric_query import CampaignQuery, Report, must_be_few, report_of
from api.metric_subjects import agents_of, campaigns_seen
from api.parts import Parts, Rooms
from dialer.campaign import Campaign
from monitoring.campaign_counts import CampaignCounts
from monitoring.kpi_agents import signed_in_ms
from monitoring.kpi_campaigns import LEAD_KPIS, CampaignPart, LeadCounts
from monitoring.kpis import Subject
from monitoring.queue_counts import Basis
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
    outcomes: dict[str, int]


class CampaignItem(Item):
    """One campaign in one interval."""

    campaign_id: str | None
    counts: CampaignCountsTold
    #: the legal figures of abandoned calls
    abandonment: str | None


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
    found = await rooms.reports.campaigns(of, report.intervals)
    if not query.campaign:
        dialed = {campaign_id for each in found for campaign_id in each}
        campaigns = [campaign for campaign in campaigns if campaign.id in dialed]
    names = [campaign.id for campaign in campaigns]
    must_be_few(len(names), report)
    finality = await rooms.reports.finality(Kind.CAMPAIGN, of, report.intervals, now)
    signed_in = await _signed_in(rooms, campaigns, report)
    items = []
    for place, (interval, final) in enumerate(zip(report.intervals, finality.final, strict=True)):
        counts, meanwhile = found[place], signed_in[place]
        for campaign_id, theirs in grouped(query.by, names, {name: [name] for name in names}):
            total = CampaignCounts()
            for name in theirs:
                total.add(counts.get(name, CampaignCounts()))
            queues = {campaign.queue for campaign in campaigns if campaign.id in theirs}
            agents = agents_of(rooms.floor, queues)
            part = CampaignPart(total, sum(meanwhile.get(agent, 0) for agent in agents))
            items.append(
                CampaignItem(
                    campaign_id=campaign_id,
                    since=interval.since,
                    until=interval.until,
                    final=final,
                    counts=CampaignCountsTold(**counts_told(total)),
                    kpis=kpis_told(report.kpis, [part]),
                    abandonment=campaign_id and f"/campaigns/{campaign_id}/abandonment",
                )
            )
    return CampaignMetrics(
        **answer_told(query, report, Basis.OFFERED),
        as_of=finality.as_of,
        final=all(finality.final),
        items=items,
        leads=await _leads(rooms, names),
    )


async def _signed_in(
    rooms: Parts, campaigns: list[Campaign], report: Report
) -> list[dict[str, int]]:
    """Of each interval, how long each agent of these campaigns' queues was signed in."""
    agents = agents_of(rooms.floor, {campaign.queue for campaign in campaigns})
    found = await rooms.reports.agents(Subjects(rooms.floor.pbx, agents), report.intervals)
    return [{agent: signed_in_ms(counts) for agent, counts in each.items()} for each in found]


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
