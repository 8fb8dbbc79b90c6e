"""/calls: what is kept of each call, and what happened in it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import AwareDatetime, BaseModel, Field, field_serializer

from api.access import Needs, Owner
from api.fields import IdPath, Moment, PageQuery
from api.parts import Parts, Rooms
from api.persons import ExtraTold, NameTold, RecordTold, details_told, must_see_persons
from api.problem_texts import Kind
from api.problems import ProblemError, told
from api.row_filter import sees_call
from calls.events import Fact, to_body
from monitoring.record import CallRecord
from storage.call_list import CallFilter
from storage.scopes import Scope

router = APIRouter(prefix="/calls", tags=["calls"], dependencies=[Depends(Needs(Scope.CALLS_READ))])

_Word = Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,80}$")]
#: parts of a fact that are told beside its details, or by the record
_TOLD_OTHERWISE = ("at", "pbx", "call_id")


class CallQuery(PageQuery):
    """Which calls, newest first; what is not given does not matter."""

    direction: Literal["inbound", "dialed"] | None = None
    queue: _Word | None = None
    agent: _Word | None = None
    outcome: _Word | None = None
    campaign_id: _Word | None = None
    number: Annotated[
        str | None,
        Field(
            pattern=r"^[0-9A-Za-z+*#._-]{1,40}$",
            description="Who called, or who was called; needs `pii:read`",
        ),
    ] = None
    arrived_from: Annotated[Moment | None, Field(alias="from")] = None
    arrived_until: Annotated[
        Moment | None, Field(alias="to", description="Itself not included")
    ] = None


class Calls(BaseModel):
    """A page of calls, newest first; `next_cursor` null: there are no more."""

    items: list[RecordTold]
    next_cursor: str | None


class Happening(BaseModel):
    """Something that happened in a call."""

    at: AwareDatetime
    kind: str
    details: dict[str, Any]

    @field_serializer("details", when_used="json")
    def _details_told(self, details: dict[str, Any]) -> dict[str, Any]:
        return details_told(details, self.kind)


class LeadCalled(BaseModel):
    """Who was dialed, as the list tells."""

    id: int
    name: NameTold
    extra: ExtraTold


class CallStory(BaseModel):
    """One call, and what happened in it, in order. What was a moment ago may be missing."""

    record: RecordTold
    timeline: list[Happening]
    #: of a dialed call, as long as its list is kept
    lead: LeadCalled | None


@router.get("")
async def find_calls(rooms: Rooms, owner: Owner, query: Annotated[CallQuery, Query()]) -> Calls:
    """Calls, newest first."""
    must_see_persons(owner, query.number)
    wanted = CallFilter(
        **query.model_dump(exclude=set(PageQuery.model_fields)), seen_queues=owner.queues
    )
    page = await rooms.calls.find(wanted, query.cursor, query.limit)
    return Calls(items=page.calls, next_cursor=page.next_cursor)


@router.get("/{call_id}", responses=told(Kind.NO_SUCH_CALL))
async def one_call(rooms: Rooms, owner: Owner, call_id: IdPath) -> CallStory:
    """One call; what is not in the database yet is taken from the recorder's hands."""
    pbx = rooms.floor.pbx
    stored = await rooms.calls.get(pbx, call_id)
    facts = await rooms.calls.facts(pbx, call_id)
    record = rooms.recorder.record(call_id) or stored
    if record is None or not sees_call(owner, record):
        raise ProblemError(Kind.NO_SUCH_CALL, call_id=call_id)
    timeline = [_happening(fact) for fact in facts]
    return CallStory(record=record, timeline=timeline, lead=await _lead(rooms, record))


async def _lead(rooms: Parts, record: CallRecord) -> LeadCalled | None:
    lead = await rooms.campaigns.lead(record.lead_id) if record.lead_id is not None else None
    return LeadCalled(id=lead.id, name=lead.name, extra=lead.extra) if lead is not None else None


def _happening(fact: Fact) -> Happening:
    details = {name: value for name, value in to_body(fact).items() if name not in _TOLD_OTHERWISE}
    return Happening(at=fact.at, kind=type(fact).__name__, details=details)
