"""What agents said of dialed talks: from the fact in the journal to the rows it leads to.

Nothing said is lost: what a crash kept from being written is heard again from the journal, or found
among the records. Nothing is written twice: the attempt's row takes one disposition.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta

from calls.events import TalkDisposed
from calls.tracker import Change
from dialer.attempt import Attempt
from dialer.book import AttemptBook, BookRefusedError
from dialer.dispositions import DispositionError, TalkResult, after_talk
from dialer.retry import counted_attempts
from dialer.running import Running

log = logging.getLogger(__name__)

#: what was said longer ago and is not written will not be
LOOKED_BACK = timedelta(days=2)


class Talks:
    """Holds what was said until its attempt has ended, then has it written."""

    def __init__(
        self,
        pbx: str,
        campaigns: Mapping[str, Running],
        book: AttemptBook,
        is_open: Callable[[str], bool],
        now: Callable[[], datetime],
    ) -> None:
        self._pbx = pbx
        self._campaigns = campaigns
        self._book = book
        self._is_open = is_open
        self._now = now
        self._said: dict[str, TalkDisposed] = {}

    def hear(self, change: Change) -> bool:
        """Note what an agent said; whether there is something new to write."""
        if not isinstance(change.fact, TalkDisposed):
            return False
        self._said.setdefault(change.fact.call_id, change.fact)
        return True

    async def recover(self) -> None:
        """At start: what was recorded, left the journal, and is not written yet."""
        for fact in await self._book.unwritten_talks(self._pbx, self._now() - LOOKED_BACK):
            self._said.setdefault(fact.call_id, fact)

    async def write(self) -> list[Running]:
        """Write what can be; the campaigns that have somebody to dial by it.

        Raises `BookError` when the database is away: what is not written stays.
        """
        come_back = []
        for fact in list(self._ready()):
            try:
                running = await self._write(fact)
            except BookRefusedError as error:
                log.error("disposition of %s is refused: %s", fact.call_id, error)
                running = None
            del self._said[fact.call_id]
            if running is not None:
                come_back.append(running)
        return come_back

    def _ready(self) -> Iterator[TalkDisposed]:
        """A lead has its future from the end of its attempt first: what was said changes it."""
        return (fact for fact in self._said.values() if not self._is_open(fact.call_id))

    async def _write(self, fact: TalkDisposed) -> Running | None:
        attempt = await self._book.attempt(fact.call_id)
        if attempt is None or attempt.disposition or attempt.ended_at is None:
            return None
        running = self._campaigns[attempt.campaign_id]
        try:
            after = after_talk(
                running.campaign.options.dispositions,
                fact.disposition,
                attempt.ended_at,
                promised_at=fact.promised_at,
                promised_agent=fact.agent if fact.only_me else "",
            )
        except DispositionError as error:
            log.error("attempt %s, agent %s: %s", attempt.id, fact.agent, error)
            return None
        written = await self._book.dispose(
            TalkResult(
                attempt_id=attempt.id,
                agent=fact.agent,
                said_at=fact.at,
                after=after,
                last_attempt=await self._is_last(running, attempt),
            )
        )
        return running if written and after.again_at is not None else None

    async def _is_last(self, running: Running, attempt: Attempt) -> bool:
        most = running.campaign.retry.max_attempts
        if attempt.ordinal < most:
            return False
        congested = await self._book.congested(attempt.lead_id)
        return counted_attempts(attempt.ordinal, congested) >= most
