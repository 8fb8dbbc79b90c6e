"""What came of a simulated shift, read from the tables that a real one fills."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from agents.states import AgentState
from dialer.attempt import Attempt, Outcome
from linea800.simulate.house import SimulatedHouse
from linea800.simulate.setting import BEGINS, CAMPAIGN
from simulator.shift import Account
from storage.agent_states import AgentInterval
from storage.call_list import CallFilter

_PAGE = 1000
_READY = (AgentState.READY, AgentState.OFFERED)
_BUSY = (AgentState.TALKING, AgentState.WRAPPING_UP)


@dataclass(frozen=True, slots=True)
class Records:
    """What SQL has of one simulated shift."""

    #: of what happened before the shift's end, as the lean world counts it
    account: Account
    #: of every attempt, those under way at the end too
    outcomes: dict[Outcome, int]
    open_attempts: int


async def records_of(house: SimulatedHouse) -> Records:
    """Read everything; `house` has played its shift."""
    seconds = house.scenario.seconds
    account = Account(decisions=house.turns)
    attempts = [attempt async for attempt in attempts_of(house)]
    _count_attempts(account, attempts, seconds, house.scenario.patience)
    if attempts and len(attempts) >= house.scenario.leads:
        account.used_up_at = _second(max(attempt.intended_at for attempt in attempts))
    ends = BEGINS + timedelta(seconds=seconds)
    _count_time(account, await house.agent_states.between(BEGINS, ends), ends)
    if house.scenario.inbound is not None:
        account.inbound_waited = [wait async for wait in _waits(house)]
    counts = await house.campaigns.attempt_counts(CAMPAIGN)
    return Records(account, counts.by_outcome, counts.open)


async def attempts_of(house: SimulatedHouse) -> AsyncIterator[Attempt]:
    """Every attempt, newest first."""
    cursor: str | None = None
    while True:
        page = await house.campaigns.attempts(CAMPAIGN, cursor, _PAGE)
        for attempt in page.attempts:
            yield attempt
        if (cursor := page.next_cursor) is None:
            return


async def _waits(house: SimulatedHouse) -> AsyncIterator[float]:
    wanted = CallFilter(direction="inbound", outcome="handled")
    cursor: str | None = None
    while True:
        page = await house.calls.find(wanted, cursor, _PAGE)
        for call in page.calls:
            yield call.wait_seconds
        if (cursor := page.next_cursor) is None:
            return


def _count_attempts(
    account: Account, attempts: Iterable[Attempt], seconds: float, patience_seconds: float
) -> None:
    for attempt in attempts:
        account.attempts += 1
        if attempt.answered_at is None:
            if attempt.ended_at is not None and _second(attempt.ended_at) <= seconds:
                account.unanswered += 1
            continue
        answered = _second(attempt.answered_at)
        if answered > seconds:
            continue
        account.answered += 1
        account.live_at.append(answered)
        if attempt.connected_at is not None and _second(attempt.connected_at) <= seconds:
            account.connected += 1
        gave_up = answered + patience_seconds
        if attempt.outcome is Outcome.ABANDONED and gave_up <= seconds:
            account.abandoned_at.append(gave_up)
    account.live_at.sort()
    account.abandoned_at.sort()


def _count_time(account: Account, intervals: Iterable[AgentInterval], ends: datetime) -> None:
    for interval in intervals:
        ended = min(interval.ended_at or ends, ends)
        length = (ended - interval.began_at).total_seconds()
        if interval.state != AgentState.SIGNED_OUT:
            account.signed_in_seconds += length
        if interval.state in _READY:
            account.ready_seconds += length
        elif interval.state in _BUSY:
            account.busy_seconds += length
            account.worked.append((_second(ended), length))
            if interval.state == AgentState.TALKING:
                account.talk_seconds += length


def _second(moment: datetime) -> float:
    return (moment - BEGINS).total_seconds()
