"""The words of flow files, in Spanish and English: the same table reads them and writes them."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from ivr.walked import CalledBack, End, HungUp, Queued, Transferred


class Word(StrEnum):
    """What a line of a flow file begins with, how a flow ends, and what values are said."""

    MENU = "menu"
    LANGUAGE = "language"
    NUMBER = "number"
    WAITING = "waiting"
    CALLED_BACK = "called_back"
    FLOW = "flow"
    HEARS = "hears"
    PRESSES = "presses"
    SILENT = "silent"
    ENDS = "ends"
    QUEUE = "queue"
    PRIORITY = "priority"
    CALLBACK = "callback"
    TRANSFER = "transfer"
    HANG_UP = "hang_up"
    YES = "yes"
    NO = "no"
    TIME = "time"
    CUSTOMER = "customer"
    ANSWERS = "answers"
    TICKETS = "tickets"
    STAFFED = "staffed"
    WAIT = "wait"
    INCIDENT = "incident"
    SPEAKS = "speaks"
    FROM = "from"
    DOES = "does"
    STARTED = "started"
    DONE = "done"
    FAILED = "failed"
    DATE = "date"
    YEAR = "year"
    DIGITS = "digits"
    NAME = "name"
    ORDINAL = "ordinal"
    AHEAD = "ahead"
    FEMININE = "feminine"
    MASCULINE = "masculine"
    LISTENING = "listening"
    NOTHING = "nothing"


WORDS: Mapping[str, Mapping[Word, str]] = {
    "es": {
        Word.MENU: "menú",
        Word.LANGUAGE: "idioma",
        Word.NUMBER: "número",
        Word.WAITING: "esperan",
        Word.CALLED_BACK: "devuelven",
        Word.FLOW: "flujo",
        Word.HEARS: "oye",
        Word.PRESSES: "marca",
        Word.SILENT: "calla",
        Word.ENDS: "termina",
        Word.QUEUE: "cola",
        Word.PRIORITY: "prioridad",
        Word.CALLBACK: "devolución",
        Word.TRANSFER: "transferencia",
        Word.HANG_UP: "cuelga",
        Word.YES: "sí",
        Word.NO: "no",
        Word.TIME: "hora",
        Word.CUSTOMER: "cliente",
        Word.ANSWERS: "responde",
        Word.TICKETS: "solicitudes",
        Word.STAFFED: "atienden",
        Word.WAIT: "demora",
        Word.INCIDENT: "novedad",
        Word.SPEAKS: "habla",
        Word.FROM: "desde",
        Word.DOES: "hace",
        Word.STARTED: "iniciada",
        Word.DONE: "hecha",
        Word.FAILED: "fallida",
        Word.DATE: "fecha",
        Word.YEAR: "año",
        Word.DIGITS: "cifras",
        Word.NAME: "nombre",
        Word.ORDINAL: "ordinal",
        Word.AHEAD: "delante",
        Word.FEMININE: "femenino",
        Word.MASCULINE: "masculino",
        Word.LISTENING: "el menú sigue esperando una tecla",
        Word.NOTHING: "nada",
    },
    "en": {
        Word.MENU: "menu",
        Word.LANGUAGE: "language",
        Word.NUMBER: "number",
        Word.WAITING: "waiting",
        Word.CALLED_BACK: "called_back",
        Word.FLOW: "flow",
        Word.HEARS: "hears",
        Word.PRESSES: "presses",
        Word.SILENT: "silent",
        Word.ENDS: "ends",
        Word.QUEUE: "queue",
        Word.PRIORITY: "priority",
        Word.CALLBACK: "callback",
        Word.TRANSFER: "transfer",
        Word.HANG_UP: "hang_up",
        Word.YES: "yes",
        Word.NO: "no",
        Word.TIME: "time",
        Word.CUSTOMER: "customer",
        Word.ANSWERS: "answers",
        Word.TICKETS: "tickets",
        Word.STAFFED: "staffed",
        Word.WAIT: "wait",
        Word.INCIDENT: "incident",
        Word.SPEAKS: "speaks",
        Word.FROM: "from",
        Word.DOES: "does",
        Word.STARTED: "started",
        Word.DONE: "done",
        Word.FAILED: "failed",
        Word.DATE: "date",
        Word.YEAR: "year",
        Word.DIGITS: "digits",
        Word.NAME: "name",
        Word.ORDINAL: "ordinal",
        Word.AHEAD: "ahead",
        Word.FEMININE: "feminine",
        Word.MASCULINE: "masculine",
        Word.LISTENING: "the menu still waits for a key",
        Word.NOTHING: "nothing",
    },
}

_MEANINGS = {written: word for words in WORDS.values() for word, written in words.items()}


def meaning(written: str) -> Word | None:
    """The word, in whichever language it is written."""
    return _MEANINGS.get(written)


def said(language: str, word: Word) -> str:
    """The word in a language; raises `KeyError` for a language without words."""
    return WORDS[language][word]


def end_words(end: End | None, language: str) -> str:
    """An end as a flow file has it; None is a menu that still waits for a key."""
    words = WORDS[language]
    match end:
        case Queued(queue=queue, priority=priority):
            more = f" {words[Word.PRIORITY]} {priority}" if priority else ""
            return f"{words[Word.QUEUE]} {queue}{more}"
        case CalledBack(number=number):
            return f"{words[Word.CALLBACK]} {number}"
        case Transferred(target=target):
            return f"{words[Word.TRANSFER]} {target}"
        case HungUp():
            return words[Word.HANG_UP]
        case None:
            return words[Word.LISTENING]
