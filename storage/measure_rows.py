"""Measures as rows of their tables, and back: which column has which count, how it is summed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any, Generic, TypeVar

from sqlalchemy import BigInteger, Column, ColumnElement, RowMapping, Table, cast, func

from monitoring.agent_counts import AgentCounts
from monitoring.campaign_counts import CampaignCounts
from monitoring.queue_counts import QueueCounts
from monitoring.wait_histogram import BANDS
from storage.tables import agent_quarters, campaign_quarters, queue_quarters

C = TypeVar("C", QueueCounts, AgentCounts, CampaignCounts)

#: the only count of which the greatest is told, not the sum
_GREATEST = "longest_wait_ms"
_BANDS = {"answered_bands": "answered_band_", "abandoned_bands": "abandoned_band_"}


class Kind(StrEnum):
    """Of what there are measures."""

    QUEUE = "queue"
    AGENT = "agent"
    CAMPAIGN = "campaign"


def _layout(counts: type[Any], keyed: str) -> list[tuple[str, int]]:
    """The counts in the order of their columns, each with its number of bands, 0: none."""
    names = [one.name for one in fields(counts) if one.name != keyed]
    return [(name, BANDS if name in _BANDS else 0) for name in names]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure(Generic[C]):
    """One table of measures: whose counts it has, and in which columns."""

    kind: Kind
    table: Table
    subject: Column[Any]
    counts: type[C]
    layout: list[tuple[str, int]]
    #: the count that is told by keys: {key: how many}
    keyed: str = ""

    def names(self) -> list[str]:
        """The columns that are summed."""
        return [
            f"{_BANDS[name]}{band}" if bands else name
            for name, bands in self.layout
            for band in range(bands or 1)
        ]

    def sums(self) -> list[ColumnElement[int]]:
        """What is selected to add several rows up."""
        columns = self.table.columns
        return [
            (func.max if name == _GREATEST else func.sum)(columns[name]).label(name)
            for name in self.names()
        ]

    def row(self, counts: C) -> dict[str, Any]:
        """The counts as values of columns."""
        found: dict[str, Any] = {}
        for one in fields(self.counts):
            value = getattr(counts, one.name)
            if one.name in _BANDS:
                found |= {f"{_BANDS[one.name]}{band}": n for band, n in enumerate(value)}
            else:
                # in order, so that what is the same is written the same
                found[one.name] = dict(sorted(value.items())) if one.name == self.keyed else value
        return found

    def read(self, row: RowMapping, keyed: Mapping[str, int] | None = None) -> C:
        """The counts of a row, or of a sum of rows."""
        return self.of_values([row[name] for name in self.names()], keyed)

    def of_values(self, values: Sequence[Any], keyed: Mapping[str, int] | None = None) -> C:
        """The counts whose values are those of `names`, in their order."""
        found: dict[str, Any] = {self.keyed: dict(keyed or {})} if self.keyed else {}
        at = 0
        for name, bands in self.layout:
            if bands:
                found[name] = [int(value) for value in values[at : at + bands]]
            else:
                found[name] = int(values[at])
            at += bands or 1
        return self.counts(**found)

    def pairs(self, dialect: str) -> tuple[Any, ColumnElement[str], ColumnElement[int]]:
        """The keyed count taken apart by the database: what to join, the key, the sum."""
        column = self.table.columns[self.keyed]
        each = func.json_each if dialect == "sqlite" else func.json_each_text
        pairs = each(column).table_valued("key", "value", name="pairs")
        return pairs, pairs.c.key, func.sum(cast(pairs.c.value, BigInteger))


QUEUES = Measure(
    kind=Kind.QUEUE,
    table=queue_quarters,
    subject=queue_quarters.c.queue,
    counts=QueueCounts,
    layout=_layout(QueueCounts, ""),
)
AGENTS = Measure(
    kind=Kind.AGENT, table=agent_quarters, subject=agent_quarters.c.agent, counts=AgentCounts,
    layout=_layout(AgentCounts, "pauses"), keyed="pauses",
)  # fmt: skip
CAMPAIGNS = Measure(
    kind=Kind.CAMPAIGN, table=campaign_quarters, subject=campaign_quarters.c.campaign_id,
    counts=CampaignCounts, layout=_layout(CampaignCounts, "outcomes"), keyed="outcomes",
)  # fmt: skip
