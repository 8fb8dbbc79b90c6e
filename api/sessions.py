"""/session and /me: people sign in and out, see who they are, and change their password."""

from __future__ import annotations

import math
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from pydantic import AwareDatetime, BaseModel, Field

from api.access import Needs, Owner
from api.fields import Asked
from api.gate import address_of
from api.parts import Rooms
from api.passwords import NewPassword, refuse_weak
from api.problem_texts import Kind
from api.problems import ProblemError, told
from api.same_origin import comes_from_elsewhere
from api.session_cookie import forget_session, keep_session
from api.sign_in_throttle import SignInThrottle
from api.trail import Trail, Trailed
from storage.scopes import SCOPES_OF, Role, Scope
from storage.tokens import TokenOwner

router = APIRouter(tags=["people"])
_OWN = [Depends(Needs(Scope.OWN))]

_Password = Annotated[str, Field(min_length=1, max_length=200)]


class SignIn(Asked):
    """Who signs in."""

    login: Annotated[str, Field(min_length=1, max_length=64)]
    password: _Password


class SignedIn(BaseModel):
    """A session has begun; its token is in the cookie, and nowhere else."""

    user_id: str
    name: str
    role: Role
    #: unused until then it is over; each use prolongs it
    expires_at: AwareDatetime


class Me(BaseModel):
    """Who asks, and what they may do and see."""

    name: str
    role: Role
    agent: str | None
    #: null: a key of programs, or somebody else's sign-in
    user_id: str | None
    scopes: list[Scope]
    #: null: all
    queues: list[str] | None


class PasswordChange(Asked):
    """A new password in the place of the old one."""

    old_password: _Password
    new_password: NewPassword


@router.post(
    "/session",
    status_code=201,
    responses=told(Kind.SIGN_IN_REFUSED, Kind.NOT_SAME_ORIGIN, Kind.TOO_MANY_SIGN_INS),
)
async def sign_in(rooms: Rooms, asked: SignIn, request: Request, response: Response) -> SignedIn:
    """Begin a session; the browser keeps it as a cookie that no script can read."""
    if comes_from_elsewhere(request.headers):
        raise ProblemError(Kind.NOT_SAME_ORIGIN)
    throttle: SignInThrottle = request.app.state.sign_ins
    address = address_of(request)
    _must_not_wait(throttle.begin(asked.login, address, rooms.now()))
    user = await rooms.users.sign_in(asked.login, asked.password)
    if user is None:
        raise ProblemError(Kind.SIGN_IN_REFUSED)
    throttle.succeeded(asked.login, address)
    try:
        session_id, plain, ends = await rooms.tokens.open_session(
            user.id, user.password_hash, now=rooms.now()
        )
    except KeyError:  # ended, or given another password, in this very moment
        raise ProblemError(Kind.SIGN_IN_REFUSED) from None
    await Trail(rooms, f"{user.name} ({session_id})").leave(
        "session.begin", f"users/{user.id}", after={"session": session_id}
    )
    keep_session(response, request, plain)
    return SignedIn(user_id=user.id, name=user.name, role=user.role, expires_at=ends)


@router.delete("/session", dependencies=_OWN, status_code=204, responses=told(Kind.NOT_A_SESSION))
async def sign_out(rooms: Rooms, owner: Owner, trail: Trailed, response: Response) -> None:
    """End the session; a live stream of it ends within 15 s."""
    user_id = _person(owner)
    await rooms.tokens.revoke(owner.id, now=rooms.now())
    await trail.leave("session.end", f"users/{user_id}", before={"session": owner.id})
    forget_session(response)


@router.get("/me", dependencies=_OWN)
async def me(owner: Owner) -> Me:
    """Who asks, and what they may do and see."""
    return Me(
        name=owner.name,
        role=owner.role,
        agent=owner.agent,
        user_id=owner.user_id,
        scopes=[scope for scope in SCOPES_OF[owner.role] if owner.may(scope)],
        queues=None if owner.queues is None else sorted(owner.queues),
    )


@router.put(
    "/me",
    dependencies=_OWN,
    status_code=204,
    responses=told(Kind.NOT_A_SESSION, Kind.WRONG_PASSWORD, Kind.TOO_MANY_SIGN_INS),
)
async def change_password(
    rooms: Rooms,
    owner: Owner,
    trail: Trailed,
    asked: PasswordChange,
    request: Request,
    response: Response,
) -> None:
    """Change one's own password; every session of it ends, this one, too."""
    user_id = _person(owner)
    user = await rooms.users.get(user_id)
    if user is None:
        raise ProblemError(Kind.NOT_A_SESSION)
    refuse_weak(asked.new_password, user.login, "body.new_password")
    throttle: SignInThrottle = request.app.state.sign_ins
    address = address_of(request)
    _must_not_wait(throttle.begin(user.login, address, rooms.now()))
    if not await rooms.users.knows(user_id, asked.old_password):
        raise ProblemError(Kind.WRONG_PASSWORD)
    throttle.succeeded(user.login, address)
    try:
        await rooms.users.set_password(user_id, asked.new_password, now=rooms.now())
    except KeyError:  # ended in this very moment
        raise ProblemError(Kind.NOT_A_SESSION) from None
    await trail.leave("user.password", f"users/{user_id}", after={"password": "changed"})
    forget_session(response)


def _person(owner: TokenOwner) -> str:
    if owner.user_id is None:
        raise ProblemError(Kind.NOT_A_SESSION)
    return owner.user_id


def _must_not_wait(seconds: float) -> None:
    if seconds > 0:
        whole = str(math.ceil(seconds))
        raise ProblemError(Kind.TOO_MANY_SIGN_INS, headers={"retry-after": whole}, seconds=whole)
