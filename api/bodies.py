"""What may come in a request's body: how much, of which media type, and how slowly."""

from __future__ import annotations

import asyncio

from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.limits import Limits
from api.problem_texts import Kind
from api.problems import ProblemError, language_of, problem_response

_JSON = "application/json"
_CSV = "text/csv"
#: what is left of the body is not read: the connection cannot be used again
_CLOSE = {"connection": "close"}


class Bodies:
    """Refuses a body that is too big, of another type than the route takes, or does not come."""

    def __init__(self, app: ASGIApp, limits: Limits) -> None:
        self._app = app
        self._limits = limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        connection = HTTPConnection(scope)
        is_list = _is_list(scope["method"], scope["path"])
        limit = self._limits.list_bytes if is_list else self._limits.json_bytes
        if is_list and scope["path"].endswith("/imports"):
            limit = self._limits.import_bytes
        try:
            _must_fit(connection, limit, _CSV if is_list else _JSON)
        except ProblemError as error:
            await problem_response(error, language_of(connection))(scope, receive, send)
            return
        await self._app(scope, self._measured(receive, limit), send)

    def _measured(self, receive: Receive, limit: int) -> Receive:
        taken = 0
        complete = False

        async def measured() -> Message:
            nonlocal taken, complete
            if complete:
                return await receive()  # waiting for the client to go has no limit
            try:
                async with asyncio.timeout(self._limits.body_pause_seconds):
                    message = await receive()
            except TimeoutError:
                seconds = f"{self._limits.body_pause_seconds:g}"
                raise ProblemError(Kind.BODY_TOO_SLOW, headers=_CLOSE, seconds=seconds) from None
            taken += len(message.get("body", b""))
            complete = not message.get("more_body", False)
            if taken > limit:
                raise _too_big(limit)
            return message

        return measured


def _is_list(method: str, path: str) -> bool:
    return (method == "POST" and path.endswith(("/leads", "/imports"))) or (
        (method == "PUT" and path.startswith("/registers/"))
        or (method == "POST" and path in ("/do-not-call/numbers", "/customers/file"))
    )


def _must_fit(connection: HTTPConnection, limit: int, wanted: str) -> None:
    """Raise `ProblemError` for a body that its headers already show to be wrong."""
    length = connection.headers.get("content-length", "")
    if length.isascii() and length.isdigit() and int(length[:20]) > limit:
        raise _too_big(limit)
    has_body = length not in ("", "0") or "transfer-encoding" in connection.headers
    sent = connection.headers.get("content-type", "").partition(";")[0].strip().lower()
    if has_body and sent != wanted:
        raise ProblemError(Kind.WRONG_MEDIA_TYPE, headers=_CLOSE, wanted=wanted)


def _too_big(limit: int) -> ProblemError:
    return ProblemError(Kind.BODY_TOO_BIG, headers=_CLOSE, limit=limit)
