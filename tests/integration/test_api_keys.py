"""Keys that may and see only some things, and tokens of somebody else's sign-in."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.app import create_app
from api.outside_tokens import OutsideTokens
from api.problem_texts import Kind
from backoffice.key_set import KeySet
from calls.events import AgentConnected, CallEnded, MenuEntered, QueueJoined
from tests.integration.api_house import ApiHouse, places, problem, sqlite_house
from tests.outside_sign_in import ISSUER, TRUST, jwk, signed
from tests.unit.facts import CALL, arrived, on_call


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[ApiHouse]:
    async with sqlite_house(tmp_path) as opened:
        yield opened


async def _made(house: ApiHouse, **values: Any) -> httpx.Response:
    asked = {"name": "wall", "role": "supervisor", **values}
    response = await house.ask("POST", "/tokens", "admin", json=asked)
    if response.status_code == 201:
        house.tokens["wall"] = response.json()["token"]
    return response


async def _listed(house: ApiHouse) -> dict[str, Any]:
    items: list[dict[str, Any]] = (await house.get("/tokens", "admin"))["items"]
    return next(each for each in items if each["name"] == "wall")


# --- scopes and time


async def test_a_key_may_what_it_was_made_for(house: ApiHouse) -> None:
    made = await _made(house, scopes=["live:read", "calls:read"], expires_at="2026-03-01T13:00:00Z")
    assert made.status_code == 201, made.text
    assert (await house.ask("GET", "/queues", "wall")).status_code == 200
    refused = problem(await house.ask("GET", "/surveys", "wall"), Kind.SCOPE_MISSING)
    assert "reports:read" in refused["detail"]
    problem(await house.ask("GET", "/tokens", "wall"), Kind.ROLE_TOO_LOW)
    problem(await house.ask("GET", "/me", "wall"), Kind.SCOPE_MISSING)
    listed = await _listed(house)
    assert (listed["scopes"], listed["queues"]) == (["calls:read", "live:read"], None)
    assert listed["expires_at"] == "2026-03-01T13:00:00Z"
    house.clock.advance(3600)
    problem(await house.ask("GET", "/queues", "wall"), Kind.UNKNOWN_BEARER)
    assert (await _listed(house))["revoked_at"] is None


@pytest.mark.parametrize(
    ("values", "place"),
    [
        ({"scopes": ["admin"]}, ("body.scopes", "beyond_the_role")),
        ({"scopes": ["live:read"], "role": "agent", "agent": "1001"},
         ("body.scopes", "beyond_the_role")),
        ({"scopes": ["everything"]}, ("body.scopes[0]", "enum")),
        ({"scopes": []}, ("body.scopes", "too_short")),
        ({"queues": ["luna"]}, ("body.queues", "no_such_queue")),
        ({"queues": []}, ("body.queues", "too_short")),
        ({"expires_at": "2026-03-01T12:00:00Z"}, ("body.expires_at", "in_the_past")),
        ({"expires_at": "2027-03-01"}, ("body.expires_at", "moment")),
    ],
)  # fmt: skip
async def test_a_key_that_cannot_be_made(
    house: ApiHouse, values: dict[str, Any], place: tuple[str, str]
) -> None:
    assert places(problem(await _made(house, **values), Kind.INVALID)) == [place]


async def test_the_description_tells_the_scopes(house: ApiHouse) -> None:
    paths = (await house.get("/openapi.json"))["paths"]
    assert paths["/queues"]["get"]["x-scopes"] == ["live:read"]
    assert paths["/agents/{number}/pause"]["post"]["x-scopes"] == ["own", "agents:state"]
    assert paths["/session"]["post"]["x-scopes"] == []


# --- rows


async def _call(house: ApiHouse, queue: str, number: int) -> str:
    call_id = CALL.replace(".1", f".{number}")
    await house.happen(
        replace(arrived(1), call_id=call_id),
        replace(on_call(QueueJoined, 2, queue=queue, position=1), call_id=call_id),
        replace(on_call(AgentConnected, 3, queue=queue, agent="1001"), call_id=call_id),
    )
    return call_id


async def test_who_sees_one_queue_sees_nothing_of_another(house: ApiHouse) -> None:
    await _made(house, queues=["soporte"])
    mine, others = await _call(house, "soporte", 1), await _call(house, "salida", 2)
    campaign = await house.new_campaign()
    seen = (await house.get("/live", "wall"))["things"].keys()
    everything = (await house.get("/live"))["things"].keys()
    assert everything - seen >= {"queues/salida", f"calls/{others}"}
    assert {"queues/soporte", "agents/1001", f"calls/{mine}"} <= seen
    assert [one["name"] for one in (await house.get("/queues", "wall"))["items"]] == ["soporte"]
    for path in ("/queues/salida", "/queues/salida/waits"):
        problem(await house.ask("GET", path, "wall"), Kind.NO_SUCH_QUEUE)
    assert (await house.get("/campaigns", "wall"))["items"] == []
    for path in ("", "/attempts", "/lists", "/callbacks", "/abandonment", "/imports"):
        response = await house.ask("GET", f"/campaigns/{campaign}{path}", "wall")
        problem(response, Kind.NO_SUCH_CAMPAIGN)
    problem(await house.ask("POST", f"/campaigns/{campaign}/start", "wall"), Kind.NO_SUCH_CAMPAIGN)
    asked = {"name": "x", "queue": "salida", "country": "CO"}
    refused = problem(await house.ask("POST", "/campaigns", "wall", json=asked), Kind.INVALID)
    assert places(refused) == [("body.queue", "no_such_queue")]
    for call_id in (mine, others):
        ended = on_call(CallEnded, 9, cause=16, sip_code=200)
        await house.happen(replace(ended, call_id=call_id))
    await house.parts.recorder.ship_now()
    assert len((await house.get("/calls"))["items"]) == 2
    assert [one["call_id"] for one in (await house.get("/calls", "wall"))["items"]] == [mine]
    assert (await house.get("/calls", "wall", queue="salida"))["items"] == []
    assert (await house.ask("GET", f"/calls/{mine}", "wall")).status_code == 200
    problem(await house.ask("GET", f"/calls/{others}", "wall"), Kind.NO_SUCH_CALL)


async def test_the_calls_behind_a_figure_of_a_menu_are_those_of_the_queue(house: ApiHouse) -> None:
    await _made(house, queues=["soporte"])
    for number, queue in enumerate(("soporte", "salida", "")):
        call_id = CALL.replace(".1", f".{number}")
        facts = [
            arrived(1), on_call(MenuEntered, 2, menu="m", node="main", language="es"),
            on_call(QueueJoined, 3, queue=queue, position=1),
            on_call(CallEnded, 4, cause=16, sip_code=200),
        ]  # fmt: skip
        for each in facts:
            if queue or not isinstance(each, QueueJoined):
                await house.happen(replace(each, call_id=call_id))
    await house.parts.recorder.ship_now()
    house.clock.advance(60)
    since = {"since": "2026-03-01T00:00:00Z"}
    assert len((await house.get("/menus/m/calls", **since))["items"]) == 3
    items = (await house.get("/menus/m/calls", "wall", **since))["items"]
    assert [one["call_id"] for one in items] == [CALL.replace(".1", ".0")]


async def test_an_agent_of_no_seen_queue_is_not_there(
    house: ApiHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    await _made(house, queues=["soporte"])
    floor = house.parts.floor
    elsewhere = floor.agents[1].model_copy(update={"queues": ("salida",)})
    agents = (floor.agents[0], elsewhere, floor.agents[2])
    moved = floor.model_copy(update={"agents": agents})
    app = create_app(replace(house.parts, floor=moved))
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://linea800") as client:
        monkeypatch.setattr(house, "client", client)
        listed = (await house.get("/agents", "wall"))["items"]
        assert [one["number"] for one in listed] == ["1001", "1003"]
        for method, path in (("GET", ""), ("POST", "/sign-in"), ("POST", "/end-call")):
            response = await house.ask(method, f"/agents/1002{path}", "wall")
            problem(response, Kind.NO_SUCH_AGENT)
        assert (await house.ask("GET", "/agents/1002")).status_code == 200
    assert house.switch.asked == []


# --- somebody else's sign-in


class Elsewhere:
    """An issuer that can be away."""

    def __init__(self) -> None:
        self.away = False

    def __call__(self, request: httpx.Request) -> httpx.Response:
        return httpx.Response(503 if self.away else 200, content=json.dumps({"keys": [jwk()]}))


@pytest.fixture
def elsewhere() -> Elsewhere:
    return Elsewhere()


@pytest.fixture
async def trusting(
    house: ApiHouse, elsewhere: Elsewhere, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[ApiHouse]:
    keys = KeySet(ISSUER, TRUST.jwks_url, transport=httpx.MockTransport(elsewhere))
    known = house.parts.floor.agent
    outside = OutsideTokens(TRUST, keys, lambda number: known(number) is not None)
    app = create_app(replace(house.parts, outside=outside))
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://linea800") as client:
        monkeypatch.setattr(house, "client", client)
        yield house
    await keys.close()


async def test_who_is_known_elsewhere_gets_in(trusting: ApiHouse) -> None:
    trusting.tokens["ana"] = signed(trusting.clock())
    me = await trusting.get("/me", "ana")
    assert (me["name"], me["role"], me["queues"], me["user_id"]) == (
        "Ana", "supervisor", ["soporte"], None,
    )  # fmt: skip
    assert [one["name"] for one in (await trusting.get("/queues", "ana"))["items"]] == ["soporte"]
    problem(await trusting.ask("GET", "/users", "ana"), Kind.ROLE_TOO_LOW)
    assert (await trusting.ask("POST", "/agents/1001/sign-in", "ana")).status_code == 202
    rows = (await trusting.get("/audit", "admin"))["items"]
    assert rows[0]["who"] == "Ana (oidc:u-1)"
    problem(await trusting.ask("DELETE", "/session", "ana"), Kind.NOT_A_SESSION)
    trusting.clock.advance(331)
    problem(await trusting.ask("GET", "/me", "ana"), Kind.UNKNOWN_BEARER)


async def test_an_agent_known_elsewhere_acts_for_their_own_number(trusting: ApiHouse) -> None:
    said: dict[str, Any] = {"realm_access": {"roles": ["agentes"]}, "extension": "1002"}
    trusting.tokens["beto"] = signed(trusting.clock(), **said)
    assert (await trusting.get("/agents/me", "beto"))["agent"]["number"] == "1002"
    problem(await trusting.ask("POST", "/agents/1001/sign-in", "beto"), Kind.NOT_YOUR_NUMBER)


async def test_forged_ones_are_wrong_tokens_like_any_other(trusting: ApiHouse) -> None:
    forged = signed(trusting.clock(), iss="https://evil.example")
    asked = {"Authorization": f"Bearer {forged}"}
    for _ in range(10):
        response = await trusting.ask("GET", "/queues", "nobody", headers=asked)
        problem(response, Kind.UNKNOWN_BEARER)
    response = await trusting.ask("GET", "/queues", "nobody", headers=asked)
    problem(response, Kind.TOO_MANY_WRONG_TOKENS)


async def test_an_expired_one_is_no_guess_and_locks_nobody_out(trusting: ApiHouse) -> None:
    """A page that was left open asks on; all who are behind the same proxy share its address."""
    trusting.tokens["left open"] = signed(trusting.clock())
    trusting.clock.advance(331)
    for _ in range(30):
        problem(await trusting.ask("GET", "/me", "left open"), Kind.UNKNOWN_BEARER)
    trusting.tokens["ana"] = signed(trusting.clock())
    assert (await trusting.ask("GET", "/me", "ana")).status_code == 200


async def test_an_issuer_that_is_away_is_nobodys_fault(
    trusting: ApiHouse, elsewhere: Elsewhere
) -> None:
    elsewhere.away = True
    trusting.tokens["ana"] = signed(trusting.clock())
    for _ in range(20):
        problem(await trusting.ask("GET", "/queues", "ana"), Kind.ISSUER_AWAY)
    elsewhere.away = False
    trusting.clock.advance(60)
    assert (await trusting.ask("GET", "/queues", "ana")).status_code == 200
    elsewhere.away = True
    trusting.clock.advance(timedelta(minutes=4).total_seconds())
    assert (await trusting.ask("GET", "/queues", "ana")).status_code == 200


async def test_nobody_elses_tokens_are_good_when_nobody_said_so(house: ApiHouse) -> None:
    house.tokens["ana"] = signed(house.clock())
    problem(await house.ask("GET", "/me", "ana"), Kind.UNKNOWN_BEARER)
