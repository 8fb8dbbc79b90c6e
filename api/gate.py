"""The gate before every route: who has no good token gets no further.

It stands before the routes and not in them, so that one somebody forgets to protect is behind it.
"""

from __future__ import annotations

import hashlib
import logging
import math
from collections import OrderedDict

from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.access import OPEN_PATHS
from api.limits import Limits
from api.parts import Parts
from api.problem_texts import Kind
from api.problems import ProblemError, language_of, meaning, problem_response
from api.throttle import Throttle
from storage.errors import DatabaseUnavailableError
from storage.tokens import TokenOwner

log = logging.getLogger(__name__)

_LONGEST_TOKEN = 200
_GOOD_REMEMBERED = 1000


class Doorkeeper:
    """Knows tokens from the database, and how many wrong ones each address has shown.

    A token that was good a moment ago is looked up even for an address that has to wait: behind
    one proxy all clients share it, and one with a revoked token must not lock the others out.
    """

    def __init__(self, parts: Parts, limits: Limits) -> None:
        self._parts = parts
        self._throttle = Throttle(
            at_once=limits.failures_at_once, seconds_each=limits.seconds_per_failure
        )
        self._good: OrderedDict[bytes, None] = OrderedDict()

    async def owner(self, connection: HTTPConnection) -> TokenOwner:
        """Whose token the request carries; raises `ProblemError`."""
        plain = bearer(connection)
        if plain is None:
            raise ProblemError(Kind.UNAUTHENTICATED)
        digest = hashlib.sha256(plain.encode()).digest()
        if digest not in self._good:
            self.must_not_wait(connection)
        owner = None
        if len(plain) <= _LONGEST_TOKEN:
            owner = await self._parts.tokens.find(plain, now=self._parts.now())
        if owner is None:
            self._good.pop(digest, None)
            self.note_wrong_token(connection)
            raise ProblemError(Kind.UNKNOWN_BEARER)
        self._good[digest] = None
        self._good.move_to_end(digest)
        if len(self._good) > _GOOD_REMEMBERED:
            self._good.popitem(last=False)
        return owner

    async def still_knows(self, connection: HTTPConnection) -> bool:
        """Whether the token is still good; a database that is away ends nobody's stream."""
        try:
            found = await self._parts.tokens.find(bearer(connection) or "", now=self._parts.now())
        except DatabaseUnavailableError:
            return True
        return found is not None

    def must_not_wait(self, connection: HTTPConnection) -> None:
        """Raise `ProblemError` when the address has shown too many wrong tokens."""
        wait = self._throttle.wait_seconds(_address(connection), self._parts.now())
        if wait > 0:
            seconds = str(math.ceil(wait))
            raise ProblemError(
                Kind.TOO_MANY_WRONG_TOKENS, headers={"retry-after": seconds}, seconds=seconds
            )

    def note_wrong_token(self, connection: HTTPConnection) -> None:
        """The address has shown a wrong token: the next ones may have to wait."""
        log.warning("a wrong token from %s", _address(connection))
        self._throttle.failed(_address(connection), self._parts.now())


class Gate:
    """Lets in who has a token; writes down who changed something."""

    def __init__(self, app: ASGIApp, doorkeeper: Doorkeeper) -> None:
        self._app = app
        self._doorkeeper = doorkeeper

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in OPEN_PATHS:
            await self._app(scope, receive, send)
            return
        connection = HTTPConnection(scope)
        try:
            owner = await self._doorkeeper.owner(connection)
        except (ProblemError, DatabaseUnavailableError) as error:
            problem = meaning(error)
            assert problem is not None
            await problem_response(problem, language_of(connection))(scope, receive, send)
            return
        scope.setdefault("state", {})["owner"] = owner
        await self._app(scope, receive, send if scope["method"] == "GET" else _noted(scope, send))


def _noted(scope: Scope, send: Send) -> Send:
    owner: TokenOwner = scope["state"]["owner"]

    async def send_and_note(message: Message) -> None:
        if message["type"] == "http.response.start":
            log.info(
                "%s %s by %s (%s, token %s): %d",
                scope["method"], ascii(scope["path"])[1:-1], owner.name, owner.role, owner.id,
                message["status"],
            )  # fmt: skip
        await send(message)

    return send_and_note


def bearer(connection: HTTPConnection) -> str | None:
    """The token of the `Authorization` header."""
    scheme, _, plain = connection.headers.get("authorization", "").partition(" ")
    plain = plain.strip()
    return plain if scheme.lower() == "bearer" and plain else None


def _address(connection: HTTPConnection) -> str:
    return connection.client.host if connection.client is not None else "unknown"
