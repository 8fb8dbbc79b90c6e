"""Call records and facts as rows, and back; and which of two versions of a record is the newer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any, TypeAlias

from sqlalchemy import Row

from calls.events import Fact, to_body
from monitoring.folding import call_of
from monitoring.menu_steps import MenuStep
from monitoring.record import CallerTask, CallRecord, QueueStay

Part: TypeAlias = CallRecord | MenuStep | CallerTask | QueueStay
#: an ended call outweighs anything that can be known of an open one
_ENDED = 10_000
#: holds are compared by themselves; the rest is derived
_NOT_COUNTED = {
    "hold_seconds",
    "held_since",
    "wait_seconds",
    "talk_seconds",
    "wrap_up_seconds",
    "handle_seconds",
    "wrap_ups",
}
#: fields that are rows of their own, or of no row
_PARTS = {"menu_path", "tasks", "stays", "wrap_ups"}
_SCALARS = [field.name for field in fields(CallRecord) if field.name not in _PARTS]
_TASK = [field.name for field in fields(CallerTask)]
_MISSES = ("no_input", "no_match")
_STAY = [field.name for field in fields(QueueStay)]
#: of the call, and kept with each of its stays
OF_THE_CALL = ("arrived_at", "direction", "outcome", "campaign_id")
#: a step's fields that are columns by the same name
_STEP = [field.name for field in fields(MenuStep) if field.name != "at"]


def version(record: CallRecord) -> tuple[int, float, bool]:
    """How far a record got: grows with every fact, so that of two versions the newer is greater.

    First how much is known (an ended call outweighs any open one), then the time on hold, then
    whether the customer is on hold: holds come and go without anything else changing.
    """
    return progress(record), record.hold_seconds, record.held_since is not None


def progress(record: CallRecord) -> int:
    """How many fields are known, holds left out."""
    parts: list[Part] = [record, *record.menu_path, *record.tasks, *record.stays]
    known = sum(_filled(part) for part in parts)
    known += sum(step.no_input + step.no_match for step in record.menu_path)
    return known + (_ENDED if record.ended_at is not None else 0)


def _filled(part: Part) -> int:
    names = (field.name for field in fields(part) if field.name not in _NOT_COUNTED)
    return sum(getattr(part, name) not in (None, "", 0, []) for name in names)


def call_row(record: CallRecord) -> dict[str, Any]:
    """The record's row in `calls`."""
    row: dict[str, Any] = {name: getattr(record, name) for name in _SCALARS}
    row["progress"] = progress(record)
    return row


def stay_rows(record: CallRecord) -> list[dict[str, Any]]:
    """The record's rows in `queue_stays`."""
    return [
        {
            "pbx": record.pbx,
            "call_id": record.call_id,
            "ordinal": ordinal,
            **{name: getattr(record, name) for name in OF_THE_CALL},
            **{name: getattr(stay, name) for name in _STAY},
        }
        for ordinal, stay in enumerate(record.stays)
    ]


def step_rows(record: CallRecord) -> list[dict[str, Any]]:
    """The record's rows in `menu_steps`."""
    began: dict[str, datetime] = {}
    return [
        {
            "pbx": record.pbx,
            "call_id": record.call_id,
            "ordinal": ordinal,
            "entered_at": step.at,
            "seconds": (step.left_at - step.at).total_seconds() if step.left_at else None,
            "session_at": began.setdefault(step.menu, step.at),
            **{name: getattr(step, name) for name in _STEP},
        }
        for ordinal, step in enumerate(record.menu_path)
    ]


def task_rows(record: CallRecord) -> list[dict[str, Any]]:
    """The record's rows in `tasks`."""
    call = {"pbx": record.pbx, "call_id": record.call_id}
    return [{**call, **{name: getattr(task, name) for name in _TASK}} for task in record.tasks]


def record_of(
    call: Row[Any], stays: Sequence[Row[Any]], steps: Sequence[Row[Any]], tasks: Sequence[Row[Any]]
) -> CallRecord:
    """The record that was taken apart into these rows."""
    values = call._mapping
    return CallRecord(
        **{name: values[name] for name in _SCALARS},
        menu_path=[_step(step) for step in steps]
        or [_step_of_old(body) for body in values["menu_path"] or ()],
        tasks=[CallerTask(**{name: task._mapping[name] for name in _TASK}) for task in tasks],
        stays=[QueueStay(**{name: stay._mapping[name] for name in _STAY}) for stay in stays],
    )


def fact_row(journal: str, seq: int, fact: Fact) -> dict[str, Any]:
    """The fact's row in `call_facts`."""
    return {
        "pbx": fact.pbx,
        "journal": journal,
        "seq": seq,
        "call_id": call_of(fact),
        "at": fact.at,
        "kind": type(fact).__name__,
        "body": to_body(fact),
    }


def _step(row: Row[Any]) -> MenuStep:
    return MenuStep(at=row.entered_at, **{name: row._mapping[name] for name in _STEP})


def _step_of_old(body: Mapping[str, str]) -> MenuStep:
    """Of calls before `menu_steps` was there; a miss was a step of its own."""
    at, choice = datetime.fromisoformat(body["at"]), body["choice"]
    return MenuStep(
        at=at,
        node=body["node"],
        choice="" if choice in _MISSES else choice,
        no_input=int(choice == "no_input"),
        no_match=int(choice == "no_match"),
    )
