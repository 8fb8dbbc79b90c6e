"""What each route declares: the least role that may use it, and that agents act for themselves."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Path, Request, Security
from fastapi.routing import APIRoute
from fastapi.security import HTTPBearer

from api.problem_texts import Kind
from api.problems import ProblemError
from storage.tokens import Role, TokenOwner

#: what anybody may reach; a test holds the list
OPEN_PATHS = frozenset({"/health", "/ready", "/setup"})
_RANK = {Role.AGENT: 0, Role.SUPERVISOR: 1, Role.ADMIN: 2}


async def _owner(request: Request) -> TokenOwner:
    owner: TokenOwner = request.state.owner
    return owner


Owner = Annotated[TokenOwner, Depends(_owner)]

#: only for the API's description: the gate has seen to it by then
_described = HTTPBearer(auto_error=False, description="A token of `POST /tokens` or `POST /setup`.")


class Needs:
    """The least role that may use a route."""

    def __init__(self, role: Role) -> None:
        self.role = role

    async def __call__(
        self, owner: Owner, _scheme: Annotated[object, Security(_described)]
    ) -> None:
        """Raise `ProblemError` for a lower role."""
        if _RANK[owner.role] < _RANK[self.role]:
            raise ProblemError(Kind.ROLE_TOO_LOW, needed=self.role, role=owner.role)


class UndeclaredRouteError(Exception):
    """A route says nothing about who may use it."""


def declared_role(route: APIRoute) -> Role | None:
    """The role a route needs, None for one that is open; raises `UndeclaredRouteError`."""
    if route.path in OPEN_PATHS:
        return None
    needs = [depends.dependency for depends in route.dependencies]
    roles = [need.role for need in needs if isinstance(need, Needs)]
    if not roles:
        raise UndeclaredRouteError(f"{route.path}: add a dependency Depends(Needs(role))")
    return max(roles, key=_RANK.__getitem__)


async def _agent_acted_for(
    owner: Owner,
    number: Annotated[
        str, Path(pattern=r"^([0-9]{3,6}|me)$", description="An agent's number, or `me`.")
    ],
) -> str:
    if number == "me":
        if owner.agent is None:
            raise ProblemError(Kind.NO_NUMBER_OF_YOUR_OWN)
        return owner.agent
    if owner.role is Role.AGENT and owner.agent != number:
        raise ProblemError(Kind.NOT_YOUR_NUMBER, own=owner.agent, number=number)
    return number


#: the agent a route is about: with an agent's token only that agent
AgentActedFor = Annotated[str, Depends(_agent_acted_for)]
