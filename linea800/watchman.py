"""Looks every few seconds at what may be wrong, and begins and ends the alerts about it.

Everything is looked at anew each time and compared with what is on: an alert that a crash or a lost
database kept from being ended is ended by a later look.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime

from calls.events import CarrierSlowed
from calls.tracker import Change
from dialer.alarms import (
    Alarm,
    AlarmWatch,
    carrier_alarm,
    guard_alarms,
    promise_alarms,
    register_alarms,
)
from dialer.campaign import Campaign, CampaignState
from dialer.guards import Guards
from dialer.rules.catalog import PresetCatalog
from dialer.rules.sections import Register
from dialer.running import Running
from linea800.target_watch import TargetWatch
from monitoring.board import Board
from storage.alerts import Alert, AlertStore
from storage.errors import StorageError
from storage.registers import RegisterStore

log = logging.getLogger(__name__)

LOOK_SECONDS = 5.0


class Watchman:
    """Keeps the alerts of one switch, in the database and on the board."""

    def __init__(
        self,
        pbx: str,
        guards: Guards,
        presets: PresetCatalog,
        campaigns: Callable[[], Mapping[str, Running]],
        alerts: AlertStore,
        registers: RegisterStore,
        board: Board,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        targets: TargetWatch | None = None,
    ) -> None:
        self._pbx = pbx
        self._guards = guards
        self._presets = presets
        self._campaigns = campaigns
        self._alerts = alerts
        self._registers = registers
        self._board = board
        self._now = now
        self._targets = targets
        self._slowed: CarrierSlowed | None = None
        self._watch: AlarmWatch | None = None
        self._shown: set[str] = set()

    def fold(self, change: Change) -> None:
        """Hear how the carrier is."""
        if isinstance(change.fact, CarrierSlowed):
            self._slowed = change.fact

    async def run(self) -> None:
        """Look, for ever; a database that is away is looked for again."""
        while True:
            try:
                await self.look()
            except StorageError as error:
                log.warning("alerts wait for the database: %s", error)
            await asyncio.sleep(LOOK_SECONDS)

    async def look(self) -> None:
        """Begin what is new and end what is over; raises `StorageError`."""
        now = self._now()
        watch = self._watch or await self._resumed(now)
        found = await self._found(now)
        begun, over = watch.begun(found), watch.over(found, now.timestamp())
        if begun or over:
            moments, how = self._ends(over)
            await self._alerts.change(self._pbx, begun, moments, now, how)
            self._show(await self._alerts.open(self._pbx))
        watch.remember(found, over, now.timestamp())

    def _ends(
        self, over: Mapping[tuple[str, str], float]
    ) -> tuple[dict[tuple[str, str], datetime], dict[tuple[str, str], str]]:
        """When each that is over ended, and how: a target knows better than who looks at it."""
        moments, how = dict(over), {}
        for key in over:
            if self._targets is not None and (ended := self._targets.ended(key)) is not None:
                moments[key], how[key] = ended
        return {key: datetime.fromtimestamp(at, UTC) for key, at in moments.items()}, how

    async def _resumed(self, now: datetime) -> AlarmWatch:
        on = await self._alerts.open(self._pbx)
        self._watch = AlarmWatch()
        keys = [(alert.kind, alert.subject) for alert in on]
        self._watch.resume(keys, now.timestamp())
        if self._targets is not None:
            self._targets.resume(keys, now)
        self._show(on)
        return self._watch

    async def _found(self, now: datetime) -> list[Alarm]:
        running = [
            each.campaign
            for each in self._campaigns().values()
            if each.campaign.state is CampaignState.RUNNING
        ]
        asked = {campaign.id: self._registers_of(campaign) for campaign in running}
        as_of = {one.name: one.as_of for one in await self._registers.list()}
        return [
            *guard_alarms(self._guards.tripped(now.timestamp())),
            *carrier_alarm(self._slowed),
            *promise_alarms(await self._alerts.overdue(now)),
            *register_alarms(asked, as_of, now),
            *(await self._targets.look(now) if self._targets is not None else []),
        ]

    def _registers_of(self, campaign: Campaign) -> Sequence[Register]:
        choice = campaign.options.rules
        return self._presets.in_force(choice.preset).held(choice.purpose).registers

    def _show(self, on: list[Alert]) -> None:
        things = {f"alerts/{alert.id}": _thing(alert) for alert in on}
        gone = dict.fromkeys(self._shown - things.keys())
        self._board.show({**things, **gone})
        self._shown = set(things)


def _thing(alert: Alert) -> dict[str, object]:
    return {
        "id": alert.id,
        "kind": alert.kind,
        "subject": alert.subject,
        "details": alert.details,
        "began_at": alert.began_at.isoformat(),
    }
