"""/metrics/customers/calls: the calls, answers and waits that counts of customers are made of."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import AwareDatetime, BaseModel, Field, StringConstraints

from api.access import Needs, Owner
from api.fields import PageQuery
from api.metric_query import PeriodQuery
from api.parts import Rooms
from api.persons import PhoneTold
from api.problems import invalid
from storage.customers_behind import CustomerCall, CustomerCount, CustomersWanted
from storage.scopes import Scope
from storage.tokens import TokenOwner

router = APIRouter(
    prefix="/metrics/customers", tags=["metrics"], dependencies=[Depends(Needs(Scope.REPORTS_READ))]
)
#: each call is looked for again among all later ones
LONGEST = timedelta(days=31)
_Queue = Annotated[str, StringConstraints(pattern=r"^([a-z][a-z0-9_]{0,30})?$")]


class CustomerCallsQuery(PeriodQuery, PageQuery):
    """Which rows: those of one count, in the period in which the report counts them."""

    count: Annotated[
        CustomerCount, Field(description="The count of this name in `/metrics/customers`")
    ] = CustomerCount.CALLS
    queue: Annotated[
        list[_Queue],
        Field(max_length=100, description="May be given again, empty: in no queue; none: all"),
    ] = Field(default_factory=list)


class AnswerTold(BaseModel):
    """A question after the call; what is null was not answered."""

    question: str
    answer: int | None
    #: the scale
    low: int | None
    high: int | None


class WaitTold(BaseModel):
    """What a caller was told of the wait, and how long it took."""

    expected_seconds: float
    low_seconds: float
    high_seconds: float
    #: null: nobody came
    waited_seconds: float | None


class CustomerCallTold(BaseModel):
    """A call, a question after it, or a wait that was told in it."""

    #: when it is counted: the call arrived, it was asked, it was told
    at: AwareDatetime
    call_id: str
    #: the call's facts, in order; null: another switch had it
    call: str | None
    #: "" none
    queue: str
    #: null: the client may not see calls
    caller_number: PhoneTold | None
    #: null: nobody knows
    customer_id: int | None
    reason: str
    #: what the agent said of the call
    disposition: str
    #: null: it is none
    survey: AnswerTold | None
    wait: WaitTold | None


class CustomerCallsTold(BaseModel):
    """A page of them, newest first; it may be short and go on: `next_cursor` null is the end."""

    items: list[CustomerCallTold]
    next_cursor: str | None


@router.get("/calls")
async def customer_calls(
    rooms: Rooms, owner: Owner, query: Annotated[CustomerCallsQuery, Query()]
) -> CustomerCallsTold:
    """What a count of customers is made of."""
    period = query.period(rooms.now())
    if period.until - period.since > LONGEST:
        raise invalid("query.from", "too_long_a_period", days=LONGEST.days)
    wanted = CustomersWanted(
        since=period.since,
        until=period.until,
        count=query.count,
        queues=_queues(owner, query.queue),
    )
    page = await rooms.customer_calls.behind(wanted, query.cursor, query.limit)
    pbx, sees_calls = rooms.floor.pbx, owner.may(Scope.CALLS_READ)
    items = [_call_told(one, pbx, sees_calls) for one in page.calls]
    return CustomerCallsTold(items=items, next_cursor=page.next_cursor)


def _queues(owner: TokenOwner, asked: list[str]) -> frozenset[str] | None:
    if asked:
        return frozenset(filter(owner.sees, asked))
    return None if owner.queues is None else frozenset(owner.queues)


def _call_told(one: CustomerCall, pbx: str, sees_calls: bool) -> CustomerCallTold:
    return CustomerCallTold(
        at=one.at,
        call_id=one.call_id,
        call=f"/calls/{one.call_id}" if one.pbx == pbx else None,
        queue=one.queue,
        caller_number=one.caller_number if sees_calls else None,
        customer_id=one.customer_id,
        reason=one.reason,
        disposition=one.disposition,
        survey=_answer_told(one),
        wait=_wait_told(one),
    )


def _answer_told(one: CustomerCall) -> AnswerTold | None:
    if one.question is None:
        return None
    return AnswerTold(question=one.question, answer=one.answer, low=one.low, high=one.high)


def _wait_told(one: CustomerCall) -> WaitTold | None:
    if one.expected_seconds is None or one.low_seconds is None or one.high_seconds is None:
        return None
    return WaitTold(
        expected_seconds=one.expected_seconds,
        low_seconds=one.low_seconds,
        high_seconds=one.high_seconds,
        waited_seconds=(one.came_at - one.at).total_seconds() if one.came_at else None,
    )
