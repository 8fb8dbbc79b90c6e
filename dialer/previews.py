"""Leads before agents' eyes: who looks at which, what was decided, and what follows.

An agent is shown a lead only when the database has given it to them and they are kept for it; every
end is written before anything follows. What a crash leaves is found again at the next start, or by
the lease that each showing has.
"""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta

from agents.codes import Code
from agents.roster import Roster
from agents.states import AgentState
from calls.errors import Linea800Error, LinkDownError, OutcomeUnknownError
from calls.events import AgentReserved
from calls.tracker import Change
from dialer.attempt import Attempt
from dialer.book import BookRefusedError
from dialer.campaign import CampaignState
from dialer.looking import (
    Asked,
    Looking,
    NoLineError,
    NothingShownError,
    PreviewOverError,
    RulesRefuseError,
)
from dialer.own_calls import AgentKeeper
from dialer.running import Running, Watch
from dialer.showing import By, Decision, End, Ended, PreviewBook, Shown, WhenOver

log = logging.getLogger(__name__)

#: why an agent is paused who did not decide in time
NO_DECISION = "no_decision"
#: the agent is kept so much longer than the lead is shown: our clock ends it, not the desk's
_KEPT_BEYOND = timedelta(seconds=5)
#: whoever asks waits so long for the database
_ANSWER_SECONDS = 5.0
_NOT_DIALED = (LinkDownError, NoLineError, PreviewOverError, RulesRefuseError)


class Previews:
    """Shows leads, and carries out what agents decide. `dial` is given each attempt that is due."""

    def __init__(
        self,
        pbx: str,
        campaigns: Mapping[str, Running],
        book: PreviewBook,
        keeper: AgentKeeper,
        roster: Roster,
        watch: Watch,
        *,
        dial: Callable[[Running, Attempt], Awaitable[None]],
        may_dial: Callable[[], bool],
        wake: Callable[[], None],
        now: Callable[[], datetime],
    ) -> None:
        self._pbx = pbx
        self._campaigns = campaigns
        self._book = book
        self._keeper = keeper
        self._roster = roster
        self._watch = watch
        self._dial_it = dial
        self._may_dial = may_dial
        self._wake = wake
        self._now = now
        self._looking: dict[str, Looking] = {}

    # --- hearing and asking

    def hear(self, change: Change) -> None:
        """Note that the fact of an agent who is kept has come round."""
        fact = change.fact
        looking = self._looking.get(fact.agent) if isinstance(fact, AgentReserved) else None
        if looking is not None:
            looking.kept = True

    async def decide(self, agent: str, decision: Decision, reason: str = "") -> None:
        """Dial the lead that the agent looks at, or pass it over; returns when that is written.

        Raises `NothingShownError`, `PreviewOverError`, `RulesRefuseError`, `NoLineError`,
        `LinkDownError`, and `OutcomeUnknownError` when the database takes too long.
        """
        answer = asyncio.get_running_loop().create_future()
        self._ask(agent, Asked(decision, reason, self._now(), answer))
        try:
            async with asyncio.timeout(_ANSWER_SECONDS):
                await answer
        except TimeoutError:
            raise OutcomeUnknownError(f"agent {agent}: {decision} is not written yet") from None

    def press(self, agent: str, code: Code) -> None:
        """As `decide`, by a key, without waiting for what becomes of it.

        Raises `NothingShownError` and `PreviewOverError`.
        """
        decision = Decision.DIAL if code is Code.DIAL_LEAD else Decision.SKIP
        self._ask(agent, Asked(decision, "", self._now()))

    def _ask(self, agent: str, asked: Asked) -> None:
        looking = self._looking.get(agent)
        if looking is None or self._has_left(looking):
            raise NothingShownError(f"agent {agent} looks at no lead")
        if looking.asked is not None or asked.at > looking.shown.until:
            raise PreviewOverError(f"agent {agent}: the lead was decided before this")
        looking.asked = asked
        self._wake()

    def look_again_at(self) -> float:
        """When the next time to decide is over, in seconds since the epoch; inf: none is shown.

        What is over by now and could not be ended is looked at whenever the dialer looks.
        """
        now = self._now()
        ends = (one.shown.until for one in self._looking.values() if one.shown.until > now)
        return min((until.timestamp() for until in ends), default=math.inf)

    # --- running

    async def recover(self) -> None:
        """At start: who still looks goes on looking, all else goes back."""
        for shown in await self._book.open_ones(self._pbx):
            looking = Looking(shown, kept=True)
            if self._has_left(looking):
                await self._book.end(shown.id, self._end(Ended.RETURNED, By.SERVICE))
            else:
                self._looking[shown.agent] = looking

    async def keep(self) -> None:
        """Carry out what was decided, and end what is over. Raises `BookError`; then once more."""
        for looking in list(self._looking.values()):
            try:
                await self._look_after(looking)
            except BookRefusedError as error:
                log.error("agent %s looks no more: %s", looking.shown.agent, error)
                self._looking.pop(looking.shown.agent, None)  # its lease will end
                await self._keeper.free(looking.shown.agent, Ended.RETURNED)

    async def _look_after(self, looking: Looking) -> None:
        running = self._campaigns[looking.shown.campaign_id]
        stopped = running.campaign.state is not CampaignState.RUNNING
        over = looking.shown.until <= self._now()
        if not looking.kept and not over:
            return  # what is told of the agent now would come before what is under way
        if stopped or not looking.kept or self._has_left(looking):
            await self._take_back(looking, running)
        elif looking.asked is not None:
            await self._carry_out(looking, running, looking.asked)
        elif over:
            await self._time_is_over(looking, running)

    async def show(self, running: Running) -> None:
        """Show a lead to each agent who is free for it. Raises `BookError`."""
        campaign = running.campaign
        shown = 0
        again: list[datetime | None] = []
        free = self._free(running)
        for agent in free:
            now = self._now()
            offer = await self._book.show(
                campaign.id, agent, judge=running.judge, pbx=self._pbx, now=now,
                until=now + campaign.options.preview.look, grace=running.grace,
            )  # fmt: skip
            if offer.shown is None:
                again.append(offer.next_at)
                continue
            shown += 1
            await self._show(offer.shown)
        if free and not shown:
            running.dry = running.some_ended = True
            running.dry_until = min(filter(None, again), default=None)

    def _has_left(self, looking: Looking) -> bool:
        """The agent went away, or got a call after all."""
        agent = self._roster.get(looking.shown.agent)
        if not looking.kept or agent is None:
            return agent is None
        theirs = agent.lead_id == looking.shown.lead_id and not agent.call_id
        return agent.state is not AgentState.RESERVED or not theirs

    def _free(self, running: Running) -> list[str]:
        """Who may look at a lead now: the longest idle first, none for whom a call is under way."""
        picture, blend = running.picture, running.blend
        spoken_for = picture.under_way + picture.asking
        spoken_for += blend.rule.keep_free if blend is not None else 0
        idle = sorted(picture.ready, key=lambda agent: (picture.ready[agent], agent))
        looks = sum(one.shown.campaign_id == running.campaign.id for one in self._looking.values())
        most = max(0, min(len(idle) - spoken_for, picture.lines_free - looks))
        return [agent for agent in idle if agent not in self._looking][:most]

    async def _show(self, shown: Shown) -> None:
        self._looking[shown.agent] = Looking(shown)  # the fact of it may come round at once
        kept = await self._keeper.reserve(
            shown.agent, campaign_id=shown.campaign_id, lead_id=shown.lead_id,
            until=shown.until + _KEPT_BEYOND,
        )  # fmt: skip
        if not kept:
            del self._looking[shown.agent]
            await self._book.end(shown.id, self._end(Ended.UNSEEN, By.SERVICE))
            return
        self._watch.kept(self._campaigns.values(), shown.agent, self._now())

    # --- how it ends

    async def _carry_out(self, looking: Looking, running: Running, asked: Asked) -> None:
        error: Linea800Error | None = None
        try:
            if asked.decision is Decision.DIAL:
                await self._dial(looking, running, By.AGENT)
            else:
                await self._skip(looking, running, By.AGENT, asked.reason)
        except _NOT_DIALED as refused:
            log.info("agent %s: %s", looking.shown.agent, refused)
            error = refused
        looking.asked = None
        asked.told(error)

    async def _dial(self, looking: Looking, running: Running, by: By) -> None:
        shown = looking.shown
        if not self._may_dial():
            raise LinkDownError("nothing is dialed now: no link, or no journal")
        self._watch.count_lines(running, self._now())
        if running.picture.lines_free < 1:
            raise NoLineError(f"campaign {shown.campaign_id}: no line is free")
        found = await self._book.dial(
            shown.id, judge=running.judge, pbx=self._pbx, now=self._now(), by=by
        )
        del self._looking[shown.agent]
        running.owed = None
        if isinstance(found, Attempt):
            await self._dial_it(running, found)
            return
        await self._keeper.free(shown.agent, Ended.REFUSED)
        running.some_ended |= running.dry
        if found is not None:
            raise RulesRefuseError(found)
        raise PreviewOverError(f"lead {shown.lead_id} is not agent {shown.agent}'s any more")

    async def _skip(self, looking: Looking, running: Running, by: By, reason: str) -> None:
        rule = running.campaign.options.preview
        end = self._end(
            Ended.SKIPPED, by, reason, again_at=self._now() + rule.away, most_skips=rule.most_skips
        )
        await self._put_back(looking, running, end)
        await self._keeper.free(looking.shown.agent, Ended.SKIPPED)

    async def _time_is_over(self, looking: Looking, running: Running) -> None:
        agent, when_over = looking.shown.agent, running.campaign.options.preview.when_over
        if when_over is WhenOver.SKIP:
            await self._skip(looking, running, By.CLOCK, "")
            return
        if when_over is WhenOver.DIAL:
            try:
                await self._dial(looking, running, By.CLOCK)
            except _NOT_DIALED as error:
                log.info("agent %s: %s", agent, error)
            if self._looking.get(agent) is not looking:
                return
        await self._put_back(looking, running, self._end(Ended.RETURNED, By.CLOCK))
        if when_over is WhenOver.PAUSE:
            await self._keeper.pause(agent, NO_DECISION)
        else:
            await self._keeper.free(agent, "clock")

    async def _take_back(self, looking: Looking, running: Running) -> None:
        """The agent is gone, or nobody may be called: the lead goes where it was."""
        left = self._has_left(looking)
        await self._put_back(looking, running, self._end(Ended.RETURNED, By.SERVICE))
        if looking.asked is not None:
            looking.asked.told(PreviewOverError(f"agent {looking.shown.agent}: it was taken back"))
        if not left:
            await self._keeper.free(looking.shown.agent, Ended.RETURNED)

    async def _put_back(self, looking: Looking, running: Running, end: End) -> None:
        await self._book.end(looking.shown.id, end)
        del self._looking[looking.shown.agent]
        running.some_ended |= running.dry
        if end.again_at is None:
            running.dry = False
        else:
            running.dry_until = min(filter(None, (running.dry_until, end.again_at)))

    def _end(
        self,
        how: Ended,
        by: By,
        reason: str = "",
        again_at: datetime | None = None,
        most_skips: int = 1,
    ) -> End:
        return End(
            how=how, by=by, at=self._now(), reason=reason, again_at=again_at, most_skips=most_skips
        )
