"""/customers/file: a file of customers, kept as it is read."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, Field

from api.access import Needs
from api.customer_fields import CountryAsked, must_be_country, own_country
from api.customer_sheet import CustomerSheet, RefusedLine
from api.fields import Asked
from api.limits import Limits
from api.parts import Parts, Rooms
from api.problem_texts import Kind
from api.problems import ProblemError, language_of, told
from api.trail import Trailed
from customers.rows import CustomerRow
from customers.settling import Known, Settled
from dialer.lists.refusals import ListRefusedError
from storage.scopes import Scope

router = APIRouter(
    prefix="/customers", tags=["customers"], dependencies=[Depends(Needs(Scope.CUSTOMERS_WRITE))]
)

#: one transaction; the loop of live calls waits some 5 ms for what it takes to write them
STEP_ROWS = 100
_PIECE_BYTES = 16 * 1024
#: rows between two breaths of the event loop, about 2 ms
_ROWS_PER_BREATH = 32
_TOLD = 10_000


class CustomerFileQuery(Asked):
    """How the file is to be read, and whether it is only tried out."""

    country: CountryAsked = None
    dry_run: Annotated[bool, Field(description="Only say what would become of it")] = False


class RefusedRowTold(BaseModel):
    """A row that did not become a customer, or a number of one that did."""

    line: int
    #: as the file calls it; "": the row as a whole
    column: str
    fault: str
    #: in the language of the request
    reason: str
    #: the row is kept all the same: only this number of it is left out
    kept: bool


class CustomersImported(BaseModel):
    """What became of the file's rows: each that is not refused is kept."""

    rows: int
    added: int
    #: brought up to date; somebody of whom two rows far apart speak counts twice
    changed: int
    refused_count: int
    #: numbers of rows that are kept
    left_out_count: int
    #: the first ten thousand of both
    refused: list[RefusedRowTold]
    #: utf-8, windows-1252, mixed
    encoding: str
    #: columns that say nothing of a customer
    ignored_columns: list[str]
    dry_run: bool


class _Import:
    """One file on its way in."""

    def __init__(self, rooms: Parts, country: str | None, *, dry_run: bool) -> None:
        self.sheet = CustomerSheet(country)
        self.sha256 = hashlib.sha256()
        self.added = self.changed = self.refused_count = self.left_out_count = 0
        self.refused: list[RefusedLine] = []
        self._rooms = rooms
        self._dry_run = dry_run
        self._before = Known()

    async def take(self, chunks: AsyncIterator[bytes]) -> None:
        """Read to the end, and write as it goes; raises `ListRefusedError`."""
        step: list[CustomerRow] = []
        read = 0
        async with aclosing(_pieces(chunks)) as pieces:
            async for piece in pieces:
                self.sha256.update(piece)
                self.sheet.feed(piece)
                for found in self.sheet.drain():
                    read += 1
                    if read % _ROWS_PER_BREATH == 0:
                        await asyncio.sleep(0)  # live calls share this loop
                    if isinstance(found, RefusedLine):
                        self._refuse(found)
                    elif found is not None:
                        step.append(found)
                    if len(step) == STEP_ROWS:
                        await self._settle(step)
                        step = []
        if step:
            await self._settle(step)
        self.refused.sort(key=lambda each: each.line)

    async def _settle(self, step: list[CustomerRow]) -> None:
        found: Settled
        if self._dry_run:
            found = await self._rooms.customer_imports.try_out(step, self._before)
        else:
            found = await self._rooms.customer_imports.settle(step, self._rooms.now())
        self.added += len(found.fresh)
        self.changed += len(found.changed)
        for refusal in found.refused:
            self._refuse(self.sheet.refused(refusal))

    def _refuse(self, row: RefusedLine) -> None:
        self.refused_count += not row.kept
        self.left_out_count += row.kept
        if len(self.refused) < _TOLD:
            self.refused.append(row)


@router.post(
    "/file",
    responses=told(Kind.LIST_REFUSED, Kind.TOO_MANY_IMPORTS),
    openapi_extra={
        "requestBody": {
            "required": True,
            "description": "The customers, up to 100 MB",
            "content": {"text/csv": {"schema": {"type": "string"}}},
        }
    },
)
async def import_file(
    rooms: Rooms, trail: Trailed, query: Annotated[CustomerFileQuery, Query()], request: Request
) -> CustomersImported:
    """Keep every customer of a file; what a row does not say stays. Rows that are bad are told."""
    must_be_country(query.country, "query.country")
    limits: Limits = request.app.state.limits
    imports: asyncio.Semaphore = request.app.state.imports
    if imports.locked():
        raise ProblemError(Kind.TOO_MANY_IMPORTS, limit=limits.imports_at_once)
    language = language_of(request)
    country = query.country or own_country(rooms)
    work = _Import(rooms, country, dry_run=query.dry_run)
    async with imports:
        try:
            await work.take(request.stream())
        except ListRefusedError as error:
            raise ProblemError(Kind.LIST_REFUSED, reason=error.sentence(language)) from error
        finally:
            # also of a file that broke off: what was kept is kept
            if not query.dry_run and work.added + work.changed:
                await trail.leave(
                    "customer.import", "customers",
                    after={
                        "rows": work.sheet.rows, "added": work.added, "changed": work.changed,
                        "refused_count": work.refused_count, "sha256": work.sha256.hexdigest(),
                    },
                )  # fmt: skip
    return CustomersImported(
        rows=work.sheet.rows,
        added=work.added,
        changed=work.changed,
        refused_count=work.refused_count,
        left_out_count=work.left_out_count,
        refused=[
            RefusedRowTold(
                line=row.line,
                column=row.column,
                fault=row.fault,
                reason=row.reason(language),
                kept=row.kept,
            )
            for row in work.refused
        ],
        encoding=work.sheet.encoding,
        ignored_columns=work.sheet.ignored_columns,
        dry_run=query.dry_run,
    )


async def _pieces(chunks: AsyncIterator[bytes]) -> AsyncGenerator[bytes, None]:
    """The bytes in pieces of bounded size, then one empty piece for the end."""
    async for chunk in chunks:
        for at in range(0, len(chunk), _PIECE_BYTES):
            yield chunk[at : at + _PIECE_BYTES]
    yield b""
