"""A campaign that has its answered calls listened to: orders, ends, rows and the ledger."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from calls.events import (
    AgentConnected,
    AgentReleased,
    CallAnswered,
    CallEnded,
    MachineJudged,
    QueueGaveUp,
    QueueJoined,
    TalkDisposed,
)
from dialer.attempt import Attempt, Outcome
from dialer.campaign import Campaign, CampaignState
from dialer.lead import LeadState, NewLead
from dialer.machines import MachineRule, Then
from dialer.options import Options
from dialer.pacing.picture import Ledger
from dialer.rules.frequency import Kind
from dialer.ruling import Candidate
from simulator.unruled import Unruled
from storage import evidence
from storage.database import Database
from tests.integration.test_dialing import Office
from tests.unit.facts import PBX, at, fact


@pytest.fixture
def office(database: Database) -> Office:
    """A dialer in front of either database."""
    return Office(database)


async def _dialed(office: Office, rule: MachineRule | None) -> str:
    """One call of a campaign with this rule, answered; its id."""
    campaign = Campaign(
        id="c", name="c", queue="salida", country="CO", caller_number="5716001234",
        options=Options(machines=rule), created_at=office.now,
    )  # fmt: skip

    async def batches() -> AsyncIterator[list[NewLead]]:
        yield [NewLead(number="573000000001", name="", extra={})]

    office.open_shop("1001")
    await office.store.create(campaign)
    await office.store.add_leads("c", batches(), office.now)
    await office.dialing.set_state("c", CampaignState.RUNNING, "test")
    await office.dialing.turn()
    (order,) = office.line.orders
    assert order.judged == (rule is not None)
    office.put(
        fact(CallAnswered, 5, call_id=order.attempt_id),
        fact(QueueJoined, 5, call_id=order.attempt_id, queue="salida", position=1),
    )
    return order.attempt_id


def _judge(office: Office, call_id: str, verdict: str, seconds: float = 9.0) -> None:
    office.now = at(seconds)
    office.put(fact(MachineJudged, seconds, call_id=call_id, verdict=verdict, cause="x"))


async def _ended(office: Office, call_id: str) -> Attempt:
    office.put(fact(CallEnded, 20, call_id=call_id, cause=16, sip_code=0))
    office.now = at(20)
    await office.dialing.turn()
    attempt = await office.store.attempt(call_id)
    assert attempt is not None
    return attempt


def _ledger(office: Office) -> Ledger:
    return office.dialing.campaigns_in_hand()["c"].picture.ledger


def _talk(call_id: str) -> AgentConnected:
    return fact(AgentConnected, 5.1, call_id=call_id, queue="salida", agent="1001")


async def test_a_machine_is_hung_up_on_and_is_no_live_answer(office: Office) -> None:
    call_id = await _dialed(office, MachineRule(then=Then.HANG_UP))
    office.put(_talk(call_id))
    assert _ledger(office).live == 1
    _judge(office, call_id, "machine")
    await office.dialing.turn()
    assert office.line.hung_up == [call_id]
    attempt = await _ended(office, call_id)
    assert (attempt.outcome, attempt.machine) == (Outcome.MACHINE, "machine")
    assert office.outcomes() == ["machine"]
    ledger = _ledger(office)
    assert (ledger.live, ledger.abandoned, ledger.machines) == (0, 0, 1)
    assert await office.store.answered_since("c", at(-60)) == (0, 0, 1)
    # dialed again four hours later
    lead = await office.store.lead(attempt.lead_id)
    assert lead is not None
    assert (lead.state, lead.next_at) == (LeadState.WAITING, at(20 + 4 * 3600))


async def test_a_machine_gets_the_campaigns_message_and_the_agent_goes_on(office: Office) -> None:
    rule = MachineRule(then=Then.LEAVE_MESSAGE, message="machine_message")
    call_id = await _dialed(office, rule)
    office.put(_talk(call_id))
    _judge(office, call_id, "machine")
    await office.dialing.turn()
    assert office.line.messages == [(call_id, "machine_message")]
    (released,) = [one for one in office.facts if isinstance(one, AgentReleased)]
    assert (released.pbx, released.agent) == (PBX, "1001")
    assert (await _ended(office, call_id)).outcome is Outcome.MACHINE


async def test_an_agent_who_heard_a_person_after_all_has_the_last_word(
    office: Office, database: Database
) -> None:
    call_id = await _dialed(office, MachineRule(then=Then.HANG_UP))
    office.put(_talk(call_id))
    _judge(office, call_id, "machine")
    await office.dialing.turn()
    attempt = await _ended(office, call_id)
    office.put(fact(TalkDisposed, 21, call_id=call_id, agent="1001", disposition="not_interested"))
    await office.dialing.turn()
    lead = await office.store.lead(attempt.lead_id)
    assert lead is not None
    assert lead.state is LeadState.DONE
    # and counts as a contact for the caps
    candidate = Candidate(lead_id=lead.id, number=lead.number, zone="", attempts=1)
    judge = Unruled(office.dialing.campaigns_in_hand()["c"].campaign)
    seen = await database.read(lambda c: evidence.seen(c, "c", [candidate], judge, at(60)))
    assert [past.kind for past in seen[lead.id].past] == [Kind.CONTACT]


async def test_a_machine_that_nobody_was_there_for_is_not_abandoned(office: Office) -> None:
    call_id = await _dialed(office, MachineRule(then=Then.HANG_UP))
    office.put(fact(QueueGaveUp, 7, call_id=call_id, queue="salida", status="TIMEOUT"))
    assert (_ledger(office).live, _ledger(office).abandoned) == (1, 1)
    _judge(office, call_id, "machine")
    await office.dialing.turn()
    assert office.line.hung_up == [call_id]
    assert (await _ended(office, call_id)).outcome is Outcome.MACHINE
    ledger = _ledger(office)
    assert (ledger.live, ledger.abandoned, ledger.machines) == (0, 0, 1)
    assert await office.store.answered_since("c", at(-60)) == (0, 0, 1)


async def test_an_agent_who_keeps_a_machine_was_not_answered_by_a_person(office: Office) -> None:
    call_id = await _dialed(office, MachineRule())
    office.put(_talk(call_id))
    _judge(office, call_id, "machine")
    await office.dialing.turn()
    assert (office.line.hung_up, office.line.messages) == ([], [])
    attempt = await _ended(office, call_id)
    assert (attempt.outcome, attempt.machine) == (Outcome.CONNECTED, "machine")
    assert (_ledger(office).live, _ledger(office).machines) == (0, 0)
    assert await office.store.answered_since("c", at(-60)) == (0, 0, 0)


@pytest.mark.parametrize("verdict", ["human", "unsure"])
async def test_a_person_and_a_doubt_stay_live_answers(office: Office, verdict: str) -> None:
    call_id = await _dialed(office, MachineRule(then=Then.HANG_UP))
    office.put(_talk(call_id))
    _judge(office, call_id, verdict)
    await office.dialing.turn()
    assert office.line.hung_up == []
    attempt = await _ended(office, call_id)
    assert (attempt.outcome, attempt.machine) == (Outcome.CONNECTED, verdict)
    assert await office.store.answered_since("c", at(-60)) == (1, 0, 0)


async def test_a_campaign_without_the_option_has_nobody_listen(office: Office) -> None:
    call_id = await _dialed(office, None)
    office.put(_talk(call_id))
    attempt = await _ended(office, call_id)
    assert (attempt.outcome, attempt.machine) == (Outcome.CONNECTED, None)


@pytest.mark.parametrize(
    ("then", "share"), [(Then.TELL_AGENT, 0.0), (Then.HANG_UP, 0.035), (Then.LEAVE_MESSAGE, 0.035)]
)
async def test_who_is_ended_by_a_verdict_may_be_a_person_where_the_rules_count_that(
    office: Office, monkeypatch: pytest.MonkeyPatch, then: Then, share: float
) -> None:
    monkeypatch.setattr(Unruled, "estimates_people", True)
    await _dialed(office, MachineRule(then=then))
    assert _ledger(office).mistaken == share
