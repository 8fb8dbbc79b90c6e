"""The one-time token that the console shows as long as there is no admin."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, delete, insert, select

from storage.admins import admins
from storage.tables import settings

_KEY = "setup_token_sha256"


def new_token(kind: str) -> str:
    """256 random bits; the prefix lets people, and scanners of leaked secrets, see what it is."""
    return f"linea800_{kind}_{secrets.token_urlsafe(32)}"


def token_hash(plain: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(plain.encode("utf-8", "surrogatepass")).hexdigest()


def renew(connection: Connection, now: datetime) -> str | None:
    """A new setup token in the place of the one before; None when there is an admin."""
    connection.execute(delete(settings).where(settings.c.key == _KEY))
    if admins(connection, now):
        return None
    plain = new_token("setup")
    connection.execute(insert(settings).values(key=_KEY, value=token_hash(plain)))
    return plain


def fits(connection: Connection, plain: str) -> bool:
    """Whether it is this one, so far; nothing is used up."""
    return connection.execute(select(settings.c.key).where(_is(plain))).first() is not None


def spend(connection: Connection, plain: str, now: datetime) -> bool:
    """Use it up; False when it is wrong, or there is an admin. Works once."""
    used = connection.execute(delete(settings).where(_is(plain)))
    return used.rowcount == 1 and not admins(connection, now)


def _is(plain: str) -> ColumnElement[bool]:
    return and_(settings.c.key == _KEY, settings.c.value == token_hash(plain))
