"""Who sees to the questions of one service: how many at once, how often, and when not to ask."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import SystemRandom

from backoffice.asking import Request, answer_of, request_of
from backoffice.breaker import Breaker, BreakerRule, BreakerState, Event
from backoffice.client import Client
from backoffice.figures import Figures, ServiceHealth
from backoffice.pace import Pace
from backoffice.path_template import UnfitArgumentError
from backoffice.spec import WAIT_SECONDS, ServiceSpec
from backoffice.trouble import Trouble, TroubleKind
from ivr.services import FAILED, OUTCOMES, Answer, Question

log = logging.getLogger(__name__)

#: answers a question when the operator's system does not
Fallback = Callable[[Question], Awaitable[Answer]]

#: of `most_seconds`, what is kept for what comes after the last try
_KEPT = {"none": 0.02, "own": 0.2}
#: before the second try, doubled before each further one, and drawn between half and whole
_PAUSE_SECONDS = 0.1
#: a silence shorter than this part of the time that a try has is not the other side's fault
_FULL_SHARE = 0.9
_random = SystemRandom()


@dataclass(frozen=True, slots=True)
class Pattern:
    """How every clerk of a house works; tests have another."""

    rule: BreakerRule = field(default_factory=BreakerRule)
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    #: between 0 and 1: how much of the second half of a pause is waited
    drawn: Callable[[], float] = _random.random


class Clerk:
    """Asks one service; every answer comes within the service's `most_seconds`."""

    def __init__(
        self,
        name: str,
        spec: ServiceSpec,
        client: Client | None,
        fallback: Fallback | None,
        pattern: Pattern,
    ) -> None:
        self._name = name
        self._spec = spec
        self._client = client
        self._fallback = fallback if spec.fallback == "own" else None
        self._pattern = pattern
        self._most_seconds = spec.most_seconds * (1 - _KEPT["own" if self._fallback else "none"])
        self._patience_seconds = min(spec.timeout_seconds, self._most_seconds)
        self._places = asyncio.Semaphore(spec.at_once)
        self._pace = Pace(spec.at_most_every_seconds or 0)
        self._breaker = Breaker(pattern.rule, since=_clock())
        self._figures = Figures()

    async def answer(self, question: Question) -> Answer:
        """Never raises but `CancelledError`."""
        began = _clock()
        self._figures.asked += 1
        answer = await self._answered(question, began)
        self._figures.ended(answer.outcome, _clock() - began)
        return answer

    async def _answered(self, question: Question, began: float) -> Answer:
        try:
            request = request_of(self._spec, question)
        except UnfitArgumentError as error:
            return self._failed(question, Trouble(TroubleKind.WRONG_ARGUMENT, f"{error}"))
        result = await self._paced(question, request, began)
        if isinstance(result, Answer):
            return result
        failed = self._failed(question, result)
        return failed if self._fallback is None else await self._fallen_back(question, began)

    def _failed(self, question: Question, trouble: Trouble) -> Answer:
        if not trouble.asked:  # tries count themselves
            self._figures.went_wrong(trouble, self._pattern.now())
        # a system that is away is told once, by its breaker, and not for each caller
        quiet = trouble.kind in (TroubleKind.RESTING, TroubleKind.NO_ADDRESS)
        level = logging.DEBUG if quiet else logging.WARNING
        log.log(level, "%s of call %s failed: %s", self._name, question.call_id, trouble)
        return Answer(FAILED)

    async def _paced(self, question: Question, request: Request, began: float) -> Answer | Trouble:
        if not self._spec.per:
            return await self._in_turn(request, began)
        key = tuple(str(question.arguments[name]) for name in self._spec.per)
        if wait := self._pace.take(key, _clock()):
            return Answer("refused", {WAIT_SECONDS: int(wait) + 1})
        counts = not self._spec.may_repeat  # whoever is cancelled cannot know
        try:
            result = await self._in_turn(request, began)
            match result:
                case Answer():
                    counts = result.outcome == "done"
                case Trouble():
                    counts = result.left and not self._spec.may_repeat
            return result
        finally:
            if not counts:
                self._pace.give_back(key)

    async def _in_turn(self, request: Request, began: float) -> Answer | Trouble:
        if self._client is None:
            return Trouble(TroubleKind.NO_ADDRESS)
        if not self._may_be_asked_soon():
            return Trouble(TroubleKind.RESTING)
        deadline = began + self._most_seconds
        self._figures.waiting += 1
        try:
            async with asyncio.timeout_at(deadline):
                await self._places.acquire()
        except TimeoutError:
            return Trouble(TroubleKind.BUSY)
        finally:
            self._figures.waiting -= 1
        self._figures.under_way += 1
        try:
            return await self._tried(self._client, request, deadline)
        finally:
            self._figures.under_way -= 1
            self._places.release()

    def _may_be_asked_soon(self) -> bool:
        """Nobody waits for a place only to hear that the system rests."""
        return self._breaker.asked(_clock())[1]

    async def _tried(self, client: Client, request: Request, deadline: float) -> Answer | Trouble:
        # with less time left nobody could answer
        last_moment = deadline - self._patience_seconds / 2
        if _clock() > last_moment:
            return Trouble(TroubleKind.BUSY)
        trouble = Trouble(TroubleKind.RESTING)
        for tried in range(self._spec.tries):
            if tried:
                pause = _PAUSE_SECONDS * 2 ** (tried - 1) * (1 + self._pattern.drawn()) / 2
                if _clock() + pause > last_moment:
                    break
                await asyncio.sleep(pause)
            self._breaker, may_ask = self._breaker.asked(_clock())
            if not may_ask:
                break
            result = await self._one_try(client, request, deadline)
            if isinstance(result, Answer):
                return result
            trouble = result
            if not trouble.passing or (trouble.left and not self._spec.may_repeat):
                break
        return trouble

    async def _one_try(self, client: Client, request: Request, deadline: float) -> Answer | Trouble:
        event = Event.WITHDRAWN
        self._figures.tries += 1
        try:
            seconds = min(self._patience_seconds, deadline - _clock())
            came = await client.send(request, seconds)
            result = came if isinstance(came, Trouble) else answer_of(self._spec, came)
            event = self._meaning(result, seconds)
        finally:
            self._move(event)
        if isinstance(result, Trouble):
            self._figures.went_wrong(result, self._pattern.now())
        return result

    def _meaning(self, result: Answer | Trouble, seconds: float) -> Event:
        """What a try says of the other side; nothing, when we were in too much of a hurry."""
        if isinstance(result, Answer):
            return Event.ANSWERED
        hurried = seconds < _FULL_SHARE * self._patience_seconds
        return Event.WITHDRAWN if hurried and result.kind is TroubleKind.SILENT else Event.FAILED

    def _move(self, event: Event) -> None:
        before, self._breaker = self._breaker, self._breaker.after(event, _clock())
        if before.state is self._breaker.state:
            return
        if self._breaker.state is BreakerState.OPEN:
            rest = self._breaker.rest_seconds
            log.warning("%s fails too often: it is not asked for %g s", self._name, rest)
        else:
            log.warning("%s is asked again: it answers", self._name)

    async def _fallen_back(self, question: Question, began: float) -> Answer:
        assert self._fallback is not None
        try:
            async with asyncio.timeout_at(began + self._spec.most_seconds):
                answer = await self._fallback(question)
        except TimeoutError:
            log.warning("%s of call %s: our own answer came too late", self._name, question.call_id)
            return Answer(FAILED)
        if answer.outcome not in OUTCOMES[self._spec.kind]:
            log.error("%s: our own answer has an outcome it cannot have", self._name)
            return Answer(FAILED)
        self._figures.by_fallback += 1
        return answer

    def broke(self) -> None:
        """An error of ours kept a question from its answer."""
        self._figures.outcomes[FAILED] += 1
        self._figures.went_wrong(Trouble(TroubleKind.OURS), self._pattern.now())

    def health(self) -> ServiceHealth:
        """How it is now."""
        figures, now = self._figures, self._pattern.now()
        return ServiceHealth(
            name=self._name,
            kind=self._spec.kind,
            breaker=self._breaker.state,
            since=now - timedelta(seconds=_clock() - self._breaker.since),
            last_trouble=figures.last_trouble,
            last_trouble_at=figures.last_trouble_at,
            asked=figures.asked,
            outcomes=dict(figures.outcomes),
            troubles=dict(figures.troubles),
            tries=figures.tries,
            by_fallback=figures.by_fallback,
            under_way=figures.under_way,
            waiting=figures.waiting,
            median_seconds=figures.median_seconds,
            worst_seconds=figures.worst_seconds,
        )


def _clock() -> float:
    """Seconds of the loop's clock, which is also the one of deadlines."""
    return asyncio.get_running_loop().time()
