"""A back office in a hurry, questions for it, and knobs of the example it asks."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import httpx

from backoffice.address import Address
from backoffice.breaker import BreakerRule
from backoffice.clerk import Fallback, Pattern
from backoffice.figures import ServiceHealth
from backoffice.office import BackOffice
from backoffice.service_file import read_services
from backoffice.spec import ServiceSpec
from backoffice.trouble import TroubleKind
from ivr.services import Answer, Question
from ivr.values import Value

T = TypeVar("T")

ACCOUNT = "1234568"
MOST_SECONDS = 0.5
#: for those that are to succeed, also when the machine is busy
PATIENT: dict[str, Any] = {"timeout_seconds": 2, "most_seconds": 4}
#: never opens, so that each question meets the other side
STUBBORN = Pattern(rule=BreakerRule(failures=99, of_last=99), drawn=lambda: 0.0)
QUICK = Pattern(rule=BreakerRule(failures=3, of_last=5, rest_seconds=0.15), drawn=lambda: 0.0)


def specs(**changes: Any) -> dict[str, ServiceSpec]:
    """The shipped services, less patient."""
    hasty = {"timeout_seconds": 0.2, "most_seconds": MOST_SECONDS, **changes}
    return {
        name: ServiceSpec.model_validate(spec.model_dump(exclude_unset=True) | hasty)
        for name, spec in read_services().items()
    }


def office(
    url: str | None,
    pattern: Pattern = STUBBORN,
    fallback: Fallback | None = None,
    **changes: Any,
) -> BackOffice:
    address = None if url is None else Address.read(url)
    return BackOffice(specs(**changes), address, fallback=fallback, pattern=pattern)


def balance(account: str = ACCOUNT) -> Question:
    return Question(call_id="c1", service="balance", arguments={"account": account}, key="c1-1")


def refresh(key: str = "c1-2", decoder: str = "D1", account: str = ACCOUNT) -> Question:
    arguments: dict[str, Value] = {"account": account, "decoder": decoder}
    return Question(call_id="c1", service="refresh_signal", arguments=arguments, key=key)


def promise(amount: Value, on: str, key: str = "c1-3") -> Question:
    arguments: dict[str, Value] = {"account": ACCOUNT, "amount": amount, "on": on}
    return Question(call_id="c1", service="promise_payment", arguments=arguments, key=key)


def health(asked: BackOffice, name: str = "balance") -> ServiceHealth:
    return next(each for each in asked.health() if each.name == name)


def last_kind(asked: BackOffice, name: str = "balance") -> TroubleKind | None:
    trouble = health(asked, name).last_trouble
    return None if trouble is None else trouble.kind


async def timed(asked: BackOffice, question: Question) -> tuple[Answer, float]:
    """The answer and its seconds, but for the moments that the whole machine stood still."""
    stalls: list[float] = []
    watching = asyncio.create_task(_watch(stalls))
    began = time.perf_counter()
    answer = await asked.ask(question)
    seconds = time.perf_counter() - began
    watching.cancel()
    return answer, seconds - sum(stalls)


async def _watch(stalls: list[float]) -> None:
    while True:
        asleep = time.perf_counter()
        await asyncio.sleep(0.01)
        late = time.perf_counter() - asleep - 0.01
        if late > 0.005:  # less than that is the clock's own
            stalls.append(late)


async def until(does: Callable[[], Awaitable[T]], enough: Callable[[T], bool]) -> T:
    """Do it until it has come to what is wanted."""
    async with asyncio.timeout(60):
        while True:
            if enough(result := await does()):
                return result
            await asyncio.sleep(0.005)


async def knob(url: str, **mood: Any) -> None:
    async with httpx.AsyncClient(base_url=url, verify=False) as client:  # noqa: S501 plain http
        (await client.put("/example/mood", json=mood)).raise_for_status()


async def counts(url: str) -> dict[str, dict[str, int]]:
    async with httpx.AsyncClient(base_url=url, verify=False) as client:  # noqa: S501 plain http
        found: dict[str, dict[str, int]] = (await client.get("/example/counts")).json()
        return found
