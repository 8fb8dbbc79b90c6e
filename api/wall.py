"""The outermost wall: what browsers must know of every answer, and no failure shown to anyone."""

from __future__ import annotations

import logging
import uuid

from starlette.datastructures import MutableHeaders
from starlette.requests import ClientDisconnect, HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problem_texts import Kind
from api.problems import ProblemError, language_of, problem_response

log = logging.getLogger(__name__)

#: everything here is data, nothing of it is a page
_HEADERS = {
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}


class Wall:
    """Adds the headers; turns any failure into a problem with an id, and logs it under that id."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def send_with_headers(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        try:
            await self._app(scope, receive, send_with_headers)
        except ClientDisconnect:
            log.info("a client left before its request was whole")
        except Exception:  # the boundary: nobody above could do more than close the connection
            failure_id = uuid.uuid4().hex
            method, path = scope["method"], ascii(scope["path"])
            log.exception("failure %s: %s %s", failure_id, method, path)
            if started:
                return
            error = ProblemError(Kind.INTERNAL)
            language = language_of(HTTPConnection(scope))
            response = problem_response(error, language, failure_id=failure_id)
            await response(scope, receive, send_with_headers)
