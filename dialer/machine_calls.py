"""Calls that a machine answered: from the verdict to what the campaign wants done."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import datetime

from calls.call import BY_SERVICE, Call
from calls.errors import MAY_END_IT, SwitchError
from calls.events import AgentReleased, EndAsked, EndNotTaken, Fact, MachineJudged
from calls.states import CallState
from calls.switch import CallPlacer
from calls.tracker import Change, Tracker
from dialer.machines import MachineRule, Then, what_to_do
from dialer.running import Running

log = logging.getLogger(__name__)

_WITH_AGENT = (CallState.TALKING, CallState.ON_HOLD)


class MachineCalls:
    """Hears verdicts, and ends the calls that are to be ended."""

    def __init__(
        self,
        pbx: str,
        campaigns: Mapping[str, Running],
        tracker: Tracker,
        placer: CallPlacer,
        put: Callable[[Fact], None],
        now: Callable[[], datetime],
    ) -> None:
        self._pbx = pbx
        self._campaigns = campaigns
        self._tracker = tracker
        self._placer = placer
        self._put = put
        self._now = now
        self._judged: dict[str, datetime] = {}

    def hear(self, change: Change) -> None:
        """Note a verdict."""
        if isinstance(change.fact, MachineJudged):
            self._judged.setdefault(change.fact.call_id, change.fact.at)

    async def act(self) -> None:
        """Do what is to be done with the calls judged since. Asked once: a call it cannot reach,
        or that the switch keeps, stays with whoever has it.
        """
        while self._judged:
            call_id, judged_at = self._judged.popitem()
            call, rule = self._tracker.get(call_id), self._rule_of(call_id)
            if call is None or rule is None:
                continue
            then = what_to_do(rule, call, judged_at, self._now())
            if then is Then.TELL_AGENT:
                continue
            # told first: the end may be heard before the order is answered
            self._put(EndAsked(at=self._now(), pbx=self._pbx, call_id=call_id, by=BY_SERVICE))
            try:
                if then is Then.HANG_UP:
                    await self._placer.hang_up(call_id)
                else:
                    await self._leave_message(call, rule.message)
            except SwitchError as error:
                log.warning("attempt %s, answered by a machine: %s", call_id, error)
                if not isinstance(error, MAY_END_IT):
                    now = self._now()
                    self._put(EndNotTaken(at=now, pbx=self._pbx, call_id=call_id, by=BY_SERVICE))

    async def _leave_message(self, call: Call, prompt: str) -> None:
        await self._placer.leave_message(call.call_id, prompt)
        call = self._tracker.get(call.call_id) or call
        if call.state in _WITH_AGENT:
            # the agent is free of it now; Asterisk tells that when the message is over
            self._put(
                AgentReleased(
                    at=self._now(), pbx=self._pbx, call_id=call.call_id, queue=call.queue,
                    agent=call.agent, ended_by=BY_SERVICE,
                )
            )  # fmt: skip

    def _rule_of(self, call_id: str) -> MachineRule | None:
        for running in self._campaigns.values():
            if call_id in running.attempts:
                return running.campaign.options.machines
        return None
