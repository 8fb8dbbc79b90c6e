"""The words of problems with menus, tickets, messages and incidents, in Spanish and English."""

from __future__ import annotations

from api.problem_kinds import Kind, Text

SERVICE_TEXTS: dict[Kind, Text] = {
    Kind.MENU_REFUSED: Text(
        422,
        ("Los menús no se pueden leer", "Siguen atendiendo los de antes. {reason}"),
        ("The menus cannot be read", "Those of before go on answering. {reason}"),
    ),
    Kind.PARQUET_MISSING: Text(
        501,
        (
            "Aquí no se puede escribir Parquet",
            "Falta la biblioteca que lo escribe. Instálela con «pip install 'linea800[parquet]'» "
            "y reinicie el servicio, o pida el archivo en CSV o JSON Lines.",
        ),
        (
            "Parquet cannot be written here",
            "The library that writes it is missing. Install it by “pip install "
            "'linea800[parquet]'” and restart the service, or ask for CSV or JSON Lines.",
        ),
    ),
    Kind.NOT_YOUR_TICKET: Text(
        403,
        (
            "Es el caso de otro agente",
            "El caso {number} no lo atiende el agente de este token; tómelo primero.",
        ),
        (
            "This is another agent's ticket",
            "The token's agent does not look after ticket {number}; take it first.",
        ),
    ),
    Kind.NO_SUCH_TICKET: Text(
        404,
        ("No existe el caso", "No hay ningún caso {number}."),
        ("There is no such ticket", "There is no ticket {number}."),
    ),
    Kind.NO_SUCH_RECORDING: Text(
        404,
        ("No existe el mensaje", "No hay ningún mensaje «{recording}», o ya fue borrado."),
        (
            "There is no such message",
            "There is no message “{recording}”, or it was removed.",
        ),
    ),
    Kind.NO_SUCH_CALL_RECORDING: Text(
        404,
        ("No existe la grabación", "No hay ninguna grabación «{recording}», o su archivo falta."),
        (
            "There is no such recording",
            "There is no recording “{recording}”, or its file is missing.",
        ),
    ),
    Kind.CALL_NOT_RECORDED: Text(
        409,
        ("La llamada no se graba", "De la llamada «{call_id}» no se graba nada ahora."),
        ("The call is not recorded", "Nothing of the call “{call_id}” is recorded now."),
    ),
    Kind.CALL_RECORDING_NOT_NOW: Text(
        409,
        (
            "La grabación no tiene sonido",
            "La grabación «{recording}» está en «{state}»: no hay sonido que oír o borrar.",
        ),
        (
            "The recording has no sound",
            "The recording “{recording}” is “{state}”: there is no sound to hear or remove.",
        ),
    ),
    Kind.CALL_RECORDING_HELD: Text(
        409,
        (
            "La grabación está retenida",
            "La grabación «{recording}» no se puede borrar: {why}. Quite primero la retención.",
        ),
        (
            "The recording is held",
            "The recording “{recording}” must not go: {why}. Take the hold away first.",
        ),
    ),
    Kind.CALL_RECORDING_CHANGED: Text(
        409,
        (
            "La grabación fue alterada",
            "El archivo de «{recording}» no es el que se guardó. Con `changed=true` se oye de "
            "todos modos, y queda anotado.",
        ),
        (
            "The recording was changed",
            "The file of “{recording}” is not what was kept. With `changed=true` it is heard all "
            "the same, and that is noted.",
        ),
    ),
    Kind.NO_SUCH_INCIDENT: Text(
        404,
        ("No existe el incidente", "No hay ningún incidente {incident_id}."),
        ("There is no such incident", "There is no incident {incident_id}."),
    ),
    Kind.TICKET_TAKEN: Text(
        409,
        ("El caso ya tiene quien lo atienda", "El caso {number} lo atiende el agente {owner}."),
        ("Somebody looks after the ticket", "Agent {owner} looks after ticket {number}."),
    ),
    Kind.TICKET_NOT_NOW: Text(
        409,
        (
            "El caso no puede pasar a ese estado",
            "El caso {number} está en «{state}» y desde ahí no pasa a «{wanted}».",
        ),
        (
            "The ticket cannot become that",
            "Ticket {number} is “{state}”, from which it does not become “{wanted}”.",
        ),
    ),
    Kind.NO_SUCH_RANGE: Text(
        416,
        ("El mensaje es más corto", "El mensaje tiene {size} bytes; pida una parte de esos."),
        ("The message is shorter", "The message has {size} bytes; ask for a part of these."),
    ),
    Kind.RECORDING_KEPT: Text(
        500,
        (
            "El mensaje no se pudo borrar",
            "El archivo sigue en su carpeta; el registro del servicio dice por qué.",
        ),
        (
            "The message could not be removed",
            "Its file is still in its folder; the service's log says why.",
        ),
    ),
}
