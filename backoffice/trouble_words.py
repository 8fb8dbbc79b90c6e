"""A trouble in a sentence, in Spanish and English."""

from __future__ import annotations

from collections.abc import Mapping

from backoffice.trouble import Trouble, TroubleKind

_WORDS: Mapping[str, Mapping[TroubleKind, str]] = {
    "es": {
        TroubleKind.NO_ADDRESS: "No se sabe a quién preguntar: LINEA800_BACKOFFICE_URL no está.",
        TroubleKind.RESTING: "Falló demasiado, y por un rato no se le pregunta.",
        TroubleKind.BUSY: "Había demasiadas preguntas en curso y no hubo turno a tiempo.",
        TroubleKind.WRONG_ARGUMENT: "Se preguntó con un dato que no sirve: {detail}.",
        TroubleKind.UNREACHABLE: "No se pudo conectar.",
        TroubleKind.SILENT: "No respondió a tiempo.",
        TroubleKind.BROKEN: "La conexión se cortó, o lo que llegó no es HTTP.",
        TroubleKind.SERVER_ERROR: "Respondió con un error suyo ({detail}).",
        TroubleKind.TOO_MANY: "Dice que se le pregunta demasiado ({detail}).",
        TroubleKind.REDIRECTED: "Remite a otra dirección ({detail}), y eso no se sigue.",
        TroubleKind.NOT_ALLOWED: "No nos deja pasar ({detail}): revise el token.",
        TroubleKind.NOT_UNDERSTOOD: "No entiende la pregunta ({detail}): revise services.yaml.",
        TroubleKind.TOO_BIG: "La respuesta es más grande que {detail}.",
        TroubleKind.NOT_JSON: "La respuesta no es JSON.",
        TroubleKind.WRONG_VALUE: "La respuesta no trae lo que debe: {detail}.",
        TroubleKind.OURS: "Un error de linea800; está en el registro.",
    },
    "en": {
        TroubleKind.NO_ADDRESS: "Nobody to ask: LINEA800_BACKOFFICE_URL is not set.",
        TroubleKind.RESTING: "It failed too often, and is left alone for a while.",
        TroubleKind.BUSY: "Too many questions were under way; there was no turn in time.",
        TroubleKind.WRONG_ARGUMENT: "It was asked with something unfit: {detail}.",
        TroubleKind.UNREACHABLE: "No connection could be made.",
        TroubleKind.SILENT: "It did not answer in time.",
        TroubleKind.BROKEN: "The connection ended early, or what came is no HTTP.",
        TroubleKind.SERVER_ERROR: "It answered with an error of its own ({detail}).",
        TroubleKind.TOO_MANY: "It says that it is asked too much ({detail}).",
        TroubleKind.REDIRECTED: "It sends us elsewhere ({detail}), where we do not go.",
        TroubleKind.NOT_ALLOWED: "It does not let us in ({detail}): look at the token.",
        TroubleKind.NOT_UNDERSTOOD: "It does not know what we ask ({detail}): see services.yaml.",
        TroubleKind.TOO_BIG: "The answer is larger than {detail}.",
        TroubleKind.NOT_JSON: "The answer is no JSON.",
        TroubleKind.WRONG_VALUE: "The answer is not what it has to be: {detail}.",
        TroubleKind.OURS: "An error of linea800's own; the log has it.",
    },
}


def trouble_sentence(trouble: Trouble, language: str) -> str:
    """What was the matter."""
    words = _WORDS["es" if language == "es" else "en"]
    return words[trouble.kind].format(detail=trouble.detail)
