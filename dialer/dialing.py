"""The dialer at work: for every running campaign, on every change that matters, decide and dial.

The order of things is what keeps people from being dialed twice: the attempt's row is committed,
then its fact is told, then the order leaves, once. Whatever happens after that, the attempt counts.
"""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta

from agents.floor import Floor
from agents.roster import Roster
from calls.errors import OutcomeUnknownError, SwitchError
from calls.events import (
    AgentFact,
    CallFact,
    DigitPressed,
    Fact,
    LinkLost,
    SnapshotTaken,
)
from calls.switch import CallPlacer, Dial
from calls.tracker import Change, Tracker
from dialer.attempt import Attempt
from dialer.book import AttemptBook, BookError
from dialer.campaign import Campaign, CampaignState, PacingNote
from dialer.lines import Lines
from dialer.memory import MOST_ATTEMPTS, REMEMBERED, teach
from dialer.open_attempts import OpenAttempts
from dialer.pacing.decision import Decision, Pacing, Reason, Rules
from dialer.pacing.knobs import KnobError
from dialer.pacing.picture import Ledger
from dialer.pacing.policies import UnknownPolicyError, policy
from dialer.ruling import Judge
from dialer.running import Running, Watch
from dialer.telling import Teller

log = logging.getLogger(__name__)

#: nothing changed for this long: look again, the database may have changed under us
LOOK_AGAIN_SECONDS = 5.0
#: the list is counted this often; in between the attempts made are taken off
COUNT_AGAIN = timedelta(seconds=60)


class Dialing:
    """Owns every attempt from its intention to its outcome. One task; nobody else dials."""

    def __init__(
        self,
        floor: Floor,
        book: AttemptBook,
        placer: CallPlacer,
        roster: Roster,
        tracker: Tracker,
        put: Callable[[Fact], None],
        *,
        judges: Callable[[Campaign], Judge],
        allowed: Callable[[], bool],
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._floor = floor
        self._book = book
        self._placer = placer
        self._roster = roster
        self._tracker = tracker
        self._put = put
        self._judges = judges
        self._allowed = allowed
        self._now = now
        self._lines = Lines(floor.trunk)
        self._watch = Watch(roster, tracker, self._lines)
        self._teller = Teller(floor.pbx, floor.language)
        self._campaigns: dict[str, Running] = {}
        self._open = OpenAttempts(
            floor.pbx, self._campaigns, book, tracker, self._watch, self._teller, put, now
        )
        self._in_step = False  # a snapshot was seen since the link came up
        self._unsure = False  # a reservation may have been made without our hearing of it
        self._changed = asyncio.Event()
        #: when a policy wants to look again though nothing happens, epoch seconds
        self._look_at = math.inf

    # --- hearing

    def fold(self, change: Change) -> None:
        """Take a change in; wakes the dialer when it matters."""
        fact = change.fact
        if isinstance(fact, LinkLost):
            self._in_step = False
        elif isinstance(fact, SnapshotTaken):
            self._in_step = True
        self._watch.take(change, self._campaigns.values())
        self._open.hear(change)
        if isinstance(fact, AgentFact | CallFact | SnapshotTaken) and not isinstance(
            fact, DigitPressed
        ):
            self._changed.set()

    # --- what supervisors ask

    async def set_state(self, campaign_id: str, state: CampaignState, reason: str) -> Campaign:
        """Start, pause or stop a campaign. Raises `KeyError` for one that does not exist."""
        now = self._now()
        campaign = await self._book.set_state(campaign_id, state, now)
        self._put(self._teller.state_changed(campaign, reason, now))
        self._take_in(campaign)
        if state is CampaignState.STOPPED:
            running = self._campaigns[campaign_id]
            await self._cancel(running, list(running.attempts))
        self._changed.set()
        return campaign

    # --- running

    async def recover(self) -> None:
        """At start: take in the campaigns, and every attempt that a crash left without an end."""
        for campaign in await self._book.campaigns():
            self._take_in(campaign)
            if campaign.state is not CampaignState.DRAFT:
                self._put(self._teller.state_changed(campaign, "restart", self._now()))
        await self._open.recover()

    def campaigns_in_hand(self) -> dict[str, Running]:
        """Every campaign with what its policy sees now."""
        return dict(self._campaigns)

    def leads_added(self, campaign_id: str) -> None:
        """A list was imported: look for leads again."""
        running = self._campaigns.get(campaign_id)
        if running is not None:
            running.dry = False
            running.counted_at = None
        self._changed.set()

    async def run(self) -> None:
        """Decide and dial, for ever."""
        while True:
            try:
                await self.turn()
            except BookError as error:
                log.error("the dialer waits: %s", error)
                self._unsure = True
            try:
                async with asyncio.timeout(self.patience_seconds):
                    await self._changed.wait()
            except TimeoutError:
                pass
            self._changed.clear()

    @property
    def patience_seconds(self) -> float:
        """How long until the next look, should nothing happen before."""
        wait = self._look_at - self._now().timestamp()
        return min(max(wait, 0.0), LOOK_AGAIN_SECONDS)

    async def turn(self) -> None:
        """One look at everything: end what ended, then dial what may be dialed."""
        await self._open.end_those_over()
        if self._unsure:
            await self._open.end_the_unsent()
            self._unsure = False
        self._look_at = math.inf
        if not self._may_dial():
            return
        for running in list(self._campaigns.values()):
            if running.campaign.state is CampaignState.RUNNING:
                await self._dial_for(running)
        self._look_again(self._lines.next_at(self._now().timestamp()))

    def _look_again(self, at: float | None) -> None:
        if at is not None:
            self._look_at = min(self._look_at, at)

    def _may_dial(self) -> bool:
        return self._in_step and self._allowed()

    async def _dial_for(self, running: Running) -> None:
        now = self._now()
        if running.dry and running.dry_until is not None and running.dry_until <= now:
            running.dry = False
        decision = await self._decide(running, now)
        if decision.dial > 0:
            await self._launch(running, decision, now)
        if running.some_ended and not running.attempts:
            running.some_ended = False
            await self._finish_if_over(running)

    async def _decide(self, running: Running, now: datetime) -> Decision:
        await self._load_ledger(running, now)
        await self._count_leads(running, now)
        self._watch.count_lines(running, now)
        decision = running.pacing.decide(running.picture, now.timestamp())
        self._look_again(decision.look_again_at)
        if decision.reason is Reason.NOT_YET:
            return decision
        told, running.told = running.told, decision
        if told is None or (told.dial, told.reason) != (decision.dial, decision.reason):
            self._put(self._teller.decided(running.campaign.id, decision, now))
        if decision.dial > 0:
            running.noted = (now, decision.reason)
        elif running.should_note(now, decision.reason):
            running.noted = (now, decision.reason)
            await self._book.note(self._note(running, decision, now))
        return decision

    async def _load_ledger(self, running: Running, now: datetime) -> None:
        """Nothing is paced before the day's live answers and abandoned calls are known."""
        day = now.replace(hour=0, minute=0, second=0, microsecond=0)
        if running.ledger_of == day:
            return
        if running.ledger_of is None:
            since = now - REMEMBERED
            past = await self._book.past(running.campaign.id, since, now, MOST_ATTEMPTS)
            teach(running.pacing, past)
        live, abandoned = await self._book.answered_since(running.campaign.id, day)
        running.picture.ledger = Ledger(live=live, abandoned=abandoned)
        running.ledger_of = day

    async def _count_leads(self, running: Running, now: datetime) -> None:
        """How much of the list is left: what is abandoned must be paid back while there is any."""
        if running.counted_at is not None and now - running.counted_at < COUNT_AGAIN:
            return
        leads = await self._book.lead_counts(running.campaign.id, now)
        running.picture.leads_left = leads.due + leads.later
        running.counted_at = now

    async def _launch(self, running: Running, decision: Decision, now: datetime) -> None:
        reserved = await self._book.reserve(
            running.campaign.id,
            decision.dial,
            judge=running.judge,
            pbx=self._floor.pbx,
            now=now,
            agents=running.picture.ready,
            why=self._note(running, decision, now),
        )
        attempts = reserved.attempts
        if running.picture.leads_left is not None:
            running.picture.leads_left -= min(len(attempts), running.picture.leads_left)
        for attempt in attempts:
            self._open.own(attempt)
        for attempt in attempts:
            await self._dial(running, attempt)
        if len(attempts) < decision.dial:
            running.dry = running.some_ended = True
            running.dry_until = reserved.next_at

    def _note(self, running: Running, decision: Decision, now: datetime) -> PacingNote:
        return PacingNote(
            campaign_id=running.campaign.id,
            pbx=self._floor.pbx,
            decided_at=now,
            policy=running.policy,
            dial=decision.dial,
            reason=decision.reason,
            evidence=decision.evidence.plain() if decision.evidence is not None else {},
        )

    async def _finish_if_over(self, running: Running) -> None:
        """A campaign whose leads are all done is finished; one that waits for a retry is not."""
        campaign = running.campaign
        leads = await self._book.lead_counts(campaign.id, self._now())
        if leads.due + leads.later + leads.reserved == 0:
            await self.set_state(campaign.id, CampaignState.FINISHED, "no_leads_left")
        elif leads.due and running.dry_until is None:
            running.dry = False

    async def _dial(self, running: Running, attempt: Attempt) -> None:
        campaign = running.campaign
        self._put(self._teller.started(attempt, self._now()))
        if campaign.state is not CampaignState.RUNNING or not self._may_dial():
            self._open.refuse(attempt, "stopped before it was dialed")
            return
        order = Dial(
            attempt_id=attempt.id,
            number=attempt.number,
            caller_number=attempt.caller_number or campaign.caller_number,
            queue=campaign.queue,
            ring_seconds=campaign.ring_seconds,
        )
        self._lines.launched(self._now().timestamp())
        try:
            await self._placer.dial(order)
        except OutcomeUnknownError as error:
            # it may ring: only facts or a snapshot can tell; it is never sent again
            log.warning("attempt %s: %s", attempt.id, error)
        except SwitchError as error:
            self._open.refuse(attempt, str(error))

    # --- keeping

    def _take_in(self, campaign: Campaign) -> None:
        running = self._campaigns.get(campaign.id)
        if running is None:
            running = self._campaigns[campaign.id] = Running(
                campaign, self._judges(campaign), *_paced(campaign)
            )
            self._watch.look_at_all([running], self._now())
        else:
            running.campaign, running.told, running.dry = campaign, None, False

    async def _cancel(self, running: Running, attempt_ids: Iterable[str]) -> None:
        """Hang up those of them that nobody has answered yet."""
        for attempt_id in set(attempt_ids) - running.cancelled:
            call = self._tracker.get(attempt_id)
            if call is None or not call.open or call.answered_at is not None:
                continue
            running.cancelled.add(attempt_id)
            try:
                await self._placer.hang_up(attempt_id)
            except SwitchError as error:
                log.warning("attempt %s was not cancelled: %s", attempt_id, error)


#: of the two seconds in which an agent may still come, the last one counts for nothing: Asterisk
#: looks after a waiting call once a second
_PATIENCE_SECONDS = 1.0
#: the policy that abandons nobody
_CAREFUL = "progressive"


def _paced(campaign: Campaign) -> tuple[str, Pacing]:
    """The campaign's policy and its name; one that nobody knows any more stops nobody's start."""
    rules = _rules(campaign)
    try:
        return campaign.pacing, policy(campaign.pacing, rules, campaign.pacing_settings)
    except (UnknownPolicyError, KnobError) as error:
        log.error("campaign %s is paced %s: %s", campaign.id, _CAREFUL, error)
        return _CAREFUL, policy(_CAREFUL, rules)


def _rules(campaign: Campaign) -> Rules:
    return Rules(
        abandonment_cap=campaign.abandonment_cap,
        patience_seconds=_PATIENCE_SECONDS,
        ring_seconds=campaign.ring_seconds,
    )
