"""A caller who waits for one agent: kept, met, let go, and never left alone."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from agents.desk import Desk, NotNowError
from agents.floor import own_queue
from agents.preferred import Preferred
from agents.roster import AgentStatus, Roster
from agents.states import AgentState
from calls.errors import CallGoneError
from calls.events import (
    AgentConnected,
    AgentDeviceChanged,
    AgentFreed,
    AgentMissed,
    AgentOffered,
    AgentPaused,
    AgentReadied,
    AgentReleased,
    AgentReserved,
    AgentSignInAsked,
    AttemptStarted,
    CallAnswered,
    CallArrived,
    CallEnded,
    Fact,
    QueueJoined,
    QueueLeft,
    SnapshotTaken,
    WrapUpEnded,
    WrapUpStarted,
)
from calls.tracker import Tracker
from tests.integration.test_dialing import Phones
from tests.unit.facts import FLOOR, at, fact

ANA, OWN = "1001", own_queue("1001")


class Shop:
    """One desk whose facts travel at once; agent 1001 is ready, call x is in the menu."""

    def __init__(self) -> None:
        self.seconds = 10.0
        self.roster, self.tracker, self.phones = Roster(FLOOR), Tracker(), Phones()
        self.told: list[Fact] = []
        self.sent_on: list[str] = []
        self.went_on = asyncio.Event()
        self.gone = False
        self.desk = Desk(FLOOR, self.roster, self.phones, self.put, now=lambda: at(self.seconds))
        self.preferred = Preferred(
            self.desk.keeper, self.roster, self.tracker, self._send_on,
            now=lambda: at(self.seconds),
        )  # fmt: skip
        self.desk.keeper.claim = self.preferred.claim
        self.happens(AgentSignInAsked, agent=ANA)
        self.happens(AgentReadied, agent=ANA)
        self.happens(AgentDeviceChanged, agent=ANA, queue="soporte", status=1, paused=False,
                     pause_reason="")  # fmt: skip
        self.comes("x")
        self.phones.told.clear()

    async def _send_on(self, call_id: str) -> None:
        if self.gone:
            raise CallGoneError("gone")
        self.sent_on.append(call_id)
        self.went_on.set()

    def put(self, *facts: Fact) -> None:
        """Everyone hears of it at once."""
        for one in facts:
            self.told.append(one)
            change = self.tracker.apply(one)
            self.roster.fold(change)
            self.preferred.fold(change)
            self.desk.fold(change)

    def happens(self, kind: type[Fact], **fields: Any) -> None:
        """Now."""
        self.put(fact(kind, self.seconds, **fields))

    def comes(self, call: str) -> None:
        """A caller, before any queue."""
        self.happens(CallArrived, call_id=call, number_called="0800", caller_number="1")
        self.happens(CallAnswered, call_id=call)

    def talks(self, call: str = "t") -> None:
        """Agent 1001 has somebody else."""
        self.comes(call)
        self.happens(QueueJoined, call_id=call, queue="soporte", position=1)
        self.happens(AgentConnected, call_id=call, queue="soporte", agent=ANA)

    def releases(self, call: str = "t") -> None:
        """And is writing it up."""
        self.happens(AgentReleased, call_id=call, queue="soporte", agent=ANA, ended_by="customer")
        self.happens(WrapUpStarted, call_id=call, agent=ANA, until=at(self.seconds + 10))

    def joins(self, call: str = "x", queue: str = OWN) -> None:
        """The caller was sent to the own queue."""
        self.happens(QueueJoined, call_id=call, queue=queue, position=1)

    @property
    def agent(self) -> AgentStatus:
        """1001."""
        found = self.roster.get(ANA)
        assert found is not None
        return found

    async def offer(self, call: str = "x", seconds: float = 30) -> bool:
        """For half a minute."""
        until = at(self.seconds) + timedelta(seconds=seconds)
        return await self.preferred.offer(call, ANA, until)


@pytest.fixture
def shop() -> Shop:
    return Shop()


async def test_a_free_agent_is_kept_for_the_caller(shop: Shop) -> None:
    assert await shop.offer()
    assert (shop.agent.state, shop.agent.call_id) == (AgentState.RESERVED, "x")
    assert (shop.agent.campaign_id, shop.agent.lead_id) == ("", None)
    assert shop.agent.reserved_until == at(40)
    assert shop.phones.told == [
        (ANA, "pause reserved"), (ANA, f"leave {OWN}"), (ANA, f"join {OWN}"),
    ]  # fmt: skip
    with pytest.raises(NotNowError):
        await shop.desk.pause(ANA, "descanso")


async def test_nobody_else_has_the_agent_meanwhile(shop: Shop) -> None:
    assert await shop.offer()
    assert not await shop.offer()
    shop.comes("y")
    assert not await shop.offer("y")
    assert not await shop.desk.keeper.reserve(ANA, campaign_id="c", lead_id=7, until=at(40))


async def test_one_who_is_away_or_about_to_be_is_not_offered(shop: Shop) -> None:
    assert not await shop.preferred.offer("x", "999", at(40))
    assert not await shop.preferred.offer("x", "1002", at(40))
    shop.talks()
    shop.happens(AgentPaused, agent=ANA, reason="descanso")
    assert not await shop.offer()


async def test_the_talk_ends_the_offer_and_frees_nobody(shop: Shop) -> None:
    await shop.offer()
    shop.joins()
    shop.happens(AgentOffered, call_id="x", queue=OWN, agent=ANA)
    shop.happens(AgentConnected, call_id="x", queue=OWN, agent=ANA)
    shop.phones.told.clear()
    shop.seconds = 100
    await shop.preferred.look()
    assert shop.agent.state is AgentState.TALKING
    assert (shop.phones.told, shop.sent_on) == ([], [])


@pytest.mark.parametrize("kind", [CallEnded, QueueLeft])
async def test_a_caller_who_gives_up_frees_the_agent(shop: Shop, kind: type[Fact]) -> None:
    await shop.offer()
    shop.joins()
    how = {"cause": 16, "sip_code": 0} if kind is CallEnded else {"queue": OWN}
    shop.happens(kind, call_id="x", **how)
    await shop.preferred.look()
    assert shop.agent.state is AgentState.READY
    assert shop.phones.told[-2:] == [(ANA, f"leave {OWN}"), (ANA, "pause")]
    assert shop.sent_on == []


async def test_to_leave_another_queue_is_no_giving_up(shop: Shop) -> None:
    shop.joins(queue="soporte")
    await shop.offer()
    shop.happens(QueueLeft, call_id="x", queue="soporte")
    await shop.preferred.look()
    assert shop.agent.state is AgentState.RESERVED


async def test_when_the_time_is_over_the_caller_goes_on_and_the_agent_is_free(shop: Shop) -> None:
    await shop.offer()
    shop.joins()
    shop.seconds = 41
    await shop.preferred.look()
    assert (shop.agent.state, shop.sent_on) == (AgentState.READY, ["x"])


async def test_the_desks_clock_may_be_first(shop: Shop) -> None:
    await shop.offer()
    shop.joins()
    shop.seconds = 41
    await shop.desk.keeper.free(ANA, "clock")
    # and somebody else may have the agent by then
    assert await shop.desk.keeper.reserve(ANA, campaign_id="c", lead_id=7, until=at(60))
    await shop.preferred.look()
    assert (shop.agent.state, shop.agent.campaign_id) == (AgentState.RESERVED, "c")
    assert shop.sent_on == ["x"]


async def test_a_phone_that_rings_when_the_time_is_over_rings_on(shop: Shop) -> None:
    await shop.offer()
    shop.joins()
    shop.happens(AgentOffered, call_id="x", queue=OWN, agent=ANA)
    shop.seconds = 41
    await shop.preferred.look()
    assert shop.sent_on == []
    shop.happens(AgentMissed, call_id="x", queue=OWN, agent=ANA)
    await shop.preferred.look()
    assert (shop.agent.state, shop.sent_on) == (AgentState.READY, ["x"])
    assert shop.phones.told[-2:] == [(ANA, f"leave {OWN}"), (ANA, "pause")]


async def test_a_busy_agent_is_kept_when_the_wrap_up_is_over(shop: Shop) -> None:
    shop.talks()
    assert await shop.offer()
    shop.joins()
    assert shop.phones.told == []
    shop.releases()
    await shop.desk.wrap_up(ANA, "")
    await shop.preferred.look()
    assert (shop.agent.state, shop.agent.call_id) == (AgentState.RESERVED, "x")
    assert shop.phones.told == [
        (ANA, "pause reserved"), (ANA, f"leave {OWN}"), (ANA, f"join {OWN}"),
    ]  # fmt: skip


async def test_a_busy_agent_who_takes_too_long_is_waited_for_no_more(shop: Shop) -> None:
    shop.talks()
    await shop.offer()
    shop.joins()
    shop.seconds = 41
    await shop.preferred.look()
    assert (shop.agent.state, shop.sent_on) == (AgentState.TALKING, ["x"])
    assert shop.preferred.claim(ANA) is None


async def test_a_busy_agent_who_wants_a_pause_is_waited_for_no_more(shop: Shop) -> None:
    shop.talks()
    await shop.offer()
    shop.joins()
    shop.happens(AgentPaused, agent=ANA, reason="descanso")
    await shop.preferred.look()
    assert shop.sent_on == ["x"]


async def test_one_who_was_free_without_a_claim_is_kept_all_the_same(shop: Shop) -> None:
    shop.talks()
    await shop.offer()
    shop.releases()
    shop.happens(WrapUpEnded, call_id="t", agent=ANA, how="clock")
    await shop.preferred.look()
    assert (shop.agent.state, shop.agent.call_id) == (AgentState.RESERVED, "x")


async def test_nobody_is_left_in_an_own_queue_without_an_offer(shop: Shop) -> None:
    shop.joins()
    await shop.preferred.look()
    assert shop.sent_on == ["x"]
    shop.happens(
        SnapshotTaken, asked_at=at(20), first_after_connect=True, channels=(), members=(),
        waiting=((OWN, "x", 1),), lines_up=frozenset(), talking=(),
    )  # fmt: skip
    await shop.preferred.look()
    assert shop.sent_on == ["x", "x"]


async def test_a_dialed_call_in_an_own_queue_is_none_of_this(shop: Shop) -> None:
    shop.happens(AttemptStarted, call_id="attempt-1", campaign_id="c", lead_id=7, number_called="5")
    shop.happens(CallAnswered, call_id="attempt-1")
    shop.joins("attempt-1")
    await shop.preferred.look()
    assert shop.sent_on == []


async def test_a_caller_who_is_gone_is_only_noted(shop: Shop) -> None:
    shop.gone = True
    shop.joins()
    await shop.preferred.look()
    assert shop.sent_on == []


async def test_an_offer_cut_short_by_the_callers_end_keeps_nobody(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The dialogue is cancelled while the agent is being kept, and nobody has heard of that yet."""
    told, answer, heard = shop.phones.told, asyncio.Event(), asyncio.Event()
    waiting: list[Fact] = []

    async def pause(agent: str, reason: str, *, held: bool) -> None:
        told.append((agent, f"pause {reason}"))
        heard.set()
        await answer.wait()

    monkeypatch.setattr(shop.phones, "pause", pause)
    monkeypatch.setattr(shop.desk.keeper, "_put", waiting.append)
    async with asyncio.timeout(60):
        offering = asyncio.create_task(shop.offer())
        await heard.wait()
        shop.happens(CallEnded, call_id="x", cause=16, sip_code=0)
        offering.cancel()
        with pytest.raises(asyncio.CancelledError):
            await offering
        answer.set()
        await shop.preferred.look()
    assert [type(one) for one in waiting] == [AgentReserved, AgentFreed]
    monkeypatch.undo()
    shop.put(*waiting)
    assert shop.agent.state is AgentState.READY
    assert told[-1] == (ANA, "pause ")
    assert await shop.offer("y"), "and may be kept for the next"


async def test_it_runs_by_facts_and_by_the_clock(shop: Shop) -> None:
    async with asyncio.timeout(60):
        running = asyncio.create_task(shop.preferred.run())
        await shop.offer(seconds=0.05)
        shop.joins()
        shop.seconds += 0.06
        await shop.went_on.wait()
        assert shop.agent.state is AgentState.READY
        kept = [one for one in shop.told if isinstance(one, AgentReserved)]
        assert [one.attempt_id for one in kept] == ["", "x"]
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
