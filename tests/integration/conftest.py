"""Databases for tests: the same tests run on SQLite and on a private PostgreSQL."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from storage.database import Database
from tests.laid_database import lay_database, make_template
from tests.postgres import PostgresMissingError, PostgresServer, postgres_server

_numbers = itertools.count(1)
_TEMPLATE = "linea800_template"


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL server, started once; its databases are empty."""
    try:
        with postgres_server() as server:
            yield server
    except PostgresMissingError as error:
        pytest.fail(str(error), pytrace=False)


@pytest.fixture(scope="session")
def migrated_postgres(postgres: PostgresServer) -> PostgresServer:
    """The same server, with a template database that has the tables already."""

    async def migrate() -> None:
        await (await Database.open(postgres.create(_TEMPLATE))).close()

    asyncio.run(migrate())
    return postgres


@pytest.fixture(scope="session")
def migrated_sqlite() -> None:
    """The template of SQLite databases."""
    asyncio.run(make_template())


@pytest.fixture
def postgres_url(migrated_postgres: PostgresServer) -> Iterator[str]:
    """A fresh PostgreSQL database with the tables in it."""
    name = f"linea800_{next(_numbers)}"
    yield migrated_postgres.create(name, _TEMPLATE)
    migrated_postgres.drop(name)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A fresh database, once of each kind."""
    if request.param == "sqlite":
        request.getfixturevalue("migrated_sqlite")
        return lay_database(tmp_path / "linea800.db")
    url: str = request.getfixturevalue("postgres_url")
    return url


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """The fresh database, open."""
    async with await Database.open(database_url) as opened:
        yield opened
