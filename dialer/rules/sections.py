"""The sections of a preset: what each of them can say about calling people."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
#: local wall-clock time; 24:00 is the end of the day
Clock = Annotated[str, Field(pattern=r"^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$")]
Share = Annotated[float, Field(ge=0.0, le=1.0)]
Days = Annotated[int, Field(ge=1, le=366)]


class Stated(BaseModel):
    """A part of a preset: it cannot change, and nothing unknown may stand in it."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Window(Stated):
    """On these days calling is open between two times of the day, the second not included."""

    days: tuple[Weekday, ...] = Field(min_length=1)
    opens: Clock = Field(alias="from")
    closes: Clock = Field(alias="to")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.seconds[0] >= self.seconds[1]:
            raise ValueError("'to' has to be later than 'from'; a night is two windows")
        return self

    @property
    def seconds(self) -> tuple[int, int]:
        """From and to, as seconds of the local day by its wall clock."""
        return _seconds(self.opens), _seconds(self.closes)


def _seconds(clock: str) -> int:
    return int(clock[:2]) * 3600 + int(clock[3:]) * 60


class HoursRule(Stated):
    """When the called person may be called, in that person's own time."""

    windows: tuple[Window, ...]
    holidays: Literal["closed", "as_sunday", "as_weekday"]
    #: of the `holidays` package; empty: what counts in that country (see `holiday.py`)
    holiday_categories: tuple[str, ...] = ()
    #: ISO 3166-2 without the country, whose own holidays count too; "*" is every region's
    holiday_regions: tuple[str, ...] = ()
    #: days the operator adds: mourning, elections, matches
    closed_days: tuple[dt.date, ...] = ()
    #: an hour the person agreed to is open, whatever the windows say
    may_agree_otherwise: bool = False


class FrequencyLimit(Stated):
    """At most so many in any so many local days on end, today included."""

    count: Literal["attempts", "contacts"]
    per: Literal["lead", "number"]
    at_most: int = Field(ge=1)
    days: Days


class FrequencyRule(Stated):
    """How often a person may be called; a contact is a conversation, and an attempt too."""

    limits: tuple[FrequencyLimit, ...] = ()
    #: 2: called on Monday, called again on Wednesday at the earliest
    min_days_between_attempts: Days | None = None
    min_days_between_contacts: Days | None = None
    #: reached in writing, not called in the seven days from then on
    one_channel_per_week: bool = False


class AbandonmentWindow(StrEnum):
    """Over which calls the rate of abandonment is taken; per campaign in every case."""

    LAST_24_HOURS = "24h"
    CALENDAR_DAY = "calendar_day"
    THIRTY_DAYS = "30_days"


class ClockStart(StrEnum):
    """From when on the person waits for an agent."""

    ANSWER = "answer"
    GREETING_START = "greeting_start"
    GREETING_END = "greeting_end"


class AbandonmentRule(Stated):
    """Which calls are abandoned, and what share of the live answers may be."""

    #: None: the law names no share
    cap: Share | None
    clock_start: ClockStart
    threshold_seconds: float = Field(gt=0.0)
    window: AbandonmentWindow
    #: with fewer live answers the share says nothing yet and stops nobody
    minimum_sample: int = Field(ge=1)
    #: counted, or corrected for machines and people mistaken for each other
    estimate: Literal["counted", "reasoned"] = "counted"
    #: a number whose call was abandoned is left alone so long, unless an agent is guaranteed
    redial_after_hours: float | None = Field(default=None, gt=0.0)


class RingRule(Stated):
    """How long it rings before we give up."""

    min_seconds: float = Field(ge=0.0)


class MessageRule(Stated):
    """What a person hears for whom no agent is there in time."""

    required: bool
    says: tuple[Literal["name", "phone", "opt_out"], ...] = ()


class CallerIdRule(Stated):
    """Which number has to be shown."""

    must_present: bool
    #: the national number begins with one of these; empty: with anything
    prefixes: tuple[Annotated[str, Field(pattern=r"^[0-9]{1,8}$")], ...] = ()


class Register(Stated):
    """A do-not-call register that has to be asked, or may be."""

    name: str = Field(min_length=1, max_length=60)
    operator: str = ""
    #: nobody is called before a copy of it is there, young enough
    required: bool
    max_age_days: float | None = Field(default=None, gt=0.0)
    #: in the law's own words
    takes_effect: str = ""
    #: what lets a listed person be called all the same
    lifted_by: tuple[Literal["consent", "contract"], ...] = ()


class AmdRule(Stated):
    """What may be done with a detector of answering machines."""

    allowed: bool
    redial_after_machine: Literal["any_time", "same_day_with_agent"]


class RecordingRule(Stated):
    """What the person has to hear, or agree to, before a call is recorded."""

    announce: bool
    consent: Literal["none", "notice", "express"]


class RetentionRule(Stated):
    """How long proofs are kept, in years; None: nothing is said."""

    evidence_years: float | None = None
    call_records_years: float | None = None
