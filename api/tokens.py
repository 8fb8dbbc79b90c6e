"""/tokens: keys with which programs use the API."""

from __future__ import annotations

from collections.abc import Collection
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Response
from pydantic import AwareDatetime, BaseModel, Field

from agents.floor import AgentNumber
from api.access import Needs
from api.fields import Asked, IdPath, Label, Moment
from api.parts import Parts, Rooms
from api.problem_texts import Kind
from api.problems import ProblemError, invalid, told
from api.trail import Trailed
from storage.admins import LastAdminError
from storage.scopes import SCOPES_OF, Scope
from storage.tokens import Role, TokenEntry

router = APIRouter(prefix="/tokens", tags=["tokens"], dependencies=[Depends(Needs(Scope.ADMIN))])

#: some of the floor's queues; null: all
QueueNames = Annotated[
    list[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,30}$")]] | None,
    Field(min_length=1, max_length=200),
]


class NewToken(Asked):
    """A key to be made; an agent's is bound to the agent's number."""

    name: Label
    role: Role
    agent: AgentNumber | None = None
    scopes: Annotated[
        list[Scope] | None,
        Field(min_length=1, description="Of what the role may do, only this; null: all of it"),
    ] = None
    queues: Annotated[QueueNames, Field(description="The queues it sees; null: all")] = None
    expires_at: Annotated[Moment | None, Field(description="Null: it stays until revoked")] = None


class TokenTold(BaseModel):
    """A key, but not what it is."""

    id: str
    name: str
    role: Role
    agent: str | None
    #: of what the role may do, only this; null: all of it
    scopes: list[Scope] | None
    #: the queues it sees; null: all
    queues: list[str] | None
    created_at: AwareDatetime
    expires_at: AwareDatetime | None
    revoked_at: AwareDatetime | None
    last_used_at: AwareDatetime | None


class TokenMade(BaseModel):
    """A new key; `token` is told this once."""

    id: str
    name: str
    role: Role
    agent: str | None
    token: str


class Tokens(BaseModel):
    """Every key there ever was, oldest first."""

    items: list[TokenTold]


@router.post("", status_code=201)
async def make_token(
    rooms: Rooms, trail: Trailed, asked: NewToken, response: Response
) -> TokenMade:
    """Make a key; it is told once and nowhere kept."""
    if (asked.role is Role.AGENT) != (asked.agent is not None):
        raise invalid("body.agent", "agent_needed")
    must_be_of_the_floor(rooms, asked.agent, asked.queues)
    must_see_enough(asked.role, asked.queues)
    beyond = set(asked.scopes or ()) - SCOPES_OF[asked.role]
    if beyond:
        raise invalid("body.scopes", "beyond_the_role", scopes=", ".join(sorted(beyond)))
    if asked.expires_at is not None and asked.expires_at <= rooms.now():
        raise invalid("body.expires_at", "in_the_past")
    token_id, plain = await rooms.tokens.create(
        asked.name,
        asked.role,
        asked.agent,
        now=rooms.now(),
        scopes=asked.scopes,
        queues=asked.queues,
        expires_at=asked.expires_at,
    )
    await trail.leave("token.make", f"tokens/{token_id}", after=asked.model_dump(mode="json"))
    response.headers["location"] = f"/tokens/{token_id}"
    return TokenMade(id=token_id, name=asked.name, role=asked.role, agent=asked.agent, token=plain)


@router.get("")
async def every_token(rooms: Rooms) -> Tokens:
    """Every key, also those revoked or expired."""
    return Tokens(items=[_told(entry) for entry in await rooms.tokens.list()])


@router.delete(
    "/{token_id}", status_code=204, responses=told(Kind.NOTHING_TO_REVOKE, Kind.LAST_ADMIN)
)
async def revoke_token(rooms: Rooms, trail: Trailed, token_id: IdPath) -> None:
    """End a key at once; a live stream of it ends within 15 s."""
    entries = {entry.owner.id: entry for entry in await rooms.tokens.list()}
    try:
        revoked = token_id in entries and await rooms.tokens.revoke(
            token_id, now=rooms.now(), keep_an_admin=True
        )
    except LastAdminError as error:
        raise ProblemError(Kind.LAST_ADMIN) from error
    if not revoked:
        raise ProblemError(Kind.NOTHING_TO_REVOKE, token_id=token_id)
    told_of = _told(entries[token_id]).model_dump(mode="json")
    kept = ("name", "role", "agent", "scopes", "queues", "expires_at")
    await trail.leave("token.revoke", f"tokens/{token_id}", before={n: told_of[n] for n in kept})


def must_see_enough(role: Role, queues: Collection[str] | None) -> None:
    """Raise `ProblemError` for an admin of some queues: what admins may is of no queue."""
    if role is Role.ADMIN and queues is not None:
        raise invalid("body.queues", "admins_see_all")


def must_be_of_the_floor(rooms: Parts, agent: str | None, queues: Collection[str] | None) -> None:
    """Raise `ProblemError` for an agent or a queue that this floor does not have."""
    if agent is not None and rooms.floor.agent(agent) is None:
        raise invalid("body.agent", "no_such_agent")
    if any(rooms.floor.queue(name) is None for name in queues or ()):
        known = ", ".join(queue.name for queue in rooms.floor.queues)
        raise invalid("body.queues", "no_such_queue", known=known)


def _told(entry: TokenEntry) -> TokenTold:
    owner = entry.owner
    values: dict[str, Any] = {
        name: getattr(entry, name)
        for name in ("created_at", "expires_at", "revoked_at", "last_used_at")
    }
    return TokenTold(
        id=owner.id,
        name=owner.name,
        role=owner.role,
        agent=owner.agent,
        scopes=None if owner.scopes is None else sorted(owner.scopes),
        queues=None if owner.queues is None else sorted(owner.queues),
        **values,
    )
