"""The attempts that are open: from the row that intends one to the outcome that ends it.

None is lost, whatever dies in between, and each end is written and told once.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from calls.call import Call, Direction, Verdict
from calls.events import Fact
from calls.tracker import Change, Tracker
from dialer.attempt import Attempt, AttemptResult, Outcome
from dialer.book import AttemptBook, BookRefusedError
from dialer.campaign import RetryRule
from dialer.outcomes import outcome_of
from dialer.retry import counted_attempts, next_attempt_at, other_number_at
from dialer.running import Running, Watch
from dialer.telling import Teller, known

log = logging.getLogger(__name__)


class OpenAttempts:
    """Owns every attempt of the campaigns in hand that has no end yet."""

    def __init__(
        self,
        pbx: str,
        campaigns: Mapping[str, Running],
        book: AttemptBook,
        tracker: Tracker,
        watch: Watch,
        teller: Teller,
        put: Callable[[Fact], None],
        now: Callable[[], datetime],
        on_end: Callable[[Outcome], None],
    ) -> None:
        self._pbx = pbx
        self._campaigns = campaigns
        self._book = book
        self._tracker = tracker
        self._watch = watch
        self._teller = teller
        self._put = put
        self._now = now
        self._on_end = on_end
        self._owner: dict[str, str] = {}  # attempt -> campaign
        self._ended: dict[str, Call] = {}

    def hear(self, change: Change) -> None:
        """Note the end of an attempt."""
        call = change.after
        if call is not None and not call.open and call.call_id in self._owner:
            self._ended.setdefault(call.call_id, call)

    def owns(self, attempt_id: str) -> bool:
        """Whether an attempt has no end yet."""
        return attempt_id in self._owner

    def own(self, attempt: Attempt) -> None:
        """An attempt has its row: from now on its end is waited for."""
        running = self._campaigns[attempt.campaign_id]
        running.attempts[attempt.id] = attempt
        self._owner[attempt.id] = attempt.campaign_id
        self._watch.launched(self._campaigns.values(), running, attempt)

    def refuse(self, attempt: Attempt, reason: str) -> None:
        """An attempt never left our switch."""
        self._put(self._teller.refused(attempt, reason, self._now()))

    # --- ends

    async def end_those_over(self) -> None:
        """Write and tell what ended, in one go; raises `BookError` when the database is away."""
        over = [await self._result(*one) for one in list(self._ended.items())]
        if not over:
            return
        try:
            await self._book.end_all(over)
        except BookRefusedError:
            await self._end_one_by_one(over)  # nobody says which of them it was
            return
        for result in over:
            self._close(result)

    async def _end_one_by_one(self, over: Iterable[AttemptResult]) -> None:
        for result in over:
            try:
                await self._book.end(result)
            except BookRefusedError as error:
                log.error("attempt %s stays open, its end is refused: %s", result.attempt_id, error)
                del self._ended[result.attempt_id]
            else:
                self._close(result)

    async def _result(self, attempt_id: str, call: Call) -> AttemptResult:
        running = self._campaigns[self._owner[attempt_id]]
        call = self._tracker.get(attempt_id) or call  # a later fact may have told the cause
        outcome = outcome_of(known(call, cancelled=attempt_id in running.cancelled))
        ended_at = call.ended_at or self._now()
        rule = running.campaign.retry
        counted = await self._counted(rule, running.attempts[attempt_id], outcome)
        return AttemptResult(
            attempt_id=attempt_id,
            outcome=outcome,
            ended_at=ended_at,
            answered_at=call.answered_at,
            connected_at=call.connected_at,
            cause=call.cause,
            sip_code=call.sip_code,
            agent=call.agent,
            machine=call.machine or None,
            retry_at=next_attempt_at(rule, outcome, counted, ended_at),
            other_number_at=other_number_at(rule, outcome, counted, ended_at),
        )

    def _close(self, result: AttemptResult) -> None:
        """An end is written: the attempt is ours no more, and everybody hears of it."""
        attempt_id = result.attempt_id
        running = self._campaigns[self._owner.pop(attempt_id)]
        attempt = running.attempts.pop(attempt_id)
        del self._ended[attempt_id]
        running.cancelled.discard(attempt_id)
        running.some_ended = True
        if result.machine == Verdict.MACHINE:
            running.picture.ledger.was_machine(
                abandoned=result.connected_at is None, ended=result.outcome is Outcome.MACHINE
            )
        times = (running.dry_until, result.retry_at, result.other_number_at)
        running.dry_until = min(filter(None, times), default=None)
        self._on_end(result.outcome)
        self._put(self._teller.ended(attempt, result.outcome, result.ended_at))

    async def _counted(self, rule: RetryRule, attempt: Attempt, outcome: Outcome) -> int:
        """How many of the lead's attempts count; asked for only where it makes a difference."""
        if attempt.ordinal < rule.max_attempts:
            return attempt.ordinal
        congested = await self._book.congested(attempt.lead_id)
        return counted_attempts(attempt.ordinal, congested + (outcome is Outcome.CONGESTION))

    # --- after a crash

    async def recover(self) -> None:
        """At start: every attempt that a crash left without an end.

        An attempt whose call the journal does not know may have left or not: it is told as
        started, and the first snapshot says whether its channel lives.
        """
        for attempt in await self._book.open_attempts(self._pbx):
            self.own(attempt)
            call = self._tracker.get(attempt.id)
            if call is None:
                self._put(self._teller.started(attempt, attempt.intended_at))
            elif not call.open:
                self._ended[attempt.id] = call
        await self._tell_ends_again()

    async def _tell_ends_again(self) -> None:
        """Attempts whose end was committed just before a crash, and never told."""
        for call in self._tracker.calls():
            if call.direction is Direction.DIALED and not call.open and not call.outcome_told:
                attempt = await self._book.attempt(call.call_id)
                if attempt is not None and attempt.outcome is not None:
                    at = call.ended_at or self._now()
                    self._put(self._teller.ended(attempt, attempt.outcome, at))

    async def end_the_unsent(self) -> None:
        """Attempts reserved while the database failed to tell us: they never left."""
        for attempt in await self._book.open_attempts(self._pbx):
            if attempt.id not in self._owner:
                self.own(attempt)
                self._put(self._teller.started(attempt, attempt.intended_at))
                self.refuse(attempt, "the database failed while it was reserved")
