"""Call records and facts as rows, and back; and which of two versions of a record is the newer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row

from calls.events import Fact, to_body
from monitoring.folding import call_of
from monitoring.record import CallRecord, MenuStep, QueueStay

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
}
#: fields that are rows, or text, of their own
_PARTS = {"menu_path", "stays"}
_SCALARS = [field.name for field in fields(CallRecord) if field.name not in _PARTS]
_STAY = [field.name for field in fields(QueueStay)]


def version(record: CallRecord) -> tuple[int, float, bool]:
    """How far a record got: grows with every fact, so that of two versions the newer is greater.

    First how much is known (an ended call outweighs any open one), then the time on hold, then
    whether the customer is on hold: holds come and go without anything else changing.
    """
    return progress(record), record.hold_seconds, record.held_since is not None


def progress(record: CallRecord) -> int:
    """How many fields are known, holds left out."""
    parts: list[CallRecord | MenuStep | QueueStay] = [record, *record.menu_path, *record.stays]
    known = sum(_filled(part) for part in parts)
    return known + (_ENDED if record.ended_at is not None else 0)


def _filled(part: CallRecord | MenuStep | QueueStay) -> int:
    names = (field.name for field in fields(part) if field.name not in _NOT_COUNTED)
    return sum(getattr(part, name) not in (None, "", 0.0, []) for name in names)


def call_row(record: CallRecord) -> dict[str, Any]:
    """The record's row in `calls`."""
    row: dict[str, Any] = {name: getattr(record, name) for name in _SCALARS}
    row["menu_path"] = [_step_body(step) for step in record.menu_path] or None
    row["progress"] = progress(record)
    return row


def stay_rows(record: CallRecord) -> list[dict[str, Any]]:
    """The record's rows in `queue_stays`."""
    return [
        {
            "pbx": record.pbx,
            "call_id": record.call_id,
            "ordinal": ordinal,
            **{name: getattr(stay, name) for name in _STAY},
        }
        for ordinal, stay in enumerate(record.stays)
    ]


def record_of(call: Row[Any], stays: list[Row[Any]]) -> CallRecord:
    """The record that was taken apart into these rows."""
    values = call._mapping
    return CallRecord(
        **{name: values[name] for name in _SCALARS},
        menu_path=[_step(body) for body in values["menu_path"] or ()],
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


def _step_body(step: MenuStep) -> dict[str, str]:
    if step.at.tzinfo is None:
        raise ValueError(f"a time without a zone cannot be stored: {step.at.isoformat()}")
    return {"at": step.at.astimezone(UTC).isoformat(), "node": step.node, "choice": step.choice}


def _step(body: Mapping[str, str]) -> MenuStep:
    at = datetime.fromisoformat(body["at"])
    return MenuStep(at=at, node=body["node"], choice=body["choice"])
