"""The desk hears changes in batches: the roster is ahead of it, and what it tells comes later."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from agents.desk import Desk, NotNowError, PhoneListensError
from agents.keeper import Claim
from agents.roster import Roster
from agents.states import AgentState
from calls.errors import (
    CallGoneError,
    CommandRefusedError,
    LinkDownError,
    OutcomeUnknownError,
    SwitchError,
)
from calls.events import (
    AgentCodeDialed,
    AgentConnected,
    AgentDeviceChanged,
    AgentLineDown,
    AgentLineUp,
    AgentMissed,
    AgentOffered,
    AgentPaused,
    AgentReadied,
    AgentReleased,
    AgentReserved,
    AgentSignedOut,
    AgentSignInAsked,
    CallEnded,
    EndAsked,
    EndNotTaken,
    Fact,
    WrapUpEnded,
    WrapUpStarted,
)
from calls.feed import Feed
from calls.tracker import Change
from tests.unit.facts import CALL, FLOOR, at, fact, on_call

ANA: dict[str, Any] = {"agent": "1001"}
TALK: dict[str, Any] = {"queue": "soporte", "agent": "1001"}


def _free(queue: str) -> AgentDeviceChanged:
    return fact(
        AgentDeviceChanged, 6, agent="1001", queue=queue, status=1, paused=False, pause_reason=""
    )


class Phones:
    """A switch that takes every command and does nothing."""

    def __init__(self) -> None:
        self.error: SwitchError | None = None
        self.told: asyncio.Queue[str] = asyncio.Queue()
        self.ended: list[tuple[str, str]] = []
        self.rung: list[str] = []
        self.pauses: list[str] = []

    async def tell_agent(self, channel_id: str, prompt: str) -> None:
        """See `calls.switch.AgentPhones`."""
        self.told.put_nowait(prompt)

    async def ring_agent(self, agent: str) -> None:
        """See `calls.switch.AgentPhones`."""
        self.rung.append(agent)

    async def hold_line(self, agent: str, channel_id: str) -> None:
        """See `calls.switch.AgentPhones`."""

    async def release_agent(self, agent: str) -> None:
        """See `calls.switch.AgentPhones`."""

    async def join_queue(self, agent: str, queue: str, *, held: bool, paused: str) -> None:
        """See `calls.switch.AgentPhones`."""

    async def leave_queue(self, agent: str, queue: str, *, held: bool) -> None:
        """See `calls.switch.AgentPhones`."""

    async def pause(self, agent: str, reason: str, *, held: bool) -> None:
        """See `calls.switch.AgentPhones`."""
        self.pauses.append(reason)

    async def hang_up(self, channel_id: str) -> None:
        """See `calls.switch.AgentPhones`."""
        if self.error is not None:
            raise self.error
        self.ended.append(("hung up", channel_id))

    async def end_talk(self, call_id: str) -> None:
        """See `calls.switch.AgentPhones`."""
        self.ended.append(("talk over", call_id))


class Floor:
    """Roster and desk on a feed whose facts wait, as before a journal, until they are carried."""

    def __init__(self) -> None:
        self.phones = Phones()
        self.roster = Roster(FLOOR)
        #: told by the desk, and heard by nobody yet
        self.waiting: list[Fact] = []
        self.seconds = 0.0
        self.desk = Desk(
            FLOOR, self.roster, self.phones, self.waiting.append, now=lambda: at(self.seconds)
        )
        self._feed = Feed()
        self._feed.fold(self.roster.fold)
        self._feed.fold(self.desk.fold)
        self.listener = self._feed.listen("desk")

    async def happen(self, *facts: Fact) -> list[Fact]:
        """All of these in one batch; what the desk tells when it has heard the last of them."""
        # the answer to a phone nobody knows shows that everything before it was dealt with
        stranger = fact(AgentCodeDialed, 0, agent="999", code="*22", channel_id="c")
        for one in (*facts, stranger):
            self._feed.publish(Change(one))
        async with asyncio.timeout(60):
            assert await self.phones.told.get() == "agent_not_known"
        return list(self.waiting)

    def publish(self, one: Fact) -> None:
        """One fact; what comes of it is for whoever asks to wait for."""
        self._feed.publish(Change(one))

    async def carry(self) -> list[Fact]:
        """Everyone hears what the desk told; what it tells then."""
        facts = list(self.waiting)
        self.waiting.clear()
        return await self.happen(*facts)

    def state(self) -> AgentState:
        """Of agent 1001."""
        agent = self.roster.get("1001")
        assert agent is not None
        return agent.state


@pytest.fixture
async def floor() -> AsyncIterator[Floor]:
    floor = Floor()
    running = asyncio.create_task(floor.desk.run(floor.listener))
    yield floor
    running.cancel()
    await asyncio.wait({running})


@pytest.fixture
async def ready(floor: Floor) -> Floor:
    """Agent 1001 is signed in and ready."""
    await floor.happen(fact(AgentSignInAsked, 0, **ANA), fact(AgentLineUp, 1, **ANA))
    await floor.happen(fact(AgentReadied, 6, **ANA))
    assert floor.state() is AgentState.READY
    return floor


def _kinds(facts: list[Fact]) -> list[type[Fact]]:
    return [type(one) for one in facts]


async def test_a_release_and_the_calls_end_in_one_batch_begin_one_wrap_up(ready: Floor) -> None:
    await ready.happen(on_call(AgentConnected, 10, **TALK))
    told = await ready.happen(
        on_call(AgentReleased, 60, **TALK, ended_by="customer"),
        on_call(CallEnded, 60.1, cause=16, sip_code=0),
    )
    (started,) = told
    assert isinstance(started, WrapUpStarted)
    assert started.until == at(70)
    # nor when the end comes while the wrap-up is still on its way
    assert await ready.happen(on_call(CallEnded, 60.2, cause=16, sip_code=0)) == [started]


async def test_the_next_call_gets_a_wrap_up_of_its_own(ready: Floor) -> None:
    await ready.happen(on_call(AgentConnected, 10, **TALK))
    await ready.happen(on_call(AgentReleased, 60, **TALK, ended_by="customer"))
    other = {**TALK, "call_id": "another"}
    told = await ready.happen(
        fact(AgentConnected, 61, **other), fact(AgentReleased, 62, **other, ended_by="customer")
    )
    assert [one.call_id for one in told if isinstance(one, WrapUpStarted)] == [CALL, "another"]


async def test_an_agent_whom_two_queues_show_as_free_is_ready_once(floor: Floor) -> None:
    """Trap 17: Asterisk tells each change once per queue of the agent."""
    await floor.happen(fact(AgentSignInAsked, 0, **ANA), fact(AgentLineUp, 1, **ANA))
    assert _kinds(await floor.happen(_free("soporte"), _free("salida"))) == [AgentReadied]


async def test_a_pause_put_off_during_an_offer_is_told_once(ready: Floor) -> None:
    await ready.happen(on_call(AgentOffered, 10, **TALK))
    await ready.happen(fact(AgentPaused, 11, **ANA, reason="almuerzo"))
    told = await ready.happen(on_call(AgentMissed, 12, **TALK), _free("soporte"), _free("salida"))
    assert _kinds(told) == [AgentPaused]


async def test_a_phone_that_hangs_up_is_signed_out_once(ready: Floor) -> None:
    """Asterisk tells it twice: the channel's end, and the agent's log-off."""
    told = await ready.happen(
        fact(AgentLineDown, 20, **ANA, reason="phone_hung_up"),
        fact(AgentLineDown, 20, **ANA, reason="line_released"),
    )
    (gone,) = told
    assert isinstance(gone, AgentSignedOut)
    assert gone.reason == "phone_hung_up"


async def test_a_wrap_up_ends_once_whoever_ends_it(ready: Floor) -> None:
    await ready.happen(on_call(AgentConnected, 10, **TALK))
    await ready.happen(on_call(AgentReleased, 60, **TALK, ended_by="customer"))
    ready.seconds = 65
    await ready.carry()
    assert ready.state() is AgentState.WRAPPING_UP
    await ready.desk.wrap_up("1001", "resuelto")
    ready.seconds = 75
    with pytest.raises(NotNowError):
        await ready.desk.wrap_up("1001", "otra vez")
    (ended,) = await ready.happen()
    assert isinstance(ended, WrapUpEnded)
    assert ended.disposition == "resuelto"
    await ready.carry()
    assert ready.state() is AgentState.READY


async def test_the_clock_ends_a_wrap_up_that_nobody_ended(ready: Floor) -> None:
    await ready.happen(on_call(AgentConnected, 10, **TALK))
    await ready.happen(on_call(AgentReleased, 60, **TALK, ended_by="customer"))
    ready.seconds = 75
    await ready.carry()
    (ended,) = await ready.happen()
    assert isinstance(ended, WrapUpEnded)
    assert ended.how == "clock"
    assert await ready.carry() == []
    assert ready.state() is AgentState.READY


async def test_an_agent_ends_the_talk_of_a_caller_and_the_call_of_who_was_called(
    ready: Floor,
) -> None:
    """The caller may have something to come after the talk; a called person has not."""
    for call_id, end in (("call-1", "talk over"), ("attempt-1", "hung up")):
        talk = {**ANA, "queue": "soporte"}
        await ready.happen(fact(AgentConnected, 10, call_id=call_id, **talk))
        await ready.desk.end_call("1001")
        assert ready.phones.ended[-1] == (end, call_id)
        asked = [one for one in await ready.happen() if isinstance(one, EndAsked)]
        assert (asked[-1].call_id, asked[-1].by) == (call_id, "agent")


@pytest.mark.parametrize("call_id", ["call-1", "attempt-1"])
async def test_what_is_said_of_a_talk_once_the_clock_has_ended_its_wrap_up_is_refused(
    ready: Floor, call_id: str
) -> None:
    talk = {"call_id": call_id, **TALK}
    await ready.happen(fact(AgentConnected, 10, **talk))
    await ready.happen(fact(AgentReleased, 60, **talk, ended_by="customer"))
    ready.seconds = 75
    told = await ready.carry()
    assert _kinds(told) == [WrapUpEnded], "told by the clock, and not heard yet"
    assert ready.state() is AgentState.WRAPPING_UP
    with pytest.raises(NotNowError):
        await ready.desk.wrap_up("1001", "venta")
    await ready.desk.ready("1001")
    assert ready.waiting == told


async def test_who_is_ready_twice_at_once_is_still_kept_for_who_is_owed_them(ready: Floor) -> None:
    ready.desk.keeper.claim = lambda _: Claim(campaign_id="c", lead_id=7, until=at(90))
    await ready.happen(fact(AgentPaused, 20, **ANA, reason="descanso"))
    for _ in range(2):
        await ready.desk.ready("1001")
    assert _kinds(ready.waiting) == [AgentReadied, AgentReserved]
    assert ready.phones.pauses == ["reserved"]


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (LinkDownError("gone"), [EndAsked, EndNotTaken]),
        (CommandRefusedError("no"), [EndAsked, EndNotTaken]),
        (OutcomeUnknownError("no answer"), [EndAsked]),
        (CallGoneError("gone"), [EndAsked]),
    ],
)
async def test_an_end_that_the_switch_did_not_take_is_taken_back(
    ready: Floor, error: SwitchError, told: list[type[Fact]]
) -> None:
    await ready.happen(fact(AgentConnected, 10, call_id="attempt-1", **TALK))
    ready.phones.error = error
    with pytest.raises(type(error)):
        await ready.desk.end_call("1001")
    assert _kinds(ready.waiting) == told


async def test_an_agent_whose_phone_listens_is_not_signed_in_and_is_told_why(floor: Floor) -> None:
    listens = {"1001"}
    floor.desk.listens = listens.__contains__
    with pytest.raises(PhoneListensError, match="1001"):
        await floor.desk.sign_in("1001")
    code = fact(AgentCodeDialed, 0, agent="1001", code="*22", channel_id="c")
    floor.publish(code)
    async with asyncio.timeout(60):
        assert await floor.phones.told.get() == "agent_phone_listens"
    assert (floor.waiting, floor.phones.rung) == ([], [])
    listens.clear()
    await floor.desk.sign_in("1001")
    assert (_kinds(floor.waiting), floor.phones.rung) == ([AgentSignInAsked], ["1001"])


async def test_who_has_asked_to_sign_in_does_so_until_the_roster_shows_it(floor: Floor) -> None:
    assert not floor.desk.signs_in("1001")
    await floor.desk.sign_in("1001")
    assert floor.desk.signs_in("1001")
    assert floor.state() is AgentState.SIGNED_OUT
    await floor.carry()
    assert not floor.desk.signs_in("1001")
    assert floor.state() is AgentState.SIGNING_IN
