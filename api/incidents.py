"""/incidents: what callers of an area are told before the menu, for as long as it lasts."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query
from pydantic import AwareDatetime, BaseModel, Field

from api.access import Needs, Owner
from api.fields import Asked, Moment, PageQuery
from api.parts import Parts, Rooms
from api.problem_texts import Kind
from api.problems import ProblemError, invalid, told
from api.trail import Trailed
from storage.errors import DatabaseUnavailableError
from storage.incidents import Incident
from storage.scopes import Scope

log = logging.getLogger(__name__)

router = APIRouter(prefix="/incidents", tags=["incidents"])
_RUN = [Depends(Needs(Scope.QUEUES_RUN))]

#: as the customers' accounts name their area
Area = Annotated[str, Field(pattern=r"^[^\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]{0,80}$")]


class NewIncident(Asked):
    """What is to be told, and to whom."""

    area: Annotated[Area, Field(description="As the accounts name it; empty: everybody's")]
    prompt: Annotated[
        str,
        Field(pattern=r"^[a-z][a-z0-9_]{0,60}$", description="There is one in every language"),
    ]
    ends_at: Annotated[Moment | None, Field(description="By default when somebody says so")] = None


class IncidentQuery(PageQuery):
    """Which incidents; what is not given does not matter."""

    open: Annotated[bool | None, Field(description="Callers are told, or no more")] = None


class IncidentTold(BaseModel):
    """One incident."""

    id: int
    area: str
    prompt: str
    began_at: AwareDatetime
    ends_at: AwareDatetime | None
    ended_at: AwareDatetime | None
    opened_by: str
    #: callers are told
    open: bool


class Incidents(BaseModel):
    """A page of incidents, the latest to begin first; `next_cursor` null: there are no more."""

    items: list[IncidentTold]
    next_cursor: str | None


@router.get("", dependencies=[Depends(Needs(Scope.LIVE_READ))])
async def incidents(rooms: Rooms, query: Annotated[IncidentQuery, Query()]) -> Incidents:
    """What callers are told and were, the latest to begin first."""
    page = await rooms.incidents.page(
        rooms.now(), is_on=query.open, cursor=query.cursor, limit=query.limit
    )
    items = [_told(rooms, one) for one in page.incidents]
    return Incidents(items=items, next_cursor=page.next_cursor)


@router.post("", dependencies=_RUN, status_code=201)
async def begin_incident(
    rooms: Rooms, asked: NewIncident, owner: Owner, trail: Trailed
) -> IncidentTold:
    """Tell callers of an area from now on."""
    _must_be_sayable(rooms.prompts, asked.prompt)
    now = rooms.now()
    if asked.ends_at is not None and asked.ends_at <= now:
        raise invalid("body.ends_at", "moment_is_over")
    begun = await rooms.incidents.begin(
        area=asked.area.strip(), prompt=asked.prompt, ends_at=asked.ends_at,
        opened_by=owner.name, now=now,
    )  # fmt: skip
    await _told_to_callers(rooms)
    said = _told(rooms, begun)
    await trail.leave("incident.begin", f"incidents/{said.id}", after=said.model_dump(mode="json"))
    return said


@router.post("/{incident_id}/end", dependencies=_RUN, responses=told(Kind.NO_SUCH_INCIDENT))
async def end_incident(
    rooms: Rooms, incident_id: Annotated[int, Path(ge=1, le=2**63 - 1)], trail: Trailed
) -> IncidentTold:
    """It is over; one that is over already stays as it is."""
    found = await rooms.incidents.end(incident_id, rooms.now())
    if found is None:
        raise ProblemError(Kind.NO_SUCH_INCIDENT, incident_id=incident_id)
    await _told_to_callers(rooms)
    incident, ended = found
    said = _told(rooms, incident)
    if ended:
        after = {"ended_at": said.model_dump(mode="json")["ended_at"]}
        await trail.leave(
            "incident.end", f"incidents/{said.id}", before={"open": True}, after=after
        )
    return said


async def _told_to_callers(rooms: Parts) -> None:
    """From this call on, not from the next look."""
    try:
        await rooms.incident_board.load()
    except DatabaseUnavailableError as error:
        log.warning("callers are told of the incident in some seconds: %s", error)


def _must_be_sayable(prompts: Mapping[str, frozenset[str]], prompt: str) -> None:
    for language, known in prompts.items():
        if prompt not in known:
            raise invalid("body.prompt", "no_such_prompt", prompt=prompt, language=language)


def _told(rooms: Parts, incident: Incident) -> IncidentTold:
    return IncidentTold(
        id=incident.id,
        area=incident.area,
        prompt=incident.prompt,
        began_at=incident.began_at,
        ends_at=incident.ends_at,
        ended_at=incident.ended_at,
        opened_by=incident.opened_by,
        open=incident.on(rooms.now()),
    )
