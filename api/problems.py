"""Errors as RFC 9457 problems: the one form in which anything that went wrong leaves the API."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from typing import Any

from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response

from api.faults import Fault, FaultTold, faults_of
from api.health import Health
from api.language import preferred_language
from api.problem_texts import TEXTS, Kind
from calls.errors import CallGoneError, CommandRefusedError, LinkDownError, OutcomeUnknownError
from storage.errors import CursorError, DatabaseUnavailableError
from storage.recordings import SoundKeptError

log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
_TYPE = "urn:linea800:problem:"
_TRY_AGAIN_SECONDS = "5"


class Problem(BaseModel):
    """What went wrong, as RFC 9457 says; `type` tells machines, `title` and `detail` people."""

    type: str
    title: str
    status: int
    detail: str
    #: with `invalid`: each fault and its place
    errors: list[FaultTold] | None = None
    #: with `internal`: what to look for in the service's log
    id: str | None = None
    #: with `not_ready`
    health: Health | None = None


class ProblemError(HTTPException):
    """Ends the request with a problem; `values` go into its sentence."""

    def __init__(
        self,
        kind: Kind,
        *,
        faults: Sequence[Fault] = (),
        headers: Mapping[str, str] | None = None,
        health: Health | None = None,
        **values: object,
    ) -> None:
        super().__init__(TEXTS[kind].status, detail=kind, headers=headers)
        self.kind = kind
        self.faults = faults
        self.health = health
        self.values = values


def invalid(place: str, code: str, **values: object) -> ProblemError:
    """One fault that only this floor, or the database, could tell."""
    return ProblemError(Kind.INVALID, faults=[Fault(place, code, values)])


def language_of(connection: HTTPConnection) -> str:
    """In which language to answer a client: `Accept-Language`, else the floor's."""
    default: str = connection.app.state.parts.floor.language
    return preferred_language(connection.headers.get("accept-language", ""), default)


def problem_response(
    error: ProblemError, language: str, *, failure_id: str | None = None
) -> Response:
    """The problem as it leaves."""
    title, detail = TEXTS[error.kind].told(language)
    problem = Problem(
        type=_TYPE + error.kind,
        title=title,
        status=error.status_code,
        detail=detail.format_map(dict(error.values)),
        errors=[fault.told(language) for fault in error.faults] or None,
        id=failure_id,
        health=error.health,
    )
    plain = json.dumps(problem.model_dump(mode="json", exclude_none=True), ensure_ascii=False)
    headers = {"content-language": language, "vary": "accept-language", **(error.headers or {})}
    if error.status_code == 401:
        headers["www-authenticate"] = "Bearer"
    elif error.status_code == 503:
        headers["retry-after"] = _TRY_AGAIN_SECONDS
    return Response(
        # what a client sent may hold what UTF-8 cannot
        plain.encode("utf-8", "replace"),
        status_code=error.status_code,
        headers=headers,
        media_type=MEDIA_TYPE,
    )


#: what the rooms below raise, and what it means to a client
_MEANINGS: dict[type[Exception], Kind] = {
    LinkDownError: Kind.LINK_DOWN,
    CallGoneError: Kind.CALL_GONE,
    CommandRefusedError: Kind.SWITCH_REFUSED,
    OutcomeUnknownError: Kind.OUTCOME_UNKNOWN,
    DatabaseUnavailableError: Kind.DATABASE_AWAY,
    SoundKeptError: Kind.RECORDING_KEPT,
}
_OF_STATUS = {
    400: Kind.UNREADABLE_BODY,
    404: Kind.NOT_FOUND,
}


def meaning(error: Exception) -> ProblemError | None:
    """The problem that an error of another room, or of the framework, is; None: it is ours."""
    match error:
        case ProblemError():
            return error
        case RequestValidationError():
            return ProblemError(Kind.INVALID, faults=faults_of(error.errors()))
        case CursorError():
            return invalid("query.cursor", "unknown_cursor")
        case HTTPException() if error.status_code in _OF_STATUS:
            return ProblemError(_OF_STATUS[error.status_code])
        case _:
            kind = next((kind for cls, kind in _MEANINGS.items() if isinstance(error, cls)), None)
            if kind is None:
                return None
            log.warning("%s: %s", kind, error)
            return ProblemError(kind)


async def on_error(request: Request, error: Exception) -> Response:
    """Answer with the problem an error is; what is none of these goes on to the outermost wall."""
    problem = meaning(error)
    if problem is None:
        raise error
    return problem_response(problem, language_of(request))


HANDLED: tuple[type[Exception], ...] = (
    HTTPException, RequestValidationError, CursorError, *_MEANINGS
)  # fmt: skip


def told(*kinds: Kind) -> dict[int | str, dict[str, Any]]:
    """The `responses` of a route that may end with these problems, for the API's description."""
    by_status: dict[int | str, list[str]] = {}
    for kind in kinds:
        by_status.setdefault(TEXTS[kind].status, []).append(TEXTS[kind].en[0])
    schema = {"$ref": "#/components/schemas/Problem"}
    return {
        status: {
            "description": "; ".join(titles),
            "content": {MEDIA_TYPE: {"schema": schema}},
        }
        for status, titles in by_status.items()
    }
