"""As much of a menu as can be read, so that one fault does not hide the others.

What cannot be read stands in the draft as something no check takes offence at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Annotated, Any, TypeVar

from pydantic import Field, TypeAdapter, ValidationError

from documents.faults import Place
from ivr.choices import Goto
from ivr.menu import Menu, Patience
from ivr.nodes import MenuNode, Node
from ivr.parts import Handover, Language, Name
from ivr.schedules import Schedule
from ivr.terms import QueueTerms

T = TypeVar("T")

_NAME: TypeAdapter[str] = TypeAdapter(Name)
_LANGUAGE: TypeAdapter[str] = TypeAdapter(Language)
_LANGUAGES: TypeAdapter[tuple[str, ...]] = TypeAdapter(
    Annotated[tuple[Language, ...], Field(min_length=1)]
)
_HANDOVER: TypeAdapter[Handover] = TypeAdapter(Handover)
_PATIENCE: TypeAdapter[Patience] = TypeAdapter(Patience)
_NODE: TypeAdapter[Node] = TypeAdapter(Node)
_TERMS: TypeAdapter[QueueTerms] = TypeAdapter(QueueTerms)
_SCHEDULE: TypeAdapter[Schedule] = TypeAdapter(Schedule)

#: the settings of nodes that name a node to go to
GOALS = (
    "goto", "yes", "no", "found", "missing", "done", "refused", "failed", "otherwise", "nothing",
)  # fmt: skip
_TERM_GOALS = ("closed", "nobody", "full", "too_long", "after_call")
_NO_HOURS = Schedule.model_construct(zone="UTC", days={})


@dataclass(frozen=True, slots=True)
class Draft:
    """A menu that was never held to its model, and the places where it only stands in."""

    menu: Menu
    unread: frozenset[Place]
    #: every text in what cannot be read: names that may well exist
    perhaps: frozenset[str] = frozenset()

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
    terms: dict[str, QueueTerms] = {}
    hours: dict[str, Schedule] = {}
    _read_each(raw, "queues", _TERMS, terms, unread, lambda value: _terms(value, written))
    _read_each(raw, "schedules", _SCHEDULE, hours, unread, lambda _: _NO_HOURS)
    menu = Menu.model_construct(
        name=read(_NAME, "", "name"),
        language=language,
        languages=languages,
        start=read(_NAME, "", "start"),
        person=read(_HANDOVER, Handover.model_construct(queue=""), "person"),
        defaults=read(_PATIENCE, Patience(), "defaults", needed=False),
        nodes=nodes,
        queues=terms,
        schedules=hours,
    )
    perhaps = {text for place in unread for text in _texts(_at(raw, place))}
    return Draft(menu, frozenset(unread), frozenset(perhaps))


def _read_each(
    raw: dict[str, Any],
    name: str,
    kind: TypeAdapter[T],
    found: dict[str, T],
    unread: set[Place],
    stand_in: Callable[[Any], T],
) -> None:
    """The entries of a map, each by itself."""
    written = raw.get(name, {})
    if not isinstance(written, dict):
        unread.add((name,))
        return
    for each, value in written.items():
        one = _held_to(kind, value)
        if one is None:
            unread.add((name, each))
        found[each] = stand_in(value) if one is None else one


def _held_to(kind: TypeAdapter[T], value: Any) -> T | None:
    try:
        return kind.validate_python(value, strict=False)
    except ValidationError:
        return None


def _stand_in(value: Any, nodes: dict[str, Any]) -> Node:
    """A menu that asks, and leads wherever the node that cannot be read names a node of ours."""
    goals = dict.fromkeys(goal for goal in _goals(value) if goal in nodes)
    choices = {
        f"{number}": Goto.model_construct(name="", goto=goal) for number, goal in enumerate(goals)
    }
    return MenuNode.model_construct(prompts=(), choices=choices)


def _terms(value: Any, nodes: dict[str, Any]) -> QueueTerms:
    """Terms that lead wherever those that cannot be read name a node of ours."""
    written = value if isinstance(value, dict) else {}
    goals = {way: written[way] for way in _TERM_GOALS if written.get(way) in nodes}
    return QueueTerms.model_construct(**goals)


def _goals(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from (value[way] for way in GOALS if isinstance(value.get(way), str))
        value = list(value.values())
    if isinstance(value, list):
        for part in value:
            yield from _goals(part)


def _at(raw: Any, place: Place) -> Any:
    for part in place:
        raw = raw.get(part) if isinstance(raw, dict) else None
    return raw


def _texts(value: Any) -> Iterator[str]:
    """Every text below, and every name of a map."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, part in value.items():
            yield str(name)
            yield from _texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from _texts(part)
