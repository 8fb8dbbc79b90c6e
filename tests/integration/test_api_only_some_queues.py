"""Who sees only some queues reads nothing of another: every route that reads, on both databases.

A new one has to be written down here, with what it shows to a supervisor of one queue.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest

from api.export_files import Form
from api.problem_texts import Kind
from calls.events import QueueJoined
from storage.database import Database
from storage.export_sources import What
from storage.scopes import Scope
from storage.tokens import Role
from tests.integration.api_house import ApiHouse, open_house, places, problem, served, sqlite_house
from tests.integration.api_routes import ROUTES
from tests.integration.test_api_live import watching
from tests.integration.two_queues import (
    AJENA,
    FORBIDDEN,
    NUMBER,
    PROPIA,
    RULED,
    TICKET,
    TwoQueues,
    two_queues,
)
from tests.unit.facts import arrived, on_call

SPAN = "from=2026-03-01T12:00:00Z&until=2026-03-01T13:00:00Z"
SINCE = "since=2026-03-01T00:00:00Z"
#: lists, that have something of the own queue and nothing of the other
LISTS = {
    "GET /live": "",
    "GET /queues": "",
    "GET /calls": "",
    "GET /customers/{customer_id}/history": "",
    "GET /campaigns": "",
    "GET /tickets": "",
    "GET /recordings": "",
    "GET /call-recordings": "",
    "GET /surveys": "",
    "GET /alerts": "",
    "GET /targets": "",
    "GET /rulings": f"number={RULED}",
    "GET /do-not-call": "",
    "GET /menus/{name}/calls": SINCE,
    "GET /metrics/queues": SPAN,
    "GET /metrics/campaigns": SPAN,
    "GET /metrics/agents/{agent}/calls": SPAN,
    "GET /metrics/customers/calls": SPAN,
    "GET /metrics/callbacks": SPAN,
    "GET /exports/queue_log": SPAN,
    "GET /prometheus": "",
}
#: things of a queue, a call, a campaign: the own one is there, that of the other is not (404)
ONE_BY_ONE = {
    "GET /queues/{name}": "",
    "GET /queues/{name}/waits": "",
    "GET /queues/{name}/closures": "",
    "GET /queues/{name}/emergencies": "",
    "GET /queues/{name}/settings": "",
    "GET /metrics/queues/{name}/calls": SPAN,
    "GET /metrics/queues/{name}/wait-histogram": SPAN,
    "GET /calls/{call_id}": "",
    "GET /campaigns/{campaign_id}": "",
    "GET /campaigns/{campaign_id}/imports": "",
    "GET /campaigns/{campaign_id}/imports/{import_id}": "",
    "GET /campaigns/{campaign_id}/imports/{import_id}/refused.csv": "",
    "GET /campaigns/{campaign_id}/lists": "",
    "GET /campaigns/{campaign_id}/attempts": "",
    "GET /campaigns/{campaign_id}/decisions": "",
    "GET /campaigns/{campaign_id}/dispositions": "",
    "GET /campaigns/{campaign_id}/dispositions/counts": "",
    "GET /campaigns/{campaign_id}/callbacks": "",
    "GET /campaigns/{campaign_id}/callbacks/summary": "",
    "GET /campaigns/{campaign_id}/previews/summary": "",
    "GET /campaigns/{campaign_id}/rulings": "",
    "GET /campaigns/{campaign_id}/rulings.csv": SINCE,
    "GET /campaigns/{campaign_id}/abandonment": "",
    "GET /targets/{target_id}": "",
    "GET /tickets/{number}": "",
    "GET /recordings/{recording}/audio": "",
    "GET /call-recordings/{talk}": "",
}
#: of the whole house: for nobody who sees only some queues
REFUSED = {
    "GET /users", "GET /users/{user_id}", "GET /tokens", "GET /audit", "GET /retention",
    "GET /webhooks", "GET /webhooks/{webhook_id}", "GET /webhooks/{webhook_id}/deliveries",
}  # fmt: skip
#: figures of queues, without anything that has a name; told apart by the tests below
FIGURES = {
    "GET /tickets/summary": "",
    "GET /live/curves": "",
    "GET /metrics/agents": SPAN,
    "GET /metrics/customers": SPAN,
}
#: nothing that is of a queue, or what is everybody's: docs/how-to/users-and-keys.md says which
OF_NO_QUEUE = {
    "GET /me": "",
    "GET /customers": "",
    "GET /customers/{customer_id}": "",
    "GET /customers/{customer_id}/notes": "",
    "GET /agents": "",
    "GET /agents/{agent}": "",
    "GET /agents/{agent}/day": "",
    "GET /choices": "",
    "GET /menus": "",
    "GET /menus/m/measures": SINCE,
    "GET /metrics/definitions": "",
    "GET /backoffice": "",
    "GET /incidents": "",
    "GET /registers": "",
    "GET /exports/dictionary": "",
    "GET /exports/dictionary.csv": "",
    "GET /openapi.json": "",
}
#: tested by themselves below, or nobody's data
BY_THEMSELVES = {
    "GET /live/events", "GET /call-recordings/{talk}/audio", "GET /calls/{call_id}/recording",
    "GET /exports/{what}.{form}", "GET /calls/{call_id}/listen",
    "GET /agents/me", "GET /health", "GET /ready", "GET /board", "GET /board/{file}",
}  # fmt: skip
#: as paths are written here, and in the table of routes
_SAME = {
    "GET /call-recordings/{talk}": "GET /call-recordings/{name}",
    "GET /call-recordings/{talk}/audio": "GET /call-recordings/{name}/audio",
    "GET /recordings/{recording}/audio": "GET /recordings/{name}/audio",
    "GET /agents/{agent}": "GET /agents/{number}",
    "GET /agents/{agent}/day": "GET /agents/{number}/day",
    "GET /metrics/agents/{agent}/calls": "GET /metrics/agents/{number}/calls",
    "GET /menus/m/measures": "GET /menus/{name}/measures",
}


@pytest.fixture
async def both(database: Database, tmp_path: Path) -> AsyncIterator[TwoQueues]:
    async with open_house(database, tmp_path) as house:
        yield await two_queues(house, tmp_path)


@pytest.fixture
async def light(tmp_path: Path) -> AsyncIterator[ApiHouse]:
    """On one database only: what is tried is not what it does."""
    async with sqlite_house(tmp_path) as house:
        yield house


def test_every_route_that_reads_is_written_down() -> None:
    written = [*LISTS, *ONE_BY_ONE, *REFUSED, *FIGURES, *OF_NO_QUEUE, *BY_THEMSELVES]
    known = [_SAME.get(route, route) for route in written]
    assert sorted(known) == sorted(route for route in ROUTES if route.startswith("GET "))


async def _text(both: TwoQueues, route: str, query: str, side: str = PROPIA) -> str:
    path = _path(both, route, side)
    response = await both.house.ask("GET", f"{path}?{query}" if query else path)
    assert response.status_code == 200, (route, response.text)
    return response.text


def _path(both: TwoQueues, route: str, side: str) -> str:
    names = both.names(side) | {"agent": "1001"}
    if route.startswith("GET /menus/"):
        names["name"] = "m"
    return route.removeprefix("GET ").format(**names)


def _nothing_of_the_other(both: TwoQueues, route: str, text: str) -> None:
    hidden = [*FORBIDDEN, both.campaign[AJENA], both.target[AJENA]]
    if route in ("GET /customers", "GET /customers/{customer_id}"):
        hidden = [word for word in hidden if word not in NUMBER[AJENA]]  # both are Ana's own
    assert [word for word in hidden if word in text] == [], (route, text)


async def test_nothing_of_the_other_queue_is_read(both: TwoQueues) -> None:
    """In one test: what there is to be seen takes longer to lay than to look at."""
    await _everything_is_read(both)
    await _all_of_it_is_there_for_who_sees_all(both)
    await _figures_are_those_of_the_own_queue(both)
    await _exports_have_the_own_queue_only(both)
    await _what_is_changed_is_not_the_others(both)


async def _everything_is_read(both: TwoQueues) -> None:
    house = both.house
    for route, query in LISTS.items():
        text = await _text(both, route, query)
        _nothing_of_the_other(both, route, text)
        own = [PROPIA, "soporte", both.campaign[PROPIA], both.target[PROPIA]]
        assert any(word in text for word in own), (route, text)
        if "customers" not in route and route != "GET /live":
            assert "salida" not in text, (route, text)
    for route, query in {**FIGURES, **OF_NO_QUEUE}.items():
        _nothing_of_the_other(both, route, await _text(both, route, query))
    for route, query in ONE_BY_ONE.items():
        _nothing_of_the_other(both, route, await _text(both, route, query))
        path = _path(both, route, AJENA)
        refused = await house.ask("GET", f"{path}?{query}")
        assert refused.status_code == 404, (route, refused.text)
        everybody = await house.ask("GET", f"{path}?{query}", "admin")
        assert everybody.status_code == 200, (route, everybody.text)
    for route in REFUSED:
        response = await house.ask("GET", route.removeprefix("GET ").format(
            user_id="x", webhook_id="x"
        ))  # fmt: skip
        problem(response, Kind.ROLE_TOO_LOW)


async def _all_of_it_is_there_for_who_sees_all(both: TwoQueues) -> None:
    """Else it would be found nowhere because it is nowhere."""
    for route, query in LISTS.items():
        path = _path(both, route, PROPIA)
        response = await both.house.ask("GET", f"{path}?{query}", "admin")
        words = [*FORBIDDEN, both.campaign[AJENA], "salida"]
        assert any(word in response.text for word in words), route


async def _figures_are_those_of_the_own_queue(both: TwoQueues) -> None:
    house = both.house
    for who, tickets, promises in (("supervisor", 1, 1), ("admin", 2, 2)):
        counts = await house.get("/tickets/summary", who)
        assert (counts["by_state"]["open"], counts["overdue"], counts["untold"]) == (
            tickets, tickets, tickets,
        )  # fmt: skip
        own = f"/campaigns/{both.campaign[PROPIA]}/callbacks"
        assert len((await house.get(own, who))["items"]) == promises
        summary = await house.get(f"{own}/summary", who)
        assert sum(value for value in summary.values() if isinstance(value, int)) == promises
    curves = await _text(both, "GET /live/curves", "")
    assert "salida" not in curves
    told = await house.get("/surveys", queue="salida", question=AJENA)
    assert [one["asked"] for one in told["items"]] == [0]
    stale = (await house.get("/alerts", kind="register_stale"))["items"][0]
    assert stale["details"]["campaigns"] == [both.campaign[PROPIA]]


async def _exports_have_the_own_queue_only(both: TwoQueues) -> None:
    # an agent who is seen is seen whole: the ids of their calls too, which open nothing
    for what, form in product(set(What) - {What.AGENT_STATES}, (Form.CSV, Form.JSONL)):
        path = f"/exports/{what}.{form}?{SPAN}"
        response = await both.house.ask("GET", path)
        assert response.status_code == 200, response.text
        _nothing_of_the_other(both, path, response.text)
        assert "salida" not in response.text, path


async def _what_is_changed_is_not_the_others(both: TwoQueues) -> None:
    house, theirs = both.house, both.names(AJENA)
    ticket = f"/tickets/{TICKET[AJENA]}"
    response = await house.ask("PATCH", ticket, json={"answer": "x"})
    problem(response, Kind.NO_SUCH_TICKET)
    gone = await house.ask("DELETE", f"/recordings/{theirs['recording']}")
    problem(gone, Kind.NO_SUCH_RECORDING)
    listed = {"number": "573001239999", "campaign_id": theirs["campaign_id"]}
    problem(await house.ask("POST", "/do-not-call", json=listed), Kind.NO_SUCH_CAMPAIGN)
    number = FORBIDDEN[1]
    checked = await house.ask("POST", "/do-not-call/check", json={"number": f"+{number}"})
    assert checked.json()["listings"] == []
    path = f"/do-not-call/{number}?campaign_id={theirs['campaign_id']}"
    problem(await house.ask("DELETE", path), Kind.NOT_LISTED)
    own = f"/campaigns/{both.campaign[PROPIA]}/callbacks"
    (line,) = [
        one for one in (await house.get(own, "admin"))["items"] if one["queue"] == "salida"
    ]  # fmt: skip
    problem(await house.ask("DELETE", f"{own}/{line['id']}"), Kind.NO_SUCH_CALLBACK)
    for asked in ("listen", "recording"):
        path_of_call = f"/calls/ajena-espera/{asked}"
        problem(await house.ask("GET", path_of_call), Kind.NO_SUCH_CALL)
    sound = await house.ask("GET", f"/call-recordings/{theirs['talk']}/audio")
    problem(sound, Kind.NO_SUCH_CALL_RECORDING)
    everybody = await house.get(ticket, "admin")
    assert (everybody["answer"], everybody["state"]) == ("", "open")
    assert (await house.ask("DELETE", path, "admin")).status_code == 204


async def test_the_stream_has_nothing_of_the_other_queue(light: ApiHouse, tmp_path: Path) -> None:
    both, house = await two_queues(light, tmp_path), light
    async with served(house.app) as address, watching(house, address) as reader:
        _, _, picture = await reader.next()
        _nothing_of_the_other(both, "snapshot", str(picture))
        assert "propia-espera" in str(picture)
        for side, queue in ((AJENA, "salida"), (PROPIA, "soporte")):
            call_id = f"{side}-nueva"
            await house.happen(
                replace(arrived(3601, caller_name=side), call_id=call_id),
                replace(on_call(QueueJoined, 3602, queue=queue, position=2), call_id=call_id),
            )
        async with asyncio.timeout(30):
            while "propia-nueva" not in (told := str(await reader.next())):
                _nothing_of_the_other(both, "delta", told)
        _nothing_of_the_other(both, "delta", told)


async def test_nobody_is_an_admin_of_some_queues(light: ApiHouse) -> None:
    """What admins may is of the whole house; and a key of before this may none of it."""
    house = light
    asked = {"name": "k", "role": "admin", "queues": ["soporte"]}
    body = problem(await house.ask("POST", "/tokens", "admin", json=asked), Kind.INVALID)
    assert places(body) == [("body.queues", "admins_see_all")]
    person = {"login": "luis", "name": "L", "role": "admin", "password": "una frase bien larga"}
    refused = await house.ask("POST", "/users", "admin", json={**person, "queues": ["soporte"]})
    assert places(problem(refused, Kind.INVALID)) == [("body.queues", "admins_see_all")]
    made = await house.ask("POST", "/users", "admin", json=person)
    path = f"/users/{made.json()['id']}"
    refused = await house.ask("PATCH", path, "admin", json={"queues": ["soporte"]})
    assert places(problem(refused, Kind.INVALID)) == [("body.queues", "admins_see_all")]
    lesser = {"role": "supervisor", "queues": ["soporte"]}
    assert (await house.ask("PATCH", path, "admin", json=lesser)).status_code == 200
    refused = await house.ask("PATCH", path, "admin", json={"role": "admin"})
    assert places(problem(refused, Kind.INVALID)) == [("body.queues", "admins_see_all")]
    _, house.tokens["old"] = await house.parts.tokens.create(
        "old", Role.ADMIN, None, now=house.clock(), queues=["soporte"]
    )
    for route in sorted(REFUSED):
        path = route.removeprefix("GET ").format(user_id="x", webhook_id="x")
        problem(await house.ask("GET", path, "old"), Kind.SCOPE_MISSING)
    assert (await house.get("/me", "old"))["queues"] == ["soporte"]
    assert Scope.ADMIN not in (await house.get("/me", "old"))["scopes"]
