"""When a line is open: hours by weekday, holidays of a country, days that are different. Pure."""

from __future__ import annotations

import datetime
import re
from typing import Annotated, Literal, Self, TypeAlias
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from almanac import holiday
from almanac.zone import Zone
from ivr.parts import Part

Weekday: TypeAlias = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_HOURS = re.compile(r"([01][0-9]|2[0-4]):([0-5][0-9])-([01][0-9]|2[0-4]):([0-5][0-9])")
_DAY = 24 * 60
#: the package knows a country's holidays for all the years around it
_SOME_YEAR = 2026
#: no day further away is told without its year
_AHEAD_DAYS = 180


def _minutes(text: str) -> tuple[int, int]:
    """From and until, in minutes of the day."""
    found = _HOURS.fullmatch(text)
    if found is None:
        raise ValueError("has to be like 08:00-20:00")
    begin, end = int(found[1]) * 60 + int(found[2]), int(found[3]) * 60 + int(found[4])
    if not begin < end <= _DAY:
        raise ValueError("has to end after it begins, on the same day: 24:00 is the day's end")
    return begin, end


def _hours(text: str) -> str:
    _minutes(text)
    return text


Hours = Annotated[str, AfterValidator(_hours)]


def _has_holidays(country: str) -> str:
    if not holiday.known(country, _SOME_YEAR):
        raise ValueError(f"nothing is known of the holidays of {country}")
    return country


Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$"), AfterValidator(_has_holidays)]


class Schedule(Part):
    """Days and hours. What is not named is closed."""

    zone: Zone
    days: dict[Weekday, tuple[Hours, ...]] = Field(min_length=1)
    #: whose holidays count; without it none do
    country: Country | None = None
    #: the hours of holidays; without any they are closed
    holidays: tuple[Hours, ...] = ()
    #: single days that are different from all that; () is closed
    dates: dict[datetime.date, tuple[Hours, ...]] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _country_is_known(self) -> Self:
        if self.holidays and self.country is None:
            raise ValueError("has hours for holidays, and no country whose holidays count")
        return self

    def is_open(self, now: datetime.datetime) -> bool:
        """Whether somebody is there at a moment (aware)."""
        local = now.astimezone(ZoneInfo(self.zone))
        minute = local.hour * 60 + local.minute
        return any(begin <= minute < end for begin, end in map(_minutes, self._of(local.date())))

    def opens_at(self, now: datetime.datetime) -> datetime.datetime | None:
        """When somebody is there next; None while it is open, and when that is too far to tell."""
        zone = ZoneInfo(self.zone)
        local = now.astimezone(zone)
        if self.is_open(now):
            return None
        for ahead in range(_AHEAD_DAYS):
            day = local.date() + datetime.timedelta(days=ahead)
            for begin in sorted(begin for begin, _ in map(_minutes, self._of(day))):
                at = datetime.datetime.combine(
                    day, datetime.time(begin // 60, begin % 60), tzinfo=zone
                )
                if at > local:
                    return at
        return None

    def _of(self, day: datetime.date) -> tuple[str, ...]:
        if day in self.dates:
            return self.dates[day]
        if self.country is not None and day in holiday.holidays_of(self.country, day.year):
            return self.holidays
        return self.days.get(WEEKDAYS[day.weekday()], ())
