"""The import of long lists: one after the other, in the background, and again after a crash.

The file waits in a folder of this house. Every batch is committed together with how far the file is
done, so a process that is killed goes on exactly where the database is.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
from collections.abc import AsyncIterator, Callable, Set
from contextlib import aclosing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO, Protocol

from dialer.book import BookError, BookRefusedError
from dialer.lists.apart import Order, read_apart
from dialer.lists.batches import Batch
from dialer.lists.columns import Columns
from dialer.lists.refusals import ListFault, ListRefusedError
from dialer.lists.settling import Mode

log = logging.getLogger(__name__)

#: after the database did not answer, or this machine had no room for a reader
_AGAIN_SECONDS = 5.0
#: a reader that ended before its file: a machine short of memory ends one, a poisoned file each
_READERS = 3
#: a file that no import knows for so long is of an upload whose end nobody saw
_ABANDONED_AFTER = timedelta(hours=1)
_SWEEP_SECONDS = 3600.0
_SUFFIX = ".csv"


class ImportState(StrEnum):
    """Where an import is."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    #: the file as a whole; what was read before stays
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class ListImport:
    """One file on its way into a list; rows = added + merged + already there + refused."""

    id: str
    campaign_id: str
    list_id: str
    list_name: str
    #: of the campaign, ISO 3166 alpha-2
    country: str
    file_name: str
    mode: Mode
    columns: Columns
    state: ImportState
    #: why the file as a whole was refused
    fault: ListRefusedError | None
    total_bytes: int
    done_bytes: int
    rows: int
    added: int
    merged: int
    already_there: int
    refused: int
    asked_by: str
    started_at: datetime
    changed_at: datetime
    ended_at: datetime | None


class ImportBook(Protocol):
    """Where imports are kept; `storage.imports` is the one that does it."""

    async def open_imports(self) -> list[ListImport]:
        """Those that have no end yet, oldest first."""

    async def settle(self, wanted: ListImport, batch: Batch, now: datetime) -> ListImport | None:
        """Commit a batch and how far the import is; None: somebody else went on with it."""

    async def finish(self, import_id: str, fault: ListRefusedError | None, now: datetime) -> None:
        """Write the end."""


class Spool:
    """The folder in which files wait."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def path(self, import_id: str) -> Path:
        """Where the file of an import is."""
        return self._folder / f"{import_id}{_SUFFIX}"

    async def keep(self, import_id: str, chunks: AsyncIterator[bytes]) -> int:
        """Write a file to the disk, to last; how many bytes it has."""
        await asyncio.to_thread(self._folder.mkdir, mode=0o700, parents=True, exist_ok=True)
        path = self.path(import_id)
        total = 0
        try:
            with path.open("wb") as file:
                async for chunk in chunks:
                    total += len(chunk)
                    await asyncio.to_thread(file.write, chunk)
                await asyncio.to_thread(_to_disk, file)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        return total

    def forget(self, import_id: str) -> None:
        """The file is of no more use. One that cannot be removed is tried again with the others."""
        try:
            self.path(import_id).unlink(missing_ok=True)
        except OSError as error:
            log.error("the file of import %s stays: %s", import_id, error)

    def has(self, import_id: str) -> bool:
        """Whether the file is here."""
        return self.path(import_id).exists()

    def present(self) -> set[str]:
        """The imports whose files are here."""
        return {path.stem for path in self._folder.glob(f"*{_SUFFIX}")}

    def untouched(self, since: datetime) -> set[str]:
        """The imports whose files nobody has written to since then."""
        found = set()
        for import_id in self.present():
            with contextlib.suppress(FileNotFoundError):
                written = self.path(import_id).stat().st_mtime
                if datetime.fromtimestamp(written, UTC) < since:
                    found.add(import_id)
        return found


class Importing:
    """Imports what waits, one file at a time."""

    def __init__(
        self,
        book: ImportBook,
        spool: Spool,
        now: Callable[[], datetime],
        leads_added: Callable[[str], None],
    ) -> None:
        self._book = book
        self._spool = spool
        self._now = now
        self._leads_added = leads_added
        self._asked = asyncio.Event()
        # before anybody can send another one
        self._left_over = spool.present()
        self._ended_early: dict[str, int] = {}

    def wake(self) -> None:
        """Something waits."""
        self._asked.set()

    async def run(self) -> None:
        """Import until cancelled; begins with what an earlier process left."""
        while True:
            self._asked.clear()
            try:
                await self._look()
            except BookError as error:
                log.warning("imports wait for the database: %s", error)
                self._look_again()
            except OSError as error:
                log.warning("imports wait for this machine: %s", error)
                self._look_again()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_SWEEP_SECONDS):
                    await self._asked.wait()

    async def _look(self) -> None:
        waiting = await self._book.open_imports()
        self._sweep({one.id for one in waiting})
        for one in waiting:
            if self._spool.has(one.id):
                await self._import(one)
            else:
                log.warning("import %s: its file is not in this house", one.id)

    def _look_again(self) -> None:
        asyncio.get_running_loop().call_later(_AGAIN_SECONDS, self._asked.set)

    def _sweep(self, waiting: Set[str]) -> None:
        """Forget uploads that were broken off: by an earlier process's end, or long ago."""
        old = self._spool.untouched(self._now() - _ABANDONED_AFTER)
        for import_id in (self._left_over | old) - waiting:
            self._spool.forget(import_id)
        self._left_over = set()

    async def _import(self, wanted: ListImport) -> None:
        fault = None
        try:
            if not await self._read(wanted):
                return
        except ListRefusedError as error:
            if error.fault is ListFault.READER_ENDED and self._may_end_early(wanted.id):
                log.warning("import %s goes on with another reader: %s", wanted.id, error)
                self._look_again()
                return
            fault = error
        except BookRefusedError as error:
            log.error("import %s: the database refuses it: %s", wanted.id, error)
            fault = ListRefusedError(ListFault.READER_ENDED, detail="database")
        await self._book.finish(wanted.id, fault, self._now())
        self._ended_early.pop(wanted.id, None)
        self._spool.forget(wanted.id)
        self._leads_added(wanted.campaign_id)

    def _may_end_early(self, import_id: str) -> bool:
        ended = self._ended_early.pop(import_id, 0) + 1
        if ended == _READERS:
            return False
        self._ended_early[import_id] = ended
        return True

    async def _read(self, wanted: ListImport) -> bool:
        """Import its rows; False when somebody else does."""
        order = Order(
            path=str(self._spool.path(wanted.id)),
            country=wanted.country,
            columns=wanted.columns,
            after=wanted.rows,
        )
        async with aclosing(read_apart(order)) as batches:
            async for batch in batches:
                reached = await self._book.settle(wanted, batch, self._now())
                if reached is None:
                    log.warning("import %s goes on elsewhere", wanted.id)
                    return False
                if wanted.rows == 0:  # somebody may be dialed while the rest is read
                    self._leads_added(wanted.campaign_id)
                wanted = reached
        return True


def _to_disk(file: BinaryIO) -> None:
    file.flush()
    os.fsync(file.fileno())
