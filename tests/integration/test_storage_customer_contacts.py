"""What a customer and we had to do with each other, and how it is forgotten."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select

from calls.events import CallArrived, CustomerKnown, Fact, ReasonGiven
from customers.customer import Account, Customer
from dialer.campaign import Campaign, CampaignState
from dialer.lead import NewLead
from dialer.options import ON_A_TEST_LINE
from monitoring.record import CallRecord, QueueStay
from storage import tables
from storage.calls import CallStore
from storage.campaigns import CampaignStore
from storage.customer_contacts import ContactStore
from storage.customer_erasing import ErasingStore
from storage.customers import CustomerStore
from storage.database import Database
from storage.deliveries import DeliveryStore
from storage.errors import CursorError
from storage.webhook_news import News, NewsKind, tell
from storage.webhooks import WebhookStore

NOW = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
ANA, LUIS, SHARED = "573001234567", "573001234568", "576012345678"


def ago(hours: float) -> datetime:
    return NOW - timedelta(hours=hours)


def call(call_id: str, at: datetime, number: str, **values: Any) -> CallRecord:
    given = {"outcome": "answered", "ended_at": at, **values}
    return CallRecord(
        pbx="pbx1", call_id=call_id, direction="inbound", number_called="0800",
        caller_number=number, arrived_at=at, **given,
    )  # fmt: skip


async def two(database: Database) -> tuple[int, int]:
    """Ana and Luis, who share a number."""
    store = CustomerStore(database)
    _, ana = await store.put(
        Customer(
            external_id="A", name="Ana", phones=(ANA, SHARED), accounts=(Account(account="1234"),)
        ),
        NOW,
    )
    _, luis = await store.put(Customer(external_id="L", phones=(LUIS, SHARED)), NOW)
    return ana.id, luis.id


async def write(database: Database, table: Any, **values: Any) -> None:
    await database.write(lambda connection: connection.execute(insert(table), values))


async def ticket(database: Database, number: str, at: datetime, **values: Any) -> None:
    given = {
        "number": number, "pbx": "pbx1", "call_id": f"c-{number}", "kind": "complaint",
        "reason": "", "account": "", "customer_id": None, "phone": "", "recording": "",
        "state": "open", "owner": "",
        "answer": "", "opened_at": at, "due_at": at + timedelta(days=15), "told_as": "",
        "told_tries": 0,
    }  # fmt: skip
    await write(database, tables.tickets, **(given | values))


async def a_life(database: Database) -> tuple[int, int]:
    """Ana's contacts: one an hour, and some that are not hers."""
    ana, luis = await two(database)
    stay = QueueStay(queue="soporte", joined_at=ago(6), connected_at=ago(6), agent="1001")
    records = [
        call("known", ago(6), "anonymous", customer_id=ana, reason="no_signal", stays=[stay]),
        call("national", ago(5), "3001234567"),
        call("shared", ago(4), SHARED),
        call("luis", ago(4), ANA, customer_id=luis, reason="cancel"),
        replace(call("dialed", ago(4), ANA), direction="dialed", number_called=ANA),
    ]
    facts: list[tuple[str, int, Fact]] = [
        ("j", 1, CallArrived(at=ago(5), pbx="pbx1", call_id="national", number_called="0800",
                             caller_number="3001234567", caller_name="ANA")),
        ("j", 2, CustomerKnown(at=ago(6), pbx="pbx1", call_id="known", customer_id=ana,
                               account="1234", proven=True)),
        ("j", 3, ReasonGiven(at=ago(6), pbx="pbx1", call_id="known", reason="no_signal")),
    ]  # fmt: skip
    await CallStore(database).save(records, facts)
    await ticket(database, "1", ago(3), customer_id=ana, phone="anonymous", account="1234",
                 owner="1001")  # fmt: skip
    await ticket(database, "2", ago(8), phone="03001234567", state="closed")
    await ticket(database, "3", ago(8), customer_id=luis, phone=ANA)
    await write(
        database, tables.recordings, recording="m1", pbx="pbx1", call_id="known",
        purpose="suggestion", seconds=4.0, at=ago(2), caller_number="anonymous",
    )  # fmt: skip
    await write(
        database, tables.survey_answers, pbx="pbx1", call_id="national", question="csat",
        asked_at=ago(1), answer=4, low=1, high=5,
    )  # fmt: skip
    return ana, luis


async def test_every_kind_newest_first_and_nothing_of_others(database: Database) -> None:
    ana, luis = await a_life(database)
    store = ContactStore(database)
    found = (await store.page(ana)).contacts
    assert [(one.kind, one.key, one.about, one.result, one.agent) for one in found] == [
        ("survey", "national/csat", "csat", "4", ""),
        ("message", "m1", "suggestion", "", ""),
        ("ticket", "1", "complaint", "open", "1001"),
        ("call", "national", "", "answered", ""),
        ("call", "known", "no_signal", "answered", "1001"),
        ("ticket", "2", "complaint", "closed", ""),
    ]
    assert [one.at for one in found[:3]] == [ago(1), ago(2), ago(3)]
    assert [one.key for one in (await store.page(luis)).contacts] == ["luis", "3"]


async def test_pages(database: Database) -> None:
    ana, _ = await a_life(database)
    store = ContactStore(database)
    whole = (await store.page(ana)).contacts
    found, cursor = [], None
    while True:
        page = await store.page(ana, cursor=cursor, limit=1)
        found += page.contacts
        cursor = page.next_cursor
        if cursor is None:
            break
    assert found == whole
    with pytest.raises(CursorError):
        await store.page(ana, cursor="x")


async def test_attempts_of_campaigns(database: Database) -> None:
    ana, _ = await two(database)
    campaigns = CampaignStore(database)
    await campaigns.create(
        Campaign(
            id="camp", name="Ventas", queue="salida", country="CO", caller_number="5716001234",
            state=CampaignState.RUNNING, options=ON_A_TEST_LINE, created_at=NOW,
        )
    )  # fmt: skip

    async def people() -> Any:
        yield [NewLead(number=number, name="", extra={}) for number in (ANA, SHARED)]

    await campaigns.add_leads("camp", people(), NOW)
    for index, number in enumerate((ANA, SHARED)):
        leads = await database.rows(
            select(tables.leads.c.id).where(tables.leads.c.number == number)
        )
        await write(
            database, tables.attempts, id=f"a{index}", pbx="pbx1", campaign_id="camp",
            lead_id=leads[0].id, ordinal=1, number=number, intended_at=NOW, agent="",
            outcome="busy", ended_at=NOW, caller_number="5716001234",
            wanted_agent="", disposition="",
        )  # fmt: skip
    (found,) = (await ContactStore(database).page(ana)).contacts
    assert (found.kind, found.key, found.about, found.result) == ("attempt", "a0", "camp", "busy")


async def test_what_is_open_and_why_somebody_calls_again(database: Database) -> None:
    ana, luis = await a_life(database)
    store = ContactStore(database)
    (one,) = await store.open_tickets(ana)
    assert (one.number, one.owner) == ("1", "1001")
    assert await store.reasons(ana, "other", NOW) == ("no_signal",)
    assert await store.reasons(ana, "known", NOW) == ()
    assert await store.reasons(ana, "other", NOW + timedelta(hours=18)) == ()
    assert await store.reasons(luis, "other", NOW) == ("cancel",)
    state = await store.ticket("1")
    assert state is not None
    assert (state.kind, state.state, state.due_at) == (
        "complaint", "open", ago(3) + timedelta(days=15)
    )  # fmt: skip
    assert await store.ticket("9") is None


async def test_forgotten_and_the_rest_stays(database: Database) -> None:
    ana, luis = await a_life(database)
    await CustomerStore(database).add_note(ana, "nota", author="1001", pinned=True, now=NOW)
    before = (await ContactStore(database).page(luis)).contacts
    erased = await ErasingStore(database).erase(ana)
    assert erased is not None
    assert erased.customer.customer.name == "Ana"
    assert (erased.calls, erased.tickets, erased.recordings) == (2, 2, ("m1",))
    assert await CustomerStore(database).one(ana) is None
    assert await ErasingStore(database).erase(ana) is None
    for table in (tables.customer_phones, tables.accounts, tables.customer_notes):
        rows = await database.rows(select(table.c.customer_id))
        assert ana not in {row.customer_id for row in rows}
    # nothing that names her is left but what is Luis's too, or a campaign's
    for table, left in (
        (tables.tickets, {"3": (luis, ANA, "")}),
        (tables.calls, {}),
    ):
        rows = await database.rows(select(table))
        for row in rows:
            if table is tables.tickets:
                kept = left.get(row.number, (None, "", ""))
                assert (row.customer_id, row.phone, row.account) == kept
    records = {
        one.call_id: one
        for one in [await CallStore(database).get("pbx1", each) for each in ("known", "national")]
        if one is not None
    }
    assert {(one.caller_number, one.customer_id, one.account) for one in records.values()} == {
        ("", None, "")
    }
    assert records["known"].reason == "no_signal"
    (arrived,) = await CallStore(database).facts("pbx1", "national")
    assert isinstance(arrived, CallArrived)
    assert (arrived.caller_number, arrived.caller_name) == ("", "")
    kinds = [type(fact) for fact in await CallStore(database).facts("pbx1", "known")]
    assert kinds == [ReasonGiven]
    shared = await CallStore(database).get("pbx1", "shared")
    assert shared is not None
    assert shared.caller_number == SHARED
    assert (await ContactStore(database).page(luis)).contacts[-2:] == before


async def test_nor_does_what_webhooks_were_told_name_who_is_forgotten(database: Database) -> None:
    """It is kept for a month, and what nobody took for ever."""
    ana, luis = await a_life(database)
    hook, _ = await WebhookStore(database).create("https://hook.example/", [], "Ana", NOW)
    news = [
        News(
            kind=NewsKind.TICKET_CREATED, key=number, at=NOW,
            data={"number": number, "customer_id": whose, "account": "77", "phone": "***4567"},
        )
        for number, whose in (("1", ana), ("3", luis))
    ]  # fmt: skip
    await database.write(lambda connection: tell(connection, news))
    await ErasingStore(database).erase(ana)
    page = await DeliveryStore(database).page(hook.id)
    bodies = [json.loads(each.body)["data"] for each in page.deliveries]
    told = {body["number"]: body for body in bodies}
    assert told["1"] == {"number": "1", "customer_id": None, "account": "", "phone": ""}
    assert told["3"] == news[1].data
