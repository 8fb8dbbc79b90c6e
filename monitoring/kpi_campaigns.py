"""The KPIs of a campaign, each defined once; the share of abandoned calls is the legal ledger's."""

from __future__ import annotations

from dataclasses import dataclass

from monitoring.campaign_counts import CONNECTED, CampaignCounts
from monitoring.kpi import Kpi, Unit, Words
from monitoring.service_level import Ratio


@dataclass(frozen=True, slots=True)
class CampaignPart:
    """Counts of a campaign, and how long the agents of its queue were signed in meanwhile."""

    counts: CampaignCounts
    signed_in_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LeadCounts:
    """A campaign's leads as they are now; `attempts` are all that were ever made of them."""

    leads: int = 0
    #: tried at least once
    tried: int = 0
    attempts: int = 0


def _part(name: str, what: Words, formula: Words, part: str, whole: str) -> Kpi[CampaignPart]:
    return Kpi(
        id=name,
        unit=Unit.SHARE,
        name=what,
        formula=formula,
        needs=(part, whole),
        ratio=lambda of: Ratio(int(getattr(of.counts, part)), int(getattr(of.counts, whole))),
    )


CAMPAIGN_KPIS: tuple[Kpi[CampaignPart], ...] = (
    _part(
        "answer_rate",
        Words("Tasa de respuesta", "Answer rate"),
        Words("intentos contestados / intentos", "answered attempts / attempts"),
        "answered",
        "attempts",
    ),
    _part(
        "machine_rate",
        Words("Tasa de contestadores", "Machine rate"),
        Words("contestadores / intentos contestados", "machines / answered attempts"),
        "machines",
        "answered",
    ),
    _part(
        "contact_rate",
        Words("Tasa de contacto", "Contact rate"),
        Words(
            "personas que hablaron con un agente / intentos",
            "persons who talked with an agent / attempts",
        ),
        "contacts",
        "attempts",
    ),
    _part(
        "rpc_rate",
        Words("Tasa de titular", "Right-party rate"),
        Words("contactos con el titular / contactos", "right-party contacts / contacts"),
        "right_party",
        "contacts",
    ),
    _part(
        "conversion",
        Words("Conversión", "Conversion"),
        Words("logros / contactos con el titular", "successes / right-party contacts"),
        "successes",
        "right_party",
    ),
    Kpi(
        id="average_wait_after_answer",
        unit=Unit.SECONDS,
        name=Words("Espera media tras contestar", "Average wait after the answer"),
        formula=Words(
            "de contestar hasta el agente / intentos que llegaron a un agente",
            "from the answer to the agent / attempts that reached an agent",
        ),
        needs=("wait_ms", "outcomes"),
        ratio=lambda of: Ratio(of.counts.wait_ms, of.counts.outcomes.get(CONNECTED, 0)),
    ),
    Kpi(
        id="average_talk",
        unit=Unit.SECONDS,
        name=Words("Conversación media", "Average talk"),
        formula=Words(
            "conversación con la retención / intentos que llegaron a un agente",
            "talk with its hold / attempts that reached an agent",
        ),
        needs=("talk_ms", "outcomes"),
        ratio=lambda of: Ratio(of.counts.talk_ms, of.counts.outcomes.get(CONNECTED, 0)),
    ),
    Kpi(
        id="talk_per_agent_hour",
        unit=Unit.SECONDS_PER_HOUR,
        name=Words("Conversación por hora de agente", "Talk per agent hour"),
        formula=Words(
            "conversación de la campaña / horas en turno de los agentes de su cola",
            "talk of the campaign / hours signed in of the agents of its queue",
        ),
        needs=("talk_ms",),
        ratio=lambda of: Ratio(of.counts.talk_ms, of.signed_in_ms),
    ),
)

LEAD_KPIS: tuple[Kpi[LeadCounts], ...] = (
    Kpi(
        id="penetration",
        unit=Unit.SHARE,
        name=Words("Penetración", "Penetration"),
        formula=Words(
            "contactos de la lista intentados alguna vez / contactos de la lista",
            "leads tried at least once / leads",
        ),
        needs=("tried", "leads"),
        ratio=lambda counts: Ratio(counts.tried, counts.leads),
    ),
    Kpi(
        id="attempts_per_lead",
        unit=Unit.TIMES,
        name=Words("Intentos por contacto de la lista", "Attempts per lead"),
        formula=Words("intentos / contactos intentados", "attempts / leads tried"),
        needs=("attempts", "tried"),
        ratio=lambda counts: Ratio(counts.attempts, counts.tried),
    ),
)
