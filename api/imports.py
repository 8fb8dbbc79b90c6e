"""/campaigns/{id}/imports: long lists, taken in at once and read in the background."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import AwareDatetime, BaseModel

from api.access import Needs
from api.campaign_path import KnownCampaign
from api.fields import IdPath
from api.limits import Limits
from api.list_query import ImportQuery
from api.parts import Parts, Rooms
from api.persons import written_told
from api.problem_texts import Kind
from api.problems import ProblemError, language_of, told
from api.trail import Trailed
from dialer.campaign import Campaign
from dialer.lists.importing import ImportState, ListImport
from dialer.lists.numbers import NumberReader
from dialer.lists.refusals import ListRefusedError, RefusedRow
from dialer.lists.settling import Mode
from dialer.lists.sheet import Sheet
from dialer.phone_rules import PhoneRules
from documents.spreadsheet import MEDIA_TYPE, csv_rows
from storage.scopes import Scope

router = APIRouter(prefix="/campaigns", tags=["lists"])
_READ = [Depends(Needs(Scope.CAMPAIGNS_READ))]
_UNKNOWN = told(Kind.NO_SUCH_CAMPAIGN, Kind.NO_SUCH_IMPORT)
#: enough for a header as long as it may be, and a row below it
_BEGINNING_BYTES = 192 * 1024


class ImportTold(BaseModel):
    """An import and how far it is; rows = added + merged + already_there + refused."""

    id: str
    list_id: str
    list_name: str
    file_name: str
    mode: Mode
    state: ImportState
    #: why the file as a whole was refused; what was read before stays
    reason: str | None
    total_bytes: int
    done_bytes: int
    rows: int
    added: int
    merged: int
    already_there: int
    refused: int
    asked_by: str
    started_at: AwareDatetime
    changed_at: AwareDatetime
    ended_at: AwareDatetime | None


class Imports(BaseModel):
    """A campaign's last hundred imports, newest first."""

    items: list[ImportTold]


async def _known_import(rooms: Rooms, campaign: KnownCampaign, import_id: IdPath) -> ListImport:
    found = await rooms.imports.one(campaign.id, import_id)
    if found is None:
        raise ProblemError(Kind.NO_SUCH_IMPORT, import_id=import_id)
    return found


KnownImport = Annotated[ListImport, Depends(_known_import)]


@router.post(
    "/{campaign_id}/imports",
    dependencies=[Depends(Needs(Scope.CAMPAIGNS_WRITE))],
    status_code=202,
    responses=told(
        Kind.NO_SUCH_CAMPAIGN, Kind.BODY_TOO_SLOW, Kind.LIST_REFUSED, Kind.INVALID,
        Kind.TOO_MANY_IMPORTS,
    ),
    openapi_extra={
        "requestBody": {
            "required": True,
            "description": "A header and up to 1,000,000 rows; one column holds a phone number",
            "content": {"text/csv": {"schema": {"type": "string"}}},
        }
    },
)  # fmt: skip
async def begin(
    rooms: Rooms,
    trail: Trailed,
    campaign: KnownCampaign,
    query: Annotated[ImportQuery, Query()],
    request: Request,
    response: Response,
) -> ImportTold:
    """Keep a file, and import it in the background: also after a crash, from where it was."""
    limits: Limits = request.app.state.limits
    uploads: asyncio.Semaphore = request.app.state.imports
    if uploads.locked():
        raise ProblemError(Kind.TOO_MANY_IMPORTS, limit=limits.imports_at_once)
    language = language_of(request)
    import_id = uuid.uuid4().hex
    async with uploads:
        size = await rooms.spool.keep(import_id, request.stream())
        try:
            await asyncio.to_thread(_must_begin_well, rooms.spool.path(import_id), campaign, query)
            made = await rooms.imports.create(
                import_id, campaign.id,
                list_name=query.list_name, file_name=query.file_name, mode=query.mode,
                columns=query.columns, total_bytes=size, asked_by=trail.who, now=rooms.now(),
            )  # fmt: skip
        except ListRefusedError as error:
            rooms.spool.forget(import_id)
            raise ProblemError(Kind.LIST_REFUSED, reason=error.sentence(language)) from error
        finally:
            # also when nobody waits for the answer: it may be written all the same, and a file of
            # which nothing was written is swept later
            rooms.wake_imports()
    subject = f"campaigns/{campaign.id}/imports/{import_id}"
    after = {**query.model_dump(mode="json", by_alias=True), "bytes": size}
    await trail.leave("import.begin", subject, after=after)
    response.headers["location"] = f"/{subject}"
    return _told(made, language)


@router.get("/{campaign_id}/imports", dependencies=_READ, responses=told(Kind.NO_SUCH_CAMPAIGN))
async def imports(rooms: Rooms, campaign: KnownCampaign, request: Request) -> Imports:
    """The campaign's imports, newest first, and how far each is."""
    language = language_of(request)
    found = await rooms.imports.of_campaign(campaign.id)
    return Imports(items=[_told(each, language) for each in found])


@router.get("/{campaign_id}/imports/{import_id}", dependencies=_READ, responses=_UNKNOWN)
async def one_import(found: KnownImport, request: Request) -> ImportTold:
    """One import, and how far it is."""
    return _told(found, language_of(request))


@router.get(
    "/{campaign_id}/imports/{import_id}/refused.csv",
    dependencies=_READ,
    response_class=StreamingResponse,
    responses={200: {"content": {"text/csv": {"schema": {"type": "string"}}}}, **_UNKNOWN},
)
async def refused(rooms: Rooms, found: KnownImport, request: Request) -> StreamingResponse:
    """What was refused, in the order of the file: line, column, reason, the row as it was."""
    return StreamingResponse(
        _refused_file(rooms, found.id, language_of(request)),
        media_type=MEDIA_TYPE,
        headers={"content-disposition": f'attachment; filename="refused-{found.id}.csv"'},
    )


def _must_begin_well(path: Path, campaign: Campaign, query: ImportQuery) -> None:
    """Raise `ListRefusedError` for a header that cannot be used: that is told at once."""
    sheet = Sheet(NumberReader(PhoneRules(campaign.country), campaign.country), query.columns)
    with path.open("rb") as file:
        beginning = file.read(_BEGINNING_BYTES)
    for piece in (beginning, b"") if len(beginning) < _BEGINNING_BYTES else (beginning,):
        sheet.feed(piece)
        for _ in sheet.drain():
            if sheet.rows:
                return


_HEADS = {
    "es": ("línea", "columna", "qué se rechazó", "código", "motivo", "fila"),
    "en": ("line", "column", "what was refused", "code", "reason", "row"),
}
_WHAT = {"es": ("la fila", "solo ese número"), "en": ("the row", "only this number")}


async def _refused_file(rooms: Parts, import_id: str, language: str) -> AsyncIterator[bytes]:
    yield csv_rows([_HEADS[language]])
    async for part in rooms.imports.refusals(import_id):
        yield csv_rows(_cells(part, language))


def _cells(part: list[RefusedRow], language: str) -> Iterator[tuple[str, ...]]:
    for row in part:
        what = _WHAT[language][row.kept]
        # both may quote what the file says of a person
        reason, text = written_told(row.reason(language)), written_told(row.row)
        yield str(row.line), row.column, what, row.fault, reason, text


def _told(found: ListImport, language: str) -> ImportTold:
    return ImportTold(
        **{name: getattr(found, name) for name in ImportTold.model_fields if name != "reason"},
        reason=None if found.fault is None else found.fault.sentence(language),
    )
