"""Reports as the API tells them: counts, and KPIs with what they are made of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, fields
from datetime import datetime, timedelta
from typing import Any, TypeVar
from urllib.parse import urlencode

from pydantic import AwareDatetime, BaseModel

from api.metric_query import By, MetricQuery, Report
from monitoring.intervals import Interval, Stretch
from monitoring.kpi import Kpi
from monitoring.queue_counts import Basis

_MILLISECONDS = 1000
C = TypeVar("C")


class KpiTold(BaseModel):
    """A KPI: `value` is `numerator` of `denominator` in its unit; null: there is nothing to say."""

    value: float | None
    numerator: float
    denominator: float
    #: of one that can change until its window is over
    final_at: AwareDatetime | None = None


class Item(BaseModel):
    """What one subject has in one interval."""

    since: AwareDatetime
    until: AwareDatetime
    #: nothing of it will change any more
    final: bool
    kpis: dict[str, KpiTold]


class Answer(BaseModel):
    """What every report says beside its items."""

    since: AwareDatetime
    until: AwareDatetime
    interval: Interval
    time_zone: str
    by: By
    basis: Basis
    #: everything recorded up to here is counted
    as_of: AwareDatetime
    #: nothing of it will change any more
    final: bool


def answer_told(query: MetricQuery, report: Report, basis: Basis) -> dict[str, Any]:
    """How it was asked for, as every answer repeats it."""
    return {
        "since": report.period.since,
        "until": report.period.until,
        "interval": query.interval,
        "time_zone": report.zone.key,
        "by": query.by,
        "basis": basis,
    }


def grouped(
    by: By, subjects: Sequence[str], found: Mapping[str, list[C]]
) -> Iterator[tuple[str | None, list[C]]]:
    """What there is of each of these subjects, or of all together (None)."""
    if by is By.ALL:
        yield None, [part for name in subjects for part in found.get(name, ())]
        return
    for name in subjects:
        yield name, found.get(name, [])


def kpis_told(
    kpis: Sequence[Kpi[C]], parts: Iterable[C], until: datetime | None = None
) -> dict[str, KpiTold]:
    """Each KPI of these counts together; `until` is when what they count was over."""
    counted = list(parts)
    found = {}
    for kpi in kpis:
        ratio = kpi.of(counted)
        numerator, denominator = kpi.scaled(ratio)
        window = timedelta(seconds=kpi.window_seconds)
        found[kpi.id] = KpiTold(
            value=kpi.value(ratio),
            numerator=numerator,
            denominator=denominator,
            final_at=until + window if until is not None and window else None,
        )
    return found


def counts_told(counts: Any) -> dict[str, Any]:
    """Counts by the names they have in an answer: milliseconds become seconds."""
    found: dict[str, Any] = {}
    for one in fields(counts):
        value = getattr(counts, one.name)
        if one.name.endswith("_ms"):
            found[told_name(one.name)] = value / _MILLISECONDS
        elif one.name == "pauses":
            found["pauses_seconds"] = {key: ms / _MILLISECONDS for key, ms in value.items()}
        elif one.name == "surveys":
            found["surveys"] = {question: asdict(answers) for question, answers in value.items()}
        else:
            found[one.name] = value
    return found


def behind(path: str, interval: Stretch, **words: str) -> str:
    """The address of what was counted of an interval."""
    since, until = (
        at.isoformat().replace("+00:00", "Z") for at in (interval.since, interval.until)
    )
    return f"{path}?{urlencode({'from': since, 'until': until, **words}, safe=':')}"


def told_name(count: str) -> str:
    """How a count is called in an answer."""
    return f"{count.removesuffix('_ms')}_seconds" if count.endswith("_ms") else count
