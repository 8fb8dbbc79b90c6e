"""Keeps the measures of one switch up to date: counts again what its records have touched.

Nothing is lost by a crash or a database that is away: what is to be counted is marked in it, in the
transaction that wrote the record.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from calls.tracker import Change
from linea800.today import Today
from monitoring.quarters import QUARTER, quarter_of
from storage.errors import StorageError
from storage.measures import AT_ONCE, MeasureStore

log = logging.getLogger(__name__)

LOOK_SECONDS = 5.0
#: what was just recorded is counted that soon after the last count, and counting is at most one
#: part in ten of the time
_NEWS_SECONDS, _REST = 1.0, 9


class Measuring:
    """Looks every few seconds, and as soon as there is `news`; tells `today` what is counted."""

    def __init__(
        self,
        pbx: str,
        measures: MeasureStore,
        today: Today | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._pbx = pbx
        self._measures = measures
        self._today = today
        self._now = now
        self._news = asyncio.Event()
        #: why the last look failed; "" when it did not
        self.failing = ""

    def news(self) -> None:
        """Something was recorded that is to be counted."""
        self._news.set()

    async def run(self, *, look_seconds: float = LOOK_SECONDS) -> None:
        """Count, for ever; a database that is away is looked for again."""
        loop = asyncio.get_running_loop()
        look_at = loop.time()
        while True:
            began, more = loop.time(), False
            self._news.clear()
            try:
                if began >= look_at:
                    more = await self.look()
                else:
                    await self._count()
                if self._today is not None:
                    await self._today.look()
            except StorageError as error:
                if not self.failing:
                    log.warning("measures wait for the database: %s", error)
                self.failing = str(error)
                if self._today is not None:
                    self._today.lost()
            else:
                if self.failing:
                    log.warning("measures are counted again")
                self.failing = ""
            if more:
                await asyncio.sleep(0)
                continue
            if began >= look_at:
                # a day begins with a quarter, wherever it is
                look_at = began + min(look_seconds, self._to_next_quarter())
            rest = max(_NEWS_SECONDS, _REST * (loop.time() - began))
            await asyncio.sleep(min(look_seconds, rest))
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout_at(look_at):
                    await self._news.wait()

    async def look(self) -> bool:
        """Count all that is marked and the time of those at work; whether more of the past waits.

        Raises `StorageError`.
        """
        await self._measures.look(self._pbx)
        more = await self._measures.mark_past(self._pbx)
        await self._count()
        return more

    async def _count(self) -> None:
        while await self._measures.recount(AT_ONCE):
            pass

    def _to_next_quarter(self) -> float:
        now = self._now()
        return (quarter_of(now) + QUARTER - now).total_seconds()


async def lived_until(
    pbx: str, measures: MeasureStore, past: Sequence[Change], now: datetime
) -> datetime:
    """When the service before this one saw the agents for the last time.

    The journal may be empty, and then says nothing: what was unfinished in it is all that it keeps.
    Without any trace `now`. Raises `StorageError`.
    """
    known = [await measures.looked_at(pbx), past[-1].fact.at if past else None]
    seen = max((moment for moment in known if moment is not None), default=now)
    return min(seen, now)
