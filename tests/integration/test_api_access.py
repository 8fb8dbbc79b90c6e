"""Who may do what: every route against every kind of client, and the ways around that there are."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from fastapi import APIRouter
from fastapi.routing import APIRoute

from api.access import OPEN_BELOW, OPEN_PATHS, UndeclaredRouteError, declared, declared_role
from api.app import ROUTERS, create_app, described
from api.problem_texts import Kind
from storage.scopes import SCOPES_OF, Role, Scope, least_role
from storage.tokens import TokenOwner
from tests.integration.api_house import ApiHouse, places, problem, sqlite_house
from tests.integration.api_routes import ROUTES

#: what these want beside a role: a password, a setup token, a session, an agent's own token
MORE_THAN_A_ROLE = {"POST /session", "POST /setup", "DELETE /session", "PUT /me", "GET /agents/me"}
BY_THE_GATE = (Kind.UNAUTHENTICATED, Kind.UNKNOWN_BEARER, Kind.ROLE_TOO_LOW, Kind.SCOPE_MISSING)
LADDER = ["nobody", "1001", "supervisor", "admin"]
_BODIES = {
    "POST /setup": {"setup_token": "x", "name": "x"},
    "POST /session": {"login": "x", "password": "x"},
    "POST /tokens": {"name": "x", "role": "supervisor"},
    "POST /agents/{number}/pause": {"reason": "descanso"},
    "POST /agents/{number}/wrap-up": {"disposition": ""},
    "POST /agents/{number}/preview": {"decision": "dial"},
    "POST /campaigns": {"name": "x", "queue": "salida", "country": "CO"},
    "PUT /me": {"old_password": "x", "new_password": "una frase bien larga"},
    "POST /users": {"login": "x", "name": "x", "role": "admin", "password": "x"},
    "POST /do-not-call": {"number": "+573001234567"},
    "POST /do-not-call/check": {"number": "+573001234567"},
}


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[ApiHouse]:
    async with sqlite_house(tmp_path) as opened:
        yield opened


def _served() -> dict[str, APIRoute]:
    return {
        f"{method} {route.path}": route
        for router in ROUTERS
        for route in router.routes
        if isinstance(route, APIRoute)
        for method in route.methods or ()
    }


def test_every_route_is_in_the_table_and_declares_its_scope() -> None:
    found = {path: declared_role(route) or "nobody" for path, route in _served().items()}
    assert found == {path: "agent" if who == "1001" else who for path, who in ROUTES.items()}


def test_roles_have_what_the_one_below_has_and_more() -> None:
    ladder = (Role.AGENT, Role.SUPERVISOR, Role.ADMIN)
    agent, supervisor, admin = (SCOPES_OF[role] for role in ladder)
    assert agent < supervisor < admin == frozenset(Scope)
    assert {least_role(scope) for scope in Scope} == set(ladder)


def test_an_analyst_has_some_of_a_supervisors_and_no_persons() -> None:
    analyst = SCOPES_OF[Role.ANALYST]
    assert analyst < SCOPES_OF[Role.SUPERVISOR] - {Scope.PII_READ}
    assert {Scope.REPORTS_READ, Scope.EXPORTS} < analyst


def test_every_scope_is_what_some_route_needs() -> None:
    needs = [need.scopes for route in _served().values() for need in declared(route)]
    assert {scope for scopes in needs for scope in scopes} == set(Scope)


async def test_the_table_has_every_route_the_server_has(house: ApiHouse) -> None:
    paths = described(house.app)["paths"]
    served = {f"{method.upper()} {path}" for path in paths for method in paths[path]}
    pages = {"GET /openapi.json", "GET /board", "GET /board/{file}"}
    assert served == set(ROUTES) - pages


async def test_a_route_without_a_role_keeps_the_api_from_starting(
    house: ApiHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    careless = APIRouter()
    careless.get("/everything")(lambda: "secrets")
    monkeypatch.setattr("api.app.ROUTERS", (*ROUTERS, careless))
    with pytest.raises(UndeclaredRouteError, match="/everything"):
        create_app(house.parts)


async def test_a_route_added_behind_our_back_is_still_behind_the_gate(house: ApiHouse) -> None:
    house.app.get("/forgotten")(lambda: "secrets")
    problem(await house.ask("GET", "/forgotten", "nobody"), Kind.UNAUTHENTICATED)


class _Anything(dict[str, str]):
    def __missing__(self, name: str) -> str:
        return "x"


def _path(template: str) -> str:
    known = _Anything(name="salida", number="1001", incident_id="1")
    return template.format_map(known)


@pytest.mark.parametrize("who", LADDER)
async def test_matrix(house: ApiHouse, who: str) -> None:
    for route, least in ROUTES.items():
        if route == "GET /live/events" and LADDER.index(who) >= LADDER.index(least):
            continue  # has no end; the tests of the stream open it
        method, template = route.split()
        path = _path(template)
        options = {"json": _BODIES[route]} if route in _BODIES else {}
        response = await house.ask(method, path, who, **options)
        allowed = LADDER.index(who) >= LADDER.index(least)
        refused_by_the_gate = response.status_code >= 400 and any(
            f":{kind}" in response.json()["type"] for kind in BY_THE_GATE
        )
        if allowed:
            assert not refused_by_the_gate, (route, response.text)
            assert response.status_code not in (401, 403) or route in MORE_THAN_A_ROLE, route
        else:
            assert refused_by_the_gate, (route, response.text)
            assert response.status_code == (401 if who == "nobody" else 403), (route, response.text)


async def test_a_key_without_the_scope_of_a_route_is_refused(
    house: ApiHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every route, by an admin's key with every scope but those that the route declares."""
    missing: frozenset[Scope] = frozenset()

    async def owner(*_: object) -> TokenOwner:
        scopes = frozenset(Scope) - missing
        return TokenOwner(id="k", name="key", role=Role.ADMIN, agent=None, scopes=scopes)

    monkeypatch.setattr(type(house.app.state.doorkeeper), "owner", owner)
    asked = 0
    for path, route in _served().items():
        for need in declared(route):
            missing = frozenset(need.scopes)
            method, template = path.split()
            response = await house.ask(method, _path(template), "nobody")
            body = problem(response, Kind.SCOPE_MISSING)
            assert all(scope in body["detail"] for scope in need.scopes), path
            asked += 1
    assert asked >= len(ROUTES) - len(OPEN_PATHS)


async def test_a_key_for_an_agents_own_things_acts_for_nobody_else(
    house: ApiHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def owner(*_: object) -> TokenOwner:
        own = frozenset({Scope.OWN})
        return TokenOwner(id="k", name="key", role=Role.ADMIN, agent=None, scopes=own)

    monkeypatch.setattr(type(house.app.state.doorkeeper), "owner", owner)
    for method, path in (
        ("GET", "/agents/1001"), ("POST", "/agents/1001/sign-in"), ("GET", "/tickets"),
        ("GET", "/customers/1"),
    ):  # fmt: skip
        problem(await house.ask(method, path, "nobody"), Kind.SCOPE_MISSING)
    assert house.switch.asked == []


@pytest.mark.parametrize("path", sorted(OPEN_PATHS))
async def test_an_open_path_is_open_as_it_is_written_and_not_otherwise(
    house: ApiHouse, path: str
) -> None:
    for other in (path + "/", path.upper(), "/" + path, path + "/x", path + "%20"):
        if other.startswith(OPEN_BELOW):
            continue  # the board's page has nothing of anybody in it
        response = await house.ask("GET", "http://linea800" + other, "nobody")
        assert response.status_code == 401, other


@pytest.mark.parametrize(
    "header",
    [
        "", "Bearer", "Bearer ", "Basic YWRtaW46YWRtaW4=", "Bearer x y", "bearer\tx",
        "Bearer linea800_admin_" + "A" * 43, "Bearer " + "A" * 9000, "Bearer ' OR 1=1--",
        "Bearer ñ".encode().decode("latin-1"), "Token abc",
    ],
)  # fmt: skip
async def test_what_is_no_token_is_refused(house: ApiHouse, header: str) -> None:
    response = await house.client.get(
        "/agents", headers=[(b"Authorization", header.encode("latin-1"))]
    )
    assert response.status_code == 401
    assert response.headers["www-authenticate"] == "Bearer"
    assert response.headers["content-type"] == "application/problem+json"


async def test_an_agent_acts_for_nobody_else(house: ApiHouse) -> None:
    for method, path in (
        ("GET", "/agents/1002"), ("POST", "/agents/1002/sign-in"),
        ("POST", "/agents/1002/sign-out"), ("POST", "/agents/1002/end-call"),
    ):  # fmt: skip
        body = problem(await house.ask(method, path, "1001"), Kind.NOT_YOUR_NUMBER)
        assert "1002" in body["detail"]
    assert house.switch.asked == []
    assert (await house.get("/agents/1001", "1001"))["number"] == "1001"
    assert (await house.ask("POST", "/agents/me/sign-in", "1001")).status_code == 202


async def test_a_supervisor_is_no_agent(house: ApiHouse) -> None:
    problem(await house.ask("GET", "/agents/me"), Kind.NO_NUMBER_OF_YOUR_OWN)
    problem(await house.ask("POST", "/agents/me/sign-in"), Kind.NO_NUMBER_OF_YOUR_OWN)


async def test_a_revoked_token_is_worthless_at_once(house: ApiHouse) -> None:
    assert await house.get("/agents/me", "1001")
    entries = (await house.get("/tokens", "admin"))["items"]
    mine = next(entry["id"] for entry in entries if entry["agent"] == "1001")
    assert (await house.ask("DELETE", f"/tokens/{mine}", "admin")).status_code == 204
    problem(await house.ask("GET", "/agents/me", "1001"), Kind.UNKNOWN_BEARER)
    problem(await house.ask("DELETE", f"/tokens/{mine}", "admin"), Kind.NOTHING_TO_REVOKE)


async def test_wrong_tokens_are_slowed_down_and_good_ones_are_not(house: ApiHouse) -> None:
    assert (await house.ask("GET", "/agents")).status_code == 200
    wrong = {"Authorization": "Bearer wrong"}
    for _ in range(10):
        assert (await house.ask("GET", "/agents", headers=wrong)).status_code == 401
    response = await house.ask("GET", "/agents", headers=wrong)
    problem(response, Kind.TOO_MANY_WRONG_TOKENS)
    assert response.headers["retry-after"] == "6"
    # a token that was good before shares the address, as behind a proxy
    assert (await house.ask("GET", "/agents")).status_code == 200
    # one that was never seen has to wait like any other, and the setup token, too
    assert (await house.ask("GET", "/agents", "admin")).status_code == 429
    asked = {"setup_token": "x", "name": "x"}
    assert (await house.ask("POST", "/setup", "nobody", json=asked)).status_code == 429
    house.clock.advance(6)
    assert (await house.ask("GET", "/agents", "admin")).status_code == 200


async def test_the_first_admin_gets_in_once(tmp_path: Path) -> None:
    async with sqlite_house(tmp_path) as house:
        for entry in await house.parts.tokens.list():
            await house.parts.tokens.revoke(entry.owner.id, now=house.clock())
        setup = await house.parts.tokens.ensure_setup_token(now=house.clock())
        wrong = {"setup_token": "linea800_setup_wrong", "name": "Ana"}
        response = await house.ask("POST", "/setup", "nobody", json=wrong)
        problem(response, Kind.SETUP_REFUSED)
        right = {"setup_token": setup, "name": "Ana"}
        made = await house.ask("POST", "/setup", "nobody", json=right)
        assert made.status_code == 201
        assert made.headers["cache-control"] == "no-store"
        assert made.json()["role"] == "admin"
        house.tokens["Ana"] = made.json()["token"]
        again = await house.ask("POST", "/setup", "nobody", json=right)
        problem(again, Kind.SET_UP_ALREADY)
        entries = (await house.get("/tokens", "Ana"))["items"]
        assert [entry["name"] for entry in entries if entry["revoked_at"] is None] == ["Ana"]
        assert house.tokens["Ana"] not in str(entries)
        mine = made.json()["id"]
        problem(await house.ask("DELETE", f"/tokens/{mine}", "Ana"), Kind.LAST_ADMIN)


async def test_tokens_are_made_for_those_who_exist(house: ApiHouse) -> None:
    async def asked(**values: object) -> list[tuple[str, str]]:
        response = await house.ask("POST", "/tokens", "admin", json={"name": "Ana", **values})
        return places(problem(response, Kind.INVALID))

    assert await asked(role="agent") == [("body.agent", "agent_needed")]
    assert await asked(role="admin", agent="1001") == [("body.agent", "agent_needed")]
    assert await asked(role="agent", agent="9999") == [("body.agent", "no_such_agent")]
    assert await asked(role="root") == [("body.role", "enum")]
    assert await asked(role="admin", more=1) == [("body.more", "extra_forbidden")]
    assert await asked(role="admin", name="a\nb") == [("body.name", "string_pattern_mismatch")]
    made = await house.ask(
        "POST", "/tokens", "admin", json={"name": "Beto", "role": "agent", "agent": "1003"}
    )
    assert made.status_code == 201
    assert made.headers["location"] == f"/tokens/{made.json()['id']}"
    house.tokens["1003"] = made.json()["token"]
    assert (await house.get("/agents/me", "1003"))["agent"]["number"] == "1003"
