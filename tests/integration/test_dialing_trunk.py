"""Carrier trouble, subscribers who go first, and ringing that is hung up: before both databases."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from calls.events import (
    AgentConnected,
    AgentOffered,
    CallArrived,
    CallDialed,
    CallEnded,
    CallRang,
    CarrierSlowed,
    PacingDecided,
    QueueJoined,
)
from dialer.attempt import Outcome
from dialer.blending import BlendRule
from dialer.campaign import Campaign, CampaignState, RetryRule
from dialer.lead import LeadState, NewLead
from dialer.options import Options
from dialer.pacing.decision import Decision, Reason
from dialer.pacing.lessons import Lesson
from dialer.pacing.picture import Picture
from storage.database import Database
from tests.integration.test_dialing import Office
from tests.unit.facts import CALL, PBX, at, fact


@pytest.fixture
def office(database: Database) -> Office:
    """A dialer in front of either database."""
    return Office(database)


async def _campaign(office: Office, leads: int, **values: Any) -> None:
    made = Campaign(
        id="c", name="c", queue="salida", country="CO", caller_number="5716001234",
        created_at=office.now, **values,
    )  # fmt: skip

    async def batches() -> AsyncIterator[list[NewLead]]:
        yield [NewLead(number=f"57300{index:07d}", name="", extra={}) for index in range(leads)]

    await office.store.create(made)
    await office.store.add_leads("c", batches(), office.now)
    await office.dialing.set_state("c", CampaignState.RUNNING, "test")


def _call_the_line(office: Office, *calls: str) -> None:
    """Subscribers call, and wait in the queue of the 0800 line."""
    for call in calls:
        of: dict[str, Any] = {"call_id": call, "at": office.now, "pbx": PBX}
        office.put(
            CallArrived(**of, number_called="0800", caller_number="57300"),
            QueueJoined(**of, queue="soporte", position=1),
        )


async def _congested(office: Office, seconds: float) -> None:
    """Everything that is dialed in that time is refused by the carrier."""
    ended = len(office.line.orders)
    until = office.now.timestamp() + seconds
    while office.now.timestamp() < until:
        office.now = office.now + (at(0.5) - at(0))
        await office.dialing.turn()
        for order in office.line.orders[ended:]:
            office.end(order.attempt_id, 34, 503)
        ended = len(office.line.orders)


async def test_congestion_slows_the_dialer_and_calm_lets_it_go(office: Office) -> None:
    office.open_shop("1001", "1002")
    await _campaign(office, 500)
    await _congested(office, 60)
    slowed = [one for one in office.facts if isinstance(one, CarrierSlowed)]
    assert slowed[0].congested_share == 1.0
    speeds = [one.calls_per_second for one in slowed]
    assert speeds[-1] == 0.2, speeds
    before = len(office.line.orders)
    await _congested(office, 20)
    assert len(office.line.orders) - before <= 5, "leads are not burned on a carrier in trouble"
    for _ in range(40):
        office.now = office.now + (at(5) - at(0))
        await office.dialing.turn()
    last = [one for one in office.facts if isinstance(one, CarrierSlowed)][-1]
    assert last.calls_per_second is None
    assert not last.durable


async def test_congestion_uses_up_no_attempt_of_a_lead(office: Office) -> None:
    office.open_shop("1001")
    await _campaign(office, 1, retry=RetryRule(max_attempts=1))
    lead_id = await office.store.lead_at("c", "573000000000")
    assert lead_id is not None
    for round_ in range(2):
        await office.dialing.turn()
        assert len(office.line.orders) == round_ + 1
        office.end(office.line.orders[-1].attempt_id, 34, 503)
        await office.dialing.turn()
        lead = await office.store.lead(lead_id)
        assert lead is not None
        assert lead.state is LeadState.WAITING
        office.now = lead.next_at
    await office.dialing.turn()
    office.end(office.line.orders[-1].attempt_id, 17, 486)
    await office.dialing.turn()
    assert office.outcomes() == [Outcome.CONGESTION, Outcome.CONGESTION, Outcome.BUSY]
    lead = await office.store.lead(lead_id)
    assert lead is not None
    assert (lead.state, lead.attempts) == (LeadState.DONE, 3)


async def test_a_campaign_stands_back_for_subscribers_who_wait(office: Office) -> None:
    office.open_shop("1001", "1002")
    rule = BlendRule(stop_at_waiting=1, calm_seconds=10)
    await _campaign(office, 9, options=Options(blend=rule))
    _call_the_line(office, "one", "two", "three")
    await office.dialing.turn()
    assert office.line.orders == []
    told = [one.reason for one in office.facts if isinstance(one, PacingDecided)]
    assert told == ["No se marca: los agentes quedan libres para quienes llaman a la línea."]
    office.now = at(5)
    for call in ("one", "two", "three"):
        office.put(fact(CallEnded, 5, call_id=call, cause=16, sip_code=200))
    await office.dialing.turn()
    assert office.line.orders == [], "calm has to last"
    assert office.dialing.patience_seconds == 5.0
    office.now = at(10)
    await office.dialing.turn()
    assert len(office.line.orders) == 2


async def test_who_is_served_at_once_does_not_stop_a_campaign(office: Office) -> None:
    """An agent is free for the caller; the facts of how they meet come a moment later."""
    office.open_shop("1001", "1002")
    rule = BlendRule(stop_at_waiting=1, calm_seconds=60)
    await _campaign(office, 9, options=Options(blend=rule))
    _call_the_line(office, "one")
    await office.dialing.turn()
    assert len(office.line.orders) == 1, "the other agent's"
    of = {"call_id": "one", "queue": "soporte", "agent": "1001"}
    for met in (AgentOffered, AgentConnected):
        office.put(fact(met, 1, **of))
        await office.dialing.turn()
    office.end(office.line.orders[0].attempt_id, 17, 486)
    await office.dialing.turn()
    assert len(office.line.orders) == 2, "it never stood back"


async def test_what_rings_too_long_is_hung_up_while_a_campaign_stands_back(office: Office) -> None:
    class HangsUp:
        def learn(self, lesson: Lesson, now: float) -> None:
            """As `dialer.pacing.decision.Pacing`."""

        def decide(self, picture: Picture, now: float) -> Decision:
            """As `dialer.pacing.decision.Pacing`."""
            if picture.rang:
                return Decision(1, Reason.TOO_MANY_RINGING, cancel=tuple(picture.rang))
            return Decision(1, Reason.PACED)

    office.open_shop("1001")
    rule = BlendRule(stop_at_waiting=1)
    await _campaign(office, 3, cancel_after_seconds=15.0, options=Options(blend=rule))
    office.dialing.campaigns_in_hand()["c"].pacing = HangsUp()
    await office.dialing.turn()
    (order,) = office.line.orders
    _call_the_line(office, "one", "two")
    office.put(
        fact(CallDialed, 0, call_id=order.attempt_id), fact(CallRang, 1, call_id=order.attempt_id)
    )
    await office.dialing.turn()
    assert office.line.hung_up == [order.attempt_id]
    office.end(order.attempt_id, 16, 0)
    await office.dialing.turn()
    assert office.line.orders == [order], "and nobody is dialed"


async def test_other_queues_callers_do_not_count_when_queues_are_named(office: Office) -> None:
    office.open_shop("1001", "1002")
    rule = BlendRule(queues=("salida",), stop_at_waiting=1)
    await _campaign(office, 9, options=Options(blend=rule))
    of: dict[str, Any] = {"call_id": CALL, "at": office.now, "pbx": PBX}
    office.put(
        CallArrived(**of, number_called="0800", caller_number="57300"),
        QueueJoined(**of, queue="soporte", position=1),
    )
    await office.dialing.turn()
    assert len(office.line.orders) == 1, "one of the two agents is the subscriber's"


async def test_agents_are_kept_free(office: Office) -> None:
    office.open_shop("1001", "1002")
    await _campaign(office, 9, options=Options(blend=BlendRule(keep_free=1)))
    await office.dialing.turn()
    assert len(office.line.orders) == 1
    office.end(office.line.orders[0].attempt_id, 17, 486)
    await office.dialing.turn()
    assert len(office.line.orders) == 2, "again for one of the two"


async def test_what_a_policy_wants_hung_up_is_hung_up_once(office: Office) -> None:
    class HangsUp:
        def learn(self, lesson: Lesson, now: float) -> None:
            """As `dialer.pacing.decision.Pacing`."""

        def decide(self, picture: Picture, now: float) -> Decision:
            """As `dialer.pacing.decision.Pacing`."""
            if picture.rang:
                return Decision(0, Reason.TOO_MANY_RINGING, cancel=tuple(picture.rang))
            return Decision(1 if not picture.hung_up else 0, Reason.PACED)

    office.open_shop("1001")
    await _campaign(office, 3, cancel_after_seconds=15.0)
    running = office.dialing.campaigns_in_hand()["c"]
    running.pacing = HangsUp()
    await office.dialing.turn()
    (order,) = office.line.orders
    office.put(
        fact(CallDialed, 0, call_id=order.attempt_id), fact(CallRang, 1, call_id=order.attempt_id)
    )
    assert running.picture.rang == {order.attempt_id: at(1).timestamp()}
    await office.dialing.turn()
    await office.dialing.turn()
    assert office.line.hung_up == [order.attempt_id]
    assert order.attempt_id in running.picture.hung_up
    notes = (await office.store.notes("c")).notes
    assert notes[-1].reason == Reason.PACED
    assert Reason.TOO_MANY_RINGING in {note.reason for note in notes}
    office.end(order.attempt_id, 16, 0)
    await office.dialing.turn()
    assert office.outcomes() == [Outcome.CANCELLED]
