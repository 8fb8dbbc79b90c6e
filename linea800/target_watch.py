"""Looks at every target's figure and says whose alert is on; the watchman tells of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Protocol

from dialer.alarms import Alarm, AlarmKind
from dialer.running import Running
from monitoring.targets import State, Target, Watched, look
from monitoring.watched_figures import Figure, SubjectKind
from storage.targets import TargetStore

_KIND = AlarmKind.TARGET.value


class Figures(Protocol):
    """Tells a figure as it is now."""

    def value(
        self, figure: Figure, kind: SubjectKind, subject: str, window_seconds: int, now: datetime
    ) -> float | None:
        """The figure of one subject; None: it cannot be told."""


class TargetWatch:
    """Every target in force, as it was seen last."""

    def __init__(self, store: TargetStore, figures: Figures) -> None:
        self._store = store
        self._figures = figures
        self._seen: dict[str, Watched] = {}
        #: as the alert began, or as it was found on after a restart
        self._details: dict[str, Mapping[str, str | float | list[str] | None]] = {}

    def resume(self, on: Iterable[tuple[str, str]], now: datetime) -> None:
        """Alerts by kind and subject that were on when the service ended."""
        for kind, target_id in on:
            if kind == _KIND:
                self._seen[target_id] = Watched(state=State.OUTSIDE, since=now.timestamp())

    async def look(self, now: datetime) -> list[Alarm]:
        """Look at each once; the alerts that are on by now. Raises `StorageError`."""
        targets = await self._store.in_force()
        found = []
        for target in targets:
            value = self._figures.value(
                target.kpi, target.subject_kind, target.subject, target.window_seconds, now
            )
            before = self._seen.get(target.id, Watched(since=now.timestamp()))
            after = self._seen[target.id] = look(target, before, value, now.timestamp())
            if not after.alert:
                self._details.pop(target.id, None)
                continue
            details = self._details.setdefault(target.id, _details(target, value))
            found.append(
                Alarm(kind=AlarmKind.TARGET, subject=target.id, details=details, quiet_seconds=0.0)
            )
        for gone in self._seen.keys() - {target.id for target in targets}:
            del self._seen[gone]
            self._details.pop(gone, None)
        return found

    def ended(self, key: tuple[str, str]) -> tuple[float, str] | None:
        """When the figure of an alert that is over was beyond its bound last, and how it ended.

        None: the target was taken away, or it is no target's alert. Epoch seconds.
        """
        kind, target_id = key
        seen = self._seen.get(target_id) if kind == _KIND else None
        return None if seen is None or seen.ended is None else (seen.ended_at, seen.ended.value)


def _details(target: Target, value: float | None) -> Mapping[str, str | float | list[str] | None]:
    return {
        "kpi": target.kpi.value,
        "subject_kind": target.subject_kind.value,
        "subject": target.subject,
        "value": value,
        "bound": None if value is None else target.bound_left(value),
        "low": target.low,
        "high": target.high,
        "window_seconds": target.window_seconds,
    }


def shares_of_cap(campaigns: Callable[[], Mapping[str, Running]]) -> Mapping[str, float | None]:
    """How much of what it may abandon each campaign in hand abandons, by id: 1 is all of it.

    None: nobody answered in the period that counts, or the ledger is not loaded.
    """
    found: dict[str, float | None] = {}
    for campaign_id, running in campaigns().items():
        ledger = running.picture.ledger
        caps = [running.campaign.abandonment_cap, running.judge.abandonment_cap]
        cap = min(cap for cap in caps if cap is not None)
        known = running.ledger_of is not None and ledger.live_estimated > 0 and cap > 0
        found[campaign_id] = ledger.share / cap if known else None
    return found
