"""Tokens: shown once, stored as hashes, gone when revoked; and the one way to the first admin."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from storage.database import Database
from storage.tables import settings, tokens
from storage.tokens import Role, TokenOwner, TokenStore

NOW = datetime(2025, 3, 4, 5, 6, 7, tzinfo=UTC)


@pytest.fixture
def store(database: Database) -> TokenStore:
    return TokenStore(database)


async def test_a_token_finds_its_owner(store: TokenStore) -> None:
    token_id, plain = await store.create("Ana", Role.AGENT, "201", now=NOW)
    other_id, other = await store.create("Board", Role.SUPERVISOR, None, now=NOW)
    assert await store.find(plain, now=NOW) == TokenOwner(
        id=token_id, name="Ana", role=Role.AGENT, agent="201"
    )
    owner = await store.find(other, now=NOW)
    assert owner == TokenOwner(id=other_id, name="Board", role=Role.SUPERVISOR, agent=None)
    assert plain != other
    assert len(plain) > 43


async def test_what_is_no_token_finds_nobody(store: TokenStore) -> None:
    _, right = await store.create("Ana", Role.ADMIN, None, now=NOW)
    strange = ["", "x", "\x00", "\ud800", "' OR 1=1 --", "x" * 100_000, right[:-1], f"{right} "]
    for plain in strange:
        assert await store.find(plain, now=NOW) is None


async def test_token_itself_is_nowhere(store: TokenStore, database: Database) -> None:
    _, plain = await store.create("Ana", Role.ADMIN, None, now=NOW)
    rows = str(await database.rows(select(tokens)))
    assert plain not in rows
    secret = plain.removeprefix("linea800_admin_")  # which may have a "_" of its own
    assert len(secret) > 40
    assert secret not in rows


async def test_revoked_token_finds_nobody(store: TokenStore) -> None:
    token_id, plain = await store.create("Ana", Role.ADMIN, None, now=NOW)
    assert await store.revoke(token_id, now=NOW + timedelta(hours=1))
    assert not await store.revoke(token_id, now=NOW + timedelta(hours=2))
    assert not await store.revoke("no such id", now=NOW)
    assert await store.find(plain, now=NOW) is None
    (entry,) = await store.list()
    assert entry.revoked_at == NOW + timedelta(hours=1)


async def test_agents_token_needs_the_agent(store: TokenStore) -> None:
    with pytest.raises(ValueError, match="agent's number"):
        await store.create("Ana", Role.AGENT, None, now=NOW)
    assert await store.list() == []


async def test_use_is_noted_now_and_then(store: TokenStore) -> None:
    _, plain = await store.create("Ana", Role.ADMIN, None, now=NOW)

    async def last_use_after(seconds: float) -> datetime | None:
        await store.find(plain, now=NOW + timedelta(seconds=seconds))
        (entry,) = await store.list()
        return entry.last_used_at

    (entry,) = await store.list()
    assert entry.last_used_at is None
    assert await last_use_after(1) == NOW + timedelta(seconds=1)
    assert await last_use_after(30) == NOW + timedelta(seconds=1)
    assert await last_use_after(61) == NOW + timedelta(seconds=61)
    assert await last_use_after(5) == NOW + timedelta(seconds=61)


async def test_list_is_in_order(store: TokenStore) -> None:
    for minute, name in enumerate(("Ana", "Berta", "Carla")):
        await store.create(name, Role.ADMIN, None, now=NOW + timedelta(minutes=minute))
    assert [entry.owner.name for entry in await store.list()] == ["Ana", "Berta", "Carla"]


# --- the first admin


async def test_setup_token_makes_one_admin(store: TokenStore, database: Database) -> None:
    setup = await store.ensure_setup_token(now=NOW)
    assert setup is not None
    assert setup not in str(await database.rows(select(settings)))
    assert await store.use_setup_token("wrong", "Mallory", now=NOW) is None
    made = await store.use_setup_token(setup, "Ana", now=NOW)
    assert made is not None
    owner = await store.find(made[1], now=NOW)
    assert owner == TokenOwner(id=made[0], name="Ana", role=Role.ADMIN, agent=None)
    assert await store.use_setup_token(setup, "Mallory", now=NOW) is None
    assert await store.ensure_setup_token(now=NOW) is None
    assert len(await store.list()) == 1


async def test_every_start_has_its_own_setup_token(store: TokenStore) -> None:
    first = await store.ensure_setup_token(now=NOW)
    second = await store.ensure_setup_token(now=NOW)
    assert first is not None
    assert second is not None
    assert await store.use_setup_token(first, "Mallory", now=NOW) is None
    assert await store.use_setup_token(second, "Ana", now=NOW) is not None


async def test_setup_token_is_worthless_once_there_is_an_admin(store: TokenStore) -> None:
    setup = await store.ensure_setup_token(now=NOW)
    assert setup is not None
    await store.create("Ana", Role.ADMIN, None, now=NOW)
    assert await store.use_setup_token(setup, "Mallory", now=NOW) is None
    assert await store.ensure_setup_token(now=NOW) is None


async def test_without_any_admin_left_a_start_offers_setup_again(store: TokenStore) -> None:
    token_id, _ = await store.create("Ana", Role.ADMIN, None, now=NOW)
    await store.create("Berta", Role.SUPERVISOR, None, now=NOW)
    assert await store.ensure_setup_token(now=NOW) is None
    await store.revoke(token_id, now=NOW)
    assert await store.ensure_setup_token(now=NOW) is not None


async def test_setup_token_used_by_many_at_once_works_once(store: TokenStore) -> None:
    setup = await store.ensure_setup_token(now=NOW)
    assert setup is not None
    made = await asyncio.gather(
        *(store.use_setup_token(setup, f"Admin {n}", now=NOW) for n in range(8))
    )
    assert len([admin for admin in made if admin is not None]) == 1
    assert len(await store.list()) == 1
