"""A question as a request, and a response as an answer. Pure: nothing leaves from here."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any, NoReturn
from urllib.parse import urlencode

from backoffice import path_template
from backoffice.kinds import WrongKindError, held, number_of
from backoffice.path_template import UnfitArgumentError
from backoffice.pointer import ABSENT, found
from backoffice.spec import WAIT_SECONDS, ServiceSpec
from backoffice.trouble import Trouble, TroubleKind
from ivr.services import Answer, Question
from ivr.values import Value, Values

_KEY = re.compile(r"[\x21-\x7e]{1,200}", re.ASCII)
_SECONDS = re.compile(r"[0-9]{1,6}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Request:
    """What leaves: the path below the operator's address, with its query, encoded already."""

    method: str
    path: str
    body: bytes = b""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Response:
    """What came, read whole; `retry_after` is the header of that name."""

    status: int
    body: bytes = b""
    retry_after: str = ""


def request_of(spec: ServiceSpec, question: Question) -> Request:
    """Raises `UnfitArgumentError` naming the argument."""
    if not _KEY.fullmatch(question.key):
        raise UnfitArgumentError("key")
    values = _arguments(spec, question.arguments)
    in_path = path_template.places(spec.path)
    path = path_template.filled(spec.path, {name: str(values[name]) for name in in_path})
    sent = {
        spec.sent_as.get(name, name): value for name, value in values.items() if name not in in_path
    }
    body = b""
    if spec.has_body:
        body = json.dumps(sent, ensure_ascii=False, allow_nan=False).encode()
    elif sent:
        texts = {
            name: json.dumps(value) if isinstance(value, bool) else value
            for name, value in sent.items()
        }
        path = f"{path}?{urlencode(texts, doseq=True)}"
    return Request(spec.method, path, body, key=question.key if spec.kind == "action" else "")


def _arguments(spec: ServiceSpec, given: Values) -> dict[str, Value]:
    if unknown := given.keys() - spec.arguments.keys():
        raise UnfitArgumentError(min(unknown))
    values: dict[str, Value] = {}
    for name, kind in spec.arguments.items():
        value = given.get(name)
        if value is None and name in spec.optional:
            continue
        try:
            values[name] = held(value, kind)
        except WrongKindError as error:
            raise UnfitArgumentError(f"{name} {error}") from None
    return values


def answer_of(spec: ServiceSpec, response: Response) -> Answer | Trouble:
    """What the response means: an answer, or what is wrong with it."""
    is_action = spec.kind == "action"
    match response.status:
        case 200 | 201 | 202 | 203 | 204:
            return _good(spec, response.body)
        case 404 | 410:
            return Answer("refused" if is_action else "missing")
        case 409 | 422 if is_action:
            return Answer("refused")
        case 429 if is_action:
            wait = int(response.retry_after) if _SECONDS.fullmatch(response.retry_after) else 0
            return Answer("refused", {WAIT_SECONDS: wait})
        case status:
            return Trouble(_kind_of(status), f"HTTP {status}", left=True)


def _kind_of(status: int) -> TroubleKind:
    if status == 429:
        return TroubleKind.TOO_MANY
    if status in (401, 403, 407):
        return TroubleKind.NOT_ALLOWED
    if 300 <= status < 400:
        return TroubleKind.REDIRECTED
    return TroubleKind.SERVER_ERROR if status >= 500 else TroubleKind.NOT_UNDERSTOOD


def _good(spec: ServiceSpec, body: bytes) -> Answer | Trouble:
    values: dict[str, Value] = {}
    if spec.at_most_every_seconds is not None:
        values[WAIT_SECONDS] = 0
    if spec.gives:
        try:
            document = _json(body)
        except (ValueError, RecursionError):
            return Trouble(TroubleKind.NOT_JSON, left=True)
        for name, kind in spec.gives.items():
            value = found(document, spec.values.get(name, f"/{name}"))
            if name in spec.optional and (value is ABSENT or value is None):
                values[name] = None
                continue
            try:
                values[name] = held(value, kind)
            except WrongKindError as error:
                reason = "is missing" if value is ABSENT else f"{error}"
                return Trouble(TroubleKind.WRONG_VALUE, f"{name} {reason}", left=True)
    return Answer("done" if spec.kind == "action" else "found", values)


def _json(body: bytes) -> Any:
    """Raises `ValueError` or `RecursionError`."""
    return json.loads(body.decode("utf-8"), parse_float=number_of, parse_constant=_no_number)


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")
