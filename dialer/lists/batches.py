"""What was read of a list in one go, and its form on the way between two processes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from dialer.lead import NewLead, Phone
from dialer.lists.lead_rows import GoodRow
from dialer.lists.refusals import ListFault, ListRefusedError, RefusedRow, RowFault


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows that follow each other in the file."""

    #: rows of the file up to here, this batch's included
    rows: int
    #: bytes of the file that were looked at for it
    bytes_read: int
    good: tuple[GoodRow, ...] = ()
    refused: tuple[RefusedRow, ...] = ()


def written_batch(batch: Batch) -> bytes:
    """The batch as JSON."""
    return _bytes(
        {
            "rows": batch.rows,
            "bytes": batch.bytes_read,
            "good": [_good_out(row) for row in batch.good],
            "refused": [_refused_out(row) for row in batch.refused],
        }
    )


def written_fault(error: ListRefusedError) -> bytes:
    """The file as a whole is refused."""
    return _bytes({"fault": error.fault, "line": error.line, "detail": error.detail})


def read_batch(written: bytes) -> Batch:
    """The batch again; raises `ListRefusedError` when that is what was written."""
    plain = json.loads(written)
    if "fault" in plain:
        fault = ListFault(plain["fault"])
        raise ListRefusedError(fault, line=plain["line"], detail=plain["detail"])
    return Batch(
        plain["rows"],
        plain["bytes"],
        tuple(map(_good_in, plain["good"])),
        tuple(map(_refused_in, plain["refused"])),
    )


def _bytes(plain: Mapping[str, Any]) -> bytes:
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":")).encode()


def _good_out(row: GoodRow) -> list[Any]:
    lead = row.lead
    phones = [[phone.number, phone.zone, phone.label] for phone in lead.phones]
    rest = [lead.name, lead.extra, lead.priority, lead.score, lead.external_id]
    left_out = [_refused_out(number) for number in row.left_out]
    return [row.line, phones, *rest, sorted(row.given), left_out, row.text]


def _good_in(plain: list[Any]) -> GoodRow:
    line, phones, name, extra, priority, score, external_id, given, left_out, text = plain
    (number, zone, label), *others = phones
    lead = NewLead(
        number=number,
        name=name,
        extra=extra,
        zone=zone,
        label=label,
        others=tuple(Phone(*other) for other in others),
        priority=priority,
        score=score,
        external_id=external_id,
    )
    return GoodRow(line, lead, frozenset(given), tuple(map(_refused_in, left_out)), text)


def _refused_out(row: RefusedRow) -> dict[str, Any]:
    return asdict(row)


def _refused_in(plain: Mapping[str, Any]) -> RefusedRow:
    return RefusedRow(**{**plain, "fault": RowFault(plain["fault"])})
