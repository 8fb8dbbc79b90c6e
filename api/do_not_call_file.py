"""/do-not-call/numbers: a file of people whom nobody calls, or whom one campaign does not."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from phonenumbers import SUPPORTED_REGIONS
from pydantic import BaseModel, Field

from api.access import Needs
from api.fields import Asked
from api.limits import Limits
from api.parts import Parts, Rooms
from api.problem_texts import Kind
from api.problems import ProblemError, invalid, language_of, told
from api.trail import Trailed
from dialer.lists.refusals import RowFault
from dialer.registers.formats import RegisterFormat, adapter
from dialer.registers.reader import RegisterReader
from dialer.registers.refusals import RegisterRefusedError
from storage.do_not_call import OWN, Source
from storage.scopes import Scope

router = APIRouter(
    prefix="/do-not-call",
    tags=["do-not-call"],
    dependencies=[Depends(Needs(Scope.DO_NOT_CALL_WRITE))],
)


class FileQuery(Asked):
    """How the file is to be read, and on which list its numbers go."""

    column: Annotated[
        str,
        Field(
            pattern=r"^[^\x00-\x1f\x7f-\x9f]{0,100}$",
            description="The column of the numbers; without one it is a number per line",
        ),
    ] = ""
    country: Annotated[
        str | None,
        Field(
            pattern=r"^[A-Z]{2}$",
            description="Whose numbers those written nationally are; by default the campaign's",
        ),
    ] = None
    campaign_id: Annotated[
        str | None,
        Field(
            pattern=r"^[A-Za-z0-9._-]{1,80}$",
            description="Only this campaign's list; by default our own",
        ),
    ] = None
    reason: Annotated[str, Field(pattern=r"^[^\x00-\x1f\x7f-\x9f]{0,200}$")] = ""


class RefusedRow(BaseModel):
    """A row without a number that could be listed."""

    line: int
    column: str
    fault: RowFault
    #: in the language of the request
    reason: str


class FileListed(BaseModel):
    """What was found in the file; every number in it that is none of the refused is listed."""

    rows: int
    added: int
    #: and what the file has twice
    already_listed: int
    refused_count: int
    #: the first ten thousand
    refused: list[RefusedRow]


@router.post(
    "/numbers",
    responses=told(Kind.NO_SUCH_CAMPAIGN, Kind.LIST_REFUSED, Kind.TOO_MANY_IMPORTS),
    openapi_extra={
        "requestBody": {
            "required": True,
            "description": "The numbers, up to 100 MB",
            "content": {"text/csv": {"schema": {"type": "string"}}},
        }
    },
)
async def add_file(
    rooms: Rooms, trail: Trailed, query: Annotated[FileQuery, Query()], request: Request
) -> FileListed:
    """List every number of a file, each as soon as it is read; a row that is none is told."""
    country = await _country(rooms, query)
    limits: Limits = request.app.state.limits
    imports: asyncio.Semaphore = request.app.state.imports
    if imports.locked():
        raise ProblemError(Kind.TOO_MANY_IMPORTS, limit=limits.imports_at_once)
    language = language_of(request)
    form = RegisterFormat.CSV if query.column else RegisterFormat.LINES
    reader = RegisterReader(adapter(form, query.column), country, whole=False)
    listed = 0
    async with imports:
        try:
            async with aclosing(reader.batches(request.stream())) as batches:
                async for batch in batches:
                    listed += await rooms.do_not_call.add_all(
                        batch, query.campaign_id or OWN,
                        source=Source.FILE, who=trail.who, now=rooms.now(), reason=query.reason,
                    )  # fmt: skip
        except RegisterRefusedError as error:
            raise ProblemError(Kind.LIST_REFUSED, reason=error.sentence(language)) from error
        finally:
            report = reader.report
            if listed:  # also of a file that broke off: what was listed is listed
                await trail.leave(
                    "do_not_call.add_file",
                    "do-not-call",
                    after={
                        "campaign_id": query.campaign_id or OWN, "reason": query.reason,
                        "rows": report.rows, "added": listed,
                        "refused_count": report.refused_count, "sha256": report.sha256,
                    },
                )  # fmt: skip
    return FileListed(
        rows=report.rows,
        added=listed,
        already_listed=report.good - listed,
        refused_count=report.refused_count,
        refused=[
            RefusedRow(
                line=row.line, column=row.column, fault=row.fault, reason=row.sentence(language)
            )
            for row in report.refused
        ],
    )


async def _country(rooms: Parts, query: FileQuery) -> str | None:
    country = query.country
    if country is not None and country not in SUPPORTED_REGIONS:
        raise invalid("query.country", "no_such_country")
    if query.campaign_id is None:
        return country
    campaign = await rooms.campaigns.get(query.campaign_id)
    if campaign is None:
        raise ProblemError(Kind.NO_SUCH_CAMPAIGN, campaign_id=query.campaign_id)
    return country or campaign.country
