"""/agents/…/preview: what an agent decides on the lead that is shown; and how leads were shown."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from pydantic import AwareDatetime, BaseModel, Field

from api.access import AgentActedFor, Needs
from api.agents import AgentNow, agent_now
from api.campaign_path import KnownCampaign
from api.fields import Asked, Label, Moment
from api.parts import Parts, Rooms
from api.persons import ExtraTold, NameTold, PhoneTold
from api.problem_texts import Kind
from api.problems import ProblemError, language_of, told
from api.trail import Trailed
from dialer.attempt import Outcome
from dialer.looking import NoLineError, NothingShownError, PreviewOverError, RulesRefuseError
from dialer.ruling_words import ruling_sentence
from dialer.showing import Decision, PreviewSummary
from storage.previews import LeadShown
from storage.scopes import Scope

router = APIRouter()


class PreviewAsked(Asked):
    """What is to become of the lead that is shown."""

    decision: Decision
    reason: Annotated[
        Label | None, Field(description="Why it is passed over, in the agent's words")
    ] = None


class AttemptTold(BaseModel):
    """One earlier attempt to reach a lead."""

    at: AwareDatetime
    number: PhoneTold
    outcome: Outcome | None
    agent: str
    disposition: str


class PromiseTold(BaseModel):
    """A call that the person was promised."""

    at: AwareDatetime
    made_by: str
    note: str


class PreviewTold(BaseModel):
    """A lead before an agent's eyes."""

    campaign_id: str
    campaign_name: str
    list_name: str
    lead_id: int
    number: PhoneTold
    name: NameTold
    external_id: str
    extra: ExtraTold
    #: how often the person was dialed, and the last times, newest first
    attempts: int
    past: list[AttemptTold]
    times_passed_over: int
    #: null: no call was promised
    promised: PromiseTold | None
    shown_at: AwareDatetime
    #: the agent decides until then
    until: AwareDatetime
    #: the call that was made of it, once it was dialed
    attempt_id: str | None


class SummaryQuery(Asked):
    """Since when."""

    since: Annotated[Moment | None, Field(description="Of leads shown since then")] = None


@router.post(
    "/agents/{number}/preview",
    tags=["agents"],
    dependencies=[Depends(Needs(Scope.OWN, Scope.AGENTS_STATE))],
    status_code=202,
    responses=told(
        Kind.NO_SUCH_AGENT,
        Kind.NOTHING_SHOWN,
        Kind.PREVIEW_OVER,
        Kind.RULES_REFUSE,
        Kind.NO_LINE,
        Kind.LINK_DOWN,
        Kind.OUTCOME_UNKNOWN,
    ),
)
async def decide(
    rooms: Rooms, trail: Trailed, number: AgentActedFor, asked: PreviewAsked, request: Request
) -> AgentNow:
    """Dial the lead that the agent looks at, or pass it over."""
    before = agent_now(rooms, number)
    reason = asked.reason or ""
    try:
        await rooms.dialing.previews.decide(number, asked.decision, reason)
    except NothingShownError as error:
        raise ProblemError(Kind.NOTHING_SHOWN, number=number) from error
    except PreviewOverError as error:
        raise ProblemError(Kind.PREVIEW_OVER, number=number) from error
    except NoLineError as error:
        raise ProblemError(Kind.NO_LINE) from error
    except RulesRefuseError as error:
        ruling = error.ruling
        why = ruling_sentence(ruling.reasons, ruling.evidence, language_of(request))
        codes = ", ".join(ruling.reasons)
        raise ProblemError(Kind.RULES_REFUSE, why=why, codes=codes) from error
    if trail.agent != number:
        await trail.leave(
            "agent.preview",
            f"agents/{number}",
            before={"state": before.state},
            after={"asked": "preview", "decision": asked.decision, "reason": reason},
        )
    return agent_now(rooms, number)


@router.get(
    "/campaigns/{campaign_id}/previews/summary",
    tags=["campaigns"],
    dependencies=[Depends(Needs(Scope.CAMPAIGNS_READ))],
    responses=told(Kind.NO_SUCH_CAMPAIGN),
)
async def preview_summary(
    rooms: Rooms, campaign: KnownCampaign, query: Annotated[SummaryQuery, Query()]
) -> PreviewSummary:
    """How many leads were shown, dialed, passed over, and not decided in time."""
    return await rooms.showings.summary(campaign.id, query.since)


async def preview_of(rooms: Parts, number: str) -> PreviewTold | None:
    """What the agent looks at, or what the call that is being made was shown as."""
    shown = await rooms.showings.shown_to(rooms.floor.pbx, number)
    return None if shown is None else _told(shown)


def _told(shown: LeadShown) -> PreviewTold:
    lead, promised = shown.lead, shown.promised
    return PreviewTold(
        campaign_id=lead.campaign_id,
        campaign_name=shown.campaign_name,
        list_name=shown.list_name,
        lead_id=lead.id,
        number=lead.number,
        name=lead.name,
        external_id=lead.external_id,
        extra=lead.extra,
        attempts=lead.attempts,
        past=[
            AttemptTold(
                at=one.intended_at,
                number=one.number,
                outcome=one.outcome,
                agent=one.agent,
                disposition=one.disposition,
            )
            for one in shown.past
        ],
        times_passed_over=shown.times_passed_over,
        promised=(
            PromiseTold(at=promised.at, made_by=promised.made_by, note=promised.note)
            if promised is not None
            else None
        ),
        shown_at=shown.shown.shown_at,
        until=shown.shown.until,
        attempt_id=shown.attempt_id,
    )
