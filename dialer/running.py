"""The campaigns in hand, each with its policy and the picture that its policy looks at.

The pictures follow the facts: who is where is read from the roster and the tracker after each
change, so a picture agrees with them whatever was missed. Campaigns share agents through the
agents' queues: an attempt of one is in the pictures of all that share, its ledger only in its own.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from agents.roster import AgentStatus, Roster
from agents.states import AgentState
from calls.call import Call, Direction
from calls.events import LinkLost, SnapshotTaken
from calls.states import CallState
from calls.tracker import Change, Tracker
from dialer.attempt import Attempt
from dialer.blending import Blend, left_waiting
from dialer.callbacks import Promise
from dialer.campaign import Campaign
from dialer.lines import Lines
from dialer.pacing.decision import Decision, Pacing, Reason
from dialer.pacing.picture import Doing, Picture, Stage
from dialer.ruling import Judge

#: told to a policy while the list has not run dry: more than any floor could use at once
PLENTY = 1_000_000
#: waiting is noted this often at most: it alternates with dialing all day
NOTE_AGAIN = timedelta(seconds=10)

_DOING = {
    AgentState.OFFERED: Doing.READY,  # a call is on its way to them, and it still asks
    AgentState.WRAPPING_UP: Doing.WRAPPING_UP,
    AgentState.PAUSED: Doing.PAUSED,
}


@dataclass(slots=True)
class Running:
    """A campaign in hand: its policy, what it sees, and its attempts that have no end yet."""

    campaign: Campaign
    judge: Judge
    policy: str
    pacing: Pacing
    picture: Picture = field(default_factory=Picture)
    attempts: dict[str, Attempt] = field(default_factory=dict)
    cancelled: set[str] = field(default_factory=set)
    told: Decision | None = None
    #: the start of the period whose ledger is in the picture; None: not loaded, nothing is dialed
    ledger_of: datetime | None = None
    #: when the leads left were counted
    counted_at: datetime | None = None
    #: the last decision that was kept: when, and its reason
    noted: tuple[datetime, Reason] | None = None
    #: the last reservation found fewer leads than asked for; more may come due at `dry_until`
    dry: bool = False
    dry_until: datetime | None = None
    #: an attempt ended since it was last asked whether any lead is left
    some_ended: bool = False
    #: when it stands back for those who call the line; None: never
    blend: Blend | None = field(init=False)
    #: the promised calls that are next, the soonest first; None: to be looked up
    owed: Sequence[Promise] | None = None
    #: those that are due could not be made, and are not tried alone before that
    owed_again_at: datetime | None = None

    def __post_init__(self) -> None:
        """The campaign stands back as it says."""
        rule = self.campaign.options.blend
        self.blend = Blend(rule) if rule is not None else None

    def begin_anew(self, campaign: Campaign, judge: Judge, policy: str, pacing: Pacing) -> None:
        """The campaign was changed: its policy learns from what was kept, as after a restart."""
        if campaign.options.blend != self.campaign.options.blend:
            rule = campaign.options.blend
            self.blend = Blend(rule) if rule is not None else None
        self.campaign, self.judge, self.policy, self.pacing = campaign, judge, policy, pacing
        self.ledger_of = self.told = None
        self.leads_changed()

    def leads_changed(self) -> None:
        """Somebody may be due who was not: look for leads and promises again."""
        self.dry, self.counted_at = False, None
        self.owed = self.owed_again_at = None

    def owed_now(self, now: datetime) -> int:
        """How many promised calls are due that anybody may make by now."""
        if self.owed_again_at is not None and now < self.owed_again_at:
            return 0
        return sum(
            one.at <= now and (not one.agent or one.at + self.grace <= now)
            for one in self.owed or ()
        )

    def next_owed_at(self, now: datetime) -> float | None:
        """When the next promised call comes due, in seconds since the epoch; None: none will."""
        moments = [one.at for one in self.owed or ()]
        if self.owed_again_at is not None:
            moments.append(self.owed_again_at)
        return min((at.timestamp() for at in moments if at > now), default=None)

    @property
    def abandonment_cap(self) -> float:
        """Abandoned per live answer that pacing may reach: its own, or the rules' if less."""
        caps = [self.campaign.abandonment_cap, self.judge.abandonment_cap]
        return min(cap for cap in caps if cap is not None)

    @property
    def grace(self) -> timedelta:
        """How long a promised call waits for its own agent."""
        return timedelta(minutes=self.campaign.options.callback_grace_minutes)

    def should_note(self, now: datetime, reason: Reason) -> bool:
        """Whether a decision to wait is worth a row: another reason, and not every moment."""
        if self.noted is None:
            return True
        at, before = self.noted
        return reason is not before and now - at >= NOTE_AGAIN


class Watch:
    """Keeps every campaign's picture."""

    def __init__(self, roster: Roster, tracker: Tracker, lines: Lines) -> None:
        self._roster = roster
        self._tracker = tracker
        self._lines = lines
        self._shared: dict[str, frozenset[str]] = {}  # queue -> queues with the same agents
        self._unseen: set[str] = set()  # attempts launched that the tracker has not heard of
        self._own: set[str] = set()  # attempts that are one agent's: they ask for nobody else

    def take(self, change: Change, campaigns: Iterable[Running]) -> None:
        """Bring the pictures up to date with one change."""
        if isinstance(change.fact, SnapshotTaken | LinkLost):
            self.look_at_all(campaigns, change.fact.at)
            return
        numbers = {getattr(change.fact, "agent", "")}
        numbers.update(call.agent for call in (change.before, change.after) if call is not None)
        agents = [agent for number in numbers if number and (agent := self._roster.get(number))]
        for running in campaigns:
            for agent in agents:
                self._see_agent(running, agent, change.fact.at)
            if change.after is not None:
                self._unseen.discard(change.after.call_id)
                self._see_call(running, change.after, change.fact.at)

    def look_at_all(self, campaigns: Iterable[Running], at: datetime) -> None:
        """Look at every agent and every call: nothing that was missed stays wrong."""
        calls = self._tracker.open_calls()
        agents = self._roster.all()
        here = {call.call_id for call in calls}
        for running in campaigns:
            for agent in agents:
                self._see_agent(running, agent, at)
            for call in calls:
                self._see_call(running, call, at)
            running.picture.forget_calls_except(here | running.attempts.keys())

    def launched(self, campaigns: Iterable[Running], owner: Running, attempt: Attempt) -> None:
        """An attempt is about to leave: it counts before its first fact has come round."""
        at = attempt.intended_at.timestamp()
        if self._tracker.get(attempt.id) is None:
            self._unseen.add(attempt.id)
        if attempt.wanted_agent:
            self._own.add(attempt.id)
            return
        for running in campaigns:
            if self._share(running, owner.campaign.queue):
                self._attempt_is(running, attempt.id, Stage.RINGING, at)

    def kept(self, campaigns: Iterable[Running], number: str, at: datetime) -> None:
        """An agent is kept for one lead: nobody else counts on them from this moment on."""
        for running in campaigns:
            if number in running.picture.ready:
                for lesson in running.picture.agent_is(number, Doing.AWAY, at.timestamp()):
                    running.pacing.learn(lesson, at.timestamp())

    def hung_up(self, campaigns: Iterable[Running], attempt_id: str, at: datetime) -> None:
        """We ended an attempt while it rang: nobody is expected of it from now on."""
        for running in campaigns:
            self._attempt_is(running, attempt_id, Stage.HUNG_UP, at.timestamp())

    def waiting_since(self, running: Running, queues: Collection[str]) -> list[float]:
        """Since when callers wait for the campaign's agents, in these queues; without any: in all.

        Seconds since the epoch. Whom a free agent is about to serve does not count.
        """
        if not running.picture.inbound_waiting:
            return []
        held = [agent for agent in self._roster.all() if agent.held]
        met = {agent.call_id for agent in held if agent.state is AgentState.OFFERED}
        callers = [
            (since, call.queue if call is not None else "")
            for call_id, since in running.picture.inbound_waiting.items()
            if call_id not in met
            and ((call := self._tracker.get(call_id)) is None or not queues or call.queue in queues)
        ]
        return left_waiting(callers, [agent.queues for agent in held if agent.free])

    def count_lines(self, running: Running, now: datetime) -> None:
        """Write what the trunk, the campaign and its list leave into the picture."""
        in_use = self._tracker.open_count + len(self._unseen)
        running.picture.lines_free = min(
            self._lines.free(in_use, now.timestamp()),
            running.campaign.max_lines - len(running.attempts),
        )
        running.picture.leads_due = 0 if running.dry else PLENTY

    def _see_agent(self, running: Running, agent: AgentStatus, at: datetime) -> None:
        # a phone that has to be rung first cannot be there within two seconds
        if running.campaign.queue not in agent.queues or not agent.held:
            return
        picture = running.picture
        since = (agent.since or at).timestamp()
        for lesson in picture.agent_is(agent.number, self._doing(agent), since):
            running.pacing.learn(lesson, since)
        if agent.pause_next:
            picture.leaving.add(agent.number)
        else:
            picture.leaving.discard(agent.number)

    def _doing(self, agent: AgentStatus) -> Doing:
        if agent.free:
            return Doing.READY
        if agent.state is AgentState.TALKING:
            call = self._tracker.get(agent.call_id)
            inbound = call is not None and call.direction is Direction.INBOUND
            return Doing.SERVING if inbound else Doing.TALKING
        return _DOING.get(agent.state, Doing.AWAY)

    def _see_call(self, running: Running, call: Call, at: datetime) -> None:
        """Put one call where it is now."""
        moment = at.timestamp()
        if call.direction is Direction.DIALED:
            stage = _stage(call)
            if call.call_id in self._own:
                self._own_attempt_is(running, call.call_id, stage)
                return
            if stage is not Stage.RINGING or call.call_id in running.attempts:
                self._attempt_is(running, call.call_id, stage, moment)
            if call.state is CallState.RINGING and call.call_id in running.attempts:
                running.picture.rings(call.call_id, moment)
            return
        waits = call.state is CallState.QUEUED and self._share(running, call.queue)
        for lesson in running.picture.inbound_is(call.call_id, waiting=waits, at=moment):
            running.pacing.learn(lesson, moment)

    def _own_attempt_is(self, running: Running, attempt_id: str, stage: Stage) -> None:
        """One that asks for one agent: in the ledger of its campaign, and in no picture."""
        if attempt_id not in running.attempts or stage <= Stage.WAITING:
            return
        self._own.discard(attempt_id)
        if stage in (Stage.CONNECTED, Stage.ABANDONED):
            running.picture.ledger.live += 1
            running.picture.ledger.abandoned += stage is Stage.ABANDONED

    def _attempt_is(self, running: Running, attempt_id: str, stage: Stage, at: float) -> None:
        own = attempt_id in running.attempts
        for lesson in running.picture.attempt_is(attempt_id, stage, at, own=own):
            if own:
                running.pacing.learn(lesson, at)

    def _share(self, running: Running, queue: str) -> bool:
        mine = running.campaign.queue
        if mine not in self._shared:
            names = [
                name
                for agent in self._roster.all()
                if mine in agent.queues
                for name in agent.queues
            ]
            self._shared[mine] = frozenset(names)
        return queue in self._shared[mine]


def _stage(call: Call) -> Stage:
    if call.connected_at is not None:
        return Stage.CONNECTED
    if call.answered_at is None:
        return Stage.RINGING if call.open else Stage.UNANSWERED
    return Stage.WAITING if call.open and not call.queue_status else Stage.ABANDONED
