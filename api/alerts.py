"""/alerts: what somebody should look at, from when to when."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from pydantic import AwareDatetime, BaseModel, Field

from api.access import Needs
from api.fields import PageQuery
from api.parts import Rooms
from api.problems import language_of
from dialer.alarm_words import alarm_sentence
from dialer.alarms import AlarmKind
from storage.tokens import Role

router = APIRouter(
    prefix="/alerts", tags=["alerts"], dependencies=[Depends(Needs(Role.SUPERVISOR))]
)


class AlertQuery(PageQuery):
    """Which alerts; what is not given does not matter."""

    kind: AlarmKind | None = None
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
async def alerts(rooms: Rooms, query: Annotated[AlertQuery, Query()], request: Request) -> Alerts:
    """What is wrong and what was, the latest to begin first."""
    page = await rooms.alerts.page(
        kind=query.kind, is_open=query.open, cursor=query.cursor, limit=query.limit
    )
    language = language_of(request)
    items = [
        AlertTold(
            id=alert.id,
            kind=AlarmKind(alert.kind),
            subject=alert.subject,
            sentence=alarm_sentence(alert.kind, alert.subject, alert.details, language),
            details=alert.details,
            began_at=alert.began_at,
            ended_at=alert.ended_at,
        )
        for alert in page.alerts
    ]
    return Alerts(items=items, next_cursor=page.next_cursor)
