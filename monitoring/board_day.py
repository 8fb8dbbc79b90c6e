"""What became of a queue's calls today, as the board shows it: the figures of the reports. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from monitoring.kpi_queues import QUEUE_KPIS, QueuePart
from monitoring.queue_counts import Basis

#: by which KPI each figure is told
_FIGURES = {
    "offered": "offered",
    "answered": "answered",
    "service_level": "service_level",
    "asa_seconds": "asa",
    "longest_wait_seconds": "longest_wait",
}
_KPIS = {kpi.id: kpi for kpi in QUEUE_KPIS}


def today_thing(day: date, zone: str, parts: Sequence[QueuePart]) -> dict[str, Any]:
    """One queue's local day so far; `parts` are its counts, apart where its setting was changed.

    A figure without a denominator is None.
    """
    figures = {name: _KPIS[kpi].value(_KPIS[kpi].of(parts)) for name, kpi in _FIGURES.items()}
    settings = {part.setting: None for part in parts}
    return {
        "day": day.isoformat(),
        "time_zone": zone,
        "basis": Basis.OFFERED.value,
        **figures,
        "abandoned": sum(part.counts.abandoned for part in parts),
        # the last one is in force now
        "settings": [_told(asdict(setting)) for setting in settings],
    }


def _told(setting: dict[str, Any]) -> dict[str, Any]:
    return {name: setting[name] for name in ("method", "seconds", "goal", "short_seconds")}
