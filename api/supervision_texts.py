"""The words of problems with what supervisors do, in Spanish and English."""

from __future__ import annotations

from api.problem_kinds import Kind, Text

SUPERVISION_TEXTS: dict[Kind, Text] = {
    Kind.CALL_NOT_NOW: Text(
        409,
        ("Ahora no", "La llamada está en el estado «{state}», que no lo permite."),
        ("Not now", "The call is in the state “{state}”, which does not allow this."),
    ),
    Kind.CALLED_BY_US: Text(
        409,
        (
            "La llamada la hicimos nosotros",
            "A quien se llamó desde una campaña no se le pasa a otra cola ni a un destino; "
            "agende una llamada.",
        ),
        (
            "We made this call",
            "Whom a campaign called is not passed on to another queue or a target; promise them a "
            "call.",
        ),
    ),
    Kind.PHONE_IN_USE: Text(
        409,
        (
            "El teléfono está en uso",
            "El teléfono {phone} es de un agente que trabaja, o ya escucha una llamada; use el de "
            "un agente que no haya ingresado.",
        ),
        (
            "The phone is in use",
            "The phone {phone} is that of an agent at work, or hears a call already; use that of "
            "an agent who is signed out.",
        ),
    ),
    Kind.PHONE_LISTENS: Text(
        409,
        (
            "El teléfono escucha una llamada",
            "El teléfono {number} escucha una llamada para un supervisor; termine primero esa "
            "escucha.",
        ),
        (
            "The phone hears a call",
            "The phone {number} hears a call for a supervisor; end that first.",
        ),
    ),
    Kind.LISTENED_ALREADY: Text(
        409,
        ("Otra persona la escucha", "El teléfono {phone} ya escucha esta llamada."),
        ("Somebody else hears it", "The phone {phone} hears this call already."),
    ),
    Kind.NOBODY_LISTENS: Text(
        404,
        ("Nadie escucha", "Nadie escucha la llamada «{call_id}»."),
        ("Nobody listens", "Nobody hears the call “{call_id}”."),
    ),
    Kind.QUEUE_CLOSED: Text(
        409,
        ("La cola está cerrada", "La cola «{name}» está cerrada; ábrala o elija otra."),
        ("The queue is closed", "The queue “{name}” is closed; open it, or choose another."),
    ),
}
