"""What keeps watch: targets and other alerts, and the webhooks that are told, in one place."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from agents.floor import Floor
from agents.roster import Roster
from backoffice.safe_address import SafeAddresses
from backoffice.webhooks import WebhookSender
from calls.tracker import Tracker
from dialer.guards import Guards
from dialer.rules.catalog import PresetCatalog
from dialer.running import Running
from linea800.report_figures import AllFigures, ReportFigures
from linea800.target_watch import TargetWatch, share_of_cap
from linea800.watchman import Watchman
from linea800.webhook_office import WebhookOffice
from monitoring.board import Board
from monitoring.live_figures import LiveFigures
from monitoring.queue_setting import USUAL, QueueSetting, in_force
from monitoring.watched_figures import SubjectKind
from storage.alerts import AlertStore
from storage.database import Database
from storage.deliveries import DeliveryStore
from storage.errors import StorageError
from storage.measures import MeasureStore
from storage.menu_measures import MenuMeasureStore
from storage.queue_settings import QueueSettingStore
from storage.registers import RegisterStore
from storage.reports import ReportStore
from storage.targets import TargetStore
from storage.webhooks import WebhookStore

log = logging.getLogger(__name__)

#: how often it is looked whether a queue's figures are told in another way
_SETTINGS_SECONDS = 30.0
#: how often figures of reports are read for the targets that watch them
_REPORTS_SECONDS = 120.0


class Watching:
    """The watch of one switch. `figures` hears facts from the first one on."""

    def __init__(
        self,
        floor: Floor,
        database: Database,
        roster: Roster,
        tracker: Tracker,
        campaigns: Callable[[], Mapping[str, Running]],
        *,
        private: bool,
    ) -> None:
        """`private`: webhooks may be plain http and lead into the house."""
        self._pbx = floor.pbx
        self._database = database
        self._campaigns = campaigns
        self._settings_store = QueueSettingStore(database)
        self._settings: dict[str, QueueSetting] = {}
        self.figures = LiveFigures(
            floor,
            roster,
            tracker,
            setting=lambda queue: self._settings.get(queue, USUAL),
            campaigns=lambda: {one: running.campaign.queue for one, running in campaigns().items()},
            of_cap=lambda campaign_id: share_of_cap(campaigns().get(campaign_id)),
        )
        self._reports = ReportFigures(
            floor.pbx,
            ReportStore(database, MeasureStore(database), floor.said),
            self._settings_store,
            MenuMeasureStore(database),
        )
        self.alerts = AlertStore(database)
        self.targets = TargetStore(database, floor.pbx)
        self.webhooks = WebhookStore(database)
        self.deliveries = DeliveryStore(database)
        self.addresses = SafeAddresses(private=private)
        self._office = WebhookOffice(self.deliveries, WebhookSender(self.addresses))

    def watchman(self, guards: Guards, presets: PresetCatalog, board: Board) -> Watchman:
        """Who looks: as soon as there is a board to show alerts on."""
        return Watchman(
            self._pbx,
            guards,
            presets,
            self._campaigns,
            self.alerts,
            RegisterStore(self._database),
            board,
            targets=TargetWatch(self.targets, AllFigures(self.figures, self._reports)),
        )

    async def run(self, watchman: Watchman) -> None:
        """Watch and tell, for ever."""
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._keep_settings())
                group.create_task(self._read_reports())
                group.create_task(watchman.run())
                group.create_task(self._office.run())
        finally:
            self.addresses.close()

    async def _read_reports(self) -> None:
        while True:
            try:
                targets = await self.targets.in_force()
                menus = self.figures.subjects(SubjectKind.MENU, None)
                await self._reports.read(targets, menus, datetime.now(UTC))
            except StorageError as error:
                log.warning("targets of reports wait for the database: %s", error)
            await asyncio.sleep(_REPORTS_SECONDS)

    async def _keep_settings(self) -> None:
        while True:
            try:
                found, now = await self._settings_store.all(self._pbx), datetime.now(UTC)
            except StorageError as error:
                log.warning("queues' figures are told as before: %s", error)
            else:
                self._settings = {queue: in_force(each, now) for queue, each in found.items()}
            await asyncio.sleep(_SETTINGS_SECONDS)
