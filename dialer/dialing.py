"""The dialer at work: for every running campaign, on every change that matters, decide and dial.

Attempts are made in `dialer/launching.py`, in the order that keeps people from being dialed twice.
"""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import Callable, Collection
from datetime import UTC, datetime

from agents.floor import Floor
from agents.keeper import Claim
from agents.roster import Roster
from calls.events import (
    AgentFact,
    CallFact,
    DigitPressed,
    Fact,
    LinkLost,
    SnapshotTaken,
)
from calls.switch import CallPlacer
from calls.tracker import Change, Tracker
from dialer.attempt import Outcome
from dialer.book import AttemptBook, BookError
from dialer.campaign import Campaign, CampaignState
from dialer.carrier import Slowed
from dialer.deciding import Deciding
from dialer.launching import Launching
from dialer.lines import Lines
from dialer.machine_calls import MachineCalls
from dialer.open_attempts import OpenAttempts
from dialer.opt_outs import OptOuts
from dialer.orders import Orders
from dialer.own_calls import AgentKeeper, OwnCalls
from dialer.paced import paced
from dialer.pacing.decision import Reason
from dialer.place_turns import PlaceTurns
from dialer.places import PlaceBook
from dialer.previews import Previews
from dialer.queue_callbacks import QueueCallbacks
from dialer.ruling import Judge
from dialer.running import Running, Watch
from dialer.showing import PreviewBook
from dialer.talks import Talks
from dialer.telling import Teller

log = logging.getLogger(__name__)

#: nothing changed for this long: look again, the database may have changed under us
LOOK_AGAIN_SECONDS = 5.0


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
        keeper: AgentKeeper,
        showings: PreviewBook,
        judges: Callable[[Campaign], Judge],
        allowed: Callable[[], bool],
        places: PlaceBook | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._floor = floor
        self._book = book
        self._roster = roster
        self._put = put
        self._judges = judges
        self._allowed = allowed
        self._now = now
        self._lines = Lines(floor.trunk)
        self._watch = Watch(roster, tracker, self._lines)
        self._teller = Teller(floor.pbx, floor.language)
        self._campaigns: dict[str, Running] = {}
        self._open = OpenAttempts(
            floor.pbx, self._campaigns, book, tracker, self._watch, self._teller, put, now,
            self._attempt_ended,
        )  # fmt: skip
        self._orders = Orders(
            placer, tracker, self._lines, self._watch, self._campaigns, self._open.refuse, now
        )
        self._own_calls = OwnCalls(self._campaigns, roster, keeper, self._watch, now)
        self._machine_calls = MachineCalls(floor.pbx, self._campaigns, tracker, placer, put, now)
        turns = PlaceTurns(floor, self._campaigns, roster, tracker, keeper)
        #: who asked for a call back instead of waiting; without `places` nobody can
        self.callbacks = QueueCallbacks(floor.pbx, self._campaigns, places, turns, put, now)
        self._opt_outs = OptOuts(floor.pbx, book, now)
        self._talks = Talks(floor.pbx, self._campaigns, book, self._open.owns, now)
        self._deciding = Deciding(floor.pbx, book, self._watch, self._teller, put)
        self._launching = Launching(
            floor.pbx, book, self._open, self._own_calls, self._orders, self._deciding,
            self._teller, put, self._may_dial, now,
        )  # fmt: skip
        self._in_step = False  # a snapshot was seen since the link came up
        self._unsure = False  # a reservation may have been made without our hearing of it
        self._changed = asyncio.Event()
        #: what agents look at, for whoever is told what they decide
        self.previews = Previews(
            floor.pbx, self._campaigns, showings, keeper, roster, self._watch,
            dial=self._launching.dial_for_its_agent, may_dial=self._may_dial,
            wake=self._changed.set, now=now,
        )  # fmt: skip

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
        self._own_calls.hear(change)
        self.previews.hear(change)
        self._talks.hear(change)
        self._opt_outs.hear(change)
        self.callbacks.hear(change)
        self._machine_calls.hear(change)
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
            await self._orders.cancel(running, list(running.attempts))
        self._changed.set()
        return campaign

    async def change(self, campaign: Campaign, fields: Collection[str]) -> Campaign:
        """Change these fields of a campaign, running or not; what rings already goes on.

        Raises `KeyError` for one that does not exist.
        """
        changed = await self._book.change(campaign, fields)
        running = self._campaigns.get(changed.id)
        if running is not None:
            judge = self._judges(changed)
            running.begin_anew(changed, judge, *paced(changed, judge))
        self._changed.set()
        return changed

    # --- running

    async def recover(self) -> None:
        """At start: take in the campaigns, and every attempt that a crash left without an end."""
        for campaign in await self._book.campaigns():
            self._take_in(campaign)
            if campaign.state is not CampaignState.DRAFT:
                self._put(self._teller.state_changed(campaign, "restart", self._now()))
        await self._open.recover()
        await self._talks.recover()
        await self._opt_outs.recover()
        await self.callbacks.recover()
        await self.previews.recover()

    def campaigns_in_hand(self) -> dict[str, Running]:
        """Every campaign with what its policy sees now."""
        return dict(self._campaigns)

    def leads_added(self, campaign_id: str) -> None:
        """A list was imported: look for leads again."""
        running = self._campaigns.get(campaign_id)
        if running is not None:
            running.leads_changed()
        self._changed.set()

    async def callback_changed(self, campaign_id: str) -> None:
        """A call was promised, or the promise taken back: a finished campaign goes on for it."""
        running = self._campaigns.get(campaign_id)
        if running is not None:
            await self._go_on(running)
        self.callbacks.look_again()
        self._changed.set()

    def claim(self, agent: str) -> Claim | None:
        """Who is owed an agent who has just become free; they are called as soon as that is told.

        Nobody while nothing may be dialed.
        """
        if not self._may_dial():
            return None
        return self._own_calls.claim(agent) or self.callbacks.claim(agent)

    def judge_of(self, campaign: Campaign) -> Judge:
        """The rules of a campaign, to be asked; they are not told of anything by that."""
        running = self._campaigns.get(campaign.id)
        return running.judge if running is not None else self._judges(campaign)

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
        look_at = min(self._deciding.look_at, self.previews.look_again_at())
        wait = look_at - self._now().timestamp()
        return min(max(wait, 0.0), LOOK_AGAIN_SECONDS)

    async def turn(self) -> None:
        """One look at everything: end what ended, then dial what may be dialed."""
        await self._machine_calls.act()
        await self._open.end_those_over()
        if self._unsure:
            await self._open.end_the_unsent()
            self._unsure = False
        await self._opt_outs.write()
        for running in await self._talks.write():
            await self._go_on(running)
        for running in await self.callbacks.write():
            await self._go_on(running)
        await self.previews.keep()
        self._deciding.look_at = math.inf
        if not self._may_dial():
            return
        self._tell_speed(self._lines.looked_at(self._now().timestamp()))
        spoken_for = await self.callbacks.look()
        for running, lead_id, agent in await self._own_calls.look():
            await self._launching.call_for(agent, running, lead_id)
        for running in list(self._campaigns.values()):
            if running.campaign.state is CampaignState.RUNNING and not spoken_for:
                await self._dial_for(running)
        self._deciding.look_again(self._lines.look_again_at(self._now().timestamp()))

    def _may_dial(self) -> bool:
        return self._in_step and self._allowed()

    async def _dial_for(self, running: Running) -> None:
        now = self._now()
        if running.dry and running.dry_until is not None and running.dry_until <= now:
            running.dry = False
        decision = await self._deciding.decide(running, now)
        if decision.cancel:
            await self._orders.cancel(running, decision.cancel)
        if decision.dial > 0:
            await self._launching.launch(running, decision, now)
        if decision.reason is Reason.AGENTS_DECIDE:
            await self.previews.show(running)
        if running.some_ended and not running.attempts:
            running.some_ended = False
            await self._finish_if_over(running)

    async def _finish_if_over(self, running: Running) -> None:
        """A campaign whose leads are all done is finished; one that waits for a retry is not.

        Nor is one that callers of a queue may ask for a call.
        """
        campaign = running.campaign
        leads = await self._book.lead_counts(campaign.id, self._now())
        some_left = leads.due + leads.later + leads.reserved > 0
        if not (some_left or campaign.options.callbacks_of):
            await self.set_state(campaign.id, CampaignState.FINISHED, "no_leads_left")
        elif leads.due and running.dry_until is None:
            running.dry = False

    async def _go_on(self, running: Running) -> None:
        """A lead was done and has a time again: whoever finished did so too early."""
        running.leads_changed()
        if running.campaign.state is CampaignState.FINISHED:
            await self.set_state(running.campaign.id, CampaignState.RUNNING, "lead_came_back")

    # --- the carrier

    def _attempt_ended(self, outcome: Outcome) -> None:
        self._tell_speed(self._lines.ended(outcome, self._now().timestamp()))

    def _tell_speed(self, slowed: Slowed | None) -> None:
        if slowed is not None:
            self._put(self._teller.slowed(slowed, self._now()))

    # --- keeping

    def _take_in(self, campaign: Campaign) -> None:
        running = self._campaigns.get(campaign.id)
        if running is None:
            judge = self._judges(campaign)
            running = Running(campaign, judge, *paced(campaign, judge))
            self._campaigns[campaign.id] = running
            self._watch.look_at_all([running], self._now())
        else:
            running.campaign, running.told, running.dry = campaign, None, False
