"""/customers: kept, found, noted, forgotten; and an agent sees the one of the call in hand."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from api.problem_texts import Kind
from calls.events import (
    AgentConnected,
    AgentLineUp,
    AgentOffered,
    AgentSignInAsked,
    CallEnded,
    CustomerKnown,
    QueueJoined,
    ReasonGiven,
    TicketOpened,
)
from storage.database import Database
from tests.integration.api_house import ApiHouse, open_house, places, problem
from tests.unit.facts import arrived, at, fact, on_call

ANA: dict[str, Any] = {
    "external_id": "C-1", "name": "Ana Ñusta", "first_name": "Ana", "phones": ["300 123 4567"],
    "accounts": [
        {"account": "12345678", "plan": "Oro", "status": "active", "area": "Chapinero",
         "decoder": "D-1", "balance": "1021.01", "currency": "COP", "due_on": "2026-03-10"}
    ],
    "segment": "vip", "language": "es", "time_zone": "America/Bogota", "proof": "4321",
    "consents": [{"purpose": "call", "given": True, "on": "2026-01-02"}],
}  # fmt: skip
LUIS: dict[str, Any] = {"external_id": "C-2", "name": "Luis", "phones": ["+573001234568"]}


@pytest.fixture
async def house(database: Database, tmp_path: Path) -> AsyncIterator[ApiHouse]:
    async with open_house(database, tmp_path) as opened:
        yield opened


async def kept(house: ApiHouse, customer: dict[str, Any]) -> int:
    response = await house.ask("POST", "/customers", json=customer)
    assert response.status_code == 201, response.text
    return int(response.json()["id"])


async def calling(house: ApiHouse, *facts: Any) -> None:
    """Ana's number calls, and agent 1001 talks to whoever it is."""
    await house.happen(
        fact(AgentSignInAsked, 1, agent="1001"),
        fact(AgentLineUp, 2, agent="1001"),
        arrived(3),
        *facts,
        on_call(QueueJoined, 4, queue="soporte", position=1),
        on_call(AgentOffered, 5, queue="soporte", agent="1001"),
        on_call(AgentConnected, 6, queue="soporte", agent="1001"),
    )


async def test_kept_and_told_but_for_what_proves_it(house: ApiHouse) -> None:
    customer_id = await kept(house, ANA)
    one = await house.get(f"/customers/{customer_id}")
    assert one.pop("created_at") == one.pop("updated_at") == "2026-03-01T12:00:00Z"
    account = {**ANA["accounts"][0], "balance_at": "2026-03-01T12:00:00Z"}
    told = {name: value for name, value in ANA.items() if name != "proof"}
    assert one == {
        **told, "id": customer_id, "phones": ["573001234567"], "accounts": [account],
        "provable": True, "pinned_notes": [],
    }  # fmt: skip
    assert "4321" not in (await house.ask("GET", f"/customers/{customer_id}")).text


async def test_the_same_external_id_and_what_is_taken(house: ApiHouse) -> None:
    ana, luis = await kept(house, ANA), await kept(house, LUIS)
    again = await house.ask("POST", "/customers", json={"external_id": "C-1", "name": "Ana N."})
    assert (again.status_code, again.json()["id"]) == (200, ana)
    # the proof was not spoken of, so it stays
    assert again.json()["provable"] is True
    assert again.json()["phones"] == []
    await house.ask("PUT", f"/customers/{ana}", json=ANA)
    taken = {**LUIS, "accounts": [{"account": "12345678"}]}
    problem(await house.ask("PUT", f"/customers/{luis}", json=taken), Kind.CUSTOMER_TAKEN)
    taken = {**LUIS, "external_id": "C-1"}
    problem(await house.ask("PUT", f"/customers/{luis}", json=taken), Kind.CUSTOMER_TAKEN)
    changed = await house.ask("PUT", f"/customers/{ana}", json={**ANA, "proof": ""})
    assert changed.json()["provable"] is False
    missing = await house.ask("PUT", "/customers/99", json=ANA)
    problem(missing, Kind.NO_SUCH_CUSTOMER)
    changes = (await house.get("/audit", "admin", subject=f"customers/{ana}"))["items"]
    assert [change["action"] for change in changes] == [
        "customer.change", "customer.change", "customer.change", "customer.add",
    ]  # fmt: skip
    assert changes[0]["after"] == {"fields": ["proof"]}
    assert "Ñusta" not in str(changes)


REFUSED: list[tuple[dict[str, Any], str, str]] = [
        ({"name": "Ana\n"}, "body.name", "string_pattern_mismatch"),
        ({"phones": ["12"]}, "body.phones[0]", "string_pattern_mismatch"),
        ({"phones": ["+573001234567", "1234567890123456"]}, "body.phones[1]", "no_such_number"),
        ({"phones": ["3001234567"], "country": "XX"}, "body.country", "no_such_country"),
        ({"phones": ["+573001234567"] * 21}, "body.phones", "too_long"),
        ({"language": "pt"}, "body.language", "literal_error"),
        ({"time_zone": "America/Macondo"}, "body.time_zone", "no_such_zone"),
        ({"proof": "12"}, "body.proof", "string_pattern_mismatch"),
        ({"accounts": [{"account": "12a"}]}, "body.accounts[0].account", "string_pattern_mismatch"),
        (
            {"accounts": [{"account": "1234", "due_on": 1}]},
            "body.accounts[0].due_on",
            "calendar_date",
        ),
        ({"accounts": [{"account": "1234", "balance": "1"}]}, "body.currency", "currency_needed"),
        ({"accounts": [{"account": "1234"}] * 2}, "body.accounts", "given_twice"),
        ({"consents": [{"purpose": "x", "given": True, "on": "2026-01-01"}]},
         "body.consents[0].purpose", "enum"),
        ({"rol": 1}, "body.rol", "extra_forbidden"),
]  # fmt: skip


async def test_what_is_refused(house: ApiHouse) -> None:
    for asked, place, code in REFUSED:
        body = problem(await house.ask("POST", "/customers", json=asked), Kind.INVALID)
        assert places(body) == [(place, code)]
    assert (await house.get("/customers"))["items"] == []


async def test_lists_search_and_pages(house: ApiHouse) -> None:
    for index in range(3):
        await kept(house, {"external_id": f"X-{index}", "name": f"Eva {index}"})
    ana = await kept(house, ANA)
    page = await house.get("/customers", limit=3)
    assert [one["external_id"] for one in page["items"]] == ["C-1", "X-2", "X-1"]
    rest = await house.get("/customers", limit=3, cursor=page["next_cursor"])
    assert [one["external_id"] for one in rest["items"]] == ["X-0"]
    for search in ("ana ñ", "C-1", "12345678", "3001234567", "+57 300 123 4567"):
        found = (await house.get("/customers", search=search))["items"]
        assert [one["id"] for one in found] == [ana], search
    response = await house.ask("GET", "/customers", params={"cursor": "x"})
    assert places(problem(response, Kind.INVALID)) == [("query.cursor", "unknown_cursor")]
    problem(await house.ask("GET", "/customers", "1001"), Kind.ROLE_TOO_LOW)


async def test_an_agent_sees_and_notes_the_customer_of_the_call_in_hand(house: ApiHouse) -> None:
    ana, luis = await kept(house, ANA), await kept(house, LUIS)
    assert (await house.get("/agents/me", "1001"))["customer"] is None
    problem(await house.ask("GET", f"/customers/{ana}", "1001"), Kind.NOT_YOUR_CUSTOMER)
    await house.ask("POST", f"/customers/{ana}/notes", json={"text": "Perro bravo", "pinned": True})
    await calling(house)
    me = (await house.get("/agents/me", "1001"))["customer"]
    assert (me["id"], me["name"], me["segment"], me["proven"]) == (ana, "Ana Ñusta", "vip", False)
    assert (me["account"], me["accounts"][0]["balance"]) == ("12345678", "1021.01")
    assert [note["text"] for note in me["pinned_notes"]] == ["Perro bravo"]
    assert (me["open_tickets"], me["last_contacts"]) == ([], [])
    assert (await house.get(f"/customers/{ana}", "1001"))["name"] == "Ana Ñusta"
    note = {"text": "Llamó por el decodificador\nSe reinició"}
    response = await house.ask("POST", f"/customers/{ana}/notes", "1001", json=note)
    assert (response.status_code, response.json()["author"]) == (201, "1001")
    notes = (await house.get(f"/customers/{ana}/notes", "1001"))["items"]
    assert [one["text"] for one in notes] == [note["text"], "Perro bravo"]
    for method, path in (
        ("GET", f"/customers/{luis}"),
        ("GET", f"/customers/{luis}/history"),
        ("GET", f"/customers/{luis}/notes"),
        ("POST", f"/customers/{luis}/notes"),
        ("GET", "/customers/99"),
    ):
        options = {"json": note} if method == "POST" else {}
        problem(await house.ask(method, path, "1001", **options), Kind.NOT_YOUR_CUSTOMER)
    # another agent has no call
    problem(await house.ask("GET", f"/customers/{ana}", "1002"), Kind.NOT_YOUR_CUSTOMER)
    for method in ("PUT", "DELETE"):
        response = await house.ask(method, f"/customers/{ana}", "1001", json=ANA)
        problem(response, Kind.ROLE_TOO_LOW)


async def test_who_the_menu_says_it_is_counts_more_than_the_number(house: ApiHouse) -> None:
    await kept(house, ANA)
    luis = await kept(house, LUIS)
    known = on_call(CustomerKnown, 3, customer_id=luis, account="777", proven=True)
    await calling(house, known, on_call(ReasonGiven, 3, reason="no_signal"))
    me = (await house.get("/agents/me", "1001"))["customer"]
    assert (me["id"], me["account"], me["proven"], me["reason"]) == (luis, "777", True, "no_signal")


async def test_a_number_of_two_names_nobody(house: ApiHouse) -> None:
    await kept(house, ANA)
    await kept(house, {**LUIS, "phones": ANA["phones"]})
    await calling(house)
    me = await house.get("/agents/me", "1001")
    assert me["customer"] is None
    assert me["call"]["caller_number"] == "573001234567"


async def test_history_and_the_next_call(house: ApiHouse) -> None:
    ana = await kept(house, ANA)
    await calling(house, on_call(CustomerKnown, 3, customer_id=ana))
    await house.happen(on_call(CallEnded, 60, cause=16, sip_code=200))
    await house.parts.recorder.ship_now()
    (call,) = (await house.get(f"/customers/{ana}/history"))["items"]
    assert (call["kind"], call["result"], call["agent"]) == ("call", "handled", "1001")
    # it is the call being written up: no last contact of itself
    assert (await house.get("/agents/me", "1001"))["customer"]["last_contacts"] == []
    problem(await house.ask("GET", "/customers/99/history"), Kind.NO_SUCH_CUSTOMER)


async def test_forgotten(house: ApiHouse) -> None:
    ana = await kept(house, ANA)
    await calling(
        house,
        on_call(CustomerKnown, 3, customer_id=ana),
        on_call(
            TicketOpened, 4, number="202600017", kind="complaint", reason="", due_at=at(9),
            customer_id=ana, phone="573001234567", account="12345678",
        ),
    )  # fmt: skip
    await house.happen(on_call(CallEnded, 60, cause=16, sip_code=200))
    await house.parts.recorder.ship_now()
    response = await house.ask("DELETE", f"/customers/{ana}")
    assert (response.status_code, response.json()["calls"]) == (200, 1)
    assert response.json()["recordings_left"] == []
    problem(await house.ask("GET", f"/customers/{ana}"), Kind.NO_SUCH_CUSTOMER)
    problem(await house.ask("DELETE", f"/customers/{ana}"), Kind.NO_SUCH_CUSTOMER)
    missing = await house.ask("POST", f"/customers/{ana}/notes", json={"text": "x"})
    problem(missing, Kind.NO_SUCH_CUSTOMER)
    (record,) = (await house.get("/calls"))["items"]
    assert (record["caller_number"], record["customer_id"]) == ("", None)
    (change,) = (await house.get("/audit", "admin", subject=f"customers/{ana}"))["items"][:1]
    assert change["action"] == "customer.erase"
    assert "Ñusta" not in str(change)
