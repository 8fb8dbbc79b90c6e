"""As much of a menu as can be read, so that one fault does not hide the others.

What cannot be read stands in the draft as something no check takes offence at.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar

from pydantic import Field, TypeAdapter, ValidationError

from documents.faults import Place
from ivr.menu import Menu, Patience
from ivr.nodes import Goto, Handover, Language, MenuNode, Name, Node

T = TypeVar("T")

_NAME: TypeAdapter[str] = TypeAdapter(Name)
_LANGUAGE: TypeAdapter[str] = TypeAdapter(Language)
_LANGUAGES: TypeAdapter[tuple[str, ...]] = TypeAdapter(
    Annotated[tuple[Language, ...], Field(min_length=1)]
)
_HANDOVER: TypeAdapter[Handover] = TypeAdapter(Handover)
_PATIENCE: TypeAdapter[Patience] = TypeAdapter(Patience)
_NODE: TypeAdapter[Node] = TypeAdapter(Node)


@dataclass(frozen=True, slots=True)
class Draft:
    """A menu that was never held to its model, and the places where it only stands in."""

    menu: Menu
    unread: frozenset[Place]

    def is_read(self, place: Place) -> bool:
        """Whether what stands at the place is the file's own."""
        return not any(place[:depth] in self.unread for depth in range(1, len(place) + 1))


def draft_of(plain: Any) -> Draft:
    """The draft of a document's plain content, whatever that is."""
    raw = plain if isinstance(plain, dict) else {}
    unread: set[Place] = set()

    def read(kind: TypeAdapter[T], stand_in: T, name: str, *, needed: bool = True) -> T:
        value = raw.get(name)
        found = _held_to(kind, value)
        if found is not None:
            return found
        if needed or value is not None:
            unread.add((name,))
        return stand_in

    language = read(_LANGUAGE, "", "language")
    languages = read(_LANGUAGES, (language,) if language else (), "languages")
    nodes: dict[str, Node] = {}
    written = raw.get("nodes")
    written = written if isinstance(written, dict) else {}
    for name, value in written.items():
        node = _held_to(_NODE, value)
        if node is None or _held_to(_NAME, name) is None:
            unread.add(("nodes", name))
        nodes[name] = _stand_in(value, written) if node is None else node
    menu = Menu.model_construct(
        name=read(_NAME, "", "name"),
        language=language,
        languages=languages,
        start=read(_NAME, "", "start"),
        person=read(_HANDOVER, Handover.model_construct(queue=""), "person"),
        defaults=read(_PATIENCE, Patience(), "defaults", needed=False),
        nodes=nodes,
    )
    return Draft(menu, frozenset(unread))


def _held_to(kind: TypeAdapter[T], value: Any) -> T | None:
    try:
        return kind.validate_python(value, strict=False)
    except ValidationError:
        return None


def _stand_in(value: Any, nodes: dict[str, Any]) -> Node:
    """A menu that asks, and leads wherever the node that cannot be read names a node of ours."""
    goals = dict.fromkeys(goal for goal in _gotos(value) if goal in nodes)
    choices = {
        f"{number}": Goto.model_construct(name="", goto=goal) for number, goal in enumerate(goals)
    }
    return MenuNode.model_construct(prompts=(), choices=choices)


def _gotos(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("goto"), str):
            yield value["goto"]
        value = list(value.values())
    if isinstance(value, list):
        for part in value:
            yield from _gotos(part)
