"""What the dialer asks of the database. `storage/campaigns.py` is the one that does it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple, Protocol

from calls.errors import Linea800Error
from calls.events import OptedOut, TalkDisposed
from dialer.attempt import Attempt, AttemptResult
from dialer.callbacks import Promise
from dialer.campaign import Campaign, CampaignState, PacingNote
from dialer.dispositions import TalkResult
from dialer.memory import Past
from dialer.ruling import Judge, Ruling


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
    reserved: int  # being called, or looked at
    done: int


class Answered(NamedTuple):
    """Attempts that were answered; those still under way are in none of the counts."""

    #: by people, the abandoned ones included
    live: int
    abandoned: int
    #: ended because a machine was heard
    machines: int


@dataclass(frozen=True, slots=True)
class Reserved:
    """Attempts that have their row, and when it pays to ask again if they are fewer than wanted."""

    attempts: list[Attempt]
    next_at: datetime | None = None


class AttemptBook(Protocol):
    """Campaigns, leads and attempts, kept so that nobody is dialed twice."""

    async def campaigns(self) -> list[Campaign]:
        """All campaigns, oldest first."""

    async def set_state(self, campaign_id: str, state: CampaignState, now: datetime) -> Campaign:
        """Write the new state; raises `KeyError` when there is no such campaign."""

    async def change(self, campaign: Campaign, fields: Collection[str]) -> Campaign:
        """Write these fields of the campaign; raises `KeyError` when there is no such campaign."""

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
        """Take up to `count` leads that the rules allow; commit an attempt for each, and why.

        One transaction: what the rules were asked with is what the attempts are committed with, and
        what the dialer does leaves its reason with it, or is not done. Promised calls come first,
        then each list by its weight, its best leads first; a lead that wants one agent is taken
        only `grace` after its time; with `promised_only` nobody else is. A campaign that is not
        running gives none.
        """

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
        """Commit an attempt of this very lead, which only `agent` may have, if the rules allow it.

        The ruling that forbids it; None when the lead is not to be had. One transaction, as
        `reserve`.
        """

    async def note(self, note: PacingNote) -> None:
        """Keep a decision not to dial."""

    async def answered_since(self, campaign_id: str, since: datetime) -> Answered:
        """What the answered ones were, of attempts made since then."""

    async def past(self, campaign_id: str, since: datetime, until: datetime, most: int) -> Past:
        """The campaign's last attempts of that time, `most` of them, and their talks."""

    async def end(self, result: AttemptResult) -> bool:
        """Write an attempt's end and its lead's future; False when it had ended already."""

    async def end_all(self, results: Sequence[AttemptResult]) -> list[bool]:
        """`end` for several in one transaction: all of them, or none when it raises."""

    async def open_attempts(self, pbx: str) -> list[Attempt]:
        """Attempts without an end: after a restart each must be found again or ended."""

    async def attempt(self, attempt_id: str) -> Attempt | None:
        """One attempt, ended or not."""

    async def lead_counts(self, campaign_id: str, now: datetime) -> LeadCounts:
        """How many leads are left."""

    async def congested(self, lead_id: int) -> int:
        """How many of a lead's attempts ended in congestion."""

    async def dispose(self, result: TalkResult) -> bool:
        """Write what an agent said of a talk and what follows; False when it was written before."""

    async def unwritten_talks(self, pbx: str, since: datetime) -> list[TalkDisposed]:
        """What agents said of talks begun since then, and a crash kept from being written."""

    async def opt_out(self, attempt_id: str, asked_at: datetime) -> bool:
        """List the dialed number and every other one of its lead; False when that was done."""

    async def opt_outs_recorded(self, pbx: str, since: datetime) -> list[OptedOut]:
        """Who asked by key since then to be called no more, as the records of calls have it."""

    async def owed(self, campaign_id: str) -> Sequence[Promise]:
        """The promised calls that are next, the soonest first."""
