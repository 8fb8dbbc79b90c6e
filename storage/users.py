"""People who sign in with a login and a password; what they lose at once when that changes."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, insert, select, update

from calls.errors import Linea800Error
from storage import cursors, setup_token
from storage.admins import must_not_be_the_last
from storage.database import Database
from storage.passwords import Passwords
from storage.scopes import Role
from storage.tables import users
from storage.tokens import end_sessions


class LoginTakenError(Linea800Error):
    """Somebody has this login, or had it: the audit must not mean two people by it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """A person; `agent` is the agent's number, with the role `agent` always there."""

    id: str
    login: str
    name: str
    role: Role
    agent: str | None
    #: the queues they see; None: all
    queues: frozenset[str] | None
    created_at: datetime
    ended_at: datetime | None
    password_hash: str = field(repr=False, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewUser:
    """Whom to add. The login is kept in small letters."""

    login: str
    name: str
    role: Role
    agent: str | None = None
    queues: Collection[str] | None = None


@dataclass(frozen=True, slots=True)
class UserPage:
    """People, newest first, and the cursor with which the list goes on (None: it is over)."""

    users: list[User]
    next_cursor: str | None


class UserStore:
    """Keeps people and the hashes of their passwords."""

    def __init__(self, database: Database, passwords: Passwords | None = None) -> None:
        self._database = database
        self._passwords = passwords or Passwords()

    async def add(self, new: NewUser, password: str, *, now: datetime) -> User:
        """Raises `LoginTakenError`; `ValueError` for an agent without a number."""
        row = _row(new, await self._passwords.hash(password), now)
        return await self._database.write(lambda connection: _add(connection, row))

    async def add_first(
        self, setup: str, new: NewUser, password: str, *, now: datetime
    ) -> User | None:
        """Trade the setup token for the first admin; None when it is wrong. Works once."""
        # who guesses gets no hash, which costs a quarter of a second and one of two places
        if not await self._database.read(lambda connection: setup_token.fits(connection, setup)):
            return None
        row = _row(new, await self._passwords.hash(password), now)

        def trade(connection: Connection) -> User | None:
            return _add(connection, row) if setup_token.spend(connection, setup, now) else None

        return await self._database.write(trade)

    async def get(self, user_id: str) -> User | None:
        """One person, also one who has ended."""
        rows = await self._database.rows(select(users).where(users.c.id == user_id))
        return _user(rows[0]) if rows else None

    async def page(self, cursor: str | None = None, limit: int = 50) -> UserPage:
        """Everybody there ever was, newest first.

        Raises `CursorError`, and `ValueError` when `limit` is not 1 to 1000.
        """
        cursors.check_limit(limit)
        order = (users.c.created_at, users.c.id)
        statement = select(users).order_by(*(column.desc() for column in order)).limit(limit + 1)
        if cursor is not None:
            statement = statement.where(cursors.after(cursor, order))
        found = [_user(row) for row in await self._database.rows(statement)]
        if len(found) <= limit:
            return UserPage(found, None)
        last = found[limit - 1]
        return UserPage(found[:limit], cursors.encode(last.created_at, last.id))

    async def change(
        self, user_id: str, values: dict[str, Any], *, now: datetime
    ) -> tuple[User, User]:
        """Change name, role, agent or queues: the person before and after.

        Raises `KeyError` when there is none, `LastAdminError`, and `ValueError` for an agent
        without a number.
        """
        kept = {**values}
        if values.get("queues") is not None:
            kept["queues"] = sorted(values["queues"])

        def change(connection: Connection) -> tuple[User, User]:
            # all of the admins before this one: two who lock one each would wait for each other
            if values.get("role", Role.ADMIN) is not Role.ADMIN:
                must_not_be_the_last(connection, user_id, now)
            before = _there(connection, user_id)
            mine = users.c.id == user_id
            if kept:
                connection.execute(update(users).where(mine).values(kept))
            after = _user(connection.execute(select(users).where(mine)).one())
            _must_have_a_number(after.role, after.agent)
            return before, after

        return await self._database.write(change)

    async def end(self, user_id: str, *, now: datetime) -> User:
        """End a person and every session at once; raises `KeyError`, `LastAdminError`."""

        def end(connection: Connection) -> User:
            must_not_be_the_last(connection, user_id, now)
            before = _there(connection, user_id)
            ended = update(users).where(users.c.id == user_id).values(ended_at=now)
            connection.execute(ended)
            end_sessions(connection, user_id, now)
            return before

        return await self._database.write(end)

    async def set_password(self, user_id: str, password: str, *, now: datetime) -> None:
        """A new password; every session ends at once. Raises `KeyError`."""
        password_hash = await self._passwords.hash(password)

        def change(connection: Connection) -> None:
            _there(connection, user_id)
            mine = users.c.id == user_id
            connection.execute(update(users).where(mine).values(password_hash=password_hash))
            end_sessions(connection, user_id, now)

        await self._database.write(change)

    async def sign_in(self, login: str, password: str) -> User | None:
        """Who this is; None when nobody, which takes as long to find out."""
        mine = and_(users.c.login == login.lower(), users.c.ended_at.is_(None))
        return await self._known_by(await self._database.rows(select(users).where(mine)), password)

    async def knows(self, user_id: str, password: str) -> bool:
        """Whether it is this person's password."""
        mine = and_(users.c.id == user_id, users.c.ended_at.is_(None))
        rows = await self._database.rows(select(users).where(mine))
        return await self._known_by(rows, password) is not None

    async def _known_by(self, rows: Any, password: str) -> User | None:
        row = rows[0] if rows else None
        kept = None if row is None else row.password_hash
        if not await self._passwords.fits(kept, password) or row is None:
            return None
        if self._passwords.outdated(row.password_hash):
            renewed = await self._passwords.hash(password)
            # unless it was changed meanwhile
            same = and_(users.c.id == row.id, users.c.password_hash == row.password_hash)
            statement = update(users).where(same).values(password_hash=renewed)
            await self._database.write(lambda connection: connection.execute(statement).rowcount)
            return replace(_user(row), password_hash=renewed)
        return _user(row)


def _row(new: NewUser, password_hash: str, now: datetime) -> dict[str, Any]:
    _must_have_a_number(new.role, new.agent)
    return {
        "id": uuid.uuid4().hex, "login": new.login.lower(), "name": new.name, "role": new.role,
        "agent": new.agent, "queues": None if new.queues is None else sorted(new.queues),
        "password_hash": password_hash, "created_at": now,
    }  # fmt: skip


def _must_have_a_number(role: Role, agent: str | None) -> None:
    if (role is Role.AGENT) != (agent is not None):
        raise ValueError("an agent, and only an agent, has an agent's number")


def _add(connection: Connection, row: dict[str, Any]) -> User:
    same = select(users.c.id).where(users.c.login == row["login"])
    if connection.execute(same).first() is not None:
        raise LoginTakenError(f"the login {row['login']} is taken")
    connection.execute(insert(users).values(row))
    return _user(connection.execute(select(users).where(users.c.id == row["id"])).one())


def _there(connection: Connection, user_id: str) -> User:
    mine = and_(users.c.id == user_id, users.c.ended_at.is_(None))
    row = connection.execute(select(users).where(mine).with_for_update()).one_or_none()
    if row is None:
        raise KeyError(user_id)
    return _user(row)


def _user(row: Row[Any]) -> User:
    return User(
        id=row.id,
        login=row.login,
        name=row.name,
        role=Role(row.role),
        agent=row.agent,
        queues=None if row.queues is None else frozenset(row.queues),
        created_at=row.created_at,
        ended_at=row.ended_at,
        password_hash=row.password_hash,
    )
