"""/surveys: what callers answered after their call, always with how many were asked."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, Field

from api.access import Needs, Owner
from api.fields import Asked, Moment
from api.parts import Rooms
from customers.surveys import CSAT, NPS, RESOLVED, Counted, measured
from storage.scopes import Scope
from storage.surveys import By, SurveyFilter

router = APIRouter(
    prefix="/surveys", tags=["surveys"], dependencies=[Depends(Needs(Scope.REPORTS_READ))]
)

_Word = Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,80}$")]


class SurveyQuery(Asked):
    """Which answers; what is not given does not matter."""

    since: Annotated[Moment | None, Field(description="Asked from then on")] = None
    until: Annotated[Moment | None, Field(description="Itself not included")] = None
    question: _Word | None = None
    agent: Annotated[_Word | None, Field(description="Of the last talk of the call")] = None
    queue: Annotated[_Word | None, Field(description="Of the last talk of the call")] = None
    menu: _Word | None = None
    by: Annotated[By | None, Field(description="Told apart by this")] = None


class MeasureTold(BaseModel):
    """What the answers to one question come to."""

    question: str
    #: with `by`, the agent, queue or menu; null: of none
    whose: str | None
    asked: int
    answered: int
    #: answered of asked; null: nobody was asked
    response_rate: float | None
    #: `csat`: share of 4 and 5; `nps`: share of 9 and 10 less share of 0 to 6, from -1 to 1;
    #: `resolved`: share of yes; null: nobody answered, or another question
    value: float | None
    #: how often each answer was given
    answers: dict[int, int]


class Surveys(BaseModel):
    """Every question that was asked, and without `by` the three with a measure in any case."""

    items: list[MeasureTold]


@router.get("")
async def surveys(rooms: Rooms, owner: Owner, query: Annotated[SurveyQuery, Query()]) -> Surveys:
    """CSAT, NPS, resolved, and whatever else is asked."""
    wanted = SurveyFilter(**query.model_dump(exclude={"by"}), seen_queues=owner.queues)
    found = await rooms.surveys.counted(wanted, query.by)
    if query.by is None:
        asked = [query.question] if query.question else [CSAT, NPS, RESOLVED]
        return Surveys(items=_measures(None, asked, [row for _, row in found]))
    items = []
    for whose in sorted({whose for whose, _ in found}):
        items += _measures(whose or None, (), [row for each, row in found if each == whose])
    return Surveys(items=items)


def _measures(
    whose: str | None, questions: Iterable[str], counted: list[Counted]
) -> list[MeasureTold]:
    asked = dict.fromkeys([*questions, *sorted(row.question for row in counted)])
    told = []
    for question in asked:
        one = measured(question, counted)
        told.append(
            MeasureTold(
                question=question,
                whose=whose,
                asked=one.asked,
                answered=one.answered,
                response_rate=one.response_rate,
                value=one.value,
                answers=dict(one.answers),
            )
        )
    return told
