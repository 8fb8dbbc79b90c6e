"""The dialer and its policy, before both databases: what the picture holds, and what is kept."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from calls.events import (
    AgentConnected,
    AgentPaused,
    CallAnswered,
    CallArrived,
    CallDialed,
    CallEnded,
    QueueGaveUp,
    QueueJoined,
)
from dialer.campaign import Campaign, CampaignState
from dialer.lead import NewLead
from dialer.pacing.evidence import replay
from dialer.pacing.lessons import Unanswered
from dialer.pacing.picture import Picture
from storage.database import Database
from tests.integration.test_dialing import Office
from tests.unit.facts import FLOOR, at, fact


@pytest.fixture
def office(database: Database) -> Office:
    """A dialer in front of either database."""
    return Office(database)


async def _campaign(
    office: Office, campaign_id: str, leads: int, pacing: str = "predictive", *, start: bool = True
) -> None:
    campaign = Campaign(
        id=campaign_id, name=campaign_id, queue="salida", country="CO",
        caller_number="5716001234", pacing=pacing, created_at=office.now,
    )  # fmt: skip

    async def batches() -> AsyncIterator[list[NewLead]]:
        yield [
            NewLead(number=f"57300{campaign_id}{index:06d}", name="", extra={})
            for index in range(leads)
        ]

    await office.store.create(campaign)
    await office.store.add_leads(campaign_id, batches(), office.now)
    if start:
        await office.dialing.set_state(campaign_id, CampaignState.RUNNING, "test")


def _picture(office: Office, campaign_id: str) -> Picture:
    return office.dialing.campaigns_in_hand()[campaign_id].picture


async def test_predictive_dials_ahead_and_its_reason_is_kept_with_the_attempts(
    office: Office,
) -> None:
    office.open_shop("1001", "1002")
    await _campaign(office, "1", 50)
    await office.dialing.turn()
    dialed = len(office.line.orders)
    assert dialed >= 2
    note = await office.store.note_at("1", office.now)
    assert note is not None
    assert (note.dial, note.policy) == (dialed, "predictive")
    again = replay(note.evidence)
    assert again.dial == again.was
    assert len(_picture(office, "1").ringing) == dialed


async def test_the_picture_follows_an_attempt_from_ring_to_talk(office: Office) -> None:
    office.open_shop("1001", "1002")
    await _campaign(office, "1", 5, "progressive")
    await office.dialing.turn()
    first, second = (order.attempt_id for order in office.line.orders)
    picture = _picture(office, "1")
    for attempt in (first, second):
        office.put(
            fact(CallDialed, 1, call_id=attempt),
            fact(CallAnswered, 5, call_id=attempt),
            fact(QueueJoined, 5, call_id=attempt, queue="salida", position=1),
        )
    assert (len(picture.waiting), picture.ledger.live, len(picture.ringing)) == (2, 2, 0)
    office.put(
        fact(AgentConnected, 5, call_id=first, queue="salida", agent="1001"),
        fact(QueueGaveUp, 7, call_id=second, queue="salida", status="TIMEOUT"),
    )
    assert (set(picture.talking), set(picture.ready)) == ({"1001"}, {"1002"})
    assert (picture.ledger.live, picture.ledger.abandoned, picture.asking) == (2, 1, 0)
    office.put(fact(AgentPaused, 8, agent="1002", reason="descanso"))
    assert (set(picture.ready), set(picture.paused)) == (set(), {"1002"})


async def test_a_caller_of_ours_who_waits_is_in_the_picture_until_gone(office: Office) -> None:
    office.open_shop("1001")
    await _campaign(office, "1", 5)
    picture = _picture(office, "1")
    office.put(
        fact(CallArrived, 1, call_id="in", number_called="0800", caller_number="57301",
             caller_name=""),
        fact(QueueJoined, 2, call_id="in", queue="soporte", position=1),
    )  # fmt: skip
    assert set(picture.inbound_waiting) == {"in"}
    office.put(fact(CallEnded, 3, call_id="in", cause=16, sip_code=0))
    assert picture.inbound_waiting == {}


async def test_campaigns_that_share_agents_see_each_others_attempts(office: Office) -> None:
    office.open_shop("1001", "1002")
    await _campaign(office, "1", 5, "progressive")
    await _campaign(office, "2", 5, "progressive")
    await office.dialing.turn()
    assert len(office.line.orders) == 2, "an agent was promised twice"
    attempt = office.line.orders[0].attempt_id
    office.put(
        fact(CallDialed, 1, call_id=attempt),
        fact(CallAnswered, 5, call_id=attempt),
        fact(QueueJoined, 5, call_id=attempt, queue="salida", position=1),
    )
    one, two = _picture(office, "1"), _picture(office, "2")
    assert (len(one.waiting), len(two.waiting)) == (1, 1)
    assert (one.ledger.live, two.ledger.live) == (1, 0), "a ledger is its own campaign's"


async def test_the_days_ledger_is_counted_from_sql_before_anything_is_paced(
    office: Office, database: Database
) -> None:
    office.open_shop("1001")
    await _campaign(office, "1", 5, "progressive")
    await office.dialing.turn()
    (order,) = office.line.orders
    office.now = at(7)
    office.put(
        fact(CallDialed, 1, call_id=order.attempt_id),
        fact(CallAnswered, 5, call_id=order.attempt_id),
        fact(QueueJoined, 5, call_id=order.attempt_id, queue="salida", position=1),
        fact(QueueGaveUp, 7, call_id=order.attempt_id, queue="salida", status="TIMEOUT"),
    )
    office.end(order.attempt_id, 16, 0)
    await office.dialing.turn()
    assert await office.store.answered_since("1", at(-3600)) == (1, 1, 0)
    assert await office.store.answered_since("1", at(60)) == (0, 0, 0)
    again = Office(database)
    again.now = at(60)
    await again.dialing.recover()
    again.open_shop("1001")
    await again.dialing.turn()
    assert _picture(again, "1").ledger.share == 1.0


async def test_a_restart_is_no_cold_start(office: Office, database: Database) -> None:
    """What the campaign's calls were like is read from its records, not guessed again."""
    office.open_shop("1001")
    await _campaign(office, "1", 60, "progressive")
    for turn in range(40):  # nobody ever answers
        office.now = at(60 * turn)
        await office.dialing.turn()
        office.end(office.line.orders[-1].attempt_id, cause=19, sip_code=480)
    await office.dialing.turn()

    again = Office(database)
    again.now = at(60 * 41)
    await again.dialing.recover()
    pacing = again.dialing.campaigns_in_hand()["1"].pacing
    heard: list[object] = []
    pacing.learn = lambda lesson, now: heard.append(lesson)  # type: ignore[method-assign]
    again.open_shop("1001")
    await again.dialing.turn()
    assert sum(isinstance(lesson, Unanswered) for lesson in heard) >= 39


async def test_a_policy_nobody_knows_any_more_does_not_stop_the_service(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    await _campaign(office, "1", 5, "of_another_version", start=False)
    await office.dialing.recover()
    office.open_shop("1001", "1002")
    await office.dialing.set_state("1", CampaignState.RUNNING, "test")
    await office.dialing.turn()
    assert len(office.line.orders) == 2  # one per free agent: progressive
    assert "of_another_version" in caplog.text
    note = await office.store.note_at("1", office.now)
    assert note is not None
    assert note.policy == "progressive"


async def test_the_carrier_is_given_no_more_calls_a_second_than_it_takes(
    database: Database,
) -> None:
    trunk = FLOOR.trunk.model_copy(update={"calls_per_second": 1.0})
    office = Office(database, FLOOR.model_copy(update={"trunk": trunk}))
    office.open_shop("1001", "1002")
    await _campaign(office, "1", 5, "progressive")
    await office.dialing.turn()
    assert len(office.line.orders) == 1
    assert office.dialing.patience_seconds == pytest.approx(1.0, abs=0.01)
    office.now = at(1)
    await office.dialing.turn()
    assert len(office.line.orders) == 2
