"""What a campaign, a lead and an attempt are: plain data; the rules are in the modules beside."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class CampaignState(StrEnum):
    """Where a campaign is in its life."""

    DRAFT = "draft"
    RUNNING = "running"
    PAUSED = "paused"
    STOPPED = "stopped"
    FINISHED = "finished"


class LeadState(StrEnum):
    """Where a lead is in its life."""

    READY = "ready"  # may be dialed once `next_at` has come
    RESERVED = "reserved"  # an attempt of it is open
    DONE = "done"  # reached, or no further attempt is allowed


class Outcome(StrEnum):
    """How an attempt ended."""

    CONNECTED = "connected"  # talked to an agent
    ABANDONED = "abandoned"  # answered, and nobody of ours was there in time
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    REJECTED = "rejected"
    INVALID = "invalid"  # no such number
    CONGESTION = "congestion"  # the carrier, not the person
    CANCELLED = "cancelled"  # we hung up while it rang
    FAILED = "failed"  # never left our switch
    UNKNOWN = "unknown"  # we do not know what happened: counts as dialed


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryRule:
    """When a lead may be dialed again: minutes to wait by outcome; absent means never."""

    max_attempts: int = 3
    minutes: dict[Outcome, float] = field(
        default_factory=lambda: {
            Outcome.BUSY: 10.0,
            Outcome.NO_ANSWER: 60.0,
            Outcome.REJECTED: 24 * 60.0,
            Outcome.CONGESTION: 5.0,
            Outcome.CANCELLED: 30.0,
            Outcome.ABANDONED: 72 * 60.0,
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
    max_lines: int = 30
    retry: RetryRule = field(default_factory=RetryRule)
    state: CampaignState = CampaignState.DRAFT
    created_at: datetime


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


@dataclass(frozen=True, slots=True, kw_only=True)
class NewLead:
    """A row of a list that was found good. `number` is E.164 without the plus sign."""

    number: str
    name: str
    extra: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lead:
    """A person to be reached."""

    id: int
    campaign_id: str
    number: str
    name: str
    extra: dict[str, str]
    state: LeadState
    attempts: int
    next_at: datetime
    last_outcome: Outcome | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One dial of one lead. Its row is committed before the switch hears of it."""

    id: str
    pbx: str
    campaign_id: str
    lead_id: int
    ordinal: int  # 1 for the first attempt of the lead
    number: str
    intended_at: datetime
    answered_at: datetime | None = None
    connected_at: datetime | None = None
    ended_at: datetime | None = None
    outcome: Outcome | None = None
    cause: int | None = None
    sip_code: int | None = None
    agent: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptResult:
    """What ends an attempt, and what becomes of its lead."""

    attempt_id: str
    outcome: Outcome
    ended_at: datetime
    answered_at: datetime | None
    connected_at: datetime | None
    cause: int | None
    sip_code: int | None
    agent: str
    #: when the lead may be dialed again; None: never
    retry_at: datetime | None
