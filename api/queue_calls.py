"""/metrics/queues/{name}: how long callers waited in bands, and the very calls that are counted."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import AwareDatetime, BaseModel, Field

from api.access import Needs, Owner
from api.fields import PageQuery
from api.metric_query import PeriodQuery
from api.parts import Parts, Rooms
from api.persons import PhoneTold
from api.problem_texts import Kind
from api.problems import ProblemError, told
from api.queues import QueuePath
from monitoring.intervals import Stretch
from monitoring.queue_counts import Basis, QueueCounts
from monitoring.visits import Ending
from monitoring.wait_histogram import BANDS, EDGES_SECONDS, band_of
from storage.measure_rows import Kind as Measured
from storage.reports import Subjects
from storage.scopes import Scope
from storage.tokens import TokenOwner
from storage.visits_behind import VisitFound, Wanted

router = APIRouter(
    prefix="/metrics/queues", tags=["metrics"], dependencies=[Depends(Needs(Scope.REPORTS_READ))]
)


class HistogramQuery(PeriodQuery):
    """Which period, and how it is counted."""

    basis: Basis = Basis.OFFERED


class BandTold(BaseModel):
    """The waits above one edge and up to the next, that one included."""

    band: int
    #: null: below nothing, only waits of no time
    above_seconds: int | None
    #: null: however long
    up_to_seconds: int | None
    answered: int
    abandoned: int


class WaitHistogram(BaseModel):
    """How long callers waited until they were answered, or gave up."""

    queue: str
    since: AwareDatetime
    until: AwareDatetime
    basis: Basis
    as_of: AwareDatetime
    final: bool
    bands: list[BandTold]


class BehindQuery(PeriodQuery, PageQuery):
    """Which calls: those that everything given here is true of; without any of it the offered."""

    ending: Annotated[Ending | None, Field(description="The count of this name")] = None
    refused: Annotated[bool, Field(description="Those whom the queue did not take")] = False
    band: Annotated[
        int | None, Field(ge=0, le=BANDS - 1, description="Of the wait, as in the histogram")
    ] = None
    callback: Annotated[bool | None, Field(description="A callback was booked")] = None
    transferred: Annotated[bool | None, Field(description="The agent passed it on")] = None
    basis: Annotated[
        Basis, Field(description="Whether a visit counts where it began, or where that happened")
    ] = Basis.OFFERED


class VisitTold(BaseModel):
    """One wait of one call in the queue, as it is counted."""

    call_id: str
    #: the call's facts, in order
    call: str
    #: which of the call's waits, from 0
    ordinal: int
    direction: str
    #: null: the client may not see calls
    caller_number: PhoneTold | None
    #: null: refused
    ending: Ending | None
    #: why the queue did not take the call; "" it did
    refused: str
    agent: str
    joined_at: AwareDatetime
    left_at: AwareDatetime | None
    connected_at: AwareDatetime | None
    released_at: AwareDatetime | None
    wait_seconds: float
    band: int
    talk_seconds: float
    hold_seconds: float
    wrap_up_seconds: float
    callback: bool
    transferred: bool


class VisitsTold(BaseModel):
    """A page of them, newest first; it may be short and go on: `next_cursor` null is the end."""

    items: list[VisitTold]
    next_cursor: str | None


@router.get("/{name}/wait-histogram", responses=told(Kind.NO_SUCH_QUEUE))
async def wait_histogram(
    rooms: Rooms, owner: Owner, name: QueuePath, query: Annotated[HistogramQuery, Query()]
) -> WaitHistogram:
    """How long callers waited."""
    now = rooms.now()
    period = query.period(now)
    of = Subjects(rooms.floor.pbx, [name])
    (found,) = await rooms.reports.queues(of, [period], query.basis, {})
    _must_be_seen(rooms, owner, name, has_figures=bool(found))
    finality = await rooms.reports.finality(Measured.QUEUE, of, [period], now, query.basis)
    counts = found[name][0].counts if found else QueueCounts()
    edges = [None, *EDGES_SECONDS, None]
    return WaitHistogram(
        queue=name,
        since=period.since,
        until=period.until,
        basis=query.basis,
        as_of=finality.as_of,
        final=all(finality.final),
        bands=[
            BandTold(
                band=band,
                above_seconds=edges[band],
                up_to_seconds=edges[band + 1],
                answered=counts.answered_bands[band],
                abandoned=counts.abandoned_bands[band],
            )
            for band in range(BANDS)
        ],
    )


@router.get("/{name}/calls", responses=told(Kind.NO_SUCH_QUEUE))
async def queue_calls(
    rooms: Rooms, owner: Owner, name: QueuePath, query: Annotated[BehindQuery, Query()]
) -> VisitsTold:
    """The calls that a count is made of, each where the basis has it."""
    period = query.period(rooms.now())
    by_event = query.basis is Basis.EVENT
    find = rooms.counted_calls.of_queue if by_event else rooms.visits.behind
    page = await find(_wanted(rooms, name, period, query), query.cursor, query.limit)
    goes_on = query.cursor is not None or page.next_cursor is not None
    _must_be_seen(rooms, owner, name, has_figures=bool(page.visits) or goes_on)
    sees_calls = owner.may(Scope.CALLS_READ)
    items = [_visit_told(found, sees_calls) for found in page.visits]
    return VisitsTold(items=items, next_cursor=page.next_cursor)


def _wanted(rooms: Parts, name: str, period: Stretch, query: BehindQuery) -> Wanted:
    return Wanted(
        pbx=rooms.floor.pbx,
        queue=name,
        since=period.since,
        until=period.until,
        refused=query.refused,
        ending=query.ending,
        band=query.band,
        callback=query.callback,
        transferred=query.transferred,
    )


def _must_be_seen(rooms: Parts, owner: TokenOwner, name: str, *, has_figures: bool) -> None:
    """A queue that the floor has no more is known by its figures."""
    if not owner.sees(name) or (rooms.floor.queue(name) is None and not has_figures):
        raise ProblemError(Kind.NO_SUCH_QUEUE, name=name)


def _visit_told(found: VisitFound, sees_calls: bool) -> VisitTold:
    visit = found.visit
    return VisitTold(
        call_id=visit.call_id,
        call=f"/calls/{visit.call_id}",
        ordinal=visit.ordinal,
        direction=found.direction,
        caller_number=found.caller_number if sees_calls else None,
        ending=None if visit.refused else visit.ending,
        refused=visit.refused,
        agent=visit.agent,
        joined_at=visit.joined_at,
        left_at=visit.left_at,
        connected_at=visit.connected_at,
        released_at=visit.released_at,
        wait_seconds=visit.wait_ms / 1000,
        band=band_of(visit.wait_ms),
        talk_seconds=visit.talk_ms / 1000,
        hold_seconds=visit.hold_ms / 1000,
        wrap_up_seconds=visit.wrap_up_ms / 1000,
        callback=visit.callback,
        transferred=visit.transferred,
    )
