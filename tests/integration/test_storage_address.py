"""Addresses of databases: what is understood, what is refused, and that no password is repeated."""

from __future__ import annotations

from pathlib import Path

import pytest

from storage.address import PostgresqlServer, SqliteFile, read_address
from storage.database import Database
from storage.errors import DatabaseUrlError

SECRET = "c4n4ry"


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("calls.db", "calls.db"),
        ("/var/lib/linea800/calls.db", "/var/lib/linea800/calls.db"),
        ("sqlite:///calls.db", "calls.db"),
        ("sqlite:////var/lib/calls.db", "/var/lib/calls.db"),
        ("sqlite+aiosqlite:///calls.db", "calls.db"),
    ],
)
def test_address_of_a_file(url: str, path: str) -> None:
    assert read_address(url) == SqliteFile(Path(path))


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+asyncpg"])
def test_address_of_a_server(scheme: str) -> None:
    address = read_address(f"{scheme}://linea:{SECRET}@db.example:5433/calls?sslmode=require")
    assert isinstance(address, PostgresqlServer)
    assert address.dsn.startswith("postgresql://linea:")
    assert (address.host, address.name) == ("db.example:5433", "calls")
    assert SECRET not in f"{address} {address!r}"


@pytest.mark.parametrize(
    "url",
    [
        f"postgresql://linea:{SECRET}@bad/word@db.example/calls",
        f"postgresql://linea:{SECRET}/calls",
        f"postgresql://linea:pa#{SECRET}@db.example/calls",
        f"postgresql://linea:{SECRET}@db.example:port/calls",
        f"postgresql://linea:{SECRET}@db.example",
        f"mysql://linea:{SECRET}@db.example/calls",
        f"{SECRET}://linea",
        "sqlite://",
        "sqlite:///:memory:",
        ":memory:",
        "",
        " ",
    ],
)
async def test_unusable_address_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(DatabaseUrlError) as caught:
        await Database.open(url)
    assert SECRET not in str(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.parametrize(
    "rest",
    ["localhost:99999/calls", "localhost/calls?sslmode=nonsense"],
)
async def test_driver_that_cannot_read_the_address_does_not_quote_it(rest: str) -> None:
    with pytest.raises(DatabaseUrlError) as caught:
        await Database.open(f"postgresql://linea:{SECRET}@{rest}")
    assert SECRET not in str(caught.value)
    assert caught.value.__cause__ is None
