"""What somebody should look at: which alarms are on at a moment, and when one is over. Pure.

An alarm is a condition, not an event: it is on from the first look that finds it, and over when it
has stayed away for a while. So a guard that lets a call through now and then is one alarm, and not
one for each call.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from calls.events import CarrierSlowed
from dialer.guards import Tripped
from dialer.rules.sections import Register

#: an alarm that stays away for so long is over
QUIET_SECONDS = 60.0
_DAY = timedelta(days=1)

Details = Mapping[str, str | float | list[str] | None]


class AlarmKind(StrEnum):
    """What may be wrong."""

    SPENDING_GUARD = "spending_guard"
    CARRIER_SLOWED = "carrier_slowed"
    PROMISE_BROKEN = "promise_broken"
    REGISTER_STALE = "register_stale"
    #: a figure left the range it should stay in; its words are those of `monitoring.target_words`
    TARGET = "target"


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """A condition that holds now."""

    kind: AlarmKind
    #: what it is about, as `campaigns/…`
    subject: str
    details: Details
    #: how long it must stay away to be over
    quiet_seconds: float = QUIET_SECONDS

    @property
    def key(self) -> tuple[str, str]:
        """Which alarm it is, whatever its details."""
        return self.kind.value, self.subject


@dataclass(frozen=True, slots=True, kw_only=True)
class Overdue:
    """How a campaign breaks its promises now."""

    campaign_id: str
    #: promised calls whose minute is over, not tried yet or just tried too late
    calls: int
    oldest_promised_at: datetime


@dataclass(slots=True)
class AlarmWatch:
    """Remembers when each alarm that is on was found last."""

    _last: dict[tuple[str, str], tuple[float, float]] = field(default_factory=dict)

    def resume(self, keys: Iterable[tuple[str, str]], now: float) -> None:
        """Those that were on when the service ended: each is looked at again before it is over."""
        self._last = dict.fromkeys(keys, (now, QUIET_SECONDS))

    def begun(self, found: Sequence[Alarm]) -> list[Alarm]:
        """Those that are on and were not."""
        return [alarm for alarm in found if alarm.key not in self._last]

    def over(self, found: Sequence[Alarm], now: float) -> dict[tuple[str, str], float]:
        """Those that are on no more, each with when it was found last; epoch seconds."""
        on = {alarm.key for alarm in found}
        return {
            key: last
            for key, (last, quiet) in self._last.items()
            if key not in on and now - last >= quiet
        }

    def remember(
        self, found: Sequence[Alarm], over: Collection[tuple[str, str]], now: float
    ) -> None:
        """What was begun and what was ended is written: go on from there."""
        for key in over:
            self._last.pop(key, None)
        for alarm in found:
            self._last[alarm.key] = (now, alarm.quiet_seconds)


def guard_alarms(tripped: Iterable[Tripped]) -> list[Alarm]:
    """A spending guard keeps calls from being made."""
    return [
        Alarm(
            kind=AlarmKind.SPENDING_GUARD,
            subject=f"{one.code}/{one.destination}",
            details={
                "destination": one.destination,
                "calls": float(one.guard.calls),
                "seconds": one.guard.seconds,
            },
            quiet_seconds=max(one.guard.seconds, QUIET_SECONDS),
        )
        for one in tripped
    ]


def carrier_alarm(slowed: CarrierSlowed | None) -> list[Alarm]:
    """The carrier does not put calls through, and dialing keeps to a speed."""
    if slowed is None or slowed.calls_per_second is None:
        return []
    return [
        Alarm(
            kind=AlarmKind.CARRIER_SLOWED,
            subject="trunk",
            details={
                "calls_per_second": slowed.calls_per_second,
                "congested_share": slowed.congested_share,
            },
        )
    ]


def promise_alarms(overdue: Iterable[Overdue]) -> list[Alarm]:
    """Calls were promised, and not made."""
    return [
        Alarm(
            kind=AlarmKind.PROMISE_BROKEN,
            subject=f"campaigns/{one.campaign_id}",
            details={
                "calls": float(one.calls),
                "oldest_promised_at": one.oldest_promised_at.isoformat(),
            },
        )
        for one in overdue
    ]


def register_alarms(
    asked: Mapping[str, Sequence[Register]], as_of: Mapping[str, datetime], now: datetime
) -> list[Alarm]:
    """A register that a running campaign has to ask is missing or too old: nobody is dialed.

    `asked` has what each running campaign asks, `as_of` of when the copies are.
    """
    stale: dict[str, list[str]] = {}
    for campaign_id, registers in sorted(asked.items()):
        for register in registers:
            if register.required and _is_stale(register, as_of.get(register.name), now):
                stale.setdefault(register.name, []).append(campaign_id)
    return [
        Alarm(
            kind=AlarmKind.REGISTER_STALE,
            subject=f"registers/{name}",
            details={
                "as_of": at.isoformat() if (at := as_of.get(name)) is not None else None,
                "campaigns": campaigns,
            },
        )
        for name, campaigns in sorted(stale.items())
    ]


def _is_stale(register: Register, as_of: datetime | None, now: datetime) -> bool:
    if as_of is None:
        return True
    return register.max_age_days is not None and (now - as_of) / _DAY > register.max_age_days
