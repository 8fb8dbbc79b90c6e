"""The figures of a menu as the API tells them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from enum import StrEnum

from pydantic import AwareDatetime, BaseModel

from api.persons import PhoneTold
from monitoring.menu_counts import Count, Ratio, ratio, ratios
from monitoring.menu_steps import How
from storage.menu_measures import NodeFigures, TaskFigures


class Group(StrEnum):
    """What the sessions are told apart by."""

    QUARTER = "quarter"
    HOUR = "hour"
    DAY = "day"
    VERSION = "version"
    LANGUAGE = "language"


class RatioTold(BaseModel):
    """`count` of `n`; `value` null: there is nothing it could be a part of."""

    value: float | None
    count: int
    n: int


class NodeTold(BaseModel):
    """What happened at a node; `how` counts entries by how they were left, "" those there still."""

    node: str
    entries: int
    no_input: int
    no_match: int
    hang_ups: int
    #: to a queue or a target outside
    to_person: int
    how: dict[str, int]
    choices: dict[str, int]
    #: of entries that are over; null: none is
    mean_seconds: float | None
    median_seconds: float | None


class TaskTold(BaseModel):
    """Calls by how far the task came in them."""

    task: str
    started: int
    done: int
    failed: int
    left: int
    ratios: dict[str, RatioTold]


class GroupTold(BaseModel):
    """A part of the sessions; `since` is when an interval began, null of other groups."""

    key: str
    since: AwareDatetime | None
    counts: dict[Count, int]
    ratios: dict[str, RatioTold]


class MenuMeasures(BaseModel):
    """The figures of a menu's sessions of a period, and what each means."""

    menu: str
    as_of: AwareDatetime
    since: AwareDatetime
    until: AwareDatetime
    version: str | None
    language: str | None
    counts: dict[Count, int]
    ratios: dict[str, RatioTold]
    nodes: list[NodeTold]
    tasks: list[TaskTold]
    reasons: list[GroupTold]
    by: Group | None
    zone: str
    #: those in which nobody came are left out
    groups: list[GroupTold]
    #: in the language of the request
    definitions: dict[str, str]


class SessionTold(BaseModel):
    """A session; `how` it ended, "" while it lasts. The call is at `/calls/{call_id}`."""

    call_id: str
    began_at: AwareDatetime
    left_at: AwareDatetime | None
    version: str
    language: str
    how: str
    asked_person: bool
    caller_number: PhoneTold
    reason: str


class MenuSessions(BaseModel):
    """A page of sessions, newest first; `next_cursor` null: there are no more."""

    items: list[SessionTold]
    next_cursor: str | None


def group_told(key: str, counts: dict[Count, int], since: datetime | None = None) -> GroupTold:
    """A part of the sessions, with its ratios."""
    return GroupTold(key=key, since=since, counts=counts, ratios=ratios_told(ratios(counts)))


def ratios_told(found: Mapping[str, Ratio]) -> dict[str, RatioTold]:
    """Ratios as they are told."""
    return {name: RatioTold(**asdict(each)) for name, each in found.items()}


def node_told(node: NodeFigures) -> NodeTold:
    """A node with what is most asked of it."""
    how = node.how
    return NodeTold(
        **asdict(node),
        hang_ups=how.get(How.HANG_UP, 0),
        to_person=how.get(How.QUEUE, 0) + how.get(How.TRANSFER, 0),
    )


def task_told(task: TaskFigures) -> TaskTold:
    """A task with its ratios."""
    parts = {"done": task.done, "failed": task.failed, "left": task.left}
    found = {name: ratio(count, task.started) for name, count in parts.items()}
    return TaskTold(**asdict(task), ratios=ratios_told(found))
