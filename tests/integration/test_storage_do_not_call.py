"""Do not call: listed means refused by the very next reservation, and nothing is forgotten."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from customers.customer import Consent, Customer, Purpose
from dialer.campaign import Campaign, CampaignState
from dialer.guards import Guards
from dialer.judging import CampaignJudge
from dialer.lead import LeadState, NewLead
from dialer.options import ON_A_TEST_LINE
from dialer.rules.catalog import PresetCatalog
from dialer.ruling_words import ruling_sentence
from storage import tables
from storage.campaigns import CampaignStore
from storage.customers import CustomerStore
from storage.database import Database
from storage.do_not_call import OWN, DoNotCallStore, Source
from storage.errors import CursorError
from storage.registers import Origin, RegisterStore
from storage.rulings import RulingFilter, RulingStore

#: a Monday, in the morning of Bogotá
NOW = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
ANA, LUIS, EVA = "573001234567", "573001234568", "573001234569"


async def _batches(*numbers: str) -> AsyncIterator[Sequence[str]]:
    yield numbers


async def _people(*numbers: str) -> AsyncIterator[list[NewLead]]:
    yield [NewLead(number=number, name="", extra={}) for number in numbers]


async def running(database: Database, *numbers: str, campaign_id: str = "camp") -> CampaignStore:
    """A running campaign with a lead for each number."""
    store = CampaignStore(database)
    campaign = Campaign(
        id=campaign_id, name="Ventas", queue="salida", country="CO", caller_number="5716001234",
        state=CampaignState.RUNNING, options=ON_A_TEST_LINE, created_at=NOW,
    )  # fmt: skip
    await store.create(campaign)
    await store.add_leads(campaign_id, _people(*numbers), NOW)
    return store


async def dialed(store: CampaignStore, campaign_id: str = "camp", now: datetime = NOW) -> list[str]:
    """Who is dialed when everybody may be that the rules let pass."""
    campaign = await store.get(campaign_id)
    assert campaign is not None
    rules = PresetCatalog.read().rules("test-line")
    judge = CampaignJudge(campaign, rules, Guards([]))
    reserved = await store.reserve(campaign_id, 10, judge=judge, pbx="pbx1", now=now)
    return sorted(attempt.number for attempt in reserved.attempts)


async def test_the_next_reservation_refuses_who_is_listed(database: Database) -> None:
    store = await running(database, ANA, LUIS)
    lists = DoNotCallStore(database)
    listed, new = await lists.add(ANA, source=Source.IVR, who="key 9", now=NOW, reason="opt-out")
    assert new
    assert (listed.campaign_id, listed.source, listed.added_by) == (OWN, "ivr", "key 9")
    assert await dialed(store) == [LUIS]
    (ruling,) = (await RulingStore(database).page(RulingFilter(number=ANA))).rulings
    assert (ruling.allowed, ruling.reasons, ruling.attempt_id) == (False, ["dnc_listed"], None)
    assert ruling.evidence["listed"] == ["own"]
    ended = select(tables.leads.c.state).where(tables.leads.c.number == ANA)
    assert (await database.rows(ended))[0].state == LeadState.DONE


async def test_a_campaigns_list_is_that_campaigns_only(database: Database) -> None:
    store = await running(database, ANA)
    await running(database, ANA, campaign_id="other")
    lists = DoNotCallStore(database)
    await lists.add(ANA, "camp", source=Source.AGENT, who="1001", now=NOW)
    assert await dialed(store) == []
    assert await dialed(store, "other") == [ANA]


async def test_a_customer_who_said_no_to_calls_is_dialed_by_nobody(database: Database) -> None:
    """At none of their numbers, whoever else has the same one; a yes, or nothing, is no refusal."""
    store, people = await running(database, ANA, LUIS, EVA), CustomerStore(database)

    def told(given: bool) -> tuple[Consent, ...]:
        return (Consent(purpose=Purpose.CALL, given=given, on=NOW.date()),)

    no_messages = Consent(purpose=Purpose.MESSAGE, given=False, on=NOW.date())
    await people.put(Customer(external_id="1", phones=(ANA, EVA), consents=told(False)), NOW)
    await people.put(Customer(external_id="2", phones=(ANA,), consents=told(True)), NOW)
    await people.put(Customer(external_id="3", phones=(LUIS,), consents=(no_messages,)), NOW)
    assert await dialed(store) == [LUIS]
    (ruling,) = (await RulingStore(database).page(RulingFilter(number=ANA))).rulings
    assert (ruling.reasons, ruling.evidence["listed"]) == (["dnc_listed"], ["customer"])
    said = ruling_sentence(ruling.reasons, ruling.evidence, "es")
    assert said == "está en la lista de no llamar de los clientes que no quieren llamadas"


async def test_listing_twice_keeps_the_first_and_removing_keeps_the_row(
    database: Database,
) -> None:
    lists, later = DoNotCallStore(database), NOW + timedelta(hours=1)
    first, _ = await lists.add(ANA, source=Source.API, who="ana", now=NOW, reason="carta")
    again, new = await lists.add(ANA, source=Source.IVR, who="key 9", now=later)
    assert (again, new) == (first, False)
    removed = await lists.remove(ANA, who="luis", now=later)
    assert removed == replace(first, removed_by="luis", removed_at=later)
    assert await lists.remove(ANA, who="luis", now=later) is None
    assert (await lists.look_up(ANA)).listings == [removed]
    store = await running(database, ANA)
    assert await dialed(store) == [ANA]
    back, new = await lists.add(ANA, source=Source.API, who="eva", now=later)
    assert new
    assert (await lists.look_up(ANA)).listings == [back, removed]


async def test_many_at_once_list_a_number_once(database: Database) -> None:
    lists = DoNotCallStore(database)
    many = [lists.add(ANA, source=Source.API, who=f"{at}", now=NOW) for at in range(8)]
    assert sum(new for _, new in await asyncio.gather(*many)) == 1
    assert len((await lists.page(removed=True)).listings) == 1


async def test_pages_go_on_where_they_ended(database: Database) -> None:
    lists = DoNotCallStore(database)
    for at in range(5):
        await lists.add(f"57300000000{at}", source=Source.API, who="a", now=NOW)
    await lists.add(ANA, "camp", source=Source.API, who="a", now=NOW + timedelta(seconds=1))
    await lists.remove("573000000002", who="a", now=NOW)
    seen: list[str] = []
    cursor = None
    while True:
        page = await lists.page(OWN, cursor=cursor, limit=2)
        seen += [one.number for one in page.listings]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert seen == ["573000000004", "573000000003", "573000000001", "573000000000"]
    assert [one.number for one in (await lists.page("camp")).listings] == [ANA]
    assert len((await lists.page(removed=True)).listings) == 6
    with pytest.raises(CursorError):
        await lists.page(cursor="nonsense")
    with pytest.raises(ValueError, match="limit"):
        await lists.page(limit=0)


async def test_a_look_up_tells_every_list_and_register(database: Database) -> None:
    lists, registers = DoNotCallStore(database), RegisterStore(database)
    origin = Origin(as_of=NOW, sha256="0" * 64, format="lines")
    await registers.load("RNE", _batches(ANA, LUIS), lambda: origin, who="a", now=NOW)
    await registers.load("REPEP", _batches(EVA), lambda: origin, who="a", now=NOW)
    await lists.add(ANA, "camp", source=Source.API, who="a", now=NOW)
    found = await lists.look_up(ANA)
    assert [one.campaign_id for one in found.listings] == ["camp"]
    assert [(one.name, one.listed) for one in found.registers] == [
        ("REPEP", False), ("RNE", True),
    ]  # fmt: skip
    nobody = await lists.look_up("573009999999")
    assert (nobody.listings, any(one.listed for one in nobody.registers)) == ([], False)
