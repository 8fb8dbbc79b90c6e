"""A menu as data: what callers hear, what each key does, and what becomes of those who say nothing.

A `Menu` that exists is sound: every way leads to a node, every node is on a way, no prompts run in
a circle, and whoever presses nothing, or nonsense, comes to a person.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Set
from typing import Annotated, Self, TypeVar

from pydantic import Field, StringConstraints, model_validator

from almanac.zone import USUAL_ZONE, Zone
from documents.faults import Misfit, MisfitError
from ivr import ways
from ivr.choices import ChangeLanguage, Choice, ToQueue
from ivr.knowing import unknown_names
from ivr.nodes import Asking, MenuNode, Node, SayNode
from ivr.outline import PERSON_KEY, handovers, outline
from ivr.outline import prompts as prompts_named
from ivr.parts import Exhausted, Handover, Language, Name, Part, Prompts, Seconds, Tries
from ivr.schedules import Country, Schedule
from ivr.terms import QueueTerms

T = TypeVar("T")


class Patience(Part):
    """How long a menu listens, and how it bears with misses; each node may differ.

    The n-th miss of a kind plays the n-th prompt of its list (the last one when there are no
    more), then the node's own prompts. The miss that reaches the maximum leads to a person.
    """

    no_input_seconds: Seconds = 5.0
    max_no_input: Tries = 3
    max_no_match: Tries = 3
    no_input_prompts: Prompts = ()
    no_match_prompts: Prompts = ()
    barge_in: bool = True  # a key stops the prompts; else it waits until they end
    too_many: Exhausted | None = None  # None: the menu's `person`


class Menu(Part):
    """A whole menu; raises `pydantic.ValidationError` with the place of each fault."""

    name: Name
    language: Language
    languages: tuple[Language, ...] = Field(min_length=1)
    start: Name
    person: Handover  # what 0 does where a node gives it no other meaning
    defaults: Patience = Patience()
    #: of amounts that are said without one of their own
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")] = "COP"
    #: whose clock tells the hour and the day
    zone: Zone = USUAL_ZONE
    #: whose working days count until a ticket is answered
    country: Country = "CO"
    schedules: dict[Name, Schedule] = Field(default_factory=dict)
    #: what holds for everybody who is handed to a queue, from whichever node
    queues: dict[Name, QueueTerms] = Field(default_factory=dict)
    nodes: dict[Name, Node] = Field(min_length=1)

    @property
    def version(self) -> str:
        """Twelve hexadecimal digits made of the content: the same content, the same version."""
        return self._once("_version", _version_of)

    @property
    def queue_names(self) -> tuple[str, ...]:
        """Every queue that is named anywhere in the menu."""
        return self._once("_queue_names", _queues_named)

    def _once(self, name: str, made: Callable[[Menu], T]) -> T:
        """What every call asks for, and takes too long to make for every call."""
        if name not in self.__dict__:
            self.__dict__[name] = made(self)
        kept: T = self.__dict__[name]
        return kept

    def patience(self, node: Asking) -> Patience:
        """The node's own settings, and the menu's where it has none."""
        own = {name: getattr(node, name) for name in Patience.model_fields}
        given = {name: value for name, value in own.items() if value is not None}
        return self.defaults.model_copy(update=given)

    def barge_in(self, node: Asking | SayNode) -> bool:
        """Whether a key stops the node's prompts."""
        return self.defaults.barge_in if node.barge_in is None else node.barge_in

    def choice(self, node: MenuNode, digit: str) -> Choice | None:
        """What the key means at the node; None when nothing."""
        given = next((choice for key, choice in node.choices.items() if key == digit), None)
        if given is None and digit == PERSON_KEY:
            return ToQueue(name="person", **self.person.model_dump())
        return given

    def language_after(self, language: str) -> str:
        """The next of the languages offered, in a circle."""
        place = self.languages.index(language) + 1
        return self.languages[place % len(self.languages)]

    @model_validator(mode="after")
    def _sound(self) -> Self:
        misfits = [
            *unfit_languages(self),
            *unfit_schedules(self),
            *unknown_names(self),
            *ways.lost(self),
            *ways.circles(self),
        ] or list(ways.unreached(self))
        if misfits:
            raise MisfitError(misfits)
        return self


def _version_of(menu: Menu) -> str:
    content = json.dumps(menu.model_dump(mode="json"), sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()[:12]


def _queues_named(menu: Menu) -> tuple[str, ...]:
    return tuple(sorted({to.queue for _, to in handovers(menu)} | {*menu.queues}))


def check_menu(
    menu: Menu,
    queues: Set[str] | None = None,
    prompts: Mapping[str, Set[str]] | None = None,
) -> tuple[Misfit, ...]:
    """What does not fit the world: queues that do not exist, prompts missing in a language.

    `prompts` holds the names known in each language. What is None is not checked.
    """
    misfits: list[Misfit] = []
    for place, handover in handovers(menu):
        if queues is not None and handover.queue not in queues:
            misfits.append(Misfit((*place, "queue"), f'no such queue: "{handover.queue}"'))
    unwritten = (
        (("nodes", name), prompt)
        for name, node in menu.nodes.items()
        for prompt in outline(node).plays
    )
    for place, prompt in (*prompts_named(menu), *unwritten):
        absent = [
            language
            for language in menu.languages
            if prompts is not None and prompt not in prompts.get(language, frozenset())
        ]
        if absent:
            reason = f'no prompt "{prompt}" in {", ".join(absent)}'
            misfits.append(Misfit(place, reason))
    return tuple(misfits)


def unfit_schedules(menu: Menu) -> Iterator[Misfit]:
    """Queues that are closed by hours nobody wrote down."""
    for name, terms in menu.queues.items():
        if terms.schedule is not None and terms.schedule not in menu.schedules:
            place = ("queues", name, "schedule")
            yield Misfit(place, f'"{terms.schedule}" is no schedule of this menu')


def unfit_languages(menu: Menu) -> Iterator[Misfit]:
    """Languages named twice, or spoken of and not offered."""
    if menu.language not in menu.languages:
        yield Misfit(("language",), "is not one of the languages offered")
    if len(set(menu.languages)) < len(menu.languages):
        yield Misfit(("languages",), "names a language twice")
    for place, _, choice in ways.choices(menu.nodes):
        if not isinstance(choice, ChangeLanguage):
            continue
        if choice.language == "next" and len(menu.languages) == 1:
            yield Misfit((*place, "language"), "there is no other language in this menu")
        elif choice.language not in {"next", *menu.languages}:
            yield Misfit((*place, "language"), f'"{choice.language}" is no language of this menu')
