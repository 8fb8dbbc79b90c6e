"""Webhooks over the API: made, tried, changed, ended; and what happens on the floor is written."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from api.problem_texts import Kind
from calls.events import SurveyAnswered, SurveyAsked, TicketOpened
from customers.ticket_numbers import ticket_number
from dialer.campaign import CampaignState
from dialer.lead import NewLead
from storage.database import Database
from tests.integration.api_house import ApiHouse, open_house, places, problem, sqlite_house
from tests.unit.facts import arrived, at, on_call

URL = "https://hook.example/linea800"


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[ApiHouse]:
    async with sqlite_house(tmp_path) as opened:
        yield opened


@pytest.fixture
async def both(database: Database, tmp_path: Path) -> AsyncIterator[ApiHouse]:
    """On both databases."""
    async with open_house(database, tmp_path) as opened:
        yield opened


async def made(house: ApiHouse, *kinds: str) -> dict[str, Any]:
    asked = {"url": URL, "kinds": list(kinds)}
    response = await house.ask("POST", "/webhooks", "admin", json=asked)
    assert response.status_code == 201, response.text
    told: dict[str, Any] = response.json()
    return told


async def told(house: ApiHouse, webhook_id: str, **params: Any) -> list[dict[str, Any]]:
    path = f"/webhooks/{webhook_id}/deliveries"
    items: list[dict[str, Any]] = (await house.get(path, "admin", **params))["items"]
    return items


async def test_made_read_changed_rotated_and_ended(house: ApiHouse) -> None:
    webhook = await made(house, "ticket.created")
    secret = webhook.pop("secret")
    assert secret.startswith("whsec_")
    path = f"/webhooks/{webhook['id']}"
    assert await house.get(path, "admin") == webhook
    assert (await house.get("/webhooks", "admin"))["items"] == [webhook]
    response = await house.ask("PATCH", path, "admin", json={"kinds": [], "url": URL + "2"})
    assert response.json() == {**webhook, "kinds": [], "url": URL + "2"}
    rotated = (await house.ask("POST", f"{path}/rotate", "admin")).json()
    assert rotated["secret"] not in (secret, None)
    assert rotated["secret_before_until"] == "2026-03-02T12:00:00Z"
    assert "whsec_" not in json.dumps((await house.get("/audit", "admin"))["items"])
    assert "whsec_" not in json.dumps(await house.get("/webhooks", "admin"))
    assert (await house.ask("DELETE", path, "admin")).status_code == 204
    problem(await house.ask("DELETE", path, "admin"), Kind.NO_SUCH_WEBHOOK)
    for method, more in (("PATCH", ""), ("POST", "/rotate"), ("POST", "/try")):
        body = {"json": {"kinds": ["ticket.created"]}} if method == "PATCH" else {}
        problem(await house.ask(method, path + more, "admin", **body), Kind.WEBHOOK_ENDED)
    assert (await house.get("/webhooks", "admin", open=True))["items"] == []
    assert len((await house.get("/webhooks", "admin", open=False))["items"]) == 1


REFUSED: list[tuple[dict[str, Any], tuple[str, str]]] = [
    ({"url": "http://hook.example/"}, ("body.url", "webhook_not_https")),
    ({"url": "https://127.0.0.1/"}, ("body.url", "webhook_not_public")),
    ({"url": "https://[::ffff:10.0.0.1]/"}, ("body.url", "webhook_not_public")),
    ({"url": "https://a:b@hook.example/"}, ("body.url", "webhook_with_user")),
    ({"url": "nowhere"}, ("body.url", "no_webhook_address")),
    ({"url": "https://hook.example/#x"}, ("body.url", "webhook_with_fragment")),
    ({"url": "https://hook.example:0/"}, ("body.url", "no_such_port")),
    ({"url": ""}, ("body.url", "string_too_short")),
    ({"url": URL, "kinds": ["everything"]}, ("body.kinds[0]", "enum")),
    ({}, ("body.url", "missing")),
]


async def test_refused(house: ApiHouse) -> None:
    for asked, place in REFUSED:
        response = await house.ask("POST", "/webhooks", "admin", json=asked)
        assert places(problem(response, Kind.INVALID)) == [place], asked


async def test_a_try_is_a_ping_and_can_be_had_again(house: ApiHouse) -> None:
    webhook = await made(house, "ticket.created")
    path = f"/webhooks/{webhook['id']}"
    response = await house.ask("POST", f"{path}/try", "admin")
    assert response.status_code == 202
    ping = response.json()
    assert (ping["kind"], ping["state"], ping["tries"]) == ("ping", "waiting", 0)
    assert ping["message"]["type"] == "ping"
    deliveries, now = house.parts.deliveries, house.clock()
    claim = await deliveries.claim(webhook["id"], now, now + timedelta(seconds=40))
    assert claim is not None
    asked = now + timedelta(seconds=90)
    await deliveries.failed(claim, "answered 503", None, now, 503, asked)
    (dead,) = await told(house, webhook["id"], state="dead")
    assert (dead["id"], dead["fault"], dead["next_at"]) == (ping["id"], "answered 503", None)
    assert (dead["status"], dead["not_before"]) == (503, "2026-03-01T12:01:30Z")
    assert await told(house, webhook["id"], state="waiting") == []
    again = await house.ask("POST", f"{path}/deliveries/{ping['id']}/again", "admin")
    assert again.status_code == 202
    (waiting,) = await told(house, webhook["id"], state="waiting")
    assert (waiting["id"], waiting["tries"]) == (ping["id"], 0)
    assert (waiting["status"], waiting["not_before"]) == (None, None)
    other = "msg_" + "0" * 40
    response = await house.ask("POST", f"{path}/deliveries/{other}/again", "admin")
    problem(response, Kind.NO_SUCH_DELIVERY)
    await house.ask("DELETE", path, "admin")
    response = await house.ask("POST", f"{path}/deliveries/{ping['id']}/again", "admin")
    problem(response, Kind.WEBHOOK_ENDED)


async def test_it_says_who_ended_it(house: ApiHouse) -> None:
    ours, theirs = await made(house, "ticket.created"), await made(house, "ticket.created")
    assert (ours["ended_why"], theirs["ended_why"]) == (None, None)
    await house.ask("DELETE", f"/webhooks/{ours['id']}", "admin")
    await house.ask("POST", f"/webhooks/{theirs['id']}/try", "admin")
    now = house.clock()
    claim = await house.parts.deliveries.claim(theirs["id"], now, now + timedelta(seconds=40))
    assert claim is not None
    await house.parts.deliveries.refused_for_good(claim, "answered 410", 410, now)
    for one, why in ((ours, "asked"), (theirs, "gone")):
        ended = await house.get(f"/webhooks/{one['id']}", "admin")
        assert (ended["ended_why"], ended["ended_at"]) == (why, "2026-03-01T12:00:00Z")
    (last,) = await told(house, theirs["id"], state="dead")
    assert (last["status"], last["fault"]) == (410, "answered 410")
    response = await house.ask("POST", f"/webhooks/{theirs['id']}/try", "admin")
    problem(response, Kind.WEBHOOK_ENDED)


async def test_what_there_is_not(house: ApiHouse) -> None:
    for method, path in (
        ("GET", "/webhooks/x"), ("PATCH", "/webhooks/x"), ("DELETE", "/webhooks/x"),
        ("POST", "/webhooks/x/rotate"), ("POST", "/webhooks/x/try"),
        ("GET", "/webhooks/x/deliveries"),
        ("POST", f"/webhooks/x/deliveries/msg_{'0' * 40}/again"),
    ):  # fmt: skip
        body: dict[str, Any] = {"json": {}} if method == "PATCH" else {}
        problem(await house.ask(method, path, "admin", **body), Kind.NO_SUCH_WEBHOOK)


async def test_a_ticket_and_a_survey_are_told_once_however_often_they_are_shipped(
    both: ApiHouse,
) -> None:
    house, webhook = both, await made(both)
    number = ticket_number(2026, 1)
    opened = on_call(
        TicketOpened, 1, number=number, kind="claim", reason="billing", due_at=at(86400),
        phone="573001234567", account="A-1",
    )  # fmt: skip
    said = on_call(SurveyAnswered, 3, question="csat", answer=4, low=1, high=5)
    await house.happen(arrived(0), opened, on_call(SurveyAsked, 2, question="csat"), said)
    await house.parts.recorder.ship_now()
    await house.parts.calls.save([], [("again", 1, opened), ("again", 2, said)])
    ticket, survey = sorted(
        (one["message"] for one in await told(house, webhook["id"])),
        key=lambda message: str(message["type"]),
        reverse=True,
    )
    assert (ticket["type"], survey["type"]) == ("ticket.created", "survey.answered")
    assert ticket["data"]["number"] == number
    assert ticket["data"]["phone"] == "********4567"
    assert "573001234567" not in json.dumps(ticket)
    assert survey["data"] | {"question": "csat", "answer": 4, "low": 1, "high": 5} == survey["data"]


async def test_campaigns_and_promised_calls(both: ApiHouse) -> None:
    house, webhook = both, await made(both)
    campaign_id = await house.new_campaign()
    await house.parts.campaigns.add_leads(campaign_id, _batch(), house.clock())
    for state in (CampaignState.RUNNING, CampaignState.RUNNING, CampaignState.PAUSED):
        await house.parts.campaigns.set_state(campaign_id, state, house.clock())
        house.clock.advance(1)
    asked = {"number": "+573001234567", "promised_at": "2026-03-02T15:00:00Z"}
    response = await house.ask("POST", f"/campaigns/{campaign_id}/callbacks", json=asked)
    assert response.status_code == 201, response.text
    booked, paused, running = (one["message"] for one in await told(house, webhook["id"]))
    assert booked["type"] == "callback.booked"
    assert booked["data"]["promised_at"] == "2026-03-02T15:00:00Z"
    assert booked["data"]["number"].endswith("*4567")
    assert booked["data"]["campaign_id"] == campaign_id
    states = [(one["data"]["before"], one["data"]["state"]) for one in (running, paused)]
    assert states == [("draft", "running"), ("running", "paused")]


async def test_who_wants_to_hear_of_nothing_else_does_not(house: ApiHouse) -> None:
    webhook = await made(house, "alert.raised")
    campaign_id = await house.new_campaign()
    await house.parts.campaigns.set_state(campaign_id, CampaignState.RUNNING, house.clock())
    assert await told(house, webhook["id"]) == []


async def _batch() -> AsyncIterator[list[NewLead]]:
    yield [NewLead(number="573001234567", name="Ana", extra={})]
