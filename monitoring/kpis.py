"""Every KPI there is, by what it is about; and those that another answer tells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from monitoring.kpi import Kpi, Words
from monitoring.kpi_agents import AGENT_KPIS
from monitoring.kpi_callbacks import CALLBACK_KPIS
from monitoring.kpi_campaigns import CAMPAIGN_KPIS, LEAD_KPIS
from monitoring.kpi_customers import CUSTOMER_KPIS
from monitoring.kpi_queues import QUEUE_KPIS


class Subject(StrEnum):
    """What a KPI is about."""

    QUEUES = "queues"
    AGENTS = "agents"
    CAMPAIGNS = "campaigns"
    LEADS = "leads"  # of a campaign, as they are now
    CUSTOMERS = "customers"
    CALLBACKS = "callbacks"  # that queues promised


KPIS: Mapping[Subject, Sequence[Kpi[Any]]] = {
    Subject.QUEUES: QUEUE_KPIS,
    Subject.AGENTS: AGENT_KPIS,
    Subject.CAMPAIGNS: CAMPAIGN_KPIS,
    Subject.LEADS: LEAD_KPIS,
    Subject.CUSTOMERS: CUSTOMER_KPIS,
    Subject.CALLBACKS: CALLBACK_KPIS,
}


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A KPI with a definition of its own in another answer: it is told there only."""

    id: str
    route: str
    what: Words


ELSEWHERE: Sequence[Elsewhere] = (
    Elsewhere(
        "containment",
        "GET /menus/{name}/measures",
        Words(
            "Contención y abandono en el menú, nodo por nodo",
            "Containment and abandonment in the menu, node by node",
        ),
    ),
    Elsewhere(
        "abandonment",
        "GET /campaigns/{campaign_id}/abandonment",
        Words(
            "Llamadas marcadas y abandonadas, por cada regla legal en vigor",
            "Dialed calls that were abandoned, by each legal rule in force",
        ),
    ),
    Elsewhere(
        "expected_wait",
        "GET /queues/{name}/waits",
        Words("La espera anunciada y la real, por día", "The wait told and the real one, by day"),
    ),
)

#: words that formulas use and that are no counts by themselves
TERMS: Mapping[str, Words] = {
    "ended": Words(
        "Esperas que terminaron y cuyo fin se vio: atendidas, abandonadas, salidas de la fila y "
        "fallidas. Sin las perdidas de vista ni las que siguen esperando; por cohorte (offered), "
        "cuando nadie espera ya, son las ofrecidas menos las perdidas de vista.",
        "Waits that are over and whose end was seen: answered, abandoned, flow-outs and failed. "
        "Without those lost from sight and those who wait still; by cohort (offered), once nobody "
        "waits any more, they are the offered less those lost from sight.",
    ),
    "short_abandons": Words(
        "Abandonos dentro del tiempo corto de la cola (short_seconds).",
        "Abandons within the queue's short time (short_seconds).",
    ),
    "in_time": Words(
        "Con una espera no mayor que el umbral de la cola (seconds).",
        "With a wait no longer than the queue's threshold (seconds).",
    ),
    "hold": Words(
        "El cliente espera con música durante la conversación.",
        "The customer hears music in the middle of the talk.",
    ),
    "time_signed_in": Words(
        "Todo el turno, con las pausas y el timbre.",
        "The whole shift, with pauses and ringing.",
    ),
    "contacts_of_customers": Words(
        "Llamadas recibidas y terminadas en las que un agente habló con quien llamó.",
        "Calls that came and ended in which an agent talked to the caller.",
    ),
    "same_customer": Words(
        "El cliente que el menú reconoció; si no reconoció a ninguno, el número que llama. Otra "
        "llamada que llegó mientras seguía la primera no cuenta.",
        "The customer whom the menu knew; if it knew none, the number that calls. A call that "
        "came while the first went on does not count.",
    ),
    "same_reason": Words(
        "El motivo que dijo el menú; sin motivo dicho es un motivo más.",
        "The reason told by the menu; no reason told is a reason of its own.",
    ),
}

#: the formulas of service level, by the name of the method
METHODS: Mapping[str, Words] = {
    "answered_only": Words("atendidas a tiempo / atendidas", "answered in time / answered"),
    "offered": Words(
        "atendidas a tiempo / (atendidas + abandonadas)",
        "answered in time / (answered + abandoned)",
    ),
    "offered_plus_flowout": Words(
        "atendidas a tiempo / (atendidas + abandonadas + salidas de la fila)",
        "answered in time / (answered + abandoned + flow-outs)",
    ),
    "exclude_short": Words(
        "atendidas a tiempo / (atendidas + abandonadas - abandonos cortos)",
        "answered in time / (answered + abandoned - short abandons)",
    ),
    "ignore_within_threshold": Words(
        "atendidas a tiempo / (atendidas + abandonadas - abandonadas dentro del umbral)",
        "answered in time / (answered + abandoned - abandoned within the threshold)",
    ),
    "positive": Words(
        "(atendidas a tiempo + abandonadas dentro del umbral) / (atendidas + abandonadas)",
        "(answered in time + abandoned within the threshold) / (answered + abandoned)",
    ),
}
