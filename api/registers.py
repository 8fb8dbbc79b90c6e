"""/registers: the do-not-call registers of the state, and loading a newer copy of one."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator
from contextlib import aclosing
from datetime import UTC, date, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request
from phonenumbers import SUPPORTED_REGIONS
from pydantic import AwareDatetime, BaseModel, BeforeValidator, Field
from pydantic_core import PydanticCustomError

from api.access import Needs
from api.fields import Asked
from api.limits import Limits
from api.parts import Parts, Rooms
from api.problem_texts import Kind
from api.problems import ProblemError, invalid, language_of, told
from api.trail import Trailed
from dialer.lists.refusals import RowFault
from dialer.registers.formats import RegisterFormat, adapter
from dialer.registers.known import KnownRegister, known_registers
from dialer.registers.reader import RegisterReader
from dialer.registers.refusals import RegisterFault, RegisterRefusedError
from storage.registers import Loaded, Origin, RegisterBusyError
from storage.scopes import Scope

router = APIRouter(prefix="/registers", tags=["do-not-call"])
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def _calendar_date(value: object) -> object:
    """Only a day of ISO 8601: pydantic alone would also take seconds since 1970."""
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        raise PydanticCustomError("calendar_date", "has to be a day as 2026-11-20")
    return value


class LoadQuery(Asked):
    """How the file is to be read."""

    form: Annotated[
        RegisterFormat,
        Field(alias="format", description="A number per line, or a header and rows"),
    ] = RegisterFormat.LINES
    country: Annotated[
        str | None,
        Field(
            pattern=r"^[A-Z]{2}$",
            description="Whose numbers those written nationally are; by default the register's",
        ),
    ] = None
    column: Annotated[
        str,
        Field(
            pattern=r"^[^\x00-\x1f\x7f-\x9f]{0,100}$",
            description="With csv: the column of the numbers; by default the one that looks so",
        ),
    ] = ""
    as_of: Annotated[
        date | None,
        BeforeValidator(_calendar_date, json_schema_input_type=str),
        Field(description="The day the copy is of; by default what a comment in the file says"),
    ] = None


class Asking(BaseModel):
    """A preset that asks for the register."""

    preset: str
    required: bool
    #: null: however old it is
    max_age_days: float | None


class LoadedTold(BaseModel):
    """The copy that counts."""

    generation: int
    as_of: AwareDatetime
    loaded_at: AwareDatetime
    loaded_by: str
    entries: int
    sha256: str
    format: str


class RegisterNow(BaseModel):
    """A register, and the copy of it that counts; null: it was never loaded."""

    name: str
    countries: list[str]
    asked_by: list[Asking]
    loaded: LoadedTold | None


class Registers(BaseModel):
    """Every register that a preset asks for, or that was loaded, by name."""

    items: list[RegisterNow]


class RefusedNumber(BaseModel):
    """A row that could not be read."""

    line: int
    column: str
    fault: RowFault
    reason: str


class RegisterLoaded(BaseModel):
    """The new copy, which counts from now on, and what was found in its file."""

    name: str
    loaded: LoadedTold
    rows: int
    #: rows whose number was there already
    repeated: int
    refused_count: int
    #: the first thousand
    refused: list[RefusedNumber]


@router.get("", dependencies=[Depends(Needs(Scope.COMPLIANCE_READ))])
async def every_register(rooms: Rooms) -> Registers:
    """Every register, who asks for it, and of when our copy is."""
    known = dict(known_registers(rooms.presets))
    loaded = {each.name: each for each in await rooms.registers.list()}
    for name in loaded.keys() - known.keys():  # its preset is gone
        known[name] = KnownRegister(name, (), ())
    return Registers(items=[_now(known[name], loaded.get(name)) for name in sorted(known)])


@router.put(
    "/{name}",
    dependencies=[Depends(Needs(Scope.DO_NOT_CALL_WRITE))],
    responses=told(
        Kind.NO_SUCH_REGISTER, Kind.REGISTER_BUSY, Kind.REGISTER_REFUSED, Kind.INVALID,
        Kind.TOO_MANY_IMPORTS, Kind.TOO_MANY_WRONG_TOKENS,
    ),
    openapi_extra={
        "requestBody": {
            "required": True,
            "description": "The whole register, up to 100 MB",
            "content": {"text/csv": {"schema": {"type": "string"}}},
        }
    },
)  # fmt: skip
async def load(
    rooms: Rooms,
    trail: Trailed,
    name: Annotated[str, Path(pattern=r"^[^\x00-\x1f\x7f-\x9f/]{1,60}$")],
    query: Annotated[LoadQuery, Query()],
    request: Request,
) -> RegisterLoaded:
    """Put a newer copy in the place of the one that counts, at once and whole, or not at all."""
    known = known_registers(rooms.presets)
    if name not in known:
        raise ProblemError(Kind.NO_SUCH_REGISTER, name=name, known=", ".join(known))
    country = _country(known[name], query.country)
    limits: Limits = request.app.state.limits
    imports: asyncio.Semaphore = request.app.state.imports
    if imports.locked():
        raise ProblemError(Kind.TOO_MANY_IMPORTS, limit=limits.imports_at_once)
    language = language_of(request)
    reader = RegisterReader(adapter(query.form, query.column), country)
    async with imports:
        before = await rooms.registers.get(name)
        try:
            loaded = await _load(rooms, name, reader, query, trail.who, request)
        except RegisterRefusedError as error:
            raise ProblemError(Kind.REGISTER_REFUSED, reason=error.sentence(language)) from error
        except RegisterBusyError as error:
            raise ProblemError(Kind.REGISTER_BUSY, name=name) from error
    for campaign_id in rooms.dialing.campaigns_in_hand():
        rooms.dialing.leads_added(campaign_id)  # whoever waited for this copy looks again
    report = reader.report
    found = {"rows": report.rows, "refused_count": report.refused_count}
    await trail.leave(
        "register.load",
        f"registers/{name}",
        before=_told(before).model_dump(mode="json") if before is not None else {},
        after=_told(loaded).model_dump(mode="json") | found,
    )
    return RegisterLoaded(
        name=name,
        loaded=_told(loaded),
        rows=report.rows,
        repeated=report.good - loaded.entries,
        refused_count=report.refused_count,
        refused=[
            RefusedNumber(
                line=row.line, column=row.column, fault=row.fault, reason=row.sentence(language)
            )
            for row in report.refused
        ],
    )


async def _load(
    rooms: Parts, name: str, reader: RegisterReader, query: LoadQuery, who: str, request: Request
) -> Loaded:
    now = rooms.now()

    def as_of() -> datetime:
        return _as_of(query.as_of or reader.report.dated, now)

    async def dated() -> AsyncGenerator[list[str], None]:
        async with aclosing(reader.batches(request.stream())) as batches:
            async for batch in batches:
                as_of()  # a copy of no day is not read to its end
                yield batch

    def origin() -> Origin:
        return Origin(as_of=as_of(), sha256=reader.report.sha256, format=query.form)

    async with aclosing(dated()) as batches:
        return await rooms.registers.load(name, batches, origin, who=who, now=now)


def _as_of(day: date | None, now: datetime) -> datetime:
    """The beginning of the day, so that the copy is never younger than it is."""
    if day is None:
        raise RegisterRefusedError(RegisterFault.NO_DATE)
    moment = datetime(day.year, day.month, day.day, tzinfo=UTC)
    if moment > now:
        raise RegisterRefusedError(RegisterFault.FUTURE_DATE, detail=day.isoformat())
    return moment


def _country(register: KnownRegister, asked: str | None) -> str:
    country = asked
    if country is None and len(register.countries) == 1:
        country = register.countries[0]
    if country is None:
        known = ", ".join(register.countries)
        raise invalid("query.country", "country_needed", known=known)
    if country not in SUPPORTED_REGIONS:
        raise invalid("query.country", "no_such_country")
    return country


def _now(known: KnownRegister, loaded: Loaded | None) -> RegisterNow:
    return RegisterNow(
        name=known.name,
        countries=list(known.countries),
        asked_by=[
            Asking(preset=each.preset, required=each.required, max_age_days=each.max_age_days)
            for each in known.asked_by
        ],
        loaded=None if loaded is None else _told(loaded),
    )


def _told(loaded: Loaded) -> LoadedTold:
    return LoadedTold.model_validate(loaded, from_attributes=True)
