"""Who listens: leases that are renewed, and an end that nobody heard."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest

from agents import listening
from agents.listening import Listening, PhoneInUseError
from agents.roster import Roster
from calls.errors import CommandRefusedError, LinkDownError, SwitchError
from calls.events import (
    AgentConnected,
    AgentSignInAsked,
    CallEnded,
    Fact,
    QueueJoined,
    SupervisionEnded,
    SupervisionStarted,
)
from calls.switch import ListenIn, Mode
from calls.tracker import Tracker
from tests.unit.facts import CALL, FLOOR, arrived, at, fact, on_call


class _Phones:
    """Notes what is asked; `error` is raised by what speaks to a phone's channel."""

    def __init__(self) -> None:
        self.kept: list[str] = []
        self.hung_up: list[str] = []
        self.error: SwitchError | None = None
        self.asked = asyncio.Event()

    async def listen_in(self, order: ListenIn) -> None:
        return

    async def listen_otherwise(self, channel_id: str, mode: Mode) -> None:
        return

    async def keep(self, call_id: str, seconds: int) -> None:
        self.kept.append(call_id)
        self.asked.set()
        if self.error is not None:
            raise self.error

    async def hang_up(self, channel_id: str) -> None:
        self.hung_up.append(channel_id)
        self.asked.set()
        if self.error is not None:
            raise self.error


class _World:
    """A talk that a supervisor hears."""

    def __init__(self) -> None:
        self.phones, self.told = _Phones(), list[Fact]()
        self.tracker, roster = Tracker(), Roster(FLOOR)
        self.signing_in: set[str] = set()
        self.room = Listening(
            roster, self.tracker, self.phones, self.told.append, now=lambda: at(9),
            signs_in=self.signing_in.__contains__,
        )  # fmt: skip

    def happens(self, *facts: Fact) -> None:
        for one in facts:
            self.room.fold(self.tracker.apply(one))

    async def begin(self) -> str:
        """Let the phone of 1002 hear the talk; its channel."""
        self.happens(
            arrived(), on_call(QueueJoined, 2, queue="soporte", position=1),
            on_call(AgentConnected, 5, queue="soporte", agent="1001"),
        )  # fmt: skip
        return (await self.room.begin(CALL, "1002", Mode.LISTEN, "ana")).order.channel_id

    async def asked(self, times: int = 1) -> None:
        """Wait until the switch was asked something so often."""
        for _ in range(times):
            async with asyncio.timeout(60):
                await self.phones.asked.wait()
            self.phones.asked.clear()
            await asyncio.sleep(0)


STARTED = on_call(SupervisionStarted, 6, agent="1001", phone="1002", mode="listen", by="ana")


@pytest.fixture
async def world(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[_World]:
    monkeypatch.setattr(listening, "RENEW_SECONDS", 0.01)
    made = _World()
    running = asyncio.create_task(made.room.run())
    yield made
    running.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await running


async def test_a_lease_is_renewed_once_the_phone_has_answered(world: _World) -> None:
    channel = await world.begin()
    await asyncio.sleep(0.03)
    assert world.phones.kept == []
    world.happens(STARTED)
    await world.asked(2)
    assert set(world.phones.kept) == {channel}
    world.phones.error = LinkDownError("away")
    await world.asked(3)
    assert world.room.of(CALL) is not None, "the link may come back in time"


async def test_a_lease_is_renewed_though_others_come_and_go_all_the_time(
    world: _World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listening, "RENEW_SECONDS", 0.3)
    channel = await world.begin()
    world.happens(STARTED)

    async def comes_and_goes() -> None:
        while True:
            world.room._changed.set()
            await asyncio.sleep(0)

    others = asyncio.create_task(comes_and_goes())
    async with asyncio.timeout(20):
        await world.phones.asked.wait()
    others.cancel()
    assert world.phones.kept[:1] == [channel]


async def test_an_end_that_nobody_heard_is_told(world: _World) -> None:
    await world.begin()
    world.happens(STARTED)
    world.phones.error = CommandRefusedError("no such channel")
    await world.asked(2)
    assert world.room.of(CALL) is None
    (ended,) = world.told
    assert isinstance(ended, SupervisionEnded)
    assert (ended.agent, ended.phone, ended.mode, ended.by) == ("1001", "1002", "listen", "ana")


async def test_a_phone_that_answers_after_the_talk_is_let_go(world: _World) -> None:
    channel = await world.begin()
    world.happens(on_call(CallEnded, 6, cause=16, sip_code=0), STARTED)
    await world.asked()
    assert set(world.phones.hung_up) == {channel}


async def test_what_cannot_be_ended_is_not_renewed(world: _World) -> None:
    await world.begin()
    world.phones.error = LinkDownError("away")
    world.happens(STARTED, on_call(CallEnded, 6, cause=16, sip_code=0))
    await world.asked()
    await asyncio.sleep(0.03)
    assert world.room.of(CALL) is None


async def test_a_phone_whose_agent_signs_in_is_not_taken_to_listen(world: _World) -> None:
    world.signing_in.add("1002")
    with pytest.raises(PhoneInUseError):
        await world.begin()
    assert not world.room.uses("1002")


@pytest.mark.parametrize(
    "at_work",
    [
        fact(AgentSignInAsked, 7, agent="1002"),
        fact(AgentConnected, 7, call_id="other", queue="salida", agent="1002"),
    ],
)
async def test_a_phone_whose_agent_is_at_work_all_the_same_hears_no_more(
    world: _World, at_work: Fact
) -> None:
    channel = await world.begin()
    world.happens(STARTED, fact(AgentSignInAsked, 6, agent="1001"))
    assert world.room.uses("1002")
    world.happens(at_work)
    await world.asked()
    assert world.phones.hung_up == [channel]
