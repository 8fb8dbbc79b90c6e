"""`python -m bench.lead_import [ROWS]`: a long list, killed (-9) half-way, and what is there after.

ROWS rows (1,000,000 unless told otherwise), 2 % of them bad in eight ways, are imported on SQLite
and on a private PostgreSQL by a process that is killed in the middle and started again. Then every
good row has to be a lead once, and every bad one to be refused with its own reason. Prints rows per
second, the most memory that process and its reader had together, and how long the process's loop,
which live calls share, was held: it asks to be woken every 5 ms and sees how late that is.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import func, select

from dialer.campaign import Campaign
from dialer.lists.batches import Batch
from dialer.lists.columns import Columns
from dialer.lists.importing import Importing, ListImport, Spool
from dialer.lists.settling import Mode
from storage import tables
from storage.campaigns import CampaignStore
from storage.database import Database
from storage.imports import ImportStore
from tests.postgres import postgres_server

_ROWS = 1_000_000
_BAD_EVERY = 50
_ID = "big"
_BEAT_SECONDS = 0.005


@dataclass(slots=True)
class Expected:
    """What has to be there in the end."""

    good: int = 0
    faults: dict[int, str] = field(default_factory=dict)


def write_list(path: Path, rows: int) -> Expected:
    """A list of Colombian mobile numbers, every fiftieth row bad; what has to become of it."""
    expected = Expected()
    with path.open("w", encoding="utf-8") as file:
        file.write("telefono,nombre,ciudad,saldo\n")
        for at in range(rows):
            line = at + 2
            number = _number(at)
            if at % _BAD_EVERY:
                expected.good += 1
                file.write(f"{number},Señora {at},Cali,{at % 997}\n")
            else:
                row, fault = _bad(at, number)
                expected.faults[line] = fault
                file.write(row + "\n")
    return expected


def _number(at: int) -> str:
    return f"3{at // 10_000_000 % 2}{at % 10_000_000 + 10_000_000:08d}"


def _bad(at: int, number: str) -> tuple[str, str]:
    kinds = (
        ("123,Corta,Cali,1", "phone_short"),
        (",Sin,Cali,1", "phone_missing"),
        (f"{_number(at - 1)},Otra vez,Cali,1", "duplicate"),
        ("18001234567,Gratis,Cali,1", "phone_kind"),
        ("+14155550123,Lejos,Cali,1", "phone_country"),
        (f"{number[:5]}x{number[5:]},Letra,Cali,1", "phone_characters"),
        (f"{number},Falta", "too_few_fields"),
        ("5999999999,No existe,Cali,1", "phone_invalid"),
    )
    return kinds[at // _BAD_EVERY % len(kinds)]


# --- the process that is killed -----------------------------------------------------------------


class _Telling(ImportStore):
    """Says after each commit how far it is."""

    async def settle(self, wanted: ListImport, batch: Batch, now: datetime) -> ListImport | None:
        """See `ImportStore`."""
        reached = await super().settle(wanted, batch, now)
        if reached is not None:
            print(json.dumps({"rows": reached.rows}), flush=True)
        return reached


async def _work(url: str, folder: Path, file: Path) -> None:
    async with await Database.open(url) as database:
        store, spool = _Telling(database), Spool(folder)
        if not await store.open_imports():
            await _begin(database, store, spool, file)
        importing = Importing(store, spool, lambda: datetime.now(UTC), lambda _: None)
        late: list[float] = []
        tasks = [asyncio.create_task(importing.run()), asyncio.create_task(_beat(late))]
        while await store.open_imports():
            await asyncio.wait(tasks, timeout=0.5, return_when=asyncio.FIRST_COMPLETED)
        for task in tasks:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
        late.sort()
        held = {"p50": late[len(late) // 2], "p99": late[len(late) * 99 // 100], "max": late[-1]}
        print(json.dumps({"held": held}), flush=True)


async def _begin(database: Database, store: ImportStore, spool: Spool, file: Path) -> None:
    now = datetime.now(UTC)
    await CampaignStore(database).create(
        Campaign(id="c", name="c", queue="q", country="CO", caller_number="1", created_at=now)
    )

    async def chunks() -> AsyncIterator[bytes]:
        with file.open("rb") as opened:
            while chunk := opened.read(1024 * 1024):
                yield chunk

    size = await spool.keep(_ID, chunks())
    await store.create(
        _ID, "c", list_name="1", file_name=file.name, mode=Mode.SKIP, columns=Columns(),
        total_bytes=size, asked_by="bench", now=now,
    )  # fmt: skip


async def _beat(late: list[float]) -> None:
    loop = asyncio.get_running_loop()
    while True:
        due = loop.time() + _BEAT_SECONDS
        await asyncio.sleep(_BEAT_SECONDS)
        late.append(loop.time() - due)


# --- the one that kills it, and looks -------------------------------------------------------------


@dataclass(slots=True)
class _Run:
    """One life of the process."""

    first: int = 0
    rows: int = 0
    seconds: float = 0.0
    peak_bytes: int = 0
    held: dict[str, float] = field(default_factory=dict)


async def _life(url: str, folder: Path, file: Path, kill_at: int | None) -> _Run:
    run = _Run()
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.lead_import", "--work", url, str(folder), str(file),
        stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    if process.stdout is None:
        raise RuntimeError("the process has no output")
    begun = time.monotonic()
    async for line in process.stdout:
        told = json.loads(line)
        run.peak_bytes = max(run.peak_bytes, _memory(process.pid))
        run.held = told.get("held", run.held)
        run.rows = told.get("rows", run.rows)
        run.first = run.first or run.rows
        if kill_at is not None and run.rows >= kill_at:
            process.send_signal(signal.SIGKILL)
            break
    run.seconds = time.monotonic() - begun
    if await process.wait() not in (0, -signal.SIGKILL):
        raise SystemExit(f"the process ended with {process.returncode}")
    return run


def _memory(pid: int) -> int:
    """Bytes that the process and its children have in memory now."""
    children = Path(f"/proc/{pid}/task/{pid}/children")
    pids = [pid]
    with suppress(OSError):
        pids += [int(word) for word in children.read_text().split()]
    return sum(map(_resident, pids))


def _resident(pid: int) -> int:
    with suppress(OSError):
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")
    return 0


async def _faults_there(store: ImportStore) -> dict[int, str]:
    return {row.line: row.fault async for part in store.refusals(_ID) for row in part}


async def _check(url: str, expected: Expected, rows: int) -> None:
    async with await Database.open(url) as database:
        store = ImportStore(database)
        found = await store.one("c", _ID)
        assert found is not None
        assert (found.state, found.rows) == ("done", rows), found
        assert (found.added, found.refused) == (expected.good, len(expected.faults)), found
        leads = tables.leads.c
        (every,) = await database.rows(select(func.count()).select_from(tables.leads))
        assert every[0] == expected.good, every
        numbers = {row[0] for row in await database.rows(select(leads.number))}
        wanted = {f"57{_number(at)}" for at in range(rows) if at % _BAD_EVERY}
        assert numbers == wanted, len(numbers ^ wanted)
        phones = await database.rows(select(func.count()).select_from(tables.phones))
        assert phones[0][0] == expected.good
        assert await _faults_there(store) == expected.faults


async def _measure(name: str, url: str, file: Path, expected: Expected, rows: int) -> None:
    folder = file.parent / name
    first = await _life(url, folder, file, kill_at=rows // 2)
    second = await _life(url, folder, file, kill_at=None)
    await _check(url, expected, rows)
    peak = max(first.peak_bytes, second.peak_bytes) / 2**20
    held = ", ".join(f"{key} {value * 1000:.1f}" for key, value in second.held.items())
    print(
        f"{name}: {rows} rows, {expected.good} leads, {len(expected.faults)} refused, exact; "
        f"killed after {first.rows}, went on at {second.first}; "
        f"{first.rows / first.seconds:.0f} rows/s until then, "
        f"{rows - first.rows} rows in {second.seconds:.0f} s after; "
        f"most memory {peak:.0f} MiB; loop held, ms: {held}",
        flush=True,
    )


async def main(rows: int) -> None:
    """Measure both databases."""
    with tempfile.TemporaryDirectory(prefix="lead-import-") as name:
        folder = Path(name)
        file = folder / "list.csv"
        expected = write_list(file, rows)
        await _measure("sqlite", str(folder / "leads.db"), file, expected, rows)
        with postgres_server() as server:
            await _measure("postgresql", server.create("leads"), file, expected, rows)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--work"]:
        asyncio.run(_work(sys.argv[2], Path(sys.argv[3]), Path(sys.argv[4])))
    else:
        asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else _ROWS))
