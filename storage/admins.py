"""Whether somebody is left who can let others in: the last admin cannot be taken away."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select

from calls.errors import Linea800Error
from storage.scopes import Role, Scope
from storage.tables import tokens, users


class LastAdminError(Linea800Error):
    """Without this one nobody could use the service as an admin any more."""


def admins(connection: Connection, now: datetime) -> set[str]:
    """The ids of the users and keys that may do everything now, kept from changing meanwhile."""
    people = select(users.c.id).where(users.c.role == Role.ADMIN, users.c.ended_at.is_(None))
    keys = select(tokens.c.id, tokens.c.scopes, tokens.c.expires_at).where(
        tokens.c.role == Role.ADMIN, tokens.c.revoked_at.is_(None), tokens.c.user_id.is_(None)
    )
    # two who take each other's place away at the same time wait for each other here
    found = {row.id for row in connection.execute(people.order_by(users.c.id).with_for_update())}
    for row in connection.execute(keys.order_by(tokens.c.id).with_for_update()):
        lasts = row.expires_at is None or row.expires_at > now
        if lasts and (row.scopes is None or Scope.ADMIN in row.scopes):
            found.add(row.id)
    return found


def must_not_be_the_last(connection: Connection, one: str, now: datetime) -> None:
    """Raise `LastAdminError` when this user or key is the only admin."""
    if admins(connection, now) == {one}:
        raise LastAdminError(f"{one} is the last admin; make another one first")
