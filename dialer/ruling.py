"""What is asked of the calling rules before somebody is dialed, and what they answered.

The database asks in the very transaction that commits the attempt: nothing that was true a moment
ago counts. `dialer/judging.py` answers.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from dialer.rules.frequency import Past


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A lead whose turn it is."""

    lead_id: int
    number: str
    zone: str
    #: attempts of the lead so far
    attempts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What the records say of a candidate now."""

    past: tuple[Past, ...] = ()
    #: where the number is listed as not to be called: "own", "campaign", a register's
    #: name, or "customer": they said no to calls
    listed: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """Whether a number may be dialed now, why not, and by which rules: the proof that is kept."""

    at: datetime
    campaign_id: str
    #: None: of the campaign as a whole
    lead_id: int | None
    number: str
    allowed: bool
    reasons: tuple[str, ...]
    preset: str
    version: str
    purpose: str
    zone: str
    #: the called person's wall clock
    local_time: str
    evidence: dict[str, str | float | list[str]] = field(default_factory=dict)
    #: when it may be asked again; None with a refusal: never
    next_at: datetime | None = None
    #: what the called person sees
    caller_number: str = ""


@dataclass(frozen=True, slots=True)
class ZonesNow:
    """Which zones may be dialed now, and when the next of the others opens."""

    open: frozenset[str]
    next_open_at: datetime | None


class Judge(Protocol):
    """The rules of one campaign."""

    @property
    def history_days(self) -> float:
        """How far back attempts count."""

    @property
    def registers(self) -> tuple[str, ...]:
        """The registers that are asked."""

    @property
    def abandonment_cap(self) -> float | None:
        """Abandoned per live answer that the law allows; None: it names no share."""

    @property
    def estimates_people(self) -> bool:
        """Whether people who may be among those hung up on as machines count as abandoned."""

    def ledger_since(self, now: datetime) -> datetime:
        """From when on live answers count toward that share."""

    def zones(self, zones: Collection[str], now: datetime) -> ZonesNow:
        """Which of these zones are open; one that nobody knows yet ("") is always looked into."""

    def standing(self, registers: Mapping[str, datetime], now: datetime) -> Ruling | None:
        """Why nobody at all may be dialed, whoever it is; None: somebody may.

        `registers` says of when each of them is; one that is missing was never loaded.
        """

    def judge(
        self,
        candidate: Candidate,
        seen: Seen,
        registers: Mapping[str, datetime],
        now: datetime,
    ) -> Ruling:
        """Whether the candidate may be dialed; one that may is counted as a call that leaves."""

    def look(
        self,
        candidate: Candidate,
        seen: Seen,
        registers: Mapping[str, datetime],
        now: datetime,
    ) -> Ruling:
        """`judge` for a call that does not leave yet: nothing is counted."""

    def promise(self, candidate: Candidate, seen: Seen, at: datetime) -> datetime | None:
        """The first moment from `at` on for which a call may be promised; None: there is none.

        Judged by what is known now: the hours there, how often the person was called, who must
        not be called at all.
        """
