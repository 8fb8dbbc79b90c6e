"""/retention: what is older than its campaign's rules want it kept, and letting it go."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from fastapi import APIRouter, Depends
from pydantic import AwareDatetime, BaseModel

from api.access import Needs
from api.parts import Parts, Rooms
from api.trail import Trailed
from dialer.campaign import Campaign
from dialer.retention import keeping
from storage.call_recordings import OfAge
from storage.retention import Due, Part
from storage.scopes import Scope

router = APIRouter(
    prefix="/retention", tags=["retention"], dependencies=[Depends(Needs(Scope.ADMIN))]
)
#: how long one request works before it answers; the next one goes on
_WORK_SECONDS = 5.0


class DueTold(BaseModel):
    """Rows of one table and campaign that are older than they have to be kept."""

    table: Part
    #: null: of no campaign
    campaign_id: str | None
    #: of recorded talks whose queue says how long they are kept; null: of no queue by itself
    queue: str | None
    #: whose retention it is; null: of whoever keeps proofs longest
    preset: str | None
    #: whatever is older
    before: AwareDatetime
    rows: int


class Retention(BaseModel):
    """What may go."""

    as_of: AwareDatetime
    items: list[DueTold]


class Removed(BaseModel):
    """What went: of attempts the numbers, of calls and closed tickets whose they were, of messages
    sound and number, of recorded talks the sound, of the rest the rows."""

    items: list[DueTold]
    #: not all of it yet: ask again
    more: bool


@router.get("")
async def what_may_go(rooms: Rooms) -> Retention:
    """What would go now, by table and campaign; nothing is changed."""
    return Retention(as_of=rooms.now(), items=[_told(each) for each in await _due(rooms)])


@router.post("")
async def let_go(rooms: Rooms, trail: Trailed) -> Removed:
    """Remove some of it, a little at a time so that calls go on; ask again while there is more."""
    until = time.monotonic() + _WORK_SECONDS
    removed: list[Due] = []
    more = False
    for due in await _due(rooms):
        gone, rest = 0, due
        while not (more := time.monotonic() >= until):
            count, rest = await rooms.retention.remove(rest)
            gone += count
            if not count:
                break
        if gone:
            removed.append(replace(due, rows=gone))
        if more:
            break
    items = [_told(each) for each in removed]
    if items:
        told = {"removed": [each.model_dump(mode="json") for each in items]}
        await trail.leave("retention.remove", "retention", after=told)
    return Removed(items=items, more=more)


async def _due(rooms: Parts) -> Sequence[Due]:
    now = rooms.now()
    keepings = []
    campaigns = await rooms.campaigns.campaigns()
    for campaign in campaigns:
        choice = campaign.options.rules
        rules = rooms.presets.in_force(choice.preset)
        keepings.append(keeping(campaign.id, rules.preset.id, rules.held(choice.purpose), now))
    days = rooms.recordings_days
    messages_before = None if days is None else now - timedelta(days=days)
    days = rooms.callers_days
    callers_before = None if days is None else now - timedelta(days=days)
    return await rooms.retention.due(
        keepings, messages_before, _talks(rooms, campaigns, now), callers_before
    )


def _talks(rooms: Parts, campaigns: Sequence[Campaign], now: datetime) -> list[OfAge]:
    """Recorded talks: of queues and campaigns that say how long, and of all others."""
    queues = (*rooms.floor.queues, *rooms.floor.own_queues())
    own = {queue.name: queue.record_days for queue in queues if queue.record_days is not None}
    of_campaigns = {
        each.id: each.options.record_days
        for each in campaigns
        if each.options.record_days is not None
    }
    found = [OfAge(before=now - timedelta(days=days), queue=name) for name, days in own.items()]
    found += [
        OfAge(before=now - timedelta(days=days), campaign_id=campaign_id)
        for campaign_id, days in of_campaigns.items()
    ]
    if rooms.call_recordings_days is not None:
        before = now - timedelta(days=rooms.call_recordings_days)
        found.append(OfAge(before=before, but_queues=tuple(own), but_campaigns=tuple(of_campaigns)))
    return found


def _told(due: Due) -> DueTold:
    return DueTold(
        table=due.part,
        campaign_id=due.campaign_id or None,
        queue=(due.talks.queue if due.talks is not None else "") or None,
        preset=due.preset or None,
        before=due.before,
        rows=due.rows,
    )
