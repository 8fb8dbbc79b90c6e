"""What the checks of menus say, in Spanish; a test holds every reason to have its sentence."""

from __future__ import annotations

from documents.phrases import SPANISH as OF_DOCUMENTS

SPANISH = OF_DOCUMENTS.with_more(
    {
        "can only be true: leave the line out instead": "solo puede ser true: si no, quítelo",
        "needs a name and exactly one of: {ways}": "necesita name y exactamente uno de: {ways}",
        "is not one of the languages offered": "no es uno de los idiomas que se ofrecen",
        "names a language twice": "nombra dos veces un idioma",
        "there is no other language in this menu": "en este menú no hay otro idioma",
        "{language} is no language of this menu": "{language} no es un idioma de este menú",
        "starts at {node}, which is no node of this menu": (
            "empieza en {node}, que no es un nodo de este menú"
        ),
        "goes to {node}, which is no node of this menu": (
            "lleva a {node}, que no es un nodo de este menú"
        ),
        "prompts in a circle without end: {nodes}": "frases en un círculo sin fin: {nodes}",
        "no way leads here": "ningún camino lleva aquí",
        "is a dead end: no key leads on, and none to a person or an end": (
            "es un callejón sin salida: ninguna tecla lleva a otro nodo, a una persona ni al final"
        ),
        "is in a loop without an exit: {nodes}": "está en un bucle sin salida: {nodes}",
        "no key leads to a person from here": "ninguna tecla lleva de aquí a una persona",
        "no caller can reach a person: there is no menu and no queue": (
            "nadie puede llegar a una persona: no hay menú ni cola"
        ),
        "repeats for ever when nothing is pressed": "se repite sin fin si no se marca nada",
        "has {count} options: at most {most} can be kept in mind": (
            "tiene {count} opciones: se recuerdan {most} como máximo"
        ),
        "no such queue: {queue}": "no existe la cola {queue}",
        "no prompt {prompt} in {languages}": "no existe la frase {prompt} en {languages}",
        "there are no prompts in {language}": "no hay frases en {language}",
        "0 does not lead to a person here, as it does elsewhere": (
            "aquí el 0 no lleva a una persona, como en lo demás"
        ),
        "{country} asks for {offer} in the first menu ({source})": (
            "{country} pide que el primer menú ofrezca {offer} ({source})"
        ),
        "{country} asks for {offer} anywhere in the menu ({source})": (
            "{country} pide que el menú ofrezca {offer} ({source})"
        ),
        "is no text to read": "no es un texto que se pueda leer",
        "has no flow: begin one with a line like `flow: what is tried`": (
            "no tiene ningún flujo: empiece uno con una línea como `flujo: lo que se prueba`"
        ),
        "is no line of a flow: see the menus page for those there are": (
            "no es una línea de un flujo: la página de los menús dice cuáles hay"
        ),
        "comes too late: say it before what the caller hears and presses": (
            "llega tarde: dígalo antes de lo que se oye y se marca"
        ),
        "has no value that makes sense here": "no tiene un valor que aquí tenga sentido",
        "stands before the first flow: begin one with a line like `flow: …`": (
            "está antes del primer flujo: empiece uno con una línea como `flujo: …`"
        ),
        "comes after the end of its flow": "está después del final de su flujo",
        "a complaint": "una queja o reclamo",
        "cancelling the service": "cancelar el servicio",
        "a person": "una persona",
    }
)
