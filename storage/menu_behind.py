"""Which sessions a figure of a menu counted: the words of the question, and the SQL they become."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, exists

from monitoring.menu_counts import Count
from storage.menu_terms import of_the_call, of_the_session
from storage.tables import menu_sessions, menu_steps, queue_stays, tasks


class TaskStep(StrEnum):
    """How far a task came."""

    STARTED = "started"
    DONE = "done"
    FAILED = "failed"  # and was not done in the same call
    LEFT = "left"  # neither


@dataclass(frozen=True, slots=True, kw_only=True)
class Behind:
    """Which of them: those that every word given here is true of."""

    count: Count = Count.SESSIONS
    node: str | None = None
    how: str | None = None  # the node was left; any node without one
    choice: str | None = None
    #: no_input or no_match
    missed: str | None = None
    task: str | None = None
    step: TaskStep = TaskStep.STARTED
    reason: str | None = None
    #: the call was in one of these queues
    seen_queues: frozenset[str] | None = None


def reached(step: TaskStep) -> ColumnElement[bool]:
    """That a row of `tasks` came so far."""
    done, failed = tasks.c.done_at.is_not(None), tasks.c.failed_at.is_not(None)
    match step:
        case TaskStep.STARTED:
            return tasks.c.started_at.is_not(None)
        case TaskStep.DONE:
            return done
        case TaskStep.FAILED:
            return and_(failed, tasks.c.done_at.is_(None))
        case TaskStep.LEFT:
            return and_(tasks.c.done_at.is_(None), tasks.c.failed_at.is_(None))


def told_apart(behind: Behind) -> Iterator[ColumnElement[bool]]:
    """What must hold for a row of `menu_sessions` and its call, beside the count's own term."""
    steps = menu_steps.c
    at_node = [
        column == value
        for column, value in (
            (steps.node, behind.node),
            (steps.how, behind.how),
            (steps.choice, behind.choice),
        )
        if value is not None
    ]
    if behind.missed is not None:
        at_node.append(steps[behind.missed] > 0)
    if at_node:
        yield exists().where(of_the_session(), *at_node)
    if behind.task is not None:
        so_far = reached(behind.step)
        yield exists().where(of_the_call(tasks), tasks.c.task == behind.task, so_far)
    if behind.reason is not None:
        yield menu_sessions.c.reason == behind.reason
    if behind.seen_queues is not None:
        seen = queue_stays.c.queue.in_(sorted(behind.seen_queues))
        yield exists().where(of_the_call(queue_stays), seen)
