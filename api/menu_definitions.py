"""What each figure of a menu means, in Spanish and English, told with the figures."""

from __future__ import annotations

from collections.abc import Mapping

from monitoring.menu_counts import BACK_SECONDS, MISROUTED_SECONDS

_SOON, _BACK = MISROUTED_SECONDS, BACK_SECONDS // 60

_DEFINITIONS: Mapping[str, tuple[str, str]] = {
    "sessions": (
        "Llamadas que llegaron al menú en el periodo: cada una cuenta una vez, con todo lo que "
        "pasó en ella. La versión es la del principio, el idioma el del final.",
        "Calls that came to the menu in the period: each counts once, with all that happened in "
        "it. The version is the one at the beginning, the language the one at the end.",
    ),
    "under_way": ("Siguen en el menú.", "They are in the menu still."),
    "lost": (
        "Nadie llevaba ya el diálogo, o no se vio su fin; no entran en las tasas.",
        "Nobody led the dialogue any more, or nobody saw its end; they are left out of the ratios.",
    ),
    "measured": (
        "Las demás: sin las que siguen ni las perdidas.",
        "The others: without those under way and the lost ones.",
    ),
    "contained": (
        "Terminaron en el menú, colgara quien colgara, con una gestión hecha por lo menos, y nunca "
        "pasaron a una cola, a un destino de fuera ni a una llamada prometida.",
        "Ended in the menu, whoever hung up, with at least one task done, and never went to a "
        "queue, to a target outside or to a promised call.",
    ),
    "abandoned": (
        "El cliente colgó en el menú sin ninguna gestión hecha y sin haber pasado a una cola.",
        "The caller hung up in the menu with no task done, never having gone to a queue.",
    ),
    "ended": (
        "El menú terminó la llamada sin ninguna gestión hecha (por ejemplo, fuera de horario).",
        "The menu ended the call with no task done (outside hours, for instance).",
    ),
    "queued": ("Pasaron a una cola.", "Went to a queue."),
    "called_back": (
        "Dejaron la línea para que se les llame.",
        "Gave up the line to be called back.",
    ),
    "transferred": ("Pasaron a un destino de fuera.", "Went to a target outside."),
    "asked_person": (
        "Eligieron «person» en algún nodo: lo que hace el 0 donde no significa otra cosa.",
        "Chose “person” at some node: what 0 does where it means nothing else.",
    ),
    "queued_undone": (
        "Pasaron a una cola antes de que ninguna gestión estuviera hecha.",
        "Went to a queue before any task was done.",
    ),
    "talked": ("Hablaron con un agente.", "Talked to an agent."),
    "passed_on": (
        f"A {_SOON} s o menos de empezar a hablar, el agente transfirió o el cliente estaba en "
        "otra cola.",
        f"Within {_SOON} s of the beginning of the talk the agent transferred it, or the caller "
        "was in another queue.",
    ),
    "came_back": (
        f"A {_BACK} min o menos del fin de la llamada, el mismo cliente (o, si no se sabe quién "
        "es, el mismo número) estaba llamando y entró en una cola en la que no había estado.",
        f"Within {_BACK} min of the end of the call the same customer (the same number, where "
        "nobody knows who it is) called and came to a queue not met in the first call.",
    ),
    "misrouted": (
        "Lo uno o lo otro; la tasa es de quienes hablaron con un agente. No se ve la llamada que "
        "el agente atendió y resolvió sin que fuera suya.",
        "Either of the two; the ratio is of those who talked to an agent. A call that an agent "
        "solved though it belonged elsewhere is not seen.",
    ),
    "containment": ("contained de measured.", "contained of measured."),
    "ivr_abandonment": ("abandoned de measured.", "abandoned of measured."),
    "zero_out": ("asked_person de measured.", "asked_person of measured."),
    "nodes": (
        "Estancias en cada nodo. Una tecla se conoce por el nombre de lo elegido, y vale la última "
        "de la estancia. Media y mediana de las que terminaron, esta a la décima de segundo.",
        "Stays at each node. A key is known by the name of what was chosen, and the last one of a "
        "stay counts. Mean and median are of stays that are over; the median to a tenth of a "
        "second.",
    ),
    "tasks": (
        "Llamadas en las que la gestión empezó, quedó hecha, falló (y no se hizo después) o quedó "
        "a medias. Las gestiones son de la llamada entera.",
        "Calls in which the task was started, done, failed (and was not done later) or left "
        "midway. Tasks are those of the whole call.",
    ),
    "reasons": (
        "Las mismas cuentas por el motivo de la llamada; «» es sin motivo dicho.",
        "The same counts by the reason of the call; “” is none given.",
    ),
}


def definitions(language: str) -> dict[str, str]:
    """By the name of the figure; anything but `en` is told in Spanish."""
    place = 1 if language == "en" else 0
    return {name: words[place] for name, words in _DEFINITIONS.items()}
