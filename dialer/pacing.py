"""How many people to dial now: policies that look at the floor and decide, pure and by name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from calls.errors import Linea800Error


@dataclass(frozen=True, slots=True, kw_only=True)
class FloorView:
    """The floor as one campaign sees it. All are counts of now."""

    #: ready, and not on a call, in the campaign's queue
    agents_free: int
    agents_talking: int = 0
    agents_wrapping_up: int = 0
    #: dialed and not answered yet, of all campaigns that share these agents
    attempts_ringing: int = 0
    #: callers of the 0800 line who wait for these agents
    waiting_inbound: int = 0
    #: dialed people who answered and wait for these agents, of all campaigns that share them
    waiting_dialed: int = 0
    #: the smaller of what the trunk and the campaign's own `max_lines` leave; may be below zero
    lines_free: int
    leads_due: int


class Reason(StrEnum):
    """What set the number: the code that travels, its sentence is made where it is shown."""

    ONE_PER_FREE_AGENT = "one_per_free_agent"
    FEW_LINES = "few_lines"
    FEW_LEADS = "few_leads"
    NO_LEADS_DUE = "no_leads_due"
    NO_AGENT_FREE = "no_agent_free"
    AGENTS_SPOKEN_FOR = "agents_spoken_for"
    NO_LINE_FREE = "no_line_free"


_SENTENCES: dict[str, dict[Reason, str]] = {
    "es": {
        Reason.ONE_PER_FREE_AGENT: "Se marca a {dial}: una llamada por agente libre.",
        Reason.FEW_LINES: "Se marca a {dial}: no quedan más líneas libres.",
        Reason.FEW_LEADS: "Se marca a {dial}: no hay más contactos a los que les toque ahora.",
        Reason.NO_LEADS_DUE: "No se marca: a ningún contacto le toca ahora.",
        Reason.NO_AGENT_FREE: "No se marca: no hay agentes libres.",
        Reason.AGENTS_SPOKEN_FOR: (
            "No se marca: ya hay una llamada en camino o en espera por cada agente libre."
        ),
        Reason.NO_LINE_FREE: "No se marca: no hay líneas libres.",
    },
    "en": {
        Reason.ONE_PER_FREE_AGENT: "Dialing {dial}: one call per free agent.",
        Reason.FEW_LINES: "Dialing {dial}: no more lines are free.",
        Reason.FEW_LEADS: "Dialing {dial}: no more leads are due now.",
        Reason.NO_LEADS_DUE: "Not dialing: no lead is due now.",
        Reason.NO_AGENT_FREE: "Not dialing: no agent is free.",
        Reason.AGENTS_SPOKEN_FOR: (
            "Not dialing: every free agent already has a call ringing or waiting."
        ),
        Reason.NO_LINE_FREE: "Not dialing: no line is free.",
    },
}


@dataclass(frozen=True, slots=True)
class Decision:
    """How many to dial now, and what set that number."""

    dial: int
    reason: Reason

    def sentence(self, language: str) -> str:
        """The decision for a supervisor; raises `ValueError` unless `language` is es or en."""
        if language not in _SENTENCES:
            raise ValueError(f"language {language!r}: decisions are told in es and en")
        return _SENTENCES[language][self.reason].format(dial=self.dial)


class Pacing(Protocol):
    """A policy: looks at the floor and says how many to dial. It never reads the clock."""

    def decide(self, view: FloorView, now: datetime) -> Decision:
        """How many to dial at `now` (UTC)."""


class Progressive:
    """One call per free agent: nobody who answers finds all agents taken by our own dialing."""

    def decide(self, view: FloorView, now: datetime) -> Decision:
        """Free agents less those a call already rings or waits for, within lines and leads."""
        spoken_for = view.attempts_ringing + view.waiting_inbound + view.waiting_dialed
        available = view.agents_free - spoken_for
        dial = max(0, min(available, view.lines_free, view.leads_due))
        return Decision(dial, _what_set(dial, available, view))


def _what_set(dial: int, available: int, view: FloorView) -> Reason:
    """What a supervisor should hear first when several things hold the number down."""
    if dial == 0:
        if view.leads_due <= 0:
            return Reason.NO_LEADS_DUE
        if view.agents_free <= 0:
            return Reason.NO_AGENT_FREE
        return Reason.AGENTS_SPOKEN_FOR if available <= 0 else Reason.NO_LINE_FREE
    if dial == available:
        return Reason.ONE_PER_FREE_AGENT
    return Reason.FEW_LINES if dial == view.lines_free else Reason.FEW_LEADS


class UnknownPolicyError(Linea800Error):
    """A campaign names a pacing policy that does not exist."""


#: makers, not instances: a policy may learn, and each campaign has its own
_POLICIES: dict[str, Callable[[], Pacing]] = {"progressive": Progressive}


def policy_names() -> tuple[str, ...]:
    """The pacing policies a campaign may name."""
    return tuple(sorted(_POLICIES))


def policy(name: str) -> Pacing:
    """A fresh policy for one campaign; raises `UnknownPolicyError`."""
    maker = _POLICIES.get(name)
    if maker is None:
        raise UnknownPolicyError(
            f"pacing {name!r}: no such policy; known are: {', '.join(policy_names())}"
        )
    return maker()
