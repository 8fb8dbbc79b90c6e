"""Who answers a menu's questions: our own tables, or the operator's systems."""

from __future__ import annotations

from collections.abc import Mapping

from backoffice.office import BackOffice
from ivr.services import BUILT_IN, FAILED, Answer, Question, Service
from linea800.own_answers import OwnAnswers


class FrontOffice:
    """As `ivr.services.FrontOffice`."""

    def __init__(self, own: OwnAnswers, back_office: BackOffice) -> None:
        self._own = own
        self._back_office = back_office
        self._services = {**back_office.services(), **BUILT_IN}

    def services(self) -> Mapping[str, Service]:
        """Everything that may be asked; what linea800 answers by itself is not to be replaced."""
        return self._services

    async def ask(self, question: Question) -> Answer:
        """As `ivr.services.FrontOffice`."""
        if question.service in BUILT_IN:
            return await self._own.answer(question)
        return await self._back_office.ask(question)


async def kept_answer(own: OwnAnswers, question: Question) -> Answer:
    """What we know ourselves when the operator's systems do not answer (`fallback: own`)."""
    if question.service == "balance":
        return await own.balance(str(question.arguments.get("account", "")))
    return Answer(FAILED)
