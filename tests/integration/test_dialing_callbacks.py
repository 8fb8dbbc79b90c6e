"""Promised calls before both databases, in virtual time: kept to the minute, or seen broken."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from calls.events import AgentDeviceChanged, AgentReadied, AgentSignInAsked
from calls.switch import Dial
from dialer.callbacks import CallbackState, CallbackSummary, Standing
from dialer.campaign import CampaignState, RetryRule
from dialer.lead import LeadState
from dialer.pacing.decision import Decision, Reason
from dialer.pacing.lessons import Lesson
from dialer.pacing.picture import Picture
from dialer.ruling import Candidate, Ruling, Seen
from simulator.unruled import Unruled
from storage.callbacks import LeadBusyError
from storage.database import Database
from tests.integration.test_dialing import Office
from tests.unit.facts import at, fact

ONCE = RetryRule(max_attempts=1)


class Waits:
    """A policy that has no reason to dial anybody."""

    def learn(self, lesson: Lesson, now: float) -> None:
        """As `dialer.pacing.decision.Pacing`."""

    def decide(self, picture: Picture, now: float) -> Decision:
        """As `dialer.pacing.decision.Pacing`."""
        return Decision(0, Reason.LIMIT_REACHED)


class Shift(Office):
    """A dialer whose time passes; whoever is dialed rings and does not answer."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self._rings_until: dict[str, datetime] = {}
        self.line.on_dial = self._ring

    def _ring(self, order: Dial) -> None:
        self._rings_until[order.attempt_id] = self.now + timedelta(seconds=20)

    async def play(self, until: float) -> None:
        """Look whenever the dialer wants to, or something ended."""
        while self.now < at(until):
            await self.dialing.turn()
            patience = timedelta(seconds=max(self.dialing.patience_seconds, 0.001))
            self.now = min([self.now + patience, *self._rings_until.values()])
            over = [one for one, ends in self._rings_until.items() if ends <= self.now]
            for attempt_id in over:
                del self._rings_until[attempt_id]
                self.end(attempt_id, 19, 480)


@pytest.fixture
def office(database: Database) -> Shift:
    """A dialer in front of either database."""
    return Shift(database)


async def _promise(office: Shift, lead_id: int, moment: datetime, agent: str = "") -> str:
    made = await office.store.make_callback(
        lead_id, at=moment, agent=agent, zone="America/Bogota", made_by="test",
        made_at=office.now, note="",
    )  # fmt: skip
    await office.dialing.callback_changed("c")
    return made.callback.id


async def _lead_ids(office: Shift, count: int) -> list[int]:
    found = [await office.store.lead_at("c", f"57300{index:07d}") for index in range(count)]
    return [lead_id for lead_id in found if lead_id is not None]


async def _summary(office: Shift) -> CallbackSummary:
    return await office.store.callback_summary("c", office.now)


@pytest.mark.parametrize("others", [0, 400])
async def test_fifty_promises_in_an_hour_are_kept_to_the_minute(office: Shift, others: int) -> None:
    office.open_shop("1001", "1002")
    await office.campaign(50 + others, RetryRule(max_attempts=2))
    for number, lead_id in enumerate(await _lead_ids(office, 50)):
        moment = at(120 + (number * 997) % 3600 + 0.37)
        await _promise(office, lead_id, moment, agent="1001" if number % 5 == 0 else "")
    await office.play(4000)
    page = await office.store.callbacks("c", limit=100)
    late = [one.callback.late_seconds(office.now) for one in page.callbacks]
    assert len(late) == 50
    assert max(late) <= 60.0
    told = await _summary(office)
    assert (told.kept, told.broken, told.kept_share) == (50, 0, 1.0)


async def test_a_promise_is_made_at_its_very_moment_when_nothing_else_is_due(
    office: Shift,
) -> None:
    office.open_shop("1001")
    await office.campaign(1, ONCE)
    (lead_id,) = await _lead_ids(office, 1)
    await _promise(office, lead_id, at(1000.25))
    await office.play(1100)
    (kept,) = (await office.store.callbacks("c")).callbacks
    assert kept.callback.tried_at is not None
    assert (kept.callback.tried_at - at(1000.25)).total_seconds() < 0.01
    assert kept.callback.attempt_id == office.line.orders[0].attempt_id


async def test_a_policy_that_would_wait_makes_the_promised_call_all_the_same(
    office: Shift,
) -> None:
    office.open_shop("1001")
    await office.campaign(5)
    office.dialing.campaigns_in_hand()["c"].pacing = Waits()
    first, second, *_ = await _lead_ids(office, 5)
    await _promise(office, first, at(600))
    await _promise(office, second, at(600))
    await office.play(599)
    assert office.line.orders == []
    await office.play(605)
    assert len(office.line.orders) == 1, "one agent, one promised call"
    notes = (await office.store.notes("c")).notes
    assert [note.dial for note in notes if note.reason == Reason.PROMISED] == [1]
    await office.play(660)
    assert (await _summary(office)).kept == 2
    assert len(office.line.orders) == 2, "nobody else was dialed"


async def test_a_promise_that_the_rules_forbid_by_now_brings_nobody_else_in_its_place(
    office: Shift,
) -> None:
    class Forbids(Unruled):
        def judge(
            self, candidate: Candidate, seen: Seen, registers: Mapping[str, datetime], now: datetime
        ) -> Ruling:
            """As `dialer.ruling.Judge`."""
            allowed = super().judge(candidate, seen, registers, now)
            if candidate.lead_id != first or now >= at(900):
                return allowed
            return replace(allowed, allowed=False, reasons=("outside_hours",), next_at=at(900))

    office.open_shop("1001")
    await office.campaign(5)
    first, *_ = await _lead_ids(office, 5)
    running = office.dialing.campaigns_in_hand()["c"]
    running.pacing, running.judge = Waits(), Forbids(running.campaign)
    await _promise(office, first, at(600))
    await office.play(880)
    assert office.line.orders == []
    assert (await _summary(office)).broken == 1
    await office.play(910)
    (order,) = office.line.orders
    assert order.number == "573000000000"


async def test_a_promise_of_one_agent_waits_for_that_one_and_then_goes_to_anybody(
    office: Shift,
) -> None:
    office.open_shop("1001")
    await office.campaign(1, ONCE)
    (lead_id,) = await _lead_ids(office, 1)
    promise = await _promise(office, lead_id, at(600), agent="1002")
    await office.play(630)
    assert office.line.orders == []
    assert (await _summary(office)).due == 1
    await office.play(700)
    told = await _summary(office)
    assert (told.due, told.broken, told.kept_share) == (0, 1, 0.0), "seen before it is tried"
    await office.play(600 + 15 * 60 + 10)
    (order,) = office.line.orders
    attempt = await office.store.attempt(order.attempt_id)
    assert attempt is not None
    assert attempt.wanted_agent == "", "the agent who is not there is not asked for"
    (kept,) = (await office.store.callbacks("c")).callbacks
    assert kept.callback.id == promise
    assert kept.callback.state is CallbackState.TRIED
    assert kept.callback.standing(office.now) is Standing.BROKEN


async def test_the_promised_agent_is_dialed_for_as_soon_as_free(office: Shift) -> None:
    office.open_shop("1001")
    await office.campaign(1, ONCE)
    (lead_id,) = await _lead_ids(office, 1)
    await _promise(office, lead_id, at(600), agent="1002")
    await office.play(640)
    office.put(
        fact(AgentSignInAsked, 641, agent="1002"),
        fact(AgentReadied, 642, agent="1002"),
        fact(AgentDeviceChanged, 642, agent="1002", queue="salida", status=1, paused=False,
             pause_reason=""),
    )  # fmt: skip
    await office.play(660)
    (order,) = office.line.orders
    attempt = await office.store.attempt(order.attempt_id)
    assert attempt is not None
    assert attempt.wanted_agent == "1002"
    assert (await _summary(office)).kept == 1


async def test_a_paused_campaign_breaks_its_promises_for_all_to_see(office: Shift) -> None:
    office.open_shop("1001")
    await office.campaign(2)
    first, _ = await _lead_ids(office, 2)
    await _promise(office, first, at(600))
    await office.dialing.set_state("c", CampaignState.PAUSED, "test")
    await office.play(700)
    assert office.line.orders == []
    assert (await _summary(office)).broken == 1
    await office.dialing.set_state("c", CampaignState.RUNNING, "test")
    await office.dialing.turn()
    (order,) = office.line.orders
    assert order.number == "573000000000", "late is better than never, and still first"
    assert (await _summary(office)).broken == 1


async def test_a_promise_taken_back_is_one_lead_among_others(office: Shift) -> None:
    await office.campaign(2)
    first, second = await _lead_ids(office, 2)
    replaced = await _promise(office, first, at(600))
    promise = await _promise(office, first, at(900))
    states = {
        one.callback.id: one.callback.state for one in (await office.store.callbacks("c")).callbacks
    }
    assert states == {replaced: CallbackState.CANCELLED, promise: CallbackState.OPEN}
    rule = RetryRule()
    assert await office.store.cancel_callback("other", promise, rule, office.now) is None
    cancelled = await office.store.cancel_callback("c", promise, rule, office.now)
    assert cancelled is not None
    assert cancelled.callback.state is CallbackState.CANCELLED
    assert await office.store.cancel_callback("c", promise, rule, office.now) is None
    lead = await office.store.lead(first)
    assert lead is not None
    assert (lead.state, lead.wanted_agent) == (LeadState.WAITING, "")
    told = await _summary(office)
    assert (told.open, told.cancelled) == (0, 2)
    office.open_shop("1001", "1002")
    await office.dialing.turn()
    assert len(office.line.orders) == 2
    with pytest.raises(LeadBusyError):
        await _promise(office, second, at(900))
    with pytest.raises(KeyError):
        await _promise(office, 999_999, at(900))


async def test_a_campaign_with_an_open_promise_is_not_finished(office: Shift) -> None:
    office.open_shop("1001")
    await office.campaign(2, ONCE)
    first, _ = await _lead_ids(office, 2)
    await _promise(office, first, at(3600))
    await office.play(200)
    assert len(office.line.orders) == 1
    campaign = await office.store.get("c")
    assert campaign is not None
    assert campaign.state is CampaignState.RUNNING
    await office.play(3700)
    campaign = await office.store.get("c")
    assert campaign is not None
    assert campaign.state is CampaignState.FINISHED


async def test_pages_of_promises(office: Shift) -> None:
    await office.campaign(5)
    ids = await _lead_ids(office, 5)
    made = [await _promise(office, lead_id, at(600 + place)) for place, lead_id in enumerate(ids)]
    found: list[str] = []
    cursor = None
    while True:
        page = await office.store.callbacks("c", CallbackState.OPEN, cursor, limit=2)
        found += [one.callback.id for one in page.callbacks]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert found == made[::-1]
    assert (await office.store.callbacks("c", CallbackState.TRIED)).callbacks == []
