"""One shift in virtual time: a pacing policy dials, people answer or not, agents talk.

The policy sees what a dialer can see and nothing else: a `Picture` and lessons. What happens to an
attempt is drawn when it is launched. Everything comes from the seed: two policies meet the same
agents and callers, and people as like as two draws can be.
"""

from __future__ import annotations

import heapq
import random
from collections.abc import Callable
from dataclasses import dataclass, field

from dialer.pacing.decision import Pacing
from dialer.pacing.lessons import Lesson
from dialer.pacing.picture import Doing, Picture, Stage
from simulator.people import Reply, fate
from simulator.scenario import Presence, Scenario


@dataclass(slots=True)
class Account:
    """What came of a shift. Lengths in seconds, moments (`…_at`) in shift time."""

    attempts: int = 0
    answered: int = 0
    unanswered: int = 0
    machines: int = 0
    connected: int = 0
    #: talk and wrap-up, and the talk alone
    busy_seconds: float = 0.0
    talk_seconds: float = 0.0
    ready_seconds: float = 0.0
    signed_in_seconds: float = 0.0
    live_at: list[float] = field(default_factory=list)
    abandoned_at: list[float] = field(default_factory=list)
    #: when a talk or wrap-up ended, and how long it was: for windows of the shift
    worked: list[tuple[float, float]] = field(default_factory=list)
    #: how long each caller who was served had waited
    inbound_waited: list[float] = field(default_factory=list)
    #: when the last lead was dialed; None: there were leads to the end
    used_up_at: float | None = None
    decisions: int = 0

    @property
    def occupancy(self) -> float:
        """Talk and wrap-up as a share of the time signed in."""
        return self.busy_seconds / self.signed_in_seconds if self.signed_in_seconds else 0.0

    @property
    def abandoned_share(self) -> float:
        """Abandoned per live answer."""
        return len(self.abandoned_at) / len(self.live_at) if self.live_at else 0.0


class Shift:
    """Runs one scenario with one policy; `run` returns its account."""

    def __init__(self, scenario: Scenario, pacing: Pacing, seed: int) -> None:
        self.scenario = scenario
        self.picture = Picture(ends_at=scenario.seconds, leads_due=scenario.leads)
        self.account = Account()
        self._pacing = pacing
        self._draw = random.Random(f"people {seed}")
        self._agents_draw = random.Random(f"agents {seed}")
        self._talk = scenario.talk.log_moments
        self._wrap_up = scenario.wrap_up.log_moments
        self._queue: list[tuple[float, int, Callable[..., None], tuple[object, ...]]] = []
        self._count = 0
        self._now = 0.0
        self._lines_used = 0
        self._going: set[str] = set()
        self._since: dict[str, float] = {}  # agents signed in, since when
        self._look_at = 0.0

    def run(self) -> Account:
        """Play the shift from its first to its last second."""
        scenario = self.scenario
        for presence in scenario.working(self._agents_draw):
            self._at(presence.begins, self._sign_in, presence)
            self._at(presence.ends, self._sign_out, presence)
        if scenario.inbound is not None:
            for index, moment in enumerate(scenario.inbound(self._agents_draw)):
                self._at(moment, self._inbound, f"in{index}")
        while self._queue and self._queue[0][0] <= scenario.seconds:
            self._now = self._queue[0][0]
            while self._queue and self._queue[0][0] <= self._now:
                _, _, happen, what = heapq.heappop(self._queue)
                happen(*what)
            self._decide()
        return self._closed()

    # --- the dialer

    def _decide(self) -> None:
        for begins, ends in self.scenario.outages:
            if begins <= self._now < ends:
                return self._at(ends, self._look)
        self.picture.lines_free = self.scenario.trunks - self._lines_used
        decision = self._pacing.decide(self.picture, self._now)
        self.account.decisions += 1
        for _ in range(decision.dial):
            self._launch()
        again = decision.look_again_at
        due = self._now < self._look_at
        if again is not None and again > self._now and not (due and self._look_at <= again):
            self._look_at = again
            self._at(again, self._look)
        return None

    def _look(self) -> None:
        """Nothing happened but time."""

    def _learn(self, lessons: tuple[Lesson, ...]) -> None:
        for lesson in lessons:
            self._pacing.learn(lesson, self._now)

    def _agent_is(self, agent: str, doing: Doing) -> None:
        self._learn(self.picture.agent_is(agent, doing, self._now))

    def _attempt_is(self, attempt: str, stage: Stage) -> None:
        self._learn(self.picture.attempt_is(attempt, stage, self._now))

    # --- called people

    def _launch(self) -> None:
        self.account.attempts += 1
        self.picture.leads_due -= 1
        if not self.picture.leads_due:
            self.account.used_up_at = self._now
        attempt = f"a{self.account.attempts}"
        self._lines_used += 1
        self._attempt_is(attempt, Stage.RINGING)
        reply, seconds = fate(self.scenario, self._now, self._draw)
        happen = self._picked_up if reply is Reply.PICKED_UP else self._unanswered
        self._after(seconds, happen, attempt)

    def _unanswered(self, attempt: str) -> None:
        self._lines_used -= 1
        self.account.unanswered += 1
        self._attempt_is(attempt, Stage.UNANSWERED)

    def _picked_up(self, attempt: str) -> None:
        self.account.answered += 1
        if not self.scenario.screening:
            return self._live(attempt)
        self._attempt_is(attempt, Stage.SCREENED)
        machine = self._draw.random() < self.scenario.machines
        return self._after(
            self.scenario.screening, self._machine if machine else self._live, attempt
        )

    def _machine(self, attempt: str) -> None:
        self._lines_used -= 1
        self.account.machines += 1
        self._attempt_is(attempt, Stage.MACHINE)

    def _live(self, attempt: str) -> None:
        self.account.live_at.append(self._now)
        if self.picture.ready and not self.picture.inbound_waiting:
            return self._connect(attempt)
        self._attempt_is(attempt, Stage.WAITING)
        return self._after(self.scenario.patience, self._give_up, attempt)

    def _give_up(self, attempt: str) -> None:
        if attempt in self.picture.waiting:
            self.account.abandoned_at.append(self._now)
            self._attempt_is(attempt, Stage.ABANDONED)
            self._after(self.scenario.message, self._hang_up)

    def _hang_up(self) -> None:
        self._lines_used -= 1

    # --- agents

    def _connect(self, attempt: str) -> None:
        self.account.connected += 1
        self._attempt_is(attempt, Stage.CONNECTED)
        self._talk_begins(Doing.TALKING)

    def _talk_begins(self, doing: Doing) -> None:
        agent = next(iter(self.picture.ready))
        self._count_ready(agent)
        self._agent_is(agent, doing)
        seconds = self._draw.lognormvariate(*self._talk)
        self._after(seconds, self._talk_ends, agent, self._now, doing)

    def _talk_ends(self, agent: str, began: float, doing: Doing) -> None:
        if doing is Doing.TALKING:
            self._lines_used -= 1
        self.account.talk_seconds += self._now - began
        self._count_work(began)
        self._agent_is(agent, Doing.WRAPPING_UP)
        seconds = self._draw.lognormvariate(*self._wrap_up)
        self._after(seconds, self._written_up, agent, self._now)

    def _count_work(self, began: float) -> None:
        self.account.busy_seconds += self._now - began
        self.account.worked.append((self._now, self._now - began))

    def _count_ready(self, agent: str) -> None:
        self.account.ready_seconds += self._now - self.picture.ready[agent]

    def _written_up(self, agent: str, began: float) -> None:
        self._count_work(began)
        if agent in self._going:
            self._going.discard(agent)
            self.picture.leaving.discard(agent)
            return self._goes(agent)
        return self._is_free(agent)

    def _is_free(self, agent: str) -> None:
        self._agent_is(agent, Doing.READY)
        picture = self.picture
        if picture.inbound_waiting:
            self._serve(next(iter(picture.inbound_waiting)))
        elif picture.waiting:
            self._connect(next(iter(picture.waiting)))

    def _sign_in(self, presence: Presence) -> None:
        if presence.agent in self._since:  # still at the call before the break
            self._going.discard(presence.agent)
            self.picture.leaving.discard(presence.agent)
            return
        self._since[presence.agent] = self._now
        self._is_free(presence.agent)

    def _sign_out(self, presence: Presence) -> None:
        agent = presence.agent
        if agent in self.picture.ready:
            self._count_ready(agent)
            self._goes(agent)
        elif agent in self._since:
            self._going.add(agent)
            self.picture.leaving.add(agent)

    def _goes(self, agent: str) -> None:
        self._agent_is(agent, Doing.AWAY)
        self.account.signed_in_seconds += self._now - self._since.pop(agent)

    def _inbound(self, call: str) -> None:
        # told as waiting even if somebody is free: that is how a dialer learns of it
        self._learn(self.picture.inbound_is(call, waiting=True, at=self._now))
        if self.picture.ready:
            self._serve(call)

    def _serve(self, call: str) -> None:
        self.account.inbound_waited.append(self._now - self.picture.inbound_waiting[call])
        self.picture.inbound_is(call, waiting=False, at=self._now)
        self._talk_begins(Doing.SERVING)

    # --- time

    def _after(self, seconds: float, happen: Callable[..., None], *what: object) -> None:
        self._at(self._now + seconds, happen, *what)

    def _at(self, moment: float, happen: Callable[..., None], *what: object) -> None:
        self._count += 1
        heapq.heappush(self._queue, (moment, self._count, happen, what))

    def _closed(self) -> Account:
        end, account, picture = self.scenario.seconds, self.account, self.picture
        account.signed_in_seconds += sum(end - since for since in self._since.values())
        for place in (picture.talking, picture.serving, picture.wrapping_up):
            for since in place.values():
                account.busy_seconds += end - since
                account.worked.append((end, end - since))
        for place in (picture.talking, picture.serving):
            account.talk_seconds += sum(end - since for since in place.values())
        account.ready_seconds += sum(end - since for since in picture.ready.values())
        return account
