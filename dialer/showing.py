"""What a lead shown to an agent is: how long it may be looked at, and how that ended. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from pydantic import BaseModel, ConfigDict, Field

from dialer.attempt import Attempt
from dialer.ruling import Judge, Ruling

#: why a lead waits, or is done, that agents passed over
PASSED_OVER = "passed_over"


class WhenOver(StrEnum):
    """What happens when an agent has not decided in time."""

    DIAL = "dial"
    SKIP = "skip"
    #: who does not decide is not there: paused, and the lead goes back uncounted
    PAUSE = "pause"


class PreviewRule(BaseModel):
    """How leads are shown, in a campaign whose pacing is `preview`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    seconds: float = Field(default=30.0, ge=5, le=600, description="Time to look and decide")
    when_over: WhenOver = Field(
        default=WhenOver.PAUSE, description="What happens to who does not decide in time"
    )
    skip_minutes: float = Field(
        default=60.0, ge=1, le=60 * 24 * 60, description="Who was passed over comes back after it"
    )
    most_skips: int = Field(
        default=3, ge=1, le=100, description="Who was passed over so often is done"
    )

    @property
    def look(self) -> timedelta:
        """How long a lead may be looked at."""
        return timedelta(seconds=self.seconds)

    @property
    def away(self) -> timedelta:
        """How long a lead that was passed over stays away."""
        return timedelta(minutes=self.skip_minutes)


class Ended(StrEnum):
    """How a showing ended."""

    DIALED = "dialed"
    SKIPPED = "skipped"
    REFUSED = "refused"  # to be dialed, and the rules did not allow it any more
    RETURNED = "returned"  # the agent left, or nobody may dial now: uncounted
    UNSEEN = "unseen"  # the agent was not free after all
    LOST = "lost"  # nobody ended it: found by its lease


class Decision(StrEnum):
    """What an agent decides."""

    DIAL = "dial"
    SKIP = "skip"


class By(StrEnum):
    """Who ended it."""

    AGENT = "agent"
    CLOCK = "clock"
    SERVICE = "service"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A lead before an agent's eyes, and nobody else's."""

    id: int
    campaign_id: str
    lead_id: int
    agent: str
    shown_at: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Offer:
    """What there was to be shown, and when it pays to ask again if nothing was."""

    shown: Shown | None
    next_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """How a showing is to be ended, and what becomes of a lead that is passed over."""

    how: Ended
    by: By
    at: datetime
    #: the agent's own words
    reason: str = ""
    #: of one that is passed over: when it comes back, unless it was passed over so often
    again_at: datetime | None = None
    most_skips: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewSummary:
    """How a campaign's leads were looked at."""

    shown: int
    looking: int
    dialed: int
    skipped: int
    #: the rules did not allow the call any more
    refused: int
    #: went back without a decision
    returned: int
    #: of all of these: the agent did not decide in time
    timed_out: int
    #: from being shown to the agent's own decision, of the last thousand; None: there is none
    mean_look_seconds: float | None


class PreviewBook(Protocol):
    """Leads that are shown, kept so that nobody is shown twice and none is lost."""

    async def show(
        self,
        campaign_id: str,
        agent: str,
        *,
        judge: Judge,
        pbx: str,
        now: datetime,
        until: datetime,
        grace: timedelta,
    ) -> Offer:
        """Take the next lead that may be called now, for this agent to look at until then."""

    async def dial(
        self, shown_id: int, *, judge: Judge, pbx: str, now: datetime, by: By
    ) -> Attempt | Ruling | None:
        """Commit an attempt of a shown lead that only its agent may have; the rules asked again.

        The ruling that forbids it; None when the lead is not the agent's any more.
        """

    async def end(self, shown_id: int, end: End) -> bool:
        """Put a shown lead back; False when it was ended before."""

    async def open_ones(self, pbx: str) -> list[Shown]:
        """What was being looked at when the service ended, oldest first."""
