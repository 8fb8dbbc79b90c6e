"""How the tables came to be, step by step; run at every start."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.util import CommandError
from sqlalchemy import Connection

from storage.errors import DanglingRowError, DatabaseVersionError


def upgrade(connection: Connection, to: str = "head") -> None:
    """Bring the tables to this version, or to another one, inside the caller's transaction.

    Raises `DatabaseVersionError` when a newer linea800 has been there already, and
    `DanglingRowError` when rows would refer to nothing.
    """
    before = _revision(connection)
    config = Config()
    # `%` would be read as an interpolation
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, to)
    except CommandError as error:
        raise DatabaseVersionError(
            f"the database's tables are not known to this version of linea800 ({error});"
            " start the version that made them, or a newer one"
        ) from error
    if connection.dialect.name == "sqlite" and _revision(connection) != before:
        _check_references(connection)


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _check_references(connection: Connection) -> None:
    """What SQLite did not watch while tables were made anew."""
    dangling = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
    if dangling is not None:
        table, _, parent, _ = dangling
        raise DanglingRowError(
            f"the database's tables were not brought to this version: a row of {table} refers to"
            f" a row of {parent} that is not there; nothing was changed, start the version that"
            " made them, or take a backup"
        )
