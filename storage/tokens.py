"""Who may use the API: tokens shown once, stored as hashes; and how the first admin gets in."""

from __future__ import annotations

import hashlib
import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, and_, delete, exists, insert, or_, select, update

from storage.database import Database
from storage.tables import settings, tokens

_SETUP = "setup_token_sha256"
#: `last_used_at` is written at most this often, requests are many
_USE_NOTED_EVERY = timedelta(minutes=1)
_IS_ADMIN = and_(tokens.c.role == "admin", tokens.c.revoked_at.is_(None))


class Role(StrEnum):
    """What the owner of a token may do."""

    AGENT = "agent"  # only what concerns the agent's own number
    SUPERVISOR = "supervisor"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenOwner:
    """Whose token it is; `agent` is the agent's number, with the role `agent` always there."""

    id: str
    name: str
    role: Role
    agent: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenEntry:
    """A token as it is listed; the token itself is nowhere."""

    owner: TokenOwner
    created_at: datetime
    revoked_at: datetime | None
    last_used_at: datetime | None


class TokenStore:
    """Random tokens of 256 bits, found by their SHA-256.

    A plain hash is enough: there is nothing to guess in 256 random bits. And comparing happens in
    an index of hashes, which tells an attacker nothing about the token.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def create(
        self, name: str, role: Role, agent: str | None, *, now: datetime
    ) -> tuple[str, str]:
        """Make a token: its id, and the plain token, which nobody can show again.

        Raises `ValueError` when the role `agent` comes without an agent's number.
        """
        return await self._database.write(
            lambda connection: _make(connection, name, role, agent, now)
        )

    async def find(self, plain: str, *, now: datetime) -> TokenOwner | None:
        """Whose token this is; None when it is unknown or revoked."""
        mine = and_(tokens.c.sha256 == _hash(plain), tokens.c.revoked_at.is_(None))
        asked = select(tokens).where(mine)
        row = await self._database.read(lambda connection: connection.execute(asked).one_or_none())
        if row is None:
            return None
        if row.last_used_at is None or now - row.last_used_at >= _USE_NOTED_EVERY:
            older = or_(tokens.c.last_used_at.is_(None), tokens.c.last_used_at < now)
            used = update(tokens).where(tokens.c.id == row.id, older).values(last_used_at=now)
            await self._database.write(lambda connection: connection.execute(used).rowcount)
        return _owner(row)

    async def revoke(self, token_id: str, *, now: datetime) -> bool:
        """End a token; False when there is none with this id, or it had ended already."""
        live = and_(tokens.c.id == token_id, tokens.c.revoked_at.is_(None))
        ended = update(tokens).where(live).values(revoked_at=now)
        return (
            await self._database.write(lambda connection: connection.execute(ended).rowcount) == 1
        )

    async def list(self) -> list[TokenEntry]:
        """Every token there ever was, oldest first."""
        statement = select(tokens).order_by(tokens.c.created_at, tokens.c.id)
        return [_entry(row) for row in await self._database.rows(statement)]

    async def ensure_setup_token(self) -> str | None:
        """A new one-time token for making the first admin; None when there is an admin.

        The one before becomes worthless: only what the last start has printed is good.
        """

        def renew(connection: Connection) -> str | None:
            connection.execute(delete(settings).where(settings.c.key == _SETUP))
            if _has_admin(connection):
                return None
            plain = _new_token("setup")
            connection.execute(insert(settings).values(key=_SETUP, value=_hash(plain)))
            return plain

        return await self._database.write(renew)

    async def use_setup_token(
        self, plain: str, name: str, *, now: datetime
    ) -> tuple[str, str] | None:
        """Trade the setup token for the first admin's: id and plain token; None when it is wrong.

        Works once: of two that come at the same time one gets None.
        """
        mine = and_(settings.c.key == _SETUP, settings.c.value == _hash(plain))

        def trade(connection: Connection) -> tuple[str, str] | None:
            used = connection.execute(delete(settings).where(mine))
            if used.rowcount != 1 or _has_admin(connection):
                return None
            return _make(connection, name, Role.ADMIN, None, now)

        return await self._database.write(trade)


def _make(
    connection: Connection, name: str, role: Role, agent: str | None, now: datetime
) -> tuple[str, str]:
    if role is Role.AGENT and not agent:
        raise ValueError("a token for an agent needs the agent's number")
    token_id, plain = uuid.uuid4().hex, _new_token(role)
    connection.execute(
        insert(tokens).values(
            id=token_id, name=name, role=role, agent=agent, sha256=_hash(plain), created_at=now
        )
    )
    return token_id, plain


def _has_admin(connection: Connection) -> bool:
    return bool(connection.execute(select(exists().where(_IS_ADMIN))).scalar_one())


def _new_token(kind: str) -> str:
    # the prefix lets people, and scanners of leaked secrets, see what it is
    return f"linea800_{kind}_{secrets.token_urlsafe(32)}"


def _hash(plain: str) -> str:
    return hashlib.sha256(plain.encode("utf-8", "surrogatepass")).hexdigest()


def _owner(row: Row[Any]) -> TokenOwner:
    return TokenOwner(id=row.id, name=row.name, role=Role(row.role), agent=row.agent)


def _entry(row: Row[Any]) -> TokenEntry:
    return TokenEntry(
        owner=_owner(row),
        created_at=row.created_at,
        revoked_at=row.revoked_at,
        last_used_at=row.last_used_at,
    )
