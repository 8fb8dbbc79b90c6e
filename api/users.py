"""/users: people who sign in with a login and a password."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response
from pydantic import AwareDatetime, BaseModel, Field

from agents.floor import AgentNumber
from api.access import Needs
from api.fields import Asked, IdPath, Label, PageQuery
from api.parts import Parts, Rooms
from api.passwords import NewPassword, refuse_weak
from api.problem_texts import Kind
from api.problems import ProblemError, invalid, told
from api.tokens import QueueNames, must_be_of_the_floor, must_see_enough
from api.trail import Trailed
from storage.admins import LastAdminError
from storage.errors import DatabaseRefusedError
from storage.scopes import Role, Scope
from storage.users import LoginTakenError, NewUser, User

router = APIRouter(prefix="/users", tags=["people"], dependencies=[Depends(Needs(Scope.ADMIN))])

Login = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._@+-]{1,63}$")]


class UserAsked(Asked):
    """A person to be added; an agent is bound to the agent's number."""

    login: Login
    name: Label
    role: Role
    agent: AgentNumber | None = None
    queues: Annotated[QueueNames, Field(description="The queues they see; null: all")] = None
    password: NewPassword


class UserChange(Asked):
    """What is to become of a person; what is not given stays."""

    name: Label | None = None
    role: Role | None = None
    agent: AgentNumber | None = None
    queues: Annotated[QueueNames, Field(description="The queues they see; null: all")] = None
    password: Annotated[
        NewPassword | None, Field(description="A new one; every session of theirs ends")
    ] = None


class UserTold(BaseModel):
    """A person."""

    id: str
    login: str
    name: str
    role: Role
    agent: str | None
    #: null: all
    queues: list[str] | None
    created_at: AwareDatetime
    ended_at: AwareDatetime | None


class Users(BaseModel):
    """A page of people, newest first; `next_cursor` null: there are no more."""

    items: list[UserTold]
    next_cursor: str | None


@router.post("", status_code=201, responses=told(Kind.LOGIN_TAKEN))
async def add_user(rooms: Rooms, trail: Trailed, asked: UserAsked, response: Response) -> UserTold:
    """Add a person, who should change the password at the first sign-in."""
    if (asked.role is Role.AGENT) != (asked.agent is not None):
        raise invalid("body.agent", "agent_needed")
    must_be_of_the_floor(rooms, asked.agent, asked.queues)
    must_see_enough(asked.role, asked.queues)
    refuse_weak(asked.password, asked.login, "body.password")
    new = NewUser(**asked.model_dump(exclude={"password"}))
    user = await added(rooms, new, asked.password)
    await trail.leave("user.add", f"users/{user.id}", after=state_of(user))
    response.headers["location"] = f"/users/{user.id}"
    return _told(user)


@router.get("")
async def every_user(rooms: Rooms, query: Annotated[PageQuery, Query()]) -> Users:
    """Everybody there ever was, newest first."""
    page = await rooms.users.page(query.cursor, query.limit)
    return Users(items=list(map(_told, page.users)), next_cursor=page.next_cursor)


@router.get("/{user_id}", responses=told(Kind.NO_SUCH_USER))
async def one_user(rooms: Rooms, user_id: IdPath) -> UserTold:
    """One person, also one who has ended."""
    user = await rooms.users.get(user_id)
    if user is None:
        raise ProblemError(Kind.NO_SUCH_USER, user_id=user_id)
    return _told(user)


@router.patch("/{user_id}", responses=told(Kind.NO_SUCH_USER, Kind.LAST_ADMIN))
async def change_user(rooms: Rooms, trail: Trailed, user_id: IdPath, asked: UserChange) -> UserTold:
    """Change a person; what is less than before ends at once, also in live streams."""
    before = await rooms.users.get(user_id)
    if before is None or before.ended_at is not None:
        raise ProblemError(Kind.NO_SUCH_USER, user_id=user_id)
    values = _values(asked)
    role, agent = values.get("role", before.role), values.get("agent", before.agent)
    if (role is Role.AGENT) != (agent is not None):
        raise invalid("body.agent", "agent_needed")
    must_be_of_the_floor(rooms, asked.agent, asked.queues)
    must_see_enough(role, values.get("queues", before.queues))
    if asked.password is not None:
        refuse_weak(asked.password, before.login, "body.password")
    try:
        before, after = await rooms.users.change(user_id, values, now=rooms.now())
        if asked.password is not None:
            await rooms.users.set_password(user_id, asked.password, now=rooms.now())
    except KeyError:
        raise ProblemError(Kind.NO_SUCH_USER, user_id=user_id) from None
    except LastAdminError as error:
        raise ProblemError(Kind.LAST_ADMIN) from error
    was, now = state_of(before), state_of(after)
    different = [name for name in was if was[name] != now[name]]
    if asked.password is not None:
        now["password"] = "reset"  # noqa: S105 that it was, not what it is
        different.append("password")
    if different:
        await trail.leave(
            "user.change", f"users/{user_id}",
            before={name: was[name] for name in different if name in was},
            after={name: now[name] for name in different},
        )  # fmt: skip
    return _told(after)


@router.delete("/{user_id}", status_code=204, responses=told(Kind.NO_SUCH_USER, Kind.LAST_ADMIN))
async def end_user(rooms: Rooms, trail: Trailed, user_id: IdPath) -> None:
    """End a person and their sessions; the login stays theirs. A live stream ends within 15 s."""
    try:
        before = await rooms.users.end(user_id, now=rooms.now())
    except KeyError:
        raise ProblemError(Kind.NO_SUCH_USER, user_id=user_id) from None
    except LastAdminError as error:
        raise ProblemError(Kind.LAST_ADMIN) from error
    await trail.leave("user.end", f"users/{user_id}", before=state_of(before))


async def added(rooms: Parts, new: NewUser, password: str) -> User:
    """As the store; a login that somebody has as a problem."""
    try:
        return await rooms.users.add(new, password, now=rooms.now())
    except (LoginTakenError, DatabaseRefusedError) as error:
        raise ProblemError(Kind.LOGIN_TAKEN, login=new.login) from error


def state_of(user: User) -> dict[str, Any]:
    """A person as the audit keeps them."""
    queues = None if user.queues is None else sorted(user.queues)
    return {
        "login": user.login, "name": user.name, "role": user.role.value, "agent": user.agent,
        "queues": queues,
    }  # fmt: skip


def _values(asked: UserChange) -> dict[str, Any]:
    """What was given; null means something only where nothing is something."""
    given = asked.model_dump(exclude_unset=True, exclude={"password"})
    nullable = {"agent", "queues"}
    values = {name: value for name, value in given.items() if name in nullable or value is not None}
    if values.get("role", Role.AGENT) is not Role.AGENT:
        values.setdefault("agent", None)
    return values


def _told(user: User) -> UserTold:
    queues = None if user.queues is None else sorted(user.queues)
    return UserTold(
        id=user.id,
        login=user.login,
        name=user.name,
        role=user.role,
        agent=user.agent,
        queues=queues,
        created_at=user.created_at,
        ended_at=user.ended_at,
    )
