"""Whoever asks by key is called no more, on both databases; and one line has several ways."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from dialer.campaign import Campaign, CampaignState
from dialer.guards import Guards
from dialer.judging import CampaignJudge
from dialer.lead import NewLead, Phone
from dialer.options import ON_A_TEST_LINE
from dialer.rules.catalog import PresetCatalog
from storage.campaigns import CampaignStore
from storage.database import Database
from storage.do_not_call import OWN, DoNotCallStore, Source
from tests.unit.facts import PBX, at

LEAD = NewLead(number="5491123456789", name="Ana", extra={}, others=(Phone("541143211234"),))


@pytest.fixture
async def book(database: Database) -> CampaignStore:
    """A running campaign of one lead with two numbers."""
    store = CampaignStore(database)
    await store.create(_campaign("c"))
    await store.add_leads("c", _one(LEAD), at(0))
    await store.set_state("c", CampaignState.RUNNING, at(0))
    return store


def _campaign(campaign_id: str) -> Campaign:
    return Campaign(
        id=campaign_id, name=campaign_id, queue="salida", country="AR",
        caller_number="541150000000", options=ON_A_TEST_LINE, created_at=at(0),
    )  # fmt: skip


def _judge(campaign_id: str) -> CampaignJudge:
    rules = PresetCatalog.read().rules("test-line")
    return CampaignJudge(_campaign(campaign_id), rules, Guards(()))


async def _one(lead: NewLead) -> AsyncIterator[list[NewLead]]:
    yield [lead]


async def test_every_number_of_who_pressed_the_key_is_listed_once(
    book: CampaignStore, database: Database
) -> None:
    made = await book.reserve("c", 1, judge=_judge("c"), pbx=PBX, now=at(10))
    (attempt,) = made.attempts
    assert await book.opt_out(attempt.id, at(20))
    assert not await book.opt_out(attempt.id, at(20))
    lists = DoNotCallStore(database)
    for number in ("5491123456789", "541143211234"):
        (listing,) = (await lists.look_up(number)).listings
        assert (listing.campaign_id, listing.source) == (OWN, Source.IVR)
    # somebody takes it back by hand: what was heard again after a crash does not bring it back
    await lists.remove("5491123456789", OWN, who="supervisor", now=at(30))
    assert not await book.opt_out(attempt.id, at(20))
    (listing,) = (await lists.look_up("5491123456789")).listings
    assert listing.removed_by == "supervisor"


async def test_an_opt_out_of_nobody_changes_nothing(book: CampaignStore) -> None:
    assert not await book.opt_out("attempt-of-nobody", at(20))


async def test_a_listed_line_is_not_dialed_however_it_is_written(
    book: CampaignStore, database: Database
) -> None:
    await DoNotCallStore(database).add(
        "541123456789", OWN, source=Source.API, reason="", who="x", now=at(5)
    )
    reserved = await book.reserve("c", 1, judge=_judge("c"), pbx=PBX, now=at(10))
    assert reserved.attempts == []
    assert (await book.lead_counts("c", at(10) + timedelta(days=1))).done == 1
