"""Tells webhooks what is due, for ever: each in a turn of its own, so that a slow one delays none.

What is to be told are rows, written with what they tell of. A try is claimed in the database, sent,
and settled; whatever breaks in between, database, network or we, it is tried again later.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from random import SystemRandom

from backoffice.retry_after import asked_pause
from backoffice.webhook_signature import signed_headers
from backoffice.webhooks import DEADLINE_SECONDS, Outcome, WebhookSender, pause_after
from storage.deliveries import Claim, DeliveryStore
from storage.errors import StorageError

log = logging.getLogger(__name__)

LOOK_SECONDS = 2.0
#: webhooks that are told at the same time
AT_ONCE = 16
#: told to one webhook before others may have the turn
MOST_OF_A_TURN = 50
#: a try that is claimed is somebody else's after this: nobody is still at it then
CLAIMED_FOR = timedelta(seconds=4 * DEADLINE_SECONDS)
#: one that did not take so many in a row is left alone for a while
DOWN_AFTER = 3
REST = timedelta(seconds=60)
#: how long it is known what was delivered
KEPT = timedelta(days=30)
_FORGET_EVERY = timedelta(hours=1)
_random = SystemRandom()


class WebhookOffice:
    """Sends deliveries (`run`); `tell` does it once for one webhook."""

    def __init__(
        self,
        store: DeliveryStore,
        sender: WebhookSender,
        *,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        drawn: Callable[[], float] = _random.random,
    ) -> None:
        """`drawn` gives a number of 0 to 1: how far a pause is off its middle."""
        self._store = store
        self._sender = sender
        self._now = now
        self._drawn = drawn
        self._busy: set[str] = set()
        #: webhooks that did not answer, and when they are tried again
        self._resting: dict[str, datetime] = {}
        self._forget_at = now()

    async def run(self) -> None:
        """Look for what is due, for ever."""
        async with asyncio.TaskGroup() as group:
            while True:
                try:
                    await self.look(group)
                except StorageError as error:
                    log.warning("webhooks wait for the database: %s", error)
                await asyncio.sleep(LOOK_SECONDS)

    async def look(self, group: asyncio.TaskGroup) -> None:
        """Begin a turn for each webhook that has something due; raises `StorageError`."""
        now = self._now()
        self._resting = {name: until for name, until in self._resting.items() if until > now}
        for webhook_id in await self._store.due(now):
            if len(self._busy) < AT_ONCE and webhook_id not in self._busy | self._resting.keys():
                self._busy.add(webhook_id)
                group.create_task(self._turn(webhook_id))
        # one piece for each look, until nothing is left
        if now >= self._forget_at and not await self._store.forget(now - KEPT):
            self._forget_at = now + _FORGET_EVERY

    async def _turn(self, webhook_id: str) -> None:
        try:
            await self.tell(webhook_id)
        except StorageError as error:
            log.warning("webhook %s waits for the database: %s", webhook_id, error)
        finally:
            self._busy.discard(webhook_id)

    async def tell(self, webhook_id: str) -> int:
        """Try what is due to one webhook, and answer how many it took; raises `StorageError`."""
        taken = in_a_row = 0
        for _ in range(MOST_OF_A_TURN):
            now = self._now()
            claim = await self._store.claim(webhook_id, now, now + CLAIMED_FOR)
            if claim is None:
                break
            outcome = await self._tried(claim)
            busy_until = await self._settle(claim, outcome)
            taken += outcome.taken
            in_a_row = 0 if outcome.taken else in_a_row + 1
            if outcome.gone:
                break
            if busy_until is not None:
                self._resting[webhook_id] = busy_until
                break
            if in_a_row == DOWN_AFTER:
                self._resting[webhook_id] = self._now() + REST
                break
        return taken

    async def _tried(self, claim: Claim) -> Outcome:
        body = claim.delivery.body.encode("utf-8")
        headers = signed_headers(claim.delivery.id, self._now(), body, claim.secrets)
        return await self._sender.send(claim.url, headers, body)

    async def _settle(self, claim: Claim, outcome: Outcome) -> datetime | None:
        """Write what came of a try; until when the receiver asks to be left alone, if it does."""
        now, delivery, status = self._now(), claim.delivery, outcome.status
        if outcome.taken:
            await self._store.delivered(claim, status, now)
            return None
        if outcome.gone:
            log.warning("webhook %s wants to hear no more, and has ended", delivery.webhook_id)
            await self._store.refused_for_good(claim, outcome.fault, status, now)
            return None
        pause = pause_after(delivery.tries + 1, self._drawn())
        asked = asked_pause(status, outcome.retry_after, now)
        not_before = None if asked is None else now + asked
        if delivery.tries == 0 or pause is None:
            log.warning(
                "webhook %s did not take %s%s: %s", delivery.webhook_id, delivery.id,
                " in a day, which is dead" if pause is None else "", outcome.fault,
            )  # fmt: skip
        next_at = None if pause is None else now + max(pause, asked or pause)
        await self._store.failed(claim, outcome.fault, next_at, now, status, not_before)
        return not_before
