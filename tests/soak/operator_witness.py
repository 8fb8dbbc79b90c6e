"""What became of each call to the operator's line, and which ways of its menu were taken.

What is seen comes from the facts of the calls (and, where two ways of a look-up lead to the same
node, from the answers given), what there is comes from the menu: a way that nobody takes is found.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, TypeVar
from unittest.mock import patch

from calls.events import (
    AgentConnected,
    CallArrived,
    CallbackAsked,
    CallEnded,
    CallFact,
    DialogueOffered,
    MenuChosen,
    MenuEntered,
    MessageRecorded,
    QueueJoined,
    QueueRefused,
    SurveyAnswered,
    TaskMoved,
)
from calls.tracker import Change
from ivr.exits import exits
from ivr.menu import Menu
from ivr.nodes import RecordNode
from ivr.outline import Exit, Leads
from ivr.services import Answer, Question
from linea800.front_office import FrontOffice

F = TypeVar("F", bound=CallFact)

#: by the reason of a dialogue that goes on, the setting of the queue that led there
_COMES_BACK = {"overflow": "too_long", "after_call": "after_call"}
#: what records call the choices that fields of a node name
_CHOSEN = {"entered": "goto", "send": "goto"}


class Way(NamedTuple):
    """One way on from a node of the menu, in one language; `node` is a queue's for its terms."""

    language: str
    node: str
    key: str
    name: str
    to: str

    def __str__(self) -> str:
        return f"{self.language}: {self.node} {self.key or '-'} {self.name or '-'} -> {self.to}"


def ways_of(menu: Menu) -> frozenset[Way]:
    """Every way of the menu: those of each node, and those of each queue."""
    found = set()
    for language in menu.languages:
        for name in menu.nodes:
            found |= {_way(language, name, each) for each in exits(menu, name) if not each.term}
        for queue, terms in menu.queues.items():
            found |= {Way(language, queue, "", term, goal) for term, goal in terms.goals()}
    return frozenset(found)


def _way(language: str, node: str, each: Exit) -> Way:
    return Way(language, node, each.key, each.name, each.to)


@dataclass(slots=True)
class Told:
    """One call: its facts in the order in which they came."""

    number: str
    call_id: str
    facts: list[CallFact] = field(default_factory=list)
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def nodes(self) -> list[str]:
        """Where the caller was."""
        return [fact.node for fact in self.of(MenuEntered)]

    @property
    def choices(self) -> list[str]:
        """What the caller chose."""
        return [fact.choice for fact in self.of(MenuChosen)]

    @property
    def queues(self) -> list[str]:
        """Where the caller waited."""
        return [fact.queue for fact in self.of(QueueJoined)]

    @property
    def tasks(self) -> dict[str, str]:
        """The last word on each task."""
        return {fact.task: fact.step for fact in self.of(TaskMoved)}

    @property
    def agent(self) -> str:
        """Who talked to the caller last."""
        return next((fact.agent for fact in reversed(self.of(AgentConnected))), "")

    @property
    def answers(self) -> dict[str, int]:
        """What the caller said to the survey's questions."""
        return {fact.question: fact.answer for fact in self.of(SurveyAnswered)}

    def of(self, kind: type[F]) -> list[F]:
        """The facts of a kind."""
        return [fact for fact in self.facts if isinstance(fact, kind)]

    @property
    def over(self) -> bool:
        """Whether the call has ended."""
        return bool(self.of(CallEnded))


class Witness:
    """Hears every fact of a house, and every answer its menus are given."""

    def __init__(self) -> None:
        self.calls: dict[str, Told] = {}
        self.came = asyncio.Event()
        #: by the key of the question: call, node and visit
        self.answers: dict[str, str] = {}

    def fold(self, change: Change) -> None:
        """For `Feed.fold`."""
        fact = change.fact
        if isinstance(fact, CallArrived):
            self.calls[fact.caller_number] = Told(fact.caller_number, fact.call_id)
        if not isinstance(fact, CallFact):
            return
        for told in self.calls.values():
            if told.call_id == fact.call_id:
                told.facts.append(fact)
                told.changed.set()
        self.came.set()

    def seen(self, menu: Menu) -> frozenset[Way]:
        """The ways of the menu that callers took."""
        return frozenset(way for told in self.calls.values() for way in self._taken(told, menu))

    def _taken(self, told: Told, menu: Menu) -> Iterator[Way]:
        walk = _Walk(menu, told.call_id, self.answers)
        for fact in told.facts:
            yield from walk.go(fact)


class _Walk:
    """Along the facts of a call: which ways the caller took."""

    def __init__(self, menu: Menu, call_id: str, answers: Mapping[str, str]) -> None:
        self._menu = menu
        self._call_id = call_id
        self._answers = answers
        self._stay = _Stay()
        self._visits: dict[str, int] = {}
        #: where the caller waits or was turned away, and what the queue's terms made of it
        self._queue, self._term = "", ""

    def go(self, fact: CallFact) -> Iterator[Way]:
        """One fact further."""
        stay = self._stay
        match fact:
            case MenuEntered(node=node, language=language):
                yield from self._enter(node, language)
            case MenuChosen(choice=choice):
                stay.chosen, stay.here = choice, True
                yield from self._left(Leads.NOWHERE, "")
            case MessageRecorded():
                stay.sent = True
            case QueueRefused(queue=queue, why=why):
                yield from self._left(Leads.PERSON, queue)
                self._queue, self._term, stay.here = queue, why, False
            case QueueJoined(queue=queue) | CallbackAsked(queue=queue):
                yield from self._left(Leads.PERSON, queue)
                self._queue, self._term, stay.here = queue, "", False
            case DialogueOffered(reason=reason):
                self._term = _COMES_BACK.get(reason, "")
            case CallEnded() if stay.here:
                yield from self._left(Leads.END, "")
            case _:
                pass

    def _enter(self, node: str, language: str) -> Iterator[Way]:
        if self._stay.here:
            yield from self._left(Leads.NODE, node)
        if self._queue and self._term:
            yield Way(language, self._queue, "", self._term, node)
        self._queue, self._term = "", ""
        self._visits[node] = self._visits.get(node, 0) + 1
        self._stay = _Stay(node, language, self._visits[node])

    def _left(self, leads: Leads, to: str) -> Iterator[Way]:
        """The ways of the node that lead there and fit to what happened: one, or none."""
        stay = self._stay
        if not stay.node:
            return
        wanted = {leads, Leads.BACK} if leads is Leads.NODE else {leads}
        own = [each for each in exits(self._menu, stay.node) if not each.term]
        own = [each for each in own if each.leads in wanted and each.to in ("", to)]
        if isinstance(self._menu.nodes[stay.node], RecordNode) and leads is Leads.NODE:
            own = [each for each in own if (each.name == "goto") == stay.sent]
        elif stay.chosen == "private":  # nobody's business, and there is one way only
            own = [each for each in own if each.key]
        else:
            chosen = _CHOSEN.get(stay.chosen, stay.chosen)
            own = [each for each in own if (each.name == chosen if chosen else not each.key)]
        if len(own) > 1:  # told apart by the answer; what could not be asked has failed
            key = f"{self._call_id}-{stay.node}-{stay.visit}"
            own = [each for each in own if each.name == self._answers.get(key, "failed")]
        yield from (_way(stay.language, stay.node, each) for each in own)


@dataclass(slots=True)
class _Stay:
    node: str = ""
    language: str = ""
    visit: int = 0
    chosen: str = ""
    #: a message was sent
    sent: bool = False
    #: False once the caller waits in a queue, or was turned away from it
    here: bool = True


@contextlib.contextmanager
def answers_noted(witness: Witness) -> Iterator[None]:
    """Every answer of a front office is noted, by the key of its question."""
    ask = FrontOffice.ask

    async def noted(office: FrontOffice, question: Question) -> Answer:
        answer = await ask(office, question)
        witness.answers[question.key] = answer.outcome
        return answer

    with patch.object(FrontOffice, "ask", noted):
        yield
