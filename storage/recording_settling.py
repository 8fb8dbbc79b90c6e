"""How recorded talks come to be kept: looked at after their call, found again when nobody heard.

A row is opened with the fact that Asterisk records (`service_rows.py`). Once the call has ended the
file is looked at: its hash, its length, whose talk it is. Everything here may be done again.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, and_, delete, or_, select, tuple_, update

from monitoring.call_recordings import (
    RecordingState,
    Talk,
    became,
    talk_by_record,
    talk_in,
)
from storage.call_recording_files import CallRecordingFolder, Found, call_of
from storage.calls import CallStore
from storage.database import Database
from storage.sound_files import SoundKeptError, SoundMissingError
from storage.tables import call_recordings, calls

log = logging.getLogger(__name__)

#: Asterisk finishes a file a moment after the call's end
_FINISHED_AFTER = timedelta(seconds=3)
#: of a call that nobody knows a file is let be for so long: its record may be on its way
_UNKNOWN_FOR = timedelta(hours=1)
#: files of calls that a service heard nothing of are looked for so far back
FOUND_AGAIN_DAYS = 14
_AT_ONCE = 200


class RecordingSettling:
    """Keeps what was recorded. Of one switch."""

    def __init__(
        self,
        database: Database,
        calls_store: CallStore,
        folder: Path,
        pbx: str,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._database = database
        self._calls = calls_store
        self._folder = CallRecordingFolder(folder)
        self._pbx = pbx
        self._now = now
        #: what could not be read or removed: told once, and tried again
        self._failing: set[str] = set()
        #: the last row of a look that not everything of was settled: the next begins behind it
        self._behind: tuple[datetime, str] | None = None
        self._open_once_more = database.insert(call_recordings).on_conflict_do_update(
            index_elements=("recording",),
            set_={"state": RecordingState.OPEN},
            where=and_(
                call_recordings.c.state == RecordingState.LOST, call_recordings.c.sha256 == ""
            ),
        )

    async def settle(self) -> int:
        """Look at the files of calls that are over; how many rows that settled.

        Raises `StorageError`. What cannot be read stays open, keeps no other from being looked at,
        and is tried again.
        """
        rows = await self._over()
        settled = 0
        for row in rows:
            settled += await self._tried(row.recording, self._settle(row))
        left = len(rows) == _AT_ONCE and any(row.recording in self._failing for row in rows)
        self._behind = (rows[-1].started_at, rows[-1].recording) if left else None
        return settled

    async def find_again(self) -> int:
        """Open a row for each file that has none, and for the lost ones that are back; how many.

        Of calls that began and ended while no service was there, or whose row was written and lost.
        Raises `StorageError`, and `OSError` when the folder cannot be read.
        """
        since = self._now() - timedelta(days=FOUND_AGAIN_DAYS)
        names = await asyncio.to_thread(self._folder.names, since)
        found = 0
        for start in range(0, len(names), _AT_ONCE):
            some = names[start : start + _AT_ONCE]
            known = select(call_recordings.c.recording).where(
                call_recordings.c.recording.in_(some),
                or_(call_recordings.c.state != RecordingState.LOST, call_recordings.c.sha256 != ""),
            )
            settled = {row.recording for row in await self._database.rows(known)}
            for name in some:
                if name not in settled:
                    found += await self._tried(name, self._open(name))
        return found

    async def _tried(self, name: str, work: Awaitable[bool]) -> bool:
        try:
            done = await work
        except (SoundMissingError, SoundKeptError) as error:
            if name not in self._failing:
                log.error("a recorded talk waits to be kept: %s", error)
            self._failing.add(name)
            return False
        self._failing.discard(name)
        return done

    async def _open(self, name: str) -> bool:
        """Whether the file is of a call that is over, and has a row now to be settled."""
        call_id = call_of(name)
        look = await self._look(name)
        record = await self._calls.get(self._pbx, call_id)
        if record is not None and record.ended_at is None:
            return False
        written_at = look.written_at if look is not None else self._now() - 2 * _UNKNOWN_FOR
        if record is None and self._now() - written_at < _UNKNOWN_FOR:
            return False
        if look is None:
            await asyncio.to_thread(self._folder.remove, name)  # a wait that led to no talk
            return False
        row = {
            "recording": name, "pbx": self._pbx, "call_id": call_id, "queue": "",
            "campaign_id": "", "agent": "", "announced": "", "state": RecordingState.OPEN,
            "started_at": look.written_at - timedelta(seconds=look.seconds),
            "sha256": "", "cut_short": False, "removed_why": "",
        }  # fmt: skip
        log.warning("the recorded talk %s was found without a row", name)
        await self._database.write(
            lambda connection: connection.execute(self._open_once_more, [row]).rowcount
        )
        return True

    async def _over(self) -> Sequence[Row[Any]]:
        """Open rows whose call has ended, or is not known for so long that it never will be."""
        now = self._now()
        mine = and_(
            calls.c.pbx == call_recordings.c.pbx, calls.c.call_id == call_recordings.c.call_id
        )
        place = (call_recordings.c.started_at, call_recordings.c.recording)
        statement = (
            select(
                call_recordings.c.recording, call_recordings.c.call_id, call_recordings.c.queue,
                call_recordings.c.started_at,
            )
            .join_from(call_recordings, calls, mine, isouter=True)
            .where(
                call_recordings.c.state == RecordingState.OPEN,
                call_recordings.c.pbx == self._pbx,
                or_(
                    calls.c.ended_at < now - _FINISHED_AFTER,
                    and_(
                        calls.c.call_id.is_(None),
                        call_recordings.c.started_at < now - _UNKNOWN_FOR,
                    ),
                ),
            )
            .order_by(*place)
            .limit(_AT_ONCE)
        )  # fmt: skip
        if self._behind is not None:
            behind = tuple_(*self._behind, types=[column.type for column in place])
            statement = statement.where(tuple_(*place) > behind)
        return await self._database.rows(statement)

    async def _settle(self, row: Row[Any]) -> bool:
        look = await self._look(row.recording)
        facts = await self._calls.facts(self._pbx, row.call_id)
        record = await self._calls.get(self._pbx, row.call_id)
        talk = talk_in(row.recording, facts)
        if talk is None and record is not None and look is not None:
            talk = talk_by_record(record, look.written_at)
        state = became(talk, has_sound=look is not None)
        this = call_recordings.c.recording == row.recording
        if state is None:
            await asyncio.to_thread(self._folder.remove, row.recording)
            await self._database.write(
                lambda connection: connection.execute(delete(call_recordings).where(this)).rowcount
            )
            return True
        if state is RecordingState.LOST:
            log.error("the talk of call %s was not recorded: no %s", row.call_id, row.recording)
        values = {"state": state, **_of_talk(talk), **_of_file(look, self._now())}
        if record is not None:
            values["campaign_id"] = record.campaign_id
        if not row.queue and record is not None and talk is not None:
            talked_in = (stay.queue for stay in record.stays if stay.connected_at == talk.began_at)
            values["queue"] = next(talked_in, "")
        settled = (
            update(call_recordings)
            .where(this, call_recordings.c.state == RecordingState.OPEN)
            .values(values)
        )

        def write(connection: Connection) -> bool:
            return connection.execute(settled).rowcount == 1

        return await self._database.write(write)

    async def _look(self, name: str) -> Found | None:
        return await asyncio.to_thread(self._folder.look, name)


def _of_talk(talk: Talk | None) -> dict[str, Any]:
    if talk is None:
        return {}
    pauses = [
        {
            name: moment.isoformat() if isinstance(moment, datetime) else moment
            for name, moment in asdict(pause).items()
        }
        for pause in talk.pauses
    ]
    return {
        "agent": talk.agent, "began_at": talk.began_at, "ended_at": talk.ended_at,
        "paused_seconds": talk.paused_seconds, "pauses": pauses,
    }  # fmt: skip


def _of_file(look: Found | None, now: datetime) -> dict[str, Any]:
    if look is None:
        return {}
    return {
        "bytes": look.bytes, "seconds": look.seconds, "sha256": look.sha256,
        "cut_short": look.cut_short, "kept_at": now,
    }  # fmt: skip
