"""Recorded talks: found, heard, and let go. How they come to be kept is `recording_settling.py`.

One goes by age or by order: its file is removed, its row says when and why and stays.
"""

from __future__ import annotations

import asyncio
import hmac
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, exists, or_, select, update

from monitoring.call_recordings import WITH_SOUND, Pause, RecordingState
from storage import cursors
from storage.call_recording_files import NAME, CallRecordingFolder
from storage.database import Database
from storage.tables import call_recordings, tickets

_NEWEST_FIRST = (call_recordings.c.started_at, call_recordings.c.recording)
_AT_ONCE = 100
#: who removed it, when nobody did: it was old enough
BY_AGE = "age"


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRecording:
    """One recorded talk; the columns of `call_recordings`."""

    recording: str
    pbx: str
    call_id: str
    queue: str
    campaign_id: str
    agent: str
    announced: str
    state: RecordingState
    started_at: datetime
    began_at: datetime | None
    ended_at: datetime | None
    seconds: float | None
    paused_seconds: float | None
    pauses: tuple[Pause, ...]
    bytes: int | None
    sha256: str
    cut_short: bool
    kept_at: datetime | None
    changed_at: datetime | None
    removed_at: datetime | None
    removed_why: str
    #: it must not go, since when and why; None: it may
    held_at: datetime | None
    held_why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRecordingFilter:
    """Which recordings; None means any. `started_until` itself is not included."""

    call_id: str | None = None
    agent: str | None = None
    queue: str | None = None
    campaign_id: str | None = None
    state: RecordingState | None = None
    started_from: datetime | None = None
    started_until: datetime | None = None
    #: those of these queues
    seen_queues: Collection[str] | None = None


@dataclass(frozen=True, slots=True)
class CallRecordingPage:
    """Recordings, newest first, and the cursor with which the list goes on (None: it is over)."""

    recordings: list[CallRecording]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class Sound:
    """What a file holds; `changed`: that is not what was kept."""

    sound: bytes
    changed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OfAge:
    """Recordings of before a moment: of one queue or campaign, or of all but those named."""

    before: datetime
    queue: str = ""
    campaign_id: str = ""
    #: these are kept for as long as they say themselves
    but_queues: tuple[str, ...] = ()
    but_campaigns: tuple[str, ...] = ()


class CallRecordingStore:
    """Finds recorded talks, reads their sound, removes them."""

    def __init__(
        self,
        database: Database,
        folder: Path,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._database = database
        self._folder = CallRecordingFolder(folder)
        self._now = now

    async def page(
        self, wanted: CallRecordingFilter, cursor: str | None = None, limit: int = 100
    ) -> CallRecordingPage:
        """A page of recordings; raises `CursorError`, `ValueError` unless `limit` is 1 to 1000."""
        cursors.check_limit(limit)
        where = list(_conditions(wanted))
        if cursor is not None:
            where.append(cursors.after(cursor, _NEWEST_FIRST))
        order = [column.desc() for column in _NEWEST_FIRST]
        rows = await self._database.rows(
            select(call_recordings).where(*where).order_by(*order).limit(limit + 1)
        )
        found = [recording_of(row) for row in rows[:limit]]
        if len(rows) <= limit:
            return CallRecordingPage(found, None)
        return CallRecordingPage(found, cursors.encode(found[-1].started_at, found[-1].recording))

    async def get(self, name: str) -> CallRecording | None:
        """The recording of this name."""
        rows = await self._database.rows(
            select(call_recordings).where(call_recordings.c.recording == name)
        )
        return recording_of(rows[0]) if rows else None

    async def sound(self, recording: CallRecording) -> Sound:
        """A recording as a WAV file, held against its hash; raises `SoundMissingError`.

        Its row says from now on whether the file is what was kept.
        """
        sound = await asyncio.to_thread(self._folder.read, recording.recording)
        digest = await asyncio.to_thread(lambda: sha256(sound).hexdigest())
        changed = not hmac.compare_digest(digest, recording.sha256)
        if changed != (recording.state is RecordingState.CHANGED):
            await self._note(recording.recording, changed=changed)
        return Sound(sound, changed)

    async def hold(self, name: str, why: str) -> bool:
        """Keep a recording from going, by age or by order; whether there was a sound to keep."""
        return await self._hold(name, {"held_at": self._now(), "held_why": why})

    async def release(self, name: str) -> bool:
        """It may go again; whether there was one."""
        return await self._hold(name, {"held_at": None, "held_why": ""})

    async def remove(self, name: str, why: str) -> bool:
        """Remove a recording; whether there was one that may go.

        Raises `SoundKeptError` if it cannot go.
        """
        return await self._remove(_there().where(call_recordings.c.recording == name), why) == 1

    async def remove_of_calls(self, keys: Collection[tuple[str, str]], why: str) -> int:
        """Remove those of these calls, as (pbx, call id); how many stay because they are held.

        Raises `SoundKeptError`.
        """
        held, left = 0, sorted(keys)
        while some := left[:_AT_ONCE]:
            theirs = or_(
                *(
                    and_(call_recordings.c.pbx == pbx, call_recordings.c.call_id == call_id)
                    for pbx, call_id in some
                )
            )
            while await self._remove(_there().where(theirs), why):
                pass
            held += len(await self._database.rows(_with_sound().where(theirs)))
            del left[:_AT_ONCE]
        return held

    async def let_go(self, which: OfAge) -> int:
        """Remove some of those that are old enough; 0: there are none left.

        Raises `SoundKeptError` for one that cannot go.
        """
        return await self._remove(old_call_recordings(which), BY_AGE)

    async def _remove(self, which: Select[Any], why: str) -> int:
        """The file first: after a crash in between it is removed once more, which is no harm."""
        some = which.order_by(call_recordings.c.started_at).limit(_AT_ONCE)
        names = [row.recording for row in await self._database.rows(some)]
        if not names:
            return 0
        for name in filter(NAME.fullmatch, names):
            await asyncio.to_thread(self._folder.remove, name)
        gone = (
            update(call_recordings)
            .where(call_recordings.c.recording.in_(names))
            .values(state=RecordingState.REMOVED, removed_at=self._now(), removed_why=why)
        )
        return await self._database.write(lambda connection: connection.execute(gone).rowcount)

    async def _hold(self, name: str, values: dict[str, Any]) -> bool:
        held = (
            update(call_recordings)
            .where(call_recordings.c.recording == name, call_recordings.c.state.in_(WITH_SOUND))
            .values(values)
        )
        return await self._database.write(lambda c: c.execute(held).rowcount) == 1

    async def _note(self, name: str, *, changed: bool) -> None:
        state = RecordingState.CHANGED if changed else RecordingState.KEPT
        values = {"state": state} | ({"changed_at": self._now()} if changed else {})
        noted = (
            update(call_recordings)
            .where(call_recordings.c.recording == name, call_recordings.c.state.in_(WITH_SOUND))
            .values(values)
        )
        await self._database.write(lambda connection: connection.execute(noted).rowcount)


def old_call_recordings(which: OfAge) -> Select[Any]:
    """SELECT the names of recordings that may go by their age.

    Never one that is held, nor that of a call with a ticket which is not closed yet.
    """
    columns = call_recordings.c
    ticket = exists().where(
        tickets.c.pbx == columns.pbx,
        tickets.c.call_id == columns.call_id,
        tickets.c.ended_at.is_(None),
    )
    where: list[ColumnElement[bool]] = [columns.started_at < which.before, ~ticket]
    if which.queue:
        where += [columns.queue == which.queue, columns.campaign_id == ""]
    elif which.campaign_id:
        where.append(columns.campaign_id == which.campaign_id)
    else:
        of_queues = columns.queue.in_(which.but_queues) & (columns.campaign_id == "")
        where.append(~(of_queues | columns.campaign_id.in_(which.but_campaigns)))
    return _there().where(*where)


def _there() -> Select[Any]:
    """SELECT the names of those that have a file and may go."""
    return _with_sound().where(call_recordings.c.held_at.is_(None))


def _with_sound() -> Select[Any]:
    return select(call_recordings.c.recording).where(call_recordings.c.state.in_(WITH_SOUND))


def _conditions(wanted: CallRecordingFilter) -> Iterator[ColumnElement[bool]]:
    columns = call_recordings.c
    for name in ("call_id", "agent", "queue", "campaign_id", "state"):
        if (value := getattr(wanted, name)) is not None:
            yield columns[name] == value
    if wanted.started_from is not None:
        yield columns.started_at >= wanted.started_from
    if wanted.started_until is not None:
        yield columns.started_at < wanted.started_until
    if wanted.seen_queues is not None:
        yield columns.queue.in_(sorted(wanted.seen_queues))


def recording_of(row: Row[Any]) -> CallRecording:
    """The recording of a row."""
    values = dict(row._mapping)
    pauses = tuple(
        Pause(
            since=datetime.fromisoformat(pause["since"]),
            until=datetime.fromisoformat(pause["until"]) if pause["until"] else None,
            by=pause["by"],
        )
        for pause in values.pop("pauses") or ()
    )
    return CallRecording(**{**values, "state": RecordingState(values["state"])}, pauses=pauses)
