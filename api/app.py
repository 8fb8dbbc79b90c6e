"""The API put together: `create_app(parts)` is an ASGI application for any server."""

from __future__ import annotations

import asyncio
from typing import Any

from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from starlette.responses import Response

from api import (
    abandonment,
    agent_calls,
    agent_day,
    agent_metrics,
    agents,
    alerts,
    audit,
    backoffice,
    board_page,
    call_recording,
    call_recordings,
    call_records,
    callback_metrics,
    callbacks,
    campaign_metrics,
    campaigns,
    changed_campaign,
    choices,
    closures,
    customer_calls,
    customer_file,
    customer_metrics,
    customers,
    dispositions,
    do_not_call,
    do_not_call_file,
    emergencies,
    exports,
    imports,
    incidents,
    leads,
    listening,
    lists,
    live,
    live_curves,
    menu_measures,
    menus,
    metric_definitions,
    passing_on,
    previews,
    probes,
    prometheus,
    queue_calls,
    queue_log,
    queue_metrics,
    queue_settings,
    queues,
    recordings,
    registers,
    retention,
    rulings,
    screen_pop,
    sessions,
    setup,
    surveys,
    targets,
    tickets,
    tokens,
    users,
    waiting_calls,
    waits,
    webhooks,
)
from api.access import ANY_SUPERVISION, Needs, declared_role, tell_scopes
from api.bodies import Bodies
from api.gate import Doorkeeper, Gate
from api.health import Examination
from api.limits import Limits
from api.live_stream import Streams
from api.parts import Parts
from api.problem_texts import Kind
from api.problems import (
    HANDLED,
    Problem,
    ProblemError,
    language_of,
    on_error,
    problem_response,
    told,
)
from api.sign_in_throttle import SignInThrottle
from api.wall import Wall

description = APIRouter(dependencies=[Depends(Needs(*ANY_SUPERVISION))])

#: `screen_pop` before `agents`: its /agents/me is no agent's number
ROUTERS = (
    probes.router,
    setup.router,
    tokens.router,
    users.router,
    sessions.router,
    live.router,
    live_curves.router,
    choices.router,
    board_page.router,
    queues.router,
    queue_settings.router,
    queue_metrics.router,
    queue_calls.router,
    agent_metrics.router,
    agent_calls.router,
    campaign_metrics.router,
    customer_metrics.router,
    customer_calls.router,
    callback_metrics.router,
    metric_definitions.router,
    prometheus.router,
    waits.router,
    screen_pop.router,
    agents.router,
    agent_day.router,
    previews.router,
    call_records.router,
    menus.router,
    menu_measures.router,
    customer_file.router,
    customers.router,
    campaigns.router,
    changed_campaign.router,
    leads.router,
    imports.router,
    lists.router,
    dispositions.router,
    callbacks.router,
    do_not_call.router,
    do_not_call_file.router,
    registers.router,
    rulings.router,
    abandonment.router,
    alerts.router,
    targets.router,
    webhooks.router,
    tickets.router,
    surveys.router,
    recordings.router,
    call_recordings.router,
    incidents.router,
    listening.router,
    call_recording.router,
    waiting_calls.router,
    passing_on.router,
    closures.router,
    emergencies.router,
    backoffice.router,
    exports.router,
    queue_log.router,
    audit.router,
    retention.router,
    description,
)
_ANY = told(
    Kind.UNREADABLE_BODY, Kind.UNAUTHENTICATED, Kind.ROLE_TOO_LOW, Kind.SCOPE_MISSING,
    Kind.BODY_TOO_SLOW, Kind.BODY_TOO_BIG, Kind.WRONG_MEDIA_TYPE, Kind.INVALID,
    Kind.TOO_MANY_WRONG_TOKENS, Kind.INTERNAL, Kind.DATABASE_AWAY,
)  # fmt: skip


def create_app(parts: Parts, limits: Limits | None = None) -> FastAPI:
    """The application; raises `UndeclaredRouteError` when a route does not say who may use it."""
    limits = limits or Limits()
    app = FastAPI(
        title="linea800",
        version="1",
        description="An 0800 line, an outbound dialer and their live picture, on Asterisk.",
        openapi_url=None,  # told by a route of ours, to those who have a token
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        responses=_ANY,
    )
    app.state.parts = parts
    app.state.limits = limits
    app.state.doorkeeper = doorkeeper = Doorkeeper(parts, limits)
    app.state.examination = Examination(parts.health)
    app.state.sign_ins = SignInThrottle(limits)
    app.state.streams = Streams(limits.streams_per_token)
    app.state.reloading = asyncio.Lock()
    app.state.imports = asyncio.Semaphore(limits.imports_at_once)
    for router in ROUTERS:
        for route in _routes(router):
            declared_role(route)
        app.include_router(router)
    for kind in HANDLED:
        app.add_exception_handler(kind, on_error)
    app.add_exception_handler(405, _on_wrong_method)
    # the one added last is the outermost
    app.add_middleware(Bodies, limits=limits)
    app.add_middleware(Gate, doorkeeper=doorkeeper)
    app.add_middleware(Wall)
    return app


@description.get("/openapi.json", include_in_schema=False)
async def openapi(request: Request) -> JSONResponse:
    """The description of the API, for programs that read it."""
    return JSONResponse(described(request.app))


def described(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI document; the form of problems is in it once."""
    document = app.openapi()
    schemas = document["components"]["schemas"]
    if "Problem" not in schemas:
        problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
        schemas.update(problem.pop("$defs"))
        schemas["Problem"] = problem
    for router in ROUTERS:
        for route in _routes(router):
            if route.include_in_schema:
                tell_scopes(route, document["paths"])
    return document


async def _on_wrong_method(request: Request, error: Exception) -> Response:
    """405 with every method of the address: the framework knows only those of one route."""
    methods = {
        method
        for router in ROUTERS
        for route in _routes(router)
        if route.path_regex.match(request.scope["path"])
        for method in route.methods or ()
    }
    allowed = ", ".join(sorted(methods))
    problem = ProblemError(
        Kind.METHOD_NOT_ALLOWED, headers={"allow": allowed}, method=request.method, allowed=allowed
    )
    return problem_response(problem, language_of(request))


def _routes(router: APIRouter) -> list[APIRoute]:
    return [route for route in router.routes if isinstance(route, APIRoute)]
