"""What an attempt is: one dial of one lead, and how it ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Outcome(StrEnum):
    """How an attempt ended."""

    CONNECTED = "connected"  # talked to an agent
    ABANDONED = "abandoned"  # answered, and nobody of ours was there in time
    MACHINE = "machine"  # judged to be one, and hung up on or given our message
    BUSY = "busy"
    NO_ANSWER = "no_answer"
    REJECTED = "rejected"
    INVALID = "invalid"  # no such number
    CONGESTION = "congestion"  # the carrier, not the person
    CANCELLED = "cancelled"  # we hung up while it rang
    FAILED = "failed"  # never left our switch
    UNKNOWN = "unknown"  # we do not know what happened: counts as dialed


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
    caller_number: str = ""
    #: only this agent may have the call; "" anybody
    wanted_agent: str = ""
    disposition: str = ""
    #: human, machine or unsure, by whoever listened; None: nobody did
    machine: str | None = None


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
    #: the verdict of whoever listened what answered; None: nobody did
    machine: str | None = None
    #: when the lead may be dialed again; None: never
    retry_at: datetime | None
    #: when another number of the lead may be dialed, if it has one that was not tried since
    other_number_at: datetime | None = None
