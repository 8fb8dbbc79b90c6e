"""What the switch is told: to dial an attempt, once, and to hang up one that rings too long."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from agents.floor import own_queue
from calls.errors import OutcomeUnknownError, SwitchError
from calls.switch import CallPlacer, Dial
from calls.tracker import Tracker
from dialer.attempt import Attempt
from dialer.campaign import Campaign
from dialer.lines import Lines
from dialer.running import Running, Watch

log = logging.getLogger(__name__)


class Orders:
    """Orders to the switch. `refuse` is told of an attempt that it did not take."""

    def __init__(
        self,
        placer: CallPlacer,
        tracker: Tracker,
        lines: Lines,
        watch: Watch,
        campaigns: Mapping[str, Running],
        refuse: Callable[[Attempt, str], None],
        now: Callable[[], datetime],
    ) -> None:
        self._placer = placer
        self._tracker = tracker
        self._lines = lines
        self._watch = watch
        self._campaigns = campaigns
        self._refuse = refuse
        self._now = now

    async def dial(self, campaign: Campaign, attempt: Attempt) -> None:
        """Send the attempt off; it is never sent again, whatever becomes of the order."""
        order = Dial(
            attempt_id=attempt.id,
            number=attempt.number,
            caller_number=attempt.caller_number or campaign.caller_number,
            queue=own_queue(attempt.wanted_agent) if attempt.wanted_agent else campaign.queue,
            ring_seconds=campaign.ring_seconds,
            judged=campaign.options.machines is not None,
            recorded=campaign.options.record,
        )
        self._lines.launched(self._now().timestamp())
        try:
            await self._placer.dial(order)
        except OutcomeUnknownError as error:
            # it may ring: only facts or a snapshot can tell
            log.warning("attempt %s: %s", attempt.id, error)
        except SwitchError as error:
            self._refuse(attempt, str(error))

    async def cancel(self, running: Running, attempt_ids: Iterable[str]) -> None:
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
            else:
                self._watch.hung_up(self._campaigns.values(), attempt_id, self._now())
