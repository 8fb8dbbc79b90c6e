"""What may be done through the API, piece by piece, and what each role may of it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class Role(StrEnum):
    """What the owner of a token may do."""

    AGENT = "agent"  # only what concerns the agent's own number
    ANALYST = "analyst"  # figures and exports, without whose calls they are
    SUPERVISOR = "supervisor"
    ADMIN = "admin"


class Scope(StrEnum):
    """One thing that may be done. A route names the one it needs."""

    OWN = "own"  # an agent's own state, calls and customer at hand
    PII_READ = "pii:read"  # numbers and names of persons whole, in whatever else is seen
    LIVE_READ = "live:read"  # the board, queues, agents, waits
    AGENTS_STATE = "agents:state"  # sign in, pause, end the wrap-up of others
    CALLS_READ = "calls:read"
    CALLS_CONTROL = "calls:control"  # end, move, go ahead in the line, take out
    CALLS_MONITOR = "calls:monitor"  # listen, whisper, barge
    QUEUES_RUN = "queues:run"  # close, open, announce
    RECORDINGS_READ = "recordings:read"
    RECORDINGS_REMOVE = "recordings:remove"  # one message, or one call's sound
    RECORDINGS_MANAGE = "recordings:manage"  # everything of one person, how long it is kept
    CALL_RECORDINGS_HEAR = "call_recordings:hear"  # recorded talks; every play is audited
    CALL_RECORDINGS_REMOVE = "call_recordings:remove"
    CAMPAIGNS_READ = "campaigns:read"
    CAMPAIGNS_WRITE = "campaigns:write"
    CAMPAIGNS_RUN = "campaigns:run"
    CUSTOMERS_READ = "customers:read"
    CUSTOMERS_WRITE = "customers:write"
    TICKETS_READ = "tickets:read"
    TICKETS_WRITE = "tickets:write"
    MENUS_READ = "menus:read"
    MENUS_RELOAD = "menus:reload"  # take their files anew
    REPORTS_READ = "reports:read"
    REPORTS_SET = "reports:set"  # targets, how service level is counted
    EXPORTS = "exports:create"
    COMPLIANCE_READ = "compliance:read"  # rulings, registers, evidence
    DO_NOT_CALL_WRITE = "do_not_call:write"  # our list, and copies of the registers
    WEBHOOKS = "webhooks:manage"
    ADMIN = "admin"  # tokens, users, the trail, retention


#: what is of no queue and shows something of all: never for who sees only some
OF_THE_WHOLE_HOUSE = frozenset({Scope.RECORDINGS_MANAGE, Scope.WEBHOOKS, Scope.ADMIN})
_ADMINS = OF_THE_WHOLE_HOUSE | {Scope.CALL_RECORDINGS_REMOVE}
SCOPES_OF: Mapping[Role, frozenset[Scope]] = {
    Role.AGENT: frozenset({Scope.OWN, Scope.PII_READ}),
    Role.SUPERVISOR: frozenset(Scope) - _ADMINS,
    Role.ADMIN: frozenset(Scope),
    # beside the others, which have more than the one before: has no scope of its own
    Role.ANALYST: frozenset(
        {
            Scope.OWN,
            Scope.LIVE_READ,
            Scope.CALLS_READ,
            Scope.CAMPAIGNS_READ,
            Scope.MENUS_READ,
            Scope.REPORTS_READ,
            Scope.EXPORTS,
        }
    ),
}


def least_role(scope: Scope) -> Role:
    """The lowest of agent, supervisor and admin that has it."""
    return next(role for role, scopes in SCOPES_OF.items() if scope in scopes)
