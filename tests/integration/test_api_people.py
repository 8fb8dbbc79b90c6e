"""People sign in: cookies that only our own page can use, guesses slowed down, ends at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.limits import Limits
from api.problem_texts import Kind
from storage.scopes import Role
from storage.users import NewUser
from tests.integration.api_house import ApiHouse, places, problem, served, sqlite_house

PASSWORD = "un gato azul come lunas"
OURS = {"X-Linea800": "1", "Origin": "http://linea800"}
LIMITS = Limits(comment_seconds=0.2, gather_seconds=0.01, failures_at_once=3)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[ApiHouse]:
    async with sqlite_house(tmp_path, LIMITS) as opened:
        ana = NewUser(login="ana", name="Ana", role=Role.SUPERVISOR)
        await opened.parts.users.add(ana, PASSWORD, now=opened.clock())
        yield opened


async def _sign_in(house: ApiHouse, password: str = PASSWORD, **options: Any) -> httpx.Response:
    asked = {"login": options.pop("login", "ana"), "password": password}
    return await house.ask("POST", "/session", "nobody", json=asked, **options)


async def _added(house: ApiHouse, **values: Any) -> httpx.Response:
    asked = {"login": "luis", "name": "Luis", "role": "admin", "password": PASSWORD, **values}
    return await house.ask("POST", "/users", "admin", json=asked)


async def _ana(house: ApiHouse) -> str:
    items = (await house.get("/users", "admin"))["items"]
    return next(str(each["id"]) for each in items if each["login"] == "ana")


# --- the cookie


async def test_a_session_is_a_cookie_that_no_script_and_no_other_site_can_use(
    house: ApiHouse,
) -> None:
    response = await _sign_in(house)
    assert response.status_code == 201
    kept = response.headers["set-cookie"].split("; ")
    assert kept[0].startswith("linea800_session=linea800_session_")
    assert sorted(kept[1:]) == ["HttpOnly", "Path=/", "SameSite=strict"]
    plain = kept[0].split("=", 1)[1]
    assert plain not in response.text
    assert response.json()["expires_at"] == "2026-03-02T00:00:00Z"
    me = await house.get("/me", "nobody")
    assert (me["name"], me["role"], me["queues"]) == ("Ana", "supervisor", None)
    assert "live:read" in me["scopes"]
    assert "admin" not in me["scopes"]
    rows = (await house.get("/audit", "admin"))["items"]
    assert rows[0]["action"] == "session.begin"
    assert plain not in str(rows)


async def test_over_tls_the_cookie_is_sent_over_nothing_else(house: ApiHouse) -> None:
    response = await house.client.post(
        "https://linea800/session", json={"login": "ana", "password": PASSWORD}
    )
    assert "Secure" in response.headers["set-cookie"].split("; ")


async def test_a_session_ends_when_its_person_says_so(house: ApiHouse) -> None:
    await _sign_in(house)
    cookie = house.client.cookies["linea800_session"]
    response = await house.ask("DELETE", "/session", "nobody", headers=OURS)
    assert response.status_code == 204
    assert "Max-Age=0" in response.headers["set-cookie"]
    stale = {"Cookie": f"linea800_session={cookie}"}
    response = await house.ask("GET", "/me", "nobody", headers=stale)
    problem(response, Kind.SESSION_OVER)
    assert "Max-Age=0" in response.headers["set-cookie"], "the browser forgets what is over"
    assert (await house.get("/audit", "admin"))["items"][0]["action"] == "session.end"
    problem(await house.ask("DELETE", "/session", "supervisor"), Kind.NOT_A_SESSION)


@pytest.mark.parametrize(
    "said",
    [
        {}, {"Origin": "http://linea800"}, {"X-Linea800": "1"},
        {"X-Linea800": "1", "Origin": "http://evil.example"},
        {"X-Linea800": "1", "Origin": "null"},
        {"X-Linea800": "1", "Sec-Fetch-Site": "cross-site"},
        {"X-Linea800": "1", "Sec-Fetch-Site": "same-site", "Origin": "http://linea800"},
    ],
)  # fmt: skip
async def test_another_page_changes_nothing_with_the_cookie(
    house: ApiHouse, said: dict[str, str]
) -> None:
    await _sign_in(house)
    for method, path in (("POST", "/agents/1001/sign-in"), ("DELETE", "/session"), ("PUT", "/me")):
        response = await house.ask(method, path, "nobody", headers=said)
        problem(response, Kind.NOT_SAME_ORIGIN)
    assert house.switch.asked == []
    assert (await house.ask("GET", "/queues", "nobody")).status_code == 200


async def test_our_own_page_changes_things_and_a_key_needs_no_proof(house: ApiHouse) -> None:
    await _sign_in(house)
    for said in (OURS, {"X-Linea800": "1", "Sec-Fetch-Site": "same-origin"}):
        response = await house.ask("POST", "/agents/1001/sign-in", "nobody", headers=said)
        assert response.status_code == 202, response.text
    # the cookie comes along, and is not looked at
    asked = {"Origin": "http://evil.example"}
    assert (await house.ask("POST", "/agents/1002/sign-in", headers=asked)).status_code == 202
    wrong = {"Authorization": "Bearer wrong", **OURS}
    problem(await house.ask("GET", "/me", "nobody", headers=wrong), Kind.UNKNOWN_BEARER)


async def test_another_page_signs_nobody_in(house: ApiHouse) -> None:
    response = await _sign_in(house, headers={"Origin": "http://evil.example"})
    problem(response, Kind.NOT_SAME_ORIGIN)
    form = {"content-type": "application/x-www-form-urlencoded"}
    response = await house.client.post("/session", content="login=ana", headers=form)
    assert response.status_code == 415
    assert not house.client.cookies


# --- guessing


async def test_nothing_tells_a_wrong_login_from_a_wrong_password(house: ApiHouse) -> None:
    wrong, unknown = await _sign_in(house, "x"), await _sign_in(house, "x", login="berta")
    assert problem(wrong, Kind.SIGN_IN_REFUSED) == problem(unknown, Kind.SIGN_IN_REFUSED)


async def test_who_guesses_has_to_wait(house: ApiHouse) -> None:
    for _ in range(3):
        problem(await _sign_in(house, "wrong"), Kind.SIGN_IN_REFUSED)
    response = await _sign_in(house)
    problem(response, Kind.TOO_MANY_SIGN_INS)
    assert response.headers["retry-after"] == "60"
    house.clock.advance(60)
    assert (await _sign_in(house)).status_code == 201


async def test_many_guesses_at_once_are_no_more_than_a_few(house: ApiHouse) -> None:
    responses = await asyncio.gather(*(_sign_in(house, f"guess {n}") for n in range(12)))
    assert sorted(each.status_code for each in responses) == [401] * 3 + [429] * 9


# --- passwords


async def test_ones_own_password_needs_the_old_one_and_ends_every_session(house: ApiHouse) -> None:
    await _sign_in(house)
    first = dict(house.client.cookies)
    await _sign_in(house)

    async def change(old: str, new: str) -> httpx.Response:
        asked = {"old_password": old, "new_password": new}
        return await house.ask("PUT", "/me", "nobody", json=asked, headers=OURS)

    problem(await change("wrong", "otra frase bien larga"), Kind.WRONG_PASSWORD)
    weak = problem(await change(PASSWORD, "contraseña2026"), Kind.INVALID)
    assert places(weak) == [("body.new_password", "weak_password")]
    assert (await change(PASSWORD, "otra frase bien larga")).status_code == 204
    assert not house.client.cookies
    stale = {"Cookie": f"linea800_session={first['linea800_session']}"}
    problem(await house.ask("GET", "/me", "nobody", headers=stale), Kind.SESSION_OVER)
    problem(await _sign_in(house), Kind.SIGN_IN_REFUSED)
    assert (await _sign_in(house, "otra frase bien larga")).status_code == 201
    rows = str((await house.get("/audit", "admin"))["items"])
    assert "user.password" in rows
    assert "frase" not in rows


async def test_the_old_password_is_guessed_no_faster_by_a_stolen_session(house: ApiHouse) -> None:
    await _sign_in(house)
    asked = {"old_password": "wrong", "new_password": "otra frase bien larga"}
    kinds = [
        (await house.ask("PUT", "/me", "nobody", json=asked, headers=OURS)).status_code
        for _ in range(5)
    ]
    assert kinds == [403, 403, 403, 429, 429]


# --- streams


@pytest.mark.parametrize("what", ["password", "role", "end", "sign out"])
async def test_an_open_stream_ends_with_what_let_it_in(house: ApiHouse, what: str) -> None:
    await _sign_in(house)
    ana, cookies = await _ana(house), dict(house.client.cookies)
    async with (
        served(house.app) as address,
        httpx.AsyncClient(base_url=address, cookies=cookies) as client,
        client.stream("GET", "/live/events") as response,
    ):
        assert response.status_code == 200
        lines = response.aiter_lines()
        assert await anext(lines) == "event: snapshot"
        match what:
            case "password":
                await house.ask(
                    "PATCH", f"/users/{ana}", "admin", json={"password": PASSWORD[::-1]}
                )
            case "role":
                await house.ask("PATCH", f"/users/{ana}", "admin", json={"queues": ["salida"]})
            case "end":
                assert (await house.ask("DELETE", f"/users/{ana}", "admin")).status_code == 204
            case _:
                await house.ask("DELETE", "/session", "nobody", headers=OURS)
        async with asyncio.timeout(60):
            async for _ in lines:
                pass


# --- /users


async def test_people_are_added_changed_and_ended(house: ApiHouse) -> None:
    made = await _added(house, role="agent", agent="1003", login="Luis.P")
    assert made.status_code == 201, made.text
    luis = made.json()
    assert made.headers["location"] == f"/users/{luis['id']}"
    assert (luis["login"], luis["agent"], luis["queues"]) == ("luis.p", "1003", None)
    assert PASSWORD not in made.text
    path = f"/users/{luis['id']}"
    asked = {"role": "supervisor", "queues": ["salida"], "password": "otra frase bien larga"}
    changed = (await house.ask("PATCH", path, "admin", json=asked)).json()
    assert (changed["role"], changed["agent"], changed["queues"]) == (
        "supervisor", None, ["salida"],
    )  # fmt: skip
    assert await house.get(path, "admin") == changed
    assert (await house.ask("DELETE", path, "admin")).status_code == 204
    problem(await house.ask("DELETE", path, "admin"), Kind.NO_SUCH_USER)
    problem(await house.ask("PATCH", path, "admin", json={}), Kind.NO_SUCH_USER)
    assert (await house.get(path, "admin"))["ended_at"]
    problem(await _added(house, login="luis.p"), Kind.LOGIN_TAKEN)
    rows = (await house.get("/audit", "admin", subject=path.strip("/")))["items"]
    told = [(each["action"], each["before"], each["after"]) for each in rows]
    assert [action for action, _, _ in told] == ["user.end", "user.change", "user.add"]
    assert told[1][1:] == (
        {"role": "agent", "agent": "1003", "queues": None},
        {"role": "supervisor", "agent": None, "queues": ["salida"], "password": "reset"},
    )
    assert "argon2" not in str(rows)


@pytest.mark.parametrize(
    ("values", "place"),
    [
        ({"role": "agent"}, ("body.agent", "agent_needed")),
        ({"agent": "1001"}, ("body.agent", "agent_needed")),
        ({"role": "agent", "agent": "9999"}, ("body.agent", "no_such_agent")),
        ({"queues": ["luna"]}, ("body.queues", "no_such_queue")),
        ({"password": "corta"}, ("body.password", "string_too_short")),
        ({"password": "Contrasena2026"}, ("body.password", "weak_password")),
        ({"login": "l u"}, ("body.login", "string_pattern_mismatch")),
        ({"more": 1}, ("body.more", "extra_forbidden")),
    ],
)
async def test_who_cannot_be_added(
    house: ApiHouse, values: dict[str, Any], place: tuple[str, str]
) -> None:
    assert places(problem(await _added(house, **values), Kind.INVALID)) == [place]


async def test_somebody_is_always_left_who_lets_others_in(house: ApiHouse) -> None:
    luis = (await _added(house)).json()["id"]
    house.client.cookies.clear()
    await _sign_in(house, login="luis")
    for entry in (await house.get("/tokens", "nobody"))["items"]:
        path = f"/tokens/{entry['id']}"
        assert (await house.ask("DELETE", path, "nobody", headers=OURS)).status_code == 204
    for method, asked in (("DELETE", None), ("PATCH", {"role": "supervisor"})):
        response = await house.ask(method, f"/users/{luis}", "nobody", json=asked, headers=OURS)
        problem(response, Kind.LAST_ADMIN)


async def test_the_first_admin_may_be_a_person(tmp_path: Path) -> None:
    async with sqlite_house(tmp_path) as house:
        for entry in await house.parts.tokens.list():
            await house.parts.tokens.revoke(entry.owner.id, now=house.clock())
        setup = await house.parts.tokens.ensure_setup_token(now=house.clock())
        asked = {"setup_token": setup, "name": "Ana", "login": "ana", "password": PASSWORD}
        for missing in ("login", "password"):
            half = {name: value for name, value in asked.items() if name != missing}
            response = await house.ask("POST", "/setup", "nobody", json=half)
            assert places(problem(response, Kind.INVALID)) == [(f"body.{missing}", "missing")]
        made = await house.ask("POST", "/setup", "nobody", json=asked)
        assert made.status_code == 201, made.text
        assert (made.json()["login"], made.json()["token"]) == ("ana", None)
        again = await house.ask("POST", "/setup", "nobody", json=asked)
        problem(again, Kind.SET_UP_ALREADY)
        await _sign_in(house)
        assert (await house.get("/me", "nobody"))["role"] == "admin"
        rows = (await house.get("/audit", "nobody"))["items"]
        assert [(row["action"], row["who"]) for row in rows][-1] == ("user.add", "setup")
