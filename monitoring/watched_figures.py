"""The figures that may have a target: what each is of, its unit, and its name in es and en."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class SubjectKind(StrEnum):
    """What a figure is about."""

    QUEUE = "queue"
    AGENT = "agent"
    CAMPAIGN = "campaign"
    MENU = "menu"
    SWITCH = "switch"


class Unit(StrEnum):
    """What a figure is counted in."""

    SHARE = "share"  # 0 to 1
    SECONDS = "seconds"
    COUNT = "count"


class Figure(StrEnum):
    """A figure of the floor as it is now."""

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


@dataclass(frozen=True, slots=True)
class About:
    """What there is to say of a figure."""

    of: frozenset[SubjectKind]
    unit: Unit
    es: str
    en: str


_QUEUE = frozenset({SubjectKind.QUEUE})
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
    Figure.CALLERS: About(
        frozenset({SubjectKind.MENU}), Unit.COUNT, "Personas en el menú", "Callers in the menu"
    ),
    Figure.LINK_DOWN: About(
        frozenset({SubjectKind.SWITCH}),
        Unit.SECONDS,
        "Sin enlace con Asterisk",
        "No link to Asterisk",
    ),
}
