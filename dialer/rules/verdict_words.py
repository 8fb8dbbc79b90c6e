"""The sentences of reasons and notes, in Spanish and English; a test holds both complete."""

from __future__ import annotations

from collections.abc import Mapping

from dialer.lists.refusals import NumberRefusedError, RowFault
from dialer.rules.preset import Section
from dialer.rules.verdict import Fact, Finding, Note, NoteKind, Reason

_REASONS: Mapping[str, Mapping[Reason, str]] = {
    "es": {
        Reason.NUMBER_INVALID: "el número no sirve: {detail}",
        Reason.COUNTRY_NOT_ALLOWED: "{detail}",
        Reason.NUMBER_KIND_NOT_ALLOWED: "{detail}",
        Reason.UNKNOWN_ZONE: "no se sabe qué hora es donde está la persona",
        Reason.PURPOSE_NOT_PERMITTED: "las reglas no permiten llamar con este propósito ({detail})",
        Reason.NO_CONSENT: "falta el consentimiento, o el contrato, en que se apoya la llamada",
        Reason.DNC_LISTED: "está en la lista de no llamar {detail}",
        Reason.DNC_STALE: "falta una copia vigente del registro {detail}",
        Reason.OUTSIDE_HOURS: "fuera del horario permitido",
        Reason.HOLIDAY: "es feriado, o día cerrado por el operador",
        Reason.DAILY_CAP: "ya se la llamó hoy cuantas veces se puede",
        Reason.WEEKLY_CAP: "ya se la llamó en siete días cuantas veces se puede",
        Reason.PERIOD_CAP: "ya se la llamó en este período cuantas veces se puede",
        Reason.TOO_SOON: "es demasiado pronto desde la última vez",
        Reason.BAD_CALLER_ID: "el número que se mostraría no es de los exigidos ({detail})",
        Reason.ABANDON_CAP: "otra llamada abandonada pasaría el límite de {detail}",
        Reason.FACT_MISSING: "falta un dato que las reglas exigen: {detail}",
    },
    "en": {
        Reason.NUMBER_INVALID: "the number will not do: {detail}",
        Reason.COUNTRY_NOT_ALLOWED: "{detail}",
        Reason.NUMBER_KIND_NOT_ALLOWED: "{detail}",
        Reason.UNKNOWN_ZONE: "nobody knows what time it is where the person is",
        Reason.PURPOSE_NOT_PERMITTED: "the rules permit no calls for this purpose ({detail})",
        Reason.NO_CONSENT: "the consent, or contract, that the call rests on is missing",
        Reason.DNC_LISTED: "is on the do-not-call list {detail}",
        Reason.DNC_STALE: "a copy of the register {detail} that is still good is missing",
        Reason.OUTSIDE_HOURS: "outside the hours when calls are permitted",
        Reason.HOLIDAY: "it is a holiday, or a day the operator closed",
        Reason.DAILY_CAP: "was called today as often as is permitted",
        Reason.WEEKLY_CAP: "was called within seven days as often as is permitted",
        Reason.PERIOD_CAP: "was called in this period as often as is permitted",
        Reason.TOO_SOON: "it is too soon after the last time",
        Reason.BAD_CALLER_ID: "the number shown would be none of those asked for ({detail})",
        Reason.ABANDON_CAP: "one more abandoned call would pass the limit of {detail}",
        Reason.FACT_MISSING: "a fact that the rules ask for is missing: {detail}",
    },
}

_FACTS: Mapping[str, Mapping[Fact, str]] = {
    "es": {
        Fact.HISTORY: "las llamadas anteriores",
        Fact.DO_NOT_CALL: "las listas de no llamar",
        Fact.REGISTER_AGE: "la antigüedad de los registros",
        Fact.CALLER_ID: "el número que se muestra",
        Fact.ABANDONMENT: "el abandono de la campaña",
    },
    "en": {
        Fact.HISTORY: "earlier calls",
        Fact.DO_NOT_CALL: "the do-not-call lists",
        Fact.REGISTER_AGE: "the age of the registers",
        Fact.CALLER_ID: "the number shown",
        Fact.ABANDONMENT: "the campaign's abandonment",
    },
}

SECTIONS: Mapping[str, Mapping[Section, str]] = {
    "es": {
        Section.PURPOSES: "propósitos",
        Section.HOURS: "horario",
        Section.FREQUENCY: "frecuencia",
        Section.ABANDONMENT: "abandono",
        Section.RING: "tiempo de timbre",
        Section.MESSAGE: "mensaje",
        Section.CALLER_ID: "número que se muestra",
        Section.REGISTERS: "registros de no llamar",
        Section.AMD: "detección de contestadores",
        Section.RECORDING: "grabación",
        Section.RETENTION: "conservación",
    },
    "en": {
        Section.PURPOSES: "purposes",
        Section.HOURS: "hours",
        Section.FREQUENCY: "frequency",
        Section.ABANDONMENT: "abandonment",
        Section.RING: "ring time",
        Section.MESSAGE: "message",
        Section.CALLER_ID: "caller ID",
        Section.REGISTERS: "do-not-call registers",
        Section.AMD: "answering machine detection",
        Section.RECORDING: "recording",
        Section.RETENTION: "retention",
    },
}

_NOTES: Mapping[str, Mapping[NoteKind, str]] = {
    "es": {
        NoteKind.HOUSE_RULE: "rige house-strict por no ser segura la regla del país: {detail}",
        NoteKind.NOT_JUDGED: "sin juzgar, porque no se dijo: {detail}",
        NoteKind.ZONE_FROM_NUMBER: "la hora local es la del número; quien se mudó tiene otra",
        NoteKind.STRICTEST_ZONE: "cuentan varias zonas horarias, y tiene que valer en todas: "
        "{detail}",
        NoteKind.HOLIDAYS_UNKNOWN: "no se conocen los feriados: {detail}",
    },
    "en": {
        NoteKind.HOUSE_RULE: "house-strict holds where the country's rule is not sure: {detail}",
        NoteKind.NOT_JUDGED: "not judged, because it was not said: {detail}",
        NoteKind.ZONE_FROM_NUMBER: "the local time is the number's; who moved has another",
        NoteKind.STRICTEST_ZONE: "several time zones count, and it has to be good in all: {detail}",
        NoteKind.HOLIDAYS_UNKNOWN: "the holidays are not known: {detail}",
    },
}


def reason_sentence(finding: Finding, language: str) -> str:
    """Why not; raises `KeyError` unless `language` is es or en."""
    return _REASONS[language][finding.reason].format(detail=_detail(finding, language))


def notes_sentences(notes: tuple[Note, ...], language: str) -> list[str]:
    """One sentence for all notes of a kind."""
    return [
        sentence.format(detail=", ".join(_note_detail(note, language) for note in alike))
        for kind, sentence in _NOTES[language].items()
        if (alike := [note for note in notes if note.kind is kind])
    ]


def _note_detail(note: Note, language: str) -> str:
    match note.kind:
        case NoteKind.HOUSE_RULE:
            return SECTIONS[language][Section(note.detail)]
        case NoteKind.NOT_JUDGED:
            return _FACTS[language][Fact(note.detail)]
        case _:
            return note.detail


def _detail(finding: Finding, language: str) -> str:
    match finding.reason:
        case Reason.NUMBER_INVALID | Reason.COUNTRY_NOT_ALLOWED | Reason.NUMBER_KIND_NOT_ALLOWED:
            fault, _, detail = finding.detail.partition(":")
            return NumberRefusedError(RowFault(fault), detail).sentence(language)
        case Reason.FACT_MISSING:
            return _FACTS[language][Fact(finding.detail)]
        case Reason.ABANDON_CAP:
            return f"{100 * float(finding.detail):g} %"
        case _:
            return finding.detail or "-"
