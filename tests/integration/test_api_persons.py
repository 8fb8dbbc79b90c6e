"""Who has not `pii:read` reads no number and no name of anybody: every route, on both databases."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from api.persons import persons_shown, written_told
from api.problem_texts import Kind
from calls.events import (
    AgentLineUp,
    AgentOffered,
    AgentReadied,
    AgentSignInAsked,
    AttemptStarted,
    CallAnswered,
    QueueJoined,
)
from dialer.campaign import CampaignState
from storage.database import Database
from storage.export_sources import What
from storage.scopes import SCOPES_OF, Scope
from storage.tokens import Role
from tests.integration.api_house import ApiHouse, open_house, problem, served, sqlite_house
from tests.integration.test_api_live import watching
from tests.integration.test_api_only_some_queues import (
    FIGURES,
    LISTS,
    OF_NO_QUEUE,
    ONE_BY_ONE,
    REFUSED,
    SPAN,
)
from tests.integration.two_queues import AJENA, NUMBER, PROPIA, RULED, TwoQueues, two_queues
from tests.unit.facts import PBX, arrived, fact, on_call
from tests.unit.judges import reserved

WITHOUT, WITH = "without persons", "with persons"
WAITING_FOR = "573007770000"  # a place kept in the line of a queue
CALLED = "Zenobia"
#: whoever is known in this house, in each of the ways in which they are written
PERSONS = (
    *NUMBER.values(), *(number[2:] for number in NUMBER.values()), RULED, WAITING_FOR,
    CALLED, "Señora", "Señor", "x;propia", "Lead propia", "Lead ajena",
)  # fmt: skip
#: routes that tell of persons to who may see them
OF_PERSONS = {
    "GET /live", "GET /calls", "GET /calls/{call_id}", "GET /metrics/queues/{name}/calls",
    "GET /menus/{name}/calls", "GET /customers", "GET /customers/{customer_id}", "GET /tickets",
    "GET /tickets/{number}", "GET /recordings", "GET /do-not-call", "GET /audit",
    "GET /campaigns/{campaign_id}/attempts", "GET /campaigns/{campaign_id}/callbacks",
    "GET /campaigns/{campaign_id}/rulings", "GET /campaigns/{campaign_id}/rulings.csv",
    "GET /campaigns/{campaign_id}/imports/{import_id}/refused.csv", "GET /exports/queue_log",
    "GET /rulings",
}  # fmt: skip
EXPORTS_OF_PERSONS = {What.CALLS, What.FACTS, What.TICKETS, What.ATTEMPTS}


@pytest.fixture
async def both(database: Database, tmp_path: Path) -> AsyncIterator[TwoQueues]:
    async with open_house(database, tmp_path) as house:
        found = await two_queues(house, tmp_path)
        await _keys(house)
        called = {"name": f"{CALLED} Ruiz", "first_name": CALLED, "phones": [f"+{NUMBER[PROPIA]}"]}
        path = f"/customers/{found.customer}"
        assert (await house.ask("PUT", path, "admin", json=called)).status_code == 200
        yield found


@pytest.fixture
async def light(tmp_path: Path) -> AsyncIterator[ApiHouse]:
    async with sqlite_house(tmp_path) as house:
        await _keys(house)
        yield house


async def _keys(house: ApiHouse) -> None:
    for who, scopes in ((WITH, set(Scope)), (WITHOUT, set(Scope) - {Scope.PII_READ})):
        _, house.tokens[who] = await house.parts.tokens.create(
            who, Role.ADMIN, None, now=house.clock(), scopes=scopes
        )


def _asked(both: TwoQueues) -> list[tuple[str, str]]:
    """Every route that reads, and what is asked of it."""
    found = []
    queries = {**LISTS, **ONE_BY_ONE, **FIGURES, **OF_NO_QUEUE, **dict.fromkeys(REFUSED, "")}
    for route, query in queries.items():
        names = {**both.names(PROPIA), "agent": "1001", "user_id": "x", "webhook_id": "x"}
        if route.startswith("GET /menus/"):
            names["name"] = "m"
        found.append((route, f"{route.removeprefix('GET ').format(**names)}?{query}"))
    # masked before the form is made: test_api_exports.py has the others
    return found + [(f"export of {what}", f"/exports/{what}.jsonl?{SPAN}") for what in What]


def _persons_in(text: str) -> list[str]:
    return [word for word in PERSONS if word in text]


async def test_no_number_and_no_name_is_read(both: TwoQueues) -> None:
    """In one test: what there is to be seen takes longer to lay than to look at."""
    house, told, refused = both.house, set(), set()
    for route, path in _asked(both):
        whole = await house.ask("GET", path, WITH)
        masked = await house.ask("GET", path, WITHOUT)
        assert _persons_in(masked.text) == [], (path, masked.text)
        if whole.status_code != masked.status_code:
            problem(masked, Kind.SCOPE_MISSING)
            refused.add(route)
        if _persons_in(whole.text):
            told.add(route)
    of_persons = OF_PERSONS | {f"export of {what}" for what in EXPORTS_OF_PERSONS}
    assert of_persons - told == set(), "else it would be found nowhere because it is nowhere"
    assert refused == {"GET /rulings"}, "which looks for a number"
    await _masked_and_not_gone(both)
    await _nobody_is_looked_for(both)
    await _what_is_changed_is_answered_masked_and_kept_whole(both)


async def _masked_and_not_gone(both: TwoQueues) -> None:
    house = both.house
    last = NUMBER[PROPIA][-3:]
    story = await house.get(f"/calls/{PROPIA}", WITHOUT)
    record, (came, *_) = story["record"], story["timeline"]
    for told in (record, came["details"]):
        assert (told["caller_number"], told["caller_name"]) == (f"*********{last}", "***")
        assert told["number_called"] == "08001234567", "ours is nobody's secret"
    (customer,) = (await house.get("/customers", WITHOUT))["items"]
    assert customer["name"] == customer["first_name"] == "***"
    assert customer["phones"] == [f"*********{last}"]
    attempts = f"/campaigns/{both.campaign[PROPIA]}/attempts"
    (attempt,) = (await house.get(attempts, WITHOUT))["items"]
    assert attempt["number"] == f"*********{last}"
    refusals = f"/campaigns/{both.campaign[PROPIA]}/imports/{both.imported[PROPIA]}/refused.csv"
    assert "phone_" in (await house.ask("GET", refusals, WITHOUT)).text


async def _nobody_is_looked_for(both: TwoQueues) -> None:
    """Who may not see a number must not try out either whose it is."""
    house, number = both.house, NUMBER[PROPIA]
    campaign = f"/campaigns/{both.campaign[PROPIA]}/rulings"
    for path in (
        f"/calls?number={number}", f"/tickets?phone={number}", f"/recordings?number={number}",
        f"/customers?search={number[-6:]}", f"/rulings?number={number}",
        f"{campaign}?number={number}", f"/audit?subject=do-not-call/{number}",
    ):  # fmt: skip
        assert (await house.ask("GET", path, WITH)).status_code == 200, path
        body = problem(await house.ask("GET", path, WITHOUT), Kind.SCOPE_MISSING)
        assert Scope.PII_READ in body["detail"], path


async def _what_is_changed_is_answered_masked_and_kept_whole(both: TwoQueues) -> None:
    house, new = both.house, "573004445555"
    path = f"/campaigns/{both.campaign[PROPIA]}/callbacks"
    asked = {"number": new, "promised_at": "2026-03-02T15:00:00Z"}
    made = await house.ask("POST", path, WITHOUT, json=asked)
    assert made.status_code == 201, made.text
    assert made.json()["number"] == "*********555"
    subject = {"subject": f"callbacks/{made.json()['id']}"}
    (row,) = (await house.get("/audit", WITH, **subject))["items"]
    assert row["after"]["number"] == new
    (row,) = (await house.get("/audit", WITHOUT, **subject))["items"]
    assert row["after"]["number"] == "*********555"


async def test_the_stream_tells_of_nobody(light: ApiHouse, tmp_path: Path) -> None:
    await two_queues(light, tmp_path)
    house = light
    told: dict[str, str] = {}
    async with served(house.app) as address:
        for who in (WITH, WITHOUT):
            async with watching(house, address, who) as reader:
                _, _, picture = await reader.next()
                told[who] = json.dumps(picture, ensure_ascii=False)
                assert "propia-espera" in told[who]
                call_id = f"nueva-{who}".replace(" ", "-")
                coming = arrived(3601, caller_number=NUMBER[AJENA], caller_name="Señor Nuevo")
                joined = on_call(QueueJoined, 3602, queue="soporte", position=2)
                await house.happen(*(replace(one, call_id=call_id) for one in (coming, joined)))
                async with asyncio.timeout(30):
                    news: Any = {}
                    while f"calls/{call_id}" not in news:
                        _, _, delta = await reader.next()
                        news = delta["things"]
                        told[who] += json.dumps(delta, ensure_ascii=False)
                thing = news[f"calls/{call_id}"]
    assert {"Señora", "Señor"} & set(_persons_in(told[WITH]))
    assert _persons_in(told[WITHOUT]) == []
    assert (thing["caller_number"], thing["caller_name"]) == ("*********888", "")
    assert thing["number_called"] == "08001234567"


async def test_a_key_of_a_wall_sees_nobody_and_roles_see_what_they_saw(light: ApiHouse) -> None:
    house, now = light, light.clock()
    await house.happen(arrived(0, caller_number=NUMBER[PROPIA], caller_name="Señora Ruiz"))
    tokens = house.parts.tokens
    _, house.tokens["wall"] = await tokens.create(
        "wall", Role.SUPERVISOR, None, now=now, scopes=[Scope.LIVE_READ]
    )
    _, house.tokens["analyst"] = await tokens.create("analyst", Role.ANALYST, None, now=now)
    for who in ("wall", "analyst"):
        assert _persons_in((await house.ask("GET", "/live", who)).text) == []
    for who in ("supervisor", "admin"):
        assert NUMBER[PROPIA] in (await house.ask("GET", "/live", who)).text
    assert set((await house.get("/me", "1001"))["scopes"]) == SCOPES_OF[Role.AGENT]
    problem(await house.ask("GET", "/tokens", "analyst"), Kind.ROLE_TOO_LOW)
    assert (await house.get("/me", "analyst"))["role"] == "analyst"


async def test_an_agents_key_without_it_sees_the_call_at_hand_and_not_whose_it_is(
    light: ApiHouse,
) -> None:
    house = light
    lead = await _on_a_dialed_call(house)
    _, house.tokens["desktop"] = await house.parts.tokens.create(
        "desktop", Role.AGENT, "1001", now=house.clock(), scopes=[Scope.OWN]
    )
    whole = (await house.get("/agents/me", "1001"))["call"]
    assert (whole["number_called"], whole["lead"]["name"]) == ("573001234567", "Zenobia Ruiz")
    masked = (await house.get("/agents/me", "desktop"))["call"]
    assert masked["number_called"] == "*********567"
    assert masked["lead"] == {
        "id": lead, "number": "*********567", "name": "***", "extra": {"barrio": "***"},
    }  # fmt: skip
    assert whole["call_id"] == masked["call_id"]


async def _on_a_dialed_call(house: ApiHouse) -> int:
    """Agent 1001 is offered a lead; its id."""
    campaign_id = await house.new_campaign()
    rows = "telefono;nombre;barrio\n3001234567;Zenobia Ruiz;Chapinero\n"
    assert (await house.upload(campaign_id, rows)).status_code == 200
    await house.parts.campaigns.set_state(campaign_id, CampaignState.RUNNING, house.clock())
    [attempt] = await reserved(house.parts.campaigns, campaign_id, 1, pbx=PBX, now=house.clock())
    the_call = {"call_id": attempt.id}
    await house.happen(
        fact(AgentSignInAsked, 0, agent="1001"),
        fact(AgentLineUp, 1, agent="1001"),
        fact(AgentReadied, 2, agent="1001"),
        fact(
            AttemptStarted, 3, campaign_id=campaign_id, lead_id=attempt.lead_id,
            number_called=attempt.number, **the_call,
        ),
        fact(CallAnswered, 4, **the_call),
        fact(QueueJoined, 4, queue="salida", position=1, **the_call),
        fact(AgentOffered, 4, queue="salida", agent="1001", **the_call),
    )  # fmt: skip
    return attempt.lead_id


def test_what_nobody_vouched_for_is_masked() -> None:
    assert written_told("Ana") == "***"
    with persons_shown(True):
        assert written_told("Ana") == "Ana"
        with persons_shown(False):
            assert written_told("Ana") == "***"
    assert written_told("Ana") == "***"
