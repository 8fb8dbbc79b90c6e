"""What is older than the rules want it kept: counted, and removed a little at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Delete,
    Select,
    Update,
    delete,
    func,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.sql.dml import ReturningUpdate

from dialer.retention import Keeping, audit_before
from storage.call_recordings import CallRecordingStore, OfAge, old_call_recordings
from storage.database import Database
from storage.old_calls import with_persons, without_persons
from storage.recordings import RecordingStore, old_recordings
from storage.tables import (
    attempts,
    audit,
    import_refusals,
    imports,
    pacing_notes,
    rulings,
    tickets,
)

#: rows of one transaction: the one writer is free again within some milliseconds
_AT_ONCE = 1000


class Part(StrEnum):
    """What goes."""

    RULINGS = "rulings"
    PACING_NOTES = "pacing_notes"
    #: their numbers: the attempts themselves are counted for ever
    ATTEMPTS = "attempts"
    IMPORT_REFUSALS = "import_refusals"
    AUDIT = "audit"
    #: messages of callers: their sound and their number
    RECORDINGS = "recordings"
    #: recorded talks: their sound
    CALL_RECORDINGS = "call_recordings"
    #: whose they were: the calls themselves are counted for ever
    CALLS = "calls"
    #: of closed ones number and account; what became of them stays
    TICKETS = "tickets"


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """Rows of one table that may go, because they are of before a moment."""

    part: Part
    #: "": of no campaign
    campaign_id: str
    #: by which preset; "": by that of whoever keeps longest
    preset: str
    before: datetime
    rows: int
    #: nothing is left of before this
    since: datetime | None = None
    #: which recorded talks
    talks: OfAge | None = None


class RetentionStore:
    """Counts what is due and removes it."""

    def __init__(
        self, database: Database, recordings: RecordingStore, talks: CallRecordingStore
    ) -> None:
        self._database = database
        self._recordings = recordings
        self._talks = talks

    async def due(
        self,
        keepings: Sequence[Keeping],
        recordings_before: datetime | None = None,
        talks: Sequence[OfAge] = (),
        callers_before: datetime | None = None,
    ) -> list[Due]:
        """What may go, by campaign and table; what is nothing is left out."""
        found = []
        parts = _parts(keepings)
        if recordings_before is not None:
            parts.append((Part.RECORDINGS, "", "", recordings_before))
        if callers_before is not None:
            parts += [(part, "", "", callers_before) for part in (Part.CALLS, Part.TICKETS)]
        for part, campaign_id, preset, before in parts:
            statement = select(func.count()).select_from(_old(part, campaign_id, before).subquery())
            (row,) = await self._database.rows(statement)
            if row[0]:
                due = Due(
                    part=part, campaign_id=campaign_id, preset=preset, before=before, rows=row[0]
                )
                found.append(due)
        for each in talks:
            statement = select(func.count()).select_from(old_call_recordings(each).subquery())
            (row,) = await self._database.rows(statement)
            if row[0]:
                due = Due(
                    part=Part.CALL_RECORDINGS, campaign_id=each.campaign_id, preset="",
                    before=each.before, rows=row[0], talks=each,
                )  # fmt: skip
                found.append(due)
        return found

    async def remove(self, due: Due) -> tuple[int, Due]:
        """Remove some of it in one transaction: how many rows (0: nothing is left), what to go on
        with."""
        if due.part is Part.RECORDINGS:
            return await self._recordings.let_go(due.before), due
        if due.talks is not None:
            return await self._talks.let_go(due.talks), due

        def write(connection: Connection) -> tuple[int, Due]:
            if due.part is Part.CALLS:
                count, since = without_persons(connection, due.campaign_id, due.before, due.since)
                return count, replace(due, since=since)
            if due.part is not Part.ATTEMPTS:
                return connection.execute(_removal(due)).rowcount, due
            # they stay, so that the next ones would be looked for behind them
            moments = connection.execute(_without_numbers(due)).scalars().all()
            return len(moments), replace(due, since=max(moments, default=due.since))

        return await self._database.write(write)


def _parts(
    keepings: Sequence[Keeping],
) -> list[tuple[Part, str, str, datetime]]:
    found = []
    for each in keepings:
        for part, before in (
            (Part.RULINGS, each.evidence_before),
            (Part.PACING_NOTES, each.evidence_before),
            (Part.ATTEMPTS, each.attempts_before),
            (Part.IMPORT_REFUSALS, each.records_before),
            # their number is the attempt's
            (Part.CALLS, each.attempts_before),
        ):
            if before is not None:
                found.append((part, each.campaign_id, each.preset, before))
    if (before := audit_before(keepings)) is not None:
        found.append((Part.AUDIT, "", "", before))
    return found


def _old(part: Part, campaign_id: str, before: datetime) -> Select[Any]:
    """SELECT the keys of the rows that may go."""
    match part:
        case Part.RULINGS:
            return select(rulings.c.id).where(
                rulings.c.campaign_id == campaign_id, rulings.c.at < before
            )
        case Part.PACING_NOTES:
            return select(pacing_notes.c.id).where(
                pacing_notes.c.campaign_id == campaign_id, pacing_notes.c.decided_at < before
            )
        case Part.ATTEMPTS:
            return select(attempts.c.id).where(
                attempts.c.campaign_id == campaign_id,
                attempts.c.intended_at < before,
                attempts.c.ended_at.is_not(None),
                attempts.c.number != "",
            )
        case Part.IMPORT_REFUSALS:
            ended = select(imports.c.id).where(
                imports.c.campaign_id == campaign_id, imports.c.ended_at < before
            )
            return select(*_REFUSAL).where(import_refusals.c.import_id.in_(ended))
        case Part.AUDIT:
            return select(audit.c.id).where(audit.c.at < before)
        case Part.RECORDINGS:
            return old_recordings(before)
        case Part.CALL_RECORDINGS:
            return old_call_recordings(OfAge(before=before, campaign_id=campaign_id))
        case Part.CALLS:
            return with_persons(campaign_id, before)
        case Part.TICKETS:
            said = or_(tickets.c.phone != "", tickets.c.account != "")
            return select(tickets.c.number).where(tickets.c.ended_at < before, said)


_REFUSAL = (import_refusals.c.import_id, import_refusals.c.line, import_refusals.c.column)


def _removal(due: Due) -> Delete | Update:
    some = _old(due.part, due.campaign_id, due.before).limit(_AT_ONCE)
    if due.part is Part.TICKETS:
        return update(tickets).where(tickets.c.number.in_(some)).values(phone="", account="")
    table, key = _KEYS[due.part]
    return delete(table).where(key.in_(some))


def _without_numbers(due: Due) -> ReturningUpdate[Any]:
    some = _old(due.part, due.campaign_id, due.before).order_by(attempts.c.intended_at)
    if due.since is not None:
        some = some.where(attempts.c.intended_at >= due.since)
    without = update(attempts).where(attempts.c.id.in_(some.limit(_AT_ONCE))).values(number="")
    return without.returning(attempts.c.intended_at)


_KEYS: dict[Part, tuple[Any, ColumnElement[Any]]] = {
    Part.RULINGS: (rulings, rulings.c.id),
    Part.PACING_NOTES: (pacing_notes, pacing_notes.c.id),
    Part.IMPORT_REFUSALS: (import_refusals, tuple_(*_REFUSAL)),
    Part.AUDIT: (audit, audit.c.id),
}
