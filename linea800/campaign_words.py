"""What `linea800 campaign …` says, in Spanish and English; a test holds the two alike."""

from __future__ import annotations

from collections.abc import Mapping

WORDS: Mapping[str, Mapping[str, str]] = {
    "es": {
        "head": "{campaign}, {at}, política {policy}.",
        "floor": "Agentes: {ready} libres, {talking} con personas marcadas, {serving} con quienes "
        "llamaron, {wrapping_up} cerrando su última llamada. Llamadas que suenan: {ringing}; "
        "personas que esperan: {waiting}.",
        "answers": "De cada 100 intentos contestan {live}.",
        "step": "Con un intento más, quien contestara correría un riesgo de {next} de no encontrar "
        "agente; se acepta hasta {price}.",
        "steps": "En el último de los intentos, quien contestara correría un riesgo de {last} de "
        "no encontrar agente; con uno más, de {next}; se acepta hasta {price}.",
        "free": "Por cada agente libre se marca a uno aunque el riesgo calculado sea de {next} y "
        "solo se acepte {price}: esa llamada ya tiene su agente.",
        "hung_up": "De {may_cancel} intentos que ya sonaron bastante se cuelgan {cancelled}, "
        "primero los que más sonaron: quien contestara ahora correría un riesgo de {before} de no "
        "encontrar agente, y así queda en {after}; hasta {bearable} se deja sonar.",
        "ledger": "En la cuenta del día, de {live} personas que contestaron {abandoned} quedaron "
        "sin agente: {share}; el límite es {cap}.",
        "fewer": "Solo quedaban {dialed} contactos a los que les tocara: a ellos se marcó.",
        "same": "Decidido de nuevo con lo guardado: {dial}, lo mismo.",
        "differs": "ATENCIÓN: decidido de nuevo con lo guardado da {dial}, y lo guardado dice "
        "{kept}. O esta versión de linea800 decide de otra manera, o la nota no está intacta.",
        "same_hung_up": "Decidido de nuevo con lo guardado: se cuelgan {cancel}, lo mismo.",
        "differs_hung_up": "ATENCIÓN: decidido de nuevo con lo guardado se cuelgan {cancel}, y lo "
        "guardado dice {kept}. O esta versión de linea800 decide de otra manera, o la nota no está "
        "intacta.",
        "not_again": "Esta política no guarda con qué decidir de nuevo: lo dicho es todo.",
        "no_such_campaign": "no hay campaña «{name}»; hay: {known}",
        "no_campaigns": "no hay campañas todavía",
        "several": "hay más de una campaña «{name}»: diga cuál por su id: {ids}",
        "no_note": "la campaña «{campaign}» no había decidido nada hasta {at}; su primera decisión "
        "guardada es de {first}",
        "no_notes": "la campaña «{campaign}» no ha decidido nada todavía",
        "what": "qué",
        "value": "cuánto",
        "attempt": "intento",
        "risk": "riesgo",
        "dials": "se marca",
        "hangs_up": "se cuelga",
        "waits": "no",
        "yes": "sí",
        "policy": "política",
        "attempts": "intentos",
        "live": "contestaron",
        "abandoned_share": "sin agente",
        "occupancy": "ocupación",
        "talk_per_hour": "min de charla por hora de agente",
        "as_recorded": "lo registrado",
        "playing": "se repite el día con: {policies}",
        "what_if": "Es un «qué habría pasado si», no una prueba.",
        "assumed": "Se supone: quién contesta, cuánto suena y cuánto duran conversación y cierre "
        "se sortean entre lo registrado cerca de esa hora (a 15 minutos, o los 50 más próximos), "
        "sin relación entre sí ni con la política; los agentes están cuando estuvieron, sin el "
        "tiempo que dieron a otras llamadas ({hours} horas de agente); la lista no se acaba y a "
        "nadie se llama dos veces por marcar más; {lines} líneas; quien contesta espera 2 s. "
        "Media de {seeds} sorteos. De {left_out} intentos no se sabe el fin y no cuentan en el "
        "sorteo. Cuánto se parece la fila «{own}» a lo registrado dice cuánto creerle al resto.",
    },
    "en": {
        "head": "{campaign}, {at}, policy {policy}.",
        "floor": "Agents: {ready} free, {talking} with people we dialed, {serving} with people who "
        "called, {wrapping_up} writing up their last call. Calls ringing: {ringing}; people "
        "waiting: {waiting}.",
        "answers": "Of each 100 attempts {live} are answered.",
        "step": "With one attempt more, whoever answered would run a risk of {next} of meeting no "
        "agent; up to {price} is accepted.",
        "steps": "In the last of the attempts, whoever answered would run a risk of {last} of "
        "meeting no agent; with one more, of {next}; up to {price} is accepted.",
        "free": "For each free agent one is dialed although the risk comes out as {next} and only "
        "{price} is accepted: that call has its agent already.",
        "hung_up": "Of {may_cancel} attempts that have rung long enough {cancelled} are hung up, "
        "the longest ringing first: whoever answered now would run a risk of {before} of meeting "
        "no agent, which becomes {after}; up to {bearable} they are let ring.",
        "ledger": "In the day's account, of {live} people who answered {abandoned} met no agent: "
        "{share}; the limit is {cap}.",
        "fewer": "Only {dialed} leads were due: they were dialed.",
        "same": "Decided again from what was kept: {dial}, the same.",
        "differs": "ATTENTION: decided again from what was kept it comes out as {dial}, and what "
        "was kept says {kept}. Either this version of linea800 decides otherwise, or the note is "
        "not intact.",
        "same_hung_up": "Decided again from what was kept: {cancel} hung up, the same.",
        "differs_hung_up": "ATTENTION: decided again from what was kept {cancel} are hung up, and "
        "what was kept says {kept}. Either this version of linea800 decides otherwise, or the note "
        "is not intact.",
        "not_again": "This policy keeps nothing to decide from again: what is said is all.",
        "no_such_campaign": "there is no campaign “{name}”; there are: {known}",
        "no_campaigns": "there are no campaigns yet",
        "several": "more than one campaign is called “{name}”: say which by its id: {ids}",
        "no_note": "campaign “{campaign}” had decided nothing by {at}; its first decision kept is "
        "of {first}",
        "no_notes": "campaign “{campaign}” has decided nothing yet",
        "what": "what",
        "value": "how much",
        "attempt": "attempt",
        "risk": "risk",
        "dials": "dialed",
        "hangs_up": "hung up",
        "waits": "no",
        "yes": "yes",
        "policy": "policy",
        "attempts": "attempts",
        "live": "answered",
        "abandoned_share": "met no agent",
        "occupancy": "occupancy",
        "talk_per_hour": "min of talk per agent hour",
        "as_recorded": "as recorded",
        "playing": "the day is played again with: {policies}",
        "what_if": "This is a what-if, not a proof.",
        "assumed": "Assumed: who answers, how long it rings, and how long talk and wrap-up last "
        "are drawn from what was recorded near that time of day (15 minutes, or the nearest 50), "
        "unrelated to each other and to the policy; agents are there when they were there, less "
        "the time they gave to other calls ({hours} agent hours); the list has no end and nobody "
        "is called twice for dialing more; {lines} lines; who answers waits 2 s. Mean of {seeds} "
        "draws. Of {left_out} attempts the end is not known, and nothing is drawn from them. How "
        "near the row “{own}” is to what was recorded says how far to believe the rest.",
    },
}

#: a number that a policy keeps: how it is written, and its name in Spanish and English
NUMBERS: Mapping[str, tuple[str, str, str]] = {
    "agents_ready": ("count", "agentes libres", "agents free"),
    "agents_talking": ("count", "agentes con personas marcadas", "agents with people we dialed"),
    "agents_serving": ("count", "agentes con quienes llamaron", "agents with people who called"),
    "agents_wrapping_up": ("count", "agentes cerrando su llamada", "agents writing up"),
    "agents_leaving": ("count", "agentes por irse o pausar", "agents about to leave or pause"),
    "doubt": (
        "number",
        "duda sobre las respuestas (varianza relativa)",
        "doubt about answers (relative variance)",
    ),
    "ringing": ("count", "llamadas que suenan", "calls ringing"),
    "screened": ("count", "contestadas, ¿persona o máquina?", "answered, person or machine?"),
    "waiting": ("count", "personas marcadas que esperan agente", "people dialed who wait"),
    "inbound_waiting": ("count", "personas que llamaron y esperan", "people who called and wait"),
    "lines_free": ("count", "líneas libres", "lines free"),
    "limit": ("count", "líneas y contactos: a lo más", "lines and leads: at most"),
    "spare": ("count", "agentes libres sin nadie en espera", "free agents nobody waits for"),
    "picked_up": ("share", "probabilidad de que contesten", "chance of an answer"),
    "human": ("share", "de ellos, personas", "of these, persons"),
    "live": ("share", "probabilidad de una persona", "chance of a person"),
    "ring_seconds": ("seconds", "suena hasta que contestan", "rings until the answer"),
    "talk_seconds": ("seconds", "dura la conversación", "the talk lasts"),
    "wrap_up_seconds": ("seconds", "dura el cierre", "the wrap-up lasts"),
    "inbound_per_second": ("per_minute", "personas que llaman, por minuto", "callers per minute"),
    "live_answers": ("count", "contestaron hoy", "answered today"),
    "abandoned": ("count", "quedaron sin agente", "met no agent"),
    "budget_share": ("share", "abandono que aún cabe", "abandonment there is room for"),
    "live_ahead": ("number", "respuestas que se prevén hasta cerrar", "answers expected ahead"),
    "price": ("share", "riesgo aceptado", "risk accepted"),
    "chosen": ("count", "intentos a ese precio", "attempts at that price"),
    "last_risk": ("share", "riesgo del último", "risk of the last one"),
    "next_risk": ("share", "riesgo de uno más", "risk of one more"),
    "may_cancel": ("count", "sonaron bastante, se podrían colgar", "rang enough to be hung up"),
    "cancelled": ("count", "se cuelgan", "hung up"),
    "bearable": ("share", "riesgo con el que se deja sonar", "risk up to which they ring on"),
    "risk_ringing": ("share", "riesgo de quien contestara ahora", "risk of who answered now"),
    "risk_left": ("share", "ese riesgo tras colgar", "that risk after hanging up"),
    "level": ("number", "líneas por agente", "lines per agent"),
    "lines": ("number", "líneas por agente libre", "lines per free agent"),
    "ratio": ("number", "líneas por agente libre", "lines per free agent"),
    "boost": ("number", "refuerzo", "boost"),
    "slots": ("number", "llamadas que caben", "calls there is room for"),
    "goal": ("number", "líneas que quiere", "lines it wants"),
    "existing": ("number", "líneas que ya hay", "lines there are"),
    "adjust": ("number", "ajuste", "adjustment"),
    "answered": ("number", "contestadas", "answered"),
    "failed": ("number", "no contestadas", "not answered"),
    "about_to_be_free": ("number", "agentes por quedar libres", "agents about to be free"),
    "over_place": ("number", "marcadas de más", "placed beyond"),
    "load": ("number", "carga ofrecida, erlangs", "offered load, erlangs"),
    "launches_per_second": ("number", "intentos por segundo", "attempts per second"),
    "handling_seconds": ("seconds", "dura atender una llamada", "handling a call lasts"),
    "expected_free": ("number", "agentes libres que se esperan", "agents expected free"),
    "expected_answers": ("number", "respuestas que se esperan", "answers expected"),
    "answer_rate": ("share", "probabilidad de que contesten", "chance of an answer"),
    "window_seconds": ("seconds", "mira tan adelante", "looks so far ahead"),
}


def said(language: str, word: str, **values: object) -> str:
    """What a word says in this language; raises `KeyError` for one that does not exist."""
    return WORDS[language][word].format(**values)


def written(name: str, value: float, language: str) -> tuple[str, str]:
    """A kept number as it is shown: its name, and the number with its unit."""
    form, spanish, english = NUMBERS.get(name, ("number", name, name))
    label = spanish if language == "es" else english
    match form:
        case "count":
            return label, f"{value:.0f}"
        case "share":
            return label, percent(value)
        case "seconds":
            return label, f"{value:.1f} s"
        case "per_minute":
            return label, f"{value * 60.0:.1f}"
        case _:
            return label, f"{value:.3g}"


def percent(share: float) -> str:
    """A share as per cent, to a tenth."""
    return f"{100.0 * share:.1f} %"
