"""Where the database is: a path, `sqlite:///path` or `postgresql://user:password@host/name`."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from storage.errors import DatabaseUrlError

#: Strict on purpose: what does not fit is refused without being repeated, because a password
#: with a bare `@` or `/` in it would otherwise be taken, and shown, as a host or a name.
_POSTGRESQL = re.compile(
    r"^postgres(?:ql)?(?:\+asyncpg)?://"
    r"(?P<login>[^:@/?#\s]+(?::[^:@/?#\s]*)?@)?"
    r"(?P<host>(?:[\w.-]+|\[[0-9A-Fa-f:.]+\])?(?::(?P<port>[0-9]{1,5}))?)"
    r"/(?P<name>[\w.-]+)"
    r"(?P<query>\?[^#\s]*)?$",
    re.ASCII,
)
_SQLITE = re.compile(r"^sqlite(?:\+aiosqlite)?:///(?P<path>[^?#]+)$")


@dataclass(frozen=True, slots=True)
class SqliteFile:
    """A database in one file of this machine."""

    path: Path

    def __str__(self) -> str:
        return f"SQLite database {self.path}"


@dataclass(frozen=True, slots=True)
class PostgresqlServer:
    """A database on a PostgreSQL server; `dsn` holds the password and is never shown."""

    dsn: str = field(repr=False)
    host: str
    name: str

    def __str__(self) -> str:
        return f"PostgreSQL database {self.name} at {self.host or 'the local socket'}"


def read_address(url: str) -> SqliteFile | PostgresqlServer:
    """What the user's text means; raises `DatabaseUrlError`."""
    if "://" not in url:
        return SqliteFile(_path(url))
    scheme = url.partition("://")[0]
    if scheme in ("postgresql", "postgres", "postgresql+asyncpg"):
        found = _POSTGRESQL.match(url)
        if found is None or int(found["port"] or 5432) > 65535:
            raise DatabaseUrlError(
                "the database address is not of the form postgresql://user:password@host:port/name;"
                " special characters in the password are written as %XX"
            )
        dsn = "postgresql" + url[url.index("://") :]
        return PostgresqlServer(dsn, found["host"], found["name"])
    if scheme in ("sqlite", "sqlite+aiosqlite"):
        if (match := _SQLITE.match(url)) is None:
            raise DatabaseUrlError(
                "the database address is not of the form sqlite:///path/to/file.db"
            )
        return SqliteFile(_path(match["path"]))
    raise DatabaseUrlError(
        "the database address starts with a scheme that is not known here;"
        " use a file path, sqlite:/// or postgresql://"
    )


def _path(text: str) -> Path:
    if not text.strip() or ":memory:" in text or "\x00" in text:
        raise DatabaseUrlError("the database address names no file; give the path of one")
    return Path(text).expanduser()
