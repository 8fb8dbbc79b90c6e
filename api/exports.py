"""/exports: what is kept as files for other programs, written as they are read."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path, Query
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field
from starlette.responses import Response

from agents.floor import Floor
from api.access import Needs, Owner
from api.export_dictionary import Described, dictionary
from api.export_files import MEDIA_TYPES, ExportFile, Form, ParquetMissingError, file_of
from api.export_masking import masking
from api.fields import Asked, Moment
from api.parts import Rooms
from api.problem_texts import Kind
from api.problems import ProblemError, invalid, told
from api.trail import Trailed
from api.zones import zone_of
from documents.spreadsheet import MEDIA_TYPE, csv_rows
from storage.export_sources import Chosen, What
from storage.exports import Record
from storage.scopes import Scope
from storage.tokens import TokenOwner

router = APIRouter(
    prefix="/exports", tags=["exports"], dependencies=[Depends(Needs(Scope.EXPORTS))]
)
_SEPARATORS = {"comma": ",", "semicolon": ";"}
_DICTIONARY = ("export", "column", "type", "unit", "es", "en")


class Stretch(Asked):
    """Which stretch of time."""

    since: Annotated[Moment, Field(alias="from")]
    until: Annotated[Moment, Field(description="Itself not included")]


class ExportQuery(Stretch):
    """Which rows, and how they are written."""

    tz: Annotated[str, Field(max_length=60, description="On whose clock times are told")] = "UTC"
    separator: Annotated[
        Literal["comma", "semicolon"],
        Field(description="Of CSV; Excel in Spanish wants the semicolon"),
    ] = "comma"
    bom: Annotated[bool, Field(description="Tell Excel that a CSV is UTF-8")] = False


class ColumnTold(BaseModel):
    """One column: text, phone and name (masked for who has not `pii:read`), whole, number,
    truth, moment, data (JSON).
    """

    name: str
    type: str
    unit: str
    es: str
    en: str


class ExportTold(BaseModel):
    """One export, and the scope that its reader needs besides `exports:create`."""

    export: What
    scope: Scope
    es: str
    en: str
    columns: list[ColumnTold]


class DictionaryTold(BaseModel):
    """Every export and what its columns are."""

    items: list[ExportTold]


@router.get("/dictionary")
async def data_dictionary() -> DictionaryTold:
    """What every column of every export is, in Spanish and English."""
    return DictionaryTold(
        items=[
            ExportTold(
                export=each.what, scope=each.scope, es=each.es, en=each.en,
                columns=[
                    ColumnTold.model_validate(column, from_attributes=True)
                    for column in each.columns
                ],
            )
            for each in dictionary().values()
        ]
    )  # fmt: skip


@router.get(
    "/dictionary.csv",
    response_class=Response,
    responses={200: {"content": {"text/csv": {"schema": {"type": "string"}}}}},
)
async def data_dictionary_file() -> Response:
    """The same as a file beside the files."""
    rows = [
        (each.what, column.name, column.type, column.unit, column.es, column.en)
        for each in dictionary().values()
        for column in each.columns
    ]
    return Response(csv_rows([_DICTIONARY, *rows]), media_type=MEDIA_TYPE)


@router.get(
    "/{what}.{form}",
    response_class=StreamingResponse,
    responses={
        200: {
            "content": {
                media.partition(";")[0]: {"schema": {"type": "string", "format": "binary"}}
                for media in MEDIA_TYPES.values()
            }
        },
        **told(Kind.PARQUET_MISSING),
    },
)
async def export(
    rooms: Rooms,
    owner: Owner,
    trail: Trailed,
    what: Annotated[What, Path()],
    form: Annotated[Form, Path()],
    query: Annotated[ExportQuery, Query()],
) -> StreamingResponse:
    """Every row of a stretch of time, oldest first; who asked for it is kept."""
    described = dictionary()[what]
    await Needs(described.scope)(owner, None)
    # in a thread: what writes Parquet is loaded with its first file, and takes half a second
    file = await asyncio.to_thread(_file, described, form, query)
    pages = rooms.figures.exports.pages(what, chosen(query, owner, rooms.floor), rooms.now())
    # before the answer begins: a database that is away can still be told
    first = await anext(pages)
    hide = None if owner.may(Scope.PII_READ) else masking(described)
    await trail.leave(
        "export.make",
        f"exports/{what}",
        after={
            "form": form, "from": query.since.isoformat(), "until": query.until.isoformat(),
            "masked": hide is not None,
        },
    )  # fmt: skip
    return attachment(_pieces(file, first, pages, hide), MEDIA_TYPES[form], f"{what}.{form}")


def chosen(stretch: Stretch, owner: TokenOwner, floor: Floor) -> Chosen:
    """The rows that the owner may see of a stretch of time; raises `ProblemError`."""
    if stretch.since >= stretch.until:
        raise invalid("query.until", "not_after_from")
    agents = None
    if owner.queues is not None:
        agents = frozenset(
            agent.number for agent in floor.agents if any(map(owner.sees, agent.queues))
        )
    return Chosen(since=stretch.since, until=stretch.until, queues=owner.queues, agents=agents)


def attachment(pieces: AsyncIterator[bytes], media_type: str, name: str) -> StreamingResponse:
    """A file that is sent while it is made."""
    headers = {
        "content-disposition": f'attachment; filename="{name}"',
        "cache-control": "no-store",
    }
    return StreamingResponse(pieces, media_type=media_type, headers=headers)


def _file(described: Described, form: Form, query: ExportQuery) -> ExportFile:
    try:
        return file_of(
            form,
            described.columns,
            zone_of(query.tz, "query.tz"),
            separator=_SEPARATORS[query.separator],
            marked=query.bom,
        )
    except ParquetMissingError as error:
        raise ProblemError(Kind.PARQUET_MISSING) from error


async def _pieces(
    file: ExportFile,
    first: list[Record],
    rest: AsyncGenerator[list[Record], None],
    hide: Callable[[Record], Record] | None,
) -> AsyncGenerator[bytes, None]:
    def piece(records: list[Record]) -> bytes:
        return file.rows(records if hide is None else list(map(hide, records)))

    yield file.head()
    # in a thread: a page takes milliseconds, and live calls share the loop
    yield await asyncio.to_thread(piece, first)
    async for records in rest:
        yield await asyncio.to_thread(piece, records)
    yield file.tail()
