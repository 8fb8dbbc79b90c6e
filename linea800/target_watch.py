"""Looks at every target's figure and says whose alert is on; the watchman tells of them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Protocol

from dialer.alarms import Alarm, AlarmKind
from dialer.running import Running
from monitoring.targets import State, Target, Watched, look
from monitoring.watched_figures import Figure, SubjectKind
from storage.targets import TargetStore

_KIND = AlarmKind.TARGET.value
#: a subject that is not there any more is forgotten so long after its window
_FORGOTTEN_SECONDS = 3600


class Figures(Protocol):
    """Tells a figure as it is now."""

    def subjects(self, kind: SubjectKind, queues: Collection[str] | None) -> list[str]:
        """Each of a kind that there is now; only those of some queues, unless None."""

    def value(
        self, figure: Figure, kind: SubjectKind, subject: str, window_seconds: int, now: datetime
    ) -> float | None:
        """The figure of one subject; None: it cannot be told."""


class TargetWatch:
    """Every target in force, as it was seen last: by the subject of its alert."""

    def __init__(self, store: TargetStore, figures: Figures) -> None:
        self._store = store
        self._figures = figures
        self._seen: dict[str, Watched] = {}
        #: as the alert began, or as it was found on after a restart
        self._details: dict[str, Mapping[str, str | float | list[str] | None]] = {}

    def resume(self, on: Iterable[tuple[str, str]], now: datetime) -> None:
        """Alerts by kind and subject that were on when the service ended."""
        for kind, subject in on:
            if kind == _KIND:
                self._seen[subject] = Watched(state=State.OUTSIDE, since=now.timestamp())

    async def look(self, now: datetime) -> list[Alarm]:
        """Look at each once; the alerts that are on by now. Raises `StorageError`."""
        looked: dict[str, Watched] = {}
        found = []
        for target in await self._store.in_force():
            for name in self._names(target, now.timestamp()):
                subject = target.alert_of(name)
                value = self._figures.value(
                    target.kpi, target.subject_kind, name, target.window_seconds, now
                )
                before = self._seen.get(subject, Watched(since=now.timestamp()))
                looked[subject] = look(target, before, value, now.timestamp())
                if not looked[subject].alert:
                    self._details.pop(subject, None)
                    continue
                details = self._details.setdefault(subject, _details(target, name, value))
                found.append(
                    Alarm(kind=AlarmKind.TARGET, subject=subject, details=details, quiet_seconds=0)
                )
        self._seen = looked
        for gone in self._details.keys() - looked.keys():
            del self._details[gone]
        return found

    def _names(self, target: Target, now: float) -> list[str]:
        """Whom it is of: those that are there, and those that were there not long ago."""
        if not target.of_each:
            return [target.subject]
        there = self._figures.subjects(target.subject_kind, target.queues)
        before = target.alert_of("")
        were = [
            subject.removeprefix(before)
            for subject, seen in self._seen.items()
            if subject.startswith(before) and not _is_forgotten(seen, target, now)
        ]
        return list(dict.fromkeys([*there, *were]))

    def ended(self, key: tuple[str, str]) -> tuple[float, str] | None:
        """When the figure of an alert that is over was beyond its bound last, and how it ended.

        None: the target was taken away, or it is no target's alert. Epoch seconds.
        """
        kind, subject = key
        seen = self._seen.get(subject) if kind == _KIND else None
        return None if seen is None or seen.ended is None else (seen.ended_at, seen.ended.value)


def _is_forgotten(seen: Watched, target: Target, now: float) -> bool:
    if seen.alert or seen.unseen_since is None:
        return False
    return now - seen.unseen_since > target.window_seconds + _FORGOTTEN_SECONDS


def _details(
    target: Target, name: str, value: float | None
) -> Mapping[str, str | float | list[str] | None]:
    return {
        "kpi": target.kpi.value,
        "subject_kind": target.subject_kind.value,
        "subject": name,
        "value": value,
        "bound": None if value is None else target.bound_left(value),
        "low": target.low,
        "high": target.high,
        "window_seconds": target.window_seconds,
    }


def share_of_cap(running: Running | None) -> float | None:
    """How much of what it may abandon a campaign in hand abandons: 1 is all of it.

    None: there is no such campaign, nobody answered in the period that counts, or the ledger is
    not loaded.
    """
    if running is None:
        return None
    ledger = running.picture.ledger
    caps = [running.campaign.abandonment_cap, running.judge.abandonment_cap]
    cap = min(cap for cap in caps if cap is not None)
    known = running.ledger_of is not None and ledger.live_estimated > 0 and cap > 0
    return ledger.share / cap if known else None
