"""What is added up of a campaign: attempts, by when they were meant to be made, and their ends."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from monitoring.additive import Additive
from monitoring.quarters import quarter_of

#: how an attempt ends; the dialer's words
CONNECTED, ABANDONED, MACHINE = "connected", "abandoned", "machine"
#: which count a talk is in by what it came to, in the dialer's words; the rest are no success
_COUNTED_AS = {
    "success": "successes",
    "callback": "callbacks",
    "do_not_call": "do_not_call",
    "no_contact": "no_contact",
    "": "undisposed",
}
NO_SUCCESS, NOT_TOLD = "no_success", "not_told"


@dataclass(slots=True, kw_only=True)
class CampaignCounts(Additive):
    """The additive counts of one campaign; durations are sums of whole milliseconds.

    `contacts` are persons who talked with an agent, `right_party` those of them who were the one
    that was wanted, `successes` what came to what it was for. `machines` is whatever turned out to
    be one, before or after an agent heard it, and is in neither contacts nor `abandoned`. `talk_ms`
    has the hold in it, and whatever an agent heard: of a machine too, until they hung up. `wait_ms`
    is from the answer to the agent, `line_ms` from the answer to the end, whoever answered.
    `outcomes` are attempts that ended. Of `undisposed` contacts nobody has said what they came to.
    """

    attempts: int = 0
    answered: int = 0
    contacts: int = 0
    right_party: int = 0
    successes: int = 0
    machines: int = 0
    abandoned: int = 0
    talk_ms: int = 0
    wait_ms: int = 0
    line_ms: int = 0
    callbacks: int = 0
    do_not_call: int = 0
    no_contact: int = 0
    undisposed: int = 0
    outcomes: dict[str, int] = field(default_factory=dict)

    @property
    def results(self) -> dict[str, int]:
        """Contacts by what they came to; their sum is `contacts`."""
        found = {
            category or NOT_TOLD: int(getattr(self, name)) for category, name in _COUNTED_AS.items()
        }
        return {**found, NO_SUCCESS: self.contacts - sum(found.values())}


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """One attempt as far as it is known."""

    intended_at: datetime
    answered_at: datetime | None
    connected_at: datetime | None
    ended_at: datetime | None
    #: "" as long as it has none
    outcome: str
    #: whoever listened took it for one
    machine: bool
    #: the agent said so
    right_party: bool
    #: what the talk came to by what the agent said; "": nobody has said
    category: str


def counted(tries: Iterable[Tried], quarter: datetime) -> CampaignCounts:
    """What one quarter of one campaign has of these attempts."""
    counts = CampaignCounts()
    for tried in tries:
        if quarter_of(tried.intended_at) == quarter:
            _count(counts, tried)
    return counts


def is_in(count: str, tried: Tried) -> bool:
    """Whether an attempt is one of those that a count, or the result `no_success`, is made of."""
    alone = CampaignCounts()
    _count(alone, tried)
    return bool(alone.results[count] if count == NO_SUCCESS else getattr(alone, count))


def _count(counts: CampaignCounts, tried: Tried) -> None:
    counts.attempts += 1
    counts.answered += tried.answered_at is not None
    machine = tried.machine or tried.outcome == MACHINE
    talked = tried.outcome == CONNECTED and not machine
    counts.machines += machine
    counts.contacts += talked
    counts.right_party += talked and tried.right_party
    if talked and (name := _COUNTED_AS.get(tried.category)):
        setattr(counts, name, getattr(counts, name) + 1)
    counts.abandoned += tried.outcome == ABANDONED and not machine
    if tried.outcome:
        counts.outcomes[tried.outcome] = counts.outcomes.get(tried.outcome, 0) + 1
    counts.line_ms += _ms(tried.answered_at, tried.ended_at)
    if tried.outcome == CONNECTED:
        counts.talk_ms += _ms(tried.connected_at, tried.ended_at)
        counts.wait_ms += _ms(tried.answered_at, tried.connected_at)


def _ms(start: datetime | None, end: datetime | None) -> int:
    if start is None or end is None:
        return 0
    return max(0, round((end - start).total_seconds() * 1000))
