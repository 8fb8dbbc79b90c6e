"""The figures that may have a target: what each is of, its unit, and its name in es and en.

Most are told as things are now (`monitoring.live_figures`). Those of `REPORTED` are KPIs of reports
over the last hours, by the definitions of the reports: there is no other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from monitoring.kpi import Kpi, Unit
from monitoring.kpis import KPIS, Subject


class SubjectKind(StrEnum):
    """What a figure is about."""

    QUEUE = "queue"
    AGENT = "agent"
    CAMPAIGN = "campaign"
    MENU = "menu"
    SWITCH = "switch"


#: those that belong to a queue, so that who sees only some queues sees theirs
OF_QUEUES = frozenset({SubjectKind.QUEUE, SubjectKind.AGENT, SubjectKind.CAMPAIGN})


class Figure(StrEnum):
    """A figure of the floor as it is now, or of its last hours."""

    SERVICE_LEVEL = "service_level"
    ABANDONMENT_RATE = "abandonment_rate"
    ASA = "asa"
    WAITING = "waiting"
    OLDEST_WAIT = "oldest_wait_seconds"
    AGENTS_READY = "agents_ready"
    OCCUPANCY = "occupancy"
    LONGEST_READY = "longest_ready_seconds"
    LONGEST_OFFERED = "longest_offered_seconds"
    LONGEST_TALKING = "longest_talking_seconds"
    LONGEST_WRAPPING_UP = "longest_wrapping_up_seconds"
    LONGEST_PAUSED = "longest_paused_seconds"
    ABANDONMENT_OF_CAP = "abandonment_of_cap"
    CALLERS = "callers"
    LINK_DOWN = "link_down_seconds"
    OLDEST_CALLBACK = "oldest_callback_seconds"
    # of reports
    ANSWER_RATE = "answer_rate"
    AHT = "aht"
    TRANSFER_RATE = "transfer_rate"
    CALLBACK_RATE = "callback_rate"
    UTILIZATION = "utilization"
    PAUSE_SHARE = "pause_share"
    MISSED_RATE = "missed_rate"
    MACHINE_RATE = "machine_rate"
    CONTACT_RATE = "contact_rate"
    RPC_RATE = "rpc_rate"
    CONVERSION = "conversion"
    FCR_AGENT = "fcr_agent"
    FCR_SURVEY = "fcr_survey"
    CSAT = "csat"
    NPS = "nps"
    CES = "ces"
    EWT_ABSOLUTE_ERROR = "ewt_absolute_error"
    EWT_NOT_LATER = "ewt_not_later"
    CONNECTED_RATE = "connected_rate"
    TIME_TO_CALLBACK = "time_to_callback"
    EXPIRED = "expired"
    CONTAINMENT = "containment"
    IVR_ABANDONMENT = "ivr_abandonment"


@dataclass(frozen=True, slots=True)
class About:
    """What there is to say of a figure."""

    of: frozenset[SubjectKind]
    unit: Unit
    es: str
    en: str


#: the reports that have figures of a kind
_REPORTS: Mapping[SubjectKind, tuple[Subject, ...]] = {
    SubjectKind.QUEUE: (Subject.QUEUES, Subject.CUSTOMERS, Subject.CALLBACKS),
    SubjectKind.AGENT: (Subject.AGENTS,),
    SubjectKind.CAMPAIGN: (Subject.CAMPAIGNS,),
}
_LIVE = frozenset({Figure.SERVICE_LEVEL, Figure.ABANDONMENT_RATE, Figure.ASA, Figure.OCCUPANCY})
#: which KPI of which report a figure is, by whose it is
REPORTED: Mapping[tuple[SubjectKind, Figure], tuple[Subject, Kpi[Any]]] = {
    (kind, Figure(kpi.id)): (subject, kpi)
    for kind, subjects in _REPORTS.items()
    for subject in subjects
    for kpi in KPIS[subject]
    if kpi.id in frozenset(Figure) - _LIVE
}
#: the ratios of menus, as `monitoring.menu_counts` names them
OF_MENUS = frozenset({Figure.CONTAINMENT, Figure.IVR_ABANDONMENT})
#: read from the database every few minutes; the others are as they are this moment
FROM_REPORTS = OF_MENUS | {Figure.OLDEST_CALLBACK} | {figure for _, figure in REPORTED}


def _reported() -> dict[Figure, About]:
    found: dict[Figure, About] = {}
    for (kind, figure), (_, kpi) in REPORTED.items():
        of = found[figure].of if figure in found else frozenset()
        found[figure] = About(of | {kind}, kpi.unit, kpi.name.es, kpi.name.en)
    return found


_QUEUE = frozenset({SubjectKind.QUEUE})
_MENU = frozenset({SubjectKind.MENU})
_AGENT = frozenset({SubjectKind.AGENT})
ABOUT: Mapping[Figure, About] = {
    Figure.SERVICE_LEVEL: About(_QUEUE, Unit.SHARE, "Nivel de servicio", "Service level"),
    Figure.ABANDONMENT_RATE: About(_QUEUE, Unit.SHARE, "Tasa de abandono", "Abandonment rate"),
    Figure.ASA: About(
        _QUEUE, Unit.SECONDS, "Velocidad media de respuesta", "Average speed of answer"
    ),
    Figure.WAITING: About(_QUEUE, Unit.COUNT, "Llamadas en espera", "Calls waiting"),
    Figure.OLDEST_WAIT: About(_QUEUE, Unit.SECONDS, "Espera más larga", "Longest wait"),
    Figure.AGENTS_READY: About(_QUEUE, Unit.COUNT, "Agentes listos", "Agents ready"),
    Figure.OCCUPANCY: About(_QUEUE | _AGENT, Unit.SHARE, "Ocupación", "Occupancy"),
    Figure.LONGEST_READY: About(_AGENT, Unit.SECONDS, "Tiempo listo", "Time ready"),
    Figure.LONGEST_OFFERED: About(_AGENT, Unit.SECONDS, "Tiempo timbrando", "Time ringing"),
    Figure.LONGEST_TALKING: About(_AGENT, Unit.SECONDS, "Tiempo en conversación", "Time talking"),
    Figure.LONGEST_WRAPPING_UP: About(_AGENT, Unit.SECONDS, "Tiempo en cierre", "Time writing up"),
    Figure.LONGEST_PAUSED: About(_AGENT, Unit.SECONDS, "Tiempo en pausa", "Time paused"),
    Figure.ABANDONMENT_OF_CAP: About(
        frozenset({SubjectKind.CAMPAIGN}),
        Unit.SHARE,
        "Abandono respecto de su límite",
        "Abandonment as a share of its cap",
    ),
    Figure.CALLERS: About(_MENU, Unit.COUNT, "Personas en el menú", "Callers in the menu"),
    Figure.LINK_DOWN: About(
        frozenset({SubjectKind.SWITCH}),
        Unit.SECONDS,
        "Sin enlace con Asterisk",
        "No link to Asterisk",
    ),
    Figure.OLDEST_CALLBACK: About(
        _QUEUE,
        Unit.SECONDS,
        "Devolución pendiente más antigua",
        "Oldest callback to be made",
    ),
    Figure.CONTAINMENT: About(_MENU, Unit.SHARE, "Contención", "Containment"),
    Figure.IVR_ABANDONMENT: About(
        _MENU, Unit.SHARE, "Abandono en el menú", "Abandonment in the menu"
    ),
    **_reported(),
}
