"""What each route declares: the scope that it needs, and that agents act for themselves."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Depends, Path, Request, Security
from fastapi.params import Depends as Dependency
from fastapi.routing import APIRoute
from fastapi.security import HTTPBearer

from api.parts import Rooms
from api.problem_texts import Kind
from api.problems import ProblemError
from api.row_filter import sees_agent
from storage.scopes import SCOPES_OF, Role, Scope, least_role
from storage.tokens import TokenOwner

#: what anybody may reach; a test holds the list
OPEN_PATHS = frozenset({"/health", "/ready", "/setup", "/board", "/board/{file}"})
#: and every path that begins so: the files of the live board's page, which has no data in it
OPEN_BELOW = "/board/"
#: and this, while other methods of the same path are not
OPEN_ROUTES = frozenset({"POST /session"})
#: of a route that shows nothing of anybody: whoever may anything beyond an agent's own
ANY_SUPERVISION = tuple(
    scope for scope in Scope if scope in SCOPES_OF[Role.SUPERVISOR] - SCOPES_OF[Role.AGENT]
)
_RANK = {Role.AGENT: 0, Role.SUPERVISOR: 1, Role.ADMIN: 2}


async def _owner(request: Request) -> TokenOwner:
    owner: TokenOwner = request.state.owner
    return owner


Owner = Annotated[TokenOwner, Depends(_owner)]

#: only for the API's description: the gate has seen to it by then
_described = HTTPBearer(
    auto_error=False,
    description="A token of `POST /tokens` or `POST /setup`. Or the cookie of `POST /session`.",
)


class Needs:
    """The scope that a route needs; of several any one will do."""

    def __init__(self, *scopes: Scope) -> None:
        self.scopes = scopes
        self.role = min(map(least_role, scopes), key=_RANK.__getitem__)

    async def __call__(
        self, owner: Owner, _scheme: Annotated[object, Security(_described)]
    ) -> None:
        """Raise `ProblemError` for who may not."""
        if any(owner.may(scope) for scope in self.scopes):
            return
        if SCOPES_OF[owner.role].isdisjoint(self.scopes):
            raise ProblemError(Kind.ROLE_TOO_LOW, needed=self.role, role=owner.role)
        raise ProblemError(Kind.SCOPE_MISSING, needed=", ".join(self.scopes))


class UndeclaredRouteError(Exception):
    """A route says nothing about who may use it."""


def declared(route: APIRoute) -> list[Needs]:
    """What a route needs, all of it; [] for one that is open. Raises `UndeclaredRouteError`."""
    if route.path in OPEN_PATHS or _names(route) <= OPEN_ROUTES:
        return []
    needs = _needs(route.dependencies)
    if not needs:
        raise UndeclaredRouteError(f"{route.path}: add a dependency Depends(Needs(Scope.…))")
    return needs


def _names(route: APIRoute) -> set[str]:
    return {f"{method} {route.path}" for method in route.methods or ()}


def declared_role(route: APIRoute) -> Role | None:
    """The least role that may use it, None for one that is open; raises `UndeclaredRouteError`."""
    return max((need.role for need in declared(route)), key=_RANK.__getitem__, default=None)


def tell_scopes(route: APIRoute, paths: dict[str, Any]) -> None:
    """Write into the API's description which scopes a route needs: any one of them will do."""
    scopes = [scope.value for need in declared(route) for scope in need.scopes]
    for method in route.methods or ():
        paths[route.path_format][method.lower()]["x-scopes"] = scopes


def _needs(dependencies: list[Dependency]) -> list[Needs]:
    found = [depends.dependency for depends in dependencies]
    return [need for need in found if isinstance(need, Needs)]


def _lacking(request: Request, owner: TokenOwner) -> list[Scope]:
    """The scopes of which one would let the owner act for others; [] when it has one."""
    needs = declared(request.scope["route"])
    wider: list[Scope] = [
        scope for need in needs for scope in need.scopes if scope is not Scope.OWN
    ]
    return [] if any(map(owner.may, wider)) else wider


async def _own_number(request: Request, owner: Owner) -> str | None:
    lacking = _lacking(request, owner)
    if lacking and owner.agent is None:
        raise ProblemError(Kind.SCOPE_MISSING, needed=", ".join(lacking))
    return owner.agent if lacking else None


#: the agent whose things only are seen and changed; None: everybody's
OnlyAgent = Annotated[str | None, Depends(_own_number)]


async def _agent_acted_for(
    rooms: Rooms,
    owner: Owner,
    only: OnlyAgent,
    number: Annotated[
        str, Path(pattern=r"^([0-9]{3,6}|me)$", description="An agent's number, or `me`.")
    ],
) -> str:
    if number == "me":
        if owner.agent is None:
            raise ProblemError(Kind.NO_NUMBER_OF_YOUR_OWN)
        return owner.agent
    if only not in (None, number):
        raise ProblemError(Kind.NOT_YOUR_NUMBER, own=only, number=number)
    agent = rooms.floor.agent(number)
    if agent is not None and not sees_agent(owner, number, agent.queues):
        raise ProblemError(Kind.NO_SUCH_AGENT, number=number)
    return number


#: the agent a route is about: with an agent's token only that agent
AgentActedFor = Annotated[str, Depends(_agent_acted_for)]
