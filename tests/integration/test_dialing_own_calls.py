"""A call that one agent promised reaches that agent, before both databases, in virtual time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

import pytest

from agents.floor import own_queue
from agents.states import AgentState
from calls.events import (
    AgentConnected,
    AgentOffered,
    AgentReleased,
    CallAnswered,
    CallDialed,
    QueueJoined,
    WrapUpEnded,
    WrapUpStarted,
)
from dialer.attempt import Outcome
from dialer.callbacks import Standing
from dialer.ruling import Candidate, Ruling, Seen
from simulator.unruled import Unruled
from storage.database import Database
from tests.integration.test_dialing_callbacks import ONCE, Shift, Waits, _lead_ids, _promise
from tests.unit.facts import at, fact


@pytest.fixture
async def office(database: Database) -> Shift:
    """Two agents are free, one lead is promised to the second of them at ten minutes."""
    office = Shift(database)
    office.open_shop("1001", "1002")
    await office.campaign(1, ONCE)
    office.dialing.campaigns_in_hand()["c"].pacing = Waits()
    (lead_id,) = await _lead_ids(office, 1)
    await _promise(office, lead_id, at(600), agent="1002")
    return office


def _state(office: Shift, number: str) -> AgentState:
    agent = office.roster.get(number)
    assert agent is not None
    return agent.state


def _talks(office: Shift, call_id: str, queue: str, agent: str, second: float) -> None:
    office.put(
        fact(CallDialed, second, call_id=call_id),
        fact(CallAnswered, second + 1, call_id=call_id),
        fact(QueueJoined, second + 1, call_id=call_id, queue=queue, position=1),
        fact(AgentOffered, second + 1, call_id=call_id, queue=queue, agent=agent),
        fact(AgentConnected, second + 1, call_id=call_id, queue=queue, agent=agent),
    )


async def test_it_goes_to_the_agents_own_queue_and_to_nobody_else(office: Shift) -> None:
    await office.play(601)
    (order,) = office.line.orders
    assert order.queue == own_queue("1002")
    agent = office.roster.get("1002")
    assert agent is not None
    assert (agent.state, agent.call_id) == (AgentState.RESERVED, order.attempt_id)
    assert _state(office, "1001") is AgentState.READY
    assert office.phones.told == [
        ("1002", "pause reserved"),
        ("1002", "leave own_1002"),
        ("1002", "join own_1002"),
    ]
    picture = office.dialing.campaigns_in_hand()["c"].picture
    assert set(picture.ready) == {"1001"}
    assert picture.under_way == 0, "it asks for nobody whom the policy counts on"
    _talks(office, order.attempt_id, order.queue, "1002", 605)
    assert _state(office, "1002") is AgentState.TALKING
    assert (picture.ledger.live, picture.ledger.abandoned) == (1, 0)
    (kept,) = (await office.store.callbacks("c")).callbacks
    assert kept.callback.standing(office.now) is Standing.KEPT


async def test_who_is_not_reached_gives_the_agent_back(office: Shift) -> None:
    await office.play(630)
    assert office.outcomes() == [Outcome.NO_ANSWER]
    assert _state(office, "1002") is AgentState.READY
    assert office.phones.told[-2:] == [("1002", "leave own_1002"), ("1002", "pause")]


async def test_who_answers_and_meets_nobody_was_abandoned(office: Shift) -> None:
    await office.play(601)
    (order,) = office.line.orders
    office.put(
        fact(CallDialed, 602, call_id=order.attempt_id),
        fact(CallAnswered, 603, call_id=order.attempt_id),
    )
    office.end(order.attempt_id, 16, 200)
    await office.dialing.turn()
    ledger = office.dialing.campaigns_in_hand()["c"].picture.ledger
    assert (ledger.live, ledger.abandoned) == (1, 1)
    assert office.outcomes() == [Outcome.ABANDONED]
    assert _state(office, "1002") is AgentState.READY


async def test_an_agent_who_talks_is_kept_from_the_end_of_the_wrap_up_on(office: Shift) -> None:
    office.dialing.campaigns_in_hand()["c"].pacing = Waits()
    _talks(office, "earlier", "salida", "1002", 500)
    await office.play(620)
    assert office.line.orders == []
    office.put(
        fact(AgentReleased, 640, call_id="earlier", queue="salida", agent="1002",
             ended_by="agent"),
        fact(WrapUpStarted, 640, call_id="earlier", agent="1002", until=at(650)),
    )  # fmt: skip
    office.now = at(645)
    agent = office.roster.get("1002")
    assert agent is not None
    office.put(fact(WrapUpEnded, 645, call_id="earlier", agent="1002", how="agent"))
    assert await office.keeper.claimed(agent)
    assert _state(office, "1002") is AgentState.RESERVED
    assert office.phones.told == [("1002", "pause reserved")], "never unpaused in between"
    await office.play(646)
    (order,) = office.line.orders
    assert order.queue == own_queue("1002")


async def test_nobody_is_owed_an_agent_before_the_time_and_after_the_call(office: Shift) -> None:
    await office.play(590)
    assert office.dialing.claim("1002") is None
    assert office.dialing.claim("1001") is None
    await office.play(601)
    assert len(office.line.orders) == 1
    assert office.dialing.claim("1002") is None


async def test_rules_that_forbid_it_give_the_agent_back_and_it_is_tried_again(
    office: Shift,
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

    running = office.dialing.campaigns_in_hand()["c"]
    running.judge = Forbids(running.campaign)
    await office.play(620)
    assert office.line.orders == []
    assert _state(office, "1002") is AgentState.READY
    assert office.phones.told[-1] == ("1002", "pause")
    await office.play(901)
    (order,) = office.line.orders
    assert order.queue == own_queue("1002")


async def test_two_promises_of_one_agent_are_made_one_after_the_other(database: Database) -> None:
    office = Shift(database)
    office.open_shop("1001", "1002")
    await office.campaign(2, ONCE)
    office.dialing.campaigns_in_hand()["c"].pacing = Waits()
    for lead_id in await _lead_ids(office, 2):
        await _promise(office, lead_id, at(600), agent="1002")
    await office.play(610)
    assert [order.queue for order in office.line.orders] == [own_queue("1002")]
    await office.play(640)
    assert [order.queue for order in office.line.orders] == [own_queue("1002")] * 2
    assert {order.number for order in office.line.orders} == {"573000000000", "573000000001"}
