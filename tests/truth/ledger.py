"""What really happened in the made world: its own book, written by whoever made it happen.

Nothing here, nor in what counts it again (`recount*.py`), knows a line of what linea800 folds,
stores or counts.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

#: with its wrap-ups
LONGEST_CALL = timedelta(hours=2)


@dataclass(slots=True, kw_only=True)
class Talk:
    """One agent with one customer."""

    agent: str
    began_at: datetime
    ended_at: datetime | None = None
    transferred: bool = False


@dataclass(slots=True, kw_only=True)
class Wait:
    """One wait in one queue, or the refusal to let somebody wait there (`ended` is refused)."""

    queue: str
    joined_at: datetime
    left_at: datetime | None = None
    #: answered, abandoned, key_exit, withdrawn, timed_out, empty_exit, failed, refused
    ended: str = "waiting"
    booked: bool = False
    talk: Talk | None = None


@dataclass(slots=True, kw_only=True)
class Came:
    """One customer's call, that came or was dialed."""

    call_id: str
    dialed: bool
    arrived_at: datetime
    ended_at: datetime | None = None
    number: str = ""
    customer: int | None = None
    reason: str = ""
    waits: list[Wait] = field(default_factory=list)
    #: from when to when the customer heard music
    holds: list[tuple[datetime, datetime]] = field(default_factory=list)
    wrap_ups: list[tuple[datetime, datetime]] = field(default_factory=list)
    #: what the first agent who wrote something wrote
    said: str = ""
    #: question, when it was asked, the answer
    asked: list[tuple[str, datetime, int | None]] = field(default_factory=list)
    #: when a wait was told, in which queue: expected, low and high seconds
    told: list[tuple[datetime, str, float, float, float]] = field(default_factory=list)

    @property
    def talks(self) -> list[Talk]:
        """In their order."""
        return [wait.talk for wait in self.waits if wait.talk is not None]


@dataclass(slots=True, kw_only=True)
class Tried:
    """One attempt to reach somebody."""

    attempt_id: str
    campaign: str
    meant_at: datetime
    answered_at: datetime | None = None
    talked_at: datetime | None = None
    ended_at: datetime | None = None
    outcome: str = ""
    said: str = ""


@dataclass(slots=True, kw_only=True)
class Spell:
    """What an agent did from when to when, by what the phone and the switch did."""

    agent: str
    state: str
    reason: str
    began_at: datetime
    ended_at: datetime | None = None


@dataclass(slots=True)
class Ledger:
    """All of it."""

    calls: dict[str, Came] = field(default_factory=dict)
    tries: dict[str, Tried] = field(default_factory=dict)
    spells: list[Spell] = field(default_factory=list)
    #: who did not take a call that rang, and when
    missed: list[tuple[str, datetime]] = field(default_factory=list)

    def slice(self, since: datetime, until: datetime) -> Ledger:
        """What may have anything in that time: no call is longer than `LONGEST_CALL`."""
        return Ledger(
            calls={
                call_id: call
                for call_id, call in self.calls.items()
                if since - LONGEST_CALL <= call.arrived_at < until
            },
            tries={
                attempt_id: tried
                for attempt_id, tried in self.tries.items()
                if since <= tried.meant_at < until
            },
            spells=[
                spell
                for spell in self.spells
                if spell.began_at < until and (spell.ended_at is None or spell.ended_at > since)
            ],
            missed=[(agent, at) for agent, at in self.missed if since <= at < until],
        )

    @property
    def came(self) -> list[Came]:
        """Calls that came."""
        return [call for call in self.calls.values() if not call.dialed]
