"""The KPIs of customers, each defined once: calls again, resolution, surveys, what was told."""

from __future__ import annotations

from customers.surveys import CES, CSAT, NPS, RESOLVED
from monitoring.customer_counts import AGAIN_SECONDS, RESOLVED_SECONDS, CustomerCounts
from monitoring.kpi import Kpi, Unit, Words
from monitoring.service_level import Ratio


def _survey(
    name: str, question: str, unit: Unit, what: Words, formula: Words
) -> Kpi[CustomerCounts]:
    def ratio(counts: CustomerCounts) -> Ratio:
        answers = counts.surveys[question]
        return Ratio(answers.score, answers.scored)

    return Kpi(id=name, unit=unit, name=what, formula=formula, needs=("surveys",), ratio=ratio)


def _response(question: str) -> Kpi[CustomerCounts]:
    def ratio(counts: CustomerCounts) -> Ratio:
        return Ratio(counts.surveys[question].answered, counts.surveys[question].asked)

    return Kpi(
        id=f"{question}_response_rate",
        unit=Unit.SHARE,
        name=Words(f"Tasa de respuesta de {question}", f"Response rate of {question}"),
        formula=Words(
            f"contestaron {question} / se les preguntó", f"answered {question} / were asked it"
        ),
        needs=("surveys",),
        ratio=ratio,
    )


CUSTOMER_KPIS: tuple[Kpi[CustomerCounts], ...] = (
    Kpi(
        id="repeat_call_rate",
        unit=Unit.SHARE,
        name=Words("Tasa de rellamada", "Repeat-call rate"),
        formula=Words(
            "llamadas tras las que el mismo cliente llamó otra vez en 24 h / llamadas",
            "calls after which the same customer called again within 24 h / calls",
        ),
        needs=("called_again", "calls"),
        ratio=lambda counts: Ratio(counts.called_again, counts.calls),
        window_seconds=AGAIN_SECONDS,
    ),
    Kpi(
        id="fcr_no_repeat",
        unit=Unit.SHARE,
        name=Words("Resuelto al primer contacto: no volvió", "First-contact resolution: no repeat"),
        formula=Words(
            "1 - conversaciones tras las que el mismo cliente llamó por el mismo motivo en 7 días "
            "/ conversaciones",
            "1 - contacts after which the same customer called for the same reason within 7 days "
            "/ contacts",
        ),
        needs=("came_back", "contacts"),
        ratio=lambda counts: Ratio(counts.contacts - counts.came_back, counts.contacts),
        window_seconds=RESOLVED_SECONDS,
    ),
    Kpi(
        id="fcr_agent",
        unit=Unit.SHARE,
        name=Words("Resuelto al primer contacto: el agente", "First-contact resolution: the agent"),
        formula=Words(
            "el agente dijo resuelto / dijo resuelto o no resuelto",
            "the agent said resolved / said resolved or unresolved",
        ),
        needs=("said_resolved", "said_unresolved"),
        ratio=lambda counts: Ratio(
            counts.said_resolved, counts.said_resolved + counts.said_unresolved
        ),
    ),
    _survey(
        "fcr_survey",
        RESOLVED,
        Unit.SHARE,
        Words("Resuelto al primer contacto: la encuesta", "First-contact resolution: the survey"),
        Words("contestaron que sí / contestaron resolved", "said yes / answered resolved"),
    ),
    _survey(
        "csat",
        CSAT,
        Unit.SHARE,
        Words("Satisfacción (CSAT)", "Satisfaction (CSAT)"),
        Words("dieron 4 o 5 / contestaron csat de 1 a 5", "gave 4 or 5 / answered csat, 1 to 5"),
    ),
    _survey(
        "nps",
        NPS,
        Unit.SCORE,
        Words("Recomendación (NPS)", "Recommendation (NPS)"),
        Words(
            "(dieron 9 o 10 - dieron de 0 a 6) / contestaron nps de 0 a 10",
            "(gave 9 or 10 - gave 0 to 6) / answered nps, 0 to 10",
        ),
    ),
    _survey(
        "ces",
        CES,
        Unit.POINTS,
        Words("Esfuerzo (CES)", "Effort (CES)"),
        Words(
            "suma de lo contestado / contestaron ces de 1 a 7",
            "sum of the answers / answered ces, 1 to 7",
        ),
    ),
    *(_response(question) for question in (RESOLVED, CSAT, NPS, CES)),
    Kpi(
        id="ewt_error",
        unit=Unit.SECONDS,
        name=Words("Error de la espera anunciada", "Error of the expected wait"),
        formula=Words(
            "suma de (espera - espera calculada) / atendidos tras el anuncio",
            "sum of (wait - wait reckoned with) / reached after the announcement",
        ),
        needs=("wait_error_ms", "reached"),
        ratio=lambda counts: Ratio(counts.wait_error_ms, counts.reached),
    ),
    Kpi(
        id="ewt_absolute_error",
        unit=Unit.SECONDS,
        name=Words("Error absoluto de la espera anunciada", "Absolute error of the expected wait"),
        formula=Words(
            "suma de |espera - espera calculada| / atendidos tras el anuncio",
            "sum of |wait - wait reckoned with| / reached after the announcement",
        ),
        needs=("wait_absolute_error_ms", "reached"),
        ratio=lambda counts: Ratio(counts.wait_absolute_error_ms, counts.reached),
    ),
    Kpi(
        id="ewt_within",
        unit=Unit.SHARE,
        name=Words("Espera dentro de lo anunciado", "Wait within what was told"),
        formula=Words(
            "atendidos dentro de lo anunciado / atendidos tras el anuncio",
            "reached within what was told / reached after the announcement",
        ),
        needs=("within", "reached"),
        ratio=lambda counts: Ratio(counts.within, counts.reached),
    ),
    Kpi(
        id="ewt_not_later",
        unit=Unit.SHARE,
        name=Words("Espera no mayor que la anunciada", "Wait no longer than was told"),
        formula=Words(
            "atendidos a más tardar cuando se anunció / atendidos tras el anuncio",
            "reached no later than was told / reached after the announcement",
        ),
        needs=("not_later", "reached"),
        ratio=lambda counts: Ratio(counts.not_later, counts.reached),
    ),
)
