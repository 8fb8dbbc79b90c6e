"""Campaigns, leads and attempts: the dialer's book."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Sequence
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import insert, select, update

from calls.errors import Linea800Error
from dialer.attempt import Attempt, AttemptResult, Outcome
from dialer.book import LeadCounts, ListImported, Reserved
from dialer.campaign import Campaign, CampaignState, PacingNote
from dialer.lead import Lead, NewLead
from dialer.memory import Past
from dialer.ruling import Judge
from storage import attempts, days, ending, leads, notes, reserving, tables
from storage.attempts import AttemptCounts, AttemptPage
from storage.campaign_rows import campaign_of, campaign_row
from storage.database import Database
from storage.notes import NotePage

#: leads written at once: a long list must not keep the one writer from what dials and records
_LEADS_AT_ONCE = 5000


class CampaignExistsError(Linea800Error):
    """There is a campaign with this id already."""


class CampaignStore:
    """The book of the dialer (`dialer.book.AttemptBook`), and what the API shows of it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    # --- campaigns

    async def create(self, campaign: Campaign) -> None:
        """Write a new campaign; raises `CampaignExistsError`."""
        row = campaign_row(campaign)
        statement = self._database.insert(tables.campaigns).values(row).on_conflict_do_nothing()
        async with self._database.writing() as connection:
            result = await connection.execute(statement.returning(tables.campaigns.c.id))
            if result.one_or_none() is None:
                raise CampaignExistsError(f"there is a campaign {campaign.id!r} already")

    async def get(self, campaign_id: str) -> Campaign | None:
        """The campaign with this id."""
        statement = select(tables.campaigns).where(tables.campaigns.c.id == campaign_id)
        async with self._database.reading() as connection:
            row = (await connection.execute(statement)).one_or_none()
        return None if row is None else campaign_of(row)

    async def campaigns(self) -> list[Campaign]:
        """All campaigns, oldest first."""
        statement = select(tables.campaigns).order_by(
            tables.campaigns.c.created_at, tables.campaigns.c.id
        )
        async with self._database.reading() as connection:
            return [campaign_of(row) for row in await connection.execute(statement)]

    async def set_state(self, campaign_id: str, state: CampaignState, now: datetime) -> Campaign:
        """Write the new state; raises `KeyError` when there is no such campaign."""
        statement = (
            update(tables.campaigns)
            .where(tables.campaigns.c.id == campaign_id)
            .values(state=state, state_changed_at=now)
            .returning(tables.campaigns)
        )
        async with self._database.writing() as connection:
            row = (await connection.execute(statement)).one_or_none()
        if row is None:
            raise KeyError(campaign_id)
        return campaign_of(row)

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
        insert_ = self._database.insert
        async with self._database.writing() as connection:
            list_id = await leads.list_named(connection, insert_, campaign_id, list_name, now)
        added = seen = 0
        async for batch in batches:
            for start in range(0, len(batch), _LEADS_AT_ONCE):
                part = batch[start : start + _LEADS_AT_ONCE]
                async with self._database.writing() as connection:
                    added += await leads.add(connection, insert_, campaign_id, list_id, part, now)
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
        agents: Collection[str] = (),
        why: PacingNote | None = None,
    ) -> Reserved:
        """Take up to `count` leads that the rules allow; see `dialer.book.AttemptBook`.

        When it raises `DatabaseUnavailableError` the attempts may be there all the same: see
        `open_attempts`.
        """
        if count < 1:
            return Reserved([])
        async with self._database.writing() as connection:
            reserved = await reserving.reserve(
                connection, campaign_id, count, judge=judge, pbx=pbx, now=now, agents=agents
            )
            if reserved.attempts and why is not None:
                await connection.execute(insert(tables.pacing_notes).values(asdict(why)))
            return reserved

    async def note(self, note: PacingNote) -> None:
        """Keep a decision not to dial."""
        async with self._database.writing() as connection:
            await connection.execute(insert(tables.pacing_notes).values(asdict(note)))

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
        async with self._database.reading() as connection:
            return await notes.page(connection, campaign_id, until, cursor, limit)

    async def first_note_at(self, campaign_id: str) -> datetime | None:
        """When the first decision was kept; None: there is none."""
        async with self._database.reading() as connection:
            return await notes.first_at(connection, campaign_id)

    async def dialed_at(self, campaign_id: str, moment: datetime) -> int:
        """How many attempts the decision of exactly that moment made."""
        async with self._database.reading() as connection:
            return await notes.dialed_at(connection, campaign_id, moment)

    async def answered_since(self, campaign_id: str, since: datetime) -> tuple[int, int]:
        """Live answers, and how many of them were abandoned, of attempts made since then."""
        ended = (await self.attempt_counts(campaign_id, since)).by_outcome
        abandoned = ended.get(Outcome.ABANDONED, 0)
        return ended.get(Outcome.CONNECTED, 0) + abandoned, abandoned

    async def past(self, campaign_id: str, since: datetime, until: datetime, most: int) -> Past:
        """The campaign's last attempts of that time, `most` of them, and their talks."""
        async with self._database.reading() as connection:
            return await days.past(connection, campaign_id, since, until, most)

    async def end(self, result: AttemptResult) -> bool:
        """Write an attempt's end and its lead's future, in one transaction.

        False, and nothing changed, when it had ended already (or never was).
        """
        async with self._database.writing() as connection:
            return await ending.end(connection, result)

    async def open_attempts(self, pbx: str) -> list[Attempt]:
        """Attempts without an end, oldest first: each must be found again or ended."""
        async with self._database.reading() as connection:
            return await attempts.open_ones(connection, pbx)

    async def attempt(self, attempt_id: str) -> Attempt | None:
        """One attempt, ended or not."""
        async with self._database.reading() as connection:
            return await attempts.one(connection, attempt_id)

    async def attempts(
        self, campaign_id: str, cursor: str | None = None, limit: int = 100
    ) -> AttemptPage:
        """A page of a campaign's attempts, newest first; `cursor` is of the page before.

        Raises `CursorError`, and `ValueError` when `limit` is not 1 to 1000.
        """
        async with self._database.reading() as connection:
            return await attempts.page(connection, campaign_id, cursor, limit)

    async def attempt_counts(
        self, campaign_id: str, since: datetime | None = None
    ) -> AttemptCounts:
        """How a campaign's attempts ended, and how many have not; of those made since then."""
        async with self._database.reading() as connection:
            return await attempts.counts(connection, campaign_id, since)
