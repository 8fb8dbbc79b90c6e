"""How linea800 is, honestly: link, database and journal, each looked at, not assumed."""

from __future__ import annotations

import asyncio
import logging
import time

from ami.link import AmiLink
from api.health import Finding, Health
from calls.errors import Linea800Error
from calls.intake import Intake
from monitoring.recorder import Recorder
from storage.database import Database

log = logging.getLogger(__name__)

_TICK_SECONDS = 0.05
#: a loop that stands still this long lets callers wait; it is worth a line in the log
_LATE_SECONDS = 0.25


class HealthCheck:
    """Answers `check`, and watches that our own loop is never late (`watch`)."""

    def __init__(
        self, link: AmiLink, database: Database, intake: Intake, recorder: Recorder
    ) -> None:
        self._link = link
        self._database = database
        self._intake = intake
        self._recorder = recorder
        self.worst_lag_seconds = 0.0

    async def check(self) -> Health:
        """The truth of each part, at most 2 s old."""
        database_reason = ""
        try:
            await self._database.ping()
        except Linea800Error as error:
            database_reason = str(error)
        link, recorder, backlog = self._link, self._recorder, self._recorder.backlog
        return Health(
            link=Finding(ok=link.up, detail=link.reason),
            database=Finding(ok=not database_reason, detail=database_reason),
            journal=Finding(
                ok=self._intake.healthy,
                detail="" if self._intake.healthy else "facts wait in memory for the journal",
            ),
            recorder=Finding(ok=not recorder.failing, detail=recorder.failing),
            recorder_backlog=backlog,
        )

    async def watch(self) -> None:
        """Measure how late the loop wakes us, for ever."""
        while True:
            asked = time.monotonic()
            await asyncio.sleep(_TICK_SECONDS)
            late = time.monotonic() - asked - _TICK_SECONDS
            self.worst_lag_seconds = max(self.worst_lag_seconds, late)
            if late > _LATE_SECONDS:
                log.warning("the event loop stood still for %.2f s", late)
