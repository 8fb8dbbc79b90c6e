"""Quarters of an hour: every moment is in one, and a local day is a row of whole ones."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitoring.quarters import QUARTER, day_of, pieces, quarter_of, quarters

_MOMENTS = st.timedeltas(timedelta(0), timedelta(days=3650)).map(
    lambda since: datetime(2020, 1, 1, tzinfo=UTC) + since
)


@given(_MOMENTS)
def test_a_moment_is_in_the_quarter_that_began_last(moment: datetime) -> None:
    quarter = quarter_of(moment)
    assert quarter <= moment < quarter + QUARTER
    assert quarter.minute % 15 == quarter.second == quarter.microsecond == 0


def test_a_border_belongs_to_the_quarter_it_begins() -> None:
    border = datetime(2026, 3, 1, 12, 15, tzinfo=UTC)
    assert quarter_of(border) == border
    assert quarter_of(border - timedelta(microseconds=1)) == border - QUARTER
    assert list(quarters(border, border)) == []
    assert list(quarters(border, border + QUARTER)) == [border]


def test_a_moment_of_another_zone_is_in_the_quarter_of_its_moment() -> None:
    nepal = datetime(2026, 3, 1, 17, 50, tzinfo=ZoneInfo("Asia/Kathmandu"))
    assert quarter_of(nepal) == datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@given(_MOMENTS, st.timedeltas(timedelta(0), timedelta(days=2)))
def test_pieces_are_what_was_cut(start: datetime, length: timedelta) -> None:
    end = start + length
    cut = list(pieces(start, end))
    assert sum((until - since for _, since, until in cut), timedelta()) == length
    assert [since for _, since, _ in cut[1:]] == [until for _, _, until in cut[:-1]]
    assert all(quarter_of(since) == quarter for quarter, since, _ in cut)


@pytest.mark.parametrize(
    ("day", "zone", "count"),
    [
        (date(2026, 3, 1), "America/Bogota", 96),
        (date(2026, 9, 6), "America/Santiago", 92),  # clocks go forward at midnight
        (date(2026, 4, 4), "America/Santiago", 100),  # and back
        (date(2026, 3, 29), "Europe/Madrid", 92),
        (date(2026, 10, 25), "Europe/Madrid", 100),
        (date(2026, 3, 1), "Asia/Kathmandu", 96),  # 5:45 beside UTC
    ],
)
def test_a_local_day_is_a_row_of_whole_quarters(day: date, zone: str, count: int) -> None:
    begins, ends = day_of(day, ZoneInfo(zone))
    assert quarter_of(begins) == begins
    assert quarter_of(ends) == ends
    assert len(list(quarters(begins, ends))) == count
    assert day_of(day + timedelta(days=1), ZoneInfo(zone))[0] == ends
