"""The abandonment rate as the law defines it, from raw attempts: nothing is kept, all is counted.

A call is abandoned when a person answered and no agent joined in time, whoever hung up first and
however soon. The rate is that of the people who answered; numbers that nobody, or a machine,
answered are in neither count. Two corrections, if the rule asks for a reasoned estimate (Ofcom's
idea): without a detector some of those abandoned were machines, in the proportion of machines
among the calls put through; with a detector some of those it hung up on as machines were people,
as many as the upper end of what a sample of recordings, or the detector's own measurement, allows.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from dialer.rules.sections import AbandonmentRule, AbandonmentWindow, ClockStart
from dialer.rules.wall_clock import day_begins, instant, local_day, zoned

#: 95 % between both ends
_Z = 1.959963984540054
#: of people, the share that our detector takes for machines at most (decision 0013: 12 of 600)
TAKEN_FOR_MACHINES = 0.035

_FIXED = {
    AbandonmentWindow.LAST_24_HOURS: dt.timedelta(hours=24),
    AbandonmentWindow.THIRTY_DAYS: dt.timedelta(days=30),
}


class AnsweredBy(StrEnum):
    """Who answered, as far as anybody found out."""

    PERSON = "person"
    #: a detector, or an agent, heard a machine
    MACHINE = "machine"
    #: no detector, or it was not sure: a person, until an agent heard otherwise
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class DialedAttempt:
    """What the rate needs to know of one attempt; UTC throughout."""

    campaign: str
    dialed_at: dt.datetime
    answered_at: dt.datetime | None = None
    #: when the person began and ended the greeting; unknown: the clock starts at the answer
    greeting_began_at: dt.datetime | None = None
    greeting_ended_at: dt.datetime | None = None
    answered_by: AnsweredBy = AnsweredBy.UNKNOWN
    #: a detector judged the call
    screened: bool = False
    agent_joined_at: dt.datetime | None = None

    def is_abandoned(self, rule: AbandonmentRule) -> bool:
        """Whether a person (or nobody knows who) answered and no agent joined in time."""
        if self.answered_at is None or self.answered_by is AnsweredBy.MACHINE:
            return False
        if self.agent_joined_at is None:
            return True
        limit = dt.timedelta(seconds=rule.threshold_seconds)
        return self.agent_joined_at - self._clock_start(rule.clock_start) > limit

    def _clock_start(self, start: ClockStart) -> dt.datetime:
        known = {
            ClockStart.GREETING_START: self.greeting_began_at,
            ClockStart.GREETING_END: self.greeting_ended_at,
        }.get(start)
        return known or self.answered_at or self.dialed_at


@dataclass(frozen=True, slots=True)
class Sample:
    """Recordings of calls hung up as machines, heard again: how many, and how many were people."""

    checked: int
    people: int

    def upper_share(self) -> float:
        """The highest share of people that 95 % of such samples allow (Wilson); 1 without any."""
        return wilson_upper(self.people, self.checked)

    def people_among(self, answers: Answers) -> float:
        """How many of those hung up on as machines may have been people."""
        return answers.hung_up * self.upper_share()


@dataclass(frozen=True, slots=True)
class Detector:
    """A detector that was measured: of all people it takes this share for machines at most."""

    share: float = TAKEN_FOR_MACHINES

    def people_among(self, answers: Answers) -> float:
        """How many of those hung up on as machines may have been people.

        Told by the people whom the same detector let through; never more than it hung up on.
        """
        people = answers.let_through * self.share / (1.0 - self.share)
        return min(float(answers.hung_up), people)


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """The stretch of time and the campaign that a rate belongs to; `until` is not included."""

    campaign: str
    since: dt.datetime
    until: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What a period's answered calls were; each count is of calls, and whole."""

    #: an agent joined, and of these: it was a machine; it was a person, and too late
    joined: int
    machines_joined: int
    late: int
    #: nobody joined and nobody heard a machine: judged by a detector, and not
    dropped_screened: int
    dropped_blind: int
    #: ended because a detector heard a machine, an agent being there or not
    hung_up: int
    #: a detector listened, and no machine was heard by anybody
    let_through: int

    @property
    def abandoned(self) -> int:
        """A person (or nobody knows who) whom no agent joined in time."""
        return self.late + self.dropped_screened + self.dropped_blind


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """The counts of a period. Estimated ones need not be whole."""

    #: answered by a person: those an agent joined in time, and those abandoned
    live: float
    abandoned: float

    @property
    def rate(self) -> float | None:
        """Abandoned of live; None when nobody answered."""
        return self.abandoned / self.live if self.live else None

    def stops_at(self, cap: float, minimum_sample: int) -> bool:
        """Whether one more abandoned call would pass the cap."""
        return self.live >= minimum_sample and (self.abandoned + 1) / (self.live + 1) > cap


def rates(
    attempts: Iterable[DialedAttempt],
    rule: AbandonmentRule,
    *,
    zone: str = "UTC",
    started: Mapping[str, dt.datetime] | None = None,
    sample: Sample | None = None,
) -> dict[Period, Tally]:
    """The rate of each campaign in each of its periods that has an attempt, in order.

    Periods of 24 hours and of 30 days follow each other from the campaign's start: `started`, else
    its first attempt. Calendar days are those of `zone`. A call belongs to when it was dialed.
    `sample` is needed for a reasoned estimate of calls that a detector judged: without one, every
    call hung up as a machine counts as a person abandoned.
    """
    ordered = sorted(attempts, key=lambda each: (each.campaign, each.dialed_at))
    begins = dict(started or {})
    periods: dict[Period, list[DialedAttempt]] = {}
    for each in ordered:
        begin = begins.setdefault(each.campaign, each.dialed_at)
        since, until = period_around(each.dialed_at, rule.window, begin, zone)
        period = Period(campaign=each.campaign, since=since, until=until)
        periods.setdefault(period, []).append(each)
    return {period: tally(within, rule, sample) for period, within in periods.items()}


def tally(
    attempts: Iterable[DialedAttempt], rule: AbandonmentRule, sample: Sample | None = None
) -> Tally:
    """The counts over these attempts, taken as one period of one campaign."""
    return tallied(answers_of(attempts, rule), rule, sample)


def answers_of(attempts: Iterable[DialedAttempt], rule: AbandonmentRule) -> Answers:
    """What became of those that were answered."""
    answered = [each for each in attempts if each.answered_at is not None]
    joined = [each for each in answered if each.agent_joined_at is not None]
    alone = [each for each in answered if each.agent_joined_at is None]
    machine = AnsweredBy.MACHINE
    return Answers(
        joined=len(joined),
        machines_joined=sum(each.answered_by is machine for each in joined),
        late=sum(each.is_abandoned(rule) for each in joined),
        dropped_screened=sum(each.is_abandoned(rule) and each.screened for each in alone),
        dropped_blind=sum(each.is_abandoned(rule) and not each.screened for each in alone),
        hung_up=sum(each.answered_by is machine and each.screened for each in alone),
        let_through=sum(each.answered_by is not machine and each.screened for each in answered),
    )


def tallied(
    answers: Answers, rule: AbandonmentRule, heard: Sample | Detector | None = None
) -> Tally:
    """The counts of a period; without a word on the machines each of them may be a person."""
    in_time = answers.joined - answers.machines_joined - answers.late
    abandoned = float(answers.abandoned)
    if rule.estimate == "reasoned":
        machines = answers.machines_joined / answers.joined if answers.joined else 0.0
        people = float(answers.hung_up) if heard is None else heard.people_among(answers)
        abandoned += people - answers.dropped_blind * machines
    return Tally(live=in_time + abandoned, abandoned=abandoned)


def wilson_upper(hits: int, tries: int) -> float:
    """The upper end of Wilson's 95 % interval for a share; 1 when nothing was tried."""
    if tries == 0:
        return 1.0
    share, square = hits / tries, _Z * _Z
    centre = share + square / (2 * tries)
    margin = _Z * math.sqrt(share * (1 - share) / tries + square / (4 * tries * tries))
    return min(1.0, (centre + margin) / (1 + square / tries))


def period_around(
    at: dt.datetime, window: AbandonmentWindow, begin: dt.datetime, zone: str
) -> tuple[dt.datetime, dt.datetime]:
    """The period of a campaign begun at `begin` that an instant belongs to, its end not included.

    Periods of 24 hours and of 30 days follow each other; calendar days are those of `zone`.
    """
    if window is AbandonmentWindow.CALENDAR_DAY:
        clock = zoned(zone)
        day = local_day(clock, int(at.timestamp() // 1))
        return instant(day_begins(clock, day)), instant(day_begins(clock, day + 1))
    length = _FIXED[window]
    since = begin + (at - begin) // length * length
    return since, since + length
