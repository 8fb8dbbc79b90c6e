"""People, their passwords and sessions; and that somebody is always left who lets others in."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from argon2 import PasswordHasher
from sqlalchemy import select

from storage.admins import LastAdminError
from storage.database import Database
from storage.errors import CursorError, DatabaseRefusedError
from storage.passwords import Passwords
from storage.scopes import Role, Scope
from storage.tables import tokens, users
from storage.tokens import LONGEST_SESSION, TokenOwner, TokenStore
from storage.users import LoginTakenError, NewUser, User, UserStore

NOW = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
PASSWORD = "un gato azul come lunas"
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
BOTH = frozenset({"ventas", "soporte"})
ANA = NewUser(login="Ana", name="Ana Gómez", role=Role.SUPERVISOR, queues=["ventas", "soporte"])


@pytest.fixture
def people(database: Database) -> UserStore:
    return UserStore(database, Passwords(QUICK))


@pytest.fixture
def keys(database: Database) -> TokenStore:
    return TokenStore(database, timedelta(hours=12))


def later(**parts: float) -> datetime:
    return NOW + timedelta(**parts)


async def _admin(people: UserStore, login: str = "root") -> User:
    new = NewUser(login=login, name="Root", role=Role.ADMIN)
    return await people.add(new, PASSWORD, now=NOW)


# --- people


async def test_a_person_signs_in_with_their_password_and_no_other(people: UserStore) -> None:
    ana = await people.add(ANA, PASSWORD, now=NOW)
    assert (ana.login, ana.queues, ana.ended_at) == ("ana", BOTH, None)
    assert await people.sign_in("ana", PASSWORD) == ana
    assert await people.sign_in("ANA", PASSWORD) == ana
    for login, password in (
        ("ana", PASSWORD + " "), ("ana", PASSWORD.upper()), ("ana", ""), ("ana", "\ud800\x00"),
        ("berta", PASSWORD), ("' OR 1=1 --", PASSWORD), ("\x00", PASSWORD),
    ):  # fmt: skip
        assert await people.sign_in(login, password) is None
    assert await people.get(ana.id) == ana
    assert await people.get("nobody") is None


async def test_an_accent_may_be_typed_either_way(people: UserStore) -> None:
    await people.add(ANA, "caminare\u0301 despacio", now=NOW)
    assert await people.sign_in("ana", "caminaré despacio") is not None


async def test_only_an_argon2id_hash_is_kept(people: UserStore, database: Database) -> None:
    await people.add(ANA, PASSWORD, now=NOW)
    (row,) = await database.rows(select(users))
    assert row.password_hash.startswith("$argon2id$v=19$m=8,t=1,p=1$")
    assert PASSWORD not in str(row)


async def test_a_hash_of_before_is_made_anew_at_the_next_sign_in(database: Database) -> None:
    await UserStore(database, Passwords(QUICK)).add(ANA, PASSWORD, now=NOW)
    stronger = UserStore(
        database, Passwords(PasswordHasher(time_cost=2, memory_cost=16, parallelism=1))
    )
    assert await stronger.sign_in("ana", "wrong") is None
    (row,) = await database.rows(select(users))
    assert "m=8,t=1" in row.password_hash
    ana = await stronger.sign_in("ana", PASSWORD)
    assert ana is not None
    (row,) = await database.rows(select(users))
    assert "m=16,t=2" in row.password_hash
    assert row.password_hash == ana.password_hash
    assert row.password_hash not in repr(ana)
    assert await stronger.sign_in("ana", PASSWORD) is not None


async def test_a_login_is_one_persons_for_ever(people: UserStore) -> None:
    ana = await people.add(ANA, PASSWORD, now=NOW)
    await _admin(people)
    for _ in range(2):
        with pytest.raises(LoginTakenError):
            await people.add(NewUser(login="aNA", name="B", role=Role.ADMIN), PASSWORD, now=NOW)
        if (await people.get(ana.id) or ana).ended_at is None:
            await people.end(ana.id, now=NOW)


async def test_of_two_who_want_a_login_at_once_one_gets_it(people: UserStore) -> None:
    made = await asyncio.gather(
        *(people.add(ANA, PASSWORD, now=NOW) for _ in range(4)), return_exceptions=True
    )
    assert sum(isinstance(one, User) for one in made) == 1
    assert all(isinstance(one, User | LoginTakenError | DatabaseRefusedError) for one in made)


@pytest.mark.parametrize(("role", "agent"), [(Role.AGENT, None), (Role.ADMIN, "1001")])
async def test_an_agent_and_nobody_else_has_a_number(
    people: UserStore, role: Role, agent: str | None
) -> None:
    new = NewUser(login="x", name="X", role=role, agent=agent)
    with pytest.raises(ValueError, match="agent's number"):
        await people.add(new, PASSWORD, now=NOW)


async def test_people_are_listed_newest_first_in_pages(people: UserStore) -> None:
    for number in range(5):
        new = NewUser(login=f"u{number}", name="U", role=Role.SUPERVISOR)
        await people.add(new, PASSWORD, now=later(minutes=number // 2))
    seen: list[str] = []
    cursor = None
    while True:
        page = await people.page(cursor, 2)
        seen += [user.login for user in page.users]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert sorted(seen) == ["u0", "u1", "u2", "u3", "u4"]
    assert seen[0] == "u4"
    with pytest.raises(CursorError):
        await people.page("x", 2)


async def test_what_is_changed_and_what_is_not(people: UserStore) -> None:
    ana = await people.add(ANA, PASSWORD, now=NOW)
    before, after = await people.change(
        ana.id, {"role": Role.AGENT, "agent": "1001", "queues": None}, now=NOW
    )
    assert (before, after.role, after.agent, after.queues) == (ana, Role.AGENT, "1001", None)
    assert after.name == ana.name
    with pytest.raises(ValueError, match="agent's number"):
        await people.change(ana.id, {"agent": None}, now=NOW)
    assert await people.get(ana.id) == after, "what does not fit changes nothing"
    with pytest.raises(KeyError):
        await people.change("nobody", {"name": "x"}, now=NOW)


# --- sessions


async def _session(keys: TokenStore, user: User, now: datetime = NOW) -> str:
    return (await keys.open_session(user.id, user.password_hash, now=now))[1]


async def test_a_session_is_its_person(people: UserStore, keys: TokenStore) -> None:
    ana = await people.add(ANA, PASSWORD, now=NOW)
    session_id, plain, ends = await keys.open_session(ana.id, ana.password_hash, now=NOW)
    assert plain.startswith("linea800_session_")
    assert ends == later(hours=12)
    assert await keys.find(plain, now=NOW) == TokenOwner(
        id=session_id, name="Ana Gómez", role=Role.SUPERVISOR, agent=None,
        queues=BOTH, user_id=ana.id,
    )  # fmt: skip
    assert await keys.list() == [], "a session is no key"
    with pytest.raises(KeyError):
        await keys.open_session("nobody", ana.password_hash, now=NOW)


async def test_what_a_person_becomes_their_sessions_are(
    people: UserStore, keys: TokenStore
) -> None:
    await _admin(people)
    ana = await people.add(ANA, PASSWORD, now=NOW)
    plain = await _session(keys, ana)
    await people.change(ana.id, {"role": Role.ADMIN, "queues": ["ventas"], "name": "A"}, now=NOW)
    owner = await keys.find(plain, now=NOW)
    assert owner is not None
    assert (owner.role, owner.queues, owner.name) == (Role.ADMIN, frozenset({"ventas"}), "A")


async def test_an_unused_session_ends_and_a_used_one_goes_on(
    people: UserStore, keys: TokenStore
) -> None:
    ana = await people.add(ANA, PASSWORD, now=NOW)
    unused, used = await _session(keys, ana), await _session(keys, ana)
    assert await keys.find(used, now=later(hours=11))
    assert await keys.find(unused, now=later(hours=12)) is None
    assert await keys.find(used, now=later(hours=22))
    assert await keys.find(used, now=later(hours=34)) is None


async def test_no_session_is_older_than_a_week(people: UserStore, keys: TokenStore) -> None:
    plain = await _session(keys, await people.add(ANA, PASSWORD, now=NOW))
    for hours in range(6, 168, 6):
        assert await keys.find(plain, now=later(hours=hours))
    assert await keys.find(plain, now=NOW + LONGEST_SESSION) is None


@pytest.mark.parametrize("what", ["password", "end"])
async def test_every_session_ends_at_once(people: UserStore, keys: TokenStore, what: str) -> None:
    ana, other = await people.add(ANA, PASSWORD, now=NOW), await _admin(people)
    plain = [await _session(keys, ana), await _session(keys, ana)]
    others = await _session(keys, other)
    if what == "password":
        await people.set_password(ana.id, "otra frase bien larga", now=NOW)
        assert await people.sign_in("ana", PASSWORD) is None
        assert await people.sign_in("ana", "otra frase bien larga")
        with pytest.raises(KeyError):  # a sign-in that had looked at the password before
            await keys.open_session(ana.id, ana.password_hash, now=NOW)
    else:
        await people.end(ana.id, now=NOW)
        assert await people.sign_in("ana", PASSWORD) is None
        with pytest.raises(KeyError):
            await people.set_password(ana.id, PASSWORD, now=NOW)
        with pytest.raises(KeyError):
            await keys.open_session(ana.id, ana.password_hash, now=NOW)
    assert [await keys.find(each, now=NOW) for each in plain] == [None, None]
    assert await keys.find(others, now=NOW)


async def test_sessions_that_are_over_do_not_pile_up(
    people: UserStore, keys: TokenStore, database: Database
) -> None:
    ana = await people.add(ANA, PASSWORD, now=NOW)
    for day in range(5):
        await _session(keys, ana, later(days=day))
    assert len(await database.rows(select(tokens))) == 2


# --- keys


async def test_a_key_may_and_sees_what_it_was_made_for(keys: TokenStore) -> None:
    _, plain = await keys.create(
        "wall", Role.SUPERVISOR, None, now=NOW, scopes=[Scope.LIVE_READ], queues=["ventas"],
        expires_at=later(days=1),
    )  # fmt: skip
    owner = await keys.find(plain, now=NOW)
    assert owner is not None
    assert (owner.scopes, owner.queues) == (frozenset({Scope.LIVE_READ}), frozenset({"ventas"}))
    assert owner.may(Scope.LIVE_READ)
    assert not owner.may(Scope.CALLS_READ)
    assert owner.sees("ventas")
    assert not owner.sees("soporte")
    assert await keys.find(plain, now=later(days=1)) is None
    (entry,) = await keys.list()
    assert (entry.owner, entry.expires_at) == (owner, later(days=1))


async def test_a_scope_of_a_newer_version_is_none_here(
    keys: TokenStore, database: Database
) -> None:
    _, plain = await keys.create("x", Role.ADMIN, None, now=NOW, scopes=[Scope.LIVE_READ])
    await database.write(lambda c: c.execute(tokens.update().values(scopes=["moon:read"])).rowcount)
    owner = await keys.find(plain, now=NOW)
    assert owner is not None
    assert not any(map(owner.may, Scope))


# --- the last admin


async def test_the_last_admin_cannot_be_taken_away(people: UserStore, keys: TokenStore) -> None:
    root = await _admin(people)
    # none of these can let anybody in
    await people.add(ANA, PASSWORD, now=NOW)
    await keys.create("old", Role.ADMIN, None, now=NOW, expires_at=later(seconds=-1))
    await keys.create("wall", Role.ADMIN, None, now=NOW, scopes=[Scope.LIVE_READ])
    with pytest.raises(LastAdminError):
        await people.end(root.id, now=NOW)
    with pytest.raises(LastAdminError):
        await people.change(root.id, {"role": Role.SUPERVISOR}, now=NOW)
    key_id, _ = await keys.create("key", Role.ADMIN, None, now=NOW)
    await people.end(root.id, now=NOW)
    with pytest.raises(LastAdminError):
        await keys.revoke(key_id, now=NOW, keep_an_admin=True)
    assert await keys.has_admin(now=NOW)


async def test_two_admins_who_end_each_other_at_once_leave_one(
    people: UserStore, keys: TokenStore
) -> None:
    both = [await _admin(people, login) for login in ("one", "two")]
    ended: list[Any] = await asyncio.gather(
        *(people.end(one.id, now=NOW) for one in both), return_exceptions=True
    )
    assert sorted(type(each).__name__ for each in ended) == ["LastAdminError", "User"]
    assert await keys.has_admin(now=NOW)


async def test_the_setup_token_makes_one_person(people: UserStore, keys: TokenStore) -> None:
    setup = await keys.ensure_setup_token(now=NOW)
    assert setup is not None
    root = NewUser(login="root", name="Root", role=Role.ADMIN)
    assert await people.add_first("wrong", root, PASSWORD, now=NOW) is None
    made = await asyncio.gather(
        people.add_first(setup, root, PASSWORD, now=NOW),
        keys.use_setup_token(setup, "Ana", now=NOW),
    )
    assert sum(one is not None for one in made) == 1
    assert await keys.ensure_setup_token(now=NOW) is None


class Counting(Passwords):
    """Counts what costs a quarter of a second."""

    def __init__(self) -> None:
        super().__init__(QUICK)
        self.hashed = 0

    async def hash(self, password: str) -> str:
        self.hashed += 1
        return await super().hash(password)


async def test_who_guesses_the_setup_token_has_nothing_hashed(
    database: Database, keys: TokenStore
) -> None:
    """Anybody may ask, for ever: there are two places for hashing, and people sign in by them."""
    passwords = Counting()
    people = UserStore(database, passwords)
    setup = await keys.ensure_setup_token(now=NOW)
    root = NewUser(login="root", name="Root", role=Role.ADMIN)
    assert await people.add_first("wrong", root, PASSWORD, now=NOW) is None
    assert passwords.hashed == 0
    assert await people.add_first(str(setup), root, PASSWORD, now=NOW) is not None
    assert await people.add_first(str(setup), root, PASSWORD, now=NOW) is None
    assert passwords.hashed == 1


# --- guessing


async def test_an_unknown_login_costs_the_time_of_a_wrong_password(database: Database) -> None:
    hasher = PasswordHasher(time_cost=4, memory_cost=8 * 1024, parallelism=1)
    people = UserStore(database, Passwords(hasher))
    await people.add(ANA, PASSWORD, now=NOW)

    async def seconds(login: str) -> float:
        begun = time.process_time()
        assert await people.sign_in(login, "wrong") is None
        return time.process_time() - begun

    wrong = min([await seconds("ana") for _ in range(5)])
    unknown = min([await seconds("berta") for _ in range(5)])
    assert 0.5 < unknown / wrong < 2
