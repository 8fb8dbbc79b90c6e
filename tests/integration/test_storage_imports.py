"""Imports: every good row once, every bad one with its reason, also after a kill in the middle."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from dialer.campaign import Campaign, CampaignState
from dialer.lead import NewLead
from dialer.lists import importing
from dialer.lists.apart import Order, read_apart
from dialer.lists.batches import Batch
from dialer.lists.columns import GUESSED, Columns
from dialer.lists.importing import Importing, ImportState, ListImport, Spool
from dialer.lists.refusals import ListFault, ListRefusedError, RefusedRow, RowFault
from dialer.lists.settling import Mode
from simulator.unruled import Unruled
from storage import tables
from storage.campaigns import CampaignStore
from storage.database import Database
from storage.errors import DatabaseUnavailableError
from storage.imports import ImportStore

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
FIRST = (
    "telefono,telefono2,nombre,zona horaria,prioridad,ciudad\n"
    "3001234567,3101234567,Ana,,5,Cali\n"
    "3001234568,12,Beto,America/Lima,,Lima\n"
    "3001234567,,Ana otra vez,,,Cali\n"
    "999,,Mal,,,X\n"
)
#: Ana by her second number, Beto, and one who is new
SECOND = (
    "telefono,celular,nombre,prioridad,score,barrio\n"
    "3101234567,3201234567,Ana María,,7.5,Sur\n"
    "3001234568,3001234567,,9,,Norte\n"
    "3001234569,3101234567,Nueva,,,Este\n"
)


class House:
    """What an import needs, and how it went."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.database = database
        self.imports = ImportStore(database)
        self.spool = Spool(folder / "imports")
        self.added: list[str] = []
        self.importing = Importing(self.imports, self.spool, lambda: NOW, self.added.append)

    async def ask(
        self, import_id: str, text: str, mode: Mode = Mode.SKIP, columns: Columns = GUESSED
    ) -> ListImport:
        """Have a file imported, later."""

        async def chunks() -> AsyncIterator[bytes]:
            yield text.encode()

        size = await self.spool.keep(import_id, chunks())
        return await self.imports.create(
            import_id, "c", list_name="1", file_name="x.csv", mode=mode, columns=columns,
            total_bytes=size, asked_by="t", now=NOW,
        )  # fmt: skip

    async def done(self, import_id: str) -> ListImport:
        """Run until the import has its end."""
        async with asyncio.timeout(60):
            running = asyncio.create_task(self.importing.run())
            while not (found := await self.imports.one("c", import_id)) or not found.ended_at:
                await asyncio.wait({running}, timeout=0.02)
            running.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await running
        return found

    async def rows(self, *columns: Any) -> list[tuple[Any, ...]]:
        """What is in the database, by lead id."""
        return [tuple(row) for row in await self.database.rows(select(*columns))]

    async def refused(self, import_id: str) -> list[RefusedRow]:
        """Every row and number that was refused."""
        return [row async for part in self.imports.refusals(import_id) for row in part]


@pytest.fixture
async def house(database: Database, tmp_path: Path) -> House:
    campaign = Campaign(
        id="c", name="c", queue="q", country="CO", caller_number="1", created_at=NOW
    )
    await CampaignStore(database).create(campaign)
    return House(database, tmp_path)


async def test_a_list_is_imported_with_everything_a_row_says(house: House) -> None:
    await house.ask("i1", FIRST)
    end = await house.done("i1")
    assert (end.state, end.rows, end.added, end.refused) == (ImportState.DONE, 4, 2, 2)
    assert (end.done_bytes, end.total_bytes) == (len(FIRST), len(FIRST))
    leads = tables.leads.c
    assert sorted(await house.rows(leads.number, leads.name, leads.zone, leads.priority)) == [
        ("573001234567", "Ana", "America/Bogota", 5),
        ("573001234568", "Beto", "America/Lima", 0),
    ]
    assert {(row[0], str(row[1])) for row in await house.rows(leads.name, leads.extra)} == {
        ("Ana", "{'ciudad': 'Cali'}"),
        ("Beto", "{'ciudad': 'Lima'}"),
    }
    phones = tables.phones.c
    assert sorted(await house.rows(phones.number, phones.ordinal, phones.label)) == [
        ("573001234567", 0, "telefono"),
        ("573001234568", 0, "telefono"),
        ("573101234567", 1, "telefono2"),
    ]
    assert sorted(await house.rows(tables.list_zones.c.zone)) == [
        ("America/Bogota",), ("America/Lima",),
    ]  # fmt: skip
    assert await house.refused("i1") == [
        RefusedRow(3, "telefono2", RowFault.PHONE_SHORT, "12", kept=True),
        RefusedRow(4, "telefono", RowFault.DUPLICATE, "2"),
        RefusedRow(5, "telefono", RowFault.PHONE_SHORT, "999"),
    ]
    assert (await house.refused("i1"))[-1].row == "999,,Mal,,,X"
    assert not house.spool.has("i1")
    assert set(house.added) == {"c"}


async def test_merging_brings_up_to_date_and_leaves_what_happened(house: House) -> None:
    await house.ask("i1", FIRST)
    await house.done("i1")
    await house.ask("i2", SECOND, Mode.MERGE)
    end = await house.done("i2")
    assert (end.added, end.merged, end.already_there, end.refused) == (1, 2, 0, 0)
    leads = tables.leads.c
    found = {
        row[0]: row[1:]
        for row in await house.rows(
            leads.number, leads.name, leads.priority, leads.score, leads.extra, leads.rank
        )
    }
    assert found == {
        "573001234567": ("Ana María", 5, 7.5, {"ciudad": "Cali", "barrio": "Sur"}, -5e9 - 7.5),
        "573001234568": ("Beto", 9, 0.0, {"ciudad": "Lima", "barrio": "Norte"}, -9e9),
        "573001234569": ("Nueva", 0, 0.0, {"barrio": "Este"}, 0.0),
    }
    phones = tables.phones.c
    anas = select(leads.id).where(leads.number == "573001234567").scalar_subquery()
    rows = await house.database.rows(
        select(phones.ordinal, phones.number).where(phones.lead_id == anas)
    )
    assert sorted(tuple(row) for row in rows) == [
        (0, "573001234567"), (1, "573101234567"), (2, "573201234567"),
    ]  # fmt: skip
    assert await house.refused("i2") == [
        RefusedRow(3, "celular", RowFault.ALREADY_THERE, "+573001234567", kept=True),
        RefusedRow(4, "celular", RowFault.DUPLICATE, "2", kept=True),
    ]


async def test_by_the_owners_id_another_number_is_the_same_lead(house: House) -> None:
    columns = replace(GUESSED, external_id="id")
    first = "id,telefono,nombre,zona horaria\n7,3001234567,Ana,\n8,3001234568,Beto,\n"
    await house.ask("i1", first, Mode.MERGE, columns)
    await house.done("i1")
    leads, phones = tables.leads.c, tables.phones.c
    before = dict(await house.rows(leads.external_id, leads.id))
    second = (
        "id,telefono,nombre,zona horaria\n"
        "7,3101234567,Ana María,America/Lima\n"  # another number, in another zone
        "8,3001234567,Beto B.,\n"  # the first of Ana's: left out, and told
        "9,3201234567,Caro,\n"
        "9,3201234568,,\n"  # of one batch, and one lead all the same
    )
    ends = []
    for name in ("i2", "i3"):  # a second time changes nothing
        await house.ask(name, second, Mode.MERGE, columns)
        ends.append(await house.done(name))
        found = {
            row[0]: row[1:]
            for row in await house.rows(
                leads.external_id, leads.id, leads.number, leads.phone, leads.zone, leads.name
            )
        }
        assert found == {
            "7": (before["7"], "573101234567", 1, "America/Lima", "Ana María"),
            "8": (before["8"], "573001234568", 0, "America/Bogota", "Beto B."),
            "9": (found["9"][0], "573201234568", 0, "America/Bogota", "Caro"),
        }
        rows = await house.rows(phones.lead_id, phones.ordinal, phones.number)
        assert sorted(row[1:] for row in rows if row[0] in (before["7"], found["9"][0])) == [
            (0, "573001234567"), (0, "573201234568"), (1, "573101234567"), (1, "573201234567"),
        ]  # fmt: skip
        assert [(row.line, row.detail) for row in await house.refused(name)] == [
            (3, "+573001234567")
        ]
    assert [(end.added, end.merged) for end in ends] == [(1, 3), (0, 4)]
    zones = {row[0] for row in await house.rows(tables.list_zones.c.zone)}
    assert zones == {"America/Bogota", "America/Lima"}


async def test_a_lead_that_moved_is_dialed_at_its_new_number(
    house: House, database: Database
) -> None:
    store, columns = CampaignStore(database), replace(GUESSED, external_id="id")
    await house.ask("i1", "id,telefono\n7,3001234567\n", Mode.MERGE, columns)
    await house.done("i1")
    await house.ask("i2", "id,telefono\n7,3101234567\n", Mode.MERGE, columns)
    await house.done("i2")
    campaign = await store.set_state("c", CampaignState.RUNNING, NOW)
    reserved = await store.reserve("c", 5, judge=Unruled(campaign), pbx="p", now=NOW)
    assert [attempt.number for attempt in reserved.attempts] == ["573101234567"]


async def test_skipping_changes_nothing_and_refusing_tells(house: House) -> None:
    for at, mode in enumerate((Mode.SKIP, Mode.SKIP, Mode.REFUSE)):
        await house.ask(f"i{at}", FIRST, mode)
    await house.done("i2")
    skipped = await house.imports.one("c", "i1")
    assert skipped is not None
    assert (skipped.added, skipped.already_there, skipped.refused) == (0, 2, 2)
    refused = await house.imports.one("c", "i2")
    assert refused is not None
    assert (refused.added, refused.already_there, refused.refused) == (0, 0, 4)
    faults = [row.fault for row in await house.refused("i2") if not row.kept]
    assert faults.count(RowFault.ALREADY_THERE) == 2
    assert len(await house.rows(tables.leads.c.id)) == 2


async def test_a_file_that_is_no_list_ends_with_its_reason(house: House) -> None:
    await house.ask("i1", "nombre\nAna\n")
    end = await house.done("i1")
    assert end.state is ImportState.REFUSED
    assert end.fault is not None
    assert (end.fault.fault, end.fault.line, end.fault.detail) == (
        ListFault.NO_PHONE_COLUMN, 1, "nombre",
    )  # fmt: skip


class _Broken(ImportStore):
    """Ends like a machine that loses its power: after two batches, once before the commit."""

    left = 2

    async def settle(self, wanted: ListImport, batch: Batch, now: datetime) -> ListImport | None:
        if not self.left:
            raise DatabaseUnavailableError("gone")
        self.left -= 1
        return await super().settle(wanted, batch, now)


async def test_an_import_that_was_broken_off_goes_on_where_it_was(
    house: House, database: Database
) -> None:
    good = [f"300{at:07d}" for at in range(4000)]
    lines = [number if at % 50 else "911" for at, number in enumerate(good)]
    twin_of_the_first = good[1]
    text = "phone\n" + "\n".join([*lines, twin_of_the_first]) + "\n"
    await house.ask("i1", text)
    broken = Importing(_Broken(database), house.spool, lambda: NOW, house.added.append)
    running = asyncio.create_task(broken.run())
    async with asyncio.timeout(60):
        while (found := await house.imports.one("c", "i1")) is None or found.rows < 2000:
            await asyncio.wait({running}, timeout=0.02)
    running.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await running
    assert (await house.rows(func.count(tables.leads.c.id))) == [(1960,)]
    end = await house.done("i1")
    assert (end.rows, end.added, end.already_there, end.refused) == (4001, 3920, 0, 81)
    assert await house.rows(func.count(tables.leads.c.id)) == [(3920,)]
    refused = await house.refused("i1")
    assert len(refused) == 81
    assert refused[-1] == RefusedRow(4002, "phone", RowFault.DUPLICATE, "3")


async def test_a_batch_is_never_written_twice(house: House) -> None:
    wanted = await house.ask("i1", FIRST)
    first = await house.imports.settle(wanted, Batch(1, 10), NOW)
    assert first is not None
    assert await house.imports.settle(wanted, Batch(1, 10), NOW) is None


async def test_files_that_no_import_waits_for_are_swept(house: House) -> None:
    await house.ask("i1", FIRST)
    house.spool.path("orphan").write_text("x")
    house.importing = Importing(house.imports, house.spool, lambda: NOW, house.added.append)
    await house.done("i1")
    assert not house.spool.has("orphan")


async def test_a_file_of_an_upload_whose_end_nobody_saw_is_swept_by_its_age(house: House) -> None:
    await house.ask("i1", FIRST)
    for name, hours in (("old", 2), ("young", 0.5)):
        house.spool.path(name).write_text("x")
        written = (NOW - timedelta(hours=hours)).timestamp()
        os.utime(house.spool.path(name), (written, written))
    await house.done("i1")
    assert house.spool.present() == {"young"}


async def test_a_machine_without_room_for_a_reader_is_waited_for(
    house: House, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """And a file that cannot be removed ends nothing."""
    monkeypatch.setattr(importing, "_AGAIN_SECONDS", 0.0)
    start, refusals = asyncio.create_subprocess_exec, [OSError(errno.EMFILE, "Too many open files")]

    async def exec_or_fail(*command: str, **how: Any) -> asyncio.subprocess.Process:
        if refusals:
            raise refusals.pop()
        return await start(*command, **how)

    def unlink(path: Path, missing_ok: bool = False) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(asyncio, "create_subprocess_exec", exec_or_fail)
    monkeypatch.setattr(Path, "unlink", unlink)
    await house.ask("i1", FIRST)
    end = await house.done("i1")
    assert (end.state, end.added) == (ImportState.DONE, 2)
    assert "imports wait for this machine" in caplog.text


@pytest.mark.parametrize(
    ("ends", "state"), [(2, ImportState.DONE), (3, ImportState.REFUSED), (4, ImportState.REFUSED)]
)
async def test_a_reader_that_ended_before_its_file_has_two_more_tries(
    house: House, monkeypatch: pytest.MonkeyPatch, ends: int, state: ImportState
) -> None:
    monkeypatch.setattr(importing, "_AGAIN_SECONDS", 0.0)
    left = [ends]

    async def read_or_end(order: Order) -> AsyncGenerator[Batch, None]:
        if left[0]:
            left[0] -= 1
            raise ListRefusedError(ListFault.READER_ENDED, detail="-9")
        async for batch in read_apart(order):
            yield batch

    monkeypatch.setattr(importing, "read_apart", read_or_end)
    await house.ask("i1", FIRST)
    end = await house.done("i1")
    assert (end.state, left) == (state, [max(0, ends - 3)])


async def test_lists_have_a_weight_a_name_and_a_turn(house: House, database: Database) -> None:
    async def one() -> AsyncIterator[list[NewLead]]:
        yield [NewLead(number="573001234567", name="", extra={})]

    await CampaignStore(database).add_leads("c", one(), NOW, "uno")
    (made,) = await house.imports.lists("c")
    assert (made.name, made.weight, made.active, made.leads) == ("uno", 1.0, True, 1)
    changed = await house.imports.change_list("c", made.id, weight=3.0, active=0, name="dos")
    assert changed == (made, replace(made, weight=3.0, active=False, name="dos"))
    assert await house.imports.change_list("c", "none", weight=1.0) is None
