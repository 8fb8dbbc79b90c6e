"""What a lead is: a person to be reached, and where they are in their life on a list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from dialer.attempt import Outcome

#: a priority outweighs every score
PRIORITY_WORTH = 1e9
#: scores are held to this either way
MAX_SCORE = 1e6
MAX_PRIORITY = 1000
#: the rank of a lead whom a call is promised: before everybody
PROMISED = -1e15


class LeadState(StrEnum):
    """Where a lead is in its life."""

    READY = "ready"  # its time has come
    WAITING = "waiting"  # may be dialed once `next_at` has come
    PREVIEWED = "previewed"  # an agent looks at it, until `next_at` at the latest
    RESERVED = "reserved"  # an attempt of it is open
    DONE = "done"  # reached, or no further attempt is allowed


@dataclass(frozen=True, slots=True)
class Phone:
    """One number of a lead: E.164 without the plus, and whose clock counts there.

    `zone` is a key of `dialer.rules.place`; "" when nobody looked yet. `label` is what the list
    called it.
    """

    number: str
    zone: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewLead:
    """A row of a list that was found good. `number` is E.164 without the plus sign."""

    number: str
    name: str
    extra: dict[str, str]
    zone: str = ""
    label: str = ""
    #: tried when the first one is of no use, in this order
    others: tuple[Phone, ...] = ()
    #: higher goes first; among equals the higher score
    priority: int = 0
    score: float = 0.0
    #: what the owner of the list calls this person
    external_id: str = ""

    @property
    def phones(self) -> tuple[Phone, ...]:
        """All numbers, the first one first."""
        return (Phone(self.number, self.zone, self.label), *self.others)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lead:
    """A person to be reached."""

    id: int
    campaign_id: str
    list_id: str
    number: str
    name: str
    extra: dict[str, str]
    external_id: str
    state: LeadState
    attempts: int
    next_at: datetime
    last_outcome: Outcome | None
    zone: str
    priority: int
    score: float
    wanted_agent: str
    reason: str


def rank(priority: int, score: float) -> float:
    """What a list is ordered by: the lowest goes first. Raises `ValueError` outside the ranges."""
    if abs(priority) > MAX_PRIORITY or not abs(score) <= MAX_SCORE:
        raise ValueError(
            f"priority {priority}, score {score}: at most {MAX_PRIORITY} and {MAX_SCORE:g}"
        )
    return -(priority * PRIORITY_WORTH + score)
