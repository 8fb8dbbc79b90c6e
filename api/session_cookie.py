"""The cookie that holds a session: only for us, never for scripts, never from another site."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.requests import HTTPConnection
from starlette.responses import Response

_NAME = "linea800_session"
#: of a refusal: the browser forgets a session that is over
WITHOUT_COOKIE: Mapping[str, str] = {
    "set-cookie": f'{_NAME}=""; Max-Age=0; Path=/; HttpOnly; SameSite=strict'
}


def session_of(connection: HTTPConnection) -> str | None:
    """The session's token that the browser sends."""
    return connection.cookies.get(_NAME) or None


def keep_session(response: Response, connection: HTTPConnection, plain: str) -> None:
    """Let the browser keep it until it closes; over TLS, send it over nothing else."""
    secure = connection.url.scheme == "https"
    response.set_cookie(_NAME, plain, path="/", httponly=True, samesite="strict", secure=secure)


def forget_session(response: Response) -> None:
    """Let the browser forget it."""
    response.headers.append("set-cookie", WITHOUT_COOKIE["set-cookie"])
