"""Keeps the measures of one switch up to date: counts again what its records have touched.

Nothing is lost by a crash or a database that is away: what is to be counted is marked in it, in the
transaction that wrote the record.
"""

from __future__ import annotations

import asyncio
import logging

from storage.errors import StorageError
from storage.measures import AT_ONCE, MeasureStore

log = logging.getLogger(__name__)

LOOK_SECONDS = 5.0


class Measuring:
    """Looks every few seconds; figures are as old as that at most."""

    def __init__(self, pbx: str, measures: MeasureStore) -> None:
        self._pbx = pbx
        self._measures = measures
        #: why the last look failed; "" when it did not
        self.failing = ""

    async def run(self, *, look_seconds: float = LOOK_SECONDS) -> None:
        """Count, for ever; a database that is away is looked for again."""
        while True:
            more = False
            try:
                more = await self.look()
            except StorageError as error:
                if not self.failing:
                    log.warning("measures wait for the database: %s", error)
                self.failing = str(error)
            else:
                if self.failing:
                    log.warning("measures are counted again")
                self.failing = ""
            await asyncio.sleep(0 if more else look_seconds)

    async def look(self) -> bool:
        """Count all that is marked and the time of those at work; whether more of the past waits.

        Raises `StorageError`.
        """
        await self._measures.look(self._pbx)
        more = await self._measures.mark_past(self._pbx)
        while await self._measures.recount(AT_ONCE):
            pass
        return more
