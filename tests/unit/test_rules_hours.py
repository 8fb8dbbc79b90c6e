"""Windows of the wall clock: gaps, overlaps, holidays, the turn of a year, the next opening."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from almanac.holiday import holidays_of, known
from dialer.rules.hours import Closed, OpenHours
from dialer.rules.place import Place, place_from, whole_country
from dialer.rules.sections import HoursRule
from dialer.rules.wall_clock import date_of, day_begins, local_day, pieces, zoned

WEEKDAYS = ["mon", "tue", "wed", "thu", "fri"]
EVERY_DAY = [*WEEKDAYS, "sat", "sun"]


def rule(begin: str, end: str, days: list[str] | None = None, **more: object) -> HoursRule:
    """One window, on every day unless said otherwise."""
    window = {"days": days or EVERY_DAY, "from": begin, "to": end}
    return HoursRule.model_validate({"windows": [window], "holidays": "as_weekday"} | more)


def utc(text: str) -> dt.datetime:
    """As 2026-11-22T15:00."""
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


NEW_YORK = place_from("America/New_York")
BOGOTA = place_from("America/Bogota")


def opened(hours: OpenHours, place: Place, begin: str, minutes: int) -> list[int]:
    """Which of the minutes after an instant are open."""
    start = utc(begin)
    return [
        minute
        for minute in range(minutes)
        if hours.is_open(start + dt.timedelta(minutes=minute), place)
    ]


def test_a_window_includes_its_first_instant_and_not_its_last() -> None:
    hours = OpenHours([rule("07:00", "19:00", WEEKDAYS)], "CO")
    assert not hours.is_open(utc("2026-11-23T11:59:59.999999"), BOGOTA)
    assert hours.is_open(utc("2026-11-23T12:00"), BOGOTA)
    assert hours.is_open(utc("2026-11-23T23:59:59.999999"), BOGOTA)
    assert not hours.is_open(utc("2026-11-24T00:00"), BOGOTA)


def test_a_window_in_the_hour_that_is_left_out_opens_never_or_when_the_clock_has_jumped() -> None:
    # New York, 2026-03-08: at 07:00 UTC the clock goes from 02:00 to 03:00.
    assert (
        opened(OpenHours([rule("02:00", "03:00")], "US"), NEW_YORK, "2026-03-08T06:00", 120) == []
    )
    half = OpenHours([rule("02:30", "03:10")], "US")
    assert opened(half, NEW_YORK, "2026-03-08T06:00", 120) == list(range(60, 70))
    assert half.next_open(utc("2026-03-08T05:00"), NEW_YORK) == utc("2026-03-08T07:00")


def test_in_the_hour_that_comes_twice_both_passes_count_by_the_clock() -> None:
    # New York, 2026-11-01: at 06:00 UTC the clock goes from 02:00 back to 01:00.
    hours = OpenHours([rule("01:15", "01:30")], "US")
    both = [*range(15, 30), *range(75, 90)]
    assert opened(hours, NEW_YORK, "2026-11-01T05:00", 120) == both
    assert hours.next_open(utc("2026-11-01T05:31"), NEW_YORK) == utc("2026-11-01T06:15")


def test_midnight_may_be_left_out_or_come_back() -> None:
    santiago = place_from("America/Santiago")
    night = OpenHours([rule("00:00", "01:00", ["sun"])], "CL")
    # 2026-09-06, a Sunday, begins at 01:00: the window never opens.
    assert opened(night, santiago, "2026-09-06T03:00", 180) == []
    saturday = OpenHours([rule("23:00", "24:00", ["sat"])], "CL")
    # 2026-04-04, a Saturday, has its last hour twice.
    assert len(opened(saturday, santiago, "2026-04-05T00:00", 300)) == 120


def test_several_zones_are_open_together_or_not_at_all() -> None:
    hours = OpenHours([rule("09:00", "20:00")], "EC")
    ecuador = whole_country("EC")  # Guayaquil is an hour ahead of Galapagos
    assert hours.next_open(utc("2026-11-23T10:00"), ecuador) == utc("2026-11-23T15:00")
    assert hours.is_open(utc("2026-11-24T00:59"), ecuador)
    assert not hours.is_open(utc("2026-11-24T01:00"), ecuador)
    assert hours.closed_by(utc("2026-11-24T01:00"), "Pacific/Galapagos") == frozenset()
    assert hours.closed_by(utc("2026-11-24T01:00"), "America/Guayaquil") == {Closed.OUTSIDE_HOURS}


def test_zones_whose_hours_never_meet_never_open() -> None:
    far = place_from("America/Bogota,Asia/Kathmandu")
    hours = OpenHours([rule("12:00", "13:00")], "US")
    assert hours.next_open(utc("2026-11-23T10:00"), far) is None


def test_every_rule_has_to_be_open() -> None:
    hours = OpenHours([rule("08:00", "12:00"), rule("10:00", "18:00")], "CO")
    assert opened(hours, BOGOTA, "2026-11-23T13:00", 600) == list(range(120, 240))


@pytest.mark.parametrize(
    ("holidays", "open_at_ten", "open_at_noon"),
    [("closed", False, False), ("as_sunday", False, True), ("as_weekday", True, True)],
)
def test_what_a_holiday_does(holidays: str, open_at_ten: bool, open_at_noon: bool) -> None:
    windows = [
        {"days": WEEKDAYS, "from": "09:00", "to": "18:00"},
        {"days": ["sun"], "from": "12:00", "to": "13:00"},
    ]
    hours = OpenHours([HoursRule.model_validate({"windows": windows, "holidays": holidays})], "CO")
    # 2026-12-08, a Tuesday, is a holiday in Colombia.
    assert hours.is_open(utc("2026-12-08T15:00"), BOGOTA) is open_at_ten
    assert hours.is_open(utc("2026-12-08T17:00"), BOGOTA) is open_at_noon
    expected = frozenset() if open_at_ten else {Closed.HOLIDAY}
    assert hours.closed_by(utc("2026-12-08T15:00"), "America/Bogota") == expected
    assert hours.closed_by(utc("2026-12-08T05:00"), "America/Bogota") == {Closed.OUTSIDE_HOURS}


def test_days_the_operator_closes_are_closed_whatever_holidays_do() -> None:
    hours = OpenHours([rule("09:00", "18:00", closed_days=["2026-11-24"])], "CO")
    assert hours.is_open(utc("2026-11-23T15:00"), BOGOTA)
    assert not hours.is_open(utc("2026-11-24T15:00"), BOGOTA)
    assert hours.closed_by(utc("2026-11-24T15:00"), "America/Bogota") == {Closed.HOLIDAY}
    assert hours.next_open(utc("2026-11-24T15:00"), BOGOTA) == utc("2026-11-25T14:00")


def test_a_year_turns() -> None:
    hours = OpenHours([rule("09:00", "18:00", WEEKDAYS, holidays="closed")], "CO")
    # Friday 2027-01-01 is a holiday of another year's list; the 11th is Epiphany's Monday.
    assert hours.next_open(utc("2026-12-31T23:30"), BOGOTA) == utc("2027-01-04T14:00")
    assert hours.next_open(utc("2027-01-08T23:30"), BOGOTA) == utc("2027-01-12T14:00")


def test_uruguays_carnival_and_tourism_week_are_holidays() -> None:
    assert dt.date(2026, 2, 16) in holidays_of("UY", 2026)
    assert dt.date(2026, 3, 31) in holidays_of("UY", 2026)
    assert len(holidays_of("UY", 2026)) == 18
    assert len(holidays_of("UY", 2026, ("public",))) == 5
    # A president takes office every five years; the package knows it only of the past.
    assert dt.date(2030, 3, 1) in holidays_of("UY", 2030)


def test_a_region_adds_its_holidays() -> None:
    patron = dt.date(2026, 5, 2)  # Madrid's
    assert patron not in holidays_of("ES", 2026)
    assert patron in holidays_of("ES", 2026, (), ("MD",))
    assert holidays_of("ES", 2026, (), ("*",)) > holidays_of("ES", 2026, (), ("MD",))


def test_what_nobody_knows_has_no_holidays() -> None:
    assert not known("XX", 2026)
    assert not known("CO", 1492)
    assert holidays_of("XX", 2026) == frozenset()


def test_hours_without_windows_never_open() -> None:
    hours = OpenHours([HoursRule(windows=(), holidays="closed")], "CO")
    assert hours.next_open(utc("2026-11-23T15:00"), BOGOTA) is None


def test_windows_that_touch_or_overlap_are_one() -> None:
    windows = [
        {"days": ["mon"], "from": "08:00", "to": "10:00"},
        {"days": ["mon"], "from": "10:00", "to": "12:00"},
        {"days": ["mon"], "from": "09:00", "to": "11:00"},
    ]
    rules = [HoursRule.model_validate({"windows": windows, "holidays": "as_weekday"})]
    assert opened(OpenHours(rules, "CO"), BOGOTA, "2026-11-23T13:00", 300) == list(range(240))


ZONES = st.sampled_from(
    ["America/New_York", "America/Santiago", "Australia/Lord_Howe", "Africa/Casablanca",
     "America/Havana", "Pacific/Apia", "Asia/Kathmandu", "Europe/Dublin", "America/Bogota"]
)  # fmt: skip
INSTANTS = st.integers(946_684_800, 4_070_908_800)


@given(ZONES, INSTANTS)
@example("Pacific/Apia", 1_325_239_200)  # the day that Samoa left out
def test_a_local_day_begins_at_its_first_instant(name: str, at: int) -> None:
    zone = zoned(name)
    day = local_day(zone, at)
    begin = day_begins(zone, day)
    assert begin <= at
    assert local_day(zone, begin) == day
    assert local_day(zone, begin - 1) < day
    assert dt.datetime.fromtimestamp(at, ZoneInfo(name)).date() == date_of(day)


@given(ZONES, INSTANTS)
def test_the_pieces_of_a_day_are_the_whole_day_with_its_offsets(name: str, at: int) -> None:
    found = list(pieces(zoned(name), at, at + 86_400))
    assert [found[0][0], *(end for _, end, _ in found)] == [*(b for b, _, _ in found), at + 86_400]
    for begin, end, offset in found:
        for instant in (begin, (begin + end) // 2, end - 1):
            local = dt.datetime.fromtimestamp(instant, ZoneInfo(name)).utcoffset()
            assert local == dt.timedelta(seconds=offset)


MINUTES = st.integers(0, 1439)


@given(ZONES, ZONES, INSTANTS, MINUTES, MINUTES)
def test_open_is_what_no_clock_closes(one: str, other: str, at: int, some: int, more: int) -> None:
    begin, end = min(some, more), max(some, more) + 1
    clocks = [f"{minute // 60:02}:{minute % 60:02}" for minute in (begin, end)]
    hours = OpenHours([rule(clocks[0], clocks[1], WEEKDAYS, holidays="closed")], "CO")
    place = place_from(",".join(sorted({one, other})))
    moment = dt.datetime.fromtimestamp(at, dt.UTC)
    closed = [hours.closed_by(moment, zone) for zone in place.zones]
    assert hours.is_open(moment, place) is not any(closed)
    following = hours.next_open(moment, place)
    if following is not None:
        assert following >= moment
        assert hours.is_open(following, place)
        before = following - dt.timedelta(microseconds=1)
        assert following == moment or not hours.is_open(before, place)
