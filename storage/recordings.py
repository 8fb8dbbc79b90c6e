"""Spoken messages of callers: their rows, and the folder with their sound.

A message goes by age or by order: its file is removed, of its row the caller's number. The row
itself stays, so that nothing shipped again brings the message back.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, exists, select, update

from storage import cursors
from storage.database import Database
from storage.sound_files import SoundKeptError as SoundKeptError
from storage.sound_files import SoundMissingError as SoundMissingError
from storage.sound_files import read_sound, remove_sound
from storage.tables import recordings, tickets
from storage.within_queues import call_was_in

#: what a message may be called: nothing that leads out of the folder, nothing hidden
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")
ENDING = ".wav"
#: a message of an hour in telephone quality; whatever is larger is none
MOST_BYTES = 64_000_000

_NEWEST_FIRST = (recordings.c.at, recordings.c.recording)
_AT_ONCE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """One message."""

    #: its name, which its file has as well
    recording: str
    pbx: str
    call_id: str
    #: what it is for, by a word of the menu
    purpose: str
    seconds: float
    at: datetime
    caller_number: str
    #: when somebody listened first
    heard_at: datetime | None
    #: when its sound was removed
    removed_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingFilter:
    """Which messages; what is None does not matter."""

    purpose: str | None = None
    number: str | None = None
    call_id: str | None = None
    heard: bool | None = None
    removed: bool | None = None
    #: of calls that were in one of these
    seen_queues: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class RecordingPage:
    """Messages, the newest first, and the cursor with which the list goes on."""

    recordings: list[Recording]
    next_cursor: str | None


class RecordingFolder:
    """The sound of messages, as Asterisk wrote it; a name never leads out of the folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def read(self, name: str) -> bytes:
        """The whole file, a WAV; raises `SoundMissingError`."""
        return read_sound(self._path(name), MOST_BYTES)

    def remove(self, name: str) -> None:
        """The file is gone then, if it was there; raises `SoundKeptError`, `SoundMissingError`."""
        remove_sound(self._path(name))

    def _path(self, name: str) -> Path:
        if not NAME.fullmatch(name):
            raise SoundMissingError("a message is called by letters, digits, dots and dashes")
        return self.folder / (name if name.endswith(ENDING) else name + ENDING)


class RecordingStore:
    """Finds messages, notes that they were heard, removes them."""

    def __init__(
        self,
        database: Database,
        folder: Path,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._database = database
        self._folder = RecordingFolder(folder)
        self._now = now

    async def page(
        self, wanted: RecordingFilter, cursor: str | None = None, limit: int = 100
    ) -> RecordingPage:
        """A page of messages; raises `CursorError`, `ValueError` unless `limit` is 1 to 1000."""
        cursors.check_limit(limit)
        where = _conditions(wanted)
        if cursor is not None:
            where.append(cursors.after(cursor, _NEWEST_FIRST))
        order = [column.desc() for column in _NEWEST_FIRST]
        rows = await self._database.rows(
            select(recordings).where(*where).order_by(*order).limit(limit + 1)
        )
        found = [_recording(row) for row in rows[:limit]]
        if len(rows) <= limit:
            return RecordingPage(found, None)
        return RecordingPage(found, cursors.encode(found[-1].at, found[-1].recording))

    async def get(self, name: str, seen_queues: frozenset[str] | None = None) -> Recording | None:
        """The message of this name; `seen_queues` as of `RecordingFilter`."""
        where = [recordings.c.recording == name, *_seen(seen_queues)]
        rows = await self._database.rows(select(recordings).where(*where))
        return _recording(rows[0]) if rows else None

    async def sound(self, name: str) -> bytes:
        """A message as a WAV file; raises `SoundMissingError`."""
        return await asyncio.to_thread(self._folder.read, name)

    async def heard(self, name: str) -> None:
        """Somebody listens; the first time stands."""
        first = (
            update(recordings)
            .where(recordings.c.recording == name, recordings.c.heard_at.is_(None))
            .values(heard_at=self._now())
        )
        await self._database.write(lambda connection: connection.execute(first).rowcount)

    async def remove(self, name: str) -> bool:
        """Remove a message; whether there was one. Raises `SoundKeptError` if it cannot go."""
        return await self._remove(_there().where(recordings.c.recording == name)) == 1

    async def erase(self, number: str) -> int:
        """Remove every message of whoever calls by this number; how many there were.

        Raises `SoundKeptError` for one that cannot go.
        """
        erased = 0
        while gone := await self._remove(_there().where(_called_by(number))):
            erased += gone
        return erased

    async def let_go(self, before: datetime) -> int:
        """Remove some of the messages older than that; 0: there are none left.

        Raises `SoundKeptError` for one that cannot go.
        """
        return await self._remove(old_recordings(before))

    async def _remove(self, which: Select[Any]) -> int:
        """The file first: after a crash in between it is removed once more, which is no harm."""
        some = which.order_by(recordings.c.at).limit(_AT_ONCE)
        names = [row.recording for row in await self._database.rows(some)]
        if not names:
            return 0
        for name in filter(NAME.fullmatch, names):
            await asyncio.to_thread(self._folder.remove, name)
        gone = (
            update(recordings)
            .where(recordings.c.recording.in_(names))
            .values(removed_at=self._now(), caller_number="")
        )
        return await self._database.write(lambda connection: connection.execute(gone).rowcount)


def _there() -> Select[Any]:
    """SELECT the names of messages that are not removed."""
    return select(recordings.c.recording).where(recordings.c.removed_at.is_(None))


def old_recordings(before: datetime) -> Select[Any]:
    """SELECT the names of messages that may go by their age.

    Never that of a ticket which is not closed yet.
    """
    ticket = exists().where(
        tickets.c.recording == recordings.c.recording, tickets.c.ended_at.is_(None)
    )
    return _there().where(recordings.c.at < before, ~ticket)


def _called_by(number: str) -> ColumnElement[bool]:
    """That a message is of this caller; carriers write numbers with and without the plus."""
    digits = number.removeprefix("+")
    return recordings.c.caller_number.in_([digits, f"+{digits}"])


def _conditions(wanted: RecordingFilter) -> list[ColumnElement[bool]]:
    where = [
        column == value
        for column, value in (
            (recordings.c.purpose, wanted.purpose),
            (recordings.c.call_id, wanted.call_id),
        )
        if value is not None
    ]
    if wanted.number is not None:
        where.append(_called_by(wanted.number))
    for column, wanted_so in (
        (recordings.c.heard_at, wanted.heard),
        (recordings.c.removed_at, wanted.removed),
    ):
        if wanted_so is not None:
            where.append(column.is_not(None) if wanted_so else column.is_(None))
    return where + _seen(wanted.seen_queues)


def _seen(queues: frozenset[str] | None) -> list[ColumnElement[bool]]:
    if queues is None:
        return []
    return [call_was_in(recordings.c.pbx, recordings.c.call_id, queues)]


def _recording(row: Row[Any]) -> Recording:
    return Recording(**row._mapping)
