"""One record per call, folded from its facts: when it came, waited, talked and ended, and how."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime

from monitoring.menu_steps import MenuStep, MenuTrail


@dataclass(slots=True, kw_only=True)
class QueueStay:
    """One wait in one queue, and the talk it led to."""

    queue: str
    joined_at: datetime
    left_at: datetime | None = None
    agent: str = ""
    offered_at: datetime | None = None
    connected_at: datetime | None = None
    released_at: datetime | None = None
    ended_by: str = ""  # agent, customer, transfer, unknown
    status: str = ""  # QUEUESTATUS when the dialplan went on without an agent


@dataclass(slots=True, kw_only=True)
class WrapUp:
    """What one agent did after a talk of the call."""

    agent: str
    started_at: datetime
    ended_at: datetime | None = None


@dataclass(slots=True, kw_only=True)
class CallerTask:
    """Something the caller wanted to get done in the menu, and the first moment of each word."""

    task: str
    started_at: datetime
    done_at: datetime | None = None
    failed_at: datetime | None = None


@dataclass(slots=True, kw_only=True)
class CallRecord:
    """Everything that is kept of one call. Times are UTC; durations are in seconds."""

    pbx: str
    call_id: str
    direction: str  # inbound, dialed
    number_called: str
    caller_number: str
    caller_name: str = ""
    campaign_id: str = ""
    lead_id: int | None = None
    arrived_at: datetime
    rang_at: datetime | None = None
    answered_at: datetime | None = None
    menu: str = ""
    language: str = ""
    #: every stay at a node; a `MenuTrail` as long as facts are folded in
    menu_path: list[MenuStep] = field(default_factory=MenuTrail)
    #: in the order of their names
    tasks: list[CallerTask] = field(default_factory=list)
    #: who calls and why, as the menu learned it; `proven` by more than the number that calls
    customer_id: int | None = None
    account: str = ""
    proven: bool = False
    reason: str = ""
    fell_back: str = ""  # why the dialplan took the caller to a queue itself
    stays: list[QueueStay] = field(default_factory=list)
    hold_seconds: float = 0.0
    held_since: datetime | None = None
    safe_harbour_at: datetime | None = None
    ended_at: datetime | None = None
    #: with a call that ended unseen: the last moment it was known to live
    last_seen_at: datetime | None = None
    ended_by: str = ""  # customer, agent, service, unknown
    cause: int | None = None
    sip_code: int | None = None
    end_reason: str = ""  # "" for an ordinary end, else e.g. lost_sync, restart
    #: one of each talk, as long as facts are folded in; what follows is the first's beginning, the
    #: last's end, and `wrap_up_seconds` of all
    wrap_ups: list[WrapUp] = field(default_factory=list, compare=False)
    wrap_up_started_at: datetime | None = None
    wrap_up_ended_at: datetime | None = None
    wrap_up_agent: str = ""
    disposition: str = ""
    outcome: str = ""  # what became of it, see `outcome_of`
    wait_seconds: float = 0.0
    talk_seconds: float = 0.0
    wrap_up_seconds: float = 0.0
    handle_seconds: float = 0.0  # talk + hold + wrap-up


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentMove:
    """A change of an agent's state."""

    pbx: str
    agent: str
    state: str
    reason: str  # of a pause, or of a sign-out
    call_id: str  # offered, talking, or being written up
    at: datetime


def copy_of(record: CallRecord) -> CallRecord:
    """The record as it is now, whatever is folded into the original later."""
    return replace(
        record,
        menu_path=[replace(step) for step in record.menu_path],
        tasks=[replace(task) for task in record.tasks],
        stays=[replace(stay) for stay in record.stays],
        wrap_ups=[replace(one) for one in record.wrap_ups],
    )
