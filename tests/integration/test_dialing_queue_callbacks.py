"""Callers who gave up the line, before both databases: kept, called in their turn, or not."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from agents.floor import own_queue
from agents.states import AgentState
from calls.events import (
    CallEnded,
    PlacesKept,
)
from dialer.attempt import Outcome
from dialer.callbacks import NOT_YET, CallbackState, Standing
from dialer.campaign import CampaignState
from dialer.guards import Guards
from dialer.judging import CampaignJudge
from dialer.lead import LeadState, NewLead, Phone
from dialer.rules.catalog import PresetCatalog
from dialer.ruling import Candidate, Ruling, Seen
from simulator.unruled import Unruled
from storage.database import Database
from storage.places import PlaceStore
from tests.integration.hotline import AGAIN, Hotline
from tests.unit.facts import PBX, at, fact


@pytest.fixture
def office(database: Database) -> Hotline:
    """A dialer in front of either database."""
    return Hotline(database)


async def test_a_place_is_kept_until_its_turn_and_the_next_free_agent_makes_the_call(
    office: Hotline,
) -> None:
    office.open_shop("1001")
    await office.calls_back(leads=3)
    office.talks("before", "soporte", "1001", 5)
    office.waits("a", 10)
    office.waits("b", 20)
    office.waits("c", 30)
    office.asks("b", 20, 40, "573105550000")
    await office.play(60)
    kept = (await office.kept()).callback
    assert (kept.queue, kept.waiting_since, kept.made_by) == ("soporte", at(20), "caller")
    assert (kept.promised_at, await office.standing()) == (NOT_YET, Standing.OPEN)
    assert office.dialing.callbacks.number_of(kept.id) == 2
    assert [one.places for one in office.facts if isinstance(one, PlacesKept)] == [1]
    # the agent is done: it is the turn of the one who is on the line
    await office.is_done("before", "soporte", "1001", 70)
    assert office.state("1001") is AgentState.READY
    office.talks("a", "soporte", "1001", 76)
    await office.play(100)
    assert office.line.orders == []
    assert office.dialing.callbacks.number_of(kept.id) == 1
    # and then of the one who gave up the line, though another waits on it
    await office.is_done("a", "soporte", "1001", 110)
    assert office.state("1001") is AgentState.RESERVED
    assert ("1001", "pause reserved") in office.phones.told
    await office.dialing.turn()
    (order,) = office.line.orders
    assert (order.number, order.queue) == ("573105550000", own_queue("1001"))
    kept = (await office.kept()).callback
    assert (kept.promised_at, kept.tried_at) == (at(115), at(115))
    assert await office.standing() is Standing.KEPT
    assert [one.places for one in office.facts if isinstance(one, PlacesKept)] == [1]
    office.talks(order.attempt_id, order.queue, "1001", 120)
    await office.play(125)
    assert [one.places for one in office.facts if isinstance(one, PlacesKept)] == [1, 0]
    assert office.dialing.callbacks.number_of(kept.id) is None
    await office.is_done(order.attempt_id, order.queue, "1001", 200)
    assert office.state("1001") is AgentState.READY, "now the one who waits on the line"
    assert len(office.line.orders) == 1


async def test_an_agent_who_is_free_already_makes_the_call_at_once(office: Hotline) -> None:
    await office.calls_back()
    office.waits("a", 10)
    office.asks("a", 10, 20, "573105550000")
    await office.play(30)
    assert office.line.orders == []
    office.open_shop("1001")
    await office.play(32)
    (order,) = office.line.orders
    assert order.queue == own_queue("1001")
    assert office.state("1001") is AgentState.RESERVED
    campaign = await office.store.get("c")
    assert campaign is not None
    assert campaign.state is CampaignState.RUNNING, "it has no leads of its own, and goes on"


async def test_who_is_before_on_the_line_is_not_overtaken(office: Hotline) -> None:
    """One agent is free already and about to be given the first of the line."""
    await office.calls_back()
    office.waits("a", 10)
    office.waits("b", 20)
    office.asks("b", 20, 30, "573105550000")
    office.open_shop("1001")
    await office.play(35)
    assert office.line.orders == []
    office.open_shop("1002")
    await office.play(36)
    assert [order.number for order in office.line.orders] == ["573105550000"]


async def test_a_queue_that_is_served_before_goes_before(office: Hotline) -> None:
    await office.calls_back(queue="salida")
    office.now = at(50)
    office.asks("a", 10, 20, "573105550000", queue="salida")
    await office.dialing.turn()
    office.waits("later", 40)
    office.open_shop("1001")
    assert office.dialing.claim("1001") is None, "somebody waits in the heavier queue"
    office.put(fact(CallEnded, 51, call_id="later", cause=16, sip_code=200))
    claim = office.dialing.claim("1001")
    assert claim is not None
    assert claim.campaign_id == "c"
    assert office.dialing.claim("1003") is None, "that one's phone is rung"


async def test_who_does_not_answer_is_called_twice_and_then_the_promise_is_seen_broken(
    office: Hotline,
) -> None:
    office.open_shop("1001")
    await office.calls_back()
    office.now = at(30)
    office.asks("a", 10, 20, "573105550000")
    await office.play(100)
    assert office.outcomes() == [Outcome.NO_ANSWER]
    assert office.state("1001") is AgentState.READY
    kept = (await office.kept()).callback
    assert (kept.state, kept.attempt_id, kept.waiting_since) == (CallbackState.OPEN, None, at(10))
    assert kept.promised_at > at(600), "ten minutes after the first"
    await office.play(800)
    assert len(office.line.orders) == 2
    assert office.line.orders[1].queue == own_queue("1001")
    assert (await office.kept()).callback.state is CallbackState.UNREACHED
    assert await office.standing() is Standing.BROKEN
    assert (await office.store.callback_summary("c", office.now)).broken == 1
    await office.play(5000)
    assert len(office.line.orders) == 2
    lead = await office.store.lead(kept.lead_id)
    assert lead is not None
    assert lead.state is LeadState.DONE


async def test_a_crash_before_the_row_and_a_second_hearing_make_one_place(
    office: Hotline, database: Database
) -> None:
    await office.calls_back()
    office.asks("a", 10, 20, "573105550000")
    await office.dialing.turn()
    office.asks("a", 10, 20, "573105550000")  # heard again from the journal
    await office.dialing.turn()
    restarted = Hotline(database)
    await restarted.dialing.recover()
    restarted.asks("a", 10, 20, "573105550000")
    await restarted.dialing.turn()
    assert len((await office.store.callbacks("c")).callbacks) == 1
    assert len(await PlaceStore(database).places()) == 1


async def test_a_crash_after_an_attempt_ended_loses_no_second_try(
    office: Hotline, database: Database
) -> None:
    office.open_shop("1001")
    await office.calls_back()
    office.now = at(30)
    office.asks("a", 10, 20, "573105550000")
    await office.dialing.turn()
    await office.dialing.turn()
    (order,) = office.line.orders
    places = PlaceStore(database)
    office.end(order.attempt_id, 19, 480)
    # the end is written, and nobody hears of it any more
    await office.dialing._open.end_those_over()
    assert await places.places() == []
    assert await places.unfinished(PBX) == [("c", order.attempt_id)]
    restarted = Hotline(database)
    restarted.now = office.now
    await restarted.dialing.recover()
    await restarted.dialing.turn()
    (place,) = await places.places()
    assert place.not_before > office.now
    assert await places.unfinished(PBX) == []


async def test_who_asks_twice_keeps_the_first_place_and_one_promise(office: Hotline) -> None:
    await office.calls_back()
    office.asks("a", 10, 20, "573105550000")
    await office.dialing.turn()
    office.asks("b", 300, 320, "573105550000")
    await office.dialing.turn()
    page = await office.store.callbacks("c", CallbackState.OPEN)
    (one,) = page.callbacks
    assert one.callback.waiting_since == at(10)


async def test_another_number_of_a_known_person_is_the_one_that_is_called(
    office: Hotline,
) -> None:
    await office.calls_back()

    async def batch() -> AsyncIterator[list[NewLead]]:
        yield [NewLead(number="573105550000", name="Eva", extra={},
                       others=(Phone("5712345678"),))]  # fmt: skip

    await office.store.add_leads("c", batch(), office.now)
    office.asks("a", 10, 20, "5712345678")
    await office.dialing.turn()
    office.open_shop("1001")
    await office.play(30)
    (order,) = office.line.orders
    assert order.number == "5712345678"


async def test_who_is_being_called_anyway_has_a_place_when_that_call_is_over(
    office: Hotline,
) -> None:
    office.open_shop("1001")
    await office.calls_back(leads=1)
    await office.dialing.turn()
    (order,) = office.line.orders
    office.asks("a", 10, 20, order.number)
    await office.dialing.turn()
    assert (await office.store.callbacks("c")).callbacks == []
    await office.play(60)
    assert len((await office.store.callbacks("c")).callbacks) == 1


async def test_it_is_offered_while_a_campaign_runs_that_calls_back(office: Hotline) -> None:
    assert office.dialing.callbacks.offer("soporte") is None
    await office.calls_back()
    check = office.dialing.callbacks.offer("soporte")
    assert check is not None
    assert office.dialing.callbacks.offer("ventas") is None
    for written in ("3105550000", "573105550000"):
        found = check(written)
        assert found is not None
        assert (found.number, found.spoken, found.from_day) == ("573105550000", "3105550000", None)
    for refused in ("", "123", "+14155550100", "018000110000"):
        assert check(refused) is None
    await office.dialing.set_state("c", CampaignState.PAUSED, "test")
    assert office.dialing.callbacks.offer("soporte") is None


async def test_a_paused_campaign_keeps_the_places_and_calls_when_it_goes_on(
    office: Hotline,
) -> None:
    office.open_shop("1001")
    await office.calls_back()
    await office.dialing.set_state("c", CampaignState.PAUSED, "test")
    office.asks("a", 10, 20, "573105550000")
    await office.play(60)
    assert (office.line.orders, await office.standing()) == ([], Standing.OPEN)
    await office.dialing.set_state("c", CampaignState.RUNNING, "test")
    await office.play(70)
    assert len(office.line.orders) == 1


async def test_an_agent_who_leaves_before_the_call_gives_the_place_to_the_next(
    office: Hotline,
) -> None:
    await office.calls_back()
    office.now = at(30)
    office.asks("a", 10, 20, "573105550000")
    await office.dialing.turn()
    office.open_shop("1001")
    assert office.dialing.claim("1001") is not None  # and then nobody kept the agent
    await office.dialing.turn()
    assert office.line.orders == []
    office.now = at(40)
    await office.dialing.turn()
    office.now = at(75)
    await office.dialing.turn()
    await office.dialing.turn()
    assert len(office.line.orders) == 1


async def test_rules_that_forbid_the_call_put_it_off_and_the_promise_is_seen_broken(
    office: Hotline,
) -> None:
    class Forbids(Unruled):
        def judge(
            self, candidate: Candidate, seen: Seen, registers: Mapping[str, datetime], now: datetime
        ) -> Ruling:
            """As `dialer.ruling.Judge`."""
            allowed = super().judge(candidate, seen, registers, now)
            if now >= at(900):
                return allowed
            return replace(allowed, allowed=False, reasons=("outside_hours",), next_at=at(900))

    office.open_shop("1001")
    await office.calls_back()
    running = office.dialing.campaigns_in_hand()["c"]
    running.judge = Forbids(running.campaign)
    office.now = at(30)
    office.asks("a", 10, 20, "573105550000")
    await office.play(880)
    assert office.line.orders == []
    assert office.state("1001") is AgentState.READY
    assert await office.standing() is Standing.BROKEN
    await office.play(960)
    (order,) = office.line.orders
    assert order.queue == own_queue("1001")
    assert (await office.kept()).callback.state is not CallbackState.UNREACHED


async def test_a_place_asked_for_at_night_is_kept_until_the_rules_allow_the_call(
    office: Hotline,
) -> None:
    """The test begins on a Sunday at 07:00 in Bogotá; the rules allow a call on Monday at 07:00."""
    office.open_shop("1001")
    await office.calls_back()
    running = office.dialing.campaigns_in_hand()["c"]
    rules = PresetCatalog.read().rules("co-2300")
    running.judge = CampaignJudge(running.campaign, rules, Guards(()))
    office.now = at(30)
    check = office.dialing.callbacks.offer("soporte")
    assert check is not None
    found = check("3105550000")
    assert found is not None
    assert (found.number, found.today, found.from_day) == (
        "573105550000", date(2026, 3, 1), date(2026, 3, 2)
    )  # fmt: skip
    office.asks("a", 10, 20, found.number)
    await office.play(90)
    kept = (await office.kept()).callback
    assert (kept.promised_at, await office.standing()) == (NOT_YET, Standing.OPEN)
    assert office.state("1001") is AgentState.READY, "no agent is kept for who may not be called"
    assert office.dialing.callbacks.number_of(kept.id) == 1
    office.now = at(86_400 - 40)
    await office.play(86_400 - 1)
    assert (office.line.orders, office.state("1001")) == ([], AgentState.READY)
    await office.play(86_400 + 10)
    (order,) = office.line.orders
    assert (order.number, order.queue) == (found.number, own_queue("1001"))
    assert await office.standing() is Standing.KEPT


async def test_who_comes_by_day_is_called_before_one_of_whom_it_is_night(office: Hotline) -> None:
    class NightThere(Unruled):
        def promise(self, candidate: Candidate, seen: Seen, at: datetime) -> datetime | None:
            """As `dialer.ruling.Judge`."""
            return at + timedelta(hours=8) if candidate.number == "573105550000" else at

    office.open_shop("1001")
    await office.calls_back()
    running = office.dialing.campaigns_in_hand()["c"]
    running.judge = NightThere(running.campaign)
    office.now = at(30)
    office.asks("a", 10, 20, "573105550000")
    office.asks("b", 15, 20, "573105551111")
    await office.play(60)
    assert [order.number for order in office.line.orders] == ["573105551111"]


async def test_a_number_that_may_never_be_called_is_not_promised(office: Hotline) -> None:
    class Never(Unruled):
        def promise(self, candidate: Candidate, seen: Seen, at: datetime) -> datetime | None:
            """As `dialer.ruling.Judge`."""
            return None

    await office.calls_back()
    running = office.dialing.campaigns_in_hand()["c"]
    running.judge = Never(running.campaign)
    check = office.dialing.callbacks.offer("soporte")
    assert check is not None
    assert check("3105550000") is None


async def test_a_promise_taken_back_is_no_place_any_more(office: Hotline) -> None:
    await office.calls_back()
    office.asks("a", 10, 20, "573105550000")
    await office.dialing.turn()
    kept = (await office.kept()).callback
    cancelled = await office.store.cancel_callback("c", kept.id, AGAIN, office.now)
    assert cancelled is not None
    await office.dialing.callback_changed("c")
    await office.dialing.turn()
    assert office.dialing.callbacks.number_of(kept.id) is None
