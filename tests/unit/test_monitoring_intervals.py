"""Quarters, hours and days by a zone's clocks, and settings that begin in the middle of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from monitoring.intervals import Interval, Stretch, cut, intervals, is_quarter, next_quarter
from monitoring.quarters import QUARTER
from monitoring.queue_setting import USUAL, QueueSetting, changes, in_force
from monitoring.service_level import Method

SANTIAGO, KOLKATA = ZoneInfo("America/Santiago"), ZoneInfo("Asia/Kolkata")
MADRID, LORD_HOWE = ZoneInfo("Europe/Madrid"), ZoneInfo("Australia/Lord_Howe")


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def quarters(stretch: Stretch) -> float:
    return (stretch.until - stretch.since) / QUARTER


@pytest.mark.parametrize(
    ("zone", "since", "days"),
    [
        # clocks go forward at midnight: the day begins at 01:00
        (SANTIAGO, "2026-09-05T04:00", [96, 92, 96]),
        # and back at midnight
        (SANTIAGO, "2026-04-04T03:00", [100, 96, 96]),
        (MADRID, "2026-03-28T23:00", [92, 96, 96]),
        (MADRID, "2026-10-24T22:00", [100, 96, 96]),
        # by half an hour
        (LORD_HOWE, "2026-10-03T13:30", [94, 96, 96]),
    ],
)
def test_local_days_have_as_many_quarters_as_they_last(
    zone: ZoneInfo, since: str, days: list[int]
) -> None:
    begin = moment(since)
    whole = Stretch(begin, begin + QUARTER * sum(days))
    found = intervals(whole, Interval.DAY, zone)
    assert [quarters(day) for day in found] == days
    for day in found[1:]:
        there = day.since.astimezone(zone)
        assert there.date() > (day.since - QUARTER).astimezone(zone).date()
    hours = intervals(whole, Interval.HOUR, zone)
    assert (hours[0].since, hours[-1].until) == (whole.since, whole.until)
    assert all(one.until == other.since for one, other in pairwise(hours))
    assert len(intervals(whole, Interval.QUARTER, zone)) == sum(days)


def test_an_hour_that_comes_twice_is_two_intervals() -> None:
    back = Stretch(moment("2026-10-25T00:00"), moment("2026-10-25T03:00"))
    hours = intervals(back, Interval.HOUR, MADRID)
    assert [hour.since.astimezone(MADRID).hour for hour in hours] == [2, 2, 3]
    assert [quarters(hour) for hour in hours] == [4, 4, 4]


def test_hours_of_half_hour_zones_begin_at_the_half_hour() -> None:
    morning = Stretch(moment("2026-03-01T12:00"), moment("2026-03-01T14:00"))
    hours = intervals(morning, Interval.HOUR, KOLKATA)
    assert [quarters(hour) for hour in hours] == [2, 4, 2]
    assert hours[1].since.astimezone(KOLKATA).minute == 0


def test_a_stretch_that_begins_within_a_day_is_cut_there() -> None:
    some = Stretch(moment("2026-03-01T20:15"), moment("2026-03-02T06:00"))
    days = intervals(some, Interval.DAY, ZoneInfo("America/Bogota"))
    assert days == [
        Stretch(some.since, moment("2026-03-02T05:00")),
        Stretch(moment("2026-03-02T05:00"), some.until),
    ]
    assert intervals(some, Interval.NONE, ZoneInfo("UTC")) == [some]
    assert some.since in some
    assert some.until not in some


def test_quarters_are_told_from_other_moments() -> None:
    assert is_quarter(moment("2026-03-01T12:45"))
    assert not is_quarter(moment("2026-03-01T12:45:00.000001"))
    assert next_quarter(moment("2026-03-01T12:45")) == moment("2026-03-01T12:45")
    assert next_quarter(moment("2026-03-01T12:45:01")) == moment("2026-03-01T13:00")


# --- settings with a date --------------------------------------------------------------------

FIRST = QueueSetting(method=Method.OFFERED, seconds=30, valid_from=moment("2026-03-01T12:20"))
SECOND = QueueSetting(method=Method.POSITIVE, seconds=60, valid_from=moment("2026-03-02T00:00"))


def test_a_setting_counts_from_its_moment_on() -> None:
    both = [FIRST, SECOND]
    assert in_force(both, moment("2026-03-01T12:19")) == USUAL
    assert in_force(both, moment("2026-03-01T12:20")) == FIRST
    assert in_force(both, moment("2026-03-01T23:59")) == FIRST
    assert in_force(both, moment("2026-03-02T00:00")) == SECOND
    assert in_force([], moment("2026-03-02T00:00")) == USUAL
    always = QueueSetting(seconds=45)
    assert in_force([always], moment("1999-01-01T00:00")) == always


def test_quarters_are_told_by_the_setting_in_force_when_they_began() -> None:
    moments = changes([[FIRST, SECOND], [QueueSetting(seconds=15)]])
    assert moments == [moment("2026-03-01T12:30"), moment("2026-03-02T00:00")]
    day = Stretch(moment("2026-03-01T12:00"), moment("2026-03-02T12:00"))
    pieces = cut(day, moments)
    assert [in_force([FIRST, SECOND], piece.since) for piece in pieces] == [USUAL, FIRST, SECOND]
    assert sum((piece.until - piece.since for piece in pieces), timedelta()) == timedelta(days=1)
    assert cut(Stretch(moments[0], moments[1]), moments) == [Stretch(moments[0], moments[1])]


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"seconds": 25}, "edge"),
        ({"seconds": 0}, "nobody answers"),
        ({"short_seconds": 6}, "edge"),
        ({"goal": 101}, "hundred"),
        ({"goal": -1}, "hundred"),
    ],
)
def test_a_setting_that_bands_cannot_tell_is_refused(values: dict[str, int], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        QueueSetting(**values)  # type: ignore[arg-type]  # the method is not among them
