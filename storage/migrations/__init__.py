"""How the tables came to be, step by step; run at every start."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Connection

from storage.errors import DatabaseVersionError


def upgrade(connection: Connection) -> None:
    """Bring the tables to this version inside the caller's transaction.

    Raises `DatabaseVersionError` when a newer linea800 has been there already.
    """
    config = Config()
    # `%` would be read as an interpolation
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        raise DatabaseVersionError(
            f"the database's tables are not known to this version of linea800 ({error});"
            " start the version that made them, or a newer one"
        ) from error
