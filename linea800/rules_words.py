"""What `linea800 rules …` says, in Spanish and English; a test holds the two alike."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

WORDS: Mapping[str, Mapping[str, str]] = {
    "es": {
        "allowed": "Se puede llamar ({when}), según {preset} {version}.",
        "refused": "No se puede llamar ({when}), según {preset} {version}: {why}.",
        "nowhere": "hora local desconocida",
        "next": "Se podrá desde: {when}.",
        "clock": "{day} {date}, {time} en {zone}",
        "preset": "preset",
        "country": "país",
        "version": "versión",
        "confidence": "confianza",
        "name": "nombre",
        "any": "cualquiera",
        "high": "alta",
        "medium": "media",
        "low": "baja",
        "checked_on": "comprobado",
        "sources": "Fuentes",
        "purposes": "Propósitos",
        "rules": "Reglas",
        "uncertain": "No es seguro; ahí rige house-strict, y lo que el preset diga además",
        "remarks": "A saber",
        "fingerprint": "huella",
        "no_lawyer": "Esto no es consejo legal: su abogado decide.",
        "opt_in": "con consentimiento previo",
        "opt_out_register": "a quien no esté en un registro",
        "existing_contract": "por un contrato vigente o con consentimiento",
        "none": "sin requisito",
        "marketing": "ventas (marketing)",
        "collections": "cobranza (collections)",
        "service": "servicio (service)",
        "survey": "encuesta (survey)",
    },
    "en": {
        "allowed": "The call may be made ({when}), by {preset} {version}.",
        "refused": "The call may not be made ({when}), by {preset} {version}: {why}.",
        "nowhere": "local time unknown",
        "next": "It may be made from: {when}.",
        "clock": "{day} {date}, {time} in {zone}",
        "preset": "preset",
        "country": "country",
        "version": "version",
        "confidence": "confidence",
        "name": "name",
        "any": "any",
        "high": "high",
        "medium": "medium",
        "low": "low",
        "checked_on": "checked",
        "sources": "Sources",
        "purposes": "Purposes",
        "rules": "Rules",
        "uncertain": "Not sure; there house-strict holds, and whatever the preset says besides",
        "remarks": "To know",
        "fingerprint": "fingerprint",
        "no_lawyer": "This is no legal advice: your counsel decides.",
        "opt_in": "with prior consent",
        "opt_out_register": "whoever is in no register",
        "existing_contract": "about a contract in force, or with consent",
        "none": "nothing is asked for",
        "marketing": "marketing",
        "collections": "collections",
        "service": "service",
        "survey": "survey",
    },
}

_DAYS = {
    "es": ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}


def said(language: str, word: str, **values: object) -> str:
    """What a word says in this language; raises `KeyError` for one that does not exist."""
    return WORDS[language][word].format(**values)


def clock(moment: dt.datetime, language: str) -> str:
    """A local time as people read it, with its zone."""
    return said(
        language,
        "clock",
        day=_DAYS[language][moment.weekday()],
        date=f"{moment:%Y-%m-%d}",
        time=f"{moment:%H:%M}",
        zone=str(moment.tzinfo),
    )
