"""The back office against a system that really listens: what is asked, again or not, and told."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from backoffice.address import Address
from backoffice.breaker import BreakerState
from backoffice.example.accounts import Account
from backoffice.example.moods import Lie, Mood, MoodName
from backoffice.office import BackOffice
from backoffice.service_file import read_services
from ivr.services import FAILED, Answer, Question
from tests.integration.backoffice_house import (
    ACCOUNT,
    MOST_SECONDS,
    PATIENT,
    QUICK,
    balance,
    counts,
    health,
    knob,
    office,
    promise,
    refresh,
    specs,
    timed,
)
from tests.integration.misbehaving import (
    Behaviour,
    Counting,
    accept_and_silent,
    behaving,
    dead_port,
    example_at,
    good,
    hang_up,
)


@pytest.fixture
async def example() -> AsyncIterator[str]:
    async with example_at() as url:
        yield url


# --- well -------------------------------------------------------------------------------------


async def test_every_shipped_service_has_its_answer(example: str) -> None:
    today = datetime.now(UTC).date()
    account = Account.of(ACCOUNT, today)
    assert account is not None
    assert account.due_on is not None
    amount, on = float(account.amount), today.isoformat()
    async with BackOffice(read_services(), Address.read(example)) as asked:
        assert await asked.ask(balance()) == Answer(
            "found",
            {
                "amount": amount,
                "currency": "ARS",
                "due_on": account.due_on.isoformat(),
                "overdue": account.overdue,
                "as_of": None,  # what it tells is so now
            },
        )
        assert await asked.ask(balance("999999")) == Answer("missing")
        assert (await asked.ask(balance("1234560"))).values["due_on"] is None
        assert await asked.ask(promise(amount, on)) == Answer("done", {"promised_on": on})
        assert await asked.ask(promise(amount + 1, on, "c1-9")) == Answer("refused")
        told = await asked.ask(
            Question(
                call_id="c1",
                service="new_ticket",
                arguments={"number": "2026000017", "kind": "complaint", "opened_at": "2026-11-22"},
                key="2026000017",
            )
        )
        assert told == Answer("done", {"reference": "CRM-2026000017"})
        told_of = {each.name: dict(each.outcomes) for each in asked.health()}
        assert told_of["balance"] == {"found": 2, "missing": 1}
        assert told_of["promise_payment"] == {"done": 1, "refused": 1}
        assert all(each.breaker is BreakerState.CLOSED for each in asked.health())


async def test_a_decoder_is_refreshed_once_in_a_while(example: str) -> None:
    async with office(example, **PATIENT) as asked:
        assert await asked.ask(refresh("k1")) == Answer("done", {"wait_seconds": 0})
        again = await asked.ask(refresh("k2"))
        assert again.outcome == "refused"
        wait = again.values["wait_seconds"]
        assert isinstance(wait, int)
        assert 890 < wait <= 900
        assert (await asked.ask(refresh("k3", "D2"))).outcome == "done"
        # what was refused over there does not count
        assert await asked.ask(refresh("k4", "D3", "1234567")) == Answer("refused")
        assert (await asked.ask(refresh("k5", "D3"))).outcome == "done"
    assert (await counts(example))["refreshes"] == {"D1": 1, "D2": 1, "D3": 1}


async def test_two_at_once_refresh_one_decoder_once(example: str) -> None:
    async with office(example, **PATIENT) as asked:
        answers = await asyncio.gather(*(asked.ask(refresh(f"k{n}")) for n in range(5)))
    assert sorted(answer.outcome for answer in answers) == ["done"] + ["refused"] * 4
    assert (await counts(example))["refreshes"] == {"D1": 1}


async def test_a_refresh_that_failed_does_not_count(example: str) -> None:
    await knob(example, mood="dead")
    async with office(example, **PATIENT) as asked:
        assert await asked.ask(refresh("k1")) == Answer(FAILED)
        await knob(example, mood="well")
        assert (await asked.ask(refresh("k2"))).outcome == "done"


# --- asked again ------------------------------------------------------------------------------

_PROMISED = good(b'{"promised_on": "2026-11-30"}')


@pytest.mark.parametrize(
    ("repeatable", "first", "requests"),
    [
        ("no", hang_up, 1),
        ("no", accept_and_silent, 1),
        ("by_key", hang_up, 2),
        ("by_key", accept_and_silent, 2),
        ("yes", hang_up, 2),
    ],
)
async def test_what_may_have_been_done_is_asked_again_only_if_that_is_harmless(
    repeatable: str, first: Behaviour, requests: int
) -> None:
    counting = Counting(_never_answering(first), _PROMISED)
    async with (
        behaving(counting) as url,
        office(url, repeatable=repeatable, timeout_seconds=0.4, most_seconds=1.5) as asked,
    ):
        answer = await asked.ask(promise(100, "2026-11-30"))
    assert answer.outcome == (FAILED if requests == 1 else "done")
    assert len(counting.heads) == requests
    assert all("idempotency-key: c1-3\r\n" in head.lower() for head in counting.heads)


def _never_answering(behaviour: Behaviour) -> Behaviour:
    """`accept_and_silent` that does not end when the question was read."""

    async def behaved(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await behaviour(reader, writer)
        if behaviour is accept_and_silent:
            await asyncio.Event().wait()

    return behaved


async def test_a_slow_system_does_it_once_however_often_it_is_asked(example: str) -> None:
    on = datetime.now(UTC).date().isoformat()
    await knob(example, mood="slow", seconds=0.3)
    async with office(example) as asked:
        assert await asked.ask(promise(1, on)) == Answer(FAILED)
        assert health(asked, "promise_payment").tries == 2
    await knob(example, mood="well")
    async with office(example, **PATIENT) as asked:
        assert (await asked.ask(promise(1, on))).outcome == "done"
    assert (await counts(example))["done"]["promise_payment"] == 1


async def test_who_lets_us_in_is_told_who_we_are(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("secreto", encoding="ascii")
    counting = Counting(good(b'{"amount": 1, "currency": "ARS", "overdue": false}'))
    async with behaving(counting) as url:
        address = Address.read(f"{url}/api/v2/", tmp_path / "token")
        async with BackOffice(specs(**PATIENT), address) as asked:
            assert (await asked.ask(balance())).outcome == "found"
    (head,) = counting.heads
    assert head.startswith(f"GET /api/v2/accounts/{ACCOUNT}/balance HTTP/1.1\r\n")
    assert "authorization: bearer secreto\r\n" in head.lower()
    assert "accept-encoding: identity\r\n" in head.lower()
    assert "idempotency-key" not in head.lower()


# --- our own answer ---------------------------------------------------------------------------


async def test_our_own_answer_comes_when_theirs_does_not(example: str) -> None:
    asked_us: list[str] = []

    async def ours(question: Question) -> Answer:
        asked_us.append(question.service)
        return Answer("found", {"amount": 7})

    await knob(example, mood="slow", seconds=30)
    for url in (example, dead_port(), None):
        async with office(url, fallback=ours) as asked:
            answer, seconds = await timed(asked, balance())
            assert answer == Answer("found", {"amount": 7})
            assert seconds < MOST_SECONDS + 0.1
            assert health(asked).by_fallback == 1
            assert await asked.ask(refresh()) == Answer(FAILED)
    assert asked_us == ["balance"] * 3


async def test_our_own_answer_may_fail_too() -> None:
    async def breaks(_: Question) -> Answer:
        raise RuntimeError("ours")

    async def never(_: Question) -> Answer:
        await asyncio.Event().wait()
        raise AssertionError

    async def nonsense(_: Question) -> Answer:
        return Answer("done")

    for ours in (breaks, never, nonsense):
        async with office(None, fallback=ours) as asked:
            answer, seconds = await timed(asked, balance())
            assert answer == Answer(FAILED)
            assert seconds < MOST_SECONDS + 0.1
            assert health(asked).outcomes == {FAILED: 1}


# --- what is told -----------------------------------------------------------------------------


async def test_the_log_knows_no_customer(
    example: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    (tmp_path / "token").write_text("CANARY-token", encoding="ascii")
    account, decoder = "77001122", "CANARY"
    for mood in (
        Mood(mood=MoodName.DEAD),
        Mood(mood=MoodName.LYING, lie=Lie.WRONG_KIND),
        Mood(mood=MoodName.LYING, lie=Lie.REDIRECT),
        Mood(mood=MoodName.SLOW, seconds=30),
        Mood(),
    ):
        await knob(example, **mood.model_dump(mode="json"))
        address = Address.read(example, tmp_path / "token")
        async with BackOffice(specs(), address, pattern=QUICK) as asked:
            for _ in range(2):
                await asked.ask(balance(account))
                await asked.ask(refresh("k", decoder, account))
                await asked.ask(balance(f"{account}/x"))
            told = f"{asked.health()}"
            assert account not in told
            assert "CANARY" not in told
    ours = [each for each in caplog.records if each.name.startswith(("backoffice", "http"))]
    assert any("balance" in each.getMessage() for each in ours)
    text = "\n".join(
        each.getMessage() for each in caplog.records if not each.name.startswith("uvicorn")
    )
    assert account not in text
    assert "CANARY" not in text
