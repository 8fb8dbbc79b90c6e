"""/metrics/queues: the KPIs of queues in intervals."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from functools import lru_cache
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import AwareDatetime, BaseModel

from api.access import Needs, Owner
from api.metric_answers import Answer, Item, answer_told, behind, counts_told, grouped, kpis_told
from api.metric_query import QueueQuery, Report, Settings, must_be_few, report_of
from api.metric_subjects import in_order, queues_seen
from api.parts import Parts, Rooms
from monitoring.intervals import Stretch
from monitoring.kpi_queues import QueuePart
from monitoring.kpis import Subject
from monitoring.queue_counts import Basis, QueueCounts
from monitoring.queue_setting import QueueSetting, in_force
from monitoring.service_level import Method
from storage.measure_rows import Kind
from storage.reports import Dated, Subjects
from storage.scopes import Scope

router = APIRouter(prefix="/metrics/queues", tags=["metrics"])


class SettingTold(BaseModel):
    """How a queue's figures are told."""

    method: Method
    seconds: int
    #: of a hundred
    goal: int
    short_seconds: int
    #: null: nobody has set it, it was always so
    valid_from: AwareDatetime | None


class QueueCountsTold(BaseModel):
    """What is counted of a queue; bands as in its wait histogram."""

    received: int
    refused: int
    offered: int
    answered: int
    abandoned: int
    key_exit: int
    withdrawn: int
    timed_out: int
    empty_exit: int
    failed: int
    lost: int
    waiting: int
    callback_booked: int
    transferred: int
    answered_wait_seconds: float
    abandoned_wait_seconds: float
    longest_wait_seconds: float
    talk_seconds: float
    hold_seconds: float
    wrap_up_seconds: float
    answered_bands: list[int]
    abandoned_bands: list[int]


class QueueItem(Item):
    """One queue in one interval."""

    #: null: all that were asked for together
    queue: str | None
    #: by which its figures are told; several when they were changed, or of several queues
    settings: list[SettingTold]
    counts: QueueCountsTold
    #: the visits that it counts, by the same basis; null: of several queues
    calls: str | None


class QueueMetrics(Answer):
    """Queues by interval; `settings` says whether those in force then or now count."""

    settings: Settings
    items: list[QueueItem]


@router.get("", dependencies=[Depends(Needs(Scope.REPORTS_READ))])
async def queue_metrics(
    rooms: Rooms, owner: Owner, query: Annotated[QueueQuery, Query()]
) -> QueueMetrics:
    """Queues by interval: counts, KPIs, and how they were counted."""
    now = rooms.now()
    report = report_of(query, Subject.QUEUES, now)
    of = Subjects(rooms.floor.pbx, queues_seen(owner, query))
    on_floor = [queue.name for queue in rooms.floor.queues]
    must_be_few(len(on_floor if of.names is None else of.names), report)
    settings = await _settings(rooms, of, query.settings)
    found = await rooms.reports.queues(of, report.intervals, query.basis, settings)
    names = of.names
    if names is None:
        names = in_order(on_floor, {name for each in found for name in each})
    must_be_few(len(names), report)
    finality = await rooms.reports.finality(Kind.QUEUE, of, report.intervals, now, query.basis)
    # not here: live calls wait for this loop
    items = await asyncio.to_thread(_items, query, report, names, settings, finality.final, found)
    return QueueMetrics(
        **answer_told(query, report, query.basis),
        as_of=finality.as_of,
        final=all(finality.final),
        settings=query.settings,
        items=items,
    )


def _items(
    query: QueueQuery,
    report: Report,
    names: Sequence[str],
    settings: Dated,
    finals: Sequence[bool],
    found: Sequence[dict[str, list[QueuePart]]],
) -> list[QueueItem]:
    items = []
    for interval, final, parts in zip(report.intervals, finals, found, strict=True):
        for name in names:
            # nobody came: it has a setting all the same
            nobody = QueuePart(QueueCounts(), in_force(settings.get(name, ()), interval.since))
            parts.setdefault(name, [nobody])
        for queue, theirs in grouped(query.by, names, parts):
            items.append(
                QueueItem(
                    queue=queue,
                    since=interval.since,
                    until=interval.until,
                    final=final,
                    settings=settings_told(theirs),
                    counts=QueueCountsTold(**counts_told(counts_of(theirs))),
                    kpis=kpis_told(report.kpis, theirs),
                    calls=_calls(queue, interval, query.basis),
                )
            )
    return items


async def _settings(rooms: Parts, of: Subjects, which: Settings) -> Dated:
    """Those of all time, or only what is in force now as if it always had been."""
    settings = await rooms.queue_settings.all(of.pbx, of.names)
    if which is Settings.CURRENT:
        return {queue: [always(theirs[-1])] for queue, theirs in settings.items()}
    return settings


def always(setting: QueueSetting) -> QueueSetting:
    """The setting as if it had always been in force."""
    return replace(setting, valid_from=None)


def settings_told(parts: Iterable[QueuePart]) -> list[SettingTold]:
    """The settings of these parts, each once."""
    return [_setting_told(one) for one in dict.fromkeys(part.setting for part in parts)]


@lru_cache(maxsize=256)
def _setting_told(setting: QueueSetting) -> SettingTold:
    return SettingTold(**asdict(setting))


def counts_of(parts: Iterable[QueuePart]) -> QueueCounts:
    """The counts of these parts together."""
    total = QueueCounts()
    for part in parts:
        total.add(part.counts)
    return total


def _calls(queue: str | None, interval: Stretch, basis: Basis) -> str | None:
    if queue is None:
        return None
    words = {} if basis is Basis.OFFERED else {"basis": basis.value}
    return behind(f"/metrics/queues/{queue}/calls", interval, **words)
