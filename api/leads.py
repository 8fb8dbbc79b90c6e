"""/campaigns/{id}/leads: a list of people to be dialed, sent as CSV and read as it comes."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel

from api.access import Needs
from api.campaign_path import KnownCampaign
from api.limits import Limits
from api.list_query import ListQuery
from api.parts import Parts, Rooms
from api.problem_texts import Kind
from api.problems import ProblemError, language_of, told
from api.trail import Trail, Trailed
from dialer.book import ListImported
from dialer.campaign import Campaign
from dialer.lists.reader import ListReader, read_list
from dialer.lists.refusals import ListFault, ListRefusedError, RowFault
from dialer.lists.sheet import MAX_FILE_BYTES
from storage.scopes import Scope

router = APIRouter(
    prefix="/campaigns", tags=["campaigns"], dependencies=[Depends(Needs(Scope.CAMPAIGNS_WRITE))]
)


class Refused(BaseModel):
    """A row that did not become a lead."""

    line: int
    column: str
    fault: RowFault
    reason: str
    #: the row is a lead all the same: only this number of it is left out
    kept: bool


class Imported(BaseModel):
    """What became of a list. `rows` is what became leads, was there already, or was refused."""

    rows: int
    added: int
    already_there: int
    refused_count: int
    #: numbers of good rows that are not dialed, for the rows have others
    left_out_count: int
    #: the first thousand of both
    refused: list[Refused]
    encoding: str
    #: its accents may have been read wrongly; 0: there is none
    first_line_not_utf8: int
    delimiter: str
    #: the first of them; `phone_columns` has all, in the order in which they are tried
    phone_column: str
    phone_columns: list[str]
    name_column: str
    extra_columns: list[str]


@router.post(
    "/{campaign_id}/leads",
    responses=told(
        Kind.NO_SUCH_CAMPAIGN, Kind.BODY_TOO_SLOW, Kind.LIST_REFUSED, Kind.INVALID,
        Kind.TOO_MANY_IMPORTS, Kind.TOO_MANY_WRONG_TOKENS,
    ),
    openapi_extra={
        "requestBody": {
            "required": True,
            "description": "A header and rows, up to 100 MB; one column holds the phone number",
            "content": {"text/csv": {"schema": {"type": "string"}}},
        }
    },
)  # fmt: skip
async def add_leads(
    rooms: Rooms,
    trail: Trailed,
    campaign: KnownCampaign,
    query: Annotated[ListQuery, Query()],
    request: Request,
) -> Imported:
    """Add a list's good rows; the others are told. Sending a list twice adds nothing twice."""
    limits: Limits = request.app.state.limits
    imports: asyncio.Semaphore = request.app.state.imports
    if imports.locked():
        raise ProblemError(Kind.TOO_MANY_IMPORTS, limit=limits.imports_at_once)
    language = language_of(request)
    async with imports:
        reader = read_list(request.stream(), country=campaign.country, columns=query.columns)
        try:
            imported = await _import(rooms, trail, campaign, reader, query.list_name)
        except ListRefusedError as error:
            if error.fault is ListFault.TOO_BIG:
                raise ProblemError(Kind.BODY_TOO_BIG, limit=MAX_FILE_BYTES) from error
            raise ProblemError(Kind.LIST_REFUSED, reason=error.sentence(language)) from error
    return _told(reader, imported, language)


async def _import(
    rooms: Parts, trail: Trail, campaign: Campaign, reader: ListReader, list_name: str
) -> ListImported:
    try:
        return await rooms.campaigns.add_leads(campaign.id, reader, rooms.now(), list_name)
    finally:
        # also of a list that broke off the rows before are leads now
        rooms.dialing.leads_added(campaign.id)
        await reader.aclose()
        report = reader.report
        if report.rows:
            await trail.leave(
                "leads.add",
                f"campaigns/{campaign.id}",
                after={
                    "list": list_name,
                    "rows": report.rows,
                    "good": report.good,
                    "refused_count": report.refused_count,
                },
            )


def _told(reader: ListReader, imported: ListImported, language: str) -> Imported:
    report = reader.report
    return Imported(
        rows=report.rows,
        added=imported.added,
        already_there=imported.already_there,
        refused_count=report.refused_count,
        left_out_count=report.left_out_count,
        refused=[
            Refused(
                line=row.line,
                column=row.column,
                fault=row.fault,
                reason=row.sentence(language),
                kept=row.kept,
            )
            for row in report.refused
        ],
        encoding=report.encoding,
        first_line_not_utf8=report.first_line_not_utf8,
        delimiter=report.delimiter,
        phone_column=next(iter(report.phone_columns), ""),
        phone_columns=list(report.phone_columns),
        name_column=report.name_column,
        extra_columns=list(report.extra_columns),
    )
