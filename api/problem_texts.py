"""Every kind of problem the API tells: its status, and its words in Spanish and English."""

from __future__ import annotations

from api.access_texts import ACCESS_TEXTS
from api.problem_kinds import Kind, Text
from api.service_texts import SERVICE_TEXTS
from api.supervision_texts import SUPERVISION_TEXTS
from api.watching_texts import WATCHING_TEXTS

__all__ = ["TEXTS", "Kind", "Text"]

TEXTS: dict[Kind, Text] = {
    Kind.UNREADABLE_BODY: Text(
        400,
        ("El cuerpo no se puede leer", "El cuerpo de la solicitud no es JSON que se pueda leer."),
        ("The body cannot be read", "The body of the request is not JSON that can be read."),
    ),
    Kind.NOT_FOUND: Text(
        404,
        ("No existe", "No hay nada en esta dirección."),
        ("Not found", "There is nothing at this address."),
    ),
    Kind.NO_SUCH_AGENT: Text(
        404,
        ("No existe ese agente", "No hay un agente {number}."),
        ("No such agent", "There is no agent {number}."),
    ),
    Kind.NO_SUCH_QUEUE: Text(
        404,
        ("No existe esa cola", "No hay una cola «{name}»."),
        ("No such queue", "There is no queue “{name}”."),
    ),
    Kind.NO_SUCH_CALL: Text(
        404,
        ("No existe esa llamada", "No hay una llamada «{call_id}»."),
        ("No such call", "There is no call “{call_id}”."),
    ),
    Kind.NO_SUCH_MENU: Text(
        404,
        ("No existe ese menú", "No hay un menú «{name}», y nadie llegó nunca a uno así."),
        ("No such menu", "There is no menu “{name}”, and nobody ever came to one."),
    ),
    Kind.NO_SUCH_CAMPAIGN: Text(
        404,
        ("No existe esa campaña", "No hay una campaña «{campaign_id}»."),
        ("No such campaign", "There is no campaign “{campaign_id}”."),
    ),
    Kind.NO_SUCH_CALLBACK: Text(
        404,
        (
            "No hay esa llamada prometida",
            "No hay una llamada prometida «{callback_id}» que falte por hacer.",
        ),
        (
            "No such promised call",
            "There is no promised call “{callback_id}” that is still to be made.",
        ),
    ),
    Kind.NO_SUCH_IMPORT: Text(
        404,
        ("No existe esa importación", "La campaña no tiene una importación «{import_id}»."),
        ("No such import", "The campaign has no import “{import_id}”."),
    ),
    Kind.NO_SUCH_CUSTOMER: Text(
        404,
        ("No existe ese cliente", "No hay un cliente «{customer_id}»."),
        ("No such customer", "There is no customer “{customer_id}”."),
    ),
    Kind.NOT_YOUR_CUSTOMER: Text(
        403,
        (
            "No es el cliente de su llamada",
            "Un agente ve al cliente de la llamada que tiene, y el cliente {customer_id} no lo es.",
        ),
        (
            "This is not the customer of your call",
            "An agent sees the customer of the call in hand, and customer {customer_id} is not.",
        ),
    ),
    Kind.CUSTOMER_TAKEN: Text(
        409,
        ("Ya es de otro cliente", "«{value}» ({field}) ya es de otro cliente."),
        ("This is another customer's", "“{value}” ({field}) is another customer's already."),
    ),
    Kind.NO_SUCH_LIST: Text(
        404,
        ("No existe esa lista", "La campaña no tiene una lista «{list_id}»."),
        ("No such list", "The campaign has no list “{list_id}”."),
    ),
    Kind.NOT_LISTED: Text(
        404,
        ("No está en la lista", "El número {number} no está en esa lista de no llamar."),
        ("It is not listed", "The number {number} is not on that do-not-call list."),
    ),
    Kind.NO_SUCH_REGISTER: Text(
        404,
        ("No existe ese registro", "Ninguna regla pide un registro «{name}»; hay: {known}."),
        ("No such register", "No rule asks for a register “{name}”; there are: {known}."),
    ),
    Kind.METHOD_NOT_ALLOWED: Text(
        405,
        ("Método no permitido", "Esta dirección no admite {method}; admite {allowed}."),
        ("Method not allowed", "This address does not take {method}; it takes {allowed}."),
    ),
    Kind.BODY_TOO_SLOW: Text(
        408,
        (
            "El cuerpo no llega",
            "Pasaron {seconds} s sin que llegara más del cuerpo; envíe la solicitud otra vez.",
        ),
        (
            "The body does not come",
            "For {seconds} s no more of the body came; send the request again.",
        ),
    ),
    Kind.AGENT_NOT_NOW: Text(
        409,
        (
            "Ahora no se puede",
            "El agente {number} está en el estado «{state}», que no permite esto.",
        ),
        ("Not now", "Agent {number} is in the state “{state}”, which does not allow this."),
    ),
    Kind.CALL_GONE: Text(
        409,
        ("La llamada ya terminó", "La llamada terminó antes de esto."),
        ("The call is over", "The call ended before this."),
    ),
    Kind.LEAD_BUSY: Text(
        409,
        (
            "Se está llamando a esa persona",
            "El contacto {lead_id} tiene una llamada en curso, o un agente lo está mirando; "
            "prometa otra cuando termine.",
        ),
        (
            "This person is being called",
            "Lead {lead_id} has a call under way, or an agent looks at it; promise another when "
            "that is over.",
        ),
    ),
    Kind.NOTHING_SHOWN: Text(
        409,
        ("No hay qué decidir", "El agente {number} no tiene un contacto a la vista."),
        ("There is nothing to decide", "Agent {number} looks at no lead."),
    ),
    Kind.PREVIEW_OVER: Text(
        409,
        (
            "Ya es tarde",
            "El contacto ya no está con el agente {number}: pasó el tiempo, ya se decidió, o la "
            "campaña se detuvo. Mire «preview» en /agents/me.",
        ),
        (
            "It is too late",
            "The lead is not agent {number}'s any more: the time was over, it was decided, or the "
            "campaign has stopped. Look at “preview” in /agents/me.",
        ),
    ),
    Kind.RULES_REFUSE: Text(
        409,
        (
            "Las reglas de llamada ya no lo permiten",
            "No se marcó: {why} ({codes}). El contacto espera o quedó terminado, según la regla.",
        ),
        (
            "The calling rules do not allow it any more",
            "Nobody was dialed: {why} ({codes}). The lead waits or is done, as the rule says.",
        ),
    ),
    Kind.NO_LINE: Text(
        409,
        (
            "No hay una línea libre",
            "No se marcó; el contacto sigue a la vista. Intente otra vez en un momento.",
        ),
        (
            "No line is free",
            "Nobody was dialed; the lead is still shown. Try again in a moment.",
        ),
    ),
    Kind.CAMPAIGN_NOT_NOW: Text(
        409,
        (
            "La campaña no lo permite ahora",
            "La campaña está en el estado «{state}»; esto solo se puede en: {allowed}.",
        ),
        (
            "The campaign does not allow this now",
            "The campaign is in the state “{state}”; this is possible only in: {allowed}.",
        ),
    ),
    Kind.CAMPAIGN_WITHOUT_LEADS: Text(
        409,
        (
            "La campaña no tiene a quién llamar",
            "No le quedan contactos por llamar; agregue una lista y empiece otra vez.",
        ),
        (
            "The campaign has nobody to call",
            "No lead is left to be dialed; add a list and start again.",
        ),
    ),
    Kind.CAMPAIGN_UNFIT: Text(
        409,
        (
            "La campaña no corresponde a este piso",
            "Su cola «{queue}» o su ritmo «{pacing}» ya no sirven para marcar; cree otra campaña.",
        ),
        (
            "The campaign does not fit this floor",
            "Its queue “{queue}” or pacing “{pacing}” cannot dial now; make another campaign.",
        ),
    ),
    Kind.REGISTER_BUSY: Text(
        409,
        ("Ese registro se está cargando", "Espere a que termine la carga de «{name}»."),
        ("This register is being loaded", "Wait until the load of “{name}” is done."),
    ),
    Kind.BODY_TOO_BIG: Text(
        413,
        ("El cuerpo es muy grande", "El cuerpo puede tener hasta {limit} bytes."),
        ("The body is too big", "The body may have up to {limit} bytes."),
    ),
    Kind.WRONG_MEDIA_TYPE: Text(
        415,
        ("Tipo de contenido no admitido", "Envíe el cuerpo como {wanted}."),
        ("Media type not supported", "Send the body as {wanted}."),
    ),
    Kind.INVALID: Text(
        422,
        ("La solicitud no es válida", "Corrija lo que dice «errors» y envíela otra vez."),
        ("The request is not valid", "Mend what “errors” tells and send it again."),
    ),
    Kind.LIST_REFUSED: Text(
        422,
        (
            "La lista no se puede leer",
            "{reason}. Lo que ya se leyó queda; se puede enviar la lista corregida completa.",
        ),
        (
            "The list cannot be read",
            "{reason}. What was read is kept; the whole list may be sent again when mended.",
        ),
    ),
    Kind.REGISTER_REFUSED: Text(
        422,
        ("El registro no se puede cargar", "{reason}. Sigue valiendo la copia anterior."),
        ("The register cannot be loaded", "{reason}. The copy before this one still counts."),
    ),
    Kind.TOO_MANY_STREAMS: Text(
        429,
        ("Demasiadas vistas en vivo", "Este token ya tiene {limit} abiertas; cierre una."),
        ("Too many live views", "This token has {limit} open already; close one."),
    ),
    Kind.TOO_MANY_IMPORTS: Text(
        429,
        (
            "Demasiadas listas a la vez",
            "Ya se están leyendo {limit} listas; espere a que termine una.",
        ),
        ("Too many lists at once", "{limit} lists are being read already; wait until one is done."),
    ),
    Kind.INTERNAL: Text(
        500,
        (
            "Falla interna",
            "Algo falló en el servicio; el registro lo explica bajo el identificador «id».",
        ),
        (
            "Internal failure",
            "Something failed in the service; its log explains it under this “id”.",
        ),
    ),
    Kind.SWITCH_REFUSED: Text(
        502,
        (
            "La central lo rechazó",
            "Asterisk respondió que no lo hace; el registro del servicio dice por qué.",
        ),
        (
            "The switch refused",
            "Asterisk answered that it will not do it; the service's log says why.",
        ),
    ),
    Kind.NOT_READY: Text(
        503,
        ("El servicio no está listo", "«health» dice qué falta."),
        ("The service is not ready", "“health” tells what is missing."),
    ),
    Kind.LINK_DOWN: Text(
        503,
        (
            "No hay conexión con la central",
            "No se hizo nada; intente otra vez cuando vuelva la conexión con Asterisk.",
        ),
        (
            "There is no connection to the switch",
            "Nothing was done; try again when the connection to Asterisk is back.",
        ),
    ),
    Kind.DATABASE_AWAY: Text(
        503,
        ("La base de datos no responde", "Intente otra vez en un momento; las llamadas siguen."),
        ("The database does not answer", "Try again in a moment; calls go on."),
    ),
    Kind.OUTCOME_UNKNOWN: Text(
        504,
        (
            "No se sabe si se hizo",
            "La central no respondió a tiempo; mire el estado antes de repetir.",
        ),
        (
            "Whether it was done is not known",
            "The switch did not answer in time; look at the state before you repeat this.",
        ),
    ),
    **ACCESS_TEXTS,
    **SERVICE_TEXTS,
    **SUPERVISION_TEXTS,
    **WATCHING_TEXTS,
}
