"""/audit: who changed what."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from pydantic import AwareDatetime, BaseModel, Field

from api.access import Needs
from api.fields import Moment, PageQuery
from api.parts import Rooms
from storage.scopes import Scope

router = APIRouter(prefix="/audit", tags=["audit"], dependencies=[Depends(Needs(Scope.ADMIN))])


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


class Changes(BaseModel):
    """A page of changes, newest first; `next_cursor` null: there are no more."""

    items: list[ChangeTold]
    next_cursor: str | None


@router.get("")
async def audit(rooms: Rooms, query: Annotated[AuditQuery, Query()]) -> Changes:
    """Who changed what over the API, newest first."""
    page = await rooms.audit.page(**query.model_dump())
    items = [ChangeTold.model_validate(change, from_attributes=True) for change in page.changes]
    return Changes(items=items, next_cursor=page.next_cursor)
