"""/metrics/definitions: every KPI with its one formula, in the language of the request."""

from __future__ import annotations

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel

from api.access import Needs
from api.metric_answers import told_name
from api.problems import language_of
from monitoring.kpi import Unit
from monitoring.kpis import ELSEWHERE, KPIS, METHODS, TERMS, Subject
from monitoring.queue_setting import USUAL
from monitoring.service_level import Method
from storage.scopes import Scope

router = APIRouter(prefix="/metrics/definitions", tags=["metrics"])


class DefinitionTold(BaseModel):
    """One KPI, the only place where it is defined."""

    subject: Subject
    id: str
    name: str
    unit: Unit
    #: in words
    formula: str
    #: the counts it is made of
    needs: list[str]
    #: it can change until so long after what it counts; 0: not for that reason
    window_seconds: int


class ElsewhereTold(BaseModel):
    """A figure that another answer defines and tells."""

    id: str
    route: str
    what: str


class Definitions(BaseModel):
    """Every KPI, the words of their formulas, and the methods of service level."""

    language: str
    items: list[DefinitionTold]
    terms: dict[str, str]
    methods: dict[Method, str]
    #: of a queue that nobody has set
    usual_method: Method
    usual_seconds: int
    usual_short_seconds: int
    usual_goal: int
    elsewhere: list[ElsewhereTold]


@router.get("", dependencies=[Depends(Needs(Scope.REPORTS_READ))])
async def metric_definitions(request: Request) -> Definitions:
    """Every KPI with its formula."""
    language = language_of(request)
    return Definitions(
        language=language,
        items=[
            DefinitionTold(
                subject=subject,
                id=kpi.id,
                name=kpi.name.told(language),
                unit=kpi.unit,
                formula=kpi.formula.told(language),
                needs=[told_name(need) for need in kpi.needs],
                window_seconds=kpi.window_seconds,
            )
            for subject, kpis in KPIS.items()
            for kpi in kpis
        ],
        terms={term: words.told(language) for term, words in TERMS.items()},
        methods={Method(method): words.told(language) for method, words in METHODS.items()},
        usual_method=USUAL.method,
        usual_seconds=USUAL.seconds,
        usual_short_seconds=USUAL.short_seconds,
        usual_goal=USUAL.goal,
        elsewhere=[
            ElsewhereTold(id=one.id, route=one.route, what=one.what.told(language))
            for one in ELSEWHERE
        ],
    )
