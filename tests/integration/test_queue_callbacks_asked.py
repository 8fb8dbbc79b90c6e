"""Callers who asked to be called back, before both databases: written once, and not asked anew."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from calls.events import CallbackAsked
from dialer.places import NewPlace
from storage.database import Database
from storage.places import PlaceStore
from tests.integration.hotline import Hotline


@pytest.fixture
def office(database: Database) -> Hotline:
    """A dialer in front of either database."""
    return Hotline(database)


async def test_who_is_being_called_anyway_is_not_asked_for_at_every_turn(
    office: Hotline, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries: list[str] = []
    keep = PlaceStore.keep

    async def noted(book: PlaceStore, new: NewPlace) -> bool:
        tries.append(new.number)
        return await keep(book, new)

    monkeypatch.setattr(PlaceStore, "keep", noted)
    office.open_shop("1001")
    await office.calls_back(leads=1)
    await office.dialing.turn()
    (order,) = office.line.orders
    office.asks("a", 10, 20, order.number)
    for _ in range(3):
        await office.dialing.turn()
    assert tries == [order.number]
    office.end(order.attempt_id, 19, 480)
    await office.dialing.turn()
    await office.dialing.turn()
    assert tries == [order.number] * 2
    assert len((await office.store.callbacks("c")).callbacks) == 1


async def test_an_ask_that_no_campaign_answers_waits_for_one_and_is_told_once(
    office: Hotline, caplog: pytest.LogCaptureFixture
) -> None:
    office.asks("a", 10, 20, "573105550000")
    for _ in range(3):
        await office.dialing.turn()
    assert caplog.text.count("no campaign calls back for queue soporte") == 1
    await office.calls_back()
    await office.dialing.turn()
    assert len((await office.store.callbacks("c")).callbacks) == 1


async def test_a_start_writes_no_place_again_that_is_written(
    office: Hotline, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await office.calls_back()
    office.asks("a", 10, 20, "573105550000")
    await office.dialing.turn()
    asked = [one for one in office.facts if isinstance(one, CallbackAsked)]
    other = replace(asked[0], call_id="b")

    async def recorded(book: PlaceStore, pbx: str, since: datetime) -> list[CallbackAsked]:
        return [*asked, other]

    tries: list[NewPlace] = []

    async def keep(book: PlaceStore, new: NewPlace) -> bool:
        tries.append(new)
        return True

    monkeypatch.setattr(PlaceStore, "asked_recorded", recorded)
    monkeypatch.setattr(PlaceStore, "keep", keep)
    restarted = Hotline(database)
    await restarted.dialing.recover()
    await restarted.dialing.turn()
    assert [one.since for one in tries] == [other.waiting_since]
