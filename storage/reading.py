"""The database opened beside a service that may be running: to read, and nothing else."""

from __future__ import annotations

from pathlib import Path

from alembic.script import ScriptDirectory
from sqlalchemy import text

from storage import engines, migrations
from storage.address import SqliteFile, read_address
from storage.connections import Connections
from storage.database import Database
from storage.engines import Limits
from storage.errors import DatabaseVersionError, StorageError


async def opened_to_read(url: str, limits: Limits | None = None) -> Database:
    """Open the database at `url` without its lock and without changing its tables.

    `url` is as `Database.open` takes it. Raises `StorageError` when there is none,
    `DatabaseUrlError`, `DatabaseVersionError`, `DatabaseUnavailableError`.
    """
    limits = limits or Limits(connections=2)
    address = read_address(url)
    if isinstance(address, SqliteFile):
        if not address.path.exists():  # to open it would make an empty one
            raise StorageError(f"there is no {address}: `linea800 run` makes it at its first start")
        connections: Connections = engines.sqlite_readers(address.path, limits)
    else:
        connections = engines.postgresql(address.dsn, limits)
    database = Database(str(address), connections, connections, None)
    try:
        await _must_be_current(database)
    except BaseException:
        await database.close()
        raise
    return database


async def _must_be_current(database: Database) -> None:
    """Raise `DatabaseVersionError` unless the tables are those of this version."""
    scripts = ScriptDirectory(str(Path(migrations.__file__).parent))
    version = text("SELECT version_num FROM alembic_version")
    found = await database.read(lambda connection: connection.execute(version).scalar())
    if found != scripts.get_current_head():
        raise DatabaseVersionError(
            f"{database.name} has tables of another version of linea800 ({found}); read it with "
            "that version, or start `linea800 run` of this one to bring older tables up to date"
        )
