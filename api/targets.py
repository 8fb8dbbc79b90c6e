"""/targets: the ranges that figures should stay in; leaving one is an alert."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response
from pydantic import AwareDatetime, BaseModel, Field

from api.access import Needs, Owner
from api.campaign_path import queue_of
from api.fields import Asked, IdPath, PageQuery
from api.parts import Parts, Rooms
from api.problem_texts import Kind
from api.problems import ProblemError, invalid, told
from api.row_filter import AlertFilter, within
from api.trail import Trailed
from monitoring.kpi import Unit
from monitoring.sliding import LONGEST_SECONDS
from monitoring.targets import Target
from monitoring.watched_figures import ABOUT, FROM_REPORTS, OF_QUEUES, Figure, SubjectKind
from storage.scopes import Scope
from storage.tokens import TokenOwner

router = APIRouter(
    prefix="/targets", tags=["targets"], dependencies=[Depends(Needs(Scope.REPORTS_READ))]
)
_SETS = [Depends(Needs(Scope.REPORTS_SET))]
_CHANGED = (Kind.NO_SUCH_TARGET, Kind.TARGET_OF_OTHERS_TOO)
_LARGEST = 1e9
_LONGEST_WAIT = 24 * 3600
#: of a figure of reports, which is of whole quarters of an hour
_SHORTEST_REPORT, _LONGEST_REPORT = 900, 7 * 24 * 3600

Bound = Annotated[float, Field(ge=0, le=_LARGEST, allow_inf_nan=False)]
Subject = Annotated[
    str,
    Field(pattern=r"^[A-Za-z0-9._-]{0,80}$", description="Its name; empty: each one by itself"),
]
Window = Annotated[
    int,
    Field(
        ge=60,
        le=_LONGEST_REPORT,
        description="The figure is that of the last so many seconds; up to 14400, or of reports "
        "900 to 604800",
    ),
]
Wait = Annotated[int, Field(ge=0, le=_LONGEST_WAIT)]


class NewTarget(Asked):
    """The range a figure should stay in; one bound is enough. Shares are 0 to 1."""

    kpi: Figure
    subject_kind: SubjectKind
    subject: Subject = ""
    low: Bound | None = None
    high: Bound | None = None
    window_seconds: Window = 900
    out_seconds: Annotated[Wait, Field(description="Out for so long before an alert begins")] = 60
    in_seconds: Annotated[Wait, Field(description="In for so long before it ends")] = 60
    margin: Annotated[
        Bound, Field(description="How far inside it has to come to count as in again")
    ] = 0.0


class TargetChange(Asked):
    """What is to be another; what is not given stays, a bound that is null goes."""

    low: Bound | None = None
    high: Bound | None = None
    window_seconds: Window | None = None
    out_seconds: Wait | None = None
    in_seconds: Wait | None = None
    margin: Bound | None = None


class TargetQuery(PageQuery):
    """Which targets; what is not given does not matter."""

    kpi: Figure | None = None
    subject_kind: SubjectKind | None = None
    subject: Subject | None = None
    open: Annotated[bool | None, Field(description="Watched, or taken away")] = None


class TargetTold(BaseModel):
    """One target. Its alerts, of whomever, are those of `GET /alerts` with its id as `subject`."""

    id: str
    kpi: Figure
    unit: Unit
    subject_kind: SubjectKind
    #: empty: each one by itself
    subject: str
    #: of which queues each one is meant, as far as they are shown; null: of all
    queues: list[str] | None
    low: float | None
    high: float | None
    window_seconds: int
    out_seconds: int
    in_seconds: int
    margin: float
    created_by: str
    created_at: AwareDatetime
    #: null: it is watched
    ended_at: AwareDatetime | None


class Targets(BaseModel):
    """A page of targets, the newest first; `next_cursor` null: there are no more."""

    items: list[TargetTold]
    next_cursor: str | None


@router.get("")
async def targets(rooms: Rooms, query: Annotated[TargetQuery, Query()], owner: Owner) -> Targets:
    """Targets, the newest first."""
    page = await rooms.targets.page(
        within=within(owner, rooms.floor),
        kpi=query.kpi,
        subject_kind=query.subject_kind,
        subject=query.subject,
        is_open=query.open,
        cursor=query.cursor,
        limit=query.limit,
    )
    items = [_told(one, owner) for one in page.targets]
    return Targets(items=items, next_cursor=page.next_cursor)


@router.post("", status_code=201, dependencies=_SETS)
async def make_target(
    rooms: Rooms, asked: NewTarget, owner: Owner, trail: Trailed, response: Response
) -> TargetTold:
    """Watch a figure from now on."""
    await _must_be_there(rooms, owner, asked)
    values = asked.model_dump()
    target = Target(id="", created_by=owner.name, created_at=rooms.now(), **values)
    if target.of_each and owner.queues is not None:
        target = replace(target, queues=sorted(owner.queues))
    _must_fit(target)
    made = await rooms.targets.create(target)
    await trail.leave("target.make", f"targets/{made.id}", after=asked.model_dump(mode="json"))
    response.headers["location"] = f"/targets/{made.id}"
    return _told(made, owner)


@router.get("/{target_id}", responses=told(Kind.NO_SUCH_TARGET))
async def one_target(rooms: Rooms, target_id: IdPath, owner: Owner) -> TargetTold:
    """One target, also one that was taken away."""
    return _told(await _found(rooms, target_id, owner), owner)


@router.patch("/{target_id}", dependencies=_SETS, responses=told(*_CHANGED, Kind.TARGET_NOT_NOW))
async def change_target(
    rooms: Rooms, target_id: IdPath, asked: TargetChange, owner: Owner, trail: Trailed
) -> TargetTold:
    """Change bounds and times; an alert that is on goes on by the new ones."""
    before = _must_be_theirs(await _found(rooms, target_id, owner), owner)
    given = asked.model_dump(exclude_unset=True)
    for name in given.keys() - {"low", "high"}:
        if given[name] is None:
            raise invalid(f"body.{name}", "missing")
    after = replace(before, **given)
    _must_fit(after)
    if before.ended_at is not None or not await rooms.targets.change(before, after):
        raise ProblemError(Kind.TARGET_NOT_NOW, target_id=target_id)
    was = {name: getattr(before, name) for name in given}
    changed = {name: value for name, value in given.items() if was[name] != value}
    if changed:
        await trail.leave(
            "target.change",
            f"targets/{target_id}",
            before={name: was[name] for name in changed},
            after=changed,
        )
    return _told(after, owner)


@router.delete("/{target_id}", status_code=204, dependencies=_SETS, responses=told(*_CHANGED))
async def take_target_away(rooms: Rooms, target_id: IdPath, owner: Owner, trail: Trailed) -> None:
    """Watch it no more: its alert ends, and what there was of alerts stays."""
    before = _must_be_theirs(await _found(rooms, target_id, owner), owner)
    if not await rooms.targets.end(target_id, rooms.now()):
        raise ProblemError(Kind.NO_SUCH_TARGET, target_id=target_id)
    was = _told(before, owner).model_dump(mode="json", exclude={"id", "ended_at"})
    await trail.leave("target.end", f"targets/{target_id}", before=was)


async def _found(rooms: Parts, target_id: str, owner: TokenOwner) -> Target:
    target = await rooms.targets.get(target_id, within(owner, rooms.floor))
    if target is None:
        raise ProblemError(Kind.NO_SUCH_TARGET, target_id=target_id)
    return target


def _must_be_theirs(target: Target, owner: TokenOwner) -> Target:
    """One of each, of queues that are not shown too, is seen but not theirs to change."""
    if owner.queues is None or not target.of_each:
        return target
    if target.queues is None or not owner.queues.issuperset(target.queues):
        raise ProblemError(Kind.TARGET_OF_OTHERS_TOO, target_id=target.id)
    return target


async def _must_be_there(rooms: Parts, owner: TokenOwner, asked: NewTarget) -> None:
    of = ABOUT[asked.kpi].of
    if asked.subject_kind not in of:
        raise invalid("body.subject_kind", "kpi_of_others", known=", ".join(sorted(of)))
    kind = asked.subject_kind
    if not asked.subject and (owner.queues is None or kind in OF_QUEUES):
        return
    shown = AlertFilter(owner, queue_of(rooms), within(owner, rooms.floor))
    if not await shown.sees_subject(kind, asked.subject):
        raise invalid("body.subject", "no_such_subject")
    match kind:
        case SubjectKind.QUEUE:
            there = asked.subject in {queue.name for queue in rooms.floor.queues}
        case SubjectKind.AGENT:
            there = rooms.floor.agent(asked.subject) is not None
        case SubjectKind.CAMPAIGN:
            there = await rooms.campaigns.get(asked.subject) is not None
        case SubjectKind.MENU:
            there = asked.subject in {menu.name for menu in rooms.menus.all().values()}
        case SubjectKind.SWITCH:
            there = False  # there is one, and it is meant without a name
    if not there:
        raise invalid("body.subject", "no_such_subject")


def _must_fit(target: Target) -> None:
    of_reports = target.kpi in FROM_REPORTS
    if of_reports and target.window_seconds < _SHORTEST_REPORT:
        raise invalid("body.window_seconds", "greater_than_equal", ge=_SHORTEST_REPORT)
    if not of_reports and target.window_seconds > LONGEST_SECONDS:
        raise invalid("body.window_seconds", "less_than_equal", le=LONGEST_SECONDS)
    if target.low is None and target.high is None:
        raise invalid("body.low", "bound_needed")
    if target.low is None or target.high is None:
        return
    if target.low + target.margin > target.high - target.margin:
        raise invalid("body.margin", "no_room_inside")


def _told(target: Target, owner: TokenOwner) -> TargetTold:
    values: dict[str, Any] = {name: getattr(target, name) for name in Target.__slots__}
    if target.queues is not None:
        values["queues"] = [queue for queue in target.queues if owner.sees(queue)]
    return TargetTold(**values, unit=ABOUT[target.kpi].unit)
