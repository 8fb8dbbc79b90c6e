"""Called people who asked by key to be called no more: from the fact to the do-not-call list.

Nothing asked is lost: what a crash kept from being written is heard again from the journal, or
found among the records. Writing twice is harmless.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from calls.events import OptedOut
from calls.tracker import Change
from dialer.book import AttemptBook, BookRefusedError

log = logging.getLogger(__name__)

#: what was asked longer ago was written long since
LOOKED_BACK = timedelta(days=2)


class OptOuts:
    """Holds what was asked until it is written."""

    def __init__(self, pbx: str, book: AttemptBook, now: Callable[[], datetime]) -> None:
        self._pbx = pbx
        self._book = book
        self._now = now
        self._asked: dict[str, OptedOut] = {}

    def hear(self, change: Change) -> None:
        """Note that somebody asked."""
        if isinstance(change.fact, OptedOut):
            self._asked[change.fact.call_id] = change.fact

    async def recover(self) -> None:
        """At start: what was recorded, left the journal, and may not be written yet."""
        for fact in await self._book.opt_outs_recorded(self._pbx, self._now() - LOOKED_BACK):
            self._asked.setdefault(fact.call_id, fact)

    async def write(self) -> None:
        """Write them; raises `BookError` when the database is away: what is not written stays."""
        for fact in list(self._asked.values()):
            try:
                await self._book.opt_out(fact.call_id, fact.at)
            except BookRefusedError as error:
                log.error("the opt-out of %s is refused: %s", fact.call_id, error)
            del self._asked[fact.call_id]
