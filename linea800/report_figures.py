"""Figures of reports that targets watch: read now and then, by the definitions of the reports."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from monitoring.campaign_counts import CampaignCounts
from monitoring.intervals import Stretch
from monitoring.kpi_campaigns import CampaignPart
from monitoring.kpis import Subject
from monitoring.live_figures import LiveFigures
from monitoring.menu_counts import added, ratios
from monitoring.quarters import QUARTER, quarter_of
from monitoring.queue_counts import Basis
from monitoring.targets import Target
from monitoring.watched_figures import FROM_REPORTS, OF_MENUS, REPORTED, Figure, SubjectKind
from storage.menu_measures import By, Chosen, MenuMeasureStore
from storage.queue_settings import QueueSettingStore
from storage.reports import ReportStore, Subjects

#: what should have been read again so long ago says nothing of now
STALE = timedelta(minutes=10)
#: a day does not change from one minute to the next, and reading it costs: a hundredth of a window
_PARTS = 100

#: which figure of whom, over how many seconds
_Key = tuple[SubjectKind, Figure, int]


@dataclass(frozen=True, slots=True)
class _Told:
    """A figure of everybody, as it was read."""

    #: when it is read anew
    again_at: datetime
    values: Mapping[str, float | None]
    #: of who has nothing in the time
    of_nothing: float | None


class ReportFigures:
    """Reads the figures of reports that targets ask for (`read`), and tells them (`value`)."""

    def __init__(
        self,
        pbx: str,
        reports: ReportStore,
        settings: QueueSettingStore,
        menus: MenuMeasureStore,
    ) -> None:
        self._pbx = pbx
        self._reports = reports
        self._settings = settings
        self._menus = menus
        self._told: dict[_Key, _Told] = {}

    async def read(
        self, targets: Collection[Target], menus: Collection[str], now: datetime
    ) -> None:
        """Read what these targets watch, if it is time to; raises `StorageError`.

        `menus`: of which menus those are that are of each one.
        """
        wanted = {
            (target.subject_kind, target.kpi, target.window_seconds)
            for target in targets
            if target.kpi in FROM_REPORTS
        }
        named = {one.subject for one in targets if one.subject_kind is SubjectKind.MENU}
        menus = {*menus, *named} - {""}
        told: dict[_Key, _Told] = {}
        counted: dict[tuple[Subject, int], Mapping[str, list[Any]]] = {}
        for key in wanted:
            kind, figure, seconds = key
            if (before := self._told.get(key)) is not None and now < before.again_at:
                told[key] = before
                continue
            again_at = now + timedelta(seconds=seconds / _PARTS)
            # whole quarters, as in every report; the one that runs is in it
            last = Stretch(quarter_of(now - timedelta(seconds=seconds)), quarter_of(now) + QUARTER)
            if figure is Figure.OLDEST_CALLBACK:
                told[key] = _Told(now, await self._oldest_callbacks(now), 0.0)
            elif figure in OF_MENUS:
                ratio = {menu: await self._of_menu(menu, figure, last) for menu in menus}
                told[key] = _Told(again_at, ratio, None)
            else:
                report, kpi = REPORTED[kind, figure]
                if (report, seconds) not in counted:
                    counted[report, seconds] = await self._counted(report, last)
                of = counted[report, seconds]
                values = {name: kpi.value(kpi.of(parts)) for name, parts in of.items()}
                told[key] = _Told(again_at, values, kpi.value(kpi.of([])))
        self._told = told

    def value(
        self, figure: Figure, kind: SubjectKind, subject: str, window_seconds: int, now: datetime
    ) -> float | None:
        """The figure as it was read last; None: nobody has read it, or not for long."""
        found = self._told.get((kind, figure, window_seconds))
        if found is None or now - found.again_at > STALE:
            return None
        return found.values.get(subject, found.of_nothing)

    async def _counted(self, report: Subject, last: Stretch) -> Mapping[str, list[Any]]:
        of = Subjects(self._pbx, None)
        match report:
            case Subject.QUEUES:
                settings = await self._settings.all(self._pbx)
                (found,) = await self._reports.queues(of, [last], Basis.OFFERED, settings)
                return found
            case Subject.AGENTS:
                (agents,) = await self._reports.agents(of, [last])
                return _each(agents)
            case Subject.CUSTOMERS:
                (customers,) = await self._reports.customers([last])
                return _each(customers)
            case Subject.CALLBACKS:
                (callbacks,) = await self._reports.callbacks([last])
                return _each(callbacks)
            case _:
                (campaigns,) = await self._reports.campaigns(of, [last])
                return _each({name: _part(counts) for name, counts in campaigns.items()})

    async def _of_menu(self, menu: str, figure: Figure, last: Stretch) -> float | None:
        chosen = Chosen(menu=menu, since=last.since, until=last.until)
        total = added({}, {})
        for counts in (await self._menus.sessions(chosen, By.LANGUAGE)).values():
            total = added(total, counts)
        return ratios(total)[figure.value].value

    async def _oldest_callbacks(self, now: datetime) -> dict[str, float | None]:
        found = await self._reports.oldest_callbacks()
        return {queue: max(0.0, (now - at).total_seconds()) for queue, at in found.items()}


class AllFigures:
    """Every figure that a target may watch: of this moment, and of reports."""

    def __init__(self, live: LiveFigures, reports: ReportFigures) -> None:
        self._live = live
        self._reports = reports

    def subjects(self, kind: SubjectKind, queues: Collection[str] | None) -> list[str]:
        """Each of a kind that there is now, by name; only those of some queues, unless None."""
        return self._live.subjects(kind, queues)

    def value(
        self, figure: Figure, kind: SubjectKind, subject: str, window_seconds: int, now: datetime
    ) -> float | None:
        """The figure of one subject; None: it cannot be told."""
        source = self._reports if figure in FROM_REPORTS else self._live
        return source.value(figure, kind, subject, window_seconds, now)


def _each(counts: Mapping[str, Any]) -> dict[str, list[Any]]:
    return {name: [one] for name, one in counts.items()}


def _part(counts: CampaignCounts) -> CampaignPart:
    return CampaignPart(counts, 0)  # no figure here is of the hours of agents
