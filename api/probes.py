"""/health and /ready: open to anyone, so that whatever watches the service needs no token."""

from __future__ import annotations

from fastapi import APIRouter, Request
from pydantic import BaseModel

from api.health import Examination, Finding, Health, ready
from api.problem_texts import Kind
from api.problems import ProblemError, told

router = APIRouter(tags=["health"])


class HealthTold(BaseModel):
    """How the service is, and whether it can do all of its work."""

    ready: bool
    link: Finding
    database: Finding
    journal: Finding
    recorder: Finding
    recorder_backlog: int


async def _health(request: Request) -> Health:
    examination: Examination = request.app.state.examination
    return await examination.health()


def _told(health: Health) -> HealthTold:
    return HealthTold(
        ready=ready(health),
        link=health.link,
        database=health.database,
        journal=health.journal,
        recorder=health.recorder,
        recorder_backlog=health.recorder_backlog,
    )


@router.get("/health")
async def alive(request: Request) -> HealthTold:
    """The process is alive when this answers, whatever it says of the parts."""
    return _told(await _health(request))


@router.get("/ready", responses=told(Kind.NOT_READY))
async def all_fine(request: Request) -> HealthTold:
    """200 only when the link, the database and the journal are all fine."""
    health = await _health(request)
    if not ready(health):
        raise ProblemError(Kind.NOT_READY, health=health)
    return _told(health)
