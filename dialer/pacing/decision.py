"""What a pacing policy is asked and what it answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from dialer.pacing.lessons import Lesson
from dialer.pacing.picture import Picture


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What the law and the campaign ask of every policy."""

    #: abandoned per live answer, of the shift or window in force
    abandonment_cap: float = 0.03
    #: a live answer without an agent for so long is abandoned
    patience_seconds: float = 2.0
    #: an attempt rings so long at most
    ring_seconds: float = 25.0
    #: a machine detection listens so long before a person is offered to an agent; 0: there is none
    screening_seconds: float = 0.0
    #: an attempt that has rung so long may be hung up; None: never
    cancel_after_seconds: float | None = None


class Reason(StrEnum):
    """What set the number: the code that travels, its sentence is made where it is shown."""

    ONE_PER_FREE_AGENT = "one_per_free_agent"
    PACED = "paced"
    FEW_LINES = "few_lines"
    FEW_LEADS = "few_leads"
    NO_LEADS_DUE = "no_leads_due"
    NO_AGENT_FREE = "no_agent_free"
    NOBODY_AT_WORK = "nobody_at_work"
    AGENTS_SPOKEN_FOR = "agents_spoken_for"
    RISK_TOO_HIGH = "risk_too_high"
    LIMIT_REACHED = "limit_reached"
    NOT_YET = "not_yet"
    NO_LINE_FREE = "no_line_free"
    TOO_MANY_RINGING = "too_many_ringing"
    PROMISED = "promised"
    INBOUND_FIRST = "inbound_first"
    AGENTS_DECIDE = "agents_decide"


_SENTENCES: dict[str, dict[Reason, str]] = {
    "es": {
        Reason.ONE_PER_FREE_AGENT: "Se marca a {dial}: una llamada por agente libre.",
        Reason.PACED: "Se marca a {dial}: para cuando contesten se espera que haya agentes.",
        Reason.FEW_LINES: "Se marca a {dial}: no quedan más líneas libres.",
        Reason.FEW_LEADS: "Se marca a {dial}: no hay más contactos a los que les toque ahora.",
        Reason.NO_LEADS_DUE: "No se marca: a ningún contacto le toca ahora.",
        Reason.NO_AGENT_FREE: "No se marca: no hay agentes libres.",
        Reason.NOBODY_AT_WORK: "No se marca: no hay agentes atendiendo.",
        Reason.AGENTS_SPOKEN_FOR: (
            "No se marca: ya hay una llamada en camino o en espera por cada agente libre."
        ),
        Reason.RISK_TOO_HIGH: (
            "No se marca: quien contestara correría demasiado riesgo de no encontrar agente."
        ),
        Reason.LIMIT_REACHED: "No se marca de más: el límite de abandono está alcanzado.",
        Reason.NOT_YET: "No se marca: la política aún no vuelve a mirar.",
        Reason.NO_LINE_FREE: "No se marca: no hay líneas libres.",
        Reason.TOO_MANY_RINGING: (
            "Se cuelga lo que suena sin respuesta, {cancel} en total: quien contestara ahora "
            "correría demasiado riesgo de no encontrar agente."
        ),
        Reason.PROMISED: "Se marca a {dial}: es la hora de una llamada prometida.",
        Reason.INBOUND_FIRST: (
            "No se marca: los agentes quedan libres para quienes llaman a la línea."
        ),
        Reason.AGENTS_DECIDE: "No se marca por sí solo: cada agente mira el contacto y decide.",
    },
    "en": {
        Reason.ONE_PER_FREE_AGENT: "Dialing {dial}: one call per free agent.",
        Reason.PACED: "Dialing {dial}: by the time they answer, agents are expected to be free.",
        Reason.FEW_LINES: "Dialing {dial}: no more lines are free.",
        Reason.FEW_LEADS: "Dialing {dial}: no more leads are due now.",
        Reason.NO_LEADS_DUE: "Not dialing: no lead is due now.",
        Reason.NO_AGENT_FREE: "Not dialing: no agent is free.",
        Reason.NOBODY_AT_WORK: "Not dialing: no agent is at work.",
        Reason.AGENTS_SPOKEN_FOR: (
            "Not dialing: every free agent already has a call ringing or waiting."
        ),
        Reason.RISK_TOO_HIGH: (
            "Not dialing: whoever answered would run too high a risk of meeting no agent."
        ),
        Reason.LIMIT_REACHED: "Not dialing ahead: the abandonment limit is reached.",
        Reason.NOT_YET: "Not dialing: the policy does not look again yet.",
        Reason.NO_LINE_FREE: "Not dialing: no line is free.",
        Reason.TOO_MANY_RINGING: (
            "Hanging up what rings unanswered, {cancel} in all: whoever answered now would run "
            "too high a risk of meeting no agent."
        ),
        Reason.PROMISED: "Dialing {dial}: the time of a promised call has come.",
        Reason.INBOUND_FIRST: "Not dialing: agents are left for those who call the line.",
        Reason.AGENTS_DECIDE: "Not dialing by itself: each agent looks at the lead and decides.",
    },
}


class Evidence(Protocol):
    """What a decision was made from. Kept as it is; written out only when somebody wants it."""

    def plain(self) -> dict[str, float | list[float]]:
        """As plain numbers."""


@dataclass(frozen=True, slots=True)
class Numbers:
    """Evidence that is plain numbers already."""

    numbers: Mapping[str, float | list[float]]

    def plain(self) -> dict[str, float | list[float]]:
        """As plain numbers."""
        return dict(self.numbers)


@dataclass(frozen=True, slots=True)
class Decision:
    """How many to dial now, or whom to hang up, and what set that."""

    dial: int
    reason: Reason
    #: look again at this moment (epoch seconds) even if nothing happens; None: only on a change
    look_again_at: float | None = None
    #: what it was made from, enough to make it again
    evidence: Evidence | None = None
    #: attempts to hang up, which ring unanswered; none when any are to be dialed
    cancel: tuple[str, ...] = ()

    def sentence(self, language: str) -> str:
        """The decision for a supervisor; raises `ValueError` unless `language` is es or en."""
        return sentence(self.reason, language, dial=self.dial, cancel=len(self.cancel))


def sentence(reason: Reason, language: str, *, dial: int, cancel: int) -> str:
    """A reason for a supervisor; raises `ValueError` unless `language` is es or en."""
    if language not in _SENTENCES:
        raise ValueError(f"language {language!r}: decisions are told in es and en")
    return _SENTENCES[language][reason].format(dial=dial, cancel=cancel)


class Pacing(Protocol):
    """A policy. It never reads the clock: moments are told, in seconds since the epoch."""

    def learn(self, lesson: Lesson, now: float) -> None:
        """Take in what came to its end."""

    def decide(self, picture: Picture, now: float) -> Decision:
        """How many to dial at `now`."""


def within(wanted: int, picture: Picture, reason: Reason, nothing: Reason) -> tuple[int, Reason]:
    """What a policy wants, cut to lines and leads, and what then set the number.

    `reason` is told when all that was wanted is dialed, `nothing` when nothing was wanted.
    """
    dial = max(0, min(wanted, picture.lines_free, picture.leads_due))
    if dial == 0:
        if picture.leads_due <= 0:
            return 0, Reason.NO_LEADS_DUE
        if not picture.at_work:
            return 0, Reason.NOBODY_AT_WORK
        return 0, nothing if wanted <= 0 else Reason.NO_LINE_FREE
    if dial == wanted:
        return dial, reason
    return dial, Reason.FEW_LINES if dial == picture.lines_free else Reason.FEW_LEADS
