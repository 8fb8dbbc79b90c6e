"""A recorded day played again under any policy: what might have come of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields

from dialer.pacing.decision import Pacing
from dialer.pacing.picture import Doing, Stage
from simulator.cancelling import CancellingShift
from simulator.people import Reply
from simulator.recorded import RecordedDay, RecordedPeople
from simulator.scenario import HOUR, Scenario
from simulator.shift import Account


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What came of a day, or of the mean of several; lengths in seconds."""

    attempts: float
    live: float
    abandoned: float
    busy_seconds: float
    talk_seconds: float
    signed_in_seconds: float

    @property
    def abandoned_share(self) -> float:
        """Abandoned per live answer."""
        return self.abandoned / self.live if self.live else 0.0

    @property
    def occupancy(self) -> float:
        """Talk and wrap-up as a share of the time signed in."""
        return self.busy_seconds / self.signed_in_seconds if self.signed_in_seconds else 0.0

    @property
    def talk_minutes_per_hour(self) -> float:
        """Minutes of talk per hour of an agent."""
        return 60.0 * self.talk_seconds / self.signed_in_seconds if self.signed_in_seconds else 0.0


class RecordedShift(CancellingShift):
    """A shift whose people are a recorded day's; the list has no end.

    Nobody tells the policy when the shift's account is closed: the service does not know it either.
    """

    def __init__(self, day: RecordedDay, pacing: Pacing, seed: int) -> None:
        scenario = Scenario(
            name="recorded",
            agents=len({presence.agent for presence in day.presences}),
            hours=day.seconds / HOUR,
            ring_limit=day.ring_seconds,
            trunks=day.lines,
            presences=lambda _: list(day.presences),
        )
        super().__init__(scenario, pacing, seed)
        self.picture.ends_at = None
        self._people = RecordedPeople(day, seed)

    def _launch(self) -> None:
        self.account.attempts += 1
        attempt = f"a{self.account.attempts}"
        self._lines_used += 1
        self._attempt_is(attempt, Stage.RINGING)
        reply, seconds = self._people.fate(self._now)
        happen = self._picked_up if reply is Reply.PICKED_UP else self._unanswered
        self._after(seconds, happen, attempt)

    def _talk_begins(self, doing: Doing) -> None:
        agent = next(iter(self.picture.ready))
        self._count_ready(agent)
        self._agent_is(agent, doing)
        self._after(self._people.talk(self._now), self._talk_ends, agent, self._now, doing)

    def _talk_ends(self, agent: str, began: float, doing: Doing) -> None:
        self._lines_used -= 1
        self.account.talk_seconds += self._now - began
        self._count_work(began)
        self._agent_is(agent, Doing.WRAPPING_UP)
        self._after(self._people.wrap_up(self._now), self._written_up, agent, self._now)


def played(day: RecordedDay, make: Callable[[], Pacing], seeds: int) -> Figures:
    """The mean of the day under a policy, so many times; `make` gives a fresh one each time."""
    return _mean([_figures(RecordedShift(day, make(), seed).run()) for seed in range(seeds)])


def _figures(account: Account) -> Figures:
    return Figures(
        attempts=account.attempts,
        live=len(account.live_at),
        abandoned=len(account.abandoned_at),
        busy_seconds=account.busy_seconds,
        talk_seconds=account.talk_seconds,
        signed_in_seconds=account.signed_in_seconds,
    )


def _mean(days: Sequence[Figures]) -> Figures:
    names = [field.name for field in fields(Figures)]
    return Figures(**{name: sum(getattr(day, name) for day in days) / len(days) for name in names})
