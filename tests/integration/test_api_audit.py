"""The audit: every route that changes something leaves a row of who, when, before and after."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi.routing import APIRoute

from api.app import ROUTERS
from api.problem_texts import Kind
from storage.errors import DatabaseUnavailableError
from tests.integration import supervision_recipes, talk_recipes, watching_recipes
from tests.integration.agent_recipes import (
    at_work,
    call_ended,
    paused_agent,
    readied,
    signed_in,
    signed_out,
    wrapped_up,
)
from tests.integration.api_house import ApiHouse, problem, sqlite_house
from tests.integration.audit_recipes import (
    customer_erased,
    customer_kept,
    customer_noted,
    customer_replaced,
    customers_imported,
    incident_begun,
    incident_ended,
    message_removed,
    ticket_changed,
)
from tests.unit.facts import START

CHANGING = {"POST", "PUT", "PATCH", "DELETE"}

#: change nothing that anybody would ask about later, and why
WITHOUT_A_ROW = {
    "POST /do-not-call/check": "only looks",
}
#: routes whose row takes more than a request to bring about, and the tests that look for it
LOOKED_FOR_ELSEWHERE = {
    "POST /menus/reload": "test_what_changed_answers_from_then_on",
    "POST /agents/{number}/preview": "test_a_supervisor_decides_and_it_is_audited",
    "POST /retention": "test_it_goes_and_what_is_young_enough_stays",
    "POST /tickets/{number}/take": "test_a_ticket_is_found_taken_answered_and_closed",
    "POST /recordings/erase": "test_everything_of_one_caller_is_erased",
    "DELETE /call-recordings/{name}": "test_one_is_removed_for_good_with_a_reason",
    "PUT /call-recordings/{name}/hold": "test_one_that_is_held_stays_until_it_is_not",
    "DELETE /call-recordings/{name}/hold": "test_one_that_is_held_stays_until_it_is_not",
    "POST /users": "test_people_are_added_changed_and_ended",
    "PATCH /users/{user_id}": "test_people_are_added_changed_and_ended",
    "DELETE /users/{user_id}": "test_people_are_added_changed_and_ended",
    "POST /session": "test_a_session_is_a_cookie_that_no_script_and_no_other_site_can_use",
    "DELETE /session": "test_a_session_ends_when_its_person_says_so",
    "PUT /me": "test_ones_own_password_needs_the_old_one_and_ends_every_session",
}


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[ApiHouse]:
    async with sqlite_house(tmp_path) as opened:
        yield opened


async def _ready_campaign(house: ApiHouse) -> str:
    campaign_id = await house.new_campaign()
    response = await house.upload(campaign_id, "telefono\n3001234567\n")
    assert response.status_code == 200, response.text
    return campaign_id


async def _made(house: ApiHouse) -> httpx.Response:
    asked = {"name": "Cobranza", "queue": "salida", "country": "CO"}
    return await house.ask("POST", "/campaigns", json=asked)


async def _leads_added(house: ApiHouse) -> httpx.Response:
    return await house.upload(await house.new_campaign(), "telefono\n3001234567\n")


async def _import_begun(house: ApiHouse) -> httpx.Response:
    return await house.ask(
        "POST", f"/campaigns/{await house.new_campaign()}/imports",
        content="telefono\n3001234567\n", headers={"Content-Type": "text/csv"},
    )  # fmt: skip


async def _list_changed(house: ApiHouse) -> httpx.Response:
    path = f"/campaigns/{await _ready_campaign(house)}/lists"
    list_id = (await house.get(path))["items"][0]["id"]
    return await house.ask("PATCH", f"{path}/{list_id}", json={"weight": 2.0})


async def _changed(house: ApiHouse) -> httpx.Response:
    campaign_id = await _ready_campaign(house)
    return await house.ask("PATCH", f"/campaigns/{campaign_id}", json={"max_lines": 3})


async def _started(house: ApiHouse) -> httpx.Response:
    return await house.ask("POST", f"/campaigns/{await _ready_campaign(house)}/start")


async def _paused(house: ApiHouse) -> httpx.Response:
    campaign_id = await _ready_campaign(house)
    await house.ask("POST", f"/campaigns/{campaign_id}/start")
    return await house.ask("POST", f"/campaigns/{campaign_id}/pause")


async def _stopped(house: ApiHouse) -> httpx.Response:
    campaign_id = await _ready_campaign(house)
    await house.ask("POST", f"/campaigns/{campaign_id}/start")
    return await house.ask("POST", f"/campaigns/{campaign_id}/stop")


async def _queue_set(house: ApiHouse) -> httpx.Response:
    return await house.ask("PUT", "/queues/soporte/settings", json={"seconds": 30})


async def _listed(house: ApiHouse) -> httpx.Response:
    return await house.ask("POST", "/do-not-call", json={"number": "+573001234567"})


async def _unlisted(house: ApiHouse) -> httpx.Response:
    await _listed(house)
    return await house.ask("DELETE", "/do-not-call/573001234567")


async def _file_listed(house: ApiHouse) -> httpx.Response:
    return await house.ask(
        "POST", "/do-not-call/numbers?country=CO", content="3001234567\n",
        headers={"Content-Type": "text/csv"},
    )  # fmt: skip


async def _registered(house: ApiHouse) -> httpx.Response:
    return await house.ask(
        "PUT", "/registers/RNE", params={"as_of": "2026-01-01"}, content="3001234567\n",
        headers={"Content-Type": "text/csv"},
    )  # fmt: skip


async def _called_back(house: ApiHouse) -> httpx.Response:
    campaign_id = await _ready_campaign(house)
    asked = {"number": "+573001234567", "promised_at": "2026-03-02T15:00:00Z"}
    return await house.ask("POST", f"/campaigns/{campaign_id}/callbacks", json=asked)


async def _not_called_back(house: ApiHouse) -> httpx.Response:
    made = await _called_back(house)
    path = made.request.url.path
    return await house.ask("DELETE", f"{path}/{made.json()['id']}")


async def _token_made(house: ApiHouse) -> httpx.Response:
    asked = {"name": "Luis", "role": "supervisor"}
    return await house.ask("POST", "/tokens", "admin", json=asked)


async def _token_revoked(house: ApiHouse) -> httpx.Response:
    token_id = (await _token_made(house)).json()["id"]
    return await house.ask("DELETE", f"/tokens/{token_id}", "admin")


async def _set_up(house: ApiHouse) -> httpx.Response:
    for entry in await house.parts.tokens.list():
        await house.parts.tokens.revoke(entry.owner.id, now=house.clock())
    plain = await house.parts.tokens.ensure_setup_token(now=house.clock())
    asked = {"setup_token": plain, "name": "Ana"}
    return await house.ask("POST", "/setup", "nobody", json=asked)


#: for each route that changes something: how it is brought to do so, and the row it has to leave
Recipe = tuple[Callable[[ApiHouse], Awaitable[httpx.Response]], str]
RECIPES: dict[str, Recipe] = {
    "POST /setup": (_set_up, "token.make"),
    "POST /tokens": (_token_made, "token.make"),
    "DELETE /tokens/{token_id}": (_token_revoked, "token.revoke"),
    "POST /campaigns": (_made, "campaign.make"),
    "PATCH /campaigns/{campaign_id}": (_changed, "campaign.change"),
    "POST /campaigns/{campaign_id}/start": (_started, "campaign.start"),
    "POST /campaigns/{campaign_id}/pause": (_paused, "campaign.pause"),
    "POST /campaigns/{campaign_id}/stop": (_stopped, "campaign.stop"),
    "POST /campaigns/{campaign_id}/leads": (_leads_added, "leads.add"),
    "POST /campaigns/{campaign_id}/imports": (_import_begun, "import.begin"),
    "PATCH /campaigns/{campaign_id}/lists/{list_id}": (_list_changed, "list.change"),
    "POST /campaigns/{campaign_id}/callbacks": (_called_back, "callback.make"),
    "DELETE /campaigns/{campaign_id}/callbacks/{callback_id}": (
        _not_called_back,
        "callback.cancel",
    ),
    "POST /customers": (customer_kept, "customer.add"),
    "PUT /customers/{customer_id}": (customer_replaced, "customer.change"),
    "DELETE /customers/{customer_id}": (customer_erased, "customer.erase"),
    "POST /customers/{customer_id}/notes": (customer_noted, "customer.note"),
    "POST /customers/file": (customers_imported, "customer.import"),
    "PATCH /tickets/{number}": (ticket_changed, "ticket.change"),
    "DELETE /recordings/{name}": (message_removed, "recording.remove"),
    "POST /incidents": (incident_begun, "incident.begin"),
    "POST /incidents/{incident_id}/end": (incident_ended, "incident.end"),
    "POST /calls/{call_id}/listen": (supervision_recipes.listened, "call.listen"),
    "DELETE /calls/{call_id}/listen": (supervision_recipes.listened_no_more, "call.listen_end"),
    "POST /calls/{call_id}/recording/pause": (talk_recipes.paused, "call.recording_pause"),
    "POST /calls/{call_id}/recording/resume": (talk_recipes.resumed, "call.recording_resume"),
    "POST /calls/{call_id}/transfer": (supervision_recipes.passed_on, "call.transfer"),
    "POST /calls/{call_id}/move": (supervision_recipes.moved, "call.move"),
    "POST /calls/{call_id}/prioritize": (supervision_recipes.put_ahead, "call.prioritize"),
    "POST /calls/{call_id}/withdraw": (supervision_recipes.withdrawn, "call.withdraw"),
    "POST /queues/{name}/close": (supervision_recipes.closed, "queue.close"),
    "POST /queues/{name}/open": (supervision_recipes.opened, "queue.open"),
    "POST /queues/{name}/announce": (supervision_recipes.announced, "queue.announce"),
    "POST /queues/{name}/emergency": (supervision_recipes.emergency_begun, "queue.emergency"),
    "POST /queues/{name}/emergency/end": (
        supervision_recipes.emergency_ended,
        "queue.emergency_end",
    ),
    "POST /targets": (watching_recipes.target_made, "target.make"),
    "PATCH /targets/{target_id}": (watching_recipes.target_changed, "target.change"),
    "DELETE /targets/{target_id}": (watching_recipes.target_taken_away, "target.end"),
    "POST /webhooks": (watching_recipes.webhook_made, "webhook.make"),
    "PATCH /webhooks/{webhook_id}": (watching_recipes.webhook_changed, "webhook.change"),
    "DELETE /webhooks/{webhook_id}": (watching_recipes.webhook_ended, "webhook.end"),
    "POST /webhooks/{webhook_id}/rotate": (watching_recipes.webhook_rotated, "webhook.rotate"),
    "POST /webhooks/{webhook_id}/try": (watching_recipes.webhook_tried, "webhook.try"),
    "POST /webhooks/{webhook_id}/deliveries/{delivery_id}/again": (
        watching_recipes.webhook_told_again,
        "webhook.again",
    ),
    "PUT /queues/{name}/settings": (_queue_set, "queue.set"),
    "POST /do-not-call": (_listed, "do_not_call.add"),
    "POST /do-not-call/numbers": (_file_listed, "do_not_call.add_file"),
    "DELETE /do-not-call/{number}": (_unlisted, "do_not_call.remove"),
    "PUT /registers/{name}": (_registered, "register.load"),
    "POST /agents/{number}/sign-in": (signed_in, "agent.sign_in"),
    "POST /agents/{number}/sign-out": (signed_out, "agent.sign_out"),
    "POST /agents/{number}/pause": (paused_agent, "agent.pause"),
    "POST /agents/{number}/ready": (readied, "agent.ready"),
    "POST /agents/{number}/wrap-up": (wrapped_up, "agent.wrap_up"),
    "POST /agents/{number}/end-call": (call_ended, "agent.end_call"),
}


def _changing_routes() -> set[str]:
    return {
        f"{method} {route.path}"
        for router in ROUTERS
        for route in router.routes
        if isinstance(route, APIRoute)
        for method in (route.methods or set()) & CHANGING
    }


def test_every_route_that_changes_something_is_walked() -> None:
    walked = RECIPES.keys() | WITHOUT_A_ROW.keys() | LOOKED_FOR_ELSEWHERE.keys()
    assert _changing_routes() == walked, (
        "a new route takes `trail: Trailed`, calls `trail.leave`, and has its recipe here; "
        "one that rightly leaves no row is in WITHOUT_A_ROW, with the reason"
    )


async def _rows(house: ApiHouse) -> list[dict[str, Any]]:
    page = await house.parts.audit.page()
    return [
        {"who": one.who, "action": one.action, "subject": one.subject, "at": one.at,
         "before": one.before, "after": one.after}
        for one in page.changes
    ]  # fmt: skip


@pytest.mark.parametrize("route", RECIPES)
async def test_it_leaves_a_row(house: ApiHouse, route: str) -> None:
    recipe, action = RECIPES[route]
    response = await recipe(house)
    assert response.status_code < 300, response.text
    newest = (await _rows(house))[0]
    assert newest["action"] == action
    assert newest["at"] == house.clock()
    assert newest["before"] or newest["after"]
    whose = {"/setup": "setup", "/tokens": "admin (", "/webhoo": "admin ("}
    asked_by = whose.get(response.request.url.path[:7])
    assert newest["who"].startswith(asked_by or "supervisor ("), newest
    assert "linea800_" not in str(newest), "no token may be in the audit"


async def test_what_agents_do_themselves_is_their_work_and_no_change(house: ApiHouse) -> None:
    await at_work(house)
    for path, body in (("pause", {"reason": "descanso"}), ("ready", None), ("sign-out", None)):
        response = await house.ask("POST", f"/agents/me/{path}", "1001", json=body)
        assert response.status_code == 202, response.text
        await house.happen()
    assert await _rows(house) == []


async def test_what_was_refused_or_changed_nothing_leaves_no_row(house: ApiHouse) -> None:
    campaign_id = await house.new_campaign()
    before = await _rows(house)
    for method, path, options in (
        ("POST", f"/campaigns/{campaign_id}/start", {}),  # it has no leads
        ("POST", "/agents/1001/ready", {}),
        ("POST", "/do-not-call", {"json": {"number": "1"}}),
        ("DELETE", "/do-not-call/573001234567", {}),
        ("POST", "/tokens", {"json": {"name": "x", "role": "agent"}}),
        ("PUT", "/registers/RNE", {"content": "x", "headers": {"Content-Type": "text/csv"}}),
    ):
        who = "admin" if path == "/tokens" else "supervisor"
        response = await house.ask(method, path, who, **options)
        assert response.status_code >= 400, path
    assert await _rows(house) == before
    await _listed(house)
    rows = await _rows(house)
    assert (await _listed(house)).status_code == 200
    assert await _rows(house) == rows


async def test_before_and_after(house: ApiHouse) -> None:
    campaign_id = (await _paused(house)).json()["id"]
    items = (await house.get("/audit", "admin", subject=f"campaigns/{campaign_id}"))["items"]
    told = [(each["action"], each["before"], each["after"]) for each in items]
    assert told[0] == ("campaign.pause", {"state": "running"}, {"state": "paused"})
    assert told[1] == ("campaign.start", {"state": "draft"}, {"state": "running"})
    made = told[-1]
    assert (made[0], made[1]) == ("campaign.make", {})
    assert (made[2]["name"], made[2]["country"]) == ("Cobranza", "CO")


async def test_a_register_tells_which_copy_took_the_place_of_which(house: ApiHouse) -> None:
    await _registered(house)
    await _registered(house)
    newest = (await house.get("/audit", "admin", subject="registers/RNE"))["items"][0]
    assert (newest["before"]["generation"], newest["after"]["generation"]) == (1, 2)
    assert newest["after"]["entries"] == newest["after"]["rows"] == 1


async def test_the_audit_is_for_administrators_and_in_pages(house: ApiHouse) -> None:
    problem(await house.ask("GET", "/audit"), Kind.ROLE_TOO_LOW)
    for seconds in range(3):
        await house.new_campaign(name=f"c{seconds}")
        house.clock.advance(1)
    first = await house.get("/audit", "admin", limit=2)
    rest = await house.get("/audit", "admin", limit=2, cursor=first["next_cursor"])
    names = [each["after"]["name"] for each in first["items"] + rest["items"]]
    assert (names, rest["next_cursor"]) == (["c2", "c1", "c0"], None)
    until = {"until": (START + timedelta(seconds=1)).isoformat()}
    assert [
        each["after"]["name"] for each in (await house.get("/audit", "admin", **until))["items"]
    ] == ["c0"]


async def test_without_a_database_the_log_has_the_row(
    house: ApiHouse, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def away(*_: object) -> None:
        raise DatabaseUnavailableError("away")

    monkeypatch.setattr(type(house.parts.audit), "write", away)
    with caplog.at_level(logging.ERROR):
        response = await signed_in(house)
    assert response.status_code == 202, "agents work on when the database is away"
    assert "agent.sign_in" in caplog.text
    assert "supervisor (" in caplog.text
