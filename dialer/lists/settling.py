"""What becomes of the rows of a list in a campaign that has people already. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
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
    #: the first of these is called from now on: the owner of the list gives this person another
    moved: bool = False


@dataclass(slots=True)
class Settled:
    """What is to be written for a batch."""

    fresh: list[Fresh] = field(default_factory=list)
    merged: list[Merged] = field(default_factory=list)
    already_there: int = 0
    #: rows that became one new lead together with a row before them
    merged_in_batch: int = 0
    refused: list[RefusedRow] = field(default_factory=list)

    @property
    def refused_rows(self) -> int:
        """Rows that became nothing; numbers left out are no rows."""
        return sum(not row.kept for row in self.refused)


def _new(index: int) -> int:
    """Whose a number is that this very batch brings: a lead that has no id yet."""
    return -1 - index


def settled(
    batch: Batch,
    mode: Mode,
    known: Mapping[str, int],
    by_external_id: Mapping[str, int] | None = None,
) -> Settled:
    """What becomes of the batch; `known` are the leads that have one of its numbers already.

    Whose lead a row is, its first number tells; when merging, before that, the id by which the
    owner of the list calls the person (`by_external_id`). A number that another lead has is left
    out: nobody is to be dialed twice for it.
    """
    taken = dict(known)
    called = dict(by_external_id or {}) if mode is Mode.MERGE else None
    found = Settled(refused=list(batch.refused))
    for row in batch.good:
        lead = row.lead
        named = called.get(lead.external_id) if called is not None and lead.external_id else None
        owner = taken.get(lead.number) if named is None else named
        if owner is not None and mode is Mode.REFUSE:
            found.refused.append(
                RefusedRow(
                    row.line, lead.label, RowFault.ALREADY_THERE, f"+{lead.number}", row=row.text
                )
            )
            continue
        found.refused += row.left_out
        if owner is not None and (mode is Mode.SKIP or (owner < 0 and named is None)):
            found.already_there += 1
            continue
        whose = _new(len(found.fresh)) if owner is None else owner
        phones: list[Phone] = []
        for phone in lead.phones:
            other = taken.get(phone.number)
            if other is None:
                taken[phone.number] = whose
                phones.append(phone)
            elif other != whose and all(phone.number != kept.number for kept in phones):
                found.refused.append(_left_out(row, phone))
        moved = named is not None and bool(phones) and phones[0].number == lead.number
        if owner is None:
            if called is not None and lead.external_id:
                called[lead.external_id] = whose
            found.fresh.append(Fresh(row, tuple(phones)))
        elif owner < 0:
            at = -1 - owner
            found.fresh[at] = _joined(found.fresh[at], row, phones, moved=moved)
            found.merged_in_batch += 1
        else:
            found.merged.append(Merged(owner, row, tuple(phones), moved))
    return found


def _joined(first: Fresh, row: GoodRow, phones: list[Phone], *, moved: bool) -> Fresh:
    """One person of whom two rows of a batch speak: as if the first had been written before."""
    old, new = first.row.lead, row.lead
    every = (*phones, *first.phones) if moved else (*first.phones, *phones)
    lead = replace(
        old,
        number=every[0].number,
        zone=every[0].zone,
        label=every[0].label,
        others=every[1:],
        name=new.name or old.name,
        extra={**old.extra, **new.extra},
        priority=new.priority if "priority" in row.given else old.priority,
        score=new.score if "score" in row.given else old.score,
    )
    return Fresh(replace(first.row, lead=lead), every)


def _left_out(row: GoodRow, phone: Phone) -> RefusedRow:
    return RefusedRow(
        row.line, phone.label, RowFault.ALREADY_THERE, f"+{phone.number}", kept=True, row=row.text
    )
