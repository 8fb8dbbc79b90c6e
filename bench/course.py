"""What SQL has of one campaign, and its figures: the same for a real and a simulated one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from bench.predictive_asterisk import occupancy
from dialer.attempt import Attempt, Outcome
from storage.agent_states import AgentInterval, AgentStateStore
from storage.call_list import CallFilter
from storage.calls import CallStore
from storage.campaigns import CampaignStore
from traffic.sip_log import SipCall

_PAGE = 1000


class End(NamedTuple):
    """How the call to one lead ended, in SQL's words."""

    outcome: str
    cause: int | None
    sip_code: int | None
    ended_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """What came of a campaign; nothing here tells which world it ran in."""

    attempts: Sequence[Attempt]  # in the order they were launched
    ends: Mapping[str, End]  # by number
    #: by number: when the person picked up, as they themselves know it
    picked_up: Mapping[str, datetime]
    states: Sequence[AgentInterval]

    @property
    def outcomes(self) -> Counter[str]:
        """How often each outcome was."""
        return Counter(end.outcome for end in self.ends.values())

    @property
    def connect_seconds(self) -> dict[str, float]:
        """By number: from the 200 OK to the agent."""
        return {
            attempt.number: (attempt.connected_at - self.picked_up[attempt.number]).total_seconds()
            for attempt in self.attempts
            if attempt.connected_at is not None
        }

    def ring_seconds(self, *outcomes: Outcome) -> dict[str, float]:
        """By number: from the intention to dial to the 200 OK, or to the end without one."""
        return {
            attempt.number: (over - attempt.intended_at).total_seconds()
            for attempt in self.attempts
            if attempt.outcome in outcomes
            and (over := self.picked_up.get(attempt.number, attempt.ended_at)) is not None
        }

    @property
    def launched(self) -> list[float]:
        """Seconds from the first launch to each."""
        first = self.attempts[0].intended_at
        return [(attempt.intended_at - first).total_seconds() for attempt in self.attempts]

    @property
    def seconds(self) -> float:
        """From the first launch to the last end."""
        return (max(map(_end, self.attempts)) - self.attempts[0].intended_at).total_seconds()

    @property
    def in_flight(self) -> tuple[float, int]:
        """Attempts open at once: the mean over the whole, and the most."""
        steps = [(attempt.intended_at, 1) for attempt in self.attempts]
        steps += [(_end(attempt), -1) for attempt in self.attempts]
        at_once = most = 0
        for _, step in sorted(steps):
            at_once += step
            most = max(most, at_once)
        open_for = sum((_end(one) - one.intended_at for one in self.attempts), timedelta())
        return open_for.total_seconds() / self.seconds, most

    @property
    def occupancy(self) -> float:
        """Talk and wrap-up per signed-in time until the last launch, 0 to 1."""
        moments = self.attempts[0].intended_at, self.attempts[-1].intended_at
        return occupancy(self.states, *moments)


def _end(attempt: Attempt) -> datetime:
    if attempt.ended_at is None:
        raise ValueError(f"attempt {attempt.id} is still open")
    return attempt.ended_at


async def course_of(
    campaign_id: str,
    campaigns: CampaignStore,
    calls: CallStore,
    agent_states: AgentStateStore,
    carrier_calls: Sequence[SipCall] = (),
) -> Course:
    """Read it all, once every attempt has ended.

    Without a carrier's own account the switch is believed when it says that somebody picked up.
    """
    attempts: list[Attempt] = []
    cursor: str | None = None
    while True:
        page = await campaigns.attempts(campaign_id, cursor, _PAGE)
        attempts += page.attempts
        if (cursor := page.next_cursor) is None:
            break
    attempts.sort(key=lambda attempt: (attempt.intended_at, attempt.lead_id))
    ends: dict[str, End] = {}
    while True:
        found = await calls.find(CallFilter(campaign_id=campaign_id), cursor, _PAGE)
        for call in found.calls:
            ends[call.number_called] = End(call.outcome, call.cause, call.sip_code, call.ended_by)
        if (cursor := found.next_cursor) is None:
            break
    picked_up = {one.number: one.answered_at for one in attempts if one.answered_at is not None}
    picked_up |= {one.number: one.answered_at for one in carrier_calls if one.answered_at}
    since, until = attempts[0].intended_at, max(map(_end, attempts))
    return Course(
        attempts=attempts,
        ends=ends,
        picked_up=picked_up,
        states=await agent_states.between(since, until),
    )


def furthest_apart(one: Course, other: Course) -> float:
    """How many seconds the two are apart where they are furthest: n-th launch beside n-th."""
    pairs = zip(one.launched, other.launched, strict=True)
    return max(abs(first - second) for first, second in pairs)


def ended_otherwise(one: Course, other: Course) -> dict[str, tuple[End | None, End | None]]:
    """By number: the calls that did not end the same in both."""
    return {
        number: (one.ends.get(number), other.ends.get(number))
        for number in one.ends.keys() | other.ends.keys()
        if one.ends.get(number) != other.ends.get(number)
    }
