"""/tokens: who may use the API."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Response
from pydantic import AwareDatetime, BaseModel

from agents.floor import AgentNumber
from api.access import Needs
from api.fields import Asked, IdPath, Label
from api.parts import Rooms
from api.problem_texts import Kind
from api.problems import ProblemError, invalid, told
from api.trail import Trailed
from storage.tokens import Role, TokenEntry

router = APIRouter(prefix="/tokens", tags=["tokens"], dependencies=[Depends(Needs(Role.ADMIN))])


class NewToken(Asked):
    """A token to be made; an agent's is bound to the agent's number."""

    name: Label
    role: Role
    agent: AgentNumber | None = None


class TokenTold(BaseModel):
    """A token, but not what it is."""

    id: str
    name: str
    role: Role
    agent: str | None
    created_at: AwareDatetime
    revoked_at: AwareDatetime | None
    last_used_at: AwareDatetime | None


class TokenMade(BaseModel):
    """A new token; `token` is told this once."""

    id: str
    name: str
    role: Role
    agent: str | None
    token: str


class Tokens(BaseModel):
    """Every token there ever was, oldest first."""

    items: list[TokenTold]


@router.post("", status_code=201)
async def make_token(
    rooms: Rooms, trail: Trailed, asked: NewToken, response: Response
) -> TokenMade:
    """Make a token; it is told once and nowhere kept."""
    if (asked.role is Role.AGENT) != (asked.agent is not None):
        raise invalid("body.agent", "agent_needed")
    if asked.agent is not None and rooms.floor.agent(asked.agent) is None:
        raise invalid("body.agent", "no_such_agent")
    token_id, plain = await rooms.tokens.create(
        asked.name, asked.role, asked.agent, now=rooms.now()
    )
    await trail.leave("token.make", f"tokens/{token_id}", after=asked.model_dump(mode="json"))
    response.headers["location"] = f"/tokens/{token_id}"
    return TokenMade(id=token_id, name=asked.name, role=asked.role, agent=asked.agent, token=plain)


@router.get("")
async def every_token(rooms: Rooms) -> Tokens:
    """Every token, also those revoked."""
    return Tokens(items=[_told(entry) for entry in await rooms.tokens.list()])


@router.delete(
    "/{token_id}", status_code=204, responses=told(Kind.NOTHING_TO_REVOKE, Kind.LAST_ADMIN)
)
async def revoke_token(rooms: Rooms, trail: Trailed, token_id: IdPath) -> None:
    """End a token at once; a live stream of it ends within 15 s."""
    entries = {entry.owner.id: entry for entry in await rooms.tokens.list()}
    admins = [entry.owner.id for entry in entries.values() if is_admin(entry)]
    if admins == [token_id]:
        raise ProblemError(Kind.LAST_ADMIN)
    if token_id not in entries or not await rooms.tokens.revoke(token_id, now=rooms.now()):
        raise ProblemError(Kind.NOTHING_TO_REVOKE, token_id=token_id)
    owner = entries[token_id].owner
    was = {"name": owner.name, "role": owner.role, "agent": owner.agent}
    await trail.leave("token.revoke", f"tokens/{token_id}", before=was)


def is_admin(entry: TokenEntry) -> bool:
    """Whether it is an admin's token, and in force."""
    return entry.owner.role is Role.ADMIN and entry.revoked_at is None


def _told(entry: TokenEntry) -> TokenTold:
    owner = entry.owner
    return TokenTold(
        id=owner.id,
        name=owner.name,
        role=owner.role,
        agent=owner.agent,
        created_at=entry.created_at,
        revoked_at=entry.revoked_at,
        last_used_at=entry.last_used_at,
    )
