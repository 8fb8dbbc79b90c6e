"""Dispositions and promised calls through the API."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from api.problem_texts import Kind
from calls.events import (
    AgentConnected,
    AgentDeviceChanged,
    AgentLineUp,
    AgentReadied,
    AgentReleased,
    AgentSignInAsked,
    CallAnswered,
    CallbackAsked,
    CallEnded,
    QueueJoined,
    SnapshotTaken,
    TalkDisposed,
    WrapUpStarted,
)
from dialer.campaign import Campaign
from dialer.guards import Guards
from dialer.judging import CampaignJudge
from dialer.lead import LeadState
from dialer.rules.catalog import PresetCatalog
from tests.integration.api_house import ApiHouse, places, problem, sqlite_house
from tests.unit.facts import CALL, PBX, arrived, at, fact, on_call

#: Sunday morning in Bogotá is 2026-03-01T12:00Z, when the tests begin
MONDAY = "2026-03-02T15:00:00Z"


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[ApiHouse]:
    async with sqlite_house(tmp_path) as opened:
        yield opened


@pytest.fixture
async def campaign(house: ApiHouse) -> str:
    """A campaign with two leads."""
    made = await house.new_campaign()
    await house.upload(made, "telefono,nombre\n3001234567,Ana\n3001234568,Luis\n")
    return made


def _ruled(house: ApiHouse, monkeypatch: pytest.MonkeyPatch, campaign_rules: str) -> None:
    """Promises are judged by a preset."""
    rules = PresetCatalog.read().rules(campaign_rules)

    def judge_of(campaign: Campaign) -> CampaignJudge:
        return CampaignJudge(campaign, rules, Guards(()))

    monkeypatch.setattr(house.parts.dialing, "judge_of", judge_of)


async def _wrapping_up(house: ApiHouse, campaign: str) -> str:
    """Agent 1001 has talked to the campaign's first lead; the attempt's id."""
    await house.happen(
        fact(
            SnapshotTaken, 0, asked_at=at(0), first_after_connect=True, channels=(), members=(),
            waiting=(), lines_up=frozenset(), talking=(),
        ),
        fact(AgentSignInAsked, 0, agent="1001"),
        fact(AgentLineUp, 1, agent="1001"),
        fact(AgentReadied, 2, agent="1001"),
        fact(AgentDeviceChanged, 2, agent="1001", queue="salida", status=1, paused=False,
             pause_reason=""),
    )  # fmt: skip
    await house.ask("POST", f"/campaigns/{campaign}/start")
    await house.parts.dialing.turn()
    await house.happen()
    attempt_id = next(asked[1] for asked in house.switch.asked if asked[0] == "dial")
    of: dict[str, Any] = {"at": at(3), "pbx": PBX, "call_id": attempt_id}
    await house.happen(
        CallAnswered(**of),
        QueueJoined(**of, queue="salida", position=1),
        AgentConnected(**of, queue="salida", agent="1001"),
        AgentReleased(**of, queue="salida", agent="1001", ended_by="customer"),
        CallEnded(**of, cause=16, sip_code=200),
        fact(WrapUpStarted, 3, agent="1001", call_id=attempt_id, until=at(60)),
    )
    await house.parts.dialing.turn()
    await house.happen()
    return attempt_id


async def test_what_can_be_said_in_the_language_of_who_asks(house: ApiHouse, campaign: str) -> None:
    path = f"/campaigns/{campaign}/dispositions"
    items = (await house.get(path, "1001"))["items"]
    assert items[0] == {
        "code": "sold", "name": "Sold", "contact": True, "success": True, "do_not_call": False,
        "callback": False, "again_minutes": None,
    }  # fmt: skip
    spanish = await house.ask("GET", path, headers={"Accept-Language": "es"})
    assert spanish.json()["items"][0]["name"] == "Vendido"
    problem(await house.ask("GET", "/campaigns/no/dispositions"), Kind.NO_SUCH_CAMPAIGN)


async def test_a_talk_is_disposed_and_counted(house: ApiHouse, campaign: str) -> None:
    attempt_id = await _wrapping_up(house, campaign)
    asked: dict[str, Any] = {"disposition": "vendido"}
    body = problem(await house.ask("POST", "/agents/me/wrap-up", "1001", json=asked), Kind.INVALID)
    assert places(body) == [("body.disposition", "no_such_disposition")]
    assert "sold, promised" in body["errors"][0]["reason"]
    asked = {"disposition": "sold", "promised_at": MONDAY}
    body = problem(await house.ask("POST", "/agents/me/wrap-up", "1001", json=asked), Kind.INVALID)
    assert places(body) == [("body.promised_at", "promises_nothing")]
    asked = {"disposition": "call_back"}
    body = problem(await house.ask("POST", "/agents/me/wrap-up", "1001", json=asked), Kind.INVALID)
    assert places(body) == [("body.promised_at", "missing")]
    asked = {"disposition": "call_back", "promised_at": "2026-03-01T11:00:00Z"}
    body = problem(await house.ask("POST", "/agents/me/wrap-up", "1001", json=asked), Kind.INVALID)
    assert places(body) == [("body.promised_at", "moment_is_over")]
    asked = {"disposition": "call_back", "promised_at": MONDAY, "only_me": True}
    assert (await house.ask("POST", "/agents/me/wrap-up", "1001", json=asked)).status_code == 202
    await house.happen()
    await house.parts.dialing.turn()
    (said,) = (await house.get(f"/campaigns/{campaign}/dispositions/counts"))["items"]
    assert said == {
        "code": "call_back", "name": "Call back", "success": False, "talks": 1, "contacts": 1
    }  # fmt: skip
    (promise,) = (await house.get(f"/campaigns/{campaign}/callbacks"))["items"]
    assert (promise["agent"], promise["made_by"], promise["state"]) == ("1001", "1001", "open")
    await house.parts.recorder.ship_now()
    kinds = [row["kind"] for row in (await house.get(f"/calls/{attempt_id}"))["timeline"]]
    assert TalkDisposed.__name__ in kinds


async def test_of_a_caller_anything_can_be_said_but_nothing_promised(house: ApiHouse) -> None:
    await house.happen(
        fact(AgentSignInAsked, 0, agent="1001"),
        fact(AgentReadied, 2, agent="1001"),
        arrived(3),
        on_call(AgentConnected, 6, queue="soporte", agent="1001"),
        on_call(CallEnded, 30, cause=16, sip_code=200),
        fact(WrapUpStarted, 30, agent="1001", call_id=CALL, until=at(90)),
    )
    asked: dict[str, Any] = {"disposition": "Pagó «hoy»", "only_me": True}
    body = problem(await house.ask("POST", "/agents/1001/wrap-up", json=asked), Kind.INVALID)
    assert places(body) == [("body.only_me", "promises_nothing")]
    asked = {"disposition": "Pagó «hoy»"}
    assert (await house.ask("POST", "/agents/1001/wrap-up", json=asked)).status_code == 202


async def test_a_call_is_promised_seen_and_taken_back(house: ApiHouse, campaign: str) -> None:
    path = f"/campaigns/{campaign}/callbacks"
    asked = {
        "number": "300 123 4567", "local_time": "2026-03-02T10:00:00", "agent": "1001",
        "note": "prefiere en la mañana",
    }  # fmt: skip
    response = await house.ask("POST", path, json=asked)
    assert response.status_code == 201, response.text
    made = response.json()
    assert (made["promised_at"], made["promised_local"], made["zone"]) == (
        MONDAY, "2026-03-02T10:00:00-05:00", "America/Bogota",
    )  # fmt: skip
    assert (made["number"], made["name"], made["agent"]) == ("573001234567", "Ana", "1001")
    assert (made["state"], made["late_seconds"], made["made_by"]) == ("open", 0.0, "supervisor")
    assert (await house.get(path, state="open"))["items"] == [made]
    assert (await house.get(path, state="tried"))["items"] == []
    summary = await house.get(f"{path}/summary")
    assert summary == {
        "open": 1, "due": 0, "kept": 0, "broken": 0, "cancelled": 0, "kept_share": None
    }  # fmt: skip
    house.clock.advance(27 * 3600 + 90)
    (late,) = (await house.get(path))["items"]
    assert (late["state"], late["late_seconds"]) == ("broken", 90.0)
    assert (await house.get(f"{path}/summary"))["kept_share"] == 0.0
    assert (await house.ask("DELETE", f"{path}/{made['id']}")).json()["state"] == "cancelled"
    problem(await house.ask("DELETE", f"{path}/{made['id']}"), Kind.NO_SUCH_CALLBACK)


async def test_a_campaign_that_calls_back_starts_without_leads_and_shows_the_places(
    house: ApiHouse,
) -> None:
    made = await house.new_campaign(options={"callbacks_of": ["soporte"]})
    started = await house.ask("POST", f"/campaigns/{made}/start")
    assert started.status_code < 300, started.text
    await house.happen(
        arrived(3),
        on_call(QueueJoined, 6, queue="soporte", position=1),
        on_call(CallbackAsked, 60, queue="soporte", number="573001234567", waiting_since=at(6)),
        on_call(CallEnded, 66, cause=16, sip_code=200),
    )
    await house.parts.dialing.turn()
    await house.happen()
    (place,) = (await house.get(f"/campaigns/{made}/callbacks"))["items"]
    assert (place["queue"], place["place"], place["state"]) == ("soporte", 1, "open")
    assert place["waiting_since"].startswith("2026-03-01T12:00:06")
    assert (place["promised_at"], place["promised_local"]) == (None, None)
    assert (place["made_by"], place["number"]) == ("caller", "573001234567")
    assert (await house.get("/queues/soporte"))["places_kept"] == 1
    cancelled = await house.ask("DELETE", f"/campaigns/{made}/callbacks/{place['id']}")
    assert (cancelled.json()["state"], cancelled.json()["late_seconds"]) == ("cancelled", 0.0)
    await house.parts.dialing.turn()
    (place,) = (await house.get(f"/campaigns/{made}/callbacks"))["items"]
    assert place["place"] is None
    lead = await house.parts.campaigns.lead(place["lead_id"])
    assert lead is not None
    assert lead.state is LeadState.DONE, "nobody put this person on a list"


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"options": {"callbacks_of": ["nowhere"]}}, "no_such_queue"),
        (
            {"options": {"callbacks_of": ["soporte"]}, "pacing": "preview"},
            "previews_call_nobody_back",
        ),
        (
            {"options": {"callbacks_of": ["soporte"], "rules": {"purpose": "marketing"}}},
            "value_error",
        ),
    ],
)
async def test_a_campaign_that_cannot_call_back_is_refused(
    house: ApiHouse, changes: dict[str, Any], fault: str
) -> None:
    asked = {"name": "x", "queue": "salida", "country": "CO", **changes}
    body = problem(await house.ask("POST", "/campaigns", json=asked), Kind.INVALID)
    assert fault in [found for _, found in places(body)]


async def test_who_is_on_no_list_yet_is_put_on_one(house: ApiHouse, campaign: str) -> None:
    path = f"/campaigns/{campaign}/callbacks"
    asked = {"number": "+573009999999", "promised_at": MONDAY}
    made = (await house.ask("POST", path, json=asked)).json()
    assert (made["number"], made["zone"]) == ("573009999999", "America/Bogota")
    again = (await house.ask("POST", path, json=asked)).json()
    assert again["lead_id"] == made["lead_id"]
    states = [one["state"] for one in (await house.get(path))["items"]]
    assert sorted(states) == ["cancelled", "open"], "one promise at a time"


@pytest.mark.parametrize(
    ("asked", "fault"),
    [
        ({"promised_at": MONDAY}, ("body.lead_id", "one_of_two")),
        ({"lead_id": 1, "number": "3001234567"}, ("body.lead_id", "one_of_two")),
        ({"lead_id": 999, "promised_at": MONDAY}, ("body.lead_id", "no_such_lead")),
        ({"number": "3001234567"}, ("body.promised_at", "one_of_two")),
        ({"number": "123456", "promised_at": MONDAY}, ("body.number", "not_dialable")),
        (
            {"number": "3001234567", "promised_at": "2026-03-01T11:59:59Z"},
            ("body.promised_at", "moment_is_over"),
        ),
        (
            {"number": "3001234567", "promised_at": "2028-03-01T12:00:00Z"},
            ("body.promised_at", "moment_too_far"),
        ),
        (
            {"number": "3001234567", "local_time": "2026-03-02T10:00:00", "zone": "Nowhere"},
            ("body.zone", "no_such_zone"),
        ),
        (
            {
                "number": "3001234567", "local_time": "2026-03-08T02:30:00",
                "zone": "America/New_York",
            },
            ("body.local_time", "no_such_local_time"),
        ),
        (
            {"number": "3001234567", "promised_at": MONDAY, "agent": "9999"},
            ("body.agent", "no_agent_of_the_queue"),
        ),
    ],
)  # fmt: skip
async def test_what_cannot_be_promised(
    house: ApiHouse, campaign: str, asked: dict[str, Any], fault: tuple[str, str]
) -> None:
    response = await house.ask("POST", f"/campaigns/{campaign}/callbacks", json=asked)
    assert places(problem(response, Kind.INVALID)) == [fault]


async def test_the_rules_say_when_a_call_may_be_promised(
    house: ApiHouse, campaign: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    _ruled(house, monkeypatch, "house-strict")
    path = f"/campaigns/{campaign}/callbacks"
    sunday = {"number": "3001234567", "promised_at": "2026-03-01T20:00:00Z"}
    body = problem(await house.ask("POST", path, json=sunday), Kind.INVALID)
    (told,) = body["errors"]
    assert (told["place"], told["code"]) == ("body.promised_at", "not_allowed_then")
    assert "2026-03-02T14:00:00+00:00" in told["reason"], "Monday at nine in Bogotá"
    monday = {"number": "3001234567", "promised_at": "2026-03-02T14:00:00Z"}
    assert (await house.ask("POST", path, json=monday)).status_code == 201
    listed = {"number": "+573001234568"}
    assert (await house.ask("POST", "/do-not-call", json=listed)).status_code in (200, 201)
    never = {"number": "3001234568", "promised_at": "2026-03-02T14:00:00Z"}
    body = problem(await house.ask("POST", path, json=never), Kind.INVALID)
    assert places(body) == [("body.promised_at", "never_allowed")]


async def test_who_is_being_called_is_promised_nothing(house: ApiHouse, campaign: str) -> None:
    await _wrapping_up(house, campaign)
    await house.ask("POST", "/agents/me/wrap-up", "1001", json={"disposition": "sold"})
    await house.happen()
    await house.parts.dialing.turn()  # the next lead rings
    asked = {"number": "3001234568", "promised_at": MONDAY}
    response = await house.ask("POST", f"/campaigns/{campaign}/callbacks", json=asked)
    problem(response, Kind.LEAD_BUSY)


async def test_a_finished_campaign_goes_on_for_a_promise(house: ApiHouse) -> None:
    made = await house.new_campaign(retry={"max_attempts": 1})
    await house.upload(made, "telefono\n3001234567\n")
    await _wrapping_up(house, made)
    assert (await house.get(f"/campaigns/{made}"))["campaign"]["state"] == "finished"
    asked = {"number": "3001234567", "promised_at": MONDAY}
    path = f"/campaigns/{made}/callbacks"
    assert (await house.ask("POST", path, json=asked)).status_code == 201
    assert (await house.get(f"/campaigns/{made}"))["campaign"]["state"] == "running"
