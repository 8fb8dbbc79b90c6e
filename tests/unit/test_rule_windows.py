"""The windows against a second opinion that shares no code, on a small sample of the bench."""

from __future__ import annotations

import datetime as dt
import zoneinfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from almanac.holiday import holidays_of
from bench import rule_windows
from bench.second_opinion import civil, colombian, easter, since_1970, uruguayan
from bench.time_zone_file import zone_file
from dialer.rules import hours
from dialer.rules.wall_clock import offset_seconds


def test_both_agree_and_nothing_is_dialed_outside() -> None:
    result = rule_windows.compare(4000, seed=7, openings_every=200)
    assert result.differences == 0, result.first_difference
    assert result.open > 400
    assert result.cases - result.open > 400


def test_a_fault_would_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    # A clock that ignores changes within the day is wrong only on days when it changes.
    def careless(zone: zoneinfo.ZoneInfo, begin: int, end: int) -> list[tuple[int, int, int]]:
        return [(begin, end, offset_seconds(zone, begin))]

    monkeypatch.setattr(hours, "pieces", careless)
    assert rule_windows.compare(2000, seed=7).differences > 0


@given(st.sampled_from(sorted(zoneinfo.available_timezones())), st.integers(0, 4_000_000_000))
def test_zone_files_are_read_as_zoneinfo_reads_them(name: str, at: int) -> None:
    local = dt.datetime.fromtimestamp(at, zoneinfo.ZoneInfo(name))
    assert local.utcoffset() == dt.timedelta(seconds=zone_file(name).offset(at))


def test_changes_of_a_year_are_found() -> None:
    assert zone_file("America/Bogota").changes_in(2026) == []
    assert [dt.datetime.fromtimestamp(at, dt.UTC).isoformat() for at in zone_file(
        "America/New_York").changes_in(2026)] == [
        "2026-03-08T07:00:00+00:00", "2026-11-01T06:00:00+00:00"
    ]  # fmt: skip


@given(st.dates(dt.date(1970, 1, 1), dt.date(2199, 12, 31)))
def test_the_calendar_of_the_second_opinion(date: dt.date) -> None:
    assert civil(since_1970(date.year, date.month, date.day)) == (date.year, date.month, date.day)


@pytest.mark.parametrize(
    ("year", "date"), [(2000, (4, 23)), (2024, (3, 31)), (2026, (4, 5)), (2038, (4, 25))]
)
def test_easter(year: int, date: tuple[int, int]) -> None:
    assert civil(easter(year))[1:] == date


@pytest.mark.parametrize("year", range(2014, 2046))
def test_the_laws_of_two_countries_give_the_holidays_we_use(year: int) -> None:
    ours = {country: {(day.month, day.day) for day in holidays_of(country, year)}
            for country in ("CO", "UY")}  # fmt: skip
    assert ours == {"CO": colombian(year), "UY": uruguayan(year)}
