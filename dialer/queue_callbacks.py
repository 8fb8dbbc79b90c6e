"""Callers who gave up the line to be called back: what may be promised, and that it is kept.

Nothing asked is lost: what a crash kept from being written is heard again from the journal, or
found among the records. Nothing is made twice: a place has its id from the call that asked for it.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from agents.keeper import Claim
from calls.events import AttemptEnded, AttemptStarted, CallbackAsked, Fact, PlacesKept
from calls.tracker import Change
from dialer.book import BookRefusedError
from dialer.campaign import CampaignState
from dialer.place_turns import PlaceTurns
from dialer.places import NewPlace, PlaceBook, kept_by_queue
from dialer.promising import Promisable, promisable, zone_of
from dialer.running import Running

log = logging.getLogger(__name__)

#: what was asked longer ago was written long since
LOOKED_BACK = timedelta(days=2)
#: the database may have changed under us
LOOK_AGAIN = timedelta(seconds=30)
_OURS = uuid.UUID("6d1f3f1c-9f0f-4f39-8c6e-2f8c6a0f0800")


class QueueCallbacks:
    """Keeps the places of those who asked. Without a `book` nobody keeps one."""

    def __init__(
        self,
        pbx: str,
        campaigns: Mapping[str, Running],
        book: PlaceBook | None,
        turns: PlaceTurns,
        put: Callable[[Fact], None],
        now: Callable[[], datetime],
    ) -> None:
        self._pbx = pbx
        self._campaigns = campaigns
        self._book = book
        self._turns = turns
        self._put = put
        self._now = now
        self._asked: dict[str, CallbackAsked] = {}
        self._for_nobody: set[str] = set()  # told once: no campaign calls back for their queue
        self._called_anyway: dict[str, datetime] = {}  # and when that was found
        self._ended: dict[str, str] = {}  # attempt -> campaign
        self._looked_at: datetime | None = None
        self._told: dict[str, int] = {}

    # --- offering

    def offer(self, queue: str) -> Callable[[str], Promisable | None] | None:
        """Which numbers are called back for those who wait there; None: no campaign does it now.

        One that the rules forbid at this hour only is: its place is kept until they allow it.
        """
        running = self._caller_of(queue)
        if self._book is None or running is None or not _runs(running):
            return None
        if not self._turns.can_serve(queue):
            return None
        return lambda written: promisable(
            running.judge, running.campaign.country, written, self._now()
        )

    # --- hearing

    def hear(self, change: Change) -> None:
        """Note who asked, and whose call was made or is over."""
        fact = change.fact
        match fact:
            case CallbackAsked() if self._book is not None:
                self._asked.setdefault(fact.call_id, fact)
            case AttemptStarted() if any(p.lead_id == fact.lead_id for p in self._turns.places):
                self.look_again()
            case AttemptEnded() if self._calls_back(fact.campaign_id):
                self._ended[fact.call_id] = fact.campaign_id
                self._called_anyway.clear()
            case _:
                pass

    def look_again(self) -> None:
        """Somebody changed what is promised."""
        self._looked_at = None

    async def recover(self) -> None:
        """At start: what was recorded, left the journal, and may not be written yet."""
        if self._book is None:
            return
        since = self._now() - LOOKED_BACK
        asked = {_id_of(fact): fact for fact in await self._book.asked_recorded(self._pbx, since)}
        written = await self._book.known(list(asked))
        for callback_id, fact in asked.items():
            if callback_id not in written:
                self._asked.setdefault(fact.call_id, fact)
        for campaign_id, attempt_id in await self._book.unfinished(self._pbx):
            self._ended.setdefault(attempt_id, campaign_id)

    # --- writing

    async def write(self) -> list[Running]:
        """Write what was asked; the campaigns that have somebody to call by it.

        Raises `BookError` when the database is away: what is not written stays.
        """
        if self._book is None:
            return []
        come_back = []
        for asked in list(self._asked.values()):
            running = await self._keep(self._book, asked)
            if running is not None:
                come_back.append(running)
        for attempt_id, campaign_id in list(self._ended.items()):
            tries = self._campaigns[campaign_id].campaign.options.callback_tries
            await self._book.tried(attempt_id, tries)
            del self._ended[attempt_id]
            self.look_again()
        now = self._now()
        if self._looked_at is None or now - self._looked_at >= LOOK_AGAIN:
            self._turns.places = await self._book.places()
            self._looked_at = now
            self._tell()
        return come_back

    async def _keep(self, book: PlaceBook, fact: CallbackAsked) -> Running | None:
        running = self._caller_of(fact.queue)
        if running is None:
            if fact.call_id not in self._for_nobody:
                log.error("call %s: no campaign calls back for queue %s", fact.call_id, fact.queue)
                self._for_nobody.add(fact.call_id)
            return None
        now, found_at = self._now(), self._called_anyway.get(fact.call_id)
        if found_at is not None and now - found_at < LOOK_AGAIN:
            return None
        new = NewPlace(
            callback_id=_id_of(fact),
            campaign_id=running.campaign.id,
            number=fact.number,
            zone=zone_of(fact.number),
            queue=fact.queue,
            since=fact.waiting_since,
            asked_at=fact.at,
        )
        try:
            if not await book.keep(new):
                self._called_anyway[fact.call_id] = now  # asked again when that call is over
                return None
        except BookRefusedError as error:
            log.error("the call back that %s asked for is refused: %s", fact.call_id, error)
        del self._asked[fact.call_id]
        self._called_anyway.pop(fact.call_id, None)
        self._for_nobody.discard(fact.call_id)
        self.look_again()
        return running

    def _tell(self) -> None:
        kept = kept_by_queue(self._turns.places)
        for queue in sorted(self._told.keys() | kept.keys()):
            count = kept.get(queue, 0)
            if self._told.get(queue) != count:
                self._told[queue] = count
                at = self._now()
                self._put(PlacesKept(at=at, pbx=self._pbx, queue=queue, places=count))

    # --- whose turn it is

    def number_of(self, callback_id: str) -> int | None:
        """How manieth in the line of its queue a call back is; None: it keeps no place."""
        return self._turns.number_of(callback_id)

    def claim(self, number: str) -> Claim | None:
        """Who is owed the agent who has just become free."""
        return self._turns.claim(number, self._now())

    async def look(self) -> bool:
        """Keep free agents for those whose turn has come, and have them be called.

        True when an agent is not there any more for whom the pacing still counts on: that comes
        round as a fact.
        """
        if self._book is None:
            return False
        looked = await self._turns.look(self._book, self._now())
        if looked.gone:
            self.look_again()
        return looked.kept

    # --- who calls

    def _caller_of(self, queue: str) -> Running | None:
        """The campaign that calls back for the queue: one that runs, else the oldest."""
        found = [
            running
            for running in self._campaigns.values()
            if queue in running.campaign.options.callbacks_of
        ]
        return next(filter(_runs, found), found[0] if found else None)

    def _calls_back(self, campaign_id: str) -> bool:
        running = self._campaigns.get(campaign_id)
        return running is not None and bool(running.campaign.options.callbacks_of)


def _runs(running: Running) -> bool:
    return running.campaign.state is CampaignState.RUNNING


def _id_of(fact: CallbackAsked) -> str:
    return uuid.uuid5(_OURS, f"{fact.pbx} {fact.call_id}").hex
