"""/queues/{name}/settings: how a queue's figures are told, and since when."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import AwareDatetime, BaseModel, Field

from api.access import Needs, Owner
from api.fields import Asked
from api.parts import Parts, Rooms
from api.problem_texts import Kind
from api.problems import ProblemError, invalid, told
from api.queue_metrics import SettingTold
from api.queues import QueuePath
from api.trail import Trailed
from monitoring.queue_setting import MOST_GOAL, USUAL, QueueSetting
from monitoring.service_level import Method
from monitoring.wait_histogram import EDGES_SECONDS
from storage.scopes import Scope
from storage.tokens import TokenOwner

router = APIRouter(prefix="/queues", tags=["metrics"])


class NewSetting(Asked):
    """The whole setting; times are edges of the wait histogram."""

    method: Method = USUAL.method
    seconds: Annotated[int, Field(description="Answered in time is up to here")] = USUAL.seconds
    goal: Annotated[int, Field(ge=0, le=MOST_GOAL, description="Of a hundred")] = USUAL.goal
    short_seconds: Annotated[
        int, Field(description="Who gave up by then counts for nothing; 0: nobody")
    ] = USUAL.short_seconds


class SettingMadeTold(SettingTold):
    """A setting, and who made it."""

    set_by: str
    set_at: AwareDatetime


class QueueSettings(BaseModel):
    """What is in force now, and every setting there was, newest first."""

    queue: str
    current: SettingTold
    history: list[SettingMadeTold]
    #: the times that may be set
    edges_seconds: list[int]


@router.get(
    "/{name}/settings",
    dependencies=[Depends(Needs(Scope.REPORTS_READ))],
    responses=told(Kind.NO_SUCH_QUEUE),
)
async def queue_settings(rooms: Rooms, owner: Owner, name: QueuePath) -> QueueSettings:
    """How the queue's figures are told."""
    _must_be_seen(rooms, owner, name)
    return await _settings(rooms, name)


@router.put(
    "/{name}/settings",
    dependencies=[Depends(Needs(Scope.REPORTS_SET))],
    responses=told(Kind.NO_SUCH_QUEUE),
)
async def set_queue(
    rooms: Rooms, owner: Owner, name: QueuePath, asked: NewSetting, trail: Trailed
) -> QueueSettings:
    """Let it be told so from now on; what was stays told as it was."""
    _must_be_seen(rooms, owner, name)
    for field in ("seconds", "short_seconds"):
        allowed = EDGES_SECONDS[1:] if field == "seconds" else EDGES_SECONDS
        if getattr(asked, field) not in allowed:
            known = ", ".join(map(str, allowed))
            raise invalid(f"body.{field}", "no_edge", known=known)
    before = _said((await _settings(rooms, name)).current)
    setting = QueueSetting(**asked.model_dump())
    if _said(SettingTold(**asdict(setting))) != before:
        await rooms.queue_settings.put(
            rooms.floor.pbx, name, setting, set_by=trail.who, now=rooms.now()
        )
        after = asked.model_dump(mode="json")
        await trail.leave("queue.set", f"queues/{name}", before=before, after=after)
    return await _settings(rooms, name)


async def _settings(rooms: Parts, name: str) -> QueueSettings:
    history = await rooms.queue_settings.history(rooms.floor.pbx, name)
    current = history[0].setting if history else USUAL
    return QueueSettings(
        queue=name,
        current=SettingTold(**asdict(current)),
        history=[
            SettingMadeTold(**asdict(one.setting), set_by=one.set_by, set_at=one.set_at)
            for one in history
        ],
        edges_seconds=list(EDGES_SECONDS),
    )


def _said(setting: SettingTold) -> dict[str, object]:
    return setting.model_dump(mode="json", exclude={"valid_from"})


def _must_be_seen(rooms: Parts, owner: TokenOwner, name: str) -> None:
    if rooms.floor.queue(name) is None or not owner.sees(name):
        raise ProblemError(Kind.NO_SUCH_QUEUE, name=name)
