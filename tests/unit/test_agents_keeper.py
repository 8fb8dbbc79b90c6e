"""Agents who are kept for one lead: nobody else gets them, and nobody keeps them for ever."""

from __future__ import annotations

from datetime import timedelta

import pytest

from agents.desk import Desk, NotNowError
from agents.floor import own_queue
from agents.keeper import Claim
from agents.roster import Roster
from agents.settle import after_change, after_snapshot
from agents.states import AgentState
from calls.events import (
    AgentConnected,
    AgentDeviceChanged,
    AgentFreed,
    AgentLineUp,
    AgentReadied,
    AgentReserved,
    AgentSignInAsked,
    Fact,
    MemberSeen,
    SnapshotTaken,
)
from calls.tracker import Change
from tests.integration.test_dialing import Phones
from tests.unit.facts import FLOOR, at, fact

ANA = "1001"


class Shop:
    """One desk whose facts travel at once; agent 1001 is ready."""

    def __init__(self) -> None:
        self.seconds = 10.0
        self.roster = Roster(FLOOR)
        self.phones = Phones()
        self.told: list[Fact] = []
        self.desk = Desk(FLOOR, self.roster, self.phones, self.put, now=lambda: at(self.seconds))
        self.put(
            fact(AgentSignInAsked, 0, agent=ANA),
            fact(AgentLineUp, 0, agent=ANA),
            fact(AgentReadied, 1, agent=ANA),
            fact(AgentDeviceChanged, 1, agent=ANA, queue="salida", status=1, paused=False,
                 pause_reason=""),
        )  # fmt: skip
        self.told.clear()

    def put(self, *facts: Fact) -> None:
        """Everyone hears of it at once."""
        for one in facts:
            self.told.append(one)
            change = Change(one)
            self.roster.fold(change)
            self.desk.fold(change)

    @property
    def state(self) -> AgentState:
        """Of agent 1001."""
        agent = self.roster.get(ANA)
        assert agent is not None
        return agent.state

    async def reserve(self) -> bool:
        """For lead 7 of campaign c, for half a minute."""
        until = at(self.seconds) + timedelta(seconds=30)
        return await self.desk.keeper.reserve(ANA, campaign_id="c", lead_id=7, until=until)

    async def expect(self) -> None:
        """The call is about to leave."""
        await self.desk.keeper.expect(
            ANA, campaign_id="c", lead_id=7, attempt_id="attempt-1", until=at(60)
        )


@pytest.fixture
def shop() -> Shop:
    return Shop()


def _seen(*members: MemberSeen, second: float = 20) -> SnapshotTaken:
    return fact(
        SnapshotTaken, second, asked_at=at(second), first_after_connect=False, channels=(),
        members=members, waiting=(), lines_up=frozenset({ANA}), talking=(),
    )  # fmt: skip


def _member(queue: str, reason: str) -> MemberSeen:
    return MemberSeen(agent=ANA, queue=queue, status=1, paused=bool(reason), pause_reason=reason)


async def test_only_a_free_agent_is_kept_and_only_once(shop: Shop) -> None:
    assert await shop.reserve()
    agent = shop.roster.get(ANA)
    assert agent is not None
    assert (agent.state, agent.campaign_id, agent.lead_id) == (AgentState.RESERVED, "c", 7)
    assert agent.reserved_until == at(40)
    assert shop.phones.told == [(ANA, "pause reserved")]
    assert not await shop.reserve()
    assert not await shop.desk.keeper.reserve("999", campaign_id="c", lead_id=7, until=at(40))


async def test_a_fact_that_has_not_come_round_keeps_others_off(shop: Shop) -> None:
    waiting: list[Fact] = []
    desk = Desk(FLOOR, shop.roster, shop.phones, waiting.append, now=lambda: at(10))
    keeper = desk.keeper
    assert await keeper.reserve(ANA, campaign_id="c", lead_id=7, until=at(40))
    assert not await keeper.reserve(ANA, campaign_id="d", lead_id=8, until=at(40))
    assert [one.campaign_id for one in waiting if isinstance(one, AgentReserved)] == ["c"]


async def test_who_is_freed_before_it_has_come_round_that_they_are_kept(shop: Shop) -> None:
    waiting: list[Fact] = []
    keeper = Desk(FLOOR, shop.roster, shop.phones, waiting.append, now=lambda: at(10)).keeper
    assert await keeper.reserve(ANA, campaign_id="", lead_id=0, until=at(40))
    await keeper.free(ANA, "no_talk")
    assert [type(one) for one in waiting] == [AgentReserved, AgentFreed]
    shop.put(*waiting)
    assert shop.state is AgentState.READY


async def test_who_is_freed_takes_calls_again(shop: Shop) -> None:
    await shop.reserve()
    await shop.desk.keeper.free(ANA, "skipped")
    assert shop.state is AgentState.READY
    (freed,) = [one for one in shop.told if isinstance(one, AgentFreed)]
    assert freed.how == "skipped"
    assert shop.phones.told[-2:] == [(ANA, "leave own_1001"), (ANA, "pause")]


async def test_a_talk_is_not_ended_by_being_freed(shop: Shop) -> None:
    await shop.reserve()
    shop.put(fact(AgentConnected, 11, call_id="x", queue="soporte", agent=ANA))
    shop.phones.told.clear()
    await shop.desk.keeper.free(ANA, "no_talk")
    assert shop.state is AgentState.TALKING
    assert shop.phones.told == []


async def test_nobody_walks_away_from_a_call_that_is_theirs_alone(shop: Shop) -> None:
    await shop.reserve()
    await shop.expect()
    with pytest.raises(NotNowError):
        await shop.desk.pause(ANA, "descanso")
    with pytest.raises(NotNowError):
        await shop.desk.sign_out(ANA)


async def test_who_looks_at_a_lead_may_take_a_break(shop: Shop) -> None:
    await shop.reserve()
    await shop.desk.pause(ANA, "descanso")
    assert shop.state is AgentState.PAUSED


async def test_the_end_of_a_pause_goes_to_whom_the_agent_is_owed(shop: Shop) -> None:
    shop.desk.keeper.claim = lambda number: Claim(campaign_id="c", lead_id=7, until=at(40))
    await shop.desk.pause(ANA, "descanso")
    shop.phones.told.clear()
    await shop.desk.ready(ANA)
    assert shop.state is AgentState.RESERVED
    assert shop.phones.told == [(ANA, "pause reserved")]


def test_the_talk_ends_the_membership_of_the_own_queue(shop: Shop) -> None:
    own = own_queue(ANA)
    connected = fact(AgentConnected, 11, call_id="x", queue=own, agent=ANA)
    shop.put(connected)
    (order,) = after_change(FLOOR, shop.roster, Change(connected))
    assert (order.pause, order.leave) == ("wrap_up", (own,))


async def test_a_snapshot_leaves_a_call_under_way_alone_and_clears_what_is_left(
    shop: Shop,
) -> None:
    own = own_queue(ANA)
    paused = [_member(queue, "reserved") for queue in ("soporte", "salida")]
    await shop.reserve()
    await shop.expect()
    seen = _seen(*paused, _member(own, ""))
    assert after_snapshot(FLOOR, shop.roster, seen) == []
    await shop.desk.keeper.free(ANA, "no_talk")
    ready = [_member(queue, "") for queue in ("soporte", "salida")]
    (order,) = after_snapshot(FLOOR, shop.roster, _seen(*ready, _member(own, "")))
    assert (order.leave, order.pause) == ((own,), None)


async def test_the_pause_of_who_is_kept_is_restored(shop: Shop) -> None:
    await shop.reserve()
    members = [_member(queue, "") for queue in ("soporte", "salida")]
    (order,) = after_snapshot(FLOOR, shop.roster, _seen(*members))
    assert order.pause == "reserved"


def test_own_queues_are_queues_of_the_floor() -> None:
    queue = FLOOR.queue(own_queue(ANA))
    assert queue is not None
    assert (queue.wrap_up_seconds, queue.announce_position_seconds) == (10, 0)
    assert FLOOR.queue(own_queue("9999")) is None
    assert [one.name for one in FLOOR.own_queues()] == ["own_1001", "own_1002", "own_1003"]
