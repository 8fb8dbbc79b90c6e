"""/agents: what each agent does, and what agents and supervisors may ask for them.

A command answers 202 with the status known so far: its effect comes as facts, on the live stream.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import AwareDatetime, BaseModel, Field, StringConstraints

from agents.desk import NoSuchAgentError, NotNowError, PhoneListensError
from agents.floor import Line
from agents.states import AgentState
from api.access import AgentActedFor, Needs, Owner
from api.fields import Asked, Moment
from api.parts import Parts, Rooms
from api.problem_texts import Kind
from api.problems import ProblemError, invalid, told
from api.promises import must_fit_the_talk
from api.row_filter import sees_agent
from api.trail import Trail, Trailed
from storage.scopes import Scope

router = APIRouter(
    prefix="/agents",
    tags=["agents"],
    responses=told(Kind.NO_SUCH_AGENT),
)
_SEEN = [Depends(Needs(Scope.OWN, Scope.LIVE_READ))]
_MOVED = [Depends(Needs(Scope.OWN, Scope.AGENTS_STATE))]
_NOT_NOW = told(Kind.AGENT_NOT_NOW)


class AgentNow(BaseModel):
    """One agent now, as on the board."""

    number: str
    name: str
    queues: list[str]
    line: Line
    state: AgentState
    since: AwareDatetime | None
    #: of the pause, or of the sign-out
    reason: str
    #: whether a call would reach the agent at once
    free: bool
    #: offered, talking, or being written up; reserved: the one that is being made; "" for none
    call_id: str
    #: a pause asked for during a talk
    pause_next: str
    wrap_up_until: AwareDatetime | None
    #: reserved: kept for a lead of this campaign, and until when
    campaign_id: str
    reserved_until: AwareDatetime | None


class Agents(BaseModel):
    """Every agent of the floor, in its order."""

    items: list[AgentNow]


class PauseAsked(Asked):
    """A pause, for one of the floor's reasons."""

    reason: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,30}$")]


class WrapUpAsked(Asked):
    """What became of the call; may be empty.

    Of a dialed call a code of its campaign's dispositions, else in the operator's own words.
    """

    disposition: Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f-\x9f]{0,60}$")]
    promised_at: Annotated[
        Moment | None, Field(description="When the person is called again, if that was promised")
    ] = None
    only_me: Annotated[bool, Field(description="This agent makes the promised call")] = False


@router.get("", dependencies=[Depends(Needs(Scope.LIVE_READ))])
async def every_agent(rooms: Rooms, owner: Owner) -> Agents:
    """Every agent now."""
    things = rooms.board.snapshot().things
    numbers = [
        agent.number
        for agent in rooms.floor.agents
        if sees_agent(owner, agent.number, agent.queues)
    ]
    return Agents(items=[AgentNow.model_validate(things[f"agents/{each}"]) for each in numbers])


@router.get("/{number}", dependencies=_SEEN)
async def one_agent(rooms: Rooms, number: AgentActedFor) -> AgentNow:
    """One agent now."""
    return agent_now(rooms, number)


@router.post(
    "/{number}/sign-in",
    dependencies=_MOVED,
    status_code=202,
    responses=told(Kind.PHONE_LISTENS),
)
async def sign_in(rooms: Rooms, trail: Trailed, number: AgentActedFor) -> AgentNow:
    """Start the shift: a held agent's phone rings and is kept on the line."""
    async with _at_the_desk(rooms, trail, number, "sign_in"):
        await rooms.desk.sign_in(number)
    return agent_now(rooms, number)


@router.post("/{number}/sign-out", dependencies=_MOVED, status_code=202, responses=_NOT_NOW)
async def sign_out(rooms: Rooms, trail: Trailed, number: AgentActedFor) -> AgentNow:
    """End the shift; not during a call."""
    async with _at_the_desk(rooms, trail, number, "sign_out"):
        await rooms.desk.sign_out(number)
    return agent_now(rooms, number)


@router.post("/{number}/pause", dependencies=_MOVED, status_code=202, responses=_NOT_NOW)
async def pause(rooms: Rooms, trail: Trailed, number: AgentActedFor, asked: PauseAsked) -> AgentNow:
    """Take no calls; asked for during a call it begins after it."""
    known = [reason.name for reason in rooms.floor.pause_reasons]
    if asked.reason not in known:
        raise invalid("body.reason", "no_such_pause_reason", known=", ".join(known))
    async with _at_the_desk(rooms, trail, number, "pause", reason=asked.reason):
        await rooms.desk.pause(number, asked.reason)
    return agent_now(rooms, number)


@router.post("/{number}/ready", dependencies=_MOVED, status_code=202, responses=_NOT_NOW)
async def ready(rooms: Rooms, trail: Trailed, number: AgentActedFor) -> AgentNow:
    """Take calls again: ends a pause or the wrap-up."""
    async with _at_the_desk(rooms, trail, number, "ready"):
        await rooms.desk.ready(number)
    return agent_now(rooms, number)


@router.post("/{number}/wrap-up", dependencies=_MOVED, status_code=202, responses=_NOT_NOW)
async def wrap_up(
    rooms: Rooms, trail: Trailed, number: AgentActedFor, asked: WrapUpAsked
) -> AgentNow:
    """End the wrap-up and say what became of the call."""
    before = rooms.roster.get(number)
    if before is not None and before.state is AgentState.WRAPPING_UP:
        await must_fit_the_talk(
            rooms, before.call_id, asked.disposition, asked.promised_at, only_me=asked.only_me
        )
    async with _at_the_desk(rooms, trail, number, "wrap_up", disposition=asked.disposition):
        now = rooms.roster.get(number)
        if before is not None and now is not None and now.call_id != before.call_id:
            raise NotNowError(f"agent {number} was done with the call before this")
        await rooms.desk.wrap_up(
            number, asked.disposition, promised_at=asked.promised_at, only_me=asked.only_me
        )
    return agent_now(rooms, number)


@router.post(
    "/{number}/end-call",
    dependencies=[Depends(Needs(Scope.OWN, Scope.CALLS_CONTROL))],
    status_code=202,
    responses=told(
        Kind.AGENT_NOT_NOW,
        Kind.CALL_GONE,
        Kind.SWITCH_REFUSED,
        Kind.LINK_DOWN,
        Kind.DATABASE_AWAY,
        Kind.OUTCOME_UNKNOWN,
    ),
)
async def end_call(rooms: Rooms, trail: Trailed, number: AgentActedFor) -> AgentNow:
    """Hang up the customer; the agent stays on the line."""
    async with _at_the_desk(rooms, trail, number, "end_call"):
        await rooms.desk.end_call(number)
    return agent_now(rooms, number)


def agent_now(rooms: Parts, number: str) -> AgentNow:
    """The agent as on the board; raises `ProblemError` for one the floor does not have."""
    thing = rooms.board.snapshot().things.get(f"agents/{number}")
    if thing is None:
        raise ProblemError(Kind.NO_SUCH_AGENT, number=number)
    return AgentNow.model_validate(thing)


@asynccontextmanager
async def _at_the_desk(
    rooms: Parts, trail: Trail, number: str, asked: str, **details: str
) -> AsyncIterator[None]:
    """Tell what the desk cannot do in the client's language; audit what others ask of an agent.

    What agents do themselves is their work, and kept as such.
    """
    agent = rooms.roster.get(number)
    state = agent.state if agent is not None else AgentState.SIGNED_OUT
    try:
        if trail.agent == number:
            yield
        else:
            async with trail.row(
                f"agent.{asked}",
                f"agents/{number}",
                before={"state": state},
                after={"asked": asked, **details},
            ):
                yield
    except NoSuchAgentError as error:
        raise ProblemError(Kind.NO_SUCH_AGENT, number=number) from error
    except PhoneListensError as error:
        raise ProblemError(Kind.PHONE_LISTENS, number=number) from error
    except NotNowError as error:
        raise ProblemError(Kind.AGENT_NOT_NOW, number=number, state=state) from error
