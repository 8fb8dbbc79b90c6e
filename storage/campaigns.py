"""Campaigns, leads and attempts: the dialer's book."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Collection, Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, select

from calls.errors import Linea800Error
from calls.events import OptedOut, TalkDisposed
from dialer.attempt import Attempt, AttemptResult
from dialer.book import Answered, LeadCounts, ListImported, Reserved
from dialer.callbacks import CallbackState, CallbackSummary, Promise
from dialer.campaign import Campaign, CampaignState, PacingNote, RetryRule
from dialer.dispositions import TalkResult
from dialer.lead import Lead, NewLead
from dialer.memory import Past
from dialer.ruling import Candidate, Judge, Ruling, Seen
from storage import (
    attempts,
    attempts_behind,
    callbacks,
    campaign_states,
    campaign_writing,
    days,
    disposing,
    ending,
    evidence,
    leads,
    notes,
    reserving,
    tables,
)
from storage.attempts import AttemptCounts
from storage.attempts_behind import ANY, AttemptFilter, AttemptPage
from storage.callbacks import CallbackOf, CallbackPage
from storage.campaign_rows import campaign_of
from storage.database import Database
from storage.disposing import DispositionCount
from storage.notes import NotePage

#: leads written at once: a long list must not keep the one writer from what dials and records
_LEADS_AT_ONCE = 5000


class CampaignExistsError(Linea800Error):
    """There is a campaign with this id already."""


class CampaignStore:
    """The book of the dialer (`dialer.book.AttemptBook`), and what the API shows of it."""

    def __init__(
        self, database: Database, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._database = database
        self._now = now

    # --- campaigns

    async def create(self, campaign: Campaign) -> None:
        """Write a new campaign; raises `CampaignExistsError`."""
        insert_ = self._database.insert
        if not await self._database.write(lambda c: campaign_writing.create(c, insert_, campaign)):
            raise CampaignExistsError(f"there is a campaign {campaign.id!r} already")

    async def get(self, campaign_id: str) -> Campaign | None:
        """The campaign with this id."""
        statement = select(tables.campaigns).where(tables.campaigns.c.id == campaign_id)
        row = await self._database.read(lambda c: c.execute(statement).one_or_none())
        return None if row is None else campaign_of(row)

    async def campaigns(self) -> list[Campaign]:
        """All campaigns, oldest first."""
        statement = select(tables.campaigns).order_by(
            tables.campaigns.c.created_at, tables.campaigns.c.id
        )
        return [campaign_of(row) for row in await self._database.rows(statement)]

    async def set_state(self, campaign_id: str, state: CampaignState, now: datetime) -> Campaign:
        """Write the new state; raises `KeyError` when there is no such campaign."""
        row = await self._database.write(
            lambda c: campaign_states.change(c, campaign_id, state, now)
        )
        if row is None:
            raise KeyError(campaign_id)
        return campaign_of(row)

    async def change(self, campaign: Campaign, fields: Collection[str]) -> Campaign:
        """Write these fields of the campaign, and no other; raises `KeyError` for a strange one."""
        changed = await self._database.write(
            lambda c: campaign_writing.change(c, campaign, fields, self._now())
        )
        if changed is None:
            raise KeyError(campaign.id)
        return campaign_of(changed)

    # --- leads

    async def add_leads(
        self,
        campaign_id: str,
        batches: AsyncIterator[Sequence[NewLead]],
        now: datetime,
        list_name: str = leads.FIRST_LIST,
    ) -> ListImported:
        """Add leads batch by batch; a number the campaign already has is left as it is.

        Each batch is committed by itself: a list that breaks off can be sent again from its
        beginning. Raises `KeyError` when there is no such campaign.
        """
        if await self.get(campaign_id) is None:
            raise KeyError(campaign_id)
        async with self._database.writing() as connection:
            list_id = await leads.list_named(
                connection, self._database.insert, campaign_id, list_name, now
            )
        added = seen = 0
        async for batch in batches:
            for start in range(0, len(batch), _LEADS_AT_ONCE):
                part = batch[start : start + _LEADS_AT_ONCE]
                async with self._database.writing() as connection:
                    added += await leads.add(
                        connection,
                        self._database.dialect,
                        campaign_id,
                        list_id,
                        part,
                        now,
                    )
                seen += len(part)
        return ListImported(added=added, already_there=seen - added)

    async def lead(self, lead_id: int) -> Lead | None:
        """The lead with this id."""
        async with self._database.reading() as connection:
            return await leads.one(connection, lead_id)

    async def lead_counts(self, campaign_id: str, now: datetime) -> LeadCounts:
        """How many leads are left."""
        async with self._database.reading() as connection:
            return await leads.counts(connection, campaign_id, now)

    # --- attempts

    async def reserve(
        self,
        campaign_id: str,
        count: int,
        *,
        judge: Judge,
        pbx: str,
        now: datetime,
        grace: timedelta = timedelta(minutes=15),
        promised_only: bool = False,
        why: PacingNote | None = None,
    ) -> Reserved:
        """Take up to `count` leads that the rules allow; see `dialer.book.AttemptBook`.

        When it raises `DatabaseUnavailableError` the attempts may be there all the same: see
        `open_attempts`.
        """
        if count < 1:
            return Reserved([])

        def reserve(connection: Connection) -> Reserved:
            reserved = reserving.reserve(
                connection, campaign_id, count, judge=judge, pbx=pbx, now=now,
                grace=grace, promised_only=promised_only,
            )  # fmt: skip
            if reserved.attempts and why is not None:
                notes.keep(connection, why)
            return reserved

        return await self._database.write(reserve)

    async def reserve_one(
        self,
        lead_id: int,
        *,
        agent: str,
        judge: Judge,
        pbx: str,
        now: datetime,
        why: PacingNote | None = None,
    ) -> Attempt | Ruling | None:
        """An attempt of one lead for one agent; see `dialer.book.AttemptBook`."""

        def reserve(connection: Connection) -> Attempt | Ruling | None:
            found = reserving.reserve_one(
                connection, lead_id, agent=agent, judge=judge, pbx=pbx, now=now
            )
            if isinstance(found, Attempt) and why is not None:
                notes.keep(connection, why)
            return found

        return await self._database.write(reserve)

    async def note(self, note: PacingNote) -> None:
        """Keep a decision not to dial."""
        await self._database.write(lambda c: notes.keep(c, note))

    async def note_at(self, campaign_id: str, moment: datetime) -> PacingNote | None:
        """The last decision kept at or before that moment."""
        found = (await self.notes(campaign_id, moment, limit=1)).notes
        return found[0] if found else None

    async def notes(
        self,
        campaign_id: str,
        until: datetime | None = None,
        cursor: str | None = None,
        limit: int = 100,
    ) -> NotePage:
        """A page of the decisions kept, newest first; of those made at or before `until`.

        Raises `CursorError`, and `ValueError` when `limit` is not 1 to 1000.
        """
        return await self._database.read(lambda c: notes.page(c, campaign_id, until, cursor, limit))

    async def first_note_at(self, campaign_id: str) -> datetime | None:
        """When the first decision was kept; None: there is none."""
        return await self._database.read(lambda c: notes.first_at(c, campaign_id))

    async def dialed_at(self, campaign_id: str, moment: datetime) -> int:
        """How many attempts the decision of exactly that moment made."""
        return await self._database.read(lambda c: notes.dialed_at(c, campaign_id, moment))

    async def answered_since(self, campaign_id: str, since: datetime) -> Answered:
        """What the answered ones were, of attempts made since then."""
        return await self._database.read(lambda c: attempts.answered(c, campaign_id, since))

    async def past(self, campaign_id: str, since: datetime, until: datetime, most: int) -> Past:
        """The campaign's last attempts of that time, `most` of them, and their talks."""
        return await self._database.read(lambda c: days.past(c, campaign_id, since, until, most))

    async def end(self, result: AttemptResult) -> bool:
        """Write an attempt's end and its lead's future, in one transaction.

        False, and nothing changed, when it had ended already (or never was).
        """
        return await self._database.write(lambda c: ending.end(c, result))

    async def end_all(self, results: Sequence[AttemptResult]) -> list[bool]:
        """`end` for several, in order and in one transaction: all of them, or none when it raises.

        `DatabaseRefusedError` does not say which it was: then end them one by one.
        """
        if not results:
            return []
        return await self._database.write(lambda c: [ending.end(c, one) for one in results])

    async def open_attempts(self, pbx: str) -> list[Attempt]:
        """Attempts without an end, oldest first: each must be found again or ended."""
        return await self._database.read(lambda c: attempts.open_ones(c, pbx))

    async def attempt(self, attempt_id: str) -> Attempt | None:
        """One attempt, ended or not."""
        return await self._database.read(lambda c: attempts.one(c, attempt_id))

    async def attempts(
        self,
        campaign_id: str,
        cursor: str | None = None,
        limit: int = 100,
        wanted: AttemptFilter = ANY,
    ) -> AttemptPage:
        """A page of a campaign's attempts, newest first; `cursor` is of the page before.

        Raises `CursorError`, and `ValueError` when `limit` is not 1 to 1000.
        """
        return await self._database.read(
            lambda c: attempts_behind.page(c, campaign_id, cursor, limit, wanted)
        )

    async def dialed_since(self, pbx: str, since: datetime) -> list[tuple[str, float]]:
        """The numbers one switch dialed since then, oldest first, with when in epoch seconds."""
        return await self._database.read(lambda c: attempts.dialed_since(c, pbx, since))

    async def shown_since(self, pbx: str, since: datetime) -> list[tuple[str, datetime]]:
        """The caller numbers one switch showed since then and when, oldest first."""
        return await self._database.read(lambda c: attempts.shown_since(c, pbx, since))

    async def attempt_counts(
        self, campaign_id: str, since: datetime | None = None
    ) -> AttemptCounts:
        """How a campaign's attempts ended, and how many have not; of those made since then."""
        return await self._database.read(lambda c: attempts.counts(c, campaign_id, since))

    # --- what agents said, and promised

    async def dispose(self, result: TalkResult) -> bool:
        """Write what an agent said of a talk, all that follows from it, in one transaction.

        False, and nothing changed, when the talk has no end yet or a disposition already.
        """
        insert_ = self._database.insert(tables.do_not_call)
        return await self._database.write(lambda c: disposing.dispose(c, insert_, result))

    async def opt_out(self, attempt_id: str, asked_at: datetime) -> bool:
        """List the dialed number and every other one of its lead; False when that was done."""
        insert_ = self._database.insert(tables.do_not_call)
        return await self._database.write(
            lambda c: disposing.opt_out(c, insert_, attempt_id, asked_at)
        )

    async def opt_outs_recorded(self, pbx: str, since: datetime) -> list[OptedOut]:
        """Who asked by key since then to be called no more, as the records of calls have it."""
        return await self._database.read(lambda c: disposing.opt_outs(c, pbx, since))

    async def unwritten_talks(self, pbx: str, since: datetime) -> list[TalkDisposed]:
        """What agents said of talks begun since then, and a crash kept from being written."""
        return await self._database.read(lambda c: disposing.unwritten(c, pbx, since))

    async def congested(self, lead_id: int) -> int:
        """How many of a lead's attempts the carrier did not put through."""
        return await self._database.read(lambda c: disposing.congested(c, lead_id))

    async def disposition_counts(
        self, campaign_id: str, since: datetime | None = None
    ) -> Sequence[DispositionCount]:
        """How a campaign's talks were disposed, the most frequent first."""
        return await self._database.read(lambda c: disposing.counts(c, campaign_id, since))

    async def seen(
        self, campaign_id: str, candidate: Candidate, judge: Judge, now: datetime
    ) -> Seen:
        """What the records say of somebody who is to be called."""
        found = await self._database.read(
            lambda c: evidence.seen(c, campaign_id, [candidate], judge, now)
        )
        return found[candidate.lead_id]

    async def lead_at(self, campaign_id: str, number: str) -> int | None:
        """The campaign's lead with this number (E.164 without the plus)."""
        return await self._database.read(lambda c: callbacks.lead_at(c, campaign_id, number))

    async def make_callback(
        self,
        lead_id: int,
        *,
        at: datetime,
        agent: str,
        zone: str,
        made_by: str,
        made_at: datetime,
        note: str,
    ) -> CallbackOf:
        """Owe a lead a call; raises `LeadBusyError`, and `KeyError` when there is none."""
        return await self._database.write(
            lambda c: callbacks.make(
                c, lead_id, at=at, agent=agent, zone=zone, made_by=made_by, made_at=made_at,
                note=note,
            )
        )  # fmt: skip

    async def cancel_callback(
        self, campaign_id: str, callback_id: str, rule: RetryRule, now: datetime,
        seen_queues: frozenset[str] | None = None,
    ) -> CallbackOf | None:  # fmt: skip
        """Take a promise back; None when there is none open. `seen_queues` as of `callbacks`."""
        return await self._database.write(
            lambda c: callbacks.cancel(c, campaign_id, callback_id, rule, now, seen_queues)
        )

    async def callbacks(
        self,
        campaign_id: str,
        state: CallbackState | None = None,
        cursor: str | None = None,
        limit: int = 100,
        seen_queues: frozenset[str] | None = None,
    ) -> CallbackPage:
        """A page of a campaign's promises, the latest first; of queues' lines only of those seen.

        Raises `CursorError`, and `ValueError` when `limit` is not 1 to 1000.
        """
        return await self._database.read(
            lambda c: callbacks.page(c, campaign_id, state, cursor, limit, seen_queues)
        )

    async def callback_summary(
        self, campaign_id: str, now: datetime, seen_queues: frozenset[str] | None = None
    ) -> CallbackSummary:
        """How a campaign keeps its promises."""
        return await self._database.read(
            lambda c: callbacks.summed(c, campaign_id, now, seen_queues)
        )

    async def owed(self, campaign_id: str) -> Sequence[Promise]:
        """The promised calls that are next, the soonest first."""
        return await self._database.read(lambda c: callbacks.owed(c, campaign_id))
