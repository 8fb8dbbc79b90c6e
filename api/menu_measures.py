"""/menus/{name}: what callers did in a menu, counted, and the calls behind each count."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import UTC, datetime, time, timedelta
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends, Path, Query, Request
from pydantic import Field, StringConstraints

from api.access import Needs, Owner
from api.fields import Asked, Moment, PageQuery
from api.menu_definitions import definitions
from api.menu_figures import (
    Group,
    GroupTold,
    MenuMeasures,
    MenuSessions,
    SessionTold,
    group_told,
    node_told,
    ratios_told,
    task_told,
)
from api.parts import Parts, Rooms
from api.problem_texts import Kind
from api.problems import ProblemError, invalid, language_of, told
from dialer.rules.place import UnknownZoneError, place_from
from monitoring.menu_counts import Count, added, ratios
from monitoring.menu_steps import How
from storage.menu_behind import Behind, TaskStep
from storage.menu_measures import By, Chosen, MenuMeasureStore
from storage.scopes import Scope

router = APIRouter(prefix="/menus", tags=["menus"])

NamePath = Annotated[str, Path(pattern=r"^[a-z][a-z0-9_]{0,30}$")]
_Word = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{0,80}$")]
#: of a period that nobody named
DEFAULT_HOURS = 24
_QUARTER_SECONDS = 15 * 60


class _Sessions(Asked):
    since: Annotated[
        Moment | None, Field(description="When sessions began; default: 24 h before `until`")
    ] = None
    until: Annotated[Moment | None, Field(description="Itself not included; default: now")] = None
    version: _Word | None = None
    language: _Word | None = None


class MeasureQuery(_Sessions):
    """Which sessions, and how they are told apart."""

    by: Group | None = None
    zone: Annotated[str, Field(max_length=60, description="Whose hours and days count")] = "UTC"


class BehindQuery(_Sessions, PageQuery):
    """The sessions behind a figure: those that everything given here is true of."""

    count: Count = Count.SESSIONS
    node: _Word | None = None
    how: How | None = None
    choice: _Word | None = None
    missed: Literal["no_input", "no_match"] | None = None
    task: _Word | None = None
    step: Annotated[TaskStep, Field(description="How far the task came")] = TaskStep.STARTED
    reason: _Word | None = None


@router.get(
    "/{name}/measures",
    dependencies=[Depends(Needs(Scope.REPORTS_READ))],
    responses=told(Kind.NO_SUCH_MENU),
)
async def measures(
    rooms: Rooms, name: NamePath, query: Annotated[MeasureQuery, Query()], request: Request
) -> MenuMeasures:
    """Nodes, tasks, containment and the other figures of the sessions that began in a period."""
    chosen = await _chosen(rooms, name, query)
    zone = _zone(query.zone)
    return await measures_of(
        rooms.menu_measures, chosen, rooms.now(), language_of(request), query.by, zone
    )


@router.get(
    "/{name}/calls",
    dependencies=[Depends(Needs(Scope.CALLS_READ))],
    responses=told(Kind.NO_SUCH_MENU),
)
async def behind(
    rooms: Rooms, owner: Owner, name: NamePath, query: Annotated[BehindQuery, Query()]
) -> MenuSessions:
    """The calls behind a figure of the same period, newest first."""
    chosen = await _chosen(rooms, name, query)
    words = Behind(
        count=query.count, node=query.node, how=query.how, choice=query.choice,
        missed=query.missed, task=query.task, step=query.step, reason=query.reason,
        seen_queues=owner.queues,
    )  # fmt: skip
    page = await rooms.menu_measures.behind(chosen, words, query.cursor, query.limit)
    items = [SessionTold(**asdict(session)) for session in page.sessions]
    return MenuSessions(items=items, next_cursor=page.next_cursor)


async def measures_of(
    store: MenuMeasureStore,
    chosen: Chosen,
    now: datetime,
    language: str,
    by: Group | None = None,
    zone: ZoneInfo | None = None,
) -> MenuMeasures:
    """The same for whoever has the database."""
    zone = zone or ZoneInfo("UTC")
    by_reason = await store.sessions(chosen, By.REASON)
    counts = _total(by_reason.values())
    return MenuMeasures(
        menu=chosen.menu,
        as_of=now,
        since=chosen.since,
        until=chosen.until,
        version=chosen.version,
        language=chosen.language,
        counts=counts,
        ratios=ratios_told(ratios(counts)),
        nodes=[node_told(node) for node in await store.nodes(chosen)],
        tasks=[task_told(task) for task in await store.tasks(chosen)],
        reasons=[group_told(reason, theirs) for reason, theirs in by_reason.items()],
        by=by,
        zone=zone.key,
        groups=[] if by is None else await _groups(store, chosen, by, zone),
        definitions=definitions(language),
    )


def period(since: datetime | None, until: datetime | None, now: datetime) -> tuple[datetime, ...]:
    """What was asked for, else the last hours before."""
    end = until or now
    return since or end - timedelta(hours=DEFAULT_HOURS), end


async def _chosen(rooms: Parts, name: str, query: _Sessions) -> Chosen:
    answering = {menu.name for menu in rooms.menus.all().values()}
    if name not in answering and not await rooms.menu_measures.known(name):
        raise ProblemError(Kind.NO_SUCH_MENU, name=name)
    since, until = period(query.since, query.until, rooms.now())
    return Chosen(
        menu=name, since=since, until=until, version=query.version, language=query.language
    )


def _zone(name: str) -> ZoneInfo:
    try:
        zones = place_from(name).zones
    except UnknownZoneError as error:
        raise invalid("query.zone", "no_such_zone") from error
    if len(zones) != 1:
        raise invalid("query.zone", "no_such_zone")
    return ZoneInfo(zones[0])


async def _groups(
    store: MenuMeasureStore, chosen: Chosen, by: Group, zone: ZoneInfo
) -> list[GroupTold]:
    if by in (Group.VERSION, Group.LANGUAGE):
        found = await store.sessions(chosen, By(by))
        return [group_told(key, counts) for key, counts in found.items()]
    intervals: dict[datetime, dict[Count, int]] = {}
    for quarter, counts in (await store.sessions(chosen, By.QUARTER)).items():
        moment = datetime.fromtimestamp(quarter * _QUARTER_SECONDS, UTC)
        began = _began(moment, by, zone)
        intervals[began] = added(intervals.get(began, {}), counts)
    return [
        group_told(began.astimezone(zone).isoformat(), counts, began)
        for began, counts in intervals.items()
    ]


def _began(quarter: datetime, by: Group, zone: ZoneInfo) -> datetime:
    """When the interval began that a quarter of an hour is in, by the clocks of a zone."""
    there = quarter.astimezone(zone)
    match by:
        case Group.DAY:
            return datetime.combine(there.date(), time.min, zone).astimezone(UTC)
        case Group.HOUR:
            return quarter - timedelta(minutes=there.minute)
        case _:
            return quarter


def _total(parts: Iterable[Mapping[Count, int]]) -> dict[Count, int]:
    total: dict[Count, int] = dict.fromkeys(Count, 0)
    for part in parts:
        total = added(total, part)
    return total
