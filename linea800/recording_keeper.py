"""Keeps recorded talks: looks at what calls left behind, and now and then at the whole folder."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from agents.desk import Desk
from agents.recording import Recordings
from agents.roster import Roster
from calls.events import Fact
from calls.switch import CallRecorders
from storage.call_recordings import CallRecordingStore
from storage.calls import CallStore
from storage.database import Database
from storage.errors import StorageError
from storage.recording_settling import RecordingSettling
from storage.sound_files import SoundKeptError, SoundMissingError

log = logging.getLogger(__name__)

SETTLE_SECONDS = 2.0
#: what nobody heard of is no emergency
FIND_SECONDS = 600.0


class RecordingKeeper:
    """Settles every few seconds, and finds again at the start and every ten minutes."""

    def __init__(self, settling: RecordingSettling) -> None:
        self._settling = settling
        self._told = ""

    async def run(self) -> None:
        """For ever."""
        loop = asyncio.get_running_loop()
        find_at = loop.time()
        while True:
            if loop.time() >= find_at:
                await self._try(self._settling.find_again)
                find_at = loop.time() + FIND_SECONDS
            await self._try(self._settling.settle)
            await asyncio.sleep(SETTLE_SECONDS)

    async def _try(self, work: Callable[[], Awaitable[int]]) -> None:
        try:
            await work()
        except (StorageError, SoundKeptError, SoundMissingError, OSError) as error:
            if str(error) != self._told:  # every two seconds the same is said once
                log.error("recorded talks wait to be kept: %s", error)
            self._told = str(error)
        else:
            self._told = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedTalks:
    """Everything about them: what is being recorded, what is kept, and who sees to it."""

    now: Recordings
    store: CallRecordingStore
    keeper: RecordingKeeper


def recorded_talks(
    pbx: str,
    folder: Path,
    *,
    roster: Roster,
    desk: Desk,
    recorders: CallRecorders,
    calls: CallStore,
    database: Database,
    put: Callable[[Fact], None],
) -> RecordedTalks:
    """Build them; agents' code for pausing leads to them from now on."""
    now = Recordings(pbx, roster, recorders, put)
    desk.switch_recording = now.switch
    settling = RecordingSettling(database, calls, folder, pbx)
    return RecordedTalks(
        now=now, store=CallRecordingStore(database, folder), keeper=RecordingKeeper(settling)
    )
