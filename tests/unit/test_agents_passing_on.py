"""Talks are passed on once, and only those of callers."""

from __future__ import annotations

import asyncio

import pytest

from agents.passing_on import CalledByUsError, NotTalkingError, PassingOn
from calls.errors import LinkDownError, OutcomeUnknownError, SwitchError
from calls.events import (
    AgentConnected,
    AgentReleased,
    AttemptStarted,
    CallAnswered,
    CallEnded,
    Fact,
    HoldStarted,
    QueueJoined,
)
from calls.tracker import Tracker
from tests.unit.facts import CALL, arrived, on_call

TALK = (
    arrived(), on_call(CallAnswered, 1), on_call(QueueJoined, 2, queue="soporte", position=1),
    on_call(AgentConnected, 5, queue="soporte", agent="1001"),
)  # fmt: skip
PASSED = on_call(
    AgentReleased, 9, queue="soporte", agent="1001", ended_by="transfer", passed_to="queue_salida"
)

ENDED = on_call(CallEnded, 9, cause=16, sip_code=0)


class _Switch:
    """Notes what is asked of it, and answers when it is let."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, ...]] = []
        self.error: SwitchError | None = None
        self.answers = asyncio.Event()
        self.answers.set()

    async def _note(self, *asked: str) -> None:
        self.asked.append(asked)
        await self.answers.wait()
        if self.error is not None:
            raise self.error

    async def pass_to_queue(self, call_id: str, queue: str) -> None:
        await self._note("queue", call_id, queue)

    async def pass_to_target(self, call_id: str, target: str) -> None:
        await self._note("target", call_id, target)


class _World:
    def __init__(self, *facts: Fact) -> None:
        self.tracker, self.switch = Tracker(), _Switch()
        self.passing_on = PassingOn(self.tracker, self.switch)
        self.happen(*facts)

    def happen(self, *facts: Fact) -> None:
        for each in facts:
            self.passing_on.fold(self.tracker.apply(each))


async def test_a_talk_goes_to_a_queue_or_to_a_target_also_while_the_caller_hears_music() -> None:
    world = _World(*TALK)
    await world.passing_on.to_queue(CALL, "salida")
    assert world.switch.asked == [("queue", CALL, "salida")]
    held = _World(*TALK, on_call(HoldStarted, 7))
    await held.passing_on.to_target(CALL, "gerencia")
    assert held.switch.asked == [("target", CALL, "gerencia")]


@pytest.mark.parametrize("facts", [(), TALK[:3], (*TALK, PASSED), (*TALK, ENDED)])
async def test_who_talks_to_nobody_is_not_passed_on(facts: tuple[Fact, ...]) -> None:
    world = _World(*facts)
    with pytest.raises(NotTalkingError):
        await world.passing_on.to_queue(CALL, "salida")
    assert world.switch.asked == []


async def test_a_talk_is_passed_on_once_and_the_next_one_of_the_call_once_more() -> None:
    world = _World(*TALK)
    world.switch.answers.clear()
    first = asyncio.create_task(world.passing_on.to_queue(CALL, "salida"))
    while not world.switch.asked:  # noqa: ASYNC110 - the order is another task's
        await asyncio.sleep(0)
    with pytest.raises(NotTalkingError):
        await world.passing_on.to_target(CALL, "gerencia")
    world.switch.answers.set()
    await first
    with pytest.raises(NotTalkingError):  # Asterisk has it, and has not said so yet
        await world.passing_on.to_queue(CALL, "salida")
    world.happen(
        PASSED,
        on_call(QueueJoined, 9.1, queue="salida", position=1),
        on_call(AgentConnected, 12, queue="salida", agent="1002"),
    )
    await world.passing_on.to_queue(CALL, "soporte")
    assert world.switch.asked == [("queue", CALL, "salida"), ("queue", CALL, "soporte")]


@pytest.mark.parametrize("error", [LinkDownError("away"), OutcomeUnknownError("no answer")])
async def test_what_came_to_nothing_may_be_asked_again(error: SwitchError) -> None:
    world = _World(*TALK)
    world.switch.error = error
    with pytest.raises(type(error)):
        await world.passing_on.to_target(CALL, "gerencia")
    world.switch.error = None
    await world.passing_on.to_target(CALL, "gerencia")
    assert len(world.switch.asked) == 2


async def test_whom_we_called_is_not_passed_on() -> None:
    dialed = on_call(AttemptStarted, 0, campaign_id="c", lead_id=1, number_called="573001234567")
    world = _World(dialed, *TALK[1:])
    with pytest.raises(CalledByUsError):
        await world.passing_on.to_queue(CALL, "salida")
    assert world.switch.asked == []
