"""Who may use the API: keys and sessions, shown once and stored as hashes."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, delete, insert, or_, select, update

from storage import setup_token
from storage.admins import admins, must_not_be_the_last
from storage.database import Database
from storage.scopes import OF_THE_WHOLE_HOUSE, SCOPES_OF, Scope
from storage.scopes import Role as Role
from storage.setup_token import new_token, token_hash
from storage.tables import tokens, users

#: `last_used_at` is written, and a session prolonged, at most this often: requests are many
_USE_NOTED_EVERY = timedelta(minutes=1)
#: a session ends then, however busy it is
LONGEST_SESSION = timedelta(days=7)
_LIVE = tokens.c.revoked_at.is_(None)


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenOwner:
    """Whose token it is; `agent` is the agent's number, with the role `agent` always there."""

    id: str
    name: str
    role: Role
    agent: str | None
    #: of what the role may do, only this; None: all of it
    scopes: frozenset[Scope] | None = None
    #: the queues it sees; None: all
    queues: frozenset[str] | None = None
    #: the person whose session it is; None: a key of programs
    user_id: str | None = None

    def may(self, scope: Scope) -> bool:
        """Whether it may do this. What is of no queue is not for who sees only some."""
        allowed = scope in SCOPES_OF[self.role]
        if self.queues is not None and scope in OF_THE_WHOLE_HOUSE:
            return False
        return allowed and (self.scopes is None or scope in self.scopes)

    def sees(self, queue: str) -> bool:
        """Whether what happens in this queue is shown to it."""
        return self.queues is None or queue in self.queues


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenEntry:
    """A key as it is listed; the token itself is nowhere."""

    owner: TokenOwner
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None
    last_used_at: datetime | None


class TokenStore:
    """Random tokens of 256 bits, found by their SHA-256.

    A plain hash is enough: there is nothing to guess in 256 random bits. And comparing happens in
    an index of hashes, which tells an attacker nothing about the token.
    """

    def __init__(self, database: Database, session_idle: timedelta = timedelta(hours=12)) -> None:
        self._database = database
        self._session_idle = session_idle

    async def create(
        self,
        name: str,
        role: Role,
        agent: str | None,
        *,
        now: datetime,
        scopes: Collection[Scope] | None = None,
        queues: Collection[str] | None = None,
        expires_at: datetime | None = None,
    ) -> tuple[str, str]:
        """Make a key: its id, and the plain token, which nobody can show again.

        Raises `ValueError` when the role `agent` comes without an agent's number.
        """
        if role is Role.AGENT and not agent:
            raise ValueError("a token for an agent needs the agent's number")
        row = {
            "name": name, "role": role, "agent": agent, "created_at": now,
            "scopes": _listed(scopes), "queues": _listed(queues), "expires_at": expires_at,
        }  # fmt: skip
        return await self._database.write(lambda connection: _make(connection, row))

    async def find(self, plain: str, *, now: datetime) -> TokenOwner | None:
        """Whose token this is; None when it is unknown or over. A session is prolonged."""
        mine = and_(tokens.c.sha256 == token_hash(plain), _LIVE, _not_expired(now))
        asked = (
            select(tokens, *_OF_USER)
            .join_from(tokens, users, tokens.c.user_id == users.c.id, isouter=True)
            .where(mine, or_(tokens.c.user_id.is_(None), users.c.ended_at.is_(None)))
        )
        row = await self._database.read(lambda connection: connection.execute(asked).one_or_none())
        if row is None:
            return None
        if row.last_used_at is None or now - row.last_used_at >= _USE_NOTED_EVERY:
            older = or_(tokens.c.last_used_at.is_(None), tokens.c.last_used_at < now)
            noted = {"last_used_at": now}
            if row.user_id is not None:
                noted["expires_at"] = self._session_end(row.created_at, now)
            used = update(tokens).where(tokens.c.id == row.id, _LIVE, older).values(noted)
            await self._database.write(lambda connection: connection.execute(used).rowcount)
        return _owner(row)

    async def revoke(self, token_id: str, *, now: datetime, keep_an_admin: bool = False) -> bool:
        """End a key or a session; False when there is none with this id, or it had ended already.

        Raises `LastAdminError` when asked to keep one, and this is the last.
        """
        ended = update(tokens).where(tokens.c.id == token_id, _LIVE).values(revoked_at=now)

        def end(connection: Connection) -> bool:
            if keep_an_admin:
                must_not_be_the_last(connection, token_id, now)
            return connection.execute(ended).rowcount == 1

        return await self._database.write(end)

    async def list(self) -> list[TokenEntry]:
        """Every key there ever was, oldest first; sessions are not keys."""
        statement = (
            select(tokens)
            .where(tokens.c.user_id.is_(None))
            .order_by(tokens.c.created_at, tokens.c.id)
        )
        return [_entry(row) for row in await self._database.rows(statement)]

    async def open_session(
        self, user_id: str, password_hash: str, *, now: datetime
    ) -> tuple[str, str, datetime]:
        """A session of a person who is there: its id, the plain token, and when it ends unused.

        Raises `KeyError` when the person is not any more, or the password is another by now:
        a sign-in that began before must not outlive the change.
        """
        ends = self._session_end(now, now)
        person = select(users).where(
            users.c.id == user_id,
            users.c.password_hash == password_hash,
            users.c.ended_at.is_(None),
        )
        past = now - timedelta(days=1)
        over = and_(
            tokens.c.user_id.is_not(None),
            or_(tokens.c.expires_at < past, tokens.c.revoked_at < past),
        )

        def open_one(connection: Connection) -> tuple[str, str]:
            user = connection.execute(person.with_for_update()).one_or_none()
            if user is None:
                raise KeyError(user_id)
            connection.execute(delete(tokens).where(over))
            row = {"name": user.name, "role": user.role, "agent": user.agent}
            return _make(
                connection, {**row, "user_id": user_id, "created_at": now, "expires_at": ends}
            )

        token_id, plain = await self._database.write(open_one)
        return token_id, plain, ends

    async def ensure_setup_token(self, *, now: datetime) -> str | None:
        """A new one-time token for making the first admin; None when there is an admin.

        The one before becomes worthless: only what the last start has printed is good.
        """
        return await self._database.write(lambda connection: setup_token.renew(connection, now))

    async def has_admin(self, *, now: datetime) -> bool:
        """Whether anybody can let others in."""
        return await self._database.write(lambda connection: bool(admins(connection, now)))

    async def use_setup_token(
        self, plain: str, name: str, *, now: datetime
    ) -> tuple[str, str] | None:
        """Trade the setup token for the first admin's: id and plain token; None when it is wrong.

        Works once: of two that come at the same time one gets None.
        """

        def trade(connection: Connection) -> tuple[str, str] | None:
            if not setup_token.spend(connection, plain, now):
                return None
            return _make(connection, {"name": name, "role": Role.ADMIN, "created_at": now})

        return await self._database.write(trade)

    def _session_end(self, began: datetime, now: datetime) -> datetime:
        return min(now + self._session_idle, began + LONGEST_SESSION)


def end_sessions(connection: Connection, user_id: str, now: datetime) -> None:
    """End every session of a person."""
    theirs = and_(tokens.c.user_id == user_id, _LIVE)
    connection.execute(update(tokens).where(theirs).values(revoked_at=now))


#: what a session's person is now counts, not what they were when it began
_OF_USER = tuple(
    users.c[name].label(f"user_{name}") for name in ("name", "role", "agent", "queues")
)


def _make(connection: Connection, row: dict[str, Any]) -> tuple[str, str]:
    token_id = uuid.uuid4().hex
    plain = new_token("session" if "user_id" in row else row["role"])
    connection.execute(insert(tokens).values(id=token_id, sha256=token_hash(plain), **row))
    return token_id, plain


def _not_expired(now: datetime) -> ColumnElement[bool]:
    return or_(tokens.c.expires_at.is_(None), tokens.c.expires_at > now)


def _listed(names: Collection[str] | None) -> list[str] | None:
    return None if names is None else sorted(map(str, names))


def _owner(row: Row[Any]) -> TokenOwner:
    if row.user_id is None:
        return _key_owner(row)
    return TokenOwner(
        id=row.id,
        name=row.user_name,
        role=Role(row.user_role),
        agent=row.user_agent,
        queues=None if row.user_queues is None else frozenset(row.user_queues),
        user_id=row.user_id,
    )


def _key_owner(row: Row[Any]) -> TokenOwner:
    return TokenOwner(
        id=row.id,
        name=row.name,
        role=Role(row.role),
        agent=row.agent,
        # one that only a newer version knows lets nobody do anything here
        scopes=None if row.scopes is None else frozenset(map(Scope, set(row.scopes) & _KNOWN)),
        queues=None if row.queues is None else frozenset(row.queues),
    )


_KNOWN = frozenset(scope.value for scope in Scope)


def _entry(row: Row[Any]) -> TokenEntry:
    return TokenEntry(
        owner=_key_owner(row),
        created_at=row.created_at,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
        last_used_at=row.last_used_at,
    )
