"""/alerts: what somebody should look at, from when to when."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from pydantic import AwareDatetime, BaseModel, Field

from api.access import Needs, Owner
from api.campaign_path import queue_of
from api.fields import Moment, PageQuery
from api.parts import Rooms
from api.problems import language_of
from api.row_filter import AlertFilter, within
from dialer.alarms import AlarmKind
from storage.alerts import Alert
from storage.scopes import Scope

router = APIRouter(
    prefix="/alerts", tags=["alerts"], dependencies=[Depends(Needs(Scope.LIVE_READ))]
)


class AlertQuery(PageQuery):
    """Which alerts; what is not given does not matter."""

    kind: AlarmKind | None = None
    subject: Annotated[
        str | None, Field(max_length=200, description="As `campaigns/…`, or a target's id")
    ] = None
    since: Annotated[Moment | None, Field(description="On at that moment or later")] = None
    open: Annotated[bool | None, Field(description="Not over yet, or over")] = None


class AlertTold(BaseModel):
    """One alert, with what there was to say when it began."""

    id: int
    kind: AlarmKind
    #: what it is about, as `campaigns/…`
    subject: str
    #: in the language of the request
    sentence: str
    details: dict[str, Any]
    began_at: AwareDatetime
    #: null: it is so still
    ended_at: AwareDatetime | None


class Alerts(BaseModel):
    """A page of alerts, the latest to begin first; `next_cursor` null: there are no more."""

    items: list[AlertTold]
    next_cursor: str | None


@router.get("")
async def alerts(
    rooms: Rooms, query: Annotated[AlertQuery, Query()], owner: Owner, request: Request
) -> Alerts:
    """What is wrong and what was, the latest to begin first."""
    seen = within(owner, rooms.floor)
    page = await rooms.alerts.page(
        kind=query.kind,
        subject=query.subject,
        since=query.since,
        within=seen,
        seen_queues=owner.queues,
        is_open=query.open,
        cursor=query.cursor,
        limit=query.limit,
    )
    language, filtered = language_of(request), AlertFilter(owner, queue_of(rooms), seen)
    items = []
    for alert in page.alerts:
        details = await filtered.seen(alert.kind, alert.subject, alert.details)
        if details is not None:
            items.append(_told(replace(alert, details=dict(details)), language))
    return Alerts(items=items, next_cursor=page.next_cursor)


def _told(alert: Alert, language: str) -> AlertTold:
    return AlertTold(
        id=alert.id,
        kind=AlarmKind(alert.kind),
        subject=alert.subject,
        sentence=alert.sentence(language),
        details=alert.details,
        began_at=alert.began_at,
        ended_at=alert.ended_at,
    )
