"""What a campaign is: plain data; the rules are in the modules beside."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from dialer.attempt import Outcome
from dialer.options import Options

#: the law of some countries lets nobody be hung up on before
LEAST_RINGING_SECONDS = 15.0


#: the policy that dials nobody: agents do
PREVIEW = "preview"


class CampaignState(StrEnum):
    """Where a campaign is in its life."""

    DRAFT = "draft"
    RUNNING = "running"
    PAUSED = "paused"
    STOPPED = "stopped"
    FINISHED = "finished"


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryRule:
    """When a lead may be dialed again: minutes to wait by outcome; absent means never."""

    max_attempts: int = 3
    #: outcomes after which the lead's next number is tried, if it has one that is not dead
    other_number: frozenset[Outcome] = frozenset(
        {Outcome.INVALID, Outcome.NO_ANSWER, Outcome.REJECTED}
    )
    minutes: dict[Outcome, float] = field(
        default_factory=lambda: {
            Outcome.BUSY: 10.0,
            Outcome.NO_ANSWER: 60.0,
            Outcome.REJECTED: 24 * 60.0,
            Outcome.CONGESTION: 5.0,
            Outcome.CANCELLED: 30.0,
            Outcome.ABANDONED: 72 * 60.0,
            Outcome.MACHINE: 4 * 60.0,
            Outcome.FAILED: 5.0,
            Outcome.UNKNOWN: 60.0,
        }
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Campaign:
    """One list of people dialed for one purpose, answered by one queue's agents."""

    id: str
    name: str
    queue: str
    country: str  # ISO 3166 alpha-2, how national numbers in lists are read
    caller_number: str
    pacing: str = "progressive"
    #: what is set of that policy; the rest is as the policy has it
    pacing_settings: dict[str, float] = field(default_factory=dict)
    #: abandoned per live answer of a day that pacing may reach and not pass
    abandonment_cap: float = 0.03
    ring_seconds: float = 25.0
    #: pacing may hang up what has rung so long when answers would meet no agent; None: never
    cancel_after_seconds: float | None = None
    max_lines: int = 30
    retry: RetryRule = field(default_factory=RetryRule)
    options: Options = field(default_factory=Options)
    state: CampaignState = CampaignState.DRAFT
    created_at: datetime

    @property
    def previews(self) -> bool:
        """Whether agents look at each lead and say when it is dialed."""
        return self.pacing == PREVIEW


@dataclass(frozen=True, slots=True, kw_only=True)
class PacingNote:
    """A decision to dial or to wait, as it is kept: what was decided, when, and from what."""

    campaign_id: str
    pbx: str
    decided_at: datetime
    policy: str
    dial: int
    reason: str
    #: the numbers it was made from; empty for a policy that looks at the moment only
    evidence: dict[str, float | list[float]] = field(default_factory=dict)
