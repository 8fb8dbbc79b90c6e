"""/audit: who changed what."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from pydantic import AwareDatetime, BaseModel, Field, field_serializer

from api.access import Needs, Owner
from api.fields import Moment, PageQuery
from api.parts import Rooms
from api.persons import details_told, must_see_persons, words_told, written_told
from storage.scopes import Scope

router = APIRouter(prefix="/audit", tags=["audit"], dependencies=[Depends(Needs(Scope.ADMIN))])


#: subjects that a person's number is part of
_OF_A_NUMBER = "do-not-call/"
#: what is named there is a person
_OF_PERSONS = frozenset({"callback.make", "callback.cancel"})


class AuditQuery(PageQuery):
    """Which changes, newest first; what is not given does not matter."""

    subject: Annotated[
        str | None,
        Field(
            pattern=r"^[^\x00-\x1f\x7f-\x9f]{1,200}$",
            description="The thing's path, as `campaigns/…` or `agents/1001`",
        ),
    ] = None
    since: Moment | None = None
    until: Annotated[Moment | None, Field(description="Itself not included")] = None


class ChangeTold(BaseModel):
    """One change. `before` and `after` have what changed, {} for a thing that is not there."""

    at: AwareDatetime
    who: str
    action: str
    subject: str
    before: dict[str, Any]
    after: dict[str, Any]

    @field_serializer("subject", when_used="json")
    def _subject_told(self, subject: str) -> str:
        return words_told(subject) if subject.startswith(_OF_A_NUMBER) else subject

    @field_serializer("before", "after", when_used="json")
    def _values_told(self, values: dict[str, Any]) -> dict[str, Any]:
        told = details_told(values, self.action)
        if self.action in _OF_PERSONS and "name" in told:
            told["name"] = written_told(told["name"])
        return told


class Changes(BaseModel):
    """A page of changes, newest first; `next_cursor` null: there are no more."""

    items: list[ChangeTold]
    next_cursor: str | None


@router.get("")
async def audit(rooms: Rooms, owner: Owner, query: Annotated[AuditQuery, Query()]) -> Changes:
    """Who changed what over the API, newest first."""
    must_see_persons(owner, (query.subject or "").startswith(_OF_A_NUMBER))
    page = await rooms.audit.page(**query.model_dump())
    items = [ChangeTold.model_validate(change, from_attributes=True) for change in page.changes]
    return Changes(items=items, next_cursor=page.next_cursor)
