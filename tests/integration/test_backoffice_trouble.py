"""The back office against systems that are dead, slow and lying: nobody waits too long."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest

from backoffice.breaker import BreakerState
from backoffice.example.moods import Lie
from backoffice.trouble import TroubleKind
from ivr.services import FAILED, Answer, Question
from tests.integration.backoffice_house import (
    MOST_SECONDS,
    PATIENT,
    QUICK,
    balance,
    health,
    knob,
    last_kind,
    office,
    promise,
    refresh,
    timed,
    until,
)
from tests.integration.misbehaving import (
    BEHAVIOURS,
    accept_and_silent,
    behaving,
    dead_port,
    example_at,
)


@pytest.fixture
async def example() -> AsyncIterator[str]:
    async with example_at() as url:
        yield url


# --- not well ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", BEHAVIOURS)
async def test_no_decent_http(name: str) -> None:
    async with behaving(BEHAVIOURS[name]) as url, office(url) as asked:
        answer, seconds = await timed(asked, balance())
        assert answer == Answer(FAILED)
        assert seconds < MOST_SECONDS + 0.1
        assert last_kind(asked) in {
            TroubleKind.SILENT,
            TroubleKind.BROKEN,
            TroubleKind.TOO_BIG,
            TroubleKind.NOT_JSON,
        }


@pytest.mark.parametrize(
    ("lie", "kind"),
    [
        (Lie.WRONG_KIND, TroubleKind.WRONG_VALUE),
        (Lie.MISSING, TroubleKind.WRONG_VALUE),
        (Lie.NAN, TroubleKind.NOT_JSON),
        (Lie.HTML, TroubleKind.NOT_JSON),
        (Lie.CUT_SHORT, TroubleKind.NOT_JSON),
        (Lie.EMPTY, TroubleKind.NOT_JSON),
        (Lie.DEEP, TroubleKind.NOT_JSON),
        (Lie.HUGE, TroubleKind.TOO_BIG),
        (Lie.TRICKLE, TroubleKind.SILENT),
        (Lie.REDIRECT, TroubleKind.REDIRECTED),
    ],
)
async def test_lies(example: str, lie: Lie, kind: TroubleKind) -> None:
    await knob(example, mood="lying", lie=lie)
    async with office(example) as asked:
        answer, seconds = await timed(asked, balance())
        assert answer == Answer(FAILED)
        assert seconds < MOST_SECONDS + 0.1
        assert last_kind(asked) is kind
        # nothing gets better by asking a liar again
        assert health(asked).tries == (2 if kind is TroubleKind.SILENT else 1)


async def test_every_lie_in_turn(example: str) -> None:
    await knob(example, mood="lying")
    async with office(example, tries=1) as asked:
        answers = [await asked.ask(balance()) for _ in Lie]
        assert answers == [Answer(FAILED)] * len(Lie)
        assert len(health(asked).troubles) == 5


async def test_a_dead_port_and_a_dead_system(example: str) -> None:
    async with office(dead_port()) as asked:
        answer, seconds = await timed(asked, balance())
        assert (answer, last_kind(asked)) == (Answer(FAILED), TroubleKind.UNREACHABLE)
        assert seconds < MOST_SECONDS
        assert health(asked).tries == 2
    await knob(example, mood="dead")
    async with office(example) as asked:
        answer, seconds = await timed(asked, balance())
        assert (answer, last_kind(asked)) == (Answer(FAILED), TroubleKind.SERVER_ERROR)
        assert seconds < MOST_SECONDS


async def test_slow(example: str) -> None:
    await knob(example, mood="slow", seconds=30)
    async with office(example) as asked:
        answer, seconds = await timed(asked, balance())
        assert (answer, last_kind(asked)) == (Answer(FAILED), TroubleKind.SILENT)
        assert seconds < MOST_SECONDS + 0.1
    await knob(example, mood="slow", seconds=0.05)
    async with office(example, **PATIENT) as asked:
        assert (await asked.ask(balance())).outcome == "found"


async def test_tls_that_never_shakes_hands() -> None:
    async with behaving(accept_and_silent, "https") as url, office(url) as asked:
        answer, seconds = await timed(asked, promise(1, "2026-11-30"))
        assert answer == Answer(FAILED)
        assert seconds < MOST_SECONDS + 0.1
        # nothing left, so even what must not be done twice is tried twice
        assert health(asked, "promise_payment").tries == 2


async def test_nobody_to_ask() -> None:
    async with office(None) as asked:
        assert "balance" in asked.services()
        assert await asked.ask(balance()) == Answer(FAILED)
        assert last_kind(asked) is TroubleKind.NO_ADDRESS


async def test_what_nobody_knows_and_what_cannot_be_asked(example: str) -> None:
    async with office(example) as asked:
        unknown = Question(call_id="c1", service="horoscope", arguments={}, key="k")
        assert await asked.ask(unknown) == Answer(FAILED)
        assert await asked.ask(balance("../x")) == Answer(FAILED)
        assert last_kind(asked) is TroubleKind.WRONG_ARGUMENT
        assert health(asked).tries == 0


# --- the breaker and the bulkhead -------------------------------------------------------------


async def test_after_the_breaker_opens_nobody_waits(example: str) -> None:
    await knob(example, mood="slow", seconds=30)
    async with office(example, QUICK) as asked:
        while health(asked).breaker is BreakerState.CLOSED:
            assert await asked.ask(balance()) == Answer(FAILED)
        at_once = 0
        for _ in range(20):
            asking = asyncio.create_task(asked.ask(balance()))
            await asyncio.sleep(0)
            at_once += asking.done()
            await asking
        assert at_once > 10  # now and then one tries whether the other side is back
        assert last_kind(asked) is TroubleKind.SILENT
        # the others have nothing to do with it
        assert health(asked, "promise_payment").breaker is BreakerState.CLOSED


async def test_it_closes_when_the_system_is_back(example: str) -> None:
    await knob(example, mood="dead")
    async with office(example, QUICK) as asked:
        while health(asked).breaker is BreakerState.CLOSED:
            await asked.ask(balance())
        opened = health(asked)
        assert (datetime.now(UTC) - opened.since).total_seconds() < 1
        await knob(example, mood="well")
        await until(lambda: asked.ask(balance()), lambda answer: answer.outcome == "found")
        assert health(asked).breaker is BreakerState.CLOSED
        assert health(asked).since > opened.since


async def test_while_one_tries_the_others_do_not_wait(example: str) -> None:
    await knob(example, mood="dead")
    async with office(example, QUICK, tries=1) as asked:
        while health(asked).breaker is BreakerState.CLOSED:
            await asked.ask(balance())
        before = health(asked).tries
        await knob(example, mood="slow", seconds=30)
        async with asyncio.timeout(60):
            while health(asked).tries == before:
                asking = [asyncio.create_task(asked.ask(balance())) for _ in range(10)]
                while sum(task.done() for task in asking) < 9:  # noqa: ASYNC110 - or all of them
                    await asyncio.sleep(0)
                trying = [task for task in asking if not task.done()]
                await asyncio.wait(asking)
        assert health(asked).tries == before + 1
        assert len(trying) == 1


async def test_who_hangs_up_gives_everything_back(example: str) -> None:
    await knob(example, mood="dead")
    async with office(example, QUICK, tries=1, at_once=1) as asked:
        while health(asked).breaker is BreakerState.CLOSED:
            await asked.ask(balance())
        await knob(example, mood="slow", seconds=30)
        trying = await until(
            lambda: asyncio.wait({asyncio.create_task(asked.ask(balance()))}, timeout=0.02),
            lambda ended: bool(ended[1]),
        )
        assert health(asked).breaker is BreakerState.HALF_OPEN
        (task,) = trying[1]
        task.cancel()
        await asyncio.wait({task})
        assert health(asked).under_way == 0
        await knob(example, mood="well")
        await until(lambda: asked.ask(balance()), lambda answer: answer.outcome == "found")


async def test_no_more_than_so_many_at_once_and_the_wait_counts(example: str) -> None:
    await knob(example, mood="slow", seconds=0.2)
    hasty: dict[str, Any] = {"at_once": 2, "tries": 1, "timeout_seconds": 0.6, "most_seconds": 0.9}
    async with office(example, QUICK, **hasty) as asked:
        questions = [asyncio.create_task(asked.ask(balance())) for _ in range(20)]
        other = await asked.ask(refresh())
        most = 0
        while not all(question.done() for question in questions):
            most = max(most, health(asked).under_way)
            await asyncio.sleep(0.01)
        outcomes = [question.result().outcome for question in questions]
        assert other.outcome == "done"
        assert most == 2
        # a fifth of a second each, two at once, for 0.9 s: the others were in line for too long
        assert 2 <= outcomes.count("found") <= 8
        assert last_kind(asked) is TroubleKind.BUSY
        assert health(asked).waiting == health(asked).under_way == 0
        # that we were in a hurry is not the other side's fault
        assert health(asked).breaker is BreakerState.CLOSED
