"""Imports of long lists, and the lists themselves: how far each is, and what was refused."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Integer, Row, Select, Text, func, insert, literal, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import TypeEngine

from dialer.lists.batches import Batch
from dialer.lists.columns import Columns
from dialer.lists.importing import ImportState, ListImport
from dialer.lists.refusals import ListFault, ListRefusedError, RefusedRow, RowFault
from dialer.lists.settling import Mode, settled
from storage import leads, merging, tables
from storage.database import Database
from storage.recordset import as_rows, recordset
from storage.tables import campaigns, import_refusals, imports, lists

_REFUSAL_VALUES: Mapping[str, TypeEngine[Any]] = {
    "line": Integer(), "column": Text(), "fault": Text(), "detail": Text(), "kept": Integer(),
    "row": Text(),
}  # fmt: skip
_COUNTERS = ("rows", "added", "merged", "already_there", "refused", "total_bytes", "done_bytes")
_PLAIN = ("id", "campaign_id", "list_id", "file_name", "asked_by", "started_at", "changed_at")
_AT_ONCE = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadList:
    """One list of a campaign: how often it gives a lead among the others, and whether it does."""

    id: str
    name: str
    weight: float
    active: bool
    created_at: datetime
    leads: int


class ImportStore:
    """The book of imports (`dialer.lists.importing.ImportBook`), and the lists they fill."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def create(
        self,
        import_id: str,
        campaign_id: str,
        *,
        list_name: str,
        file_name: str,
        mode: Mode,
        columns: Columns,
        total_bytes: int,
        asked_by: str,
        now: datetime,
    ) -> ListImport:
        """Write an import that waits; its list is made if there is none of that name."""
        async with self._database.writing() as connection:
            insert_ = self._database.insert
            list_id = await leads.list_named(connection, insert_, campaign_id, list_name, now)
            row = {
                "id": import_id,
                "campaign_id": campaign_id,
                "list_id": list_id,
                "file_name": file_name,
                "mode": mode,
                "mapping": asdict(columns),
                "state": ImportState.WAITING,
                "fault": "",
                **dict.fromkeys(_COUNTERS, 0),
                "total_bytes": total_bytes,
                "asked_by": asked_by,
                "started_at": now,
                "changed_at": now,
            }
            await connection.execute(insert(imports).values(row))
            made = await connection.execute(_imports().where(imports.c.id == import_id))
            return _import_of(made.one())

    async def one(self, campaign_id: str, import_id: str) -> ListImport | None:
        """The campaign's import with this id."""
        rows = await self._select(
            _imports().where(imports.c.id == import_id, imports.c.campaign_id == campaign_id)
        )
        return rows[0] if rows else None

    async def of_campaign(self, campaign_id: str, limit: int = 100) -> list[ListImport]:
        """The campaign's last imports, newest first."""
        newest = (imports.c.started_at.desc(), imports.c.id)
        of_it = imports.c.campaign_id == campaign_id
        return await self._select(_imports().where(of_it).order_by(*newest).limit(limit))

    async def open_imports(self) -> list[ListImport]:
        """See `ImportBook`."""
        is_open = imports.c.ended_at.is_(None)
        oldest = (imports.c.started_at, imports.c.id)
        return await self._select(_imports().where(is_open).order_by(*oldest))

    async def settle(self, wanted: ListImport, batch: Batch, now: datetime) -> ListImport | None:
        """See `ImportBook`: leads, refusals and counters, in one transaction."""
        dialect, campaign_id = self._database.dialect, wanted.campaign_id
        async with self._database.writing() as connection:
            await leads.alone(connection, dialect, campaign_id)
            numbers = [phone.number for row in batch.good for phone in row.lead.phones]
            known = await leads.known(connection, dialect, campaign_id, numbers)
            called = {}
            if wanted.mode is Mode.MERGE:
                ids = {row.lead.external_id for row in batch.good} - {""}
                called = await leads.called(connection, dialect, campaign_id, ids)
            found = await asyncio.to_thread(settled, batch, wanted.mode, known, called)
            reached = {
                "state": ImportState.RUNNING,
                "changed_at": now,
                "rows": batch.rows,
                "done_bytes": batch.bytes_read,
                "added": wanted.added + len(found.fresh),
                "merged": wanted.merged + len(found.merged) + found.merged_in_batch,
                "already_there": wanted.already_there + found.already_there,
                "refused": wanted.refused + found.refused_rows,
            }
            # who else has this import in hand finds other rows, and leaves it
            moved = await connection.execute(
                update(imports)
                .where(
                    imports.c.id == wanted.id,
                    imports.c.rows == wanted.rows,
                    imports.c.ended_at.is_(None),
                )
                .values(reached)
                .returning(imports.c.id)
            )
            if moved.one_or_none() is None:
                return None
            await leads.write_fresh(
                connection, dialect, campaign_id, wanted.list_id, found.fresh, now
            )
            await merging.write_merged(connection, dialect, campaign_id, found.merged)
            await self._write_refusals(connection, wanted.id, found.refused)
            after = await connection.execute(_imports().where(imports.c.id == wanted.id))
            return _import_of(after.one())

    async def finish(self, import_id: str, fault: ListRefusedError | None, now: datetime) -> None:
        """See `ImportBook`."""
        values: dict[str, Any] = {"ended_at": now, "changed_at": now}
        if fault is None:
            values |= {"state": ImportState.DONE, "done_bytes": imports.c.total_bytes}
        else:
            told = f"{fault.fault} {fault.line} {fault.detail}"
            values |= {"state": ImportState.REFUSED, "fault": told}
        async with self._database.writing() as connection:
            await connection.execute(
                update(imports)
                .where(imports.c.id == import_id, imports.c.ended_at.is_(None))
                .values(values)
            )

    async def refusals(self, import_id: str) -> AsyncIterator[list[RefusedRow]]:
        """What was refused so far, in the order of the file, part by part."""
        line, column = 0, ""
        while True:
            after = (import_refusals.c.line > line) | (
                (import_refusals.c.line == line) & (import_refusals.c.column > column)
            )
            statement = (
                select(import_refusals)
                .where(import_refusals.c.import_id == import_id, after)
                .order_by(import_refusals.c.line, import_refusals.c.column)
                .limit(_AT_ONCE)
            )
            async with self._database.reading() as connection:
                rows = (await connection.execute(statement)).all()
            if not rows:
                return
            yield [_refusal_of(row) for row in rows]
            line, column = rows[-1].line, rows[-1].column

    async def lists(self, campaign_id: str) -> list[LeadList]:
        """The campaign's lists, oldest first, and how many leads each has."""
        async with self._database.reading() as connection:
            rows = await connection.execute(
                _lists(campaign_id).order_by(lists.c.created_at, lists.c.id)
            )
            return [_list_of(row) for row in rows]

    async def change_list(
        self, campaign_id: str, list_id: str, **values: float | int | str
    ) -> tuple[LeadList, LeadList] | None:
        """Change `weight`, `active` or `name`: the list before and after; None: there is none.

        A list that is active again begins where the others are: it does not catch up. Raises
        `DatabaseRefusedError` when another list of the campaign has the name.
        """
        of_it = (lists.c.campaign_id == campaign_id, lists.c.id == list_id)
        async with self._database.writing() as connection:
            found = (await connection.execute(_lists(campaign_id).where(*of_it))).one_or_none()
            if found is None:
                return None
            before = _list_of(found)
            changes: dict[str, Any] = dict(values)
            if changes.get("active") and not before.active:
                others = select(func.min(lists.c.turn)).where(
                    lists.c.campaign_id == campaign_id, lists.c.active == 1
                )
                reached = (await connection.execute(others)).scalar_one_or_none()
                if reached is not None:
                    changes["turn"] = reached
            if changes:
                await connection.execute(update(lists).where(*of_it).values(changes))
            after = (await connection.execute(_lists(campaign_id).where(*of_it))).one()
            return before, _list_of(after)

    async def _select(self, statement: Select[Any]) -> list[ListImport]:
        async with self._database.reading() as connection:
            return [_import_of(row) for row in await connection.execute(statement)]

    async def _write_refusals(
        self, connection: AsyncConnection, import_id: str, refused: Sequence[RefusedRow]
    ) -> None:
        if not refused:
            return
        rows = await asyncio.to_thread(lambda: as_rows(map(_refusal_values, refused)))
        given = recordset(self._database.dialect, _REFUSAL_VALUES)
        every = given.add_columns(literal(import_id, Text).label("import_id"))
        into = [*_REFUSAL_VALUES, "import_id"]
        await connection.execute(insert(import_refusals).from_select(into, every), rows)


def _imports() -> Select[Any]:
    return (
        select(imports, lists.c.name.label("list_name"), campaigns.c.country)
        .join(lists, lists.c.id == imports.c.list_id)
        .join(campaigns, campaigns.c.id == imports.c.campaign_id)
    )


def _import_of(row: Row[Any]) -> ListImport:
    columns = {**row.mapping, "phones": tuple(row.mapping["phones"])}
    fault = None
    if row.fault:
        code, line, detail = row.fault.split(" ", 2)
        fault = ListRefusedError(ListFault(code), line=int(line), detail=detail)
    return ListImport(
        **{name: row._mapping[name] for name in (*_PLAIN, *_COUNTERS)},
        list_name=row.list_name,
        country=row.country,
        mode=Mode(row.mode),
        columns=Columns(**columns),
        state=ImportState(row.state),
        fault=fault,
        ended_at=row.ended_at,
    )


def _lists(campaign_id: str) -> Select[Any]:
    count = select(func.count()).where(tables.leads.c.list_id == lists.c.id).scalar_subquery()
    names = ("id", "name", "weight", "active", "created_at")
    columns = [lists.c[name] for name in names]
    return select(*columns, count.label("leads")).where(lists.c.campaign_id == campaign_id)


def _list_of(row: Row[Any]) -> LeadList:
    return LeadList(**{**row._mapping, "active": bool(row.active)})


def _refusal_values(row: RefusedRow) -> tuple[Any, ...]:
    return row.line, row.column, row.fault, row.detail, int(row.kept), row.row


def _refusal_of(row: Row[Any]) -> RefusedRow:
    return RefusedRow(
        row.line, row.column, RowFault(row.fault), row.detail, kept=bool(row.kept), row=row.row
    )
