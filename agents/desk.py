"""The agents' desk: carries out what agents and supervisors ask, and runs the wrap-up clock.

Facts first, then the switch: an order that fails leaves the fact standing, and the next snapshot
brings Asterisk in line with it. So an agent's state is never lost with a connection.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

from agents.codes import Code, Keys, parse
from agents.floor import Floor
from agents.keeper import Keeper
from agents.phone_orders import PhoneOrders
from agents.roster import AgentStatus, Roster
from agents.settle import AgentNews, Order, after_change, after_snapshot
from agents.states import AgentState
from agents.under_way import UnderWay
from calls.errors import MAY_END_IT, Linea800Error, SwitchError
from calls.events import (
    ATTEMPT_PREFIX,
    AgentCodeDialed,
    AgentKeyPressed,
    AgentPaused,
    AgentReadied,
    AgentSignedOut,
    AgentSignInAsked,
    EndAsked,
    EndNotTaken,
    Fact,
    SnapshotTaken,
    TalkDisposed,
    WrapUpEnded,
)
from calls.feed import Listener
from calls.switch import AgentPhones
from calls.tracker import Change

log = logging.getLogger(__name__)

#: a phone that was called rings for 30 s; by then its end has been told, too
RING_PATIENCE = timedelta(seconds=35)


class NoSuchAgentError(Linea800Error):
    """The floor has no agent with this number."""


class NotNowError(Linea800Error):
    """The agent's state does not allow this."""


class PhoneListensError(NotNowError):
    """The agent's phone hears somebody's talk for a supervisor."""


class Desk:
    """What can be asked for an agent. Every method returns when the fact is on its way."""

    def __init__(
        self,
        floor: Floor,
        roster: Roster,
        phones: AgentPhones,
        put: Callable[[Fact], None],
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._floor = floor
        self._roster = roster
        self._phones = phones
        self._orders = PhoneOrders(phones)
        self._put = put
        self._now = now
        self.keeper = Keeper(floor.pbx, roster, self._orders, put, now=now)
        #: what an agent's keys decide of a lead that is looked at; set by whoever shows leads
        self.decide_on_lead: Callable[[str, Code], None] = _looks_at_none
        #: keeps an agent's talk out of its recording, or in again; set by whoever knows of those
        self.switch_recording: Callable[[str], Awaitable[None]] = _records_nothing
        #: whether an agent's phone hears a talk; set by whoever lets phones listen
        self.listens: Callable[[str], bool] = lambda _: False
        self._keys: dict[str, Keys] = {}
        self._under_way = UnderWay()
        #: when we opened, until the first snapshot has been compared with what was remembered
        self._remembered_until: datetime | None = now()
        self._changed = asyncio.Event()

    # --- what is asked

    async def sign_in(self, number: str) -> None:
        """Call the agent's phone and start the shift. Signing in twice calls the phone again.

        Raises `PhoneListensError` while the phone hears somebody's talk.
        """
        agent = self._agent(number)
        if agent.signed_in and (agent.line_up or not agent.held):
            return
        signing_in = agent.state is AgentState.SIGNING_IN
        if signing_in and agent.since and self._now() - agent.since < RING_PATIENCE:
            return  # the phone rings
        self._must_not_listen(number)
        self._tell(self._sign_in_asked(number))
        await self._orders.begin_shift(agent)

    def signs_in(self, number: str) -> bool:
        """Whether the agent has asked to sign in, and the roster has not heard of it yet."""
        return self._under_way.has(self._sign_in_asked(number))

    async def sign_out(self, number: str) -> None:
        """End the shift. Raises `NotNowError` during a talk."""
        agent = self._agent(number)
        if agent.state in (AgentState.TALKING, AgentState.OFFERED):
            raise NotNowError(f"agent {number} has a call: end it first, or pause after it")
        self._must_expect_nobody(agent)
        if not agent.signed_in:
            return
        if agent.state is AgentState.WRAPPING_UP:
            self._tell_once(self._wrapped_up(agent, "signed_out", ""))
        self._tell(
            AgentSignedOut(at=self._now(), pbx=self._floor.pbx, agent=number, reason="asked")
        )
        await self._orders.end_shift(agent)

    async def pause(self, number: str, reason: str) -> None:
        """Take no calls; during a talk: as soon as it is over. Ends a wrap-up."""
        agent = self._agent(number)
        known = [known.name for known in self._floor.pause_reasons]
        if reason not in known:
            raise Linea800Error(f"no pause reason {reason!r}; there are: {', '.join(known)}")
        self._must_be_signed_in(agent)
        self._must_expect_nobody(agent)
        if agent.state is AgentState.WRAPPING_UP:
            self._tell_once(self._wrapped_up(agent, "agent", ""))
        self._tell(AgentPaused(at=self._now(), pbx=self._floor.pbx, agent=number, reason=reason))
        if agent.state not in (AgentState.TALKING, AgentState.OFFERED):
            await self._orders.pause(agent, reason)

    async def ready(self, number: str) -> None:
        """Take calls again: ends a pause or the wrap-up."""
        agent = self._agent(number)
        self._must_be_signed_in(agent)
        match agent.state:
            case AgentState.WRAPPING_UP:
                await self.wrap_up(number, "")
            case AgentState.PAUSED:
                readied = AgentReadied(at=self._now(), pbx=self._floor.pbx, agent=number)
                if self._tell_once(readied) and not await self.keeper.claimed(agent):
                    await self._orders.pause(agent, "")
            case AgentState.TALKING | AgentState.OFFERED:
                self._tell(AgentReadied(at=self._now(), pbx=self._floor.pbx, agent=number))
            case _:
                return

    async def wrap_up(
        self,
        number: str,
        disposition: str,
        *,
        promised_at: datetime | None = None,
        only_me: bool = False,
    ) -> None:
        """End the wrap-up with a disposition. Raises `NotNowError` when there is none.

        Also when it has just been ended otherwise: a disposition is taken whole or refused.
        Of a dialed talk the disposition is told as a fact of its own, for its campaign.
        """
        agent = self._agent(number)
        if agent.state is not AgentState.WRAPPING_UP:
            raise NotNowError(f"agent {number} is not wrapping up a call")
        if disposition and self._under_way.has(self._wrapped_up(agent, "agent", "")):
            raise NotNowError(f"the wrap-up of agent {number} is over")
        if disposition and agent.call_id.startswith(ATTEMPT_PREFIX):
            self._put(
                TalkDisposed(
                    at=self._now(), pbx=self._floor.pbx, agent=number, call_id=agent.call_id,
                    disposition=disposition, promised_at=promised_at, only_me=only_me,
                )
            )  # fmt: skip
        await self._end_wrap_up(agent, "agent", disposition)

    async def end_call(self, number: str) -> None:
        """End the talk and keep the agent on the line.

        The customer is hung up, or goes on into the dialogue that was asked for after the call.
        Raises `NotNowError`, `SwitchError`.
        """
        agent = self._agent(number)
        if agent.state is not AgentState.TALKING:
            raise NotNowError(f"agent {number} talks to nobody")
        pbx, call_id = self._floor.pbx, agent.call_id
        self._put(EndAsked(at=self._now(), pbx=pbx, call_id=call_id, by="agent"))
        try:
            if call_id.startswith(ATTEMPT_PREFIX):
                await self._phones.hang_up(call_id)
            else:
                await self._phones.end_talk(call_id)
        except SwitchError as error:
            if not isinstance(error, MAY_END_IT):
                self._put(EndNotTaken(at=self._now(), pbx=pbx, call_id=call_id, by="agent"))
            raise

    # --- what happens

    def fold(self, change: Change) -> None:
        """Wake the clock: the roster has changed. To be called after the roster's own fold."""
        self._under_way.heard(change.fact)
        self.keeper.heard(change.fact)
        self._changed.set()

    async def run(self, listener: Listener) -> None:
        """React to changes and to time, for ever."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._watch_clock())
            async for change in listener:
                await self._react(change)

    async def _react(self, change: Change) -> None:
        fact = change.fact
        match fact:
            case AgentCodeDialed():
                await self._code_dialed(fact)
            case AgentKeyPressed():
                code = self._keys.setdefault(fact.agent, Keys()).press(fact.digit, fact.at)
                if code is not None:
                    await self._obey(fact.agent, *code)
            case SnapshotTaken():
                until, self._remembered_until = self._remembered_until, None
                orders = after_snapshot(self._floor, self._roster, fact, remembered_until=until)
                for order in orders:
                    await self._carry_out(order)
            case _:
                for order in after_change(self._floor, self._roster, change):
                    await self._carry_out(order)

    async def _carry_out(self, order: Order) -> None:
        for fact in order.facts:
            self._tell_once(fact)
        agent = self._roster.get(order.agent)
        if agent is None:
            return
        if order.begin_shift:
            await self._orders.begin_shift(agent)
        if order.end_shift:
            await self._orders.end_shift(agent)
        await self._orders.leave(agent, order.leave)
        await self._orders.join(agent, order.join, pause=order.pause or "")
        if order.pause is not None:
            await self._orders.pause(agent, order.pause)

    async def _watch_clock(self) -> None:
        """End each wrap-up, and each time for which an agent is kept, when it is over."""
        while True:
            self._changed.clear()
            now = self._now()
            ends = [(until, agent) for agent in self._roster.all() if (until := _until(agent))]
            for until, agent in ends:
                # ending the one before took a moment: who has changed since is looked at anew
                if until <= now and self._roster.get(agent.number) is agent:
                    await self._end(agent)
            waits = [(until - now).total_seconds() for until, _ in ends if until > now]
            try:
                async with asyncio.timeout(min(waits, default=None)):
                    await self._changed.wait()
            except TimeoutError:
                continue

    async def _end(self, agent: AgentStatus) -> None:
        if agent.state is AgentState.RESERVED:
            await self.keeper.free(agent.number, "clock")
        else:
            await self._end_wrap_up(agent, "clock", "")

    async def _end_wrap_up(self, agent: AgentStatus, how: str, disposition: str) -> None:
        if not self._tell_once(self._wrapped_up(agent, how, disposition)):
            return
        if agent.pause_next:
            now, reason = self._now(), agent.pause_next
            self._tell(AgentPaused(at=now, pbx=self._floor.pbx, agent=agent.number, reason=reason))
        elif await self.keeper.claimed(agent):
            return
        await self._orders.pause(agent, agent.pause_next)

    def _wrapped_up(self, agent: AgentStatus, how: str, disposition: str) -> WrapUpEnded:
        return WrapUpEnded(
            at=self._now(), pbx=self._floor.pbx, agent=agent.number, call_id=agent.call_id,
            how=how, disposition=disposition,
        )  # fmt: skip

    def _tell(self, fact: AgentNews) -> None:
        self._under_way.told(fact)
        self._put(fact)

    def _tell_once(self, fact: AgentNews) -> bool:
        """Tell it; False when the same is on its way already."""
        if self._under_way.has(fact):
            return False
        self._tell(fact)
        return True

    # --- short codes

    async def _code_dialed(self, fact: AgentCodeDialed) -> None:
        code = parse(fact.code)
        agent = self._roster.get(fact.agent)
        if agent is None:
            answer = "agent_not_known"
        elif code is None:
            answer = "agent_unknown_code"
        elif code[0] is Code.SIGN_IN and agent.held and not self.listens(agent.number):
            self._tell(AgentSignInAsked(at=fact.at, pbx=fact.pbx, agent=agent.number))
            await self._orders.begin_shift(agent, channel_id=fact.channel_id)
            return
        else:
            answer = await self._obey(agent.number, *code)
        await self._orders.answer_code(fact.channel_id, answer)

    async def _obey(self, number: str, code: Code, argument: str) -> str:
        """Do what the code says; the prompt that tells the agent."""
        try:
            match code:
                case Code.SIGN_IN:
                    await self.sign_in(number)
                    return "agent_signed_in"
                case Code.SIGN_OUT:
                    await self.sign_out(number)
                    return "agent_signed_out"
                case Code.READY:
                    await self.ready(number)
                    return "agent_ready"
                case Code.PAUSE:
                    await self.pause(number, self._reason_of(argument))
                    return "agent_paused"
                case Code.END_CALL:
                    await self.end_call(number)
                    return "agent_ready"
                case Code.DIAL_LEAD | Code.SKIP_LEAD:
                    self.decide_on_lead(number, code)
                    return "agent_ready"
                case Code.RECORDING:
                    await self.switch_recording(number)
                    return "agent_ready"
        except PhoneListensError:
            return "agent_phone_listens"
        except Linea800Error as error:
            log.info("agent %s dialed %s%s: %s", number, code, argument, error)
            return "agent_unknown_code"

    def _reason_of(self, code: str) -> str:
        for reason in self._floor.pause_reasons:
            if reason.code == code:
                return reason.name
        raise Linea800Error(f"no pause reason has the code {code}")

    def _agent(self, number: str) -> AgentStatus:
        agent = self._roster.get(number)
        if agent is None:
            raise NoSuchAgentError(f"no agent {number} on this floor")
        return agent

    def _sign_in_asked(self, number: str) -> AgentSignInAsked:
        return AgentSignInAsked(at=self._now(), pbx=self._floor.pbx, agent=number)

    def _must_not_listen(self, number: str) -> None:
        if self.listens(number):
            raise PhoneListensError(f"the phone of agent {number} hears a talk: end that first")

    @staticmethod
    def _must_be_signed_in(agent: AgentStatus) -> None:
        if not agent.signed_in:
            raise NotNowError(f"agent {agent.number} is not signed in")

    @staticmethod
    def _must_expect_nobody(agent: AgentStatus) -> None:
        if agent.state is AgentState.RESERVED and agent.call_id:
            raise NotNowError(f"agent {agent.number} is about to get a call that is theirs alone")


async def _records_nothing(number: str) -> None:
    raise NotNowError(f"no talk of agent {number} is recorded")


def _looks_at_none(number: str, _: Code) -> None:
    raise NotNowError(f"agent {number} looks at no lead")


def _until(agent: AgentStatus) -> datetime | None:
    """When what the agent is at is over by the clock."""
    match agent.state:
        case AgentState.WRAPPING_UP:
            return agent.wrap_up_until
        case AgentState.RESERVED:
            return agent.reserved_until
        case _:
            return None
