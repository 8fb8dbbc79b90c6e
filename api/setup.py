"""/setup: the way in for the first admin, with the token that the console showed."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from api.fields import Asked, Label
from api.gate import Doorkeeper
from api.parts import Parts, Rooms
from api.passwords import NewPassword, refuse_weak
from api.problem_texts import Kind
from api.problems import ProblemError, invalid, told
from api.trail import Trail
from api.users import Login, state_of
from storage.scopes import Role
from storage.users import LoginTakenError, NewUser

router = APIRouter(tags=["setup"])


class FirstAdmin(Asked):
    """Who sets the service up: a person with a login and a password, else a key."""

    setup_token: Annotated[str, Field(min_length=1, max_length=200)]
    name: Label
    login: Login | None = None
    password: NewPassword | None = None


class SetUp(BaseModel):
    """The first admin: a person who can sign in now, or a key whose `token` is told this once."""

    id: str
    name: str
    role: Role
    agent: str | None = None
    token: str | None
    login: str | None


@router.post(
    "/setup",
    status_code=201,
    responses=told(
        Kind.SETUP_REFUSED, Kind.SET_UP_ALREADY, Kind.LOGIN_TAKEN, Kind.TOO_MANY_WRONG_TOKENS
    ),
)
async def set_up(rooms: Rooms, asked: FirstAdmin, request: Request) -> SetUp:
    """Trade the setup token for the first admin; works once."""
    if (asked.login is None) != (asked.password is None):
        missing = "password" if asked.password is None else "login"
        raise invalid(f"body.{missing}", "missing")
    doorkeeper: Doorkeeper = request.app.state.doorkeeper
    doorkeeper.must_not_wait(request)
    made = await _person(rooms, asked) if asked.login is not None else await _key(rooms, asked)
    if made is None:
        doorkeeper.note_wrong_token(request)
        done = await rooms.tokens.has_admin(now=rooms.now())
        raise ProblemError(Kind.SET_UP_ALREADY if done else Kind.SETUP_REFUSED)
    return made


async def _key(rooms: Parts, asked: FirstAdmin) -> SetUp | None:
    made = await rooms.tokens.use_setup_token(asked.setup_token, asked.name, now=rooms.now())
    if made is None:
        return None
    token_id, plain = made
    after = {"name": asked.name, "role": Role.ADMIN, "agent": None}
    await Trail(rooms, "setup").leave("token.make", f"tokens/{token_id}", after=after)
    return SetUp(id=token_id, name=asked.name, role=Role.ADMIN, token=plain, login=None)


async def _person(rooms: Parts, asked: FirstAdmin) -> SetUp | None:
    login, password = asked.login or "", asked.password or ""
    refuse_weak(password, login, "body.password")
    new = NewUser(login=login, name=asked.name, role=Role.ADMIN)
    try:
        user = await rooms.users.add_first(asked.setup_token, new, password, now=rooms.now())
    except LoginTakenError as error:
        raise ProblemError(Kind.LOGIN_TAKEN, login=login) from error
    if user is None:
        return None
    await Trail(rooms, "setup").leave("user.add", f"users/{user.id}", after=state_of(user))
    return SetUp(id=user.id, name=user.name, role=user.role, token=None, login=user.login)
