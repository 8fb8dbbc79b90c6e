"""Promised calls: what a promise is, when it is kept and when it is broken. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from dialer.attempt import Outcome
from dialer.campaign import RetryRule
from dialer.rules.place import UnknownZoneError, place_from
from dialer.rules.wall_clock import zoned

#: the list of those who were on none when they were promised a call
PROMISED_LIST = "callbacks"
#: when the call comes that keeps a place in a line: nobody knows before its turn has come
NOT_YET = datetime(9999, 1, 1, tzinfo=UTC)
#: who was promised a call at ten and is called a minute later was called at ten
KEPT_WITHIN = timedelta(seconds=60)


class CallbackState(StrEnum):
    """Where a promise is in its life, as it is written."""

    OPEN = "open"
    TRIED = "tried"
    CANCELLED = "cancelled"
    UNREACHED = "unreached"  # a place in a line, and nobody answered in its turn


class Standing(StrEnum):
    """How a promise stands at a moment."""

    OPEN = "open"  # its time is to come
    DUE = "due"  # its time has come, and is not over yet
    KEPT = "kept"
    BROKEN = "broken"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Callback:
    """A call that was promised to a lead.

    With a `queue` it is that of a caller who gave up its line and keeps the place there; its moment
    is `NOT_YET` until its turn has come.
    """

    id: str
    campaign_id: str
    lead_id: int
    #: who has to make it; "" anybody
    agent: str
    promised_at: datetime
    #: whose clock counts there: a key of `dialer.rules.place`, "" when nobody knows
    zone: str
    #: the agent's number, or the name of the token that asked for it
    made_by: str
    made_at: datetime
    note: str
    state: CallbackState
    attempt_id: str | None = None
    tried_at: datetime | None = None
    ended_at: datetime | None = None
    queue: str | None = None
    waiting_since: datetime | None = None

    def standing(self, now: datetime) -> Standing:
        """How it stands at `now`."""
        return standing(self.state, self.promised_at, self.tried_at, now)

    def late_seconds(self, now: datetime) -> float:
        """How long after the promised moment it was tried, or has not been yet; 0 before."""
        if self.state is CallbackState.CANCELLED:
            return 0.0
        return max(((self.tried_at or now) - self.promised_at).total_seconds(), 0.0)

    def local(self) -> datetime | None:
        """The promised moment on the customer's clock.

        None when no zone is known, or when it may be one of several that do not agree.
        """
        try:
            zones = place_from(self.zone).zones if self.zone else ()
        except UnknownZoneError:
            return None
        clocks = [self.promised_at.astimezone(zoned(zone)) for zone in zones]
        same = len({clock.utcoffset() for clock in clocks}) == 1
        return clocks[0] if same else None


@dataclass(frozen=True, slots=True)
class Promise:
    """A call that is owed: when, to whom, and who must be there; "" anybody."""

    at: datetime
    lead_id: int
    agent: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackSummary:
    """How a campaign keeps its promises."""

    open: int
    due: int
    kept: int
    broken: int
    cancelled: int
    #: kept of those whose time is over; None while there are none
    kept_share: float | None


def standing(
    state: CallbackState, promised_at: datetime, tried_at: datetime | None, now: datetime
) -> Standing:
    """Kept is what was tried within a minute of the promised moment."""
    if state is CallbackState.CANCELLED:
        return Standing.CANCELLED
    if state is CallbackState.UNREACHED:
        return Standing.BROKEN
    if tried_at is not None:
        return Standing.KEPT if tried_at <= promised_at + KEPT_WITHIN else Standing.BROKEN
    if now < promised_at:
        return Standing.OPEN
    return Standing.DUE if now <= promised_at + KEPT_WITHIN else Standing.BROKEN


def summary(standings: Iterable[Standing]) -> CallbackSummary:
    """How many stand how."""
    counts = dict.fromkeys(Standing, 0)
    for one in standings:
        counts[one] += 1
    over = counts[Standing.KEPT] + counts[Standing.BROKEN]
    return CallbackSummary(
        open=counts[Standing.OPEN],
        due=counts[Standing.DUE],
        kept=counts[Standing.KEPT],
        broken=counts[Standing.BROKEN],
        cancelled=counts[Standing.CANCELLED],
        kept_share=counts[Standing.KEPT] / over if over else None,
    )


def is_dialed_all_the_same(rule: RetryRule, last: Outcome | None, attempts: int) -> bool:
    """Whether a lead whose promised call was taken back has its place on the list still."""
    if last is None:
        return True
    return last is not Outcome.CONNECTED and last in rule.minutes and attempts < rule.max_attempts
