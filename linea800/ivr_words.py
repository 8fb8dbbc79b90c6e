"""What `linea800 ivr …` says, in Spanish and English; a test holds the two alike."""

from __future__ import annotations

from collections.abc import Mapping

WORDS: Mapping[str, Mapping[str, str]] = {
    "es": {
        "fine": "{file}: está bien.",
        "counts": "Faltas: {faults}. Advertencias: {warnings}.",
        "warning": "advertencia",
        "no_rules": "De {country} no se conoce ninguna regla segura para menús.",
        "not_there": "no existe el archivo {file}",
        "no_country": "de {country} no se ha visto nada; se conocen: {known}",
        "bad_key": "{key} no es una tecla: 0 a 9, *, #, o nada para callar",
        "ask": "tecla (Intro: ninguna; q: colgar)> ",
        "at": "nodo {node}",
        "silence": "(no marca nada)",
        "pressed": "> {key}",
        "chosen": "elige: {choice}",
        "missed_no_input": "no marcó nada",
        "missed_no_match": "esa tecla no significa nada aquí",
        "end_queue": "FIN: espera a una persona en la cola {queue} (prioridad {priority})",
        "end_callback": "FIN: se le llamará al {number}, en su turno de la cola {queue}",
        "end_hang_up": "FIN: el menú cuelga",
        "end_listening": "El menú sigue esperando una tecla.",
        "left": "Quien llama colgó.",
        "unused": "Sobran teclas: {keys}",
        "no_flows": "no hay ningún archivo *.flow en {file}",
        "passed": "Flujos probados: {flows}. Todos van como se espera.",
        "failed": "Flujos probados: {flows}. No van como se espera: {failed}.",
        "difference": "{file}:{line}: {flow}\n  se espera: {expected}\n  se ve:     {seen}",
        "menu_changed": "{number}: atiende desde ahora {name}, versión {version}",
        "menu_kept": "{number}: sigue atendiendo {name}, versión {version}",
    },
    "en": {
        "fine": "{file}: is fine.",
        "counts": "Faults: {faults}. Warnings: {warnings}.",
        "warning": "warning",
        "no_rules": "Of {country} no rule for menus is known for sure.",
        "not_there": "there is no file {file}",
        "no_country": "{country} was never looked at; known are: {known}",
        "bad_key": "{key} is no key: 0 to 9, *, #, or nothing for silence",
        "ask": "key (Enter: none; q: hang up)> ",
        "at": "node {node}",
        "silence": "(presses nothing)",
        "pressed": "> {key}",
        "chosen": "chooses: {choice}",
        "missed_no_input": "nothing was pressed",
        "missed_no_match": "that key means nothing here",
        "end_queue": "END: waits for a person in the queue {queue} (priority {priority})",
        "end_callback": "END: will be called back at {number}, in the turn of the queue {queue}",
        "end_hang_up": "END: the menu hangs up",
        "end_listening": "The menu still waits for a key.",
        "left": "The caller hung up.",
        "unused": "Keys left over: {keys}",
        "no_flows": "there is no *.flow file in {file}",
        "passed": "Flows tried: {flows}. All go as expected.",
        "failed": "Flows tried: {flows}. Not as expected: {failed}.",
        "difference": "{file}:{line}: {flow}\n  expected: {expected}\n  seen:     {seen}",
        "menu_changed": "{number}: answered from now on by {name}, version {version}",
        "menu_kept": "{number}: answered as before by {name}, version {version}",
    },
}


def said(language: str, word: str, **values: object) -> str:
    """What a word says in this language; raises `KeyError` for one that does not exist."""
    return WORDS[language][word].format(**values)
