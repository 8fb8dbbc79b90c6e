"""/setup: the way in for the first admin, with the token that the console showed."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Request
from pydantic import Field

from api.fields import Asked, Label
from api.gate import Doorkeeper
from api.parts import Rooms
from api.problem_texts import Kind
from api.problems import ProblemError, told
from api.tokens import TokenMade, is_admin
from api.trail import Trail
from storage.tokens import Role

router = APIRouter(tags=["setup"])


class FirstAdmin(Asked):
    """Who sets the service up."""

    setup_token: Annotated[str, Field(min_length=1, max_length=200)]
    name: Label


@router.post(
    "/setup",
    status_code=201,
    responses=told(Kind.SETUP_REFUSED, Kind.SET_UP_ALREADY, Kind.TOO_MANY_WRONG_TOKENS),
)
async def set_up(rooms: Rooms, asked: FirstAdmin, request: Request) -> TokenMade:
    """Trade the setup token for the first admin's token; works once."""
    doorkeeper: Doorkeeper = request.app.state.doorkeeper
    doorkeeper.must_not_wait(request)
    made = await rooms.tokens.use_setup_token(asked.setup_token, asked.name, now=rooms.now())
    if made is None:
        doorkeeper.note_wrong_token(request)
        done = any(is_admin(entry) for entry in await rooms.tokens.list())
        raise ProblemError(Kind.SET_UP_ALREADY if done else Kind.SETUP_REFUSED)
    token_id, plain = made
    after = {"name": asked.name, "role": Role.ADMIN, "agent": None}
    await Trail(rooms, "setup").leave("token.make", f"tokens/{token_id}", after=after)
    return TokenMade(id=token_id, name=asked.name, role=Role.ADMIN, agent=None, token=plain)
