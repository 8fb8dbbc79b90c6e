"""What becomes of the rows of a list in a campaign that has people already. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from dialer.lead import Phone
from dialer.lists.batches import Batch
from dialer.lists.lead_rows import GoodRow
from dialer.lists.refusals import RefusedRow, RowFault


class Mode(StrEnum):
    """What is done with a row whose number the campaign has already."""

    #: it stays as it is
    SKIP = "skip"
    #: the lead is brought up to date; what happened to it stays
    MERGE = "merge"
    #: the row is refused
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class Fresh:
    """A new lead with those of its numbers that are nobody else's."""

    row: GoodRow
    phones: tuple[Phone, ...]


@dataclass(frozen=True, slots=True)
class Merged:
    """A lead that is there, and the numbers it did not have."""

    lead_id: int
    row: GoodRow
    phones: tuple[Phone, ...]


@dataclass(slots=True)
class Settled:
    """What is to be written for a batch."""

    fresh: list[Fresh] = field(default_factory=list)
    merged: list[Merged] = field(default_factory=list)
    already_there: int = 0
    refused: list[RefusedRow] = field(default_factory=list)

    @property
    def refused_rows(self) -> int:
        """Rows that became nothing; numbers left out are no rows."""
        return sum(not row.kept for row in self.refused)


#: a number that this very batch brings
_OF_THIS_BATCH = -1


def settled(batch: Batch, mode: Mode, known: Mapping[str, int]) -> Settled:
    """What becomes of the batch; `known` are the leads that have one of its numbers already.

    Whose lead a row is, its first number tells. A second number that another lead has is left out:
    nobody is to be dialed twice for it.
    """
    taken = dict(known)
    found = Settled(refused=list(batch.refused))
    for row in batch.good:
        lead = row.lead
        owner = taken.get(lead.number)
        if owner is not None and mode is Mode.REFUSE:
            found.refused.append(
                RefusedRow(
                    row.line, lead.label, RowFault.ALREADY_THERE, f"+{lead.number}", row=row.text
                )
            )
            continue
        found.refused += row.left_out
        if owner is not None and (mode is Mode.SKIP or owner == _OF_THIS_BATCH):
            found.already_there += 1
            continue
        phones: list[Phone] = []
        for phone in lead.phones:
            other = taken.get(phone.number)
            if other is None:
                taken[phone.number] = owner or _OF_THIS_BATCH
                phones.append(phone)
            elif other != owner and all(phone.number != kept.number for kept in phones):
                found.refused.append(_left_out(row, phone))
        if owner is None:
            found.fresh.append(Fresh(row, tuple(phones)))
        else:
            found.merged.append(Merged(owner, row, tuple(phones)))
    return found


def _left_out(row: GoodRow, phone: Phone) -> RefusedRow:
    return RefusedRow(
        row.line, phone.label, RowFault.ALREADY_THERE, f"+{phone.number}", kept=True, row=row.text
    )
