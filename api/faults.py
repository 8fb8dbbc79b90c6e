"""What is wrong with a request, fault by fault: where, a code that stays, and why in es and en.

A reason never repeats the value that was sent: it may be a secret.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel

from documents.faults import place_text

_TOLD_AT_MOST = 50
_PLACE_LENGTH = 120
_UNPRINTABLE = re.compile(r"[^\x20-\x7e\xa1-\u1fff]")

#: by pydantic's own codes, and ours
REASONS: dict[str, tuple[str, str]] = {
    "missing": ("falta", "is missing"),
    "extra_forbidden": ("no se conoce aquí", "is not known here"),
    "string_type": ("debe ser texto", "has to be text"),
    "string_unicode": ("no es texto Unicode válido", "is not valid Unicode text"),
    "string_pattern_mismatch": (
        "no corresponde al patrón {pattern}",
        "does not fit the pattern {pattern}",
    ),
    "string_too_short": (
        "necesita {min_length} caracteres o más",
        "needs at least {min_length} characters",
    ),
    "string_too_long": (
        "puede tener hasta {max_length} caracteres",
        "may have at most {max_length} characters",
    ),
    "int_type": ("debe ser un número entero", "has to be a whole number"),
    "int_parsing": ("debe ser un número entero", "has to be a whole number"),
    "int_parsing_size": ("es un número demasiado grande", "is too large a number"),
    "int_from_float": ("debe ser un número entero", "has to be a whole number"),
    "float_type": ("debe ser un número", "has to be a number"),
    "float_parsing": ("debe ser un número", "has to be a number"),
    "finite_number": ("debe ser un número finito", "has to be a finite number"),
    "greater_than_equal": ("debe ser {ge} o más", "has to be at least {ge}"),
    "less_than_equal": ("debe ser {le} o menos", "has to be at most {le}"),
    "literal_error": ("debe ser uno de: {expected}", "has to be one of: {expected}"),
    "enum": ("debe ser uno de: {expected}", "has to be one of: {expected}"),
    "dict_type": ("debe ser un objeto JSON", "has to be a JSON object"),
    "model_type": ("debe ser un objeto JSON", "has to be a JSON object"),
    "model_attributes_type": ("debe ser un objeto JSON", "has to be a JSON object"),
    "json_invalid": ("no es JSON válido", "is not valid JSON"),
    "moment": (
        "debe ser una hora ISO 8601 con zona, como 2026-03-01T12:00:00Z",
        "has to be an ISO 8601 time with a zone, such as 2026-03-01T12:00:00Z",
    ),
    "unknown_cursor": (
        "no es de esta lista; pregunte otra vez sin cursor",
        "is not one of this list; ask again without a cursor",
    ),
    "queue_or_target": (
        "debe tener uno de los dos: queue o target",
        "has to have one of the two: queue or target",
    ),
    "no_such_place": (
        "no es un destino de este piso: {known}",
        "is no target of this floor: {known}",
    ),
    "no_such_queue": ("no es una cola de este piso: {known}", "is no queue of this floor: {known}"),
    "queue_announces": (
        "anuncia posiciones: la persona llamada oiría el anuncio y no al agente; "
        "use una cola con announce_position_seconds: 0 y sin callback_key",
        "announces positions: a called person would hear that instead of the agent; "
        "use a queue with announce_position_seconds: 0 and no callback_key",
    ),
    "previews_call_nobody_back": (
        "quien dejó la fila espera que le llamen solo: use otro pacing que preview",
        "who gave up the line is called without being asked for: use another pacing than preview",
    ),
    "weak_password": (
        "se adivina pronto: use varias palabras sin relación, o más letras distintas",
        "is guessed soon: use several unrelated words, or more different letters",
    ),
    "admins_see_all": (
        "un administrador ve todas las colas; deje vacío este campo o elija otro rol",
        "an admin sees every queue; leave this out, or choose another role",
    ),
    "beyond_the_role": ("no lo puede ese rol: {scopes}", "is beyond this role: {scopes}"),
    "in_the_past": ("ya pasó", "is in the past"),
    "no_such_agent": ("no es un agente de este piso", "is no agent of this floor"),
    "no_such_pause_reason": ("debe ser uno de: {known}", "has to be one of: {known}"),
    "unfit_pacing_settings": ("no sirve: {fault}", "does not fit: {fault}"),
    "no_such_pacing": ("debe ser uno de: {known}", "has to be one of: {known}"),
    "no_such_prompt": (
        "no hay una grabación {prompt} en {language}",
        "there is no recording {prompt} in {language}",
    ),
    "no_such_preset": ("debe ser una de: {known}", "has to be one of: {known}"),
    "rings_too_short": (
        "la regla {preset} pide que suene {seconds} s por lo menos",
        "the rule {preset} asks for {seconds} s of ringing at least",
    ),
    "no_such_number": (
        "no es un número de teléfono: escríbalo con el código del país, como +573001234567, o "
        "diga el país",
        "is no phone number: write it with the country's code, as +573001234567, or name the "
        "country",
    ),
    "country_needed": (
        "hace falta: el registro puede ser de varios países ({known})",
        "is needed: the register may be of several countries ({known})",
    ),
    "calendar_date": (
        "debe ser un día, como 2026-11-20",
        "has to be a day, such as 2026-11-20",
    ),
    "no_such_disposition": (
        "la campaña no lo tiene; debe ser uno de: {known}",
        "is not one the campaign has; has to be one of: {known}",
    ),
    "promises_nothing": (
        "sobra: con esto no se promete ninguna llamada",
        "is too much: no call is promised by this",
    ),
    "moment_is_over": ("ya pasó; debe ser un momento futuro", "is over; has to be in the future"),
    "moment_too_far": (
        "puede ser dentro de {days} días a más tardar",
        "may be {days} days ahead at most",
    ),
    "not_allowed_then": (
        "las reglas de llamada no lo permiten; lo permiten desde {next}",
        "is not allowed by the calling rules; they allow it from {next} on",
    ),
    "never_allowed": (
        "las reglas de llamada no permiten llamar a esta persona",
        "is not allowed by the calling rules: this person must not be called",
    ),
    "one_of_two": ("diga esto o {other}, no los dos", "give this or {other}, and not both"),
    "no_such_lead": ("no es un contacto de esta campaña", "is no lead of this campaign"),
    "not_dialable": (
        "esta campaña no puede marcar ese número ({fault})",
        "cannot be dialed by this campaign ({fault})",
    ),
    "no_such_zone": (
        "debe ser una zona horaria como America/Bogota",
        "has to be a time zone such as America/Bogota",
    ),
    "no_quarter": (
        "debe ser el comienzo de un cuarto de hora, como 2026-03-01T12:15:00Z",
        "has to be the beginning of a quarter of an hour, such as 2026-03-01T12:15:00Z",
    ),
    "not_of_these_years": (
        "debe ser entre los años 2000 y 2100",
        "has to be between the years 2000 and 2100",
    ),
    "too_long_a_period": (
        "con este intervalo el periodo puede tener hasta {days} días",
        "allows a period of at most {days} days",
    ),
    "too_many_items": (
        "serían más de {most} resultados: pida menos, o intervalos más largos",
        "would give more than {most} items: ask of fewer, or in longer intervals",
    ),
    "no_such_kpi": ("debe ser uno de: {known}", "has to be one of: {known}"),
    "no_edge": ("debe ser uno de: {known}", "has to be one of: {known}"),
    "not_after_from": ("debe ser después de `from`", "has to be after `from`"),
    "no_such_local_time": (
        "no existe ese día en esa zona: el reloj se adelanta",
        "does not exist on that day in that zone: the clock goes forward",
    ),
    "no_agent_of_the_queue": (
        "no es un agente de la cola {queue}",
        "is no agent of the queue {queue}",
    ),
    "list_name_taken": (
        "ya lo tiene otra lista de la campaña",
        "is the name of another list of the campaign",
    ),
    "no_such_country": (
        "debe ser un país de ISO 3166 con dos letras mayúsculas, como EC",
        "has to be a country of ISO 3166 in two capital letters, such as EC",
    ),
    "more_than_the_trunk": (
        "la troncal solo tiene {max_calls} líneas",
        "the trunk has only {max_calls} lines",
    ),
    "bound_needed": ("hace falta: diga low, high o ambos", "is needed: give low, high or both"),
    "no_room_inside": (
        "no deja sitio entre low y high",
        "leaves no room between low and high",
    ),
    "kpi_of_others": ("esta cifra es de: {known}", "this figure is of: {known}"),
    "no_such_subject": ("no existe con ese nombre", "does not exist by this name"),
    "no_webhook_address": (
        "debe ser una dirección como https://example.com/hook",
        "has to be an address like https://example.com/hook",
    ),
    "webhook_not_https": (
        "debe ser https: con http cualquiera lee lo que se envía; para uno de la casa arranque el"
        " servicio con LINEA800_WEBHOOKS_PRIVATE=true",
        "has to be https: plain http shows everybody what is sent; for one within the house start"
        " the service with LINEA800_WEBHOOKS_PRIVATE=true",
    ),
    "webhook_with_user": (
        "no puede llevar una contraseña: lo que se envía va firmado",
        "must not have a password in it: what is sent is signed",
    ),
    "webhook_with_fragment": ("no puede llevar #", "must not have a # in it"),
    "no_such_port": ("su puerto debe ser de 1 a 65535", "its port has to be 1 to 65535"),
    "webhook_not_public": (
        "lleva a una dirección que no es pública; para una de la casa arranque el servicio con"
        " LINEA800_WEBHOOKS_PRIVATE=true",
        "leads to an address that is not public; for one within the house start the service with"
        " LINEA800_WEBHOOKS_PRIVATE=true",
    ),
    "agent_needed": (
        "hace falta con el rol agent, y solo con él",
        "is needed with the role agent, and only with it",
    ),
}
_OTHERWISE = ("no es válido", "is not valid")


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: `place` as in `body.retry.max_attempts` or `query.limit`."""

    place: str
    code: str
    values: Mapping[str, Any] = field(default_factory=dict)

    def told(self, language: str) -> FaultTold:
        """The fault for a client; anything but `en` is told in Spanish."""
        spanish, english = REASONS.get(self.code, _OTHERWISE)
        template = english if language == "en" else spanish
        return FaultTold(
            place=self.place, code=self.code, reason=template.format_map(dict(self.values))
        )


class FaultTold(BaseModel):
    """One fault of a request."""

    place: str
    code: str
    reason: str


def faults_of(errors: Iterable[Mapping[str, Any]]) -> Sequence[Fault]:
    """The faults of a request that pydantic found (`RequestValidationError.errors()`)."""
    faults = []
    for error in errors:
        place = error["loc"]
        if error["type"] == "json_invalid":
            place = ("body",)  # the position in the text is no place that has a name
        faults.append(Fault(_shown(place_text(tuple(place))), error["type"], _values(error)))
        if len(faults) == _TOLD_AT_MOST:
            break
    return faults


def _values(error: Mapping[str, Any]) -> Mapping[str, Any]:
    values = dict(error.get("ctx", {}))
    if "expected" in values:  # pydantic lists them as English does: 'a', 'b' or 'c'
        quoted = values["expected"].replace(" or ", ", ")
        values["expected"] = quoted.replace("'", "")
    return values


def _shown(place: str) -> str:
    """A place may hold the name of an unknown field, which is whatever the client sent."""
    return _UNPRINTABLE.sub("�", place[:_PLACE_LENGTH])
