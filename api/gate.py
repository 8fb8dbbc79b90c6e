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

from api.access import OPEN_BELOW, OPEN_PATHS, OPEN_ROUTES
from api.limits import Limits
from api.outside_claims import LONGEST, TokenExpiredError, looks_outside
from api.parts import Parts
from api.persons import persons_shown_to
from api.problem_texts import Kind
from api.problems import ProblemError, language_of, meaning, problem_response
from api.same_origin import READING, proves_same_origin
from api.session_cookie import WITHOUT_COOKIE, session_of
from api.throttle import Throttle
from backoffice.key_set import KeysAwayError
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
        """Whose token or session the request carries; raises `ProblemError`.

        Who sends an `Authorization` header means that, whatever cookie the browser adds.
        """
        if "authorization" in connection.headers:
            plain = bearer(connection)
            if plain is None:
                raise ProblemError(Kind.UNAUTHENTICATED)
            return await self._known(connection, plain, Kind.UNKNOWN_BEARER)
        plain = session_of(connection)
        if plain is None:
            raise ProblemError(Kind.UNAUTHENTICATED)
        owner = await self._known(connection, plain, Kind.SESSION_OVER)
        if connection.scope["method"] not in READING and not proves_same_origin(connection.headers):
            raise ProblemError(Kind.NOT_SAME_ORIGIN)
        return owner

    async def still_knows(self, connection: HTTPConnection) -> bool:
        """Whether the token is still good, and lets its owner do and see the same.

        A database that is away ends nobody's stream.
        """
        plain = bearer(connection) or session_of(connection) or ""
        try:
            owner: TokenOwner = connection.state.owner
            return await self._find(plain) == owner
        except TokenExpiredError:
            return False
        except (DatabaseUnavailableError, KeysAwayError):
            return True

    async def _known(self, connection: HTTPConnection, plain: str, refusal: Kind) -> TokenOwner:
        digest = hashlib.sha256(plain.encode()).digest()
        if digest not in self._good:
            self.must_not_wait(connection)
        try:
            owner = await self._find(plain)
        except KeysAwayError as error:
            log.warning("%s", error)
            raise ProblemError(Kind.ISSUER_AWAY) from error
        except TokenExpiredError as error:
            # no guess: a page that was left open must not lock out who shares its address
            raise ProblemError(refusal) from error
        if owner is None:
            was_good = self._good.pop(digest, self) is None
            if refusal is not Kind.SESSION_OVER:
                self.note_wrong_token(connection)
                raise ProblemError(refusal)
            if not was_good:  # a browser cannot know that its cookie is too old
                self.note_wrong_token(connection)
            raise ProblemError(refusal, headers=WITHOUT_COOKIE)
        self._good[digest] = None
        self._good.move_to_end(digest)
        if len(self._good) > _GOOD_REMEMBERED:
            self._good.popitem(last=False)
        return owner

    async def _find(self, plain: str) -> TokenOwner | None:
        now = self._parts.now()
        if self._parts.outside is not None and looks_outside(plain) and len(plain) <= LONGEST:
            return await self._parts.outside.find(plain, now=now)
        if len(plain) > _LONGEST_TOKEN:
            return None
        return await self._parts.tokens.find(plain, now=now)

    def must_not_wait(self, connection: HTTPConnection) -> None:
        """Raise `ProblemError` when the address has shown too many wrong tokens."""
        wait = self._throttle.wait_seconds(address_of(connection), self._parts.now())
        if wait > 0:
            seconds = str(math.ceil(wait))
            raise ProblemError(
                Kind.TOO_MANY_WRONG_TOKENS, headers={"retry-after": seconds}, seconds=seconds
            )

    def note_wrong_token(self, connection: HTTPConnection) -> None:
        """The address has shown a wrong token: the next ones may have to wait."""
        log.warning("a wrong token from %s", address_of(connection))
        self._throttle.failed(address_of(connection), self._parts.now())


class Gate:
    """Lets in who has a token; writes down who changed something."""

    def __init__(self, app: ASGIApp, doorkeeper: Doorkeeper) -> None:
        self._app = app
        self._doorkeeper = doorkeeper

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or _open(scope["method"], scope["path"]):
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
        with persons_shown_to(owner):
            await self._app(
                scope, receive, send if scope["method"] == "GET" else _noted(scope, send)
            )


def _open(method: str, path: str) -> bool:
    return path in OPEN_PATHS or path.startswith(OPEN_BELOW) or f"{method} {path}" in OPEN_ROUTES


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


def address_of(connection: HTTPConnection) -> str:
    """Where the client is, as far as we can see."""
    return connection.client.host if connection.client is not None else "unknown"
