"""/backoffice: how the operator's own systems answer, service by service."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter, Depends, Request
from pydantic import AwareDatetime, BaseModel

from api.access import Needs
from api.parts import Rooms
from api.problems import language_of
from backoffice.breaker import BreakerState
from backoffice.figures import ServiceHealth
from backoffice.trouble import TroubleKind
from backoffice.trouble_words import trouble_sentence
from storage.scopes import Scope

router = APIRouter(
    prefix="/backoffice", tags=["backoffice"], dependencies=[Depends(Needs(Scope.LIVE_READ))]
)


class TroubleTold(BaseModel):
    """What was the matter the last time anything was; `sentence` in the language of the request."""

    kind: TroubleKind
    sentence: str
    at: AwareDatetime


class ServiceTold(BaseModel):
    """One service; counters count since linea800 started."""

    name: str
    kind: Literal["look_up", "action"]
    #: closed: it is asked; open: it failed too often and rests; half_open: one question tries
    breaker: BreakerState
    since: AwareDatetime
    last_trouble: TroubleTold | None
    asked: int
    #: how questions ended: found, missing, done, refused, failed
    outcomes: dict[str, int]
    troubles: dict[TroubleKind, int]
    #: requests that left, every try counted
    tries: int
    #: answered by linea800 itself, because the operator's system did not
    by_fallback: int
    under_way: int
    waiting: int
    #: of the last 200 questions; null before the first
    median_seconds: float | None
    worst_seconds: float | None


class BackOfficeTold(BaseModel):
    """Where the operator's systems are asked (null: nowhere, none is set), and how they answer."""

    address: str | None
    services: list[ServiceTold]


@router.get("")
async def back_office(rooms: Rooms, request: Request) -> BackOfficeTold:
    """Every service of `services.yaml`: whether it is asked, since when, and how it answered."""
    language = language_of(request)
    address = rooms.back_office.address
    return BackOfficeTold(
        address=None if address is None else address.shown,
        services=[_told(health, language) for health in rooms.back_office.health()],
    )


def _told(health: ServiceHealth, language: str) -> ServiceTold:
    last = None
    if health.last_trouble is not None and health.last_trouble_at is not None:
        sentence = trouble_sentence(health.last_trouble, language)
        last = TroubleTold(
            kind=health.last_trouble.kind, sentence=sentence, at=health.last_trouble_at
        )
    return ServiceTold(
        name=health.name,
        kind=health.kind,
        breaker=health.breaker,
        since=health.since,
        last_trouble=last,
        asked=health.asked,
        outcomes=dict(health.outcomes),
        troubles=dict(health.troubles),
        tries=health.tries,
        by_fallback=health.by_fallback,
        under_way=health.under_way,
        waiting=health.waiting,
        median_seconds=health.median_seconds,
        worst_seconds=health.worst_seconds,
    )
