"""What the dialer asks of the database. `storage/campaigns.py` is the one that does it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from calls.errors import Linea800Error
from dialer.campaign import (
    Attempt,
    AttemptResult,
    Campaign,
    CampaignState,
    NewLead,
    PacingNote,
)
from dialer.memory import Past


class BookError(Linea800Error):
    """The database did not answer the dialer; nothing is dialed until it does."""


class BookRefusedError(BookError):
    """The database will never take this, however often it is tried."""


@dataclass(frozen=True, slots=True)
class ListImported:
    """How many rows became leads, and how many numbers the campaign had already."""

    added: int
    already_there: int


@dataclass(frozen=True, slots=True)
class LeadCounts:
    """Leads of a campaign by what can be done with them now."""

    due: int  # ready, and their time has come
    later: int  # ready, but not yet
    reserved: int
    done: int


class AttemptBook(Protocol):
    """Campaigns, leads and attempts, kept so that nobody is dialed twice."""

    async def campaigns(self) -> list[Campaign]:
        """All campaigns, oldest first."""

    async def set_state(self, campaign_id: str, state: CampaignState, now: datetime) -> Campaign:
        """Write the new state; raises `KeyError` when there is no such campaign."""

    async def reserve(
        self,
        campaign_id: str,
        count: int,
        *,
        pbx: str,
        now: datetime,
        why: PacingNote | None = None,
    ) -> list[Attempt]:
        """Take up to `count` due leads and commit an attempt for each, and why so many.

        One transaction: what the dialer does leaves its reason with it, or is not done.
        """

    async def note(self, note: PacingNote) -> None:
        """Keep a decision not to dial."""

    async def answered_since(self, campaign_id: str, since: datetime) -> tuple[int, int]:
        """Live answers, and how many of them were abandoned, of attempts made since then."""

    async def past(self, campaign_id: str, since: datetime, until: datetime, most: int) -> Past:
        """The campaign's last attempts of that time, `most` of them, and their talks."""

    async def end(self, result: AttemptResult) -> bool:
        """Write an attempt's end and its lead's future; False when it had ended already."""

    async def open_attempts(self, pbx: str) -> list[Attempt]:
        """Attempts without an end: after a restart each must be found again or ended."""

    async def attempt(self, attempt_id: str) -> Attempt | None:
        """One attempt, ended or not."""

    async def lead_counts(self, campaign_id: str, now: datetime) -> LeadCounts:
        """How many leads are left."""

    async def next_due(self, campaign_id: str, now: datetime) -> datetime | None:
        """When the next lead that is not due yet becomes due."""

    async def add_leads(
        self, campaign_id: str, leads: AsyncIterator[Sequence[NewLead]], now: datetime
    ) -> ListImported:
        """Add leads batch by batch; a number the campaign already has is left as it is."""
