"""/rulings: the proof of each check, for a supervisor to read and for a regulator to keep."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Sequence
from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import StreamingResponse
from pydantic import AwareDatetime, BaseModel, Field

from api.access import Needs, Owner
from api.campaign_path import KnownCampaign
from api.fields import Asked, Moment, PageQuery
from api.parts import Parts, Rooms
from api.persons import DataTold, PhoneTold, WordsTold, must_see_persons
from api.problem_texts import Kind
from api.problems import language_of, told
from dialer.ruling_words import ruling_sentence
from documents.spreadsheet import MEDIA_TYPE, csv_rows
from storage.rulings import RulingFilter, RulingKept
from storage.scopes import Scope

router = APIRouter(tags=["rulings"], dependencies=[Depends(Needs(Scope.COMPLIANCE_READ))])
_UNKNOWN = told(Kind.NO_SUCH_CAMPAIGN)

_Number = Annotated[str, Field(pattern=r"^\+?[0-9]{1,20}$", description="In international form")]


class _Chosen(PageQuery):
    allowed: bool | None = None
    reason: Annotated[
        str | None, Field(pattern=r"^[a-z][a-z0-9_]{0,59}$", description="One of its codes")
    ] = None
    since: Moment | None = None
    until: Annotated[Moment | None, Field(description="Itself not included")] = None


class RulingQuery(_Chosen):
    """Which rulings of a campaign; what is not given does not matter."""

    number: _Number | None = None


class NumberQuery(_Chosen):
    """Which rulings on one number."""

    number: _Number


class ExportQuery(Asked):
    """Which stretch of time."""

    since: Moment | None = None
    until: Annotated[Moment | None, Field(description="Itself not included")] = None


class RulingTold(BaseModel):
    """Whether a number might be dialed at a moment, why not, by which rules, and on what facts."""

    at: AwareDatetime
    campaign_id: str
    #: null: of the campaign as a whole
    lead_id: int | None
    #: "" of the campaign as a whole
    number: PhoneTold
    #: the attempt that was made by it
    attempt_id: str | None
    allowed: bool
    reasons: list[str]
    #: the reasons, in the language of the request
    sentence: WordsTold
    preset: str
    version: str
    purpose: str
    zone: str
    #: the called person's wall clock
    local_time: str
    evidence: DataTold


class Rulings(BaseModel):
    """A page of rulings, newest first; `next_cursor` null: there are no more."""

    items: list[RulingTold]
    next_cursor: str | None


@router.get("/campaigns/{campaign_id}/rulings", responses=_UNKNOWN)
async def of_a_campaign(
    rooms: Rooms,
    owner: Owner,
    campaign: KnownCampaign,
    query: Annotated[RulingQuery, Query()],
    request: Request,
) -> Rulings:
    """Whom a campaign might dial and whom not, newest first."""
    must_see_persons(owner, query.number)
    return await _page(rooms, _filter(query, query.number, campaign.id), query, request)


@router.get("/rulings", dependencies=[Depends(Needs(Scope.PII_READ))])
async def of_a_number(
    rooms: Rooms, owner: Owner, query: Annotated[NumberQuery, Query()], request: Request
) -> Rulings:
    """Every check of one number, whatever the campaign, newest first."""
    wanted = replace(_filter(query, query.number, None), seen_queues=owner.queues)
    return await _page(rooms, wanted, query, request)


@router.get(
    "/campaigns/{campaign_id}/rulings.csv",
    response_class=StreamingResponse,
    responses={200: {"content": {"text/csv": {"schema": {"type": "string"}}}}, **_UNKNOWN},
)
async def as_a_file(
    rooms: Rooms,
    campaign: KnownCampaign,
    query: Annotated[ExportQuery, Query()],
    request: Request,
) -> StreamingResponse:
    """Every ruling of a stretch of time, newest first, as a file for a regulator."""
    wanted = RulingFilter(campaign_id=campaign.id, since=query.since, until=query.until)
    pages = rooms.rulings.all(wanted)
    # before the answer begins: a database that is away can still be told
    first = await anext(pages)
    name = f"rulings-{campaign.id}.csv"
    return StreamingResponse(
        _file(first, pages, language_of(request)),
        media_type=MEDIA_TYPE,
        headers={"content-disposition": f'attachment; filename="{name}"'},
    )


async def _page(rooms: Parts, wanted: RulingFilter, query: PageQuery, request: Request) -> Rulings:
    page = await rooms.rulings.page(wanted, query.cursor, query.limit)
    language = language_of(request)
    items = [_told(ruling, language) for ruling in page.rulings]
    return Rulings(items=items, next_cursor=page.next_cursor)


def _filter(query: _Chosen, number: str | None, campaign_id: str | None) -> RulingFilter:
    return RulingFilter(
        campaign_id=campaign_id,
        number=None if number is None else number.removeprefix("+"),
        allowed=query.allowed,
        reason=query.reason,
        since=query.since,
        until=query.until,
    )


def _told(ruling: RulingKept, language: str) -> RulingTold:
    return RulingTold(
        at=ruling.at,
        campaign_id=ruling.campaign_id,
        lead_id=ruling.lead_id,
        number=ruling.number,
        attempt_id=ruling.attempt_id,
        allowed=ruling.allowed,
        reasons=ruling.reasons,
        sentence=ruling_sentence(ruling.reasons, ruling.evidence, language),
        preset=ruling.preset,
        version=ruling.version,
        purpose=ruling.purpose,
        zone=ruling.zone,
        local_time=ruling.local_time,
        evidence=ruling.evidence,
    )


_COLUMNS = (
    "at", "campaign_id", "lead_id", "number", "attempt_id", "allowed", "reasons", "sentence",
    "preset", "version", "purpose", "zone", "local_time", "evidence",
)  # fmt: skip


async def _file(
    first: Sequence[RulingKept], rest: AsyncGenerator[list[RulingKept], None], language: str
) -> AsyncGenerator[bytes, None]:
    yield csv_rows([_COLUMNS])
    yield csv_rows(_row(ruling, language) for ruling in first)
    async for rulings in rest:
        yield csv_rows(_row(ruling, language) for ruling in rulings)


def _row(ruling: RulingKept, language: str) -> list[str]:
    cells = _told(ruling, language).model_dump(mode="json")
    cells["allowed"] = "yes" if ruling.allowed else "no"
    cells["reasons"] = " ".join(ruling.reasons)
    cells["evidence"] = json.dumps(cells["evidence"], ensure_ascii=False)
    return ["" if cells[name] is None else str(cells[name]) for name in _COLUMNS]
