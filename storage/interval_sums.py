"""Measures summed up for each of a few intervals at once, by the database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, case, literal, select, true

from monitoring.intervals import Stretch
from storage.measure_rows import C, Measure


@dataclass(frozen=True, slots=True)
class SummedRows:
    """What the database answered: sums by place and subject, and those that are told by keys."""

    sums: Sequence[Row[Any]]
    keyed: Sequence[Row[Any]]


def interval_sums(
    connection: Connection,
    measure: Measure[Any],
    where: Sequence[ColumnElement[bool]],
    intervals: Sequence[Stretch],
) -> SummedRows:
    """Of each interval, the sums of each subject that has something in it, as rows.

    Intervals are in order and follow each other; `where` chooses rows and need not say when.
    """
    quarter = measure.table.c.quarter
    then = [*where, quarter >= intervals[0].since, quarter < intervals[-1].until]
    place, subject = _place(measure, intervals), measure.subject.label("subject")

    def rows(statement: Select[Any]) -> Sequence[Row[Any]]:
        return connection.execute(statement.where(*then)).all()

    keyed: Sequence[Row[Any]] = ()
    if measure.keyed:
        pairs, key, total = measure.pairs(connection.dialect.name)
        apart = (
            select(place, subject, key.label("name"), total.label("total"))
            .select_from(measure.table)
            .join(pairs, true())
            .group_by("place", measure.subject, key)
        )
        keyed = rows(apart)
    sums = select(place, subject, *measure.sums()).group_by("place", measure.subject)
    return SummedRows(rows(sums), keyed)


def counts_of(measure: Measure[C], rows: SummedRows, intervals: int) -> list[dict[str, C]]:
    """Of each of so many intervals, the counts by subject; of many it takes a while."""
    keyed: dict[tuple[int, str], dict[str, int]] = {}
    for row in rows.keyed:
        keyed.setdefault((row.place, row.subject), {})[row.name] = int(row.total)
    found: list[dict[str, C]] = [{} for _ in range(intervals)]
    for row in rows.sums:
        there = keyed.get((row.place, row.subject))
        found[row.place][row.subject] = measure.read(row._mapping, there)
    return found


def _place(measure: Measure[Any], intervals: Sequence[Stretch]) -> ColumnElement[int]:
    """Which of the intervals a row is in, from 0."""
    quarter = measure.table.c.quarter
    # numbers written out: as parameters PostgreSQL would not see that they are the same twice
    ends = [
        (quarter < each.until, literal(at, literal_execute=True))
        for at, each in enumerate(intervals)
    ]
    return case(*ends).label("place")
