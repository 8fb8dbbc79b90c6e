"""A target's alert in a sentence, in Spanish and English."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from monitoring.kpi import Unit
from monitoring.watched_figures import ABOUT, Figure, SubjectKind

_SUBJECTS: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "es": {
        SubjectKind.QUEUE: ("la cola {}", "todas las colas"),
        SubjectKind.AGENT: ("el agente {}", "todos los agentes"),
        SubjectKind.CAMPAIGN: ("la campaña {}", "todas las campañas"),
        SubjectKind.MENU: ("el menú {}", "todos los menús"),
        SubjectKind.SWITCH: ("{}", "la central"),
    },
    "en": {
        SubjectKind.QUEUE: ("queue {}", "all queues"),
        SubjectKind.AGENT: ("agent {}", "all agents"),
        SubjectKind.CAMPAIGN: ("campaign {}", "all campaigns"),
        SubjectKind.MENU: ("menu {}", "all menus"),
        SubjectKind.SWITCH: ("{}", "the switch"),
    },
}
_SENTENCES = {
    "es": "{figure} ({subject}): {value}, fuera de su objetivo ({goal}).",
    "en": "{figure} ({subject}): {value}, out of its target ({goal}).",
}
_GOALS = {
    "es": ("de {low} a {high}", "{low} o más", "{high} o menos"),
    "en": ("{low} to {high}", "{low} or more", "{high} or less"),
}


def target_sentence(details: Mapping[str, Any], language: str) -> str:
    """What is out of its range, as it was when the alert began."""
    language = "es" if language == "es" else "en"
    about = ABOUT[Figure(details["kpi"])]
    named, together = _SUBJECTS[language][details["subject_kind"]]
    both, at_least, at_most = _GOALS[language]
    low, high = details["low"], details["high"]
    goal = both if None not in (low, high) else at_least if high is None else at_most
    return _SENTENCES[language].format(
        figure=about.es if language == "es" else about.en,
        subject=named.format(details["subject"]) if details["subject"] else together,
        value=_said(details["value"], about.unit),
        goal=goal.format(low=_said(low, about.unit), high=_said(high, about.unit)),
    )


def _said(value: float | None, unit: Unit) -> str:
    if value is None:
        return "-"
    match unit:
        case Unit.SHARE:
            return f"{value * 100:.4g} %"
        case Unit.SECONDS:
            return f"{value:.4g} s" if value < 1000 else f"{value:.0f} s"
        case Unit.COUNT:
            return f"{value:g}"
        case _:
            return f"{round(value, 2):g}"
