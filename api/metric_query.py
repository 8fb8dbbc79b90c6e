"""What reports are asked with: a period of whole quarters, intervals, a zone, and of whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import Field, StringConstraints

from agents.floor import QueueName
from api.fields import Asked, Moment
from api.problems import invalid
from api.zones import zone_of
from monitoring.intervals import LONGEST, Interval, Stretch, intervals, is_quarter, next_quarter
from monitoring.kpi import Kpi
from monitoring.kpis import KPIS, Subject
from monitoring.queue_counts import Basis

#: of a period that nobody named
_USUALLY = timedelta(hours=24)
_EARLIEST, _LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
#: a week of quarters; answers share the processor with live calls
MOST_ITEMS = 700

Word = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{1,80}$")]
_Names = Annotated[list[Word], Field(max_length=100, description="May be given again; none: all")]
_Queues = Annotated[
    list[QueueName], Field(max_length=100, description="May be given again; none: all")
]


class By(StrEnum):
    """What an item is of."""

    EACH = "each"
    ALL = "all"  # together


class Settings(StrEnum):
    """By which settings of its queue a quarter is told."""

    IN_FORCE = "in_force"  # then
    CURRENT = "current"


class PeriodQuery(Asked):
    """Which period."""

    since: Annotated[
        Moment | None,
        Field(alias="from", description="A quarter of an hour; default: 24 h before `until`"),
    ] = None
    until: Annotated[
        Moment | None,
        Field(description="A quarter of an hour, itself not included; default: the next one"),
    ] = None

    def period(self, now: datetime) -> Stretch:
        """The period; raises `ProblemError`."""
        until = self.until or next_quarter(now)
        since = self.since or until - _USUALLY
        for name, moment in (("until", until), ("from", since)):
            if not is_quarter(moment):
                raise invalid(f"query.{name}", "no_quarter")
            if not _EARLIEST <= moment <= _LATEST:
                raise invalid(f"query.{name}", "not_of_these_years")
        if until <= since:
            raise invalid("query.until", "not_after_from")
        return Stretch(since, until)


class MetricQuery(PeriodQuery):
    """Which period in which intervals, and which KPIs."""

    interval: Interval = Interval.NONE
    tz: Annotated[
        str,
        Field(max_length=60, description="Whose hours and days: IANA; not the queue's by itself"),
    ] = "UTC"
    by: Annotated[By, Field(description="Items of each, or of all together")] = By.EACH
    queue: _Queues = Field(default_factory=list)
    kpi: _Names = Field(default_factory=list)


class QueueQuery(MetricQuery):
    """And how queues are counted and told."""

    basis: Annotated[
        Basis, Field(description="All of a call where it joined, or each where it happened")
    ] = Basis.OFFERED
    settings: Settings = Settings.IN_FORCE


class AgentQuery(MetricQuery):
    """And of which agents; with `queue` those who serve it."""

    agent: _Names = Field(default_factory=list)


class CampaignQuery(MetricQuery):
    """And of which campaigns; with `queue` those that dial for it."""

    campaign: _Names = Field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Report:
    """What was asked for, looked at."""

    period: Stretch
    intervals: list[Stretch]
    zone: ZoneInfo
    kpis: list[Kpi[Any]]


def report_of(query: MetricQuery, subject: Subject, now: datetime) -> Report:
    """The report that a query asks for; raises `ProblemError`."""
    zone = zone_of(query.tz, "query.tz")
    period = query.period(now)
    longest = LONGEST[query.interval]
    if period.until - period.since > longest:
        raise invalid("query.interval", "too_long_a_period", days=longest.days)
    return Report(
        period=period,
        intervals=intervals(period, query.interval, zone),
        zone=zone,
        kpis=_chosen(query.kpi, subject),
    )


def must_be_few(subjects: int, of: Report) -> None:
    """Raise `ProblemError` when the answer would be too long."""
    if subjects * len(of.intervals) > MOST_ITEMS:
        raise invalid("query.interval", "too_many_items", most=MOST_ITEMS)


def _chosen(asked: list[str], subject: Subject) -> list[Kpi[Any]]:
    known = KPIS[subject]
    if unknown := set(asked) - {kpi.id for kpi in known}:
        place = f"query.kpi.{asked.index(min(unknown))}"
        raise invalid(place, "no_such_kpi", known=", ".join(kpi.id for kpi in known))
    return [kpi for kpi in known if not asked or kpi.id in asked]
