"""The floor as one campaign's pacing sees it, kept up to date one change at a time.

Every moment is in seconds since the epoch. A picture is told what an agent or an attempt *is* now,
not what happened: telling it twice, or skipping a step that was never seen, does no harm. What
came to its end by the change is returned as lessons.
"""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum

from dialer.pacing.lessons import (
    Abandoned,
    AgentLeft,
    Cancelled,
    Connected,
    InboundCame,
    Launched,
    Lesson,
    LiveAnswer,
    MachineAnswer,
    PickedUp,
    Talked,
    Unanswered,
    WroteUp,
)


class Doing(StrEnum):
    """What an agent does, as far as pacing cares."""

    READY = "ready"  # or being offered a call this very moment
    TALKING = "talking"  # to a person we dialed
    SERVING = "serving"  # a caller of ours
    WRAPPING_UP = "wrapping_up"
    PAUSED = "paused"
    AWAY = "away"


class Stage(IntEnum):
    """How far an attempt has come; it only moves forward."""

    RINGING = 1
    HUNG_UP = 2  # we ended it while it rang, and have not heard of its end
    SCREENED = 3  # picked up, and a machine detection listens
    WAITING = 4  # a person is on the line and no agent yet
    CONNECTED = 5
    ABANDONED = 6
    MACHINE = 7
    UNANSWERED = 8


@dataclass(slots=True)
class Ledger:
    """What the abandonment limit is measured on: the attempts of the window in force."""

    live: int = 0
    abandoned: int = 0
    #: answered calls that were ended because a machine was heard: in neither of the others
    machines: int = 0
    #: of all people, the share that is taken for machines at most; 0: the rules ask for no estimate
    mistaken: float = 0.0

    @property
    def people_hung_up_on(self) -> float:
        """How many of the machines may have been people: estimated, abandoned, and live answers."""
        if not self.mistaken:
            return 0
        return min(self.machines, self.live * self.mistaken / (1.0 - self.mistaken))

    @property
    def live_estimated(self) -> float:
        """People who answered."""
        return self.live + self.people_hung_up_on

    @property
    def abandoned_estimated(self) -> float:
        """People who answered and met no agent in time, or were taken for a machine."""
        return self.abandoned + self.people_hung_up_on

    @property
    def share(self) -> float:
        """Abandoned per live answer; 0 while there is none."""
        return self.abandoned_estimated / self.live_estimated if self.live_estimated else 0.0

    def was_machine(self, *, abandoned: bool, ended: bool) -> None:
        """An answer that had been counted turned out to be a machine's; `ended` for that."""
        self.machines += ended
        self.live = max(self.live - 1, 0)
        self.abandoned = max(self.abandoned - abandoned, 0)


@dataclass(slots=True)
class Picture:
    """Agents and lines now. Policies read it; only whoever keeps it calls its methods."""

    ready: dict[str, float] = field(default_factory=dict)
    talking: dict[str, float] = field(default_factory=dict)
    serving: dict[str, float] = field(default_factory=dict)
    wrapping_up: dict[str, float] = field(default_factory=dict)
    paused: dict[str, float] = field(default_factory=dict)
    #: agents who will not be free after what they do now
    leaving: set[str] = field(default_factory=set)
    ringing: dict[str, float] = field(default_factory=dict)
    #: of those, the campaign's own whose phone is known to ring, since when: they may be hung up
    rang: dict[str, float] = field(default_factory=dict)
    hung_up: dict[str, float] = field(default_factory=dict)
    screened: dict[str, float] = field(default_factory=dict)
    waiting: dict[str, float] = field(default_factory=dict)
    inbound_waiting: dict[str, float] = field(default_factory=dict)
    ledger: Ledger = field(default_factory=Ledger)
    #: the smaller of what the trunk and the campaign's own limit leave; may be below zero
    lines_free: int = 0
    leads_due: int = 0
    #: leads that may still be dialed, now or later; None when nobody counted them
    leads_left: int | None = None
    #: when the shift's account is closed, or None when nobody said
    ends_at: float | None = None

    @property
    def signed_in(self) -> int:
        """Agents at work, paused ones included."""
        return self.at_work + len(self.paused)

    @property
    def at_work(self) -> int:
        """Agents who take calls or are about to."""
        return len(self.ready) + len(self.talking) + len(self.serving) + len(self.wrapping_up)

    @property
    def asking(self) -> int:
        """Those who are on the line now and want an agent."""
        return len(self.waiting) + len(self.inbound_waiting)

    @property
    def under_way(self) -> int:
        """Attempts that may still become a live answer."""
        return len(self.ringing) + len(self.screened)

    def agent_is(self, agent: str, doing: Doing, at: float) -> tuple[Lesson, ...]:
        """Put an agent where they are now; an agent who is there already stays since before."""
        place = self._places().get(doing)
        if place is not None and agent in place:
            return ()
        lessons = self._taken_from(agent, doing, at)
        if place is not None:
            place[agent] = at
        return lessons

    def _taken_from(self, agent: str, doing: Doing, at: float) -> tuple[Lesson, ...]:
        for was, place in self._places().items():
            since = place.pop(agent, None)
            if since is None:
                continue
            left: tuple[Lesson, ...] = (AgentLeft(),) if doing in (Doing.PAUSED, Doing.AWAY) else ()
            match was:
                case Doing.TALKING | Doing.SERVING:
                    return (Talked(at - since, dialed=was is Doing.TALKING), *left)
                case Doing.WRAPPING_UP:
                    return (WroteUp(at - since), *left)
                case Doing.READY:
                    return left
                case _:
                    return ()
        return ()

    def _places(self) -> dict[Doing, dict[str, float]]:
        return {
            Doing.READY: self.ready,
            Doing.TALKING: self.talking,
            Doing.SERVING: self.serving,
            Doing.WRAPPING_UP: self.wrapping_up,
            Doing.PAUSED: self.paused,
        }

    def attempt_is(
        self, attempt: str, stage: Stage, at: float, *, own: bool = True
    ) -> tuple[Lesson, ...]:
        """Move an attempt to how far it has come; the lessons of every step it took.

        `own` is False for another campaign's attempt, which is not in this one's ledger.
        """
        was, since = self._stage_of(attempt)
        if stage is Stage.RINGING:
            if was is not None:
                return ()
            self.ringing[attempt] = at
            return (Launched(),)
        if was is None or was >= stage:
            return ()
        del self._stages()[was][attempt]
        self.rang.pop(attempt, None)
        if stage is Stage.HUNG_UP:
            self.hung_up[attempt] = since
            return ()
        lessons: list[Lesson] = []
        if was < Stage.SCREENED:
            if stage is Stage.UNANSWERED:
                rung = at - since
                return (Cancelled(rung) if was is Stage.HUNG_UP else Unanswered(rung),)
            lessons.append(PickedUp(at - since))  # perhaps as it was being hung up
        if was < Stage.WAITING:
            if stage is Stage.SCREENED:
                self.screened[attempt] = at
                return tuple(lessons)
            if stage in (Stage.MACHINE, Stage.UNANSWERED):
                return (*lessons, MachineAnswer())
            lessons.append(LiveAnswer())
            self.ledger.live += own
        waited = at - since if was is Stage.WAITING else 0.0
        match stage:
            case Stage.WAITING:
                self.waiting[attempt] = at
            case Stage.CONNECTED:
                lessons.append(Connected(waited))
            case _:
                self.ledger.abandoned += own
                lessons.append(Abandoned())
        return tuple(lessons)

    def rings(self, attempt: str, at: float) -> None:
        """The phone that an attempt of the campaign's own calls rings; known before, it stays."""
        if attempt in self.ringing:
            self.rang.setdefault(attempt, at)

    def _stages(self) -> dict[Stage, dict[str, float]]:
        return {
            Stage.RINGING: self.ringing,
            Stage.HUNG_UP: self.hung_up,
            Stage.SCREENED: self.screened,
            Stage.WAITING: self.waiting,
        }

    def _stage_of(self, attempt: str) -> tuple[Stage | None, float]:
        for stage, place in self._stages().items():
            if attempt in place:
                return stage, place[attempt]
        return None, 0.0

    def forget_calls_except(self, there: Container[str]) -> None:
        """Drop whatever call is not there any more and was never seen to end."""
        for place in (*self._stages().values(), self.rang, self.inbound_waiting):
            for call in [call for call in place if call not in there]:
                del place[call]

    def inbound_is(self, call: str, *, waiting: bool, at: float) -> tuple[Lesson, ...]:
        """A caller of ours waits for these agents, or does not any more."""
        if not waiting:
            self.inbound_waiting.pop(call, None)
            return ()
        if call in self.inbound_waiting:
            return ()
        self.inbound_waiting[call] = at
        return (InboundCame(),)
