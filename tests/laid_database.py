"""A SQLite database with every table in it, made once and copied: migrating takes ten times longer.

That migrations make the tables of the code is what `test_storage_schema` is for.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from storage.database import Database

_made: list[bytes] = []


async def make_template() -> None:
    """Migrate one, unless that was done before."""
    if _made:
        return
    with tempfile.TemporaryDirectory(prefix="l8-laid-") as folder:
        file = Path(folder) / "linea800.db"
        await (await Database.open(str(file))).close()
        _keep(file)


def _keep(file: Path) -> None:
    _made.append(file.read_bytes())


def lay_database(path: Path) -> str:
    """A copy of the template there, if nothing is there yet; the address."""
    if not path.exists():
        path.write_bytes(_made[0])
    return str(path)
