"""An alarm in a sentence, in Spanish and English."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dialer.alarms import AlarmKind

_WORDS: Mapping[str, Mapping[str, str]] = {
    "es": {
        AlarmKind.SPENDING_GUARD: "Un límite de gasto detiene las llamadas a {where}: ya salieron "
        "{calls:.0f} en {seconds:g} s.",
        AlarmKind.CARRIER_SLOWED: "El operador no cursa las llamadas ({congested_share:.0%} de las "
        "últimas): se marca a lo más a {calls_per_second:.2g} por segundo.",
        AlarmKind.PROMISE_BROKEN: "Llamadas prometidas que no se hicieron a su hora: {calls:.0f}, "
        "la más antigua de {oldest_promised_at}.",
        AlarmKind.REGISTER_STALE: "El registro {name} {state}: {count} campañas no marcan.",
        "everywhere": "cualquier destino",
        "to": "+{destination}…",
        "missing": "no está cargado",
        "old": "es de {as_of} y ya no sirve",
    },
    "en": {
        AlarmKind.SPENDING_GUARD: "A spending guard stops calls to {where}: {calls:.0f} went out "
        "within {seconds:g} s.",
        AlarmKind.CARRIER_SLOWED: "The carrier does not put calls through ({congested_share:.0%} "
        "of the last ones): at most {calls_per_second:.2g} a second are dialed.",
        AlarmKind.PROMISE_BROKEN: "Promised calls that were not made in time: {calls:.0f}, the "
        "oldest of {oldest_promised_at}.",
        AlarmKind.REGISTER_STALE: "Register {name} {state}: {count} campaigns dial nobody.",
        "everywhere": "any destination",
        "to": "+{destination}…",
        "missing": "is not loaded",
        "old": "is of {as_of}, which is too old",
    },
}


def alarm_sentence(kind: str, subject: str, details: Mapping[str, Any], language: str) -> str:
    """What is wrong, as it was when it began."""
    words = _WORDS["es" if language == "es" else "en"]
    found = dict(details)
    match AlarmKind(kind):
        case AlarmKind.SPENDING_GUARD:
            found["where"] = (
                words["to"].format(**found) if found["destination"] else words["everywhere"]
            )
        case AlarmKind.REGISTER_STALE:
            found["name"] = subject.removeprefix("registers/")
            found["count"] = len(found["campaigns"])
            found["state"] = words["old" if found["as_of"] else "missing"].format(**found)
        case _:
            pass
    return words[AlarmKind(kind)].format(**found)
